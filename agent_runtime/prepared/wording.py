"""The words of prepared work: one TOML file a language, with the days and quotation marks of that language."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

LANGUAGES = ("en", "de")
LONGEST_QUOTE = 240
# What could end a quotation or look like the number of a source is written otherwise inside of one.
_NEUTRAL = str.maketrans({"“": "'", "”": "'", "„": "'", '"': "'", "[": "(", "]": ")"})


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language, and the company's zone in which days are told."""

    language: str
    texts: Mapping[str, Any]
    zone: ZoneInfo

    def line(self, name: str, /, **values: object) -> str:
        """A line with its places filled."""
        pattern: str = self.texts["lines"][name]
        return pattern.format(**values)

    def named(self, group: str, name: str) -> str:
        """A word of a group, else the name itself as words."""
        return str(self.texts[group].get(name) or name.replace("_", " "))

    def heading(self, name: str, /, **values: object) -> str:
        """The heading of a section."""
        pattern: str = self.texts["headings"][name]
        return pattern.format(**values)

    def title(self, name: str, /, **values: object) -> str:
        """The title of an artefact."""
        pattern: str = self.texts["titles"][name]
        return pattern.format(**values)

    def day(self, moment: datetime) -> str:
        """The day of a moment, as people write it."""
        local = moment.astimezone(self.zone)
        pattern: str = self.texts["day"]
        return pattern.format(day=local.day, month=self.texts["months"][local.month - 1], year=local.year)

    def moment(self, moment: datetime) -> str:
        """Weekday, day and clock of a moment."""
        local = moment.astimezone(self.zone)
        pattern: str = self.texts["moment"]
        weekday = self.texts["weekdays"][local.weekday()]
        return pattern.format(weekday=weekday, date=self.day(moment), time=f"{local.hour}:{local.minute:02d}")

    def month(self, year: int, month: int) -> str:
        """A month of a year."""
        return f"{self.texts['months'][month - 1]} {year}"

    def quoted(self, text: object) -> str:
        """Somebody's words on one line in quotation marks, which nothing inside can end; shortened where endless."""
        plain = " ".join(str(text or "").translate(_NEUTRAL).split())
        shown = plain if len(plain) <= LONGEST_QUOTE else f"{plain[:LONGEST_QUOTE].rstrip()} …"
        return f"{self.texts['open_quote']}{shown}{self.texts['close_quote']}" if shown else ""

    def behind(self, text: object) -> str:
        """The quotation behind a colon; nothing where there are no words."""
        quoted = self.quoted(text)
        return f": {quoted}" if quoted else "."


def plain(text: object) -> str:
    """A name out of a record on one line, without what could look like a source's number."""
    return " ".join(str(text or "").translate(_NEUTRAL).split())[:LONGEST_QUOTE]


def words_of(language: str | None, zone: ZoneInfo) -> Words:
    """The words of a language; English where there are none."""
    known = (language or "").lower()[:2]
    chosen = known if known in LANGUAGES else LANGUAGES[0]
    return Words(chosen, _texts(chosen), zone)


def sources_heading(language: str) -> str:
    """The heading of the list of sources."""
    return str(_texts(language)["headings"]["sources"])


@cache
def _texts(language: str) -> Mapping[str, Any]:
    path = files("agent_runtime.prepared") / "words" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
