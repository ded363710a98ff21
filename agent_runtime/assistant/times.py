"""The stretch of time that a question names: "before May", "in the last two weeks", "since I took over". Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent_runtime.grounding import GERMAN_MONTHS, GERMAN_WEEKDAYS, MONTHS, WEEKDAYS

_MONTH = {name: n for names in (MONTHS, GERMAN_MONTHS) for n, name in enumerate(names, 1)}
_MONTH |= {name[:3]: number for name, number in _MONTH.items()}
_WEEKDAY = {name: n for names in (WEEKDAYS, GERMAN_WEEKDAYS) for n, name in enumerate(names)}
_COUNT = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "twelve": 12, "couple of": 2,
    "few": 3, "ein": 1, "eine": 1, "einer": 1, "einem": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6,
    "zehn": 10, "zwölf": 12, "paar": 3,
}  # fmt: skip
_UNIT_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365, "tag": 1, "woche": 7, "monat": 30, "jahr": 365}
_MONTHS_ALT = "|".join(sorted(_MONTH, key=len, reverse=True))
_COUNTS_ALT = "|".join(sorted(_COUNT, key=len, reverse=True))
_THE = r"(?:the |dem |den |der |am )?"
_DAY = (
    rf"(?P<iso>\d{{4}}-\d\d-\d\d)|(?P<dotted>\d{{1,2}}\.\d{{1,2}}\.(?:\d{{4}})?)"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)? (?:of )?(?P<month>{_MONTHS_ALT})\b(?:,? (?P<year>\d{{4}}))?"
    rf"|(?P<month2>{_MONTHS_ALT}) (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,? (?P<year2>\d{{4}}))?"
    rf"|(?P<month3>{_MONTHS_ALT})\b(?: (?P<year3>\d{{4}}))?"
    rf"|(?P<near>yesterday|gestern|today|heute|tomorrow|morgen)\b"
    rf"|(?:last |letzten |vergangenen )?(?P<weekday>{'|'.join(_WEEKDAY)})\b"
)
_SINCE = r"\b(?:since|after|from|as of|seit|nach|ab)"
_UNTIL = r"\b(?:before|until|till|by|up to|prior to|vor|bis(?: zum)?)"
_ON = r"\b(?:on|in|im|am|during|for|für)"
# Since something came to the asker, however that is put, as long as it names no day.
_TOOK_OVER = re.compile(
    r"\b(?:since|after|from) (?:the day |the moment |when )?(?:i|we)"
    r" (?:took|have taken|got|inherited|became|started|came)\b[^?.,]*"
    r"|\bsince (?:it|this|that|they|the account|the customer)\b[^?.,\d]*\b(?:mine|me|my)\b[^?.,\d]*"
    r"|\b(?:inherited|took over)\b[^?\d]*\bsince\b(?! \w)"
    r"|\bseit(?:dem)? (?:ich|es|er|sie|das|der kunde)\b[^?.,\d]*"
    r"\b(?:übernommen|betreue|habe|bin|zuständig|mein|mir|meins|bekommen)\b",
    re.IGNORECASE,
)
# Who was away until a day asks for what came while they were, and since.
_AWAY = re.compile(
    r"\b(?:i|we|ich|wir) (?:was|were|am|have been|had been|war|waren|bin)\b[^?.]*?"
    r"\b(?:away|off|out|absent|on (?:holiday|leave|vacation)|ill|sick|weg|im urlaub|krank|nicht da)\b[^?.]*?"
    r"\b(?=(?:until|till|bis)\b)",
    re.IGNORECASE,
)
_LAST = re.compile(
    rf"\b(?:(?:in |over |within |during )?the (?:last|past)|(?:in )?(?:last|past)|(?:in )?den (?:letzten|vergangenen)"
    rf"|(?:in der|im|letzte|letzten|vergangene|vergangenen)(?: letzten| vergangenen)?)"
    rf" (?:(?P<count>\d{{1,3}}|{_COUNTS_ALT}) )?(?P<unit>day|week|month|year|tag|woche|monat|jahr)(?:s|e|en|n)?\b",
    re.IGNORECASE,
)
_THIS = re.compile(r"\b(?:this|diese[rnm]?) (?P<unit>week|woche|month|monat|year|jahr)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """[since, until), aware UTC; None where it is open. `took_over`: since the asker has the account.

    `words`: what of the question said so; it is no matter of the question.
    """

    since: datetime | None = None
    until: datetime | None = None
    took_over: bool = False
    words: tuple[str, ...] = ()

    def has(self, moment: datetime) -> bool:
        """Whether the moment lies within."""
        return (self.since is None or moment >= self.since) and (self.until is None or moment < self.until)

    @property
    def named(self) -> bool:
        """Whether the question named a time at all."""
        return self.since is not None or self.until is not None or self.took_over


def span_of(text: str, now: datetime, zone: ZoneInfo, *, ahead: bool = False) -> Span:
    """The stretch that a question names, as read at `now`; days are those of `zone`.

    A month or day without its year is the latest one, or with `ahead` the next one.
    """
    if found := _TOOK_OVER.search(text):
        return Span(took_over=True, words=(found[0],))
    today = now.astimezone(zone).date()
    if found := _LAST.search(text):
        return _last(found, today, zone)
    if found := _THIS.search(text):
        return Span(_midnight(_begin_of(found["unit"].lower(), today), zone), words=(found[0],))
    return _bounds(text, today, zone, ahead)


def _last(found: re.Match[str], today: date, zone: ZoneInfo) -> Span:
    count = (found["count"] or "").lower()
    days = _UNIT_DAYS[found["unit"].lower()] * (int(count) if count.isdigit() else _COUNT.get(count, 1))
    if not count and found["unit"].lower() in ("week", "woche"):
        monday = today - timedelta(days=today.weekday())
        return Span(_midnight(monday - timedelta(days=7), zone), _midnight(monday, zone), words=(found[0],))
    return Span(_midnight(today - timedelta(days=days), zone), words=(found[0],))


def _begin_of(unit: str, today: date) -> date:
    if unit in ("week", "woche"):
        return today - timedelta(days=today.weekday())
    return today.replace(day=1) if unit in ("month", "monat") else today.replace(month=1, day=1)


def _bounds(text: str, today: date, zone: ZoneInfo, ahead: bool) -> Span:
    since = until = None
    words = []
    for before, keep in ((_SINCE, "since"), (_UNTIL, "until"), (_ON, "on")):
        for found in re.finditer(rf"{before} {_THE}(?:{_DAY})", text, re.IGNORECASE):
            days = _days(found, today, ahead)
            if days is None or (keep == "on" and (since or until)):
                continue
            words.append(found[0])
            since = days[0] if keep in ("since", "on") else since
            until = days[1] if keep == "on" or _through(found[0]) else days[0] if keep == "until" else until
    if until and not since and _AWAY.search(text):
        since, until = until, None
    found_words = tuple(words)
    return Span(_midnight(since, zone) if since else None, _midnight(until, zone) if until else None, words=found_words)


def _through(words: str) -> bool:
    """Until a day means that day as well; before a day does not."""
    return bool(re.match(r"(?:until|till|by|up to|bis)\b", words, re.IGNORECASE))


def _days(found: re.Match[str], today: date, ahead: bool) -> tuple[date, date] | None:
    """The day, or month, that was written, as [first, behind the last); None for one that does not exist."""
    part = {name: (value or "").lower() for name, value in found.groupdict().items()}
    try:
        return _named(part, today, ahead)
    except ValueError:
        return None


def _named(part: dict[str, str], today: date, ahead: bool) -> tuple[date, date]:
    if part["iso"]:
        return _one(date.fromisoformat(part["iso"]))
    if part["dotted"]:
        day, month, *year = (int(x) for x in part["dotted"].split(".") if x)
        return _one(_placed(lambda y: date(y, month, day), today, year[0] if year else None, ahead))
    if part["near"]:
        step = {"yesterday": -1, "gestern": -1, "tomorrow": 1, "morgen": 1}.get(part["near"], 0)
        return _one(today + timedelta(days=step))
    if part["weekday"]:
        back = (today.weekday() - _WEEKDAY[part["weekday"]]) % 7
        return _one(today + timedelta(days=7 - back) if ahead else today - timedelta(days=back))
    month = _MONTH[part["month"] or part["month2"] or part["month3"]]
    written = part["year"] or part["year2"] or part["year3"]
    day = int(part["day"] or part["day2"] or 1)
    first = _placed(lambda y: date(y, month, day), today, int(written) if written else None, ahead)
    if part["month3"]:
        return first, (first + timedelta(days=31)).replace(day=1)
    return _one(first)


def _one(day: date) -> tuple[date, date]:
    return day, day + timedelta(days=1)


def _placed(made: Callable[[int], date], today: date, year: int | None, ahead: bool) -> date:
    if year is not None:
        return made(year)
    here = made(today.year)
    if ahead:
        return here if here >= today else made(today.year + 1)
    return here if here <= today else made(today.year - 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
