"""The assistant of an account as part of its page: a form, what was asked before, answers whose sources open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from agent_runtime.assistant.asking import Asking
from agent_runtime.assistant.conversation import Turn, turns
from agent_runtime.assistant.models import Proposal, Source
from agent_runtime.assistant.proposing import confirmed
from agent_runtime.http.errors import ours
from agent_runtime.web.account_sources import passage
from agent_runtime.web.door import error_page
from agent_runtime.web.page import PageCall

SHOWN = 20
# What people ask most; each is one press.
CHIPS = (
    "What did we promise them?", "What comes next?", "Which questions of theirs are open?", "Who decides?",
    "What changed in the last 30 days?",
)  # fmt: skip
_EVENT = "ev-"


@dataclass(frozen=True, slots=True)
class Cited:
    """One source of an answer as it is shown: its number, what it is, its words, and the link that opens it."""

    number: int
    title: str
    at: str
    quote: str
    href: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer with the sources that say so."""

    text: str
    cited: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One turn as it is shown."""

    id: str
    by: str
    at: datetime
    question: str
    sentences: tuple[Sentence, ...]
    plain: str
    refused: bool
    cannot_see: tuple[str, ...]
    notes: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    sources: tuple[Cited, ...]
    model: str | None


def conversation_of(call: PageCall, called: Mapping[str, str]) -> dict[str, Any]:
    """What was asked of this account, the latest first, whoever asked it."""
    found = turns(call.connection, call.scope, SHOWN)
    done = confirmed(call.connection, call.scope, [one.id for x in found for one in x.answer.proposals])
    return {"turns": [_asked(x, called) for x in found], "chips": CHIPS, "confirmed": done}


def _asked(turn: Turn, called: Mapping[str, str]) -> Asked:
    answer = turn.answer
    cited = {x.id: _cited(number, x) for number, x in enumerate(answer.sources, 1)}
    sentences = tuple(
        Sentence(x.text, tuple(cited[one] for one in x.citations if one in cited)) for x in answer.statements
    )
    return Asked(
        id=turn.id, by=called.get(turn.asked_by, turn.asked_by), at=turn.asked_at, question=turn.question,
        sentences=sentences, plain="" if sentences else answer.answer, refused=answer.refused,
        cannot_see=answer.cannot_see, notes=answer.notes, proposals=answer.proposals,
        sources=tuple(cited.values()), model=answer.model,
    )  # fmt: skip


def _cited(number: int, source: Source) -> Cited:
    """The source; one that stands on a timeline opens there with its words highlighted."""
    place = urlsplit(source.link)
    href = source.link if source.link.startswith("/") else ""
    if place.fragment.startswith(_EVENT):
        words = source.quote.removesuffix("…").strip()
        href = passage(source.account_id, place.fragment.removeprefix(_EVENT), words, tab="assistant")
    return Cited(number, source.title, source.at, source.quote, href)


class Answered(Response):
    """Answers a question when the request holds no transaction any more, and then goes back to the conversation."""

    def __init__(self, asking: Asking, request: Request) -> None:
        super().__init__(status_code=303)
        self.asking = asking
        self.request = request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, then sends the browser on."""
        try:
            body = await self.asking.body()
            there = f"/accounts/{self.asking.account_id}?tab=assistant#{body['turn_id'] or 'panel'}"
            response = Response(status_code=303, headers={"Location": there, "Cache-Control": "no-store"})
        except Exception as error:  # noqa: BLE001  each becomes a page; what nobody foresaw is logged
            response = error_page(self.request, ours(error, self.asking.request_id))
        await response(scope, receive, send)
