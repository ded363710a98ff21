"""A prepared artefact: sections of cited lines, as structure and as plain text with numbered sources."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

MOST_LINES = 6
# Sections that follow from the others, or change with every mail: they make no prepared artefact another one.
PASSING = frozenset({"points", "steps", "unknown", "changed", "history", "sight"})


class Line(NamedTuple):
    """One line; `citations` are ids of source records of the account, never empty."""

    text: str
    citations: tuple[str, ...]


class Section(NamedTuple):
    """Lines under a heading; `key` names the section in every language."""

    key: str
    heading: str
    lines: tuple[Line, ...]


class CitedSource(NamedTuple):
    """A record that is cited: its place in the list, its id, what it is in words, and the activity that shows it."""

    number: int
    id: str
    label: str
    activity_id: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was prepared about one matter of an account at `made_at`.

    `about` names the record of the matter, `when` is the time of the meeting, or the end of the contract.
    """

    kind: str
    title: str
    about: str
    language: str
    made_at: datetime
    when: datetime | None
    sections: tuple[Section, ...]
    sources: tuple[CitedSource, ...]

    @property
    def digest(self) -> str:
        """A hash of what it rests on: the same while nothing material has changed."""
        cited = [
            (section.key, sorted({one for line in section.lines for one in line.citations}))
            for section in self.sections
            if section.key not in PASSING
        ]
        return sha256(orjson.dumps([self.kind, self.about, self.when, cited])).hexdigest()


def section(key: str, heading: str, lines: Iterable[Line], more: str = "") -> Iterator[Section]:
    """The section with its first lines, none where nothing supports a line; `more` says how many are not shown."""
    kept = list(dict.fromkeys(line for line in lines if line.citations))
    shown, rest = kept[:MOST_LINES], kept[MOST_LINES:]
    if rest and more:
        cited = tuple(dict.fromkeys(one for line in rest for one in line.citations))
        shown.append(Line(more.format(number=len(rest)), cited[:MOST_LINES]))
    if shown:
        yield Section(key, heading, tuple(shown))


def cited_ids(sections: Iterable[Section]) -> list[str]:
    """The ids that the sections cite, each once, in the order of the text."""
    found = (one for part in sections for line in part.lines for one in line.citations)
    return list(dict.fromkeys(found))


def as_text(prepared: Prepared, sources_heading: str) -> str:
    """The artefact as plain text: each line with the numbers of its sources, which are listed at the end."""
    number = {source.id: source.number for source in prepared.sources}
    parts = [
        "\n".join([part.heading, *(f"- {line.text} {_marks(line, number)}" for line in part.lines)])
        for part in prepared.sections
    ]
    listed = [f"[{source.number}] {source.label}" for source in prepared.sources]
    return "\n\n".join([*parts, "\n".join([sources_heading, *listed])])


def _marks(line: Line, number: dict[str, int]) -> str:
    return "".join(f"[{number[one]}]" for one in line.citations)


def as_plain(prepared: Prepared) -> dict[str, Any]:
    """The artefact as plain values; times are ISO 8601."""
    return {
        "kind": prepared.kind,
        "title": prepared.title,
        "about": prepared.about,
        "language": prepared.language,
        "made_at": prepared.made_at.isoformat(),
        "when": prepared.when.isoformat() if prepared.when else None,
        "digest": prepared.digest,
        "sections": [
            {
                "key": part.key,
                "heading": part.heading,
                "lines": [{"text": line.text, "citations": list(line.citations)} for line in part.lines],
            }
            for part in prepared.sections
        ],
        "sources": [source._asdict() for source in prepared.sources],
    }
