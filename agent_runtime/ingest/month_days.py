"""Days counted within a month without its name: "the 14th", "by the tenth", "am Zehnten", "zum Monatsersten"."""

import re
from datetime import date, timedelta

from agent_runtime.ingest.number_words import DAYS, alternatives
from agent_runtime.ingest.stretches import month_end

_WORD = alternatives(DAYS)
_OF_MONTH = r"\s+(?:(?:day )?of (?:the|this|next|the next|the coming) month|des (?:nächsten |kommenden )?monats)"
_BEFORE_DAY = r"(?:by|on|before|until|till|til|from|as of|no later than|latest)"
_VOR_TAG = r"(?:am|zum|den|des|ab dem|(?<!nicht )vor dem)"
# What is counted after a number with a point, or has a number in its name.
_COUNTED = (
    r"(?:\s+\w*(?:stock|etage|obergeschoss|og|tag|tage|woche|monat|quartal|halbjahr|jahr|gang|gleis|advent|mal|platz|"
    r"kapitel|absatz|punkt|versuch|abschnitt|weltkrieg|bürgermeister|vorsitzenden|stufe|phase|runde|schritt)\b)"
)
_COUNTED_IN_ENGLISH = (
    r"\s+(?:week|floor|quarter|half|time|attempt|version|draft|line|unit|phase|stage|round|part|batch|payment|"
    r"instal+ment|working day|business day)\b"
)
_NO_LETTER = "".join(
    f"(?<!{what} of )" for what in ("letter", "mail", "message", "payment", "order", "invoice", "enquiry", "request")
)
# "am 14.", but neither "am 14.3." nor "am 3. Stock"; a letter of the 3rd, "vom 3.", was written before.
_NUMBERED = re.compile(
    rf"(?i)\b(?:{_NO_LETTER}the|{_BEFORE_DAY})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)\b(?!{_COUNTED_IN_ENGLISH})|"
    rf"\b{_VOR_TAG}\s+(?P<tag>\d{{1,2}})\.(?!\s?\d)(?!{_COUNTED})|"
    r"\bder\s+(?P<der>\d{1,2})\.(?=,|\W*$)"
)
# Words are days of a month where they say so, "the tenth of the month" …
_SAID_SO = re.compile(rf"(?i)\b(?P<day>{_WORD})(?={_OF_MONTH}\b)|\bmonats(?P<first>erste[nr])\b")
# … or in English after a preposition where nothing follows that could be counted ("on the second attempt") …
_ENGLISH = re.compile(
    rf"(?i)(?<!'m )(?<!\bam )(?<!\bare )\b{_BEFORE_DAY}\s+the\s+(?P<day>{_WORD})(?=\W*$|[,;:](?!\s*(?:{_WORD})\b)|"
    r"\s[-\u2013]\s|"
    rf"\s+(?:(?:and|then|when|so)\s+(?!(?:{_WORD}|last|only)\b)|at the latest|i\b|you\b|we\b|he\b|she\b|they\b|it\b))"
)
# … and in German with a capital, as only what is no adjective has one ("am Zehnten", "am zehnten Tag").
_GERMAN = re.compile(
    rf"\b(?i:{_VOR_TAG}|bis zum)\s+(?P<day>(?=[A-ZÄÖÜ])(?i:{_WORD}))\b(?!(?i:{_COUNTED})|\s+von (?!uns|mir|Herrn|Frau))"
)
# "Zum Ersten ist es teuer, zum Zweiten …" counts reasons. "By the second" is a speed.
_NO_DAY = re.compile(r"(?i)\bzum zweiten\b|\bby the second\b|\bjeweils\b|\bimmer (?:am|zum)\b")
_LATER = re.compile(r"(?i)\b(?:next|coming) month\b|\b(?:nächste|kommende|folgende)[nrs]? monats?\b")


def day_of_month(sentence: str, base: date) -> date | None:
    """The next day from `base` on with the number that the sentence names; None where it names none."""
    wanted = day_number(sentence)
    if wanted is None:
        return None
    following = month_end(base) + timedelta(days=1)
    for first in (following,) if _LATER.search(sentence) else (base.replace(day=1), following):
        if wanted <= month_end(first).day and (day := first.replace(day=wanted)) >= base:
            return day
    return None


def day_number(sentence: str) -> int | None:
    """The number, 1 to 99, of the day that a sentence names without its month beside it; None where it names none."""
    if found := _NUMBERED.search(sentence):
        number = int(found["day"] or found["tag"] or found["der"])
        return number if number >= 1 else None
    if found := _SAID_SO.search(sentence):
        return DAYS[found["day"].lower()] if found["day"] else 1
    if _NO_DAY.search(sentence):
        return None
    found = _ENGLISH.search(sentence) or _GERMAN.search(sentence)
    return DAYS[found["day"].lower()] if found else None
