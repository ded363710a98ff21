"""By when? The moment that a sentence names, counted from the day on which it was said."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

END_OF_DAY = time(18, 0)
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
NUMBER_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "a couple of": 2, "couple of": 2, "a few": 3, "few": 3, "einem": 1, "einer": 1, "eines": 1,
    "zwei": 2, "zweier": 2, "drei": 3, "dreier": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8,
    "neun": 9, "zehn": 10,
}  # fmt: skip
_NUMBERS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_MONTH = "|".join(f"(?P<m{number}>{names})" for number, names in enumerate(MONTHS, 1))
ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
DAY_MONTH = re.compile(
    rf"(?i)\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?:{_MONTH})\b\.?,?(?:\s+(?P<year>\d{{4}}))?"
)
MONTH_DAY = re.compile(rf"(?i)\b(?:{_MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}}))?")
DOTTED = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d\b)?")
WEEKDAY = re.compile(
    r"(?i)\b(?P<next>next|nächste[rn]?)?\s*(?:"
    + "|".join(f"(?P<w{place}>{names})" for place, names in enumerate(WEEKDAYS))
    + r")(?:morgen|früh|vormittag|mittag|nachmittag|abend)?\b"
)
# Short names of days only where a word before them says that a day follows.
SHORT_WEEKDAY = re.compile(
    r"(?i)\b(?:by|on|before|until|till|for|eod|cob|next|this|bis|am|zum)\s+(?P<short>"
    r"mon|tues?|wed|thurs?|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)\b(?!\s+(?:i|you|it|that|sie|ich|wir))\.?"
)
SHORT_NAMES = (("mo",), ("tu", "di"), ("we", "mi"), ("th", "do"), ("fr",), ("sa",), ("su", "so"))
RELATIVE = (
    (re.compile(r"(?i)\bday after tomorrow\b|\bübermorgen\b"), 2),
    (re.compile(r"(?i)\b(?:tomorrow|tmrw|tmr)\b|(?<!guten )(?<!am )(?<!tag )(?<!woch )(?<!jeden )\bmorgen\b"), 1),
    (re.compile(r"(?i)\btoday\b|\btonight\b|\bthis (?:afternoon|evening|morning|noon)\b|\bheute\b"), 0),
)
# The day itself, where no other day is named: "by end of day", but "Friday, close of business".
END_OF_TODAY = re.compile(
    r"(?i)\b(?:end|close) of (?:the )?(?:day|business|play)\b|\b(?:eod|cob|eob)\b|\b(?:feierabend|dienstschluss)\b"
)
WITHIN = re.compile(
    rf"(?i)\b(?:(?:with)?in(?: the course of)?|binnen|innerhalb(?: von)?|innert|im laufe)\s+"
    rf"(?:the (?:next|coming)\s+|de[nr] (?:nächsten|kommenden)\s+)?(\d{{1,2}}|{_NUMBERS})[- ]"
    r"(business |working |full )?"
    r"(minute|min|hour|day|week|month|stunde|werktag|arbeitstag|tag|woche|monat)(?:s|n|en|e)?\b"
)
# Words for a stretch of time, with the day on which it ends; the first that is found counts.
STRETCHES: tuple[tuple[re.Pattern[str], Callable[[date], date]], ...] = (
    (
        re.compile(
            r"(?i)\bend of (?:the )?(?:next|following|coming) week\b|\bende (?:der )?(?:nächste|kommende)[rn]? woche\b"
        ),
        lambda day: _monday_after(day) + timedelta(days=4),
    ),
    (
        re.compile(
            r"(?i)\b(?:early|beginning of|start of|at the start of) next week\b|"
            r"\banfang (?:der )?(?:nächste|kommende)[rn]? woche\b|\bgleich nächste woche\b"
        ),
        lambda day: _monday_after(day) + timedelta(days=1),
    ),
    (
        re.compile(
            r"(?i)\b(?:mid|middle of)[- ]?(?:of )?next week\b|\bmitte (?:der )?(?:nächste|kommende)[rn]? woche\b"
        ),
        lambda day: _monday_after(day) + timedelta(days=2),
    ),
    (
        re.compile(
            r"(?i)\bnext week\b|\b(?:the )?(?:following|coming) week\b|\b(?:nächste|kommende)[rn]? woche\b|"
            r"\blaufe der (?:nächsten|kommenden) woche\b"
        ),
        lambda day: _monday_after(day) + timedelta(days=4),
    ),
    (
        re.compile(
            r"(?i)\b(?:end|course) of (?:the |this )?week\b|\bthis week\b|\bwithin the week\b|\beow\b|"
            r"\b(?:ende|laufe) (?:der|dieser) woche\b|\b(?:diese|dieser) woche\b"
        ),
        lambda day: day + timedelta(days=(4 - day.weekday()) % 7),
    ),
    (
        re.compile(r"(?i)\bafter the weekend\b|\bnach dem wochenende\b"),
        lambda day: _monday_after(day),
    ),
    (
        re.compile(r"(?i)\b(?:over|at|on|during) the weekend\b|\b(?:am|übers|über das) wochenende\b"),
        lambda day: day + timedelta(days=(6 - day.weekday()) % 7),
    ),
    (
        re.compile(
            r"(?i)\bend of (?:the |this )?month\b|\bmonth[- ]end\b|\beom\b|\bthis month\b|"
            r"\bmonatsende\b|\bende (?:des|dieses) monats\b|\bdiesen monat\b"
        ),
        lambda day: _month_end(day),
    ),
    (
        re.compile(
            r"(?i)\b(?:early|beginning of|start of) next month\b|\banfang (?:des )?(?:nächsten|kommenden) monats\b"
        ),
        lambda day: _month_end(day) + timedelta(days=7),
    ),
    (
        re.compile(r"(?i)\bnext month\b|\b(?:nächsten|kommenden) monats?\b"),
        lambda day: _month_end(_month_end(day) + timedelta(days=1)),
    ),
    (
        re.compile(r"(?i)\bend of (?:the |this )?quarter\b|\bquarter[- ]end\b|\bquartalsende\b|\bende des quartals\b"),
        lambda day: _month_end(date(day.year, 3 * ((day.month - 1) // 3) + 3, 1)),
    ),
    (
        re.compile(r"(?i)\bend of (?:the |this )?year\b|\byear[- ]end\b|\bjahresende\b|\bende des jahres\b"),
        lambda day: date(day.year, 12, 31),
    ),
)
CALENDAR_WEEK = re.compile(r"(?i)\b(?:kw|calendar week|kalenderwoche|week no\.?)\s?(\d{1,2})\b")
# A month alone: its end, its middle, or its first week.
PART_OF_MONTH = re.compile(
    rf"(?i)\b(?P<part>end of|late|ende|mid(?:dle of)?|mitte|early|beginning of|start of|anfang|in|im|during|by|bis)[- ]"
    rf"(?:{_MONTH})\b(?!\.?\s*\d)"
)
ORDINAL = re.compile(
    r"(?i)\b(?:the|by|on|until|till|before)\s+(?P<day>\d{1,2})(?:st|nd|rd|th)\b|"
    r"\b(?:am|zum|den|vom)\s+(?P<tag>\d{1,2})\.(?!\s?\d)"
)
NOON = re.compile(r"(?i)\b(?:noon|midday|lunch(?:time)?|mittags?|freitagmittag)\b")
CLOCK = re.compile(r"(?i)\b(\d{1,2})(?:[:.](\d\d))?\s*(am|pm|uhr)\b|\b(\d{1,2}):(\d\d)\b")


def due_at(sentence: str, said_at: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment, in UTC, until which the sentence promises; None where it names none that lies ahead.

    A day alone means 18:00 of that day in `zone`; "Friday" is the next one after the day of speaking.
    """
    base = said_at.astimezone(zone)
    if found := WITHIN.search(sentence):
        return _within(found, base, zone)
    day = _day(sentence, base.date())
    if day is None or not base.date() <= day <= base.date() + FARTHEST:
        return None
    due = datetime.combine(day, _clock(sentence), tzinfo=zone)
    if due <= base:
        # Said in the evening of the day itself: the day still has its end.
        due = datetime.combine(day, time(23, 59), tzinfo=zone)
    return due.astimezone(UTC)


def _within(found: re.Match[str], base: datetime, zone: ZoneInfo) -> datetime:
    amount = NUMBER_WORDS.get(found[1].lower()) or int(found[1])
    unit = found[3].lower()
    if unit in ("hour", "stunde", "minute", "min"):
        return base.astimezone(UTC) + (timedelta(minutes=amount) if unit[:3] == "min" else timedelta(hours=amount))
    day = base.date()
    if (found[2] and found[2].strip().lower() != "full") or unit in ("werktag", "arbeitstag"):
        for _ in range(amount):
            day = _next_working_day(day)
    else:
        days = {"week": 7, "woche": 7, "month": 30, "monat": 30}.get(unit, 1)
        day += timedelta(days=amount * days)
    return datetime.combine(day, END_OF_DAY, tzinfo=zone).astimezone(UTC)


def _monday_after(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _month_end(day: date) -> date:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)


def _next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def _day(sentence: str, base: date) -> date | None:
    for read in (_written_date, _relative, _weekday, _stretch, _part_of_month, _ordinal):
        if day := read(sentence, base):
            return day
    return base if END_OF_TODAY.search(sentence) else None


def _written_date(sentence: str, base: date) -> date | None:
    if found := ISO.search(sentence):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := DAY_MONTH.search(sentence) or MONTH_DAY.search(sentence):
        return _of_year(found["year"], _month(found), int(found["day"]), base)
    if found := DOTTED.search(sentence):
        return _of_year(found[3], int(found[2]), int(found[1]), base)
    return None


def _month(found: re.Match[str]) -> int:
    return next(int(name[1:]) for name, value in found.groupdict().items() if value and name[0] == "m")


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
        # "next Friday" said on a Monday is the one of the following week.
        in_this_week = base.weekday() + ahead <= 6
        return base + timedelta(days=ahead + (7 if found["next"] and in_this_week else 0))
    if found := SHORT_WEEKDAY.search(sentence):
        start = found["short"].lower()[:2]
        wanted = next(place for place, names in enumerate(SHORT_NAMES) if start in names)
        return base + timedelta(days=(wanted - base.weekday() - 1) % 7 + 1)
    return None


def _stretch(sentence: str, base: date) -> date | None:
    if found := CALENDAR_WEEK.search(sentence):
        return _friday_of(int(found[1]), base)
    return next((end(base) for words, end in STRETCHES if words.search(sentence)), None)


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


def _part_of_month(sentence: str, base: date) -> date | None:
    found = PART_OF_MONTH.search(sentence)
    if not found:
        return None
    month, part = _month(found), found["part"].lower()
    last = _month_end(date(base.year + (month < base.month), month, 1))
    if part.startswith(("mid", "mitte")):
        return last.replace(day=15)
    return last.replace(day=7) if part in ("early", "beginning of", "start of", "anfang") else last


def _ordinal(sentence: str, base: date) -> date | None:
    """ "The 14th", without its month: the next one."""
    found = ORDINAL.search(sentence)
    if not found:
        return None
    wanted = int(found["day"] or found["tag"])
    for first in (base.replace(day=1), _month_end(base) + timedelta(days=1)):
        day = _date(first.year, first.month, wanted)
        if day and day >= base:
            return day
    return None


def _clock(sentence: str) -> time:
    for found in CLOCK.finditer(sentence):
        hour, minute = int(found[1] or found[4]), int(found[2] or found[5] or 0)
        half = (found[3] or "").lower()
        hour = hour % 12 + 12 if half == "pm" else hour % 12 if half == "am" else hour
        if hour <= 23 and minute <= 59:
            return time(hour, minute)
    return time(12, 0) if NOON.search(sentence) else END_OF_DAY
