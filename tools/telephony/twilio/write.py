"""Twilio as it is written to: text messages, only from a registered number, never to somebody who said STOP."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tools.base import ApprovedWrite, BadAnswer, Written
from tools.http.client import Refused
from tools.telephony.twilio.wire import VENDOR, Object, TwilioWire

_STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "stopp", "abmelden"})
_START = frozenset({"start", "yes", "unstop", "anmelden"})
# The vendor's own word for somebody who said STOP, and what its messages that went nowhere are called.
_UNSUBSCRIBED = "21610"
_NEVER_LEFT = frozenset({"failed", "canceled"})
# How far back somebody's STOP is looked for; the vendor itself keeps it without end.
_LOOKED_BACK = timedelta(days=400)
# Clocks differ: a message may seem to have been sent a little before it was decided.
_SKEW = timedelta(minutes=5)


@dataclass(slots=True)
class TwilioWriter:
    """Sends messages from `sender`, which the operator names as a number that is registered for it.

    The vendor knows no key: after silence the message is looked for by number, time and text, and never sent again.
    """

    wire: TwilioWire
    sender: str
    name: str = VENDOR
    ops: frozenset[str] = frozenset({"message"})
    settles_after: timedelta = timedelta(minutes=1)

    def write(self, approved: ApprovedWrite) -> Written:
        """Sends it once; Unanswered where it may have gone out."""
        kind, to = approved.target
        if approved.op not in self.ops or kind != "phone" or not to.startswith("+"):
            raise BadAnswer(VENDOR, "this is no message to a number")
        if self._said_stop(to, _decided(approved)):
            raise BadAnswer(VENDOR, "the recipient said STOP; nothing was sent")
        try:
            sent = self.wire.send(self.sender, to, _text(approved))
        except Refused as error:
            if error.code == _UNSUBSCRIBED:
                raise BadAnswer(VENDOR, "the recipient said STOP; nothing was sent") from None
            raise
        return Written(str(sent.get("sid")))

    def find(self, approved: ApprovedWrite) -> Written | None:
        """The message of that text to that number since it was decided."""
        since = _decided(approved) - _SKEW
        for one in self.wire.messages_between(self.sender, approved.target[1], since):
            if one.get("body") == _text(approved) and one.get("status") not in _NEVER_LEFT:
                return Written(str(one.get("sid")), existed=True)
        return None

    def _said_stop(self, number: str, now: datetime) -> bool:
        """Whether the last word of that number about it was STOP."""
        return _last_word(self.wire.messages_between(number, self.sender, now - _LOOKED_BACK)) in _STOP


def _last_word(newest_first: Sequence[Object]) -> str:
    said = (str(one.get("body") or "").strip().lower().rstrip(".!") for one in newest_first)
    return next((word for word in said if word in _STOP | _START), "")


def _text(approved: ApprovedWrite) -> str:
    return str(approved.fields.get("text") or "")


def _decided(approved: ApprovedWrite) -> datetime:
    return datetime.fromtimestamp(int(approved.fields["at"]) / 1000, UTC)
