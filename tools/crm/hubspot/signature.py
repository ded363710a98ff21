"""HubSpot's signature of a webhook, version 3: over method, address, raw body and time."""

import hmac
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import unquote

import orjson
from pydantic import SecretStr

from tools.base import Forged, Hint, Verified

WINDOW = timedelta(minutes=5)
# What an event is about, by the first part of its type.
_STREAMS = {"company": "companies", "contact": "contacts", "deal": "deals", "task": "tasks", "note": "notes"}
# The vendor signs the address with these signs as themselves.
_DECODED = re.compile(r"%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HubSpotSignature:
    """Verifies with any of the live secrets, so that one can be changed for another without a gap."""

    secrets: Sequence[SecretStr]
    window: timedelta = WINDOW

    def verify(self, headers: Mapping[str, str], raw_body: bytes, url: str, now: datetime) -> Verified | Forged:
        """Verified with what changed, or Forged: no signature, another one, or too old or too new a time."""
        told = {name.lower(): value for name, value in headers.items()}
        given, stamp = told.get("x-hubspot-signature-v3", ""), told.get("x-hubspot-request-timestamp", "")
        if not given or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 15:
            return Forged("no signature or no time")
        if abs(now.timestamp() - int(stamp) / 1000) > self.window.total_seconds():
            return Forged("the time of the signature is too far from now")
        if not self._is_signed(given, raw_body, url, stamp):
            return Forged("the signature is not ours")
        return _verified(raw_body)

    def _is_signed(self, given: str, raw_body: bytes, url: str, stamp: str) -> bool:
        """Compares with every secret and both ways of writing the address, each in constant time."""
        addresses = dict.fromkeys((url, _DECODED.sub(lambda found: unquote(found[0]), url)))
        signed = [
            hmac.compare_digest(signature(one, raw_body, address, stamp).encode(), given.encode())
            for one in self.secrets
            for address in addresses
        ]
        return any(signed)


def signature(secret: SecretStr, raw_body: bytes, url: str, stamp: str, method: str = "POST") -> str:
    """The signature that HubSpot puts on a request. `stamp`: milliseconds since 1970."""
    message = method.encode() + url.encode() + raw_body + stamp.encode()
    return b64encode(hmac.digest(secret.get_secret_value().encode(), message, "sha256")).decode()


def _verified(raw_body: bytes) -> Verified | Forged:
    try:
        events = orjson.loads(raw_body)
    except orjson.JSONDecodeError:
        return Forged("the body is no JSON")
    events = events if isinstance(events, list) else [events]
    hints = dict.fromkeys(hint for one in events if isinstance(one, dict) and (hint := _hint(one)))
    ids = sorted(str(one.get("eventId") or "") for one in events if isinstance(one, dict))
    # A delivery that is made again carries the same event ids; without them, the same body.
    told = orjson.dumps(ids) if ids and all(ids) else raw_body
    return Verified(sha256(told).hexdigest(), tuple(hints))


def _hint(event: Mapping[str, object]) -> Hint | None:
    stream = _STREAMS.get(str(event.get("subscriptionType") or "").partition(".")[0])
    object_id = event.get("objectId")
    return Hint(stream, str(object_id)) if stream and object_id is not None else None
