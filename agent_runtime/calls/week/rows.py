"""Every missed need as one row of the weekly figures, and every inbound call as one count: pure, no database."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agent_runtime.calendars import BusinessCalendar
from agent_runtime.calls.intent import About
from agent_runtime.calls.missed import is_missed, missed_reason
from agent_runtime.calls.models import DistinctCall, Intent, MissedReason, Need, Resolution, Topic

REACHED: Final = frozenset({"callback", "caller_reached_us", "other_channel"})
HIGH_INTENT: Final[Intent] = "commercial"
"""The one definition of high intent: the callback window, the losses and this page all use it."""

IsOpen = Callable[[datetime], bool]
DueAt = Callable[[datetime, Intent, str | None], datetime]
"""When a miss that began then must have been returned, by intent and segment."""

Classify = Callable[[DistinctCall], About]
_HOUR = 3600
_NO_NUMBER = "unknown line"


class Line(NamedTuple):
    """What is known of a number that customers call: which queue and campaign it stands for, from when to when."""

    number: str
    queue: str | None
    campaign: str | None
    owner: str | None
    valid_from: datetime | None
    valid_to: datetime | None

    def holds_at(self, moment: datetime) -> bool:
        """Whether this row is the one that counts at `moment`."""
        begun = self.valid_from is None or self.valid_from <= moment
        return begun and (self.valid_to is None or moment < self.valid_to)


class LineBook:
    """Which line a call came in on; a number may stand for another campaign later."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._of: dict[str, list[Line]] = {}
        self._told: dict[tuple[str, int, str | None], Line] = {}
        for line in lines:
            self._of.setdefault(line.number, []).append(line)

    def line(self, call: DistinctCall) -> Line:
        """The line that was called, with what the call itself says of its queue; unlisted ones have no campaign."""
        number = number_called(call)
        key = (number, self._place(number, call.started_at), queue_of(call))
        found = self._told.get(key)
        if found is None:
            found = self._told[key] = self._line(*key)
        return found

    def _place(self, number: str, moment: datetime) -> int:
        """Which of its number's rows counts at `moment`, -1 where none does."""
        for place, one in enumerate(self._of.get(number, ())):
            if one.holds_at(moment):
                return place
        return -1

    def _line(self, number: str, place: int, queue: str | None) -> Line:
        if place < 0:
            return Line(number, queue, None, None, None, None)
        listed = self._of[number][place]
        return listed._replace(queue=queue or listed.queue)

    def lists(self, number: str, moment: datetime) -> bool:
        """Whether a row counts for `number` at `moment`."""
        return any(one.holds_at(moment) for one in self._of.get(number, ()))


def number_called(call: DistinctCall) -> str:
    """The tracking number, else the number that was dialled."""
    for leg in call.legs:
        if leg.tracking_number:
            return leg.tracking_number
    return call.root.to_number or _NO_NUMBER


def queue_of(call: DistinctCall) -> str | None:
    """The queue that the call itself names."""
    for leg in call.legs:
        if leg.queue:
            return leg.queue
    return None


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One need as the page counts it: what, when, where, for whom, and how far it has come.

    `at`: the first miss. `in_hours`: it came within opening hours. `due_at`: the end of its callback window.
    `attempted_at`: the first time that we rang without reaching; `reached_at`: when the customer was reached.
    `unplanned`: a message was left that does not say what comes next, and nothing has come.
    """

    need_id: str
    at: datetime
    week: date
    weekday: int
    hour: int
    in_hours: bool
    reason: MissedReason | None
    intent: Intent
    topic: Topic | None
    queue: str
    line: str
    campaign: str | None
    source: str | None
    segment: str | None
    account_id: str | None
    contact_id: str | None
    resolution: Resolution
    due_at: datetime
    attempted_at: datetime | None
    attempts: int
    reached_at: datetime | None
    repeats: int
    voicemail: bool
    unplanned: bool

    @property
    def high_intent(self) -> bool:
        return self.intent == HIGH_INTENT

    def open_at(self, now: datetime) -> bool:
        """Whether the customer still waits."""
        return self.reached_at is None or self.reached_at > now

    def beyond_reach_at(self, now: datetime) -> bool:
        """Whether nobody can return it any more: no number, no message, and its window is over."""
        return self.resolution == "unlinkable" and not self.voicemail and self.due_at <= now

    def late_at(self, now: datetime) -> bool:
        """Whether the callback window passed before the customer was reached."""
        return self.due_at < (now if self.open_at(now) or self.reached_at is None else self.reached_at)


class LocalTime:
    """The local week, weekday and hour of moments; the offset is looked up once an hour."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._hours: dict[int, tuple[date, int, int]] = {}

    def of(self, moment: datetime) -> tuple[date, int, int]:
        """Monday of the week, weekday (0 is Monday) and hour; zones that shift by part of an hour are rounded down."""
        hour = int(moment.timestamp()) // _HOUR
        found = self._hours.get(hour)
        if found is None:
            local = datetime.fromtimestamp(hour * _HOUR, UTC).astimezone(self._zone)
            monday = local.date() - timedelta(days=local.weekday())
            found = self._hours[hour] = (monday, local.weekday(), local.hour)
        return found


class OpenHours:
    """Whether moments lie in opening hours; most hours are wholly open or wholly closed, and looked up once."""

    def __init__(self, calendar: BusinessCalendar) -> None:
        self._calendar = calendar
        self._hours: dict[int, bool | None] = {}

    def is_open(self, moment: datetime) -> bool:
        """The same as the calendar's own answer."""
        hour = int(moment.timestamp()) // _HOUR
        try:
            known = self._hours[hour]
        except KeyError:
            known = self._hours[hour] = self._whole(hour)
        return self._calendar.is_open(moment) if known is None else known

    def _whole(self, hour: int) -> bool | None:
        """Open or closed throughout; None where the hour is both."""
        begun = datetime.fromtimestamp(hour * _HOUR, UTC)
        minutes = self._calendar.minutes_between(begun, begun + timedelta(hours=1))
        return None if 0 < minutes < _HOUR / 60 else minutes > 0


@dataclass(frozen=True, slots=True)
class Setting:
    """What turns calls into rows: local time, opening hours, windows, lines, and what a call was about.

    `sources`: campaign to its source; `segments`: account to its segment.
    """

    local: LocalTime
    is_open: IsOpen
    due_at: DueAt
    lines: LineBook
    classify: Classify
    sources: Mapping[str, str]
    segments: Mapping[str, str]


class CallCount(NamedTuple):
    """What inbound calls are counted by; the hour is local."""

    week: date
    line: str
    queue: str
    weekday: int
    hour: int
    in_hours: bool
    missed: bool


UNNAMED_QUEUE: Final = "calls without a queue"


def need_rows(needs: Iterable[Need], calls: Iterable[DistinctCall], setting: Setting) -> list[NeedRow]:
    """One row for each need in which somebody wanted something, oldest first: misdials and nuisance calls have none."""
    rang = {call.call_id: call.started_at for call in calls if call.direction == "outbound"}
    rows = (_row(need, rang, setting) for need in needs if need.resolution != "misdial")
    return [row for row in rows if row.intent != "noise"]


def _row(need: Need, rang: Mapping[str, datetime], setting: Setting) -> NeedRow:
    first, last = need.misses[0], need.misses[-1]
    about = setting.classify(last)
    week, weekday, hour = setting.local.of(first.started_at)
    line = setting.lines.line(first)
    in_hours = setting.is_open(first.started_at)
    segment = setting.segments.get(need.account_id or "")
    reached = need.resolved_at if need.resolution in REACHED else None
    attempts = [rang[one] for one in need.attempts if one in rang]
    return NeedRow(
        need_id=need.need_id,
        at=first.started_at,
        week=week,
        weekday=weekday,
        hour=hour,
        in_hours=in_hours,
        reason=missed_reason(first, is_open=in_hours),
        intent=about.intent,
        topic=about.topic,
        queue=line.queue or UNNAMED_QUEUE,
        line=line.number,
        campaign=line.campaign,
        source=setting.sources.get(line.campaign or ""),
        segment=segment,
        account_id=need.account_id,
        contact_id=need.contact_id,
        resolution=need.resolution,
        due_at=setting.due_at(first.started_at, about.intent, segment),
        attempted_at=min(attempts, default=reached if need.resolution == "callback" else None),
        attempts=len(attempts),
        reached_at=reached,
        repeats=len(need.misses),
        unplanned=any(one.next_at is None for one in need.unplanned),
        voicemail=any(leg.voicemail_text for miss in need.misses for leg in miss.legs),
    )


def call_counts(calls: Sequence[DistinctCall], setting: Setting) -> Counter[CallCount]:
    """How many inbound calls there were, by week, line, queue, hour, opening hours and whether they were missed."""
    # Plain tuples first: of a million calls few differ in all of this.
    found: Counter[CallCount] = Counter()
    for ((week, weekday, hour), line, queue, in_hours, missed), number in Counter(_counted(calls, setting)).items():
        found[CallCount(week, line, queue or UNNAMED_QUEUE, weekday, hour, in_hours, missed)] += number
    return found


def _counted(
    calls: Sequence[DistinctCall], setting: Setting
) -> Iterator[tuple[tuple[date, int, int], str, str | None, bool, bool]]:
    local, line_of, is_open = setting.local.of, setting.lines.line, setting.is_open
    for call in calls:
        if call.direction == "inbound":
            line = line_of(call)
            moment = call.started_at
            yield local(moment), line.number, line.queue, is_open(moment), is_missed(call)
