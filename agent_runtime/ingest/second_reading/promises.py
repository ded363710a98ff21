"""Promises of ours that the program did not see: sentences that stand word for word in what we wrote."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent_runtime.ingest.extract import LONGEST_READ, is_promise
from agent_runtime.ingest.promises import LONGEST_QUOTE
from agent_runtime.ingest.second_reading.texts import Found, Text, standing
from agent_runtime.llm import ModelRequest
from agent_runtime.llm.schemas import FoundPromise, FoundPromises
from prompts import load

# A text that promises more than this was not understood.
MOST_OF_A_TEXT = 5
_FARTHEST = timedelta(days=400)
# Somebody of ours who does something, or the reader who gets something: without it there is nothing to ask about.
_OURS = re.compile(r"\b(?:I|we|you(?:'ll| will| get)|ich|wir|Sie (?:erhalten|bekommen))\b", re.IGNORECASE)


class Promises:
    """Reads mails and messages of ours for promises."""

    slot = "unconfirmed_promise"
    event = "promise.unconfirmed"

    def is_in(self, text: Text) -> bool:
        """Every mail and message: what was read before is known."""
        return text.kind != "call"

    def request(self, text: Text, zone: ZoneInfo, now: datetime) -> ModelRequest[FoundPromises]:
        """Asks which promises stand there and when they fall due."""
        said_on = f"{text.said_at.astimezone(zone):%A %Y-%m-%d}"
        inputs = {"said_on": said_on, "written_by": "us", "text": text.words[:LONGEST_READ]}
        return ModelRequest(load("extract_promises"), inputs, FoundPromises, "extract_promises", text.account_id, now)

    def questions(self, text: Text, reply: FoundPromises) -> Iterator[Found]:
        """The sentences of ours that the program did not see, each once, with the day that the model read."""
        yield from _questions(text, reply.promises)


def _questions(text: Text, given: Iterable[FoundPromise]) -> Iterator[Found]:
    seen: set[str] = set()
    for one in given:
        known = any(one.quote in quote or quote in one.quote for quote in text.known)
        if one.by != "us" or known or one.quote in seen or not _may_promise(one.quote):
            continue
        for span in standing(text, one.quote):
            seen.add(one.quote)
            day = _day(one.due, text.said_at)
            yield Found(f"{one.quote} ({day}?)" if day else one.quote, one.quote, span)
        if len(seen) == MOST_OF_A_TEXT:
            return


def _may_promise(quote: str) -> bool:
    """A sentence with a doer in it and no question, or what the program itself takes for a promise without a day."""
    plain = quote.strip()
    return len(plain) <= LONGEST_QUOTE and not plain.endswith("?") and bool(is_promise(plain) or _OURS.search(plain))


def _day(due: str, said_at: datetime) -> str:
    """The day as the model read it, where it lies ahead of the text."""
    try:
        ahead = date.fromisoformat(due) - said_at.date()
    except ValueError:
        return ""
    return due if timedelta(0) <= ahead <= _FARTHEST else ""
