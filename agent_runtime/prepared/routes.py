"""Prepared work over HTTP: composed fresh from what is known of the account, in the reader's language."""

from datetime import datetime

from pydantic import BaseModel

from agent_runtime.accounts.routes import AccountId
from agent_runtime.http.routing import Asked, Router
from agent_runtime.permissions import Policy, Target
from agent_runtime.prepared.artefact import as_plain
from agent_runtime.prepared.service import Kind, prepare, text_of

router = Router("prepared")


class PreparedLine(BaseModel):
    """One line, with the ids of the source records that say so."""

    text: str
    citations: list[str]


class PreparedSection(BaseModel):
    """Lines under a heading; `key` names the section in every language."""

    key: str
    heading: str
    lines: list[PreparedLine]


class PreparedSource(BaseModel):
    """A record that is cited; `activity_id` is empty for a row of the directory."""

    number: int
    id: str
    label: str
    activity_id: str


class PreparedPage(BaseModel):
    """The artefact, and `text`: the same as plain text; `digest` names what it rests on.

    `when`: the time of the meeting, or the end of the contract; null for the research.
    """

    kind: str
    title: str
    about: str
    language: str
    made_at: datetime
    when: datetime | None
    digest: str
    sections: list[PreparedSection]
    sources: list[PreparedSource]
    text: str


@router.get("/api/accounts/{account_id}/prepared/{kind}", policy=Policy(target=Target.ACCOUNT))
def read_prepared(call: Asked, account_id: AccountId, kind: Kind) -> PreparedPage:
    """What one needs for the next meeting, the renewal or the last meeting's follow-up, or all that is known."""
    company = call.site.premises.company(call.connection, call.now)
    reader = company.people.get(call.principal.user_id)
    language = reader.language if reader else None
    prepared = prepare(call.connection, call.scope, company, call.now, kind, language)
    return PreparedPage(**as_plain(prepared), text=text_of(prepared))
