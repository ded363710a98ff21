"""Puts a case into words: the phrasings of phrases.toml, each kind's one after the other."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from agent_runtime.demo.truth import DemoTruth
from agent_runtime.grounding import GERMAN_MONTHS, MONTHS
from evals.suites.assistant.truth import World

FOLDER = Path(__file__).parent
SEED, ACCOUNTS, EACH = 7, 120, 6
FIRST, LATER = "first", "later"
# In the order in which they were written; each later one was run once before anything was changed for it.
WORDINGS = (FIRST, LATER, "unseen_2", "unseen_3")


class Making:
    """Cases of one world in one of WORDINGS; each case gets the next phrasing of its kind.

    Of the first wording there is one in three in German; of a later one each phrasing is asked once.
    """

    def __init__(self, world: World, truth: DemoTruth, wording: str) -> None:
        self.world, self.truth, self.wording = world, truth, wording
        self.rng = Random(SEED + WORDINGS.index(wording))
        self.phrases = tomllib.loads((FOLDER / "phrases.toml").read_text(encoding="utf-8"))
        self.cases: list[dict[str, Any]] = []
        self._used: dict[str, int] = {}

    def add(self, kind: str, group: str, account: str, expect: Mapping[str, Any], **slots: str) -> None:
        """One more case of `kind`; `slots` fill its phrasing and that of the question before it, where there is one.

        `user` and `at` say who asks when.
        """
        number = self._used[kind] = self._used.get(kind, 0) + 1
        phrasing = self._phrasing(kind, number)
        if phrasing is None:
            return
        language, text = phrasing
        told = dict(slots)
        if "day" in told:
            told["day"] = slots["day"].split("|")[language == "de"]
        row = {
            "id": f"{kind}/{'' if self.wording == FIRST else f'{self.wording}-'}{number}",
            "segments": {"kind": group, "language": language, "wording": self.wording},
            "account": account, "question": text.format_map(_Given(told)), "expect": dict(expect),
        }  # fmt: skip
        if before := self.phrases[kind].get(f"before_{language}"):
            row["earlier"] = [before.format_map(_Given(told))]
        self.cases.append(row | {name: told[name] for name in ("user", "at") if name in told})

    def _phrasing(self, kind: str, number: int) -> tuple[str, str] | None:
        """Language and words of the case; None where every phrasing of a later wording was asked."""
        if self.wording == FIRST:
            language = "de" if number % 3 == 0 else "en"
            phrasings = self.phrases[kind][language]
            return language, phrasings[(number - 1 - number // 3) % len(phrasings)]
        found = self.worded(kind)
        if self.wording == LATER and found:
            return found[(number - 1) % len(found)]
        return found[number - 1] if number <= len(found) else None

    def worded(self, kind: str) -> list[tuple[str, str]]:
        """The phrasings of a kind in a later wording, each with its language."""
        said = self.phrases[kind]
        german = [("de", x) for x in said.get(f"{self.wording}_de", ())]
        return [*(("en", x) for x in said.get(self.wording, ())), *german]

    def sample(self, rows: list[Any], most: int = EACH) -> list[Any]:
        """Some of the rows, the same ones each time."""
        return self.rng.sample(rows, min(most, len(rows), most if self.wording == FIRST else EACH // 2))

    def planted(self, *kinds: str, pending: bool = False) -> Iterator[tuple[str, tuple[str, ...], datetime]]:
        """Account, records and beginning of each planted situation of these kinds; `pending`: of those still open."""
        for one in self.truth.planted:
            if one.kind in kinds and one.account_id and (one.open_at_end or not pending):
                yield one.account_id, one.record_ids, one.at


class _Given(dict[str, str]):
    def __missing__(self, key: str) -> str:
        raise KeyError(f"no slot {key}")


def both(day: datetime) -> str:
    """A day as both languages write it, with | between."""
    english, german = MONTHS[day.month - 1].title(), GERMAN_MONTHS[day.month - 1].title()
    return f"{day.day} {english} {day.year}|{day.day}. {german} {day.year}"


def says(*days: datetime) -> list[str]:
    """What an answer says of a day, in either language."""
    return [one for day in days for one in both(day).split("|")]
