"""What was changed between two versions of a draft, word by word. Pure."""

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

_WORD = re.compile(r"\s+|[^\s]+")
# Beyond this many words a comparison by words takes too long for a page; then lines are compared.
_MOST_WORDS = 4_000


class Piece(NamedTuple):
    """A stretch of text that stayed, was added or was taken away."""

    kind: Literal["same", "added", "removed"]
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """The pieces of which both texts are made, in reading order."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > _MOST_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    pieces: list[Piece] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[old_from:old_to])))
            continue
        pieces += [Piece("removed", "".join(old[old_from:old_to]))] if old_to > old_from else []
        pieces += [Piece("added", "".join(new[new_from:new_to]))] if new_to > new_from else []
    return pieces
