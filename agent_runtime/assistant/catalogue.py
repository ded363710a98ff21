"""The ways of asking that are surely understood, read from questions.toml: patterns in order. Pure."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from agent_runtime.assistant.kinds import asked_with
from memory.words import words

SAID = "said"
"""The intent of a question that nothing in the catalogue fits: what was said is searched."""

PORTFOLIO = "portfolio"
# Kinds that search what was said, and kinds that may be asked of one matter: these find it themselves.
SEARCHED = frozenset({SAID, "told", "asked"})
OF_MATTER = SEARCHED | {"answered", "inherited", "open_questions", "promises_ours", "promises_theirs"}
_PLAIN = re.compile(r"(?<!\\)[a-zäöüß']{3,}")
_LONG = re.compile(r"(?<!\\)[a-zäöüß]{6,}")


@dataclass(frozen=True, slots=True)
class Intent:
    """One kind of question. `absence`: it may be answered that something is not."""

    name: str
    patterns: tuple[re.Pattern[str], ...]
    examples: tuple[str, ...]
    absence: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All intents in the order in which they are tried, and the stems of words that are never a question's matter.

    `light`: stems that are none either where the question is of a kind that has no matter of its own. `left_out`:
    stems of the words with which a question is put that leaves the rest to the one before it.
    """

    section: str
    intents: tuple[Intent, ...]
    everyday: frozenset[str]
    light: frozenset[str]
    left_out: frozenset[str]

    def fitting(self, text: str) -> str | None:
        """The first intent of which a pattern fits `text` (small letters)."""
        return next((x.name for x in self.intents if any(p.search(text) for p in x.patterns)), None)

    def asking(self, intent: str, stems: Iterable[str]) -> frozenset[str]:
        """Those of the stems that begin like a word for which the patterns of the intent look."""
        looked_for = [
            piece for x in self.intents if x.name == intent for p in x.patterns for piece in _LONG.findall(p.pattern)
        ]
        return frozenset(x for x in stems if any(x.startswith(piece) for piece in looked_for))

    def absence(self, intent: str) -> bool:
        """Whether an answer of this intent may rest on having seen nothing."""
        return any(x.absence for x in self.intents if x.name == intent)


@cache
def catalogue() -> Catalogue:
    """The catalogue of the house."""
    return _read("account", "intent")


@cache
def portfolio_catalogue() -> Catalogue:
    """The questions over all that somebody sees."""
    return _read(PORTFOLIO, "portfolio")


def _read(section: str, table: str) -> Catalogue:
    plain = tomllib.loads((files("agent_runtime.assistant") / "questions.toml").read_text(encoding="utf-8"))
    intents = tuple(
        Intent(x["name"], tuple(map(re.compile, x["patterns"])), tuple(x.get("examples", ())), x.get("absence", False))
        for x in plain[table]
    )
    asking = [example for intent in intents for example in intent.examples]
    # What a pattern looks for is how one asks, not what one asks about.
    asking += [part for intent in intents for pattern in intent.patterns for part in _PLAIN.findall(pattern.pattern)]
    everyday = frozenset(words(" ".join([*asking, *plain["everyday"].values()])))
    light = frozenset(words(" ".join(plain["light"].values()))) | asked_with()
    left_out = frozenset(words(" ".join(plain["left_out"].values())))
    return Catalogue(section, intents, everyday, light, left_out)


def matter(text: str, known: Catalogue) -> tuple[str, ...]:
    """The stems of a text that no everyday word has, each once, in order."""
    return tuple(dict.fromkeys(x for x in words(text) if x not in known.everyday and len(x) > 1))
