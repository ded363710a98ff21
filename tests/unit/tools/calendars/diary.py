"""A calendar for the tests: a meeting with a customer, a series with an exception, a private and an internal entry."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tests.unit.tools.hands import NOON
from tools.fakes.calendars import CalendarFake, event

ADA, KIM = "ada@ours.example", "kim@northwind.example"
PASSWORD = "canary-calendar-password-5a1"
GUESTS = ((KIM, "ACCEPTED"), (ADA, "ACCEPTED"))
DAY = timedelta(days=1)


def diary(clock: Callable[[], datetime]) -> CalendarFake:
    """Four entries."""
    fake = CalendarFake(clock, ADA, PASSWORD)
    fake.put("demo", event("demo", NOON + 2 * DAY, guests=GUESTS, subject="Demo"))
    fake.put("private", event("private", NOON + 3 * DAY, "CLASS:PRIVATE", guests=GUESTS, subject="canary doctor"))
    weekly = event("weekly", NOON - 14 * DAY, "RRULE:FREQ=WEEKLY;COUNT=6", guests=GUESTS)
    moved = event("weekly", NOON + 1 * DAY, f"RECURRENCE-ID:{NOON:%Y%m%dT%H%M%SZ}", subject="weekly, a day later")
    fake.put("weekly", weekly + moved)
    fake.put("internal", event("internal", NOON + 4 * DAY, guests=((ADA, "ACCEPTED"),)))
    return fake
