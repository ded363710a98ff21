"""Promises of ours in a text of ours: a sentence that says what we will do, and by when."""

from datetime import datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from agent_runtime.ingest.due import due_at
from agent_runtime.ingest.extract import LONGEST_SENTENCE, sentences
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


def _promise(sentence: str, said_at: datetime, zone: ZoneInfo) -> Promise | None:
    words = PHRASES["promise"].search(sentence)
    if not words or len(sentence) > LONGEST_SENTENCE or sentence.endswith("?"):
        return None
    if PHRASES["no_promise"].search(sentence):
        return None
    due = due_at(sentence, said_at, zone)
    if due is None:
        return None
    what = sentence[words.start() :][:LONGEST_WHAT]
    return Promise(quote=sentence[:LONGEST_QUOTE], due_at=due.isoformat(), what=what)
