"""Statements that a vendor signs (OpenID Connect): verified with its public keys, which change without notice."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import SecretStr

from tools.base import VendorError
from tools.http.buckets import Buckets, Kept
from tools.http.client import Call, VendorClient

# How long keys are kept, and how soon they are asked for again where a statement names an unknown one.
_KEPT, _AGAIN = timedelta(hours=6), timedelta(minutes=5)
# How far a vendor's clock and ours may lie apart.
SKEW = timedelta(minutes=5)


class Unsigned(ValueError):
    """A statement that is not to be believed; the text says why and holds nothing of it."""


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """A vendor's public keys at `path` of `client`'s host, shared by all of the process."""

    client: VendorClient
    path: str
    buckets: Buckets
    now: Callable[[], datetime]

    def of(self, key_id: str) -> KeySet:
        """The keys; asked for anew where none of them has this id. Raises Unsigned where there are none."""
        owner = (self.client.vendor, f"keys {self.path}")
        kept, now = self.buckets.kept(owner), self.now()
        if kept and kept.until:
            is_known = _has(kept, key_id) and now < kept.until
            # An id that nobody knows makes us ask only so often, whoever sends it.
            if is_known or kept.until - _KEPT + _AGAIN > now:
                return _read(kept)
        try:
            told = self.client.json(Call("GET", self.path))
        except VendorError:
            raise Unsigned("the vendor's keys cannot be had") from None
        kept = Kept(SecretStr(orjson.dumps(told).decode()), now + _KEPT)
        self.buckets.keep(owner, kept)
        return _read(kept)


def claims_of(
    statement: str, keys: PublicKeys, *, issuers: Collection[str], audience: str, now: datetime
) -> dict[str, Any]:
    """What a vendor says in a signed statement; Unsigned where the signature, issuer, audience or time is wrong.

    Only RS256: what a statement says of its own algorithm is not believed.
    """
    try:
        key_id = str(jws.extract_compact(statement.encode()).headers().get("kid") or "")
        claims = jwt.decode(statement, keys.of(key_id), algorithms=["RS256"]).claims
    except (JoseError, ValueError) as error:
        raise error if isinstance(error, Unsigned) else Unsigned("the signature is not the vendor's") from None
    if claims.get("iss") not in issuers or claims.get("aud") != audience:
        raise Unsigned("it is from or for somebody else")
    _refuse_time(claims, now)
    return dict(claims)


def _refuse_time(claims: dict[str, Any], now: datetime) -> None:
    begins, ends = claims.get("iat"), claims.get("exp")
    if not isinstance(begins, (int, float)) or not isinstance(ends, (int, float)):
        raise Unsigned("it has no time")
    skew = SKEW.total_seconds()
    if not begins - skew <= now.timestamp() <= ends + skew:
        raise Unsigned("its time is over or not yet come")


def _has(kept: Kept, key_id: str) -> bool:
    told = orjson.loads(kept.value.get_secret_value())
    return any(one.get("kid") == key_id for one in told.get("keys") or [])


def _read(kept: Kept) -> KeySet:
    try:
        return KeySet.import_key_set(orjson.loads(kept.value.get_secret_value()))
    except (JoseError, ValueError, KeyError, TypeError):
        raise Unsigned("the vendor's keys cannot be read") from None
