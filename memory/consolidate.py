"""Consolidation: a judgement that says in other words what is noted already is one more source of the same fact."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, Table, bindparam, select

from memory.facts import Statement
from memory.records import Fact

PREFIX = "judgement."
# So much of the words that carry meaning must be shared; who and how many must be the same altogether.
LEAST_SHARED = 0.5
STEM = 5
_fact: Table = Fact.__table__  # type: ignore[attr-defined]
_STANDING = select(_fact.c.account_id, _fact.c.slot, _fact.c.value).where(
    _fact.c.account_id.in_(bindparam("accounts", expanding=True)), _fact.c.slot.like(f"{PREFIX}%")
)
_WORD = re.compile(r"[^\W_]+(?:'\w+)?")
_NO = re.compile(r"(?i)\b(?:not|no|never|\w+n't|nicht|kein\w*|nie|niemals)\b")
_EMPTY = frozenset(
    (
        "a", "an", "the", "and", "or", "of", "to", "in", "on", "at", "for", "with", "is", "are", "be", "it", "this",
        "that", "she", "he", "they", "her", "him", "his", "them", "please", "very", "just", "der", "die", "das", "und",
        "oder", "ein", "eine", "zu", "mit", "ist", "sie", "er", "es", "bitte", "den", "dem", "im", "am", "auf",
        "not", "no", "never", "don't", "doesn't", "do", "does", "nicht", "nie", "niemals", "kein", "keine",
    )
)  # fmt: skip


class _Sense(NamedTuple):
    """What a sentence is about: stems of its words, the names and numbers in it, whether it denies."""

    stems: frozenset[str]
    names: frozenset[str]
    denies: bool


def consolidated(connection: Connection, statements: Iterable[Statement]) -> list[Statement]:
    """The statements, where a judgement says the same as one that stands or came before it as that one's words."""
    items = list(statements)
    judged = {item.account_id for item in items if item.slot.startswith(PREFIX)}
    if not judged:
        return items
    known: dict[str, list[tuple[_Sense, str, str]]] = {}
    for account_id, slot, value in connection.execute(_STANDING, {"accounts": sorted(judged)}):
        known.setdefault(account_id, []).append((_sense(value), slot, value))
    return [_settled(item, known) if item.slot.startswith(PREFIX) else item for item in items]


def _settled(item: Statement, known: dict[str, list[tuple[_Sense, str, str]]]) -> Statement:
    sense = _sense(item.value)
    standing = known.setdefault(item.account_id, [])
    for other, slot, value in standing:
        if _alike(sense, other):
            return item._replace(slot=slot, value=value)
    standing.append((sense, item.slot, item.value))
    return item


def _sense(sentence: str) -> _Sense:
    words = _WORD.findall(sentence)
    # The first word has its capital from its place.
    names = {word.casefold() for word in words[1:] if word[0].isupper()}
    names |= {word.casefold() for word in words if any(map(str.isdigit, word))}
    stems = {word.casefold()[:STEM] for word in words if word.casefold() not in _EMPTY}
    return _Sense(frozenset(stems), frozenset(names), bool(_NO.search(sentence)))


def _alike(one: _Sense, other: _Sense) -> bool:
    if one.names != other.names or one.denies != other.denies:
        return False
    shared, every = len(one.stems & other.stems), len(one.stems | other.stems)
    return every > 0 and shared / every >= LEAST_SHARED
