"""Families of templates that one hand wrote: what a mail may say, with expressions of time and the days they name."""

import random
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
LANGUAGES = ("en", "de")
_SLOT = re.compile(r"\{(\w+)\}")
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_SYLLABLES = (
    "ba", "ko", "ri", "ten", "lum", "sa", "dor", "mi", "fex", "pra", "zo", "gel", "nu", "vi", "ker", "to", "lan", "bro",
    "sti", "qua",
)  # fmt: skip


class Said(NamedTuple):
    """One filling of a template: in which language and block it stands, and the day (ISO) that it names, if any."""

    language: str
    block: str
    template: str
    text: str
    day: str


def families(folder: str) -> list[Path]:
    """The families of a folder beside this file: `templates` are learnt from, `unseen` are only measured."""
    return sorted((HERE / folder).glob("*.toml"))


def sayings(family: Path, copies: int, seed: int = 0) -> Iterator[Said]:
    """`copies` fillings of each template of a family, the same for the same seed."""
    chance = random.Random(seed)
    given = tomllib.loads(family.read_text(encoding="utf-8"))
    for language in LANGUAGES:
        texts = given[language]
        slots = {name: block.strip().splitlines() for name, block in texts["slots"].items()}
        slots |= {"when": list(texts["when"]), "When": [x[0].upper() + x[1:] for x in texts["when"]]}
        days = {x.casefold(): day for x, day in texts["when"].items()}
        for block, templates in texts["templates"].items():
            for template in templates.strip().splitlines():
                for _ in range(copies):
                    text, when = filled(template, slots, chance)
                    yield Said(language, block, template, text, days.get(when.casefold(), ""))


def filled(template: str, slots: dict[str, list[str]], chance: random.Random) -> tuple[str, str]:
    """The template with a line of each slot and one of each (a|b), and what stands for {when}.

    {digits} is a number, {odd} a word that nobody knows.
    """
    text, when = template, ""
    while found := _CHOICE.search(text) or _SLOT.search(text):
        chosen = _chosen(found, slots, chance)
        when = chosen if found[1].casefold() == "when" else when
        text = text[: found.start()] + chosen + text[found.end() :]
    return " ".join(text.split()), when


def _chosen(found: re.Match[str], slots: dict[str, list[str]], chance: random.Random) -> str:
    if found[0][0] == "(":
        return str(chance.choice(found[1].split("|")))
    if found[1] == "digits":
        return str(chance.randrange(2, 10 ** chance.choice((1, 2, 3, 5))))
    if found[1] == "odd":
        return "".join(chance.choice(_SYLLABLES) for _ in range(chance.choice((2, 3))))
    return chance.choice(slots[found[1]])
