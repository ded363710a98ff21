"""Aircall's calls to us: no signature, a token inside the body; what they say is read again from the vendor."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import orjson
from pydantic import SecretStr

from tools.base import Forged, Hint, Verified

WINDOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class AircallToken:
    """Verifies with any of the live tokens. Whoever reads one such call has its token: nothing in it is believed."""

    tokens: Sequence[SecretStr]
    window: timedelta = WINDOW

    def verify(self, headers: Mapping[str, str], raw_body: bytes, url: str, now: datetime) -> Verified | Forged:
        """Verified with the call that changed, or Forged: no token, another one, too old or too new a time."""
        try:
            told = orjson.loads(raw_body)
            given, event, stamp = str(told["token"]), str(told["event"]), int(told["timestamp"])
            data = told.get("data") or {}
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
            return Forged("the body is none that Aircall sends")
        same = [hmac.compare_digest(one.get_secret_value().encode(), given.encode()) for one in self.tokens]
        if not any(same):
            return Forged("the token is not ours")
        if abs(now.timestamp() - stamp) > self.window.total_seconds():
            return Forged("the time of the call is too far from now")
        call_id = str(data.get("id") or "") if isinstance(data, dict) else ""
        hints = (Hint("calls", call_id),) if told.get("resource") == "call" and call_id else ()
        return Verified(sha256(f"{event}|{call_id}|{stamp}".encode()).hexdigest(), hints)
