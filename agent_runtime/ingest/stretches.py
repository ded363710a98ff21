"""Words for a stretch of time ("by the end of the month", "mid-week", "Q2"), with the day on which it ends.

A new wording is one more alternative of its pattern, a new stretch one more row: the first row that is found counts.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

_NEXT_WEEK = r"(?:next|the following|following|the coming|coming) week|(?:nächste|kommende|folgende)[rn]? woche"
_NEXT_MONTH = r"(?:next|the following|the coming) month|(?:des )?(?:nächsten|kommenden) monats?"
_START = r"(?:early(?: in)?|beginning of|start of|at the start of|anfang(?: der)?)"
_MIDDLE = r"(?:mid(?:dle of)?(?: of)?|mitte(?: der)?)"
_END = r"(?:end of(?: the)?|ende(?: der)?)"
MONDAY, TUESDAY, WEDNESDAY, FRIDAY, SUNDAY = 0, 1, 2, 4, 6


def monday_after(day: date) -> date:
    """The first day of the following week."""
    return day + timedelta(days=7 - day.weekday())


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)


def quarter_end(quarter: int, day: date) -> date:
    """The last day of the quarter 1 to 4 that ends next."""
    this_year = month_end(date(day.year, 3 * quarter, 1))
    return this_year if this_year >= day else month_end(date(day.year + 1, 3 * quarter, 1))


def _this(weekday: int) -> Callable[[date], date]:
    return lambda day: day + timedelta(days=(weekday - day.weekday()) % 7)


def _next(weekday: int) -> Callable[[date], date]:
    return lambda day: monday_after(day) + timedelta(days=weekday)


def _later_month(days: int) -> Callable[[date], date]:
    return lambda day: month_end(day) + timedelta(days=days)


def _next_middle(day: date) -> date:
    """The next 15th, `day` itself among them."""
    return day.replace(day=15) if day.day <= 15 else _later_month(15)(day)


def _row(pattern: str, end: Callable[[date], date]) -> tuple[re.Pattern[str], Callable[[date], date]]:
    return re.compile(rf"(?i)\b(?:{pattern})\b"), end


_ROWS = (
    _row(rf"{_END}[- ]+(?:{_NEXT_WEEK}|(?:next|following|coming) week)", _next(FRIDAY)),
    _row(rf"{_START}[- ]+(?:{_NEXT_WEEK})|gleich nächste woche", _next(TUESDAY)),
    _row(rf"{_MIDDLE}[- ]*(?:{_NEXT_WEEK})", _next(WEDNESDAY)),
    _row(rf"{_NEXT_WEEK}|laufe der (?:nächsten|kommenden) woche", _next(FRIDAY)),
    _row(r"mid-?week|middle of (?:the|this) week|mitte (?:der|dieser) woche|wochenmitte", _this(WEDNESDAY)),
    _row(r"(?:end|course) of (?:the |this )?week|this week|within the week|eow", _this(FRIDAY)),
    _row(r"(?:ende|laufe) (?:der|dieser) woche|diese[rn]? woche", _this(FRIDAY)),
    _row(r"(?:before|by the time) the week(?: is|'s) (?:out|over|up|done)|(?:before|by) the week'?s end|"
         r"(?:bis|ehe|bevor) die woche (?:um|rum|herum|vorbei|vorüber) ist", _this(FRIDAY)),
    _row(r"after the weekend|nach dem wochenende|(?:beginning|start) of the week|anfang der woche|wochenbeginn",
         _next(MONDAY)),
    _row(r"(?:by|before|until|till) the weekend|(?:bis zum|vor dem|bis|zum) wochenende", _this(FRIDAY)),
    _row(r"(?:over|at|on|during) the weekend|(?:am|übers|über das) wochenende", _this(SUNDAY)),
    _row(r"end of (?:the |this )?month|month[- ]end|eom|this month|(?:before|until) the month is (?:out|over)|"
         r"monatsende|ende (?:des|dieses) monats|diesen monat|monatsletzten|"
         r"(?:bis|ehe|bevor) der monat (?:um|rum) ist", month_end),
    _row(rf"(?:early|beginning of|start of) next month|anfang (?:{_NEXT_MONTH})|monatsanfang|start of the month",
         _later_month(7)),
    _row(rf"{_MIDDLE}[- ]*(?:{_NEXT_MONTH})", _later_month(15)),
    _row(r"mid-?month|middle of (?:the|this) month|monatsmitte|mitte (?:des|dieses) monats", _next_middle),
    _row(_NEXT_MONTH, lambda day: month_end(_later_month(1)(day))),
    _row(r"(?:end of|within) (?:the |this )?quarter|this quarter|quarter[- ]end|eoq|quartalsende|ende des quartals|"
         r"diese[ms]? quartals?|quartalswechsel",
         lambda day: quarter_end((day.month + 2) // 3, day)),
    _row(r"end of (?:the |this )?year|year[- ]end|eoy|jahresende|ende des jahres|new year|jahreswechsel|silvester",
         lambda day: date(day.year, 12, 31)),
    _row(r"(?:with)?in the (?:next |coming )?fortnight", lambda day: day + timedelta(days=14)),
    _row(r"binnen wochenfrist", lambda day: day + timedelta(days=7)),
    _row(r"christmas|xmas|weihnachten", lambda day: date(day.year, 12, 24)),
    _row(r"(?:in|over) the (?:next|coming) (?:few )?days|in (?:the )?coming days|in den (?:nächsten|kommenden) tagen|"
         r"die(?:ser| nächsten) tage", lambda day: day + timedelta(days=3)),
    _row(r"(?:course of|during|later in) the day|im laufe? des (?:tages|vormittags|nachmittags)", lambda day: day),
)  # fmt: skip
CALENDAR_WEEK = re.compile(r"(?i)\b(?:kw|cw|calendar week|kalenderwoche|week(?: no\.?)?|woche)\s?(\d{1,2})\b")
QUARTER = re.compile(r"(?i)\bq([1-4])\b")


def stretch_end(sentence: str, base: date) -> date | None:
    """The day on which the stretch that a sentence names ends, counted from `base`; None where it names none."""
    if found := CALENDAR_WEEK.search(sentence):
        return _friday_of(int(found[1]), base)
    if found := QUARTER.search(sentence):
        return quarter_end(int(found[1]), base)
    return next((end(base) for words, end in _ROWS if words.search(sentence)), None)


def _friday_of(week: int, base: date) -> date | None:
    year = base.isocalendar().year
    for each in (year, year + 1):
        try:
            friday = date.fromisocalendar(each, week, 5)
        except ValueError:
            continue
        if friday >= base:
            return friday
    return None
