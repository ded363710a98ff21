"""Calls of Google's Pub/Sub for a Gmail mailbox: believed by Google's signature, for our address, from our account."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any

import orjson

from tools.base import Forged, Hint, Verified
from tools.http.signed import PublicKeys, Unsigned, claims_of
from tools.mail.told import STREAM

KEYS_ADDRESS, KEYS_PATH = "https://www.googleapis.com", "/oauth2/v3/certs"
ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})


@dataclass(frozen=True, slots=True)
class GooglePush:
    """`audience` and `account` as the push subscription was made with: whom the token is for, and who calls."""

    keys: PublicKeys
    audience: str
    account: str

    def verify(self, headers: Mapping[str, str], raw_body: bytes, url: str, now: datetime) -> Verified | Forged:
        """Verified with the mailbox's change, or Forged: no token, another's, or its time is over."""
        told = {name.lower(): value for name, value in headers.items()}.get("authorization", "")
        scheme, _, statement = told.partition(" ")
        if scheme.lower() != "bearer" or not statement:
            return Forged("no token")
        try:
            claims = claims_of(statement, self.keys, issuers=ISSUERS, audience=self.audience, now=now)
        except Unsigned as error:
            return Forged(str(error))
        caller = str(claims.get("email") or "").encode()
        if claims.get("email_verified") is not True or not compare_digest(caller, self.account.encode()):
            return Forged("it is not the account that is to call")
        return _verified(raw_body)


def _verified(raw_body: bytes) -> Verified | Forged:
    try:
        message: dict[str, Any] = orjson.loads(raw_body)["message"]
        data = orjson.loads(b64decode(message["data"]))
        return Verified(str(message["messageId"]), (Hint(STREAM, str(data["historyId"])),))
    except (orjson.JSONDecodeError, Error, KeyError, TypeError):
        return Forged("the body is no message of Pub/Sub")
