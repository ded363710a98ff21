"""Rows and counts by hand, for the questions that the page answers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from agent_runtime.calls.week.rows import CallCount, NeedRow
from agent_runtime.calls.week.tables import Measure
from agent_runtime.calls.week.trend import Figures

MONDAY = date(2026, 6, 8)
NINE = datetime(2026, 6, 8, 7, tzinfo=UTC)
NOW = datetime(2026, 6, 16, 6, tzinfo=UTC)
MEASURE = Measure(NOW, lambda begun, ended: (ended - begun).total_seconds())
ROW = NeedRow(
    need_id="n", at=NINE, week=MONDAY, weekday=0, hour=9, in_hours=True, reason="not_answered", intent="commercial",
    topic="buy_or_upgrade", queue="sales", line="+49301", campaign="spring", source="search", segment="smb",
    account_id="a1", contact_id="c1", resolution="none", due_at=NINE + timedelta(minutes=30), attempted_at=None,
    attempts=0, reached_at=None, repeats=1, voicemail=False, unplanned=False,
)  # fmt: skip


def row(number: int = 0, *, minutes: float | None = None, weeks: int = 0, **fields: Any) -> NeedRow:
    """A high-intent need of a Monday at nine that was reached after `minutes`, or not yet."""
    at = NINE + timedelta(weeks=weeks)
    reached = None if minutes is None else at + timedelta(minutes=minutes)
    given: dict[str, Any] = {
        "need_id": f"n{number}.{weeks}",
        "at": at,
        "week": MONDAY + timedelta(weeks=weeks),
        "reached_at": reached,
    }
    resolution = "none" if minutes is None else "callback"
    return replace(ROW, **(given | {"due_at": at + timedelta(minutes=30), "resolution": resolution} | fields))


def count(weeks: int, answered: int, missed: int, line: str = "+49301") -> Counter[CallCount]:
    """The calls of one week on one line."""
    monday = MONDAY + timedelta(weeks=weeks)
    found = {CallCount(monday, line, "sales", 0, 9, True, bad): n for bad, n in ((False, answered), (True, missed))}
    return Counter(found)


def figures(counts: Iterable[Counter[CallCount]], rows: Iterable[NeedRow] = (), **fields: Any) -> Figures:
    """The series that these weeks make."""
    weeks: dict[date, Counter[CallCount]] = {}
    for part in counts:
        for one, number in part.items():
            weeks.setdefault(one.week, Counter())[one] += number
    by_week: dict[date, list[NeedRow]] = {}
    for one_row in rows:
        by_week.setdefault(one_row.week, []).append(one_row)
    return Figures(by_week, weeks, fields.get("fates", {}), fields.get("notes", {}), MEASURE)
