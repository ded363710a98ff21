"""A Twilio account that lives through a company's past: calls with the legs that they had, recordings, messages."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tools.base import SourceRecord
from tools.fakes.twilio import TwilioFake
from tools.world import Directory, Row

PHONE = frozenset({"calls", "messages"})
# What the vendor puts in the place of a number that was withheld.
WITHHELD = "+266696687"
_STATUSES = {"no_answer": "no-answer", "abandoned": "canceled"}


class Phone:
    """Fills the stand-in as calls and messages happen."""

    def __init__(self, fake: TwilioFake, directory: Directory) -> None:
        self.fake = fake
        self._numbers = {row["id"]: row["phone"] for row in directory.users if row.get("phone")}
        seen = {row.get("line"): row for row in directory.coverage if row["source"] == "phone"}
        for row in directory.lines:
            covered = seen.get(row["number"])
            # A number that is never seen is no number of this account.
            if covered is None or covered["visible_from"] < covered["visible_until"]:
                fake.add_line(row["number"], row.get("queue") or row.get("owner") or "")
        self._calls: dict[str, str] = {}
        self._known: set[str] = set()

    def take(self, record: SourceRecord) -> None:
        """Does what a record tells, at its time."""
        if record.stream == "messages":
            self._message(record.fields)
        elif record.source_id in self._known:
            return
        elif record.fields.get("direction") == "inbound":
            self._came_in(record, record.fields)
        elif record.fields.get("direction") == "outbound":
            self._went_out(record, record.fields)
        self._known.add(record.source_id)

    def _came_in(self, record: SourceRecord, told: Row) -> None:
        ring, talk = timedelta(seconds=told.get("ring_s") or 0), timedelta(seconds=told.get("talk_s") or 0)
        sender, began = told.get("from") or WITHHELD, record.occurred_at
        parent = self._calls.get(str(told.get("parent_id") or ""))
        if parent is None:
            status = "canceled" if told["status"] == "abandoned" else "completed"
            parent = self._add(sender, told["to"], at=began, seconds=(ring + talk).seconds, status=status)
            self._calls[record.source_id] = parent
        if told["status"] == "completed":
            to = self._phone_of(told, told["to"])
            self._add(sender, to, direction="outbound-dial", at=began + ring, seconds=talk.seconds, parent=parent)
            self._say(parent, told)
        elif told.get("missed_event_for"):
            to = self._numbers[told["missed_event_for"]]
            self._add(sender, to, direction="outbound-dial", status="no-answer", at=began, parent=parent)
        if told.get("voicemail_text"):
            self.fake.record(parent, voicemail=told["voicemail_text"])

    def _went_out(self, record: SourceRecord, told: Row) -> None:
        status = _STATUSES.get(told["status"]) or str(told["status"])
        seconds = int(told.get("talk_s") or 0)
        sender = told.get("from") or self._phone_of(told, "")
        at = record.occurred_at
        self._say(self._add(sender, told["to"], direction="outbound-api", status=status, at=at, seconds=seconds), told)

    def _message(self, told: Row) -> None:
        channel = "whatsapp:" if told.get("channel") == "whatsapp" else ""
        direction = "inbound" if told.get("direction") == "inbound" else "outbound-api"
        self.fake.add_message(channel + told["from"], channel + _first(told["to"]), told.get("text") or "", direction)

    def _say(self, call: str, told: Row) -> None:
        segments = told.get("transcript") or []
        if segments:
            self.fake.record(call, sentences=[_sentence(one) for one in segments])

    def _add(
        self, sender: str, to: str, *, at: datetime, direction: str = "inbound", status: str = "completed",
        seconds: int = 0, parent: str | None = None,
    ) -> str:  # fmt: skip
        return self.fake.add_call(sender, to, direction=direction, status=status, seconds=seconds, parent=parent, at=at)

    def _phone_of(self, told: Row, otherwise: str) -> str:
        return str(self._numbers.get(told.get("user_id") or "", otherwise))


def _sentence(segment: Mapping[str, Any]) -> dict[str, Any]:
    channel = 1 if segment.get("speaker") == "customer" else 2
    return {"media_channel": channel, "start_time": str(segment.get("start_s") or 0), "transcript": segment["text"]}


def _first(to: Any) -> str:
    return str(to[0] if isinstance(to, list) else to)
