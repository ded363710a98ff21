"""Signatures of Standard Webhooks (standardwebhooks.com, specification 1.0), for what goes out and what comes in."""

import base64
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from standardwebhooks.webhooks import hmac_data

from agent_runtime.errors import BadSetting
from agent_runtime.http.refusals import SignInNeeded

PREFIX = "whsec_"
LEAST_BYTES = 24
# A message may be this much older or newer than our clock says.
TOLERANCE = timedelta(minutes=5)
_MOST_ID = 200
_VERSION = "v1,"


class BadSignature(SignInNeeded):
    """A message whose signature, id or time does not hold; nothing of it is kept."""

    code = "bad_signature"


@dataclass(frozen=True, slots=True)
class Signed:
    """A message whose signature held: its id and when its sender says that it was sent."""

    id: str
    sent_at: datetime


def key_of(secret: SecretStr, name: str) -> bytes:
    """The key that a secret (whsec_…, at least 24 bytes in base64) stands for; BadSetting says `name` otherwise."""
    given = secret.get_secret_value()
    try:
        key = base64.b64decode(given.removeprefix(PREFIX), validate=True)
    except ValueError:
        key = b""
    if len(key) < LEAST_BYTES or not given.startswith(PREFIX):
        raise BadSetting(
            f"{name} is missing or cannot be used.",
            fix=f"Give {PREFIX} and at least {LEAST_BYTES} random bytes in base64, the same on both sides.",
        )
    return key


def secret_text(key: bytes) -> SecretStr:
    """The secret of a key, as it is given to the other side."""
    return SecretStr(PREFIX + base64.b64encode(key).decode())


def signed_headers(keys: Sequence[bytes], message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The three headers of a message; while a secret is changed over it carries a signature of each key."""
    moment = str(int(now.timestamp()))
    signatures = " ".join(_signature(key, message_id, moment, body) for key in keys)
    return {"webhook-id": message_id, "webhook-timestamp": moment, "webhook-signature": signatures}


def verified(keys: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: datetime) -> Signed:
    """The id and time of a message that one of `keys` signed; raises BadSignature, which does not say what failed
    of id and signature, so that nobody can feel their way."""
    message_id, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split(" ")
    if not message_id or len(message_id) > _MOST_ID or not message_id.isascii() or not message_id.isprintable():
        raise _bad("A message without a usable webhook-id, webhook-timestamp and webhook-signature was not taken.")
    wanted = [_signature(key, message_id, moment, body).encode() for key in keys]
    pairs = [(one.encode(), other) for one in given for other in wanted]
    if not any([hmac.compare_digest(one, other) for one, other in pairs]):
        raise _bad("The signature of the message does not hold; it was not taken.")
    return Signed(message_id, _sent_at(moment, now))


def _sent_at(moment: str, now: datetime) -> datetime:
    if not moment.isascii() or not moment.isdigit() or len(moment) > 11:
        raise _bad("The webhook-timestamp of the message is no time; it was not taken.")
    sent_at = datetime.fromtimestamp(int(moment), UTC)
    if abs(sent_at - now) > TOLERANCE:
        raise _bad("The message is older or newer than five minutes; it was not taken.")
    return sent_at


def _signature(key: bytes, message_id: str, moment: str, body: bytes) -> str:
    digest = hmac_data(key, f"{message_id}.{moment}.".encode() + body)
    return _VERSION + base64.b64encode(digest).decode()


def _bad(what: str) -> BadSignature:
    return BadSignature(what, fix="Sign it anew with the secret of this hook, and check the clock of the sender.")
