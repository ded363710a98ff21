"""By when? The moment that a sentence names, counted from the day on which it was said."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from agent_runtime.ingest.feasts import named_day, season
from agent_runtime.ingest.hours import END_OF_NIGHT, Hour, hour_in
from agent_runtime.ingest.month_days import day_number, day_of_month
from agent_runtime.ingest.number_words import DAYS, alternatives
from agent_runtime.ingest.spans import END_OF_DAY as END_OF_DAY
from agent_runtime.ingest.spans import span_end
from agent_runtime.ingest.stretches import monday_after, month_end, stretch_end

# A date further ahead than this was more likely meant for the past.
FARTHEST = timedelta(days=300)
MONTHS = (
    "jan(?:uary|uar)?", "feb(?:ruary|ruar)?", "mar(?:ch)?|märz|maerz", "apr(?:il)?", "may|mai", "june?|juni",
    "july?|juli", "aug(?:ust)?", "sep(?:t|tember)?", "o[ck]t(?:ober)?", "nov(?:ember)?", "de[cz](?:ember)?",
)  # fmt: skip
WEEKDAYS = (
    "mon(?:day|tag)", "tuesday|dienstag", "wednesday|mittwoch", "thursday|donnerstag", "friday|freitag",
    "saturday|samstag|sonnabend", "sunday|sonntag",
)  # fmt: skip
_MONTH = "|".join(f"(?P<m{number}>{names})" for number, names in enumerate(MONTHS, 1))
ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
DAY_MONTH = re.compile(
    rf"(?i)\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\s+(?:of\s+)?|-)(?:{_MONTH})(?:(?<=uar|ber|ril)s)?\b"
    r"\.?,?(?:\s+(?P<year>\d{4}))?"
)
MONTH_DAY = re.compile(rf"(?i)\b(?:{_MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}}))?")
# "the first of April", "am ersten April".
WORD_MONTH = re.compile(
    rf"(?i)\b(?P<day>{alternatives(DAYS)})\s+(?:of\s+(?:{_MONTH})|(?<=en )(?:{_MONTH.replace('?P<m', '?P<w')}))\b"
)
# "um 9.10." is a time of day.
DOTTED = re.compile(r"(?i)(?<!\bat )(?<!\bum )(?<!\bgegen )\b(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d\b)?")
SLASHED = re.compile(r"(?i)\b(?:by|on|until|till|before|bis|am)\s+(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d\d))?\b(?!/)")
WEEKDAY = re.compile(
    r"(?i)\b(?P<next>next|nächste[rn]?)?\s*(?:"
    + "|".join(f"(?P<w{place}>{names})" for place, names in enumerate(WEEKDAYS))
    + r")(?:morgen|früh|vormittag|mittag|nachmittag|abend|nacht)?\b"
)
# Short names of days only where a word before them says that a day follows.
SHORT_WEEKDAY = re.compile(
    r"(?i)\b(?:by|on|before|until|till|'?til|for|eod|cob|next|this|first thing|bis|am|zum)\s+(?P<short>"
    r"mon|tues?|weds?|thurs?|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)\b(?!\s+(?:i|you|it|that|sie|ich|wir))\.?"
)
# "Wednesday next week", "Friday week", "Montag in einer Woche": the day, a week later than the word alone says.
OF_NEXT_WEEK = re.compile(r"(?i)\b(?:next|the following|the coming) week\b|\b(?:nächste|kommende)[rn]? woche\b")
A_WEEK_ON = re.compile(
    r"(?i)day week\b|\ba week (?:on|from|this)\b|(?<=tag in )einer woche\b|(?<=woch in )einer woche\b"
)
SHORT_NAMES = (("mo",), ("tu", "di"), ("we", "mi"), ("th", "do"), ("fr",), ("sa",), ("su", "so"))
RELATIVE = (
    (re.compile(r"(?i)\bday after tomorrow\b|\bübermorgen\b"), 2),
    (re.compile(r"(?i)\b(?:tomorrow|tmrw|tmr|2moro|2morrow)\b|"
                r"(?<!guten )(?<!am )(?<!tag )(?<!woch )(?<!jeden )\bmorgen\b|\bmorgige[nrms]?\b"), 1),
    (re.compile(r"(?i)\bheute? nacht\b"), 1),
    (re.compile(r"(?i)\btoday\b|\bton(?:ight|ite)\b|\bthis (?:afternoon|evening|morning|noon)\b|\bheute?\b|"
                r"\b(?:am|im laufe des|noch am) heutigen (?:tag|vormittag|nachmittag|abend)"), 0),
)  # fmt: skip
# "In the morning", with no other day, is the next one; what is done over night is there by then.
NEXT_MORNING = re.compile(
    r"(?i)\bin the morning\b|\bin der früh\b|\bfirst thing\b|"
    r"\bover ?night\b(?! (?:guest|stay|parking|rate|shift|courier))|\büber nacht\b(?! (?:geparkt|parken|bleiben))"
)
# The day itself, where no other day is named: "by end of day", but "Friday, close of business".
END_OF_TODAY = re.compile(
    r"(?i)\b(?:end|close) of (?:the )?(?:day|business|play)\b|\b(?:eod|cob|eob)\b|\b(?:feierabend|dienstschluss)\b|"
    r"\b(?:before|by the time) the day(?: is|'s) (?:out|over|done)\b|"
    r"\b(?:bis|ehe|bevor) der tag (?:um|rum|vorbei|vorüber) ist\b"
)
# A month alone: its end, its middle, or its first week.
PART_OF_MONTH = re.compile(
    rf"(?i)\b(?P<part>end of|second half of|late|ende|mid(?:dle of)?|mitte|early|beginning of|start of|anfang|"
    rf"in|im|during|by|bis)[- ](?:{_MONTH})\b(?!\.?\s*\d)"
)
_PLACE = (
    r"(?P<place>first|second|third|fourth|last|1st|2nd|3rd|4th|[1-4](?=\. )|erste|zweite|dritte|vierte|letzte)[nr]?\.?"
)
# "The second week of April", "in der zweiten Aprilwoche", "zweite Woche im April": counted by their Fridays.
WEEK_OF_MONTH = re.compile(
    rf"(?i)\b{_PLACE} (?:week (?:of|in)|woche (?:im|des)) (?:{_MONTH})\b|\b{_PLACE.replace('place', 'platz')} "
    rf"(?:{_MONTH.replace('?P<m', '?P<w')})woche\b"
)
# What comes every month: "with the May statement", "mit der Maiabrechnung".
RUN_OF_MONTH = re.compile(
    rf"(?i)\b(?:in|on|with|by) (?:the |our |your )?(?:{_MONTH})(?:'s)? "
    r"(?:run|payroll|invoice|bill|statement|payment)\b|"
    rf"\b(?:in|mit|zu|auf|bis zu|ab) (?:de[rmn]|Ihre[rm]) (?:{_MONTH.replace('?P<m', '?P<w')})"
    r"(?:ab)?(?:rechnung|zahlung|lauf|gehalt|lohn)\b"
)


@lru_cache(maxsize=64)  # of a sentence it is asked in turn by those who look for promises, dates and contracts
def due_at(sentence: str, said_at: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment, in UTC, until which the sentence promises; None where it names none that lies ahead.

    A day alone means 18:00 of that day in `zone`; "Friday" is the next one after the day of speaking. A morning is over
    at 12:00, an evening at 22:00. An hour without a day is one of today, or of tomorrow where it has gone by.
    """
    base = said_at.astimezone(zone)
    a_week_on = A_WEEK_ON.search(sentence) and WEEKDAY.search(sentence)
    if not a_week_on and (ends := span_end(sentence, said_at, zone)):
        return ends
    day, hour = _day(sentence, base.date()), hour_in(sentence)
    if day is None and hour and hour.alone:
        day = base.date() if _moment(base.date(), hour, zone) > base else base.date() + timedelta(days=1)
    if day is None or not base.date() <= day <= base.date() + FARTHEST:
        return None
    due = _moment(day, hour, zone)
    if due <= base:
        # Said in the evening of the day itself: the day still has its end.
        due = datetime.combine(day, END_OF_NIGHT, tzinfo=zone)
    return due.astimezone(UTC)


def _moment(day: date, hour: Hour | None, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour.at if hour else END_OF_DAY, tzinfo=hour.zone if hour and hour.zone else zone)


def _day(sentence: str, base: date) -> date | None:
    readers = (
        _written_date, named_day, _relative, _weekday, _week_of_month, _day_in_month, day_of_month, stretch_end, season,
        _run_of_month, _part_of_month,
    )  # fmt: skip
    for read in readers:
        if day := read(sentence, base):
            return day
    if NEXT_MORNING.search(sentence):
        return base + timedelta(days=1)
    return base if END_OF_TODAY.search(sentence) else None


def _written_date(sentence: str, base: date) -> date | None:
    if found := ISO.search(sentence):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := DAY_MONTH.search(sentence) or MONTH_DAY.search(sentence):
        return _of_year(found["year"], _month(found), int(found["day"]), base)
    if found := WORD_MONTH.search(sentence):
        return _of_year(None, _month(found), DAYS[found["day"].lower()], base)
    if found := DOTTED.search(sentence):
        return _of_year(found[3], int(found[2]), int(found[1]), base)
    return _slashed(sentence, base)


def _slashed(sentence: str, base: date) -> date | None:
    """ "18/3" and "3/18" are both the 18th of March; where either number may be the month, the earlier day counts."""
    found = SLASHED.search(sentence)
    if not found:
        return None
    one, other = int(found[1]), int(found[2])
    read = (_of_year(found[3], month, day, base) for month, day in ((other, one), (one, other)) if 1 <= month <= 12)
    return min((day for day in read if day), default=None)


def _month(found: re.Match[str]) -> int:
    return next(int(name[1:]) for name, value in found.groupdict().items() if value and name[1:].isdigit())


def _of_year(year: str | None, month: int, day: int, base: date) -> date | None:
    if year and year.isdigit():
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this_year = _date(base.year, month, day)
    return this_year if this_year and this_year >= base else _date(base.year + 1, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _relative(sentence: str, base: date) -> date | None:
    return next((base + timedelta(days=days) for words, days in RELATIVE if words.search(sentence)), None)


def _weekday(sentence: str, base: date) -> date | None:
    if found := WEEKDAY.search(sentence):
        wanted = next(int(name[1:]) for name, value in found.groupdict().items() if value and name != "next")
        ahead = (wanted - base.weekday() - 1) % 7 + 1
        if OF_NEXT_WEEK.search(sentence):
            return monday_after(base) + timedelta(days=wanted)
        # "next Friday" said on a Monday is the one of the following week.
        later = A_WEEK_ON.search(sentence) or (found["next"] and base.weekday() + ahead <= 6)
        return base + timedelta(days=ahead + (7 if later else 0))
    if found := SHORT_WEEKDAY.search(sentence):
        start = found["short"].lower()[:2]
        wanted = next(place for place, names in enumerate(SHORT_NAMES) if start in names)
        return base + timedelta(days=(wanted - base.weekday() - 1) % 7 + 1)
    return None


def _week_of_month(sentence: str, base: date) -> date | None:
    found = WEEK_OF_MONTH.search(sentence)
    if not found:
        return None
    month = _month(found)
    first = date(base.year + (month < base.month), month, 1)
    place = (found["place"] or found["platz"]).lower()
    if place in ("last", "letzte"):
        last = month_end(first)
        return last - timedelta(days=(last.weekday() - 4) % 7)
    weeks = int(place[0]) if place[0].isdigit() else DAYS.get(place) or DAYS[f"{place}n"]
    return first + timedelta(days=(4 - first.weekday()) % 7 + 7 * (weeks - 1))


def _day_in_month(sentence: str, base: date) -> date | None:
    """ "In May, on the 4th": the month stands apart from its day."""
    found, number = PART_OF_MONTH.search(sentence), day_number(sentence)
    if not found or not number or found["part"].lower() not in ("in", "im"):
        return None
    return _of_year(None, _month(found), number, base)


def _run_of_month(sentence: str, base: date) -> date | None:
    found = RUN_OF_MONTH.search(sentence)
    return month_end(date(base.year + (_month(found) < base.month), _month(found), 1)) if found else None


def _part_of_month(sentence: str, base: date) -> date | None:
    found = PART_OF_MONTH.search(sentence)
    if not found:
        return None
    month, part = _month(found), found["part"].lower()
    last = month_end(date(base.year + (month < base.month), month, 1))
    if part.startswith(("mid", "mitte")):
        return last.replace(day=15)
    return last.replace(day=7) if part in ("early", "beginning of", "start of", "anfang") else last
