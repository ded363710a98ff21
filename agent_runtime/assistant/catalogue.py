"""The ways of asking that are understood, read from questions.toml: patterns first, else the nearest example. Pure."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from memory.embed import Embedder, EmbedderFault
from memory.embed.port import Vectors
from memory.words import words

SAID = "said"
"""The intent of a question that nothing in the catalogue fits: what was said is searched."""

# An example must be this near (cosine), and this much nearer than the best one of any other intent.
NEAR, NEARER = 0.7, 0.03
# A word that speaks for one intent alone is enough, even one of every day, which counts half.
LIKELY, HALF = 0.5, 0.5
_PLAIN = re.compile(r"(?<!\\)[a-zäöüß']{3,}")
_LONG = re.compile(r"(?<!\\)[a-zäöüß]{6,}")
_EMBEDDED: dict[str, Vectors] = {}


@dataclass(frozen=True, slots=True)
class Intent:
    """One kind of question. `words`: stems that speak for it; `absence`: it may be answered that something is not."""

    name: str
    patterns: tuple[re.Pattern[str], ...]
    examples: tuple[str, ...]
    words: frozenset[str]
    absence: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All intents in the order in which they are tried, and the stems of words that are never a question's matter."""

    intents: tuple[Intent, ...]
    everyday: frozenset[str]

    def fitting(self, text: str) -> str | None:
        """The first intent of which a pattern fits `text` (small letters)."""
        return next((x.name for x in self.intents if any(p.search(text) for p in x.patterns)), None)

    def likeliest(self, stems: Iterable[str]) -> str | None:
        """The intent that most of these stems speak for, the rarer the more; None where two do alike, or hardly any."""
        weights = dict.fromkeys((x.name for x in self.intents), 0.0)
        for stem in set(stems):
            having = [x.name for x in self.intents if stem in x.words]
            for name in having:
                weights[name] += (HALF if stem in self.everyday else 1) / len(having)
        (best, most), (_, second) = sorted(weights.items(), key=lambda x: -x[1])[:2]
        return best if most >= LIKELY and most > second else None

    def asking(self, intent: str, stems: Iterable[str]) -> frozenset[str]:
        """Those of the stems that begin like a word for which the patterns of the intent look."""
        looked_for = [
            piece for x in self.intents if x.name == intent for p in x.patterns for piece in _LONG.findall(p.pattern)
        ]
        return frozenset(x for x in stems if any(x.startswith(piece) for piece in looked_for))

    def words_of(self, intent: str) -> frozenset[str]:
        """The stems that speak for an intent."""
        return next((x.words for x in self.intents if x.name == intent), frozenset())

    def absence(self, intent: str) -> bool:
        """Whether an answer of this intent may rest on having seen nothing."""
        return any(x.absence for x in self.intents if x.name == intent)


@cache
def catalogue() -> Catalogue:
    """The catalogue of the house."""
    return _read("intent")


@cache
def portfolio_catalogue() -> Catalogue:
    """The questions over all that somebody sees."""
    return _read("portfolio")


def _read(section: str) -> Catalogue:
    plain = tomllib.loads((files("agent_runtime.assistant") / "questions.toml").read_text(encoding="utf-8"))
    intents = tuple(
        Intent(
            x["name"], tuple(map(re.compile, x["patterns"])), tuple(x.get("examples", ())),
            frozenset(words(x.get("words", ""))), x.get("absence", False),
        )
        for x in plain[section]
    )  # fmt: skip
    asking = [example for intent in intents for example in intent.examples]
    # What a pattern looks for is how one asks, not what one asks about.
    asking += [part for intent in intents for pattern in intent.patterns for part in _PLAIN.findall(pattern.pattern)]
    return Catalogue(intents, frozenset(words(" ".join([*asking, *plain["everyday"].values()]))))


def nearest(text: str, known: Catalogue, embedder: Embedder | None) -> str | None:
    """The intent with the example nearest in meaning to `text`; None where none is near, or nothing can embed."""
    if embedder is None or not text.strip():
        return None
    try:
        names, vectors = _examples(known, embedder)
        near = vectors @ embedder.embed([text])[0]
    except EmbedderFault:
        return None
    best = int(near.argmax())
    others = [value for name, value in zip(names, near.tolist(), strict=True) if name != names[best]]
    clear = near[best] >= NEAR and near[best] - max(others) >= NEARER
    return names[best] if clear else None


def _examples(known: Catalogue, embedder: Embedder) -> tuple[list[str], Vectors]:
    """All examples by their intent, embedded once for each model of the process."""
    pairs = [(intent.name, example) for intent in known.intents for example in intent.examples]
    key = f"{embedder.model} {len(known.intents)}"
    if key not in _EMBEDDED:
        _EMBEDDED[key] = embedder.embed([example for _, example in pairs])
    return [name for name, _ in pairs], _EMBEDDED[key]
