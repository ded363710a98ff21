"""Promises of ours in a text of ours: a sentence that says what we will do, and by when."""

import re
from datetime import datetime
from typing import NotRequired, TypedDict
from zoneinfo import ZoneInfo

from agent_runtime.ingest.due import due_at
from agent_runtime.ingest.extract import LONGEST_SENTENCE, asks, is_promise, sentences
from agent_runtime.ingest.phrases import PHRASES

LONGEST_QUOTE, LONGEST_WHAT = 300, 160
_CLAUSE = re.compile(r",?\s+(?:and then|and|then|und dann|und|dann|danach)\s+|;\s+", re.IGNORECASE)


class Promise(TypedDict):
    """`quote`: the sentence; `due_at`: ISO in UTC; `what`: from who promises on, else the whole.

    `on_site`: to be somewhere in person, where neither mail nor call shows whether somebody was.
    """

    quote: str
    due_at: str
    what: str
    on_site: NotRequired[bool]


def promises(text: str, said_at: datetime, zone: ZoneInfo) -> list[Promise]:
    """The dated promises of a text that we wrote or said, in its order; one without a date is none."""
    found = (_promise(sentence, said_at, zone) for sentence in sentences(text))
    return [promise for promise in found if promise]


def is_request(sentence: str) -> bool:
    """Whether a sentence wants something done: asked for, ordered, proposed or invited to; lists that sell do not."""
    if len(sentence) > LONGEST_SENTENCE or PHRASES["selling"].search(sentence):
        return False
    return asks(sentence) or bool(PHRASES["demand"].search(sentence))


def _promise(sentence: str, said_at: datetime, zone: ZoneInfo) -> Promise | None:
    said = PHRASES["refers"].sub("", sentence)
    if not is_promise(said):
        return None
    due = due_at(_delivering(said), said_at, zone) or due_at(said, said_at, zone)
    if due is None:
        return None
    begins = PHRASES["promiser"].search(said)
    what = said[begins.start() if begins else 0 :][:LONGEST_WHAT]
    promise = Promise(quote=sentence[:LONGEST_QUOTE], due_at=due.isoformat(), what=what)
    in_person = PHRASES["on_site"].search(said) and not PHRASES["shows"].search(said)
    return promise | {"on_site": True} if in_person else promise


def _delivering(sentence: str) -> str:
    """Of several clauses the one in which something reaches the reader: "testing today, and you get it on Friday"."""
    first, *others = _CLAUSE.split(sentence)
    if not others or PHRASES["to_reader"].search(first):
        return ""
    return next((one for one in others if PHRASES["to_reader"].search(one)), "")
