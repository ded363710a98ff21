"""Working time: what is open when, and when a window that starts now will be over."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import holidays as public_holidays

from agent_runtime.errors import BadInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
MICROSECOND = timedelta(microseconds=1)
FIRST_YEAR, LAST_YEAR = 1970, 2199
SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS_PART = re.compile(r"([A-Za-z]{3})(?:\s*-\s*([A-Za-z]{3}))?\s+(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")
WINDOW = re.compile(r"(\d+(?:\.\d+)?)\s*(business\s+)?(min|hour|day)(?:ute)?s?")
UNIT_MINUTES = {"min": 1, "hour": 60, "day": 24 * 60}
LONGEST_WINDOW_DAYS = 3660


class BadCalendar(BadInput):
    """Opening hours, a zone, a country or a moment that no calendar can use."""


@dataclass(frozen=True, slots=True, order=True)
class WeeklyInterval:
    """Opening time that returns each week: weekday 0 is Monday, minutes count from local midnight."""

    weekday: int
    opens: int
    closes: int


def parse_hours(text: str) -> tuple[WeeklyInterval, ...]:
    """Reads `Mon-Fri 08:30-12:15, Sat 09:00-12:00`: parts with commas between them, several a day.

    24:00 is the end of a day; time past midnight is written as two parts. Touching or overlapping
    parts become one. Raises BadCalendar that names the part which cannot be read.
    """
    found = [interval for part in text.split(",") for interval in _read_part(part.strip())]
    merged: list[WeeklyInterval] = []
    for interval in sorted(found):
        last = merged[-1] if merged else None
        if last and last.weekday == interval.weekday and interval.opens <= last.closes:
            merged[-1] = WeeklyInterval(last.weekday, last.opens, max(last.closes, interval.closes))
        else:
            merged.append(interval)
    return tuple(merged)


def _read_part(part: str) -> list[WeeklyInterval]:
    match = HOURS_PART.fullmatch(part)
    if not match:
        raise BadCalendar(f'"{part}" cannot be read as opening hours.', fix='Write "Mon-Fri 08:30-12:15".')
    first = _weekday(match[1], part)
    last = _weekday(match[2], part) if match[2] else first
    opens = _minute_of_day(match[3], match[4], part)
    closes = _minute_of_day(match[5], match[6], part)
    if closes <= opens:
        fix = 'Write a night as two parts: "Mon 22:00-24:00, Tue 00:00-06:00".'
        raise BadCalendar(f'"{part}" ends before it begins.', fix=fix)
    days = (last - first) % 7 + 1
    return [WeeklyInterval((first + step) % 7, opens, closes) for step in range(days)]


def _weekday(word: str, part: str) -> int:
    if word.lower() not in WEEKDAYS:
        raise BadCalendar(f'"{word}" in "{part}" is no weekday.', fix="Write Mon, Tue, Wed, Thu, Fri, Sat, Sun.")
    return WEEKDAYS.index(word.lower())


def _minute_of_day(hour: str, minute: str, part: str) -> int:
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > 24 * 60:
        raise BadCalendar(f'"{hour}:{minute}" in "{part}" is no time of day.', fix="Use 00:00 to 24:00.")
    return total


@lru_cache(maxsize=256)
def _holidays_of_year(country: str, year: int) -> frozenset[date]:
    code, _, region = country.upper().partition("-")
    try:
        return frozenset(public_holidays.country_holidays(code, subdiv=region or None, years=year))
    except NotImplementedError as error:
        fix = 'Write the code of a country or region, such as "DE", "DE-BY" or "US".'
        raise BadCalendar(f'No public holidays are known for "{country}".', fix=fix) from error


def holiday_dates(country: str, years: Iterable[int]) -> frozenset[date]:
    """Public holidays of an ISO country ("DE") or of one of its regions ("DE-BY"), substitute days too."""
    return frozenset().union(*(_holidays_of_year(country, year) for year in years))


def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name; raises BadCalendar with the nearest name that exists."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = get_close_matches(name, available_timezones(), n=1)
        fix = f'Did you mean "{near[0]}"?' if near else 'Write a name such as "Europe/Berlin".'
        raise BadCalendar(f'"{name}" is no time zone.', fix=fix) from error


def _instant(moment: datetime) -> int:
    """Microseconds since 1970, exact; naive times and years that only a mistake can mean are refused."""
    if moment.tzinfo is None:
        raise BadCalendar(f"{moment} has no time zone.", fix="Give a time with its offset.")
    if not FIRST_YEAR < moment.year < LAST_YEAR:
        raise BadCalendar(f"{moment} lies outside the years {FIRST_YEAR + 1} to {LAST_YEAR - 1}.")
    return (moment - EPOCH) // MICROSECOND


def _moment(instant: int) -> datetime:
    return EPOCH + timedelta(microseconds=instant)


@dataclass(frozen=True, slots=True)
class _Span:
    """All opening intervals of some whole years, as sorted instants, so that each question is a bisection."""

    first_year: int
    last_year: int
    opens: list[int]
    closes: list[int]
    open_until: list[int]  # open time from the start of the span to the end of interval i
    days: list[int]  # ordinals of the days that open at all

    def open_before(self, instant: int) -> int:
        """Open microseconds between the start of the span and `instant`."""
        index = bisect_right(self.opens, instant) - 1
        if index < 0:
            return 0
        return self.open_until[index] - max(0, self.closes[index] - instant)


@dataclass(frozen=True)
class BusinessCalendar:
    """Opening hours of a week in a zone, without holidays; a value that can be shared and compared.

    Open time is half open (09:00 is open, 17:00 is not) and is measured as time that really passes:
    on the day of a clock change a night shift is an hour longer or shorter. A wall time that the spring
    change skips is read with the offset from before it. Years outside 1971 to 2198 are refused.
    """

    zone: ZoneInfo
    hours: tuple[WeeklyInterval, ...]
    holidays: frozenset[date] = frozenset()
    _spans: list[_Span] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.hours:
            raise BadCalendar("The calendar has no opening time.", fix='Write hours such as "Mon-Fri 09:00-17:00".')

    def is_open(self, moment: datetime) -> bool:
        instant = _instant(moment)
        span = self._span(moment.year, moment.year)
        index = bisect_right(span.opens, instant) - 1
        return index >= 0 and instant < span.closes[index]

    def next_open(self, moment: datetime) -> datetime:
        """`moment` itself where it is open, else the next opening; UTC."""
        instant = _instant(moment)
        span = self._span(moment.year, moment.year)
        index = bisect_right(span.closes, instant)
        while index == len(span.opens):
            span = self._longer(span)
            index = bisect_right(span.closes, instant)
        opens = span.opens[index]
        return _moment(opens) if opens > instant else moment.astimezone(UTC)

    def add(self, start: datetime, minutes: float) -> datetime:
        """The moment (UTC) when `minutes` of open time have passed since `start`; 0: the next opening."""
        if minutes < 0:
            raise BadCalendar(f"{minutes} minutes cannot be added.", fix="Give 0 or more.")
        length = round(minutes * MINUTE)
        if not length:
            return self.next_open(start)
        instant = _instant(start)
        span = self._span(start.year, start.year)
        while span.open_before(instant) + length > (span.open_until[-1] if span.open_until else 0):
            span = self._longer(span)
        target = span.open_before(instant) + length
        index = bisect_left(span.open_until, target)
        return _moment(span.closes[index] - (span.open_until[index] - target))

    def minutes_between(self, start: datetime, end: datetime) -> float:
        """Open minutes from `start` to `end`; negative where `end` is the earlier one."""
        first, last = _instant(start), _instant(end)
        span = self._span(min(start.year, end.year), max(start.year, end.year))
        return (span.open_before(last) - span.open_before(first)) / MINUTE

    def add_days(self, start: datetime, days: int) -> datetime:
        """The same local time `days` business days later, moved into opening hours; UTC.

        A start outside opening hours counts from the next opening: what comes on Saturday
        and has one day is due when what comes first thing on Monday is due.
        """
        if days < 0:
            raise BadCalendar(f"{days} days cannot be added.", fix="Give 0 or more.")
        local = self.next_open(start).astimezone(self.zone)
        span = self._span(local.year, local.year)
        index = bisect_left(span.days, local.toordinal())
        while index + days >= len(span.days):
            span = self._longer(span)
            index = bisect_left(span.days, local.toordinal())
        target = date.fromordinal(span.days[index + days])
        return self.next_open(datetime.combine(target, local.time(), tzinfo=self.zone).astimezone(UTC))

    def _span(self, first_year: int, last_year: int) -> _Span:
        """The kept span when it reaches a year to both sides, else a longer one in its place."""
        span = self._spans[0] if self._spans else None
        if span and span.first_year < first_year and span.last_year > last_year:
            return span
        first = min(first_year - 1, span.first_year if span else first_year)
        last = max(last_year + 1, span.last_year if span else last_year)
        return self._keep(self._build(max(first, FIRST_YEAR), min(last, LAST_YEAR)))

    def _longer(self, span: _Span) -> _Span:
        if span.last_year == LAST_YEAR:
            raise BadCalendar(f"The calendar has no such opening time before the year {LAST_YEAR + 1}.")
        last = span.last_year + (span.last_year - span.first_year)
        return self._keep(self._build(span.first_year, min(last, LAST_YEAR)))

    def _keep(self, span: _Span) -> _Span:
        # One slice assignment: a reader in another thread sees the old span or the new one, both right.
        self._spans[:] = [span]
        return span

    def _build(self, first_year: int, last_year: int) -> _Span:
        span = _Span(first_year, last_year, [], [], [], [])
        weekly = [[hours for hours in self.hours if hours.weekday == day] for day in range(7)]
        closed = {day.toordinal() for day in self.holidays}
        for ordinal in range(date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal() + 1):
            intervals = weekly[(ordinal - 1) % 7]
            if intervals and ordinal not in closed:
                span.days.append(ordinal)
                for hours in intervals:
                    self._append(span, ordinal, hours)
        return span

    def _append(self, span: _Span, ordinal: int, hours: WeeklyInterval) -> None:
        # A clock change inside the gap between two intervals may make them overlap; open time counts once.
        after = span.closes[-1] if span.closes else 0
        opens = max(after, _wall_instant(ordinal, hours.opens, self.zone, closing=False))
        closes = _wall_instant(ordinal, hours.closes, self.zone, closing=True)
        if closes > opens:
            span.opens.append(opens)
            span.closes.append(closes)
            span.open_until.append((span.open_until[-1] if span.open_until else 0) + closes - opens)


def _wall_instant(ordinal: int, minute: int, zone: ZoneInfo, *, closing: bool) -> int:
    """The instant of a local wall time; a repeated hour opens at its first and closes at its second turn."""
    hour, rest = divmod(minute, 60)
    wall = datetime.combine(date.fromordinal(ordinal + hour // 24), time(hour % 24, rest), tzinfo=zone)
    offset = wall.utcoffset() or timedelta()
    if closing:
        offset = min(offset, wall.replace(fold=1).utcoffset() or timedelta())
    return (ordinal - EPOCH_ORDINAL) * DAY + minute * MINUTE - offset // MICROSECOND


@dataclass(frozen=True, slots=True)
class Window:
    """How long something may take: `amount` of min, hour or day, in business time or round the clock."""

    amount: float
    unit: str
    business: bool

    @classmethod
    def parse(cls, text: str) -> "Window":
        """Reads "15 min", "4 business hours", "2 business days", "10 days"; raises BadCalendar."""
        match = WINDOW.fullmatch(text.strip().lower())
        if not match:
            fix = 'Write a number and min, hours or days, such as "4 business hours" or "10 days".'
            raise BadCalendar(f'"{text}" is no length of time.', fix=fix)
        window = cls(float(match[1]), match[3], bool(match[2]))
        if window.unit == "day" and not window.amount.is_integer():
            raise BadCalendar(f'"{text}" is a part of a day.', fix="Write whole days, or hours.")
        if window.amount * UNIT_MINUTES[window.unit] > LONGEST_WINDOW_DAYS * UNIT_MINUTES["day"]:
            raise BadCalendar(f'"{text}" is longer than ten years.', fix="Write a shorter time.")
        return window

    def due(self, start: datetime, calendar: BusinessCalendar) -> datetime:
        """When the window that begins at `start` is over; UTC.

        Minutes and hours are time that passes, days keep the local time. Only business windows
        move into opening hours; a window of zero without "business" is over at once.
        """
        if self.unit != "day":
            minutes = self.amount * UNIT_MINUTES[self.unit]
            if self.business:
                return calendar.add(start, minutes)
            return _moment(_instant(start) + round(minutes * MINUTE))
        if self.business:
            return calendar.add_days(start, int(self.amount))
        local = _moment(_instant(start)).astimezone(calendar.zone)
        return (local + timedelta(days=int(self.amount))).astimezone(UTC)

    def __str__(self) -> str:
        plural = "s" if self.unit != "min" and self.amount != 1 else ""
        return f"{self.amount:g} {'business ' if self.business else ''}{self.unit}{plural}"
