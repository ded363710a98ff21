"""The working days of the demo company: when its people write, call and meet."""

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Europe/Berlin")
BUSINESS_HOURS = "Mon-Fri 08:30-17:30"


class WorkingHours:
    """Working days of Hamburg in the years around `end`, 08:30 to 17:30 local time."""

    def __init__(self, end: datetime) -> None:
        years = [end.year - 1, end.year, end.year + 1]
        self.holidays = frozenset(holidays.country_holidays("DE", subdiv="HH", years=years))

    def works(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.holidays

    def shift(self, day: date, working_days: int) -> date:
        """The day that many working days later (negative: earlier); 0 gives the same or the next such day."""
        step = timedelta(days=-1 if working_days < 0 else 1)
        while not self.works(day):
            day += step
        for _ in range(abs(working_days)):
            day += step
            while not self.works(day):
                day += step
        return day

    def moment(self, rng: Random, day: date, first: float = 8.7, last: float = 17.2) -> datetime:
        """A random second of `day` between two hours of the local day, given as decimals."""
        seconds = rng.randrange(int(first * 3600), int(last * 3600))
        return at_clock(day, 0) + timedelta(seconds=seconds)

    def after(self, start: datetime, minutes: float) -> datetime:
        """The moment that many working minutes after `start`."""
        start = start.astimezone(ZONE)
        left = timedelta(minutes=minutes)
        while True:
            opens, closes = at_clock(start.date(), 8.5), at_clock(start.date(), 17.5)
            begin = max(start, opens)
            if self.works(start.date()) and begin + left < closes:
                return begin + left
            if self.works(start.date()) and begin < closes:
                left -= closes - begin
            start = at_clock(start.date() + timedelta(days=1), 0)


def at_clock(day: date, hour: float) -> datetime:
    """The local moment of `day` at an hour given as a decimal: 8.5 is 08:30."""
    minutes = round(hour * 60)
    return datetime.combine(day, time(minutes // 60, minutes % 60), ZONE)
