"""What a person tells us happened outside of our sight, as activities on the timeline. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from agent_runtime.inbox.policy import ItemRow
from agent_runtime.inbox.verbs import Done, Outcome, Reassign
from agent_runtime.ledger.terms import first_life
from memory.timeline import NewActivity

SOURCE = "tenure"
# Enough to be a conversation: nobody tells how long they talked.
_TALKED_S = 60
_KIND = {
    "we_called": ("call", "outbound"),
    "they_called": ("call", "inbound"),
    "we_wrote": ("email", "outbound"),
    "they_wrote": ("email", "inbound"),
    "met": ("meeting", None),
}
_CALL_ENDED: dict[str, dict[str, Any]] = {
    "reached": {"status": "completed", "talk_s": _TALKED_S, "answered_by": "person"},
    "voicemail": {"status": "completed", "talk_s": 0, "answered_by": "voicemail"},
    "no_answer": {"status": "no_answer", "talk_s": 0},
    "wrong_number": {"status": "failed", "talk_s": 0},
}


@dataclass(frozen=True, slots=True)
class Witness:
    """Who tells it, of which interaction, and under which decision."""

    user_id: str
    decision_id: str
    kind: str
    key: str
    now: datetime


def done_elsewhere(item: ItemRow, done: Done, by: Witness) -> Iterator[NewActivity]:
    """What was done, where it was a task also that it is completed."""
    kind, direction = _KIND[done.how]
    to = item.action.get("to") or []
    data: dict[str, Any] = {"attested": True, "result": done.result, "to": to, "holding": False}
    if done.next:
        data["promises"] = [
            {"quote": done.next.what, "what": done.next.what, "due_at": done.next.due_at.isoformat()},
        ]
    if kind == "call":
        number = to[0] if item.action.get("channel") in ("call", "phone") and to else None
        data |= _CALL_ENDED[done.result] | {"to": number, "from": None, "started_at": done.at.isoformat()}
    if kind == "meeting":
        data |= {"status": "held", "starts_at": done.at.isoformat()}
    ours = done.how in ("we_called", "we_wrote", "met")
    yield _activity(item, by, kind, direction, done.at, "person" if ours else "none", data, done.note or None)
    if by.kind == "promise" and by.key.startswith("task:") and done.result == "reached":
        task = {"task_id": first_life(by.key).removeprefix("task:"), "attested": True}
        yield _activity(item, by, "task.completed", None, done.at, "person", task, None)


def assigned(item: ItemRow, reassign: Reassign, by: Witness) -> NewActivity:
    """Somebody else has the matter from now on."""
    data = {"kind": by.kind, "key": by.key, "to_user_id": reassign.to, "by": by.user_id}
    told = _activity(item, by, "interaction.assigned", None, by.now, "rule", data, reassign.note or None)
    return replace(told, user_id=None)  # to say whose it is is no work on it


def accepted(account_id: str, by: Witness) -> NewActivity:
    """The new owner has taken an account over."""
    return NewActivity(
        source=SOURCE,
        stream="decisions",
        source_id=f"{by.decision_id}:{account_id}:accepted",
        account_id=account_id,
        kind="hand_over.accepted",
        occurred_at=by.now,
        known_at=by.now,
        user_id=by.user_id,
        caused_by="person",
    )


def judged(item: ItemRow, outcome: Outcome, by: Witness) -> NewActivity:
    """How the interaction ended, by a person's word."""
    data = _judgement(outcome, by.kind, by.key, by.user_id)
    told = _activity(item, by, "interaction.judged", None, by.now, "rule", data, outcome.note or None)
    return replace(told, user_id=None)  # nor is it work to say how it ended


def judged_in_bulk(interaction: Any, outcome: Outcome, user_id: str, now: datetime) -> NewActivity:
    """The same of an interaction (a row of the ledger) about which no item was made."""
    return NewActivity(
        source=SOURCE,
        stream="decisions",
        source_id=f"{interaction.id}:judged:{now.isoformat()}",
        account_id=interaction.account_id,
        kind="interaction.judged",
        occurred_at=now,
        known_at=now,
        contact_id=interaction.contact_id,
        opportunity_id=interaction.opportunity_id,
        caused_by="rule",
        data=_judgement(outcome, interaction.kind, interaction.key, user_id),
    )


def _judgement(outcome: Outcome, kind: str, key: str, by: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "key": key,
        "outcome": outcome.outcome,
        "reason": outcome.reason,
        "by": by,
        "wake_at": outcome.wake_at.isoformat() if outcome.wake_at else None,
    }


def _activity(
    item: ItemRow, by: Witness, kind: str, direction: str | None, at: datetime, caused_by: str,
    data: dict[str, Any], text: str | None,
) -> NewActivity:  # fmt: skip
    return NewActivity(
        source=SOURCE,
        stream="decisions",
        source_id=f"{by.decision_id}:{kind}",
        account_id=item.account_id,
        kind=kind,
        direction=direction,
        occurred_at=at,
        known_at=by.now,
        contact_id=item.action.get("contact_id"),
        user_id=by.user_id,
        opportunity_id=item.opportunity_id,
        caused_by=caused_by,
        data=data,
        text=text,
        speaker=by.user_id,
    )
