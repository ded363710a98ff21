"""Forms and chats on the same rhythm as calls, with one customer behind all of them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from agent_runtime.calls.week.rows import NeedRow
from agent_runtime.calls.week.shares import Share, share
from agent_runtime.calls.week.tables import Measure
from agent_runtime.calls.week.waits import Tail, tail, wait

Channel = Literal["phone", "form", "chat"]
_LEAKS_AFTER: Final = 86400.0
_NOBODY: Final[Mapping[str, str]] = MappingProxyType({})
CHANNELS: Final[tuple[Channel, ...]] = ("phone", "form", "chat")


class Asking(NamedTuple):
    """Somebody turned to us in writing and waits for an answer; `customer` is one name on every channel."""

    channel: Channel
    id: str
    at: datetime
    week: date
    customer: str | None
    account_id: str | None
    answered_at: datetime | None


class Written(NamedTuple):
    """A form or a chat message as it came, or an answer of ours."""

    channel: Channel
    id: str
    at: datetime
    customer: str | None
    account_id: str | None


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel of the week; `leaked`: nobody answered within a day."""

    channel: Channel
    asked: int
    answered: Share
    leaked: Share
    waits: Tail


@dataclass(frozen=True, slots=True)
class Channels:
    """All channels; `customers` is how many people these were, `on_several` how many of them used more than one."""

    rows: tuple[ChannelRow, ...]
    customers: int
    on_several: int
    unnamed: int


def askings(
    inbound: Iterable[Written], answers: Mapping[str, Sequence[datetime]], week_of: Mapping[str, date]
) -> list[Asking]:
    """Each form or chat with the first answer to the same customer; messages of one chat before it are one asking.

    `answers`: by customer, when we reached them on any channel, in order. `week_of`: by id, the Monday.
    """
    found: list[Asking] = []
    waiting: dict[tuple[str, str], datetime | None] = {}
    for one in sorted(inbound, key=lambda one: (one.at, one.id)):
        key = (one.channel, one.customer or one.id)
        if one.channel == "chat" and _still_asking(waiting, key, one.at):
            continue
        answered = _next(answers.get(one.customer or "", ()), one.at)
        waiting[key] = answered
        found.append(Asking(one.channel, one.id, one.at, week_of[one.id], one.customer, one.account_id, answered))
    return found


def _still_asking(waiting: Mapping[tuple[str, str], datetime | None], key: tuple[str, str], at: datetime) -> bool:
    if key not in waiting:
        return False
    answered = waiting[key]
    return answered is None or at <= answered


def _next(times: Sequence[datetime], after: datetime) -> datetime | None:
    place = bisect_right(times, after)
    return times[place] if place < len(times) else None


def channels(
    rows: Sequence[NeedRow], asked: Sequence[Asking], measure: Measure, strangers: Mapping[str, str] = _NOBODY
) -> Channels:
    """The week's channels; a caller counts under the contact, else the account, that the call belongs to.

    `strangers`: by activity, the account of a caller whom nobody knows yet, so that a form and a call of one stranger
    are one customer's.
    """
    every = [_asked(row, strangers) for row in rows] + list(asked)
    used: dict[str, set[str]] = defaultdict(set)
    for one in every:
        if one.customer is not None:
            used[one.customer].add(one.channel)
    found = [_channel(name, [one for one in every if one.channel == name], measure) for name in CHANNELS]
    return Channels(
        tuple(one for one in found if one.asked),
        len(used),
        sum(len(names) > 1 for names in used.values()),
        sum(one.customer is None for one in every),
    )


def _asked(row: NeedRow, strangers: Mapping[str, str]) -> Asking:
    customer = row.contact_id or row.account_id or strangers.get(row.need_id)
    return Asking("phone", row.need_id, row.at, row.week, customer, row.account_id, row.reached_at)


def _channel(name: Channel, asked: Sequence[Asking], measure: Measure) -> ChannelRow:
    waits = [wait(one.at, one.answered_at, measure.now, longest=measure.longest) for one in asked]
    judged = [one for one in waits if one.ended or one.seconds > _LEAKS_AFTER]
    return ChannelRow(
        name,
        len(asked),
        share(sum(one.ended for one in waits), len(waits)),
        share(sum(one.seconds > _LEAKS_AFTER for one in judged), len(judged)),
        tail(waits),
    )
