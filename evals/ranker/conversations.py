"""Long conversations between two people, generated from our own texts, with questions and the answering turns."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from string import Formatter
from typing import Any, NamedTuple

TEXTS = Path(__file__).with_name("texts.toml")
NAMES = (
    "Nora", "Elias", "Ruth", "Caspar", "Yusuf", "Linnea", "Otto", "Farah", "Dmitri", "Salome", "Björn", "Imani",
    "Jasper", "Leonie", "Mateo", "Greta", "Wanda", "Theo", "Aiko", "Rufus",
)  # fmt: skip
BEGIN = datetime(2024, 1, 8, 9, 0, tzinfo=UTC)
# People often remember what was said, and not by whom.
TOLD_BY_THE_WRONG_ONE = 0.4


class Turn(NamedTuple):
    """One turn; `at` is aware UTC."""

    speaker: str
    at: datetime
    text: str


class Asking(NamedTuple):
    """A question, and the places of all turns that answer it; none where nobody ever spoke of it."""

    question: str
    answers: tuple[int, ...]


class _Telling(NamedTuple):
    turn: int
    speaker: str
    theme: str
    fact: int
    values: dict[str, str]


@dataclass(slots=True)
class Conversation:
    """Turns in the order of time, and what is asked of them."""

    turns: list[Turn] = field(default_factory=list)
    askings: list[Asking] = field(default_factory=list)


def load() -> dict[str, Any]:
    """The texts: pools, themes, talk."""
    return tomllib.loads(TEXTS.read_text(encoding="utf-8"))


def generate(texts: dict[str, Any], themes: Sequence[str], seed: int, sessions: int = 18) -> Conversation:
    """One conversation about some of these themes; the same seed gives the same one."""
    return _Writer(texts, themes, Random(seed)).write(sessions)


class _Writer:
    def __init__(self, texts: dict[str, Any], themes: Sequence[str], random: Random) -> None:
        self.random = random
        self.pools, self.talk = texts["pools"], texts["talk"]
        known = [theme for theme in texts["themes"] if theme["name"] in themes]
        self.silent = random.sample(known, min(2, len(known) // 4))
        self.themes = [theme for theme in known if theme not in self.silent]
        self.names = random.sample(NAMES, 2)
        self.told: list[_Telling] = []
        self.made = Conversation()
        self.at = BEGIN

    def write(self, sessions: int) -> Conversation:
        for _ in range(sessions):
            self._session()
            self.at += timedelta(days=self.random.randint(2, 20), hours=self.random.randint(-3, 3))
        self._ask()
        return self.made

    def _session(self) -> None:
        speaker, other = self.random.sample(self.names, 2)
        self._say(speaker, other, self._one("greetings"), plain=True)
        self._say(other, speaker, self._one("greetings"), plain=True)
        for theme in self.random.sample(self.themes, self.random.randint(2, min(4, len(self.themes)))):
            speaker, other = self.random.sample(self.names, 2)
            self._theme(theme, speaker, other)
        self._say(speaker, other, self._one("farewells"), plain=True)
        self._say(other, speaker, self._one("farewells"), plain=True)

    def _theme(self, theme: dict[str, Any], speaker: str, other: str) -> None:
        if self.random.random() < 0.7:
            self._say(other, speaker, self.random.choice(theme["lead"]))
        for fact in self.random.sample(range(len(theme["facts"])), self.random.randint(1, 2)):
            self._tell(theme, fact, speaker, other)
            self._react(theme, speaker, other)
            if self.random.random() < 0.35:
                speaker, other = other, speaker
        if self.random.random() < 0.5:
            self._say(speaker, other, self.random.choice(theme["chat"]))

    def _tell(self, theme: dict[str, Any], fact: int, speaker: str, other: str) -> None:
        saying = self.random.choice(theme["facts"][fact]["say"])
        values = {name: self.random.choice(self.pools[name]) for name in _slots(saying)}
        self.told.append(_Telling(len(self.made.turns), speaker, theme["name"], fact, values))
        self._say(speaker, other, _capital(saying.format(**values)))

    def _react(self, theme: dict[str, Any], speaker: str, other: str) -> None:
        for _ in range(self.random.randint(1, 3)):
            kind = self.random.choice(("reactions", "follow_ups", "fillers", "chat"))
            self._say(other, speaker, self.random.choice(theme["chat"]) if kind == "chat" else self._one(kind))
            if kind == "follow_ups":
                self._say(speaker, other, self._one("answers"))
            else:
                speaker, other = other, speaker

    def _say(self, speaker: str, other: str, core: str, plain: bool = False) -> None:
        before = [] if plain or self.random.random() < 0.6 else [self._one("reactions")]
        after = (
            [] if plain or self.random.random() < 0.5 else [self._one(self.random.choice(("fillers", "follow_ups")))]
        )
        text = " ".join([*before, core, *after]).format(other=other)
        self.made.turns.append(Turn(speaker, self.at, text))
        self.at += timedelta(minutes=self.random.randint(1, 3))

    def _one(self, kind: str) -> str:
        found: str = self.random.choice(self.talk[kind])
        return found

    def _ask(self) -> None:
        for theme in self.themes:
            for number, fact in enumerate(theme["facts"]):
                for name in self.names:
                    self._ask_fact(theme["name"], number, fact, name)
            for name in self.names:
                self._ask_theme(theme["name"], name)
        for theme in self.silent:
            for fact in theme["facts"]:
                question = self.random.choice(fact["ask"]).format(who=self.random.choice(self.names))
                self.made.askings.append(Asking(question, ()))

    def _ask_fact(self, theme: str, number: int, fact: dict[str, Any], name: str) -> None:
        tellings = [one for one in self.told if (one.theme, one.fact) == (theme, number)]
        own = [one for one in tellings if one.speaker == name]
        if not own:
            return
        who = name
        if len(own) == len(tellings) and self.random.random() < TOLD_BY_THE_WRONG_ONE:
            who = next(one for one in self.names if one != name)
        question = self.random.choice(fact["ask"]).format(who=who)
        one = self.random.choice(own)
        special = [value for value in one.values.values() if sum(value in other.values.values() for other in own) == 1]
        if special and len(own) > 1:
            question, own = f"{question[:-1]} in connection with {self.random.choice(special)}?", [one]
        self._add(question, own)
        if "all" in fact:
            self._add(fact["all"].format(who=name), [one for one in tellings if one.speaker == name])

    def _ask_theme(self, theme: str, name: str) -> None:
        own = [one for one in self.told if (one.theme, one.speaker) == (theme, name)]
        if 1 < len(own) <= 6 and self.random.random() < 0.5:
            self._add(f"What did {name} tell about the subject of {theme}?", own)

    def _add(self, question: str, tellings: list[_Telling]) -> None:
        self.made.askings.append(Asking(question, tuple(one.turn for one in tellings)))


def _slots(saying: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(saying) if name]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
