"""What an account's memory says over HTTP: its brief, its facts, and what it holds on a question."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from agent_runtime.accounts import handover
from agent_runtime.accounts.erasure import By
from agent_runtime.accounts.routes import AccountId
from agent_runtime.brief import corrections
from agent_runtime.brief.gather import brief
from agent_runtime.brief.known_facts import FactLine, known_facts
from agent_runtime.brief.opening import moment_of
from agent_runtime.embedding import embedder_of
from agent_runtime.errors import BadInput
from agent_runtime.http.routing import Asked, Call, Router
from agent_runtime.permissions import CHANGERS, Policy, Right, Target
from memory.brief import digest
from memory.recall import recall

router = Router("memory")
AsOf = Annotated[str | None, Query(max_length=40, description="As it was known then; a time or a day, not ahead.")]
_ONE = Policy(target=Target.ACCOUNT)
_CHANGES = Policy(CHANGERS, Right.DECIDE, Target.ACCOUNT)


class BriefLine(BaseModel):
    """One line of the brief, with the ids of the source records that say so."""

    section: str
    text: str
    citations: list[str]


class BriefPage(BaseModel):
    """The brief as it reads at `as_of`; `digest` names exactly this content."""

    as_of: datetime
    digest: str
    lines: list[BriefLine]


class BriefRead(BaseModel):
    """Which brief was read."""

    digest: str = Field(pattern="^[0-9a-f]{64}$")


class Noted(BaseModel):
    """That it was noted, and whether the brief would still say the same now."""

    present: bool


class Facts(BaseModel):
    """The facts of an account."""

    facts: list[FactLine]


class Judging(BaseModel):
    """What a person says of a fact; `value`: what is right instead, where it is corrected."""

    model_config = ConfigDict(extra="forbid")

    verb: Literal["confirm", "correct", "forget"]
    value: str = Field(default="", max_length=corrections.LONGEST_VALUE)


class Judged(BaseModel):
    """The fact that a person spoke about, and what they said."""

    fact_id: str
    verb: str


class Recalled(BaseModel):
    """One passage, word for word; `start`: its first character in the text. It is hostile until shown as text."""

    episode_id: str
    source: str
    source_id: str
    at: datetime
    speaker: str
    score: float
    quote: str
    start: int
    why: list[str]


class Answer(BaseModel):
    """The best passages; none where memory `abstained` because it holds no answer. `warning`: what limits it."""

    results: list[Recalled]
    abstained: bool
    warning: str


@router.get("/api/accounts/{account_id}/brief", policy=_ONE)
def read_brief(call: Asked, account_id: AccountId, as_of: AsOf = None) -> BriefPage:
    """The living record of the account, each line with its sources; as it reads now, or as it read then."""
    moment = _moment(call, as_of)
    lines = brief(call.connection, call.scope, call.site.premises.company(call.connection, call.now), moment)
    told = [BriefLine(section=x.section, text=x.text, citations=list(x.citations)) for x in lines]
    return BriefPage(as_of=moment, digest=digest(lines), lines=told)


@router.post("/api/accounts/{account_id}/brief/read", policy=_CHANGES)
def note_read(call: Asked, account_id: AccountId, body: BriefRead) -> Noted:
    """Notes in the audit that you read this brief: so a hand-over has arrived."""
    key = call.site.premises.install_key
    account, user = call.scope.account_id, call.principal.user_id
    handover.brief_read(call.connection, account, user, body.digest, call.now, key)
    lines = brief(call.connection, call.scope, call.site.premises.company(call.connection, call.now), call.now)
    return Noted(present=digest(lines) == body.digest)


@router.get("/api/accounts/{account_id}/facts", policy=_ONE)
def read_facts(call: Asked, account_id: AccountId, as_of: AsOf = None, history: bool = False) -> Facts:
    """What is known of the account: dated statements with their sources."""
    moment = _moment(call, as_of) if as_of is not None else None
    return Facts(facts=known_facts(call.connection, call.scope, moment, history=history))


@router.post("/api/accounts/{account_id}/facts/{fact_id}", policy=_CHANGES)
def judge_fact(
    call: Asked, account_id: AccountId, fact_id: Annotated[str, Path(min_length=1, max_length=200)], body: Judging
) -> Judged:
    """Confirms a fact, puts another value in its place, or forgets it; audited in your name."""
    judge(call, fact_id, body.verb, body.value)
    return Judged(fact_id=fact_id, verb=body.verb)


def judge(call: Call, fact_id: str, verb: str, value: str) -> None:
    """Does what a person said of a fact of the call's account."""
    by = By(call.principal.user_id, call.now, call.site.premises.install_key)
    if verb == "correct":
        corrections.correct(call.connection, call.scope, fact_id, value, by)
    elif verb == "confirm":
        corrections.confirm(call.connection, call.scope, fact_id, by)
    else:
        corrections.forget(call.connection, call.scope, fact_id, by)


@router.get("/api/accounts/{account_id}/recall", policy=_ONE)
def read_recall(
    call: Asked,
    account_id: AccountId,
    q: Annotated[str, Query(min_length=1, max_length=2_000)],
    as_of: AsOf = None,
    k: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Answer:
    """What the account's memory holds on a question, word for word, with sources and why each was found."""
    moment = _moment(call, as_of) if as_of is not None else None
    chosen = embedder_of(call.site.premises.settings)
    embedder = chosen.embedder if chosen else None
    found = recall(call.connection, call.scope, q, as_of=moment, k=k, embedder=embedder)
    results = [Recalled(**{**x._asdict(), "why": list(x.why)}) for x in found.results]
    warning = chosen.warning if chosen and chosen.warning else found.warning
    return Answer(results=results, abstained=found.abstained, warning=warning)


def _moment(call: Call, as_of: str | None) -> datetime:
    moment = moment_of(as_of, call.now)
    if moment > call.now and as_of != call.now.date().isoformat():
        raise BadInput("That time has not come.", fix="Name one that has, or leave as_of out.")
    return min(moment, call.now)
