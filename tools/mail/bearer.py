"""Access tokens that open a mailbox (XOAUTH2): asked for, kept until they end, renewed when refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import orjson
from pydantic import SecretStr

from tools.base import NotAllowed
from tools.http import Buckets
from tools.http.addresses import ForbiddenAddress
from tools.http.oauth import ClientSecret, Proof, RefreshToken, Rotated, SignedStatement, Tokens, token_client

VENDOR: Final = "mail sign-in"
# How a token is asked for: by a refresh token, by an app's own secret, or by a service account's key.
WAYS: Final = frozenset({"refresh", "client", "service_account"})
GOOGLE: Final = "https://oauth2.googleapis.com/token"
# What each way asks for where nobody says it: a refresh token stands for its scope itself.
_SCOPES: Final = {"refresh": "", "client": "https://outlook.office365.com/.default",
                  "service_account": "https://mail.google.com/"}  # fmt: skip
# The present token, or another than one that was refused.
TokenOf = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Grant:
    """How the tokens of a mailbox are asked for. `way`: one of WAYS; `address`: the provider's token address.

    `client_id`, `client_secret`: of the app; a service account has neither. `scope`: empty for the usual one.
    """

    way: str
    address: str = GOOGLE
    client_id: str = ""
    client_secret: SecretStr = field(default_factory=lambda: SecretStr(""))
    scope: str = ""


def token_of(
    grant: Grant,
    user: str,
    secret: SecretStr,
    buckets: Buckets,
    now: Callable[[], datetime],
    transport: httpx.BaseTransport | None = None,
    rotated: Rotated | None = None,
) -> TokenOf:
    """What gives the tokens of one user. `secret`: the refresh token, the app's secret or the service account's key.

    `rotated`: where the refresh token is kept that replaced it.

    Raises NotAllowed for a secret that cannot be used; what it gives raises a VendorError where no token is given.
    """
    proof, told = _proof(grant, user, secret, rotated), urlsplit(grant.address)

    def token(refused: str) -> str:
        try:
            client = token_client(VENDOR, f"{told.scheme}://{told.netloc}", proof, buckets, transport)
        except ForbiddenAddress as error:
            raise NotAllowed(VENDOR, str(error), fix="Correct the token address.") from None
        try:
            tokens = Tokens(client, told.path, proof, buckets, now)
            return tokens.renewed(refused) if refused else tokens.present()
        finally:
            client.close()

    return token


def xoauth2(user: str, token: str) -> str:
    """What is said to the server, before it is encoded."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def _proof(grant: Grant, user: str, secret: SecretStr, rotated: Rotated | None) -> Proof:
    scope = grant.scope or _SCOPES[grant.way]
    if grant.way == "refresh":
        return RefreshToken(grant.client_id, grant.client_secret, secret, scope, rotated)
    if grant.way == "client":
        return ClientSecret(grant.client_id, secret, scope, in_form=True)
    key = _key(secret)
    claims = {"iss": str(key["client_email"]), "sub": user, "scope": scope, "aud": grant.address}
    return SignedStatement(VENDOR, claims, SecretStr(str(key["private_key"])), str(key.get("private_key_id") or ""))


def _key(secret: SecretStr) -> dict[str, Any]:
    try:
        told = orjson.loads(secret.get_secret_value())
        if told["client_email"] and told["private_key"]:
            return dict(told)
    except (orjson.JSONDecodeError, KeyError, TypeError):
        pass
    fix = "Give the file that Google made: file:/path/to/key.json."
    raise NotAllowed(VENDOR, "the key of the service account cannot be read", fix=fix)
