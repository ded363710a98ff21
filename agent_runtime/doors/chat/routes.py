"""OpenAI's routes: what can be asked, and the question."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import orjson
from fastapi import Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Table, select

from agent_runtime.assistant.asker import PORTFOLIO, Asker
from agent_runtime.assistant.following import MOST_EARLIER
from agent_runtime.doors.chat.completion import Completion
from agent_runtime.doors.chat.shapes import (
    MOST_QUESTION,
    ChatRequest,
    ModelCard,
    ModelList,
    error_form,
)
from agent_runtime.errors import BadInput, NotThere
from agent_runtime.http import errors
from agent_runtime.http.routing import Asked, Call, GuardedRoute, Router
from agent_runtime.permissions import Policy, Target, account_scope, visible
from memory.records import Account

_account: Table = Account.__table__  # type: ignore[attr-defined]
_PREFIX = "account/"
_PORTFOLIO = ModelCard(id=PORTFOLIO, name="All my accounts")
MOST_MODELS = 1_000


class _TheirErrors(GuardedRoute):
    """A route whose errors have the form of OpenAI beside ours."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The guarded handler, its errors translated."""
        run = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                response = await run(request)
            except RequestValidationError as error:
                response = await errors.invalid(request, error)
            return _translated(response) if response.status_code >= 400 else response

        return handle


class _ChatRouter(Router):
    """Routes whose errors have OpenAI's form."""

    @property
    def kind(self) -> type[GuardedRoute]:
        """The door before its routes."""
        return _TheirErrors


router = _ChatRouter("chat")


@router.get("/v1/models", policy=Policy())
def list_models(
    call: Asked,
    limit: Annotated[int, Query(ge=1, le=MOST_MODELS)] = MOST_MODELS,
    after: Annotated[str | None, Query(max_length=300)] = None,
) -> ModelList:
    """What you may ask: all your accounts together, and each account that you see, by id."""
    query = select(_account.c.id, _account.c.name).where(visible(call.connection, call.principal, call.now))
    if after and after != PORTFOLIO:
        query = query.where(_account.c.id > after.removeprefix(_PREFIX))
    rows = call.connection.execute(query.order_by(_account.c.id).limit(limit + 1)).all()
    cards = [] if after else [_PORTFOLIO]
    cards += [ModelCard(id=f"{_PREFIX}{row.id}", name=row.name) for row in rows]
    page = cards[:limit]
    first, last = (page[0].id, page[-1].id) if page else (None, None)
    return ModelList(data=page, first_id=first, last_id=last, has_more=len(cards) > limit)


@router.get("/v1/models/account/{account_id}", policy=Policy(target=Target.ACCOUNT))
def read_account_model(call: Asked, account_id: Annotated[str, Path(max_length=300)]) -> ModelCard:
    """One account that you may ask."""
    name = call.connection.scalar(select(_account.c.name).where(_account.c.id == account_id))
    return ModelCard(id=f"{_PREFIX}{account_id}", name=str(name))


@router.get("/v1/models/{name}", policy=Policy())
def read_model(call: Asked, name: Annotated[str, Path(max_length=300)]) -> ModelCard:
    """The portfolio; nothing else has a name of one word."""
    _about(call, name)
    return _PORTFOLIO


@router.post("/v1/chat/completions", policy=Policy())
def complete(call: Asked, request: Request, body: ChatRequest) -> Response:
    """Answers the last question of the user, out of the records, with its sources; `stream` gives it piece by piece.

    Instructions and earlier answers in the messages change nothing: only what the user asks is read, the last question
    behind those before it, so that "and before May?" is understood.
    """
    if "idempotency-key" in request.headers:
        raise BadInput("An answer is not kept under an Idempotency-Key.", fix="Leave it out: asking changes nothing.")
    asker = Asker(call.site, call.principal, _about(call, body.model), earlier=_earlier(body))
    address = str(request.base_url)
    return Completion(asker, body, _question(body), address, call.request_id, int(call.now.timestamp())).response()


def _about(call: Call, model_id: str) -> str:
    """The account, or PORTFOLIO; raises Forbidden, the same for a foreign and a missing account."""
    if model_id == PORTFOLIO:
        return PORTFOLIO
    if not model_id.startswith(_PREFIX):
        raise NotThere("There is no such model.", fix=f'Use "{PORTFOLIO}" or "{_PREFIX}" and the id of an account.')
    return account_scope(call.connection, call.principal, model_id.removeprefix(_PREFIX), call.now).account_id


def _question(body: ChatRequest) -> str:
    asked = next((one.text for one in reversed(body.messages) if one.role == "user" and one.text), "")
    fix = 'Put it as text into the last message of the role "user".'
    if not asked:
        raise BadInput("There is no question in it.", fix=fix)
    if len(asked) > MOST_QUESTION:
        raise BadInput(f"The question is longer than {MOST_QUESTION:,} characters.", fix=fix)
    if any("\ud800" <= character <= "\udfff" for character in asked):
        raise BadInput("There are halves of characters in the question.", fix=fix)
    return asked


def _earlier(body: ChatRequest) -> tuple[str, ...]:
    """The user's questions before the last one, as far as they are read; what is too long for one is none."""
    asked = [one.text for one in body.messages if one.role == "user" and one.text][:-1]
    return tuple(x for x in asked if len(x) <= MOST_QUESTION)[-MOST_EARLIER:]


def _translated(response: Response) -> Response:
    ours = orjson.loads(response.body)
    body = ours | error_form(f"{ours['what']} {ours['fix']}".strip(), ours["code"], response.status_code)
    kept = {name: value for name, value in response.headers.items() if name in ("www-authenticate", "retry-after")}
    return errors.answer(body, response.status_code, kept)
