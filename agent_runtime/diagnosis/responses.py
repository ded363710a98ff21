"""How evenly customers are answered: by team, queue and segment, never by person, and not for fewer than five. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent_runtime.diagnosis.figures import LEAST, Spread, spread
from agent_runtime.diagnosis.record import Record

_RESPONSES = frozenset({"lead_response", "answer_owed", "missed_call"})
_COMPARED = timedelta(days=90)
SMALLER = "smaller ones together"


@dataclass(frozen=True, slots=True)
class Response:
    """One answer that was owed. `owner_id` only counts how many people stand behind a group; it is in no figure.

    `hours`: opening hours until it was given, None while it is owed.
    """

    since: datetime
    hours: float | None
    team: str | None
    queue: str | None
    segment: str | None
    owner_id: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """The spread of one team, queue or segment (`by`)."""

    by: str
    name: str
    spread: Spread


@dataclass(frozen=True, slots=True)
class Evenness:
    """All answers of the last 90 days beside those of the 90 before, and the groups of the last 90 days."""

    now: Spread
    before: Spread
    groups: tuple[Group, ...]


def responses(record: Record) -> list[Response]:
    """The answers that the account was owed; what was not needed any more before it was late is none."""
    found = []
    company, events = record.view.company, {x.id: x for x in record.view.events}
    for row, x in record.pairs():
        if x.rule not in _RESPONSES or x.state == "unverified" or (x.state == "dropped" and not record.breach(x)):
            continue
        owner = company.people.get(row.owner_id or "")
        opened = events.get(row.opened_by)
        met = x.settled_at if x.state == "met" else None
        taken = company.calendar.minutes_between(x.opened_at, met) / 60 if met else None
        if taken is None and x.state == "waiting":
            continue  # not late, not answered: nothing is known of it yet
        queue = str(opened.data["queue"]) if opened and opened.data.get("queue") else None
        team = owner.team if owner else None
        found.append(Response(x.opened_at, taken, team, queue, record.view.account.segment, row.owner_id))
    return found


def evenness(every: Sequence[Response], now: datetime) -> Evenness:
    """The spread of answers lately and before, and by group."""
    last = [x for x in every if x.since > now - _COMPARED]
    before = [x for x in every if now - 2 * _COMPARED < x.since <= now - _COMPARED]
    groups = (*_groups("team", last), *_groups("queue", last), *_groups("segment", last))
    return Evenness(spread(x.hours for x in last), spread(x.hours for x in before), groups)


def _groups(by: str, every: Iterable[Response]) -> list[Group]:
    """Groups with at least five people behind them; the smaller ones together, or not at all."""
    named: dict[str, list[Response]] = defaultdict(list)
    for one in every:
        name = getattr(one, by)
        if name:
            named[name].append(one)
    large = {name: found for name, found in named.items() if _people(found) >= LEAST}
    rest = [x for name, found in named.items() if name not in large for x in found]
    # One small group among large ones would stand alone under another name.
    if len(named) - len(large) > 1 and _people(rest) >= LEAST:
        large[SMALLER] = rest
    return [Group(by, name, spread(x.hours for x in large[name])) for name in sorted(large)]


def _people(found: Iterable[Response]) -> int:
    return len({x.owner_id for x in found if x.owner_id})
