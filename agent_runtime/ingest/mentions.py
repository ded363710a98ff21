"""What a text gives away beside its matter: a rival, a concern, a wish for more, and promises without a day."""

from collections.abc import Iterator
from datetime import datetime
from typing import NotRequired, TypedDict
from zoneinfo import ZoneInfo

from agent_runtime.ingest.due import due_at
from agent_runtime.ingest.extract import LONGEST_SENTENCE, is_promise, sentences
from agent_runtime.ingest.phrases import PHRASES
from agent_runtime.ingest.promises import LONGEST_QUOTE, promises

# In the order in which a sentence is asked; one sentence may say several of them.
_OF_THEIRS = ("competitor", "concern", "buying")


class Mention(TypedDict):
    """`kind`: competitor, contract_end, concern, buying, their_promise (of theirs); callback, follow_up (of ours);
    summary_step (of ours, as a machine wrote it).

    `quote`: the sentence; `due_at`: ISO in UTC, where it names a day.
    """

    kind: str
    quote: str
    due_at: NotRequired[str]


def of_theirs(text: str, said_at: datetime, zone: ZoneInfo) -> list[Mention]:
    """What a text of the customer gives away, in its order."""
    found = [mention for sentence in sentences(text) for mention in _theirs(sentence, said_at, zone)]
    to_us = [x for x in promises(text, said_at, zone) if PHRASES["to_reader"].search(x["quote"])]
    found += [Mention(kind="their_promise", quote=x["quote"], due_at=x["due_at"]) for x in to_us]
    return found


def of_ours(text: str, said_at: datetime, zone: ZoneInfo) -> list[Mention]:
    """What we promised in a text of ours without naming a day: a call back, or to come back to it."""
    return [mention for sentence in sentences(text) if (mention := _undated(sentence, said_at, zone))]


def of_notes(text: str, said_at: datetime, zone: ZoneInfo) -> list[Mention]:
    """What notes of ours tell of the customer; a note that promises, promises to ourselves."""
    return [mention for sentence in sentences(text) for mention in _theirs(sentence, said_at, zone)]


def _theirs(sentence: str, said_at: datetime, zone: ZoneInfo) -> Iterator[Mention]:
    if len(sentence) > LONGEST_SENTENCE:
        return
    quote = sentence[:LONGEST_QUOTE]
    for kind in _OF_THEIRS:
        if PHRASES[kind].search(sentence) and not PHRASES[f"no_{kind}"].search(sentence):
            yield Mention(kind=kind, quote=quote)
    if PHRASES["contract_end"].search(sentence):
        ends = due_at(sentence, said_at, zone)
        if ends:
            yield Mention(kind="contract_end", quote=quote, due_at=ends.isoformat())


def _undated(sentence: str, said_at: datetime, zone: ZoneInfo) -> Mention | None:
    if not is_promise(sentence) or PHRASES["delivers"].search(sentence) or due_at(sentence, said_at, zone):
        return None
    if PHRASES["callback"].search(sentence):
        return Mention(kind="callback", quote=sentence[:LONGEST_QUOTE])
    if PHRASES["follow_up"].search(sentence):
        return Mention(kind="follow_up", quote=sentence[:LONGEST_QUOTE])
    return None
