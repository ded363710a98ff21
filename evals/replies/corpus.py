"""Sentences that the model of replies learns from, made from the templates of this folder."""

import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from agent_runtime.ingest.saying import EMPTY, HOLDS, TELLS
from evals.replies.templates import LANGUAGES, families, filled, sayings

HERE = Path(__file__).parent
# What a group of templates teaches: what a reply of it does, and whether it promises; None where it teaches nothing.
GROUPS: dict[str, tuple[int | None, bool | None]] = {
    "tells": (TELLS, False), "deeds": (TELLS, True), "words": (HOLDS, True), "holds": (HOLDS, None),
    "empty": (EMPTY, False), "no_promise": (None, False), "frames": (EMPTY, None), "facts": (TELLS, None),
    "vows": (None, True),
}  # fmt: skip
# The same of the blocks of `written/`.
WRITTEN: dict[str, tuple[int | None, bool | None]] = {
    "promised": (None, True), "not_promised": (None, False), "holding": (HOLDS, None), "answers": (TELLS, None),
    "empty": (EMPTY, None),
}  # fmt: skip
_BEFORE = {
    "en": (
        "Hi {name}, ", "Thanks, ", "OK, ", "Hello, ", "Just quickly: ", "So, ", "{name}, ", "As to {thing}: ",
        "Short answer to your point: ", "To your question: ", "On {thing}: ", "As for your mail: ", "Your question: ",
    ),
    "de": (
        "Hallo {name}, ", "Danke, ", "OK, ", "Guten Tag, ", "Kurz: ", "Also, ", "{name}, ", "Zum Thema: ",
        "Zu Ihrer Frage: ", "Kurze Antwort auf Ihre Frage: ", "Zu {wem}: ", "Wegen Ihrer Mail: ", "Ihre Frage: ",
    ),
}  # fmt: skip


class Taught(NamedTuple):
    """A sentence with what it does as a reply and whether it promises; None where it is not to teach that."""

    text: str
    reply: int | None
    promise: bool | None


def written() -> dict[str, list[Taught]]:
    """The sentences of `written/` by file, each of some trades in both languages; replies stand behind a question."""
    return {file.stem: list(_of_file(file)) for file in _files()}


def questions() -> list[Taught]:
    """What was asked in `written/`, each once: a question neither tells something nor puts off, nor does it promise."""
    asked = (line.rpartition(" >> ")[0] for file in _files() for _, line in _lines(file))
    return [Taught(text, EMPTY, False) for text in dict.fromkeys(asked) if text]


def _files() -> list[Path]:
    return sorted((HERE / "written").glob("*.toml"))


def _of_file(file: Path) -> Iterator[Taught]:
    for block, line in _lines(file):
        yield Taught(line.rpartition(" >> ")[2], *WRITTEN[block])


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    blocks = tomllib.loads(file.read_text(encoding="utf-8"))
    for language in LANGUAGES:
        for block in WRITTEN:
            yield from ((block, line) for line in blocks[language].get(block, "").strip().splitlines())


def generate(copies: int, seed: int = 0) -> Iterator[Taught]:
    """`copies` sentences from each of our templates of both languages, the same for the same seed."""
    chance = random.Random(seed)
    for language in LANGUAGES:
        texts = tomllib.loads((HERE / f"texts_{language}.toml").read_text(encoding="utf-8"))
        slots = {name: block.strip().splitlines() for name, block in texts["slots"].items()}
        for group, (reply, promise) in GROUPS.items():
            for template in texts["groups"][group].strip().splitlines():
                for _ in range(copies):
                    before = chance.choice(_BEFORE[language]) if chance.random() < 0.15 else ""
                    text, _ = filled(before + template, slots, chance)
                    yield Taught(_varied(text, chance), reply, promise)


def of_families(copies: int, seed: int = 0) -> dict[str, list[Taught]]:
    """`copies` sentences from each template of each family that is learnt from, by the family's name."""
    chance = random.Random(seed)
    return {
        family.stem: [
            Taught(_varied(said.text.rpartition(" >> ")[2], chance), *WRITTEN[said.block])
            for said in sayings(family, copies, seed)
        ]
        for family in families("templates")
    }


def _varied(text: str, chance: random.Random) -> str:
    """The sentence as people type it: now and then in lower case, or without its end."""
    text = text[:1].upper() + text[1:] if chance.random() < 0.8 else text.lower()
    if text[-1] not in ".?!" and chance.random() < 0.8:
        text += "!" if chance.random() < 0.05 else "."
    return text
