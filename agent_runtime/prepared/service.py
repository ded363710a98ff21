"""Prepares work about one account as it is known at a moment; reads only."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from agent_runtime.errors import NotThere
from agent_runtime.prepared.artefact import Prepared, as_text
from agent_runtime.prepared.material import Material, gather
from agent_runtime.prepared.meeting import follow_up, held_meeting, meeting_brief, next_meeting
from agent_runtime.prepared.renewal import contract_ahead, renewal_plan
from agent_runtime.prepared.research import research
from agent_runtime.prepared.wording import sources_heading
from agent_runtime.watchtower.company import Company
from memory.scope import AccountScope


class Kind(StrEnum):
    """What can be prepared."""

    MEETING = "meeting"
    RENEWAL = "renewal"
    FOLLOW_UP = "follow_up"
    RESEARCH = "research"


_LACKING = {
    Kind.MEETING: "No meeting with this account lies ahead.",
    Kind.RENEWAL: "No contract of this account ends ahead.",
    Kind.FOLLOW_UP: "No meeting with this account took place.",
    Kind.RESEARCH: "There is no such account.",
}


def compose(
    connection: Connection,
    scope: AccountScope,
    company: Company,
    now: datetime,
    kind: Kind,
    *,
    language: str | None = None,
    about: str = "",
) -> Prepared | None:
    """The artefact of this kind as of `now`; None where there is nothing to prepare for.

    `language`: the reader's, two letters. `about`: the stream and source id of the meeting or contract that is
    meant; else the one that comes next (of a follow-up: that was last).
    """
    material = gather(connection, scope, company, now, language)
    return _COMPOSERS[kind](material, about) if material else None


def everything(
    connection: Connection, scope: AccountScope, company: Company, now: datetime, language: str | None
) -> list[Prepared]:
    """Whatever there is to prepare about the account, each kind once; what comes next first."""
    material = gather(connection, scope, company, now, language)
    found = [composer(material, "") for composer in _COMPOSERS.values()] if material else []
    return [one for one in found if one]


def prepare(
    connection: Connection, scope: AccountScope, company: Company, now: datetime, kind: Kind, language: str | None
) -> Prepared:
    """The same; raises NotThere where there is nothing to prepare for."""
    found = compose(connection, scope, company, now, kind, language=language)
    if found is None:
        raise NotThere(_LACKING[kind], fix="Prepare something else, or import what is missing.")
    return found


def text_of(prepared: Prepared) -> str:
    """The artefact as plain text in its language, each line with the numbers of its sources."""
    return as_text(prepared, sources_heading(prepared.language))


def _meeting(material: Material, about: str) -> Prepared | None:
    meeting = next_meeting(material.view, about)
    return meeting_brief(material, meeting) if meeting else None


def _follow_up(material: Material, about: str) -> Prepared | None:
    meeting = held_meeting(material.view, about)
    return follow_up(material, meeting) if meeting else None


def _renewal(material: Material, about: str) -> Prepared | None:
    contract = contract_ahead(material.view, about)
    return renewal_plan(material, contract) if contract else None


_COMPOSERS: dict[Kind, Callable[[Material, str], Prepared | None]] = {
    Kind.MEETING: _meeting,
    Kind.RENEWAL: _renewal,
    Kind.FOLLOW_UP: _follow_up,
    Kind.RESEARCH: lambda material, _: research(material),
}
