"""What one opportunity has been through so far, as a small state that each event moves on."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol, Self

SECONDS_A_DAY = 86_400.0
TOUCHES = frozenset({"email", "call", "message"})
MET = frozenset({"scheduled", "held"})
PEOPLE_COUNTED = 16
"""Beyond this many the number of people says nothing more, and the state stays small."""


class Event(Protocol):
    """The part of an activity that is read here; times are aware UTC datetimes."""

    @property
    def kind(self) -> str: ...
    @property
    def direction(self) -> str | None: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def known_at(self) -> datetime: ...
    @property
    def user_id(self) -> str | None: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(slots=True)
class Path:
    """The state of one opportunity after the events observed so far; moments are Unix seconds.

    `theirs` says whose turn it is: the customer's (we asked last) or ours (they answered, or we are at work
    for them), since `turn_at`. A chase does not begin a new turn: silence counts from what was
    asked first.
    """

    opened_at: float | None = None
    stage: str | None = None
    amount: float = 0.0
    asked_at: float | None = None
    answered_at: float | None = None
    theirs: bool = False
    turn_at: float | None = None
    moved_at: float | None = None
    people: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> Self:
        return cls(**state)


def path_of(events: Iterable[Event]) -> Path:
    """The path after `events`, which come in the order in which they became known."""
    path = Path()
    for event in events:
        observe(path, event)
    return path


def observe(path: Path, event: Event) -> None:
    """Moves `path` on by one event of its opportunity; events come in the order in which they are known."""
    at = min(event.occurred_at, event.known_at).timestamp()
    if path.opened_at is None:
        path.opened_at = at
    _meet(path, event.user_id)
    kind, data = event.kind, event.data
    if kind in ("opportunity.stage", "opportunity.snapshot"):
        _read_crm(path, data, at)
    elif _is_proposal(kind, data):
        _propose(path, at)
    elif _is_from_customer(event):
        _answer(path, at)
    elif kind == "task.created":
        _plan(path, at, inside=data.get("channel") == "internal")
    elif kind in TOUCHES and event.direction == "outbound" and not data.get("auto"):
        _touch(path, at)


def _meet(path: Path, user: str | None) -> None:
    if user and user not in path.people and len(path.people) < PEOPLE_COUNTED:
        path.people.append(user)


def _read_crm(path: Path, data: Mapping[str, Any], at: float) -> None:
    if data.get("stage") and data["stage"] != path.stage:
        path.stage = data["stage"]
        path.moved_at = _seconds(data.get("stage_entered_at")) or at
    path.amount = float(data.get("amount") or path.amount)
    created = _seconds(data.get("created_at"))
    if created is not None and path.opened_at is not None:
        path.opened_at = min(path.opened_at, created)


def _seconds(moment: str | None) -> float | None:
    return datetime.fromisoformat(moment).timestamp() if moment else None


def _is_proposal(kind: str, data: Mapping[str, Any]) -> bool:
    sent_by_mail = kind == "email" and data.get("event") == "proposal_sent"
    return sent_by_mail or (kind == "opportunity.proposal" and data.get("status") == "created")


def _is_from_customer(event: Event) -> bool:
    if event.kind == "meeting":
        return event.data.get("status") in MET
    if event.kind == "opportunity.proposal":
        return event.data.get("status") == "accepted"
    return event.direction == "inbound" and not event.data.get("auto")


def _propose(path: Path, at: float) -> None:
    path.asked_at = path.asked_at or at
    path.turn_at = max(at, path.turn_at or at)
    path.theirs = True


def _ask(path: Path, at: float) -> None:
    path.asked_at = path.asked_at or at
    if not path.theirs:
        path.turn_at = at
    path.theirs = True


def _answer(path: Path, at: float) -> None:
    if path.asked_at is not None and path.answered_at is None and at >= path.asked_at:
        path.answered_at = at
    if path.turn_at is None or at >= path.turn_at:  # else it became known late, and we have asked since
        _take_over(path, at)


def _take_over(path: Path, at: float) -> None:
    if path.theirs or path.turn_at is None:
        path.turn_at = at
    path.theirs = False


def _plan(path: Path, at: float, *, inside: bool) -> None:
    if not inside:
        _ask(path, at)
    elif path.answered_at is not None:
        _take_over(path, at)


def _touch(path: Path, at: float) -> None:
    if path.turn_at is None or at >= path.turn_at:  # else a call under way when they answered asks nothing new
        _ask(path, at)
