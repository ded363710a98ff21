"""Stories as cases tell them: steps at "tue 10:00" of a counted week, turned into the records of a world folder."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Record = dict[str, Any]
Step = Sequence[Any]
ZONE = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 2, tzinfo=ZONE)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OURS, INTAKE, LINE = "seller.example", "sales@seller.example", "+493090180"


class BadStory(ValueError):
    """A step of a case that nobody can tell."""


def moment(text: str) -> datetime:
    """ "tue2 10:00" as aware UTC: Tuesday of the second week, Berlin time; "mon-1 09:00" lies before the first."""
    day, _, clock = text.partition(" ")
    week = int(day[3:] or 1) - 1 if not day[3:].startswith("-") else int(day[3:])
    hour, _, minute = (clock or "09:00").partition(":")
    on = MONDAY + timedelta(days=DAYS.index(day[:3]) + 7 * week)
    return on.replace(hour=int(hour), minute=int(minute)).astimezone(UTC)


@dataclass
class Cast:
    """The account of one case with people of its own: its rep anna, a colleague bela, the customers kim and lou.

    `number` makes addresses and numbers its own. `language` is that of Kim and of the rep.
    """

    account_id: str
    number: int
    language: str = "en"
    owner: str | None = "anna"
    contact_name: str = "Kim Sorel"
    company_name: str = ""

    def user(self, name: str) -> str:
        """The id of a user by the role of the story."""
        return f"{name}-{self.number}" if name in ("anna", "bela") else name

    def mail_of(self, who: str) -> str:
        """The address of a user, of kim or lou, or the address itself."""
        if "@" in who:
            return who
        if who in ("anna", "bela"):
            return f"{who}-{self.number}@{OURS}"
        return INTAKE if who == "sales" else f"{who}@firm{self.number}.example"

    def contact(self, name: str) -> str:
        """The id of a contact."""
        return f"{name}-{self.number}"

    def phone(self, who: str) -> str | None:
        """A number of their own for each of the four; `withheld` is none."""
        if who == "withheld":
            return None
        place = {"anna": 1, "bela": 2, "kim": 3, "lou": 4}.get(who)
        return f"+4930{20 + place:02d}{self.number:05d}" if place else (LINE if who == "sales" else who)


@dataclass
class Telling:
    """Makes the records of one case; `records` by stream, `blind` what stops being seen."""

    cast: Cast
    records: dict[str, list[Record]] = field(default_factory=dict)
    blind: list[tuple[str, datetime, datetime | None]] = field(default_factory=list)
    _threads: dict[str, list[str]] = field(default_factory=dict)

    def tell(self, steps: Sequence[Step]) -> "Telling":
        """Every step of a story in its order; raises BadStory for one that nobody knows."""
        for when, what, *rest in steps:
            teller = getattr(self, f"_{what}", None)
            if teller is None:
                raise BadStory(f"{self.cast.account_id}: there is no step {what!r}")
            teller(moment(when), dict(rest[0]) if rest else {})
        return self

    def _add(self, stream: str, at: datetime, more: Record, **fields: Any) -> None:
        rows = self.records.setdefault(stream, [])
        known = moment(more.pop("known")) if "known" in more else at
        head = {"id": f"{self.cast.account_id}:{stream}:{len(rows) + 1}", "at": known.isoformat()}
        account = more.pop("account_id", self.cast.account_id)
        rows.append(head | {"occurred_at": at.isoformat(), "account_id": account} | fields | more)

    # -- mail, messages and forms

    def _mail_in(self, at: datetime, more: Record) -> None:
        self._mail(at, more, "inbound", more.pop("who", "kim"), more.pop("to", "anna"))

    def _mail_out(self, at: datetime, more: Record) -> None:
        self._mail(at, more, "outbound", more.pop("by", "anna"), more.pop("to", "kim"))

    def _mail(self, at: datetime, more: Record, direction: str, sender: str, to: str) -> None:
        thread = self._threads.setdefault(more.pop("thread", "t1"), [])
        name = f"<{len(self.records.get('emails', ()))}@firm{self.cast.number}.example>"
        user = sender if direction == "outbound" else to
        fields = {
            "direction": direction, "from": self.cast.mail_of(sender), "to": [self.cast.mail_of(to)], "cc": [],
            "subject": "Cold room", "message_id": name, "in_reply_to": thread[-1] if thread else None,
            "references": list(thread), "mailbox": self.cast.mail_of(user), "attachments": [],
            "user_id": self.cast.user(user) if user in ("anna", "bela") else None,
        }  # fmt: skip
        thread.append(name)
        self._add("emails", at, more, **fields)

    def _message_in(self, at: datetime, more: Record) -> None:
        self._message(at, more, "inbound", "kim", "anna")

    def _message_out(self, at: datetime, more: Record) -> None:
        self._message(at, more, "outbound", "anna", "kim")

    def _message(self, at: datetime, more: Record, direction: str, sender: str, to: str) -> None:
        ends = {"from": self.cast.phone(sender), "to": self.cast.phone(to)}
        self._add("messages", at, more, channel="sms", direction=direction, user_id=self.cast.user("anna"), **ends)

    def _form(self, at: datetime, more: Record) -> None:
        who = {"name": self.cast.contact_name, "email": self.cast.mail_of("kim"), "company": self.cast.company_name}
        self._add("forms", at, more, form="contact", page="/contact", **who)

    # -- telephone and calendar

    def _call_in(self, at: datetime, more: Record) -> None:
        self._call(at, more, "inbound", more.pop("who", "kim"), more.pop("to", "anna"))

    def _call_out(self, at: datetime, more: Record) -> None:
        self._call(at, more, "outbound", more.pop("by", "anna"), more.pop("to", "kim"))

    def _call(self, at: datetime, more: Record, direction: str, caller: str, to: str) -> None:
        talk = more.pop("talk", 0)
        ours = to if direction == "inbound" else caller
        fields = {
            "started_at": at.isoformat(), "direction": direction, "status": "completed" if talk else "no_answer",
            "from": self.cast.phone(caller), "to": self.cast.phone(to), "ring_s": 22, "talk_s": talk,
            "answered_by": "person" if talk else None,
            "user_id": self.cast.user(ours) if ours in ("anna", "bela") else None,
        }  # fmt: skip
        self._add("calls", at, more, **fields)

    def _meeting(self, at: datetime, more: Record) -> None:
        starts = moment(more.pop("starts"))
        fields = {
            "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat(),
            "status": "scheduled", "subject": "Site visit", "user_id": self.cast.user("anna"),
            "attendees": [self.cast.mail_of("anna"), self.cast.mail_of("kim")], "ical_uid": self.cast.account_id,
            "contact_id": self.cast.contact("kim"),
        }  # fmt: skip
        self._add("meetings", at, more, **fields)

    # -- the CRM

    def _crm(self, at: datetime, more: Record, kind: str, **fields: Any) -> None:
        self._add("crm", at, more, kind=kind, **fields)

    def _deal(self, at: datetime, more: Record) -> None:
        base = {"opportunity_id": f"{self.cast.account_id}:deal", "name": "Cold room for the north hall",
                "amount": 48000, "currency": "EUR", "user_id": self.cast.user("anna"),
                "contact_ids": [self.cast.contact("kim")]}  # fmt: skip
        self._crm(at, more, "opportunity.stage", **base)

    def _update(self, at: datetime, more: Record) -> None:
        self._crm(at, more, "opportunity.updated", opportunity_id=f"{self.cast.account_id}:deal",
                  user_id=self.cast.user("anna"))  # fmt: skip

    def _lead(self, at: datetime, more: Record) -> None:
        base = {"lead_id": f"{self.cast.account_id}:lead", "source": "web", "lead_type": "web",
                "email": self.cast.mail_of("kim"), "phone": self.cast.phone("kim"),
                "company": self.cast.company_name}  # fmt: skip
        self._crm(at, more, "lead.created", **base)

    def _lead_status(self, at: datetime, more: Record) -> None:
        self._crm(at, more, "lead.status", lead_id=f"{self.cast.account_id}:lead")

    def _task(self, at: datetime, more: Record) -> None:
        due = moment(more.pop("due")).isoformat() if "due" in more else None
        base = {"task_id": f"{self.cast.account_id}:task", "subject": "Send the drawing", "due_at": due,
                "user_id": self.cast.user("anna"), "contact_id": self.cast.contact("kim")}  # fmt: skip
        self._crm(at, more, "task.created", **base)

    def _task_done(self, at: datetime, more: Record) -> None:
        self._crm(at, more, "task.completed", task_id=f"{self.cast.account_id}:task", user_id=self.cast.user("anna"))

    def _note(self, at: datetime, more: Record) -> None:
        self._crm(at, more, "note", user_id=self.cast.user("anna"))

    def _contact(self, at: datetime, more: Record) -> None:
        until = {"until": moment(more.pop("until")).isoformat()} if "until" in more else {}
        self._crm(at, more | until, "contact.changed", contact_id=self.cast.contact(more.pop("who", "kim")))

    def _owner(self, at: datetime, more: Record) -> None:
        ends = {"from_user_id": self.cast.user("anna"), "to_user_id": self.cast.user("bela"), "role": "owner"}
        self._crm(at, more, "owner.changed", **ends)

    def _field(self, at: datetime, more: Record) -> None:
        self._crm(at, more, "field.changed", object="account")

    def _event(self, at: datetime, more: Record) -> None:
        """Any other record of the CRM; the step names its kind."""
        self._crm(at, more, more.pop("kind"))

    def _usage(self, at: datetime, more: Record) -> None:
        self._add("usage", at, more, metric="logins", period="month")

    def _blind(self, at: datetime, more: Record) -> None:
        """From here on `source` is not seen, to `until` or to the end."""
        until = moment(more["until"]) if "until" in more else None
        self.blind.append((more["source"], at, until))
