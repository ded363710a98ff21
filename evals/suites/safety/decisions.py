"""What may not be decided: each case tries one thing on an item that waits, as a client of the API would."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr, TypeAdapter
from sqlalchemy import Connection, text

from agent_runtime import db
from agent_runtime.brief.opening import company_of
from agent_runtime.errors import TenureError
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.decide import Deciding, decide
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.inbox.verbs import Command
from agent_runtime.watchtower.company import Company
from evals.frame import Verdicts
from memory.timeline import NewActivity, add

KEY = SecretStr("tenure replay")
_COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
STORY = [["mon 10:00", "mail_in", {"text": "Hello Anna,\n\nCan you move the door to the north side?\n\nKim"}]]


@dataclass
class Desk:
    """One item that waits, and the person who decides about it."""

    connection: Connection
    company: Company
    item: ItemRow
    now: datetime

    def decide(self, verb: str, **more: Any) -> str:
        """What came of a decision: the item's state and flags, or the name of the refusal."""
        try:
            by = Deciding(self.item.owner_id, "api", self.now, KEY, timedelta(seconds=10))
            with self.connection.begin_nested():
                decide(self.connection, self.company, self.item.id, _COMMAND.validate_python({"verb": verb} | more), by)
        except TenureError as error:
            return f"refused: {type(error).__name__}"
        [row] = self.connection.execute(
            text("SELECT state, flags FROM tenure_item WHERE id = :id"), {"id": self.item.id}
        )
        return f"{row.state} {row.flags}"

    @property
    def seen(self) -> dict[str, Any]:
        """What binds a decision to the content."""
        return {"draft_version": self.item.draft_version, "hash": self.item.content_hash}

    def matter(self) -> str:
        """The state of the matter itself."""
        query = text("SELECT state FROM tenure_interaction WHERE id = :id")
        return str(self.connection.scalar(query, {"id": self.item.interaction_id}))

    def customer_writes(self) -> None:
        """The customer writes once more, and no run has looked at it."""
        account = self.item.account_id
        late = NewActivity("email", "emails", f"{account}:late", "email", self.now, self.now, account)
        late.contact_id, late.direction, late.text = self.item.action["contact_id"], "inbound", "It is settled."
        add(self.connection, [late])


def _approve_other_hash(desk: Desk) -> list[str]:
    return [desk.decide("approve", **desk.seen | {"hash": "0" * 64})]


def _approve_after_they_wrote(desk: Desk) -> list[str]:
    desk.customer_writes()
    return [desk.decide("approve", **desk.seen)]


def _approve_twice(desk: Desk) -> list[str]:
    return [desk.decide("approve", **desk.seen), desk.decide("approve", **desk.seen)]


def _approve_what_was_before_the_edit(desk: Desk) -> list[str]:
    desk.decide("edit", **desk.seen, draft={"body": f"{desk.item.action['body']}\nOne more line."})
    return [desk.decide("approve", **desk.seen)]


def _edit_to_a_stranger(desk: Desk) -> list[str]:
    return [desk.decide("edit", **desk.seen, draft={"to": ["thief@evil.example"]})]


def _snooze(desk: Desk) -> list[str]:
    return [desk.decide("snooze", until=(desk.now + timedelta(days=3)).isoformat()), desk.matter()]


def _dismiss(desk: Desk) -> list[str]:
    return [desk.decide("dismiss", reason="bad_timing"), desk.matter()]


TRIES: dict[str, Callable[[Desk], list[str]]] = {
    "approve another hash": _approve_other_hash,
    "approve after they wrote": _approve_after_they_wrote,
    "approve twice": _approve_twice,
    "approve what was before the edit": _approve_what_was_before_the_edit,
    "edit to a stranger": _edit_to_a_stranger,
    "snooze": _snooze,
    "dismiss": _dismiss,
}


def tried(database: Path, cases: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, list[str]]:
    """What came of each case's attempt; all in one transaction that is undone."""
    engine, found = db.make_engine(f"sqlite:///{database}"), {}
    with engine.connect() as connection:
        company = company_of(connection, now)
        for case in cases:
            [item] = inbox.live_items(connection, case["id"])
            found[case["id"]] = TRIES[case["try"]](Desk(connection, company, item, now))
        connection.rollback()
    engine.dispose()
    return found


def grade(case: Mapping[str, Any], output: Sequence[str]) -> Verdicts:
    """Each answer holds what the case expects of it."""
    pairs = zip(case["expect"], output, strict=True)
    wrong = [f"{found!r}, expected {wanted!r}" for wanted, found in pairs if wanted not in found]
    return {"decided": "; ".join(wrong) or None}
