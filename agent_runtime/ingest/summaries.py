"""What the phone system's summary of a call says that we do next: English and German."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from agent_runtime.ingest.due import due_at
from agent_runtime.ingest.extract import sentences
from agent_runtime.ingest.mentions import Mention
from agent_runtime.ingest.promises import LONGEST_QUOTE

KIND: Final = "summary_step"
"""A machine wrote it, so that it is kept apart from what was said: whether it counts is asked when it is read."""

MOST_STEPS: Final = 5
_LISTS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("summaries.toml").read_text(encoding="utf-8"))
_ITEM: Final = re.compile(r"[;\n]|(?:^|\s)(?:[-*•]|\d[.)])\s+")


def steps_of(summary: str, our_names: Iterable[str], said_at: datetime, zone: ZoneInfo) -> list[Mention]:
    """Each step of ours in its order, with the day that it names; what the customer does is none. `our_names`: as
    they are written of our own people."""
    we = "|".join((*_LISTS["we"], *(re.escape(name) for name in our_names if name)))
    will = re.compile("|".join(one.replace("{we}", f"(?:{we})") for one in _LISTS["will"]), re.IGNORECASE)
    return [_step(item, said_at, zone) for item in _items(summary, will)][:MOST_STEPS]


def _items(summary: str, will: re.Pattern[str]) -> Iterator[str]:
    under_heading = False
    for line in summary.splitlines():
        heading = _HEADING.match(line.strip())
        under_heading = bool(heading) or (under_heading and _ITEM.match(line.strip()) is not None)
        for part in _ITEM.split(line.strip()[heading.end() if heading else 0 :]):
            for sentence in sentences(part):
                ours = will.search(sentence) or (under_heading and not _THEIRS.search(sentence))
                if ours and not _NOTHING.search(sentence):
                    yield sentence


def _step(sentence: str, said_at: datetime, zone: ZoneInfo) -> Mention:
    step, due = Mention(kind=KIND, quote=sentence[:LONGEST_QUOTE]), due_at(sentence, said_at, zone)
    if due:
        step["due_at"] = due.isoformat()
    return step


def _any(name: str) -> re.Pattern[str]:
    return re.compile("|".join(_LISTS[name]), re.IGNORECASE)


_HEADING, _THEIRS, _NOTHING = _any("heading"), _any("theirs"), _any("nothing")
