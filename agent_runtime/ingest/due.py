"""By when? The moment that a sentence names, counted from the day on which it was said."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent_runtime.ingest.stretches import monday_after, month_end, stretch_end

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
    "neun": 9, "zehn": 10, "ein": 1, "eine": 1, "einen": 1, "ein paar": 3, "einigen": 3, "wenigen": 3,
}  # fmt: skip
DAYS_OF = {"week": 7, "wk": 7, "woche": 7, "fortnight": 14, "month": 30, "monat": 30}
_NUMBERS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_MONTH = "|".join(f"(?P<m{number}>{names})" for number, names in enumerate(MONTHS, 1))
ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
DAY_MONTH = re.compile(
    rf"(?i)\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?:{_MONTH})\b\.?,?(?:\s+(?P<year>\d{{4}}))?"
)
MONTH_DAY = re.compile(rf"(?i)\b(?:{_MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}}))?")
DOTTED = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d\b)?")
SLASHED = re.compile(r"(?i)\b(?:by|on|until|till|before|bis|am)\s+(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d\d))?\b(?!/)")
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
# "Wednesday next week", "Friday week", "Montag in einer Woche": the day, a week later than the word alone says.
OF_NEXT_WEEK = re.compile(r"(?i)\b(?:next|the following|the coming) week\b|\b(?:nächste|kommende)[rn]? woche\b")
A_WEEK_ON = re.compile(
    r"(?i)day week\b|\ba week (?:on|from|this)\b|(?<=tag in )einer woche\b|(?<=woch in )einer woche\b"
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
# "two days", "2-3 working days", "ein, zwei Tage": of two numbers the larger one counts.
_SPAN = (
    rf"(?:(?:\d{{1,2}}|{_NUMBERS})\s?(?:-|\u2013|,|to|or|bis|oder)\s?)?(\d{{1,2}}|{_NUMBERS})[- ]?"
    r"(business |working |full )?"
    r"(minute|min|hour|hr|h\b|day|week|wk|fortnight|month|stunde|std|werktag|arbeitstag|tag|woche|monat)"
    r"(?:s|n|en|e)?\b"
)
WITHIN = re.compile(
    rf"(?i)\b(?:(?:with)?in(?: the course of)?|binnen|innerhalb(?: von)?|innert|im laufe|give (?:me|us)|"
    rf"(?:geben|lassen) sie (?:mir|uns)|gib (?:mir|uns))\s+"
    rf"(?:the (?:next|coming)\s+|de[nr] (?:nächsten|kommenden)\s+|(?:about|around|roughly|etwa|rund|ca\.?)\s+)?{_SPAN}"
)
FROM_NOW = re.compile(
    rf"(?i)\b{_SPAN} from (?:now|today)\b|^\W*{_SPAN}(?:,? (?:then|dann)|,? and (?:you|we|i)|, und)\b"
)
HALF_AN_HOUR = re.compile(r"(?i)\b(?:half an hour|halben? stunde|the half hour)\b")
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
# An hour alone is one of today, or of tomorrow where it has gone by.
HOUR_ALONE = re.compile(
    r"(?i)\b(?:by|before|at|until|till|bis|um|gegen|vor)\s+(?:about\s+|etwa\s+)?"
    r"(?:\d{1,2}(?:[:.]\d\d)?\s*(?:am|pm|uhr)\b|\d{1,2}:\d\d\b|noon\b|midday\b|lunch(?:time)?\b|mittags?\b)"
)
WITHIN_THE_HOUR = re.compile(r"(?i)\bwithin the hour\b|\binnerhalb der (?:nächsten )?stunde\b")


def due_at(sentence: str, said_at: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment, in UTC, until which the sentence promises; None where it names none that lies ahead.

    A day alone means 18:00 of that day in `zone`; "Friday" is the next one after the day of speaking.
    """
    base = said_at.astimezone(zone)
    if HALF_AN_HOUR.search(sentence):
        return said_at.astimezone(UTC) + timedelta(minutes=30)
    if WITHIN_THE_HOUR.search(sentence):
        return said_at.astimezone(UTC) + timedelta(hours=1)
    found = WITHIN.search(sentence) or FROM_NOW.search(sentence)
    if found and not A_WEEK_ON.search(sentence):
        return _within(found, base, zone)
    day = _day(sentence, base.date())
    if day is None and HOUR_ALONE.search(sentence):
        day = base.date() + timedelta(days=_clock(sentence) <= base.time())
    if day is None or not base.date() <= day <= base.date() + FARTHEST:
        return None
    due = datetime.combine(day, _clock(sentence), tzinfo=zone)
    if due <= base:
        # Said in the evening of the day itself: the day still has its end.
        due = datetime.combine(day, time(23, 59), tzinfo=zone)
    return due.astimezone(UTC)


def _within(found: re.Match[str], base: datetime, zone: ZoneInfo) -> datetime:
    number, kind, unit = (part or "" for part in found.groups()[0 if found[1] else 3 :][:3])
    amount, unit = NUMBER_WORDS.get(number.lower()) or int(number), unit.lower()
    if unit in ("minute", "min"):
        return base.astimezone(UTC) + timedelta(minutes=amount)
    if unit in ("hour", "hr", "h", "stunde", "std"):
        return base.astimezone(UTC) + timedelta(hours=amount)
    day = base.date()
    if kind.strip().lower() in ("business", "working") or unit in ("werktag", "arbeitstag"):
        for _ in range(amount):
            day = _next_working_day(day)
    else:
        day += timedelta(days=amount * DAYS_OF.get(unit, 1))
    return datetime.combine(day, END_OF_DAY, tzinfo=zone).astimezone(UTC)


def _next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def _day(sentence: str, base: date) -> date | None:
    for read in (_written_date, _relative, _weekday, stretch_end, _part_of_month, _ordinal):
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


def _part_of_month(sentence: str, base: date) -> date | None:
    found = PART_OF_MONTH.search(sentence)
    if not found:
        return None
    month, part = _month(found), found["part"].lower()
    last = month_end(date(base.year + (month < base.month), month, 1))
    if part.startswith(("mid", "mitte")):
        return last.replace(day=15)
    return last.replace(day=7) if part in ("early", "beginning of", "start of", "anfang") else last


def _ordinal(sentence: str, base: date) -> date | None:
    """ "The 14th", without its month: the next one."""
    found = ORDINAL.search(sentence)
    if not found:
        return None
    wanted = int(found["day"] or found["tag"])
    for first in (base.replace(day=1), month_end(base) + timedelta(days=1)):
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
