"""Days that go by the name of a feast: "by Easter", "am Gründonnerstag", "bis Nikolaus"."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

import holidays

_Of = Callable[[int], date]


@lru_cache(maxsize=8)
def _easter(year: int) -> date:
    """Easter Sunday; the library of public holidays knows Good Friday, two days before."""
    named = holidays.country_holidays("DE", years=year, language="en_US")
    return next(day for day, name in named.items() if name == "Good Friday") + timedelta(days=2)


def _moved(days: int) -> _Of:
    return lambda year: _easter(year) + timedelta(days=days)


def _fixed(month: int, day: int) -> _Of:
    return lambda year: date(year, month, day)


def _row(pattern: str, of: _Of) -> tuple[re.Pattern[str], _Of]:
    return re.compile(rf"(?i)\b(?:{pattern})\b"), of


# Days of one name. Those that hold the name of a weekday are asked before the weekdays.
_DAYS = (
    _row(r"maundy thursday|gründonnerstag", _moved(-3)),
    _row(r"good friday|karfreitag", _moved(-2)),
    _row(r"easter saturday|karsamstag", _moved(-1)),
    _row(r"easter sunday|ostersonntag", _moved(0)),
    _row(r"easter monday|ostermontag", _moved(1)),
    _row(r"shrove monday|rosenmontag", _moved(-48)),
    _row(r"shrove tuesday|faschingsdienstag", _moved(-47)),
    _row(r"ash wednesday|aschermittwoch", _moved(-46)),
    _row(r"ascension day|christi himmelfahrt|himmelfahrt", _moved(39)),
    _row(r"whit sunday|pfingstsonntag", _moved(49)),
    _row(r"whit monday|pfingstmontag", _moved(50)),
    _row(r"corpus christi|fronleichnam", _moved(60)),
    _row(r"epiphany|(?:heilige )?drei ?könige|dreikönigstag", _fixed(1, 6)),
    _row(r"may day|maifeiertag|tag der arbeit", _fixed(5, 1)),
    _row(r"all saints(?:'? day)?|allerheiligen", _fixed(11, 1)),
    _row(r"halloween", _fixed(10, 31)),
    # A man may be called Nikolaus or Martin: only where the word before says that a day follows.
    _row(r"(?:st\.? nicholas(?:'s?)? day|nikolaustag)", _fixed(12, 6)),
    _row(r"(?:by|before|until|bis|zu|an|vor) (?:st\.? nicholas|nikolaus)(?! (?-i:[A-ZÄÖÜ])|,? (?:der|unser|mein))",
         _fixed(12, 6)),
    _row(r"(?:bis|zu|an|vor) (?:sankt )?martini|martinstag|st\.? martin's day", _fixed(11, 11)),
    _row(r"christmas eve|heilig(?:er )?abend", _fixed(12, 24)),
    _row(r"boxing day", _fixed(12, 26)),
)  # fmt: skip
# What is promised for a feast is promised before its days off, or at the first work after them.
_SEASONS = (
    _row(r"(?:after|nach|following) (?:the )?(?:easter|ostern|osterfeiertagen)", _moved(2)),
    _row(r"(?<!happy )(?<!frohe )easter|(?<!frohe )ostern", _moved(-3)),
    _row(r"(?:after|nach|following) (?:whitsun|pentecost|pfingsten)", _moved(51)),
    _row(r"whitsun|pentecost|(?<!frohe )pfingsten", _moved(47)),
    _row(r"(?:after|nach|following) (?:christmas|xmas|weihnachten|den weihnachtstagen)", _fixed(12, 27)),
)
# Whether any of them is there at all is asked at once.
_ANY = re.compile("|".join(words.pattern.removeprefix("(?i)") for words, _ in (*_DAYS, *_SEASONS)), re.IGNORECASE)


def named_day(sentence: str, base: date) -> date | None:
    """The next day from `base` on that goes by the name in the sentence; None where none is named."""
    return _next(_DAYS, sentence, base)


def season(sentence: str, base: date) -> date | None:
    """The day from `base` on that a feast of several days means: before them, or after."""
    return _next(_SEASONS, sentence, base)


def _next(rows: tuple[tuple[re.Pattern[str], _Of], ...], sentence: str, base: date) -> date | None:
    if not _ANY.search(sentence):
        return None
    of = next((of for words, of in rows if words.search(sentence)), None)
    if of is None:
        return None
    this_year = of(base.year)
    return this_year if this_year >= base else of(base.year + 1)
