"""Says what answers say, in the question's language: sentences from wording.toml, days as people write them."""

import tomllib
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from agent_runtime.grounding import GERMAN_MONTHS, MONTHS

LONGEST = 260


@cache
def _sentences() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("agent_runtime.assistant") / "wording.toml").read_text(encoding="utf-8"))


def say(language: str, key: str, **slots: object) -> str:
    """One sentence of the catalogue; KeyError for one that is not there, or a slot that was not given."""
    found: str = _sentences()[language][key]
    return found.format(**slots)


def word(language: str, key: str) -> str:
    """A word of records as people say it, else the key itself with spaces."""
    found: str = _sentences()[language]["words"].get(key, key.replace("_", " "))
    return found


def day_of(moment: datetime | date, zone: ZoneInfo, language: str) -> str:
    """A day as it is written, such as 10 March 2026 or 10. März 2026."""
    day = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
    if language == "de":
        return f"{day.day}. {GERMAN_MONTHS[day.month - 1].title()} {day.year}"
    return f"{day.day} {MONTHS[day.month - 1].title()} {day.year}"


def written_day(text: str, zone: ZoneInfo, language: str) -> str:
    """A day out of a record (2026-03-10…), as it is written; as it stands where it is none."""
    try:
        return day_of(date.fromisoformat(text[:10]), zone, language)
    except ValueError:
        return text


def clock_of(moment: datetime, zone: ZoneInfo) -> str:
    """The time of day as 14:05."""
    return f"{moment.astimezone(zone):%H:%M}"


def shortened(text: str, most: int = LONGEST) -> str:
    """The text on one line, cut at a word where it is longer than `most` characters."""
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[:most].rsplit(' ', 1)[0]} …"
