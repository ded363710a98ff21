"""By when? The moment that a sentence names, counted from the day on which it was said."""

import re
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
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "einem": 1, "einer": 1, "zwei": 2,
    "drei": 3, "vier": 4, "fünf": 5,
}  # fmt: skip
_MONTH = "|".join(f"(?P<m{number}>{names})" for number, names in enumerate(MONTHS, 1))
ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
DAY_MONTH = re.compile(
    rf"(?i)\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?:{_MONTH})\b\.?,?(?:\s+(?P<year>\d{{4}}))?"
)
MONTH_DAY = re.compile(rf"(?i)\b(?:{_MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}}))?")
DOTTED = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d\b)?")
WEEKDAY = re.compile(
    r"(?i)\b(?P<next>next|nächste[rn]?|kommende[rn]?)?\s*(?:"
    + "|".join(f"(?P<w{place}>{names})" for place, names in enumerate(WEEKDAYS))
    + r")\b"
)
RELATIVE = (
    (re.compile(r"(?i)\bday after tomorrow\b|\bübermorgen\b"), 2),
    (re.compile(r"(?i)\btomorrow\b|(?<!guten )(?<!am )\bmorgen\b"), 1),
    (re.compile(r"(?i)\btoday\b|\btonight\b|\bthis (?:afternoon|evening|morning)\b|\bheute\b"), 0),
    (re.compile(r"(?i)\bend of (?:the )?day\b|\beod\b"), 0),
)
WITHIN = re.compile(
    r"(?i)\b(?:with)?in (?:the next |den nächsten )?"
    r"(\d{1,2}|a|an|one|two|three|four|five|eine[mr]|zwei|drei|vier|fünf)[- ]"
    r"(business |working )?(hour|day|week|stunde|werktag|arbeitstag|tag|woche)(?:s|n|en)?\b"
)
END_OF_WEEK = re.compile(r"(?i)\b(?:end of (?:the |this )?week|this week|ende (?:der|dieser) woche|diese woche)\b")
NEXT_WEEK = re.compile(r"(?i)\b(?:next week|nächste[rn]? woche|kommende[rn]? woche)\b")
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
    if unit in ("hour", "stunde"):
        return (base.astimezone(UTC) + timedelta(hours=amount)).astimezone(UTC)
    day = base.date()
    if found[2] or unit in ("werktag", "arbeitstag"):
        for _ in range(amount):
            day = _next_working_day(day)
    else:
        day += timedelta(weeks=amount) if unit in ("week", "woche") else timedelta(days=amount)
    return datetime.combine(day, END_OF_DAY, tzinfo=zone).astimezone(UTC)


def _next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def _day(sentence: str, base: date) -> date | None:
    return _written_date(sentence, base) or _relative(sentence, base) or _weekday(sentence, base)


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
    friday = base + timedelta(days=(4 - base.weekday()) % 7)
    if NEXT_WEEK.search(sentence):
        monday = base + timedelta(days=7 - base.weekday())
        return monday + timedelta(days=4)
    return friday if END_OF_WEEK.search(sentence) else None


def _clock(sentence: str) -> time:
    for found in CLOCK.finditer(sentence):
        hour, minute = int(found[1] or found[4]), int(found[2] or found[5] or 0)
        half = (found[3] or "").lower()
        hour = hour % 12 + 12 if half == "pm" else hour % 12 if half == "am" else hour
        if hour <= 23 and minute <= 59:
            return time(hour, minute)
    return END_OF_DAY
