"""Gong's calls to us: a signed token (RS256) that names the address and the body for which it was made."""

import hmac
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import SecretStr

from tools.base import Forged, Hint, Verified

WINDOW = timedelta(minutes=5)
_LEAST_BITS = 2048


@dataclass(frozen=True, slots=True)
class GongSignature:
    """Verifies with any of the public keys (PEM) that the vendor's page shows, so that one can follow another."""

    keys: Sequence[SecretStr]
    window: timedelta = WINDOW

    def verify(self, headers: Mapping[str, str], raw_body: bytes, url: str, now: datetime) -> Verified | Forged:
        """Verified with the talk that it is about, or Forged: another key, address or body, too old or too new."""
        told = {name.lower(): value for name, value in headers.items()}
        token = told.get("authorization", "").removeprefix("Bearer ").strip()
        try:
            head, claims, signed, signature = _parts(token)
        except (ValueError, TypeError):
            return Forged("no token that can be read")
        # The kind of signature is ours to choose, never the sender's.
        if head.get("alg") != "RS256" or not any(_is_signed(one, signed, signature) for one in self.keys):
            return Forged("the signature is not theirs")
        return self._checked(claims, raw_body, url, now)

    def _checked(self, claims: Mapping[str, Any], raw_body: bytes, url: str, now: datetime) -> Verified | Forged:
        if not hmac.compare_digest(str(claims.get("webhook_url") or "").encode(), url.encode()):
            return Forged("the token was made for another address")
        body_hash = str(claims.get("body_sha256") or "")
        if not hmac.compare_digest(body_hash.encode(), sha256(raw_body).hexdigest().encode()):
            return Forged("the token was made for another body")
        if not self._is_of_now(claims, now):
            return Forged("the time of the token is too far from now")
        return _verified(raw_body)

    def _is_of_now(self, claims: Mapping[str, Any], now: datetime) -> bool:
        """It says when it was made or until when it counts, and that fits."""
        skew, moment = self.window.total_seconds(), now.timestamp()
        made, ends = claims.get("iat"), claims.get("exp")
        if not isinstance(made, int | float) and not isinstance(ends, int | float):
            return False
        if isinstance(made, int | float) and abs(moment - made) > skew:
            return False
        return not isinstance(ends, int | float) or -skew <= ends - moment <= 3600 + skew


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    first, second, third = token.split(".")
    head, claims = orjson.loads(_decoded(first)), orjson.loads(_decoded(second))
    if not isinstance(head, dict) or not isinstance(claims, dict):
        raise ValueError("no objects")
    return head, claims, f"{first}.{second}".encode(), _decoded(third)


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _is_signed(key: SecretStr, signed: bytes, signature: bytes) -> bool:
    try:
        public = load_pem_public_key(key.get_secret_value().replace("\\n", "\n").encode())
        if not isinstance(public, RSAPublicKey) or public.key_size < _LEAST_BITS:
            return False
        public.verify(signature, signed, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _verified(raw_body: bytes) -> Verified:
    try:
        told = orjson.loads(raw_body)
        call_id = str(told["callData"]["metaData"]["id"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        call_id = ""
    return Verified(sha256(raw_body).hexdigest(), (Hint("talks", call_id),) if call_id else ())
