"""Calls of Microsoft Graph: the subscription that is kept alive, and how its calls are told from others."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from pydantic import SecretStr

from tools.base import Forged, Hint, Promised, Verified
from tools.mail.graph.map import moment
from tools.mail.graph.wire import GraphWire

# The vendor lets a subscription to mails and meetings last at most seven days.
_LASTS = timedelta(days=6)
_RESOURCES = {"emails": "messages", "meetings": "events"}
# What the vendor says of a subscription that ends unless it is asked anew; one that only missed something goes on.
_LAPSING = frozenset({"reauthorizationRequired", "subscriptionRemoved"})
_LONGEST = 2048


@dataclass(frozen=True, slots=True)
class Calls:
    """`address`: our public address for them; `secret`: what the vendor repeats in each call (clientState)."""

    address: str
    secret: SecretStr

    def kept(self, wire: GraphWire, stream: str, subscription: str, now: datetime) -> Promised:
        """The subscription of a stream, made longer, which also authorises it anew; a lost one is made anew."""
        until = now + _LASTS
        told = wire.prolong(subscription, until) if subscription else None
        if told is None:
            told = wire.subscribe(_RESOURCES[stream], self.address, self.secret.get_secret_value(), until)
        return Promised(moment(told.get("expirationDateTime")) or until, str(told["id"]))


@dataclass(frozen=True, slots=True)
class GraphCalls:
    """Verifies with any of the live secrets. There is no signature and no time in these calls: they are hints alone.

    What was missed (lifecycle) is met by the read that every call brings; what is removed or to be authorised anew is
    lapsing, and the vendor is asked again at that read.
    """

    secrets: Sequence[SecretStr]

    def verify(self, headers: Mapping[str, str], raw_body: bytes, url: str, now: datetime) -> Verified | Forged:
        """Verified with what changed, or with what the vendor wants back when it tries the address; else Forged."""
        asked = parse_qs(urlsplit(url).query).get("validationToken")
        if asked:
            return _handshake(asked[0])
        try:
            told = orjson.loads(raw_body)["value"]
            calls = [dict(one) for one in told]
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return Forged("the body is no list of changes")
        # Each is looked at, so that how long it takes says nothing.
        if not calls or not all([self._knows(one.get("clientState")) for one in calls]):
            return Forged("the secret is not ours")
        hints = tuple(dict.fromkeys(hint for one in calls for hint in _hints(one)))
        lapsing = any(one.get("lifecycleEvent") in _LAPSING for one in calls)
        return Verified(sha256(raw_body).hexdigest(), hints, lapsing=lapsing)

    def _knows(self, given: Any) -> bool:
        told = str(given or "").encode()
        return any([hmac.compare_digest(one.get_secret_value().encode(), told) for one in self.secrets])


def _handshake(token: str) -> Verified | Forged:
    if len(token) > _LONGEST or not token.isprintable():
        return Forged("the token to give back is none")
    return Verified(sha256(token.encode()).hexdigest(), echo=token)


def _hints(call: Mapping[str, Any]) -> list[Hint]:
    resource = str(call.get("resource") or "").lower()
    if call.get("lifecycleEvent"):
        return [Hint(stream, "") for stream in _RESOURCES]
    stream = "meetings" if "/events" in resource else "emails"
    return [Hint(stream, str((call.get("resourceData") or {}).get("id") or ""))]
