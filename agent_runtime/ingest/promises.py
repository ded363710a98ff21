"""Promises of ours in a text of ours: a sentence that says what we will do, and by when."""

from datetime import datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from agent_runtime.ingest.due import due_at
from agent_runtime.ingest.extract import LONGEST_SENTENCE, asks, sentences
from agent_runtime.ingest.phrases import PHRASES

LONGEST_QUOTE, LONGEST_WHAT = 300, 160


class Promise(TypedDict):
    """`quote`: the sentence; `due_at`: ISO in UTC; `what`: from the promising words on."""

    quote: str
    due_at: str
    what: str


def promises(text: str, said_at: datetime, zone: ZoneInfo) -> list[Promise]:
    """The dated promises of a text that we wrote or said, in its order; one without a date is none."""
    found = (_promise(sentence, said_at, zone) for sentence in sentences(text))
    return [promise for promise in found if promise]


def is_promise(sentence: str) -> bool:
    """Whether a sentence says what its writer will do, with or without a day; a condition, a refusal and a question
    promise nothing."""
    if len(sentence) > LONGEST_SENTENCE or sentence.endswith("?") or not PHRASES["promise"].search(sentence):
        return False
    return not PHRASES["no_promise"].search(PHRASES["whether"].sub("", sentence))


def is_request(sentence: str) -> bool:
    """Whether a sentence wants something done: asked for, ordered, proposed or invited to; lists that sell do not."""
    if len(sentence) > LONGEST_SENTENCE or PHRASES["selling"].search(sentence):
        return False
    return asks(sentence) or bool(PHRASES["demand"].search(sentence))


def _promise(sentence: str, said_at: datetime, zone: ZoneInfo) -> Promise | None:
    if not is_promise(sentence):
        return None
    due = due_at(sentence, said_at, zone)
    if due is None:
        return None
    words = PHRASES["promise"].search(sentence)
    assert words is not None
    what = sentence[words.start() :][:LONGEST_WHAT]
    return Promise(quote=sentence[:LONGEST_QUOTE], due_at=due.isoformat(), what=what)
