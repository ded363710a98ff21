"""What is made of sayings that nothing was learnt from: python -m evals.replies.measure [--requests FILE].

Promises with their day, false promises, holding replies that would close a question, answers that would not, in each
language, with 95 % intervals (Wilson): one filling of each template of the families in `unseen/`, which say what
ordinary mails say, then sayings that were written to be hard. FILE holds real sentences, "Yes" or "No" and a tab before
each: only measured.
"""

import re
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

from agent_runtime.ingest.extract import Says, says
from agent_runtime.ingest.promises import is_request, promises
from evals.gate import wilson
from evals.replies.templates import families, sayings
from tests.unit.agent_runtime.ingest import (
    sayings_eighth,
    sayings_fifth,
    sayings_ninth,
    sayings_sixth,
    sayings_tenth,
)
from tests.unit.agent_runtime.ingest.sayings import dated, lines

SAID_AT, ZONE = datetime(2026, 3, 10, 9, 0, tzinfo=UTC), ZoneInfo("Europe/Berlin")
BLOCKS = ("PROMISED", "NOT_PROMISED", "HOLDING", "ANSWERS")
FAMILIES = (sayings_fifth, sayings_sixth, sayings_eighth, sayings_ninth, sayings_tenth)
LANGUAGES = ("EN", "DE")
PLAIN = re.compile(r"(?i)\b(?:please|can you|could you|will you|would you|let me know|need you|i will|i'll|we will)\b")


def day_of(text: str) -> str:
    """The first day that a text of ours promises, as ISO; empty where it promises none."""
    found = promises(text, SAID_AT, ZONE)
    return datetime.fromisoformat(found[0]["due_at"]).astimezone(ZONE).date().isoformat() if found else ""


def told(promised: str, not_promised: str, holding: str, answers: str) -> str:
    """The figures of one set of sayings, a block of lines for each kind."""
    due = dated(promised)
    held, answered = [says(_reply(text)) for text in lines(holding)], [says(_reply(text)) for text in lines(answers)]
    return "\n".join(
        (
            _share("promises found with their day", sum(day_of(one.text) == one.day for one in due), len(due)),
            _share("promises seen where none is", *_count(lines(not_promised), lambda text: bool(day_of(text)))),
            _share("holding replies that close", held.count(Says.ANSWER), len(held)),
            _share("  in doubt", held.count(Says.PERHAPS), len(held)),
            _share("answers that do not close", len(answered) - answered.count(Says.ANSWER), len(answered)),
            _share("  of these certain", answered.count(Says.LATER), len(answered)),
        )
    )


def _reply(line: str) -> str:
    """What was replied, of a line that may tell in front what was asked."""
    return line.rpartition(" >> ")[2]


def requests(file: Path) -> str:
    """Precision, recall and F1 on the odd lines of real sentences, ours and a plain regular expression's."""
    given = [line.split("\t", 1) for line in file.read_text(encoding="utf-8", errors="replace").splitlines()[1::2]]
    rows = [(one[0] == "Yes", one[1]) for one in given if len(one) == 2]
    return "\n".join(
        f"{name}: {_quality([(wanted, seen(text)) for wanted, text in rows])}"
        for name, seen in (("ours", is_request), ("plain regular expression", lambda text: bool(PLAIN.search(text))))
    )


def _quality(judged: Sequence[tuple[bool, bool]]) -> str:
    right = sum(wanted and seen for wanted, seen in judged)
    precision = right / max(sum(seen for _, seen in judged), 1)
    recall = right / max(sum(wanted for wanted, _ in judged), 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"precision {precision:.2f}, recall {recall:.2f}, F1 {f1:.2f} of {len(judged)} sentences"


def _count(texts: Sequence[str], is_so: Callable[[str], bool]) -> tuple[int, int]:
    return sum(map(is_so, texts)), len(texts)


def _share(name: str, part: int, of: int) -> str:
    low, high = wilson(part, of)
    return f"  {name:32} {part:3} of {of:3}  {100 * part / of:5.1f} %  ({100 * low:.0f} to {100 * high:.0f})"


def blocks(families: Sequence[ModuleType], languages: Sequence[str]) -> list[str]:
    """The blocks of sayings in the order of BLOCKS, each over these families and languages."""
    return ["".join(getattr(one, f"{block}_{x}") for one in families for x in languages) for block in BLOCKS]


def filled_blocks(files: Sequence[Path], languages: Sequence[str]) -> list[str]:
    """The same of families of templates, each template filled once."""
    said = [one for file in files for one in sayings(file, 1) if one.language.upper() in languages]
    return ["\n".join(f"{one.day} {one.text}" if block == "PROMISED" else one.text for one in said
                      if one.block.upper() == block) for block in BLOCKS]  # fmt: skip


def main() -> None:
    """Measures each family of which nothing was learnt, each language alone, then with and without choices made."""
    parser = ArgumentParser(prog="python -m evals.replies.measure", description="Measures what is read out of replies.")
    parser.add_argument("--requests", type=Path)
    chosen = parser.parse_args()
    files = families("unseen")
    for file in files:
        for language in LANGUAGES:
            print(f"{file.stem}, {language}\n{told(*filled_blocks([file], [language]))}")
    print(f"ordinary mails of hands that were never learnt from\n{told(*filled_blocks(files, LANGUAGES))}")
    for family in FAMILIES:
        for language in LANGUAGES:
            print(f"{family.__name__.rsplit('_', 1)[-1]} family, {language}\n{told(*blocks([family], [language]))}")
    for name, some in (("fifth and sixth family, by which the chances were chosen", FAMILIES[:2]),
                           ("eighth family, looked at once, before the last threshold", FAMILIES[2:3]),
                           ("ninth and tenth family, by which they were chosen again", FAMILIES[3:])):  # fmt: skip
        print(f"{name}\n{told(*blocks(some, LANGUAGES))}")
    if chosen.requests:
        print(f"requests in real sentences\n{requests(chosen.requests)}")


if __name__ == "__main__":
    main()
