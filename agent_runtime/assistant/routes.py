"""The assistant over HTTP: asking one account or all that one sees, its conversation, and confirming a proposal."""

from datetime import datetime
from typing import Annotated, cast

from fastapi import Request, Response
from pydantic import BaseModel, Field

from agent_runtime.accounts.routes import AccountId
from agent_runtime.assistant.asking import Asking
from agent_runtime.assistant.cards import item_of
from agent_runtime.assistant.conversation import turns
from agent_runtime.assistant.models import Answer, Proposal, Source, Statement
from agent_runtime.assistant.proposing import confirm
from agent_runtime.errors import BadInput
from agent_runtime.http.paging import Cursor, Limit, cursor_of, read_cursor
from agent_runtime.http.routing import Asked, Call, Router
from agent_runtime.permissions import CHANGERS, Policy, Right, Target

router = Router("assistant")
_ONE = Policy(target=Target.ACCOUNT)
_CONFIRM = Policy(CHANGERS, Right.DECIDE, Target.ACCOUNT)


class Ask(BaseModel):
    """A question in words; `stream`: the answer as events, piece by piece, then whole.

    `earlier`: what was asked before in the same conversation, the latest last, so that "and before May?" is
    understood; without it, of an account, what you asked of it in the last half hour.
    """

    question: str = Field(min_length=1, max_length=2_000)
    stream: bool = False
    earlier: list[Annotated[str, Field(max_length=2_000)]] | None = Field(default=None, max_length=50)


class AnswerPage(BaseModel):
    """An answer. `kept`: it stands in the conversation of the account as `turn_id`, and the next owner sees it."""

    answer: str
    statements: list[Statement]
    refused: bool
    reason: str
    cannot_see: list[str]
    proposals: list[Proposal]
    sources: list[Source]
    model: str | None
    notes: list[str]
    kind: str
    turn_id: str
    kept: bool


class TurnLine(BaseModel):
    """One turn of the conversation: who asked what when, and what was answered then."""

    id: str
    asked_by: str
    asked_at: datetime
    question: str
    answer: Answer


class Conversation(BaseModel):
    """The turns, the latest first; whoever owns the account next sees them too."""

    turns: list[TurnLine]
    next: str | None


class Confirm(BaseModel):
    """Which turn proposed it."""

    turn_id: str = Field(min_length=1, max_length=64)


class Confirmed(BaseModel):
    """The item that it became: `item_id` stands in the inbox, or comes to it on its day."""

    title: str
    due: str
    item_id: str


@router.post("/api/accounts/{account_id}/ask", policy=_ONE, response_model=AnswerPage)
def ask_account(call: Asked, request: Request, account_id: AccountId, body: Ask) -> Response:
    """Answers a question about the account out of its records, each sentence with its sources.

    The question and its answer are kept with the account: who owns it next sees them. An auditor's are not.
    """
    return _asking(call, request, call.scope.account_id, body)


@router.post("/api/ask", policy=Policy(), response_model=AnswerPage)
def ask_all(call: Asked, request: Request, body: Ask) -> Response:
    """Answers a question across all accounts that you see; nothing is kept."""
    return _asking(call, request, None, body)


def _asking(call: Call, request: Request, account_id: str | None, body: Ask) -> Response:
    if "idempotency-key" in request.headers:
        raise BadInput(
            "An answer is not kept under an Idempotency-Key.", fix="Leave it out; asking twice does no harm."
        )
    earlier = None if body.earlier is None else tuple(body.earlier)
    asking = Asking(call.site, call.principal, account_id, body.question, call.request_id, earlier)
    return asking.response(stream=body.stream)


@router.get("/api/accounts/{account_id}/conversation", policy=_ONE)
def read_conversation(call: Asked, account_id: AccountId, limit: Limit = 50, cursor: Cursor = None) -> Conversation:
    """What was asked of this account and answered, the latest first, whoever asked."""
    place = cast(tuple[str, str] | None, read_cursor(cursor, str, str))
    try:
        before = (datetime.fromisoformat(place[0]), place[1]) if place else None
    except ValueError:
        raise BadInput("This cursor is not one that a page gave.", fix="Begin without it.") from None
    found = turns(call.connection, call.scope, limit + 1, before)
    last = found[limit - 1] if len(found) > limit else None
    lines = [
        TurnLine(id=x.id, asked_by=x.asked_by, asked_at=x.asked_at, question=x.question, answer=x.answer)
        for x in found[:limit]
    ]
    return Conversation(turns=lines, next=cursor_of(last.asked_at.isoformat(), last.id) if last else None)


@router.post("/api/accounts/{account_id}/proposals/{proposal_id}/confirm", policy=_CONFIRM)
def confirm_proposal(call: Asked, account_id: AccountId, proposal_id: str, body: Confirm) -> Confirmed:
    """Puts what the assistant prepared into your inbox; a second time changes nothing. Nothing is sent."""
    done = confirm(
        call.connection, call.scope, proposal_id, body.turn_id, call.principal.user_id, call.now,
        call.site.premises.install_key,
    )  # fmt: skip
    return Confirmed(title=done.title, due=done.due, item_id=item_of(done))
