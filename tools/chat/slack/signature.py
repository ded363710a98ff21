"""Slack's signature of its calls to us, version 0: over time and raw body; what a person pressed stands in a form."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

import orjson
from pydantic import SecretStr

from tools.base import Forged, Hint, Pressed, Verified

WINDOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SlackSignature:
    """Verifies with any of the live secrets, so that one can be changed for another without a gap."""

    secrets: Sequence[SecretStr]
    window: timedelta = WINDOW

    def verify(self, headers: Mapping[str, str], raw_body: bytes, url: str, now: datetime) -> Verified | Forged:
        """Verified with what was said or pressed, or Forged: no signature, another one, too old or too new a time."""
        told = {name.lower(): value for name, value in headers.items()}
        given, stamp = told.get("x-slack-signature", ""), told.get("x-slack-request-timestamp", "")
        if not given or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
            return Forged("no signature or no time")
        if abs(now.timestamp() - int(stamp)) > self.window.total_seconds():
            return Forged("the time of the signature is too far from now")
        # All are compared, so that the time taken tells nothing.
        signed = [hmac.compare_digest(signature(one, raw_body, stamp).encode(), given.encode()) for one in self.secrets]
        return _verified(raw_body, told) if any(signed) else Forged("the signature is not ours")


def signature(secret: SecretStr, raw_body: bytes, stamp: str) -> str:
    """The signature that Slack puts on a request. `stamp`: seconds since 1970."""
    message = b"v0:" + stamp.encode() + b":" + raw_body
    return f"v0={hmac.digest(secret.get_secret_value().encode(), message, 'sha256').hex()}"


def _verified(raw_body: bytes, headers: Mapping[str, str]) -> Verified | Forged:
    try:
        if "x-www-form-urlencoded" in headers.get("content-type", ""):
            payload = parse_qs(raw_body.decode()).get("payload", ["{}"])[0]
            return _interaction(orjson.loads(payload), raw_body)
        return _event(orjson.loads(raw_body), raw_body)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return Forged("the body is none that Slack sends")


def _interaction(told: Any, raw_body: bytes) -> Verified:
    if told.get("type") != "block_actions":
        return Verified(_hash(raw_body))
    action = told["actions"][0]
    chosen = action.get("selected_option") or {}
    value = str(action.get("value") or chosen.get("value") or "")
    who, at = str(told["user"]["id"]), str(action["action_ts"])
    place = f"{told['channel']['id']}:{told['message']['ts']}"
    if not value:
        return Verified(_hash(raw_body))
    return Verified(_hash(f"{who}|{at}|{action['action_id']}".encode()), pressed=Pressed(who, value, place))


def _event(told: Any, raw_body: bytes) -> Verified:
    if told.get("type") == "url_verification":
        return Verified(_hash(raw_body), echo=str(told["challenge"]))
    event = told.get("event") or {}
    hints = (Hint("messages", f"{event['channel']}:{event['ts']}"),) if event.get("type") == "message" else ()
    return Verified(str(told.get("event_id") or _hash(raw_body)), hints if event.get("ts") else ())


def _hash(told: bytes) -> str:
    return sha256(told).hexdigest()
