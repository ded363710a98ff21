"""How much the customer uses what they bought: one figure a month for each measure. Pure."""

from typing import NamedTuple

from agent_runtime.watchtower.view import View
from memory.timeline import Event


class Month(NamedTuple):
    """The figure of one measure in one month: (year, month), and the last activity that told it."""

    month: tuple[int, int]
    value: float
    told_by: Event


def months(view: View) -> dict[str, list[Month]]:
    """The months of each measure in order, ended ones only; daily figures are added up."""
    sums: dict[str, dict[tuple[int, int], Month]] = {}
    for event in view.of("usage"):
        value = event.data.get("value")
        if not isinstance(value, (int, float)):
            continue
        local = event.occurred_at.astimezone(view.company.calendar.zone)
        measure = sums.setdefault(str(event.data.get("metric") or ""), {})
        before = measure.get((local.year, local.month))
        daily = before is not None and event.data.get("period") == "day"
        total = before.value + value if daily and before else float(value)
        measure[local.year, local.month] = Month((local.year, local.month), total, event)
    return {name: _ended(view, [found[x] for x in sorted(found)]) for name, found in sums.items()}


def _ended(view: View, found: list[Month]) -> list[Month]:
    """A month of daily figures counts when it is over; a monthly figure is written then."""
    last = found[-1]
    now = view.now.astimezone(view.company.calendar.zone)
    running = last.told_by.data.get("period") == "day" and last.month == (now.year, now.month)
    return found[:-1] if running else found


def follows(month: Month, before: Month) -> bool:
    """Whether one month comes right after the other; where figures are missing nothing is said of a trend."""
    return month.month[0] * 12 + month.month[1] == before.month[0] * 12 + before.month[1] + 1
