"""Composes a brief: the sections in the order in which a new owner reads them."""

from collections.abc import Sequence
from hashlib import sha256

import orjson

from memory.brief import of_matters, of_people
from memory.brief.known import Knowledge, Line


def compose(known: Knowledge) -> list[Line]:
    """The lines of the brief; a line that nothing supports is left out, for nobody could check it."""
    found = [
        *of_matters.state(known),
        *of_people.lines(known),
        *sorted(of_matters.commitments(known), key=lambda line: line.section),
        *of_matters.concerns(known),
        *of_matters.answers(known),
        *of_matters.ahead(known),
    ]
    return [line for line in found if line.citations]


def digest(lines: Sequence[Line]) -> str:
    """A hash of the content, which says whether a brief that somebody read is still what it would say now."""
    return sha256(orjson.dumps([tuple(line) for line in lines])).hexdigest()
