"""Days where a time is wanted, as many systems keep them."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent_runtime.ingest.errors import BadRecord
from agent_runtime.ingest.fields import DAY_END, day_or_moment_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("value", "clock", "moment"),
    [
        ("2026-03-27", time(18), "2026-03-27T17:00:00+00:00"),
        ("2026-03-27", time(), "2026-03-26T23:00:00+00:00"),
        ("2026-03-27", DAY_END, "2026-03-27T23:00:00+00:00"),
        ("2026-03-28", DAY_END, "2026-03-28T23:00:00+00:00"),
        ("2026-03-27T10:00:00+01:00", time(18), "2026-03-27T09:00:00+00:00"),
        (None, time(18), None),
        ("", time(18), None),
    ],
)
def test_a_day_alone_means_a_time_of_that_day(value: str | None, clock: time | timedelta, moment: str | None) -> None:
    assert day_or_moment_of({"due_at": value}, "due_at", BERLIN, clock) == moment


@pytest.mark.parametrize("value", ["2026-02-30", "2026-03-27T10:00:00", "tomorrow", 5])
def test_what_is_neither_a_day_nor_a_moment_is_refused(value: object) -> None:
    with pytest.raises(BadRecord):
        day_or_moment_of({"due_at": value}, "due_at", BERLIN, time(18))
