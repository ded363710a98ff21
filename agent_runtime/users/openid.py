"""Signing in at the company's own OpenID provider: where a browser is sent to, and who comes back from there.

OpenID Connect Core 1.0 (code flow), Discovery 1.0, RFC 7636 (PKCE with S256). Nobody is created here: a provider says
who somebody is, never that they belong to us.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

import httpx
import orjson
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from pydantic import SecretStr

from agent_runtime.errors import BadSetting, Refused
from agent_runtime.settings import checked_address
from tools.http.addresses import ForbiddenAddress, Pinned

ERRAND = timedelta(minutes=10)
# Signatures by a key of the provider's own; never "none", and no secret that we share with it.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_SCOPES = "openid profile email"
_KNOWN_FOR = timedelta(hours=1)
_TIMEOUT, _MOST_BYTES = 5.0, 1_000_000
# How far the provider's clock may be from ours, in seconds.
_LEEWAY = 120
_NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


class NotSignedIn(Refused):
    """The provider did not say, in a way that can be checked, who somebody is; no session was begun."""

    code = "not_signed_in"


@dataclass(frozen=True, slots=True)
class Registration:
    """How Tenure is known at the provider. `back`: the one address of ours to which a browser comes back."""

    issuer: str
    client_id: str
    secret: SecretStr | None
    back: str


@dataclass(frozen=True, slots=True)
class Errand:
    """One way to the provider and back. `state` ties the answer to the browser, `nonce` the token to the errand,
    `verifier` the code to us."""

    state: str
    nonce: str
    verifier: str


def new_seed(now: datetime) -> str:
    """What a browser keeps of an errand that begins now."""
    return f"{int(now.timestamp())}.{token_urlsafe(32)}"


def errand_of(seed: str, install_key: SecretStr, now: datetime) -> Errand:
    """The errand of a seed, which tells nothing of it without our key; raises NotSignedIn after ten minutes."""
    begun = seed.partition(".")[0]
    age = now.timestamp() - int(begun) if begun.isascii() and begun.isdigit() and len(begun) < 12 else -1.0
    if not 0 <= age <= ERRAND.total_seconds():
        raise _again("This sign-in was begun too long ago, or in another browser.")
    key = install_key.get_secret_value().encode()
    parts = (hmac.new(key, f"tenure openid {part} {seed}".encode(), sha256) for part in ("state", "nonce", "verifier"))
    return Errand(*(urlsafe_b64encode(x.digest()).decode().rstrip("=") for x in parts))


class Provider:
    """The provider that the settings name. Only its own host and public ones are asked; a redirect is not followed."""

    def __init__(self, registration: Registration, transport: httpx.BaseTransport | None = None) -> None:
        self._me = registration
        home = httpx.URL(checked_address(registration.issuer)).host
        inner = transport or httpx.HTTPTransport(retries=0)
        self._client = httpx.Client(
            timeout=_TIMEOUT, follow_redirects=False, trust_env=False, transport=_Reachable(home, inner)
        )
        self._known: tuple[datetime, dict[str, Any]] | None = None
        self._keys: dict[str, Any] | None = None

    def way(self, errand: Errand, now: datetime) -> str:
        """Where the browser goes to sign in; raises NotSignedIn where the provider does not answer."""
        asked = {
            "response_type": "code", "client_id": self._me.client_id, "redirect_uri": self._me.back,
            "scope": _SCOPES, "state": errand.state, "nonce": errand.nonce,
            "code_challenge": create_s256_code_challenge(errand.verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        return str(add_params_to_uri(self._described(now)["authorization_endpoint"], list(asked.items())))

    def who(self, code: str, errand: Errand, now: datetime) -> Mapping[str, Any]:
        """What the provider says of whoever came back with `code`, checked; raises NotSignedIn."""
        described = self._described(now)
        answer = self._answer("POST", described["token_endpoint"], **self._exchange(described, code, errand))
        token, access = answer.get("id_token"), answer.get("access_token")
        if not isinstance(token, str):
            raise _again("The sign-in of your company gave no answer that can be checked.")
        return self._checked(token, access, described, errand, now)

    def _described(self, now: datetime) -> dict[str, Any]:
        """The provider's own description, asked for once an hour."""
        if self._known is not None and now - self._known[0] < _KNOWN_FOR:
            return self._known[1]
        found = self._answer("GET", f"{self._me.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self._me.issuer or not all(isinstance(found.get(x), str) for x in _NEEDED):
            raise _again("The sign-in of your company describes itself as another one than the settings name.")
        for name in _NEEDED[1:]:
            _checked_place(found[name])
        self._known, self._keys = (now, found), None
        return found

    def _exchange(self, described: Mapping[str, Any], code: str, errand: Errand) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self._me.back,
            "code_verifier": errand.verifier, "client_id": self._me.client_id,
        }  # fmt: skip
        if self._me.secret is None:
            return {"data": form}
        secret = self._me.secret.get_secret_value()
        # RFC 8414: where nothing is said, client_secret_basic.
        if "client_secret_basic" in described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
            return {"data": form, "auth": (self._me.client_id, secret)}
        return {"data": form | {"client_secret": secret}}

    def _checked(
        self, token: str, access: Any, described: Mapping[str, Any], errand: Errand, now: datetime
    ) -> Mapping[str, Any]:
        """The claims of an ID token of this provider, for us, of this errand, in time."""
        try:
            opened = self._opened(token, described["jwks_uri"])
            told = {"nonce": errand.nonce, "client_id": self._me.client_id, "access_token": access}
            wanted = {
                "iss": {"essential": True, "value": self._me.issuer},
                "aud": {"essential": True, "value": self._me.client_id},
            }
            claims = CodeIDToken(opened.claims, opened.header, wanted, told)
            claims.validate(now=int(now.timestamp()), leeway=_LEEWAY)
        except (JoseError, ValueError):
            raise _again("What the sign-in of your company said could not be checked.") from None
        return dict(opened.claims)

    def _opened(self, token: str, place: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=list(_ALGORITHMS), strict_check_header=False)
        try:
            return jwt.decode(token, self._key_set(place), registry=registry)
        except InvalidKeyIdError:
            # The provider has changed its keys since.
            self._keys = None
            return jwt.decode(token, self._key_set(place), registry=registry)

    def _key_set(self, place: str) -> KeySet:
        self._keys = self._keys or self._answer("GET", place)
        return KeySet.import_key_set(self._keys)  # type: ignore[arg-type]

    def _answer(self, method: str, place: str, **how: Any) -> dict[str, Any]:
        """The answer as an object; nothing of what it says is repeated to anybody."""
        try:
            with self._client.stream(method, place, headers={"Accept": "application/json"}, **how) as response:
                body = b""
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > _MOST_BYTES:
                        raise _again("The sign-in of your company answers with too much.")
                good = response.is_success
            found = orjson.loads(body) if good else None
        except ForbiddenAddress:
            raise BadSetting(
                "The OpenID provider names a host in a private network.", fix="Check oidc_issuer."
            ) from None
        except (httpx.HTTPError, orjson.JSONDecodeError):
            found = None
        if not isinstance(found, dict):
            raise _again("The sign-in of your company does not answer as it should.")
        return found


class _Reachable(httpx.BaseTransport):
    """The host that an operator named is asked wherever it stands; any other must be public."""

    def __init__(self, home: str, inner: httpx.BaseTransport) -> None:
        self._home, self._inner, self._pinned = home, inner, Pinned(inner)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request, or raises ForbiddenAddress."""
        own = request.url.host == self._home
        return (self._inner if own else self._pinned).handle_request(request)

    def close(self) -> None:
        """Closes the connections."""
        self._inner.close()


def _checked_place(address: str) -> None:
    """An endpoint of the provider obeys the rules of any address in the settings, but may carry a query."""
    try:
        checked_address(str(httpx.URL(address).copy_with(query=None)))
    except (ValueError, httpx.InvalidURL):
        raise BadSetting("The OpenID provider names an unsafe address.", fix="Check oidc_issuer.") from None


def _again(what: str) -> NotSignedIn:
    return NotSignedIn(what, fix="Try again; if it stays so, ask an admin.")
