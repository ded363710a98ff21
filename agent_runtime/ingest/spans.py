"""How long from now: "within two days", "in forty minutes", "three weeks from today"."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent_runtime.ingest.number_words import COUNTS, alternatives

END_OF_DAY = time(18, 0)
_NUMBER = rf"\d{{1,2}}|{alternatives(COUNTS)}"
_DAYS_OF = {"week": 7, "wk": 7, "woche": 7, "fortnight": 14, "month": 30, "monat": 30}
# Behind these words a stretch is one from now on; without them it may be how long something takes.
_CUE = (
    r"(?:(?:with)?in|inside|binnen|innerhalb(?: von)?|innert|(?:give|allow)(?: me| us)?|gimme|another|noch|nur|only|"
    r"just|(?:geben|lassen|gönnen) sie (?:mir|uns)|(?:gib|lass|gebt|lasst) (?:mir|uns))\s+"
    r"(?:about |around |the (?:next |coming )?|etwa |gut |rund |knapp |spätestens )?"
    r"(?:(?:einer|'?ner|eine|'?ne|der|die) )?(?:nächsten )?"
)
# Parts of hours that have a name of their own, in minutes; the first one found counts.
_NAMED = tuple(
    (re.compile(rf"(?i)\b{_CUE}(?:{words})\b|^\W*(?:{words})\b|\b(?:{words})(?=,? (?:and|then|und|dann)\b)"), minutes)
    for words, minutes in (
        (r"three[- ]quarters of an hour|dreiviertelstunde|drei ?viertel ?stunde", 45),
        (r"(?:an|one) hour and a half|(?:an|one) and a half hours|anderthalb stunden|eineinhalb stunden", 90),
        (r"(?:a )?quarter of an hour|viertelstunde", 15),
        (r"half an hour|half[- ]hour|halbe[nr]? stunde", 30),
        (r"ein stündchen", 60),
    )
)  # fmt: skip
_THE_HOUR = re.compile(
    rf"(?i)\b(?:{_CUE}(?:(?<=the )|(?<=next ))h(?:ou)?r|{_CUE}(?:(?<=der )|(?<=nächsten ))stunde|this hour|"
    r"(?:noch|in) diese[r]? stunde)\b"
)
# "two days", "2-3 working days", "ein, zwei Tage": of two numbers the larger one counts.
_SPAN = (
    # "thirty-five" is one number.
    rf"(?:(?:\d{{1,2}}\s?-|(?:{_NUMBER})\s?(?:\u2013|,|to|or|bis|oder))\s?)?({_NUMBER})[- ]?"
    r"(business |working |full |more |weitere )?"
    r"(minute|min|hour|hr|h\b|day|week|wk|fortnight|month|stunde|std|werktag|arbeitstag|tag|woche|monat)"
    r"(?:s|n|en|e)?\b"
)
_WITHIN = re.compile(
    rf"(?i)\b(?:(?:with)?in(?: the course of)?|binnen|innerhalb(?: von)?|innert|im laufe|"
    rf"(?:give|allow|grant)(?: me| us)?|gimme|bear with (?:me|us)(?: for)?|"
    rf"(?:geben|lassen|gönnen) sie (?:mir|uns)|(?:gib|lass|gebt|lasst) (?:mir|uns))\s+"
    rf"(?:the (?:next|coming)\s+|(?:noch )?de[nr] (?:nächsten|kommenden)\s+|"
    rf"(?:about|around|roughly|another|etwa|rund|noch|spätestens|at most|ca\.?)\s+)?{_SPAN}"
)
_FROM_NOW = re.compile(rf"(?i)\b{_SPAN} from (?:now|today)\b|\b(?:another|noch) {_SPAN}, (?:then|dann)\b")
# "Two days, and you have it", "Zwei Tage noch": what is still to wait, before anything else is said.
_FIRST = re.compile(
    rf"(?i)\W*{_SPAN}(?:,? (?:then|dann)|,? and (?:you|we|i|the|your)|, und| more| longer| noch)\b|"
    rf"\W*(?:only |just |nur )?noch {_SPAN}(?=\W*$|[,;:]| und\b)"
)
# The patterns above are long: they are asked only where one of their words stands.
_UNIT = re.compile(r"(?i)min|hour|hr|\dh|day|week|wk|fortnight|month|st[uü]nd|std|tag|woche|monat")
_OF_HOURS = re.compile(r"(?i)h(?:ou)?r\b|hours|st[uü]nd")
_ON = re.compile(r"(?i) from (?:now|today)|, (?:then|dann)\b")


def span_end(sentence: str, said_at: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment, in UTC, at which the named span is over; None where none is named. Days end at 18:00 in `zone`."""
    if not _UNIT.search(sentence):
        return None
    if _OF_HOURS.search(sentence) and (minutes := _named_minutes(sentence)):
        return said_at.astimezone(UTC) + timedelta(minutes=minutes)
    found = _WITHIN.search(sentence) or _FIRST.match(sentence)
    found = found or (_FROM_NOW.search(sentence) if _ON.search(sentence) else None)
    return _end(found, said_at.astimezone(zone), zone) if found else None


def _named_minutes(sentence: str) -> int | None:
    found = next((minutes for words, minutes in _NAMED if words.search(sentence)), None)
    return found or (60 if _THE_HOUR.search(sentence) else None)


def _end(found: re.Match[str], base: datetime, zone: ZoneInfo) -> datetime:
    # Of several places of a pattern where a span may stand, one is filled: number, kind and unit.
    filled = next(place for place in range(0, len(found.groups()), 3) if found.groups()[place])
    number, kind, unit = (part or "" for part in found.groups()[filled : filled + 3])
    amount, unit = COUNTS.get(number.lower()) or int(number), unit.lower()
    if unit in ("minute", "min"):
        return base.astimezone(UTC) + timedelta(minutes=amount)
    if unit in ("hour", "hr", "h", "stunde", "std"):
        return base.astimezone(UTC) + timedelta(hours=amount)
    day = base.date()
    if kind.strip().lower() in ("business", "working") or unit in ("werktag", "arbeitstag"):
        for _ in range(amount):
            day = _next_working_day(day)
    else:
        day += timedelta(days=amount * _DAYS_OF.get(unit, 1))
    return datetime.combine(day, END_OF_DAY, tzinfo=zone).astimezone(UTC)


def _next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day
