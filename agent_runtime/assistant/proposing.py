"""Turns "remind me to call her tomorrow" into something to confirm: then it is an item of the inbox, never a mail."""

import re
from dataclasses import asdict
from datetime import datetime, time, timedelta
from hashlib import blake2b

from pydantic import SecretStr
from sqlalchemy import Connection, Table, select

from agent_runtime.accounts.inside_item import inside_item
from agent_runtime.assistant import duties
from agent_runtime.assistant.conversation import turn
from agent_runtime.assistant.models import Answer, Proposal
from agent_runtime.assistant.telling import Telling
from agent_runtime.assistant.times import span_of
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import NotThere
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.models import Item
from memory.scope import AccountScope

SIGNAL = "asked_for"
_item: Table = Item.__table__  # type: ignore[attr-defined]
_MORNING = time(9)
_MAIL = re.compile(r"\b(?:mail|e-?mail|write|draft|schreib\w*|entwirf|nachricht)\b", re.IGNORECASE)
_CALL = re.compile(r"\b(?:call|phone|ring|anrufen|anzurufen|ruf\w*|telefonier\w*)\b", re.IGNORECASE)
_OPENING = re.compile(
    r"^(?:please |can you |could you |bitte )*(?:remind me (?:to|that|on|in|at)?"
    r"|set (?:me )?a (?:task|reminder) (?:to|for)|make (?:me )?a (?:task|note) (?:to|for)"
    r"|erinnere? mich (?:daran,?|an)?|leg(?:e)? (?:mir )?eine aufgabe an,?)\s*",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\b(?:about|regarding|wegen|über|zu|zum|zur)\s+(.+?)[.?!]*$", re.IGNORECASE)


def proposed(telling: Telling) -> Answer:
    """What was asked for, prepared and not done."""
    proposal = _proposal(telling)
    said = telling.say("proposed", title=proposal.title)
    return Answer(said, proposals=(proposal,))


def _proposal(telling: Telling) -> Proposal:
    question, records = telling.asked.question, telling.records
    text = " ".join(question.text.split())
    kind = "mail" if _MAIL.search(text) else "call" if _CALL.search(text) else "task"
    to = records.theirs(telling.asked.people[0]) if telling.asked.people else ""
    due = _due(telling, text)
    key = blake2b(f"{records.scope.account_id}|{question.user_id}|{question.at}|{text}".encode(), digest_size=8)
    title = _title(telling, kind, to, text)
    body = "\n".join([text, *_points(telling)])
    return Proposal(key.hexdigest(), kind, title, body, due.isoformat(), to, records.scope.account_id)


def _title(telling: Telling, kind: str, to: str, text: str) -> str:
    if kind == "task" or not to:
        wish = _OPENING.sub("", text).rstrip(".!? ") or text
        return wish[0].upper() + wish[1:]
    about = _ABOUT.search(text)
    matter = f": {about[1]}" if about and to not in about[1] else ""
    return f"{telling.say(f'title_{kind}', whom=to)}{matter}"


def _due(telling: Telling, text: str) -> datetime:
    """Nine o'clock of the day that was named, else of the next working day."""
    records = telling.records
    named = span_of(re.sub(r"\b(tomorrow|morgen)\b", r"on \1", text), records.now, records.zone, ahead=True)
    if named.since and named.since > records.now - timedelta(days=1):
        day = named.since.astimezone(records.zone).date()
    else:
        day = records.now.astimezone(records.zone).date() + timedelta(days=1)
        while not records.company.is_working(day):
            day += timedelta(days=1)
    return datetime.combine(day, _MORNING, records.zone)


def _points(telling: Telling) -> list[str]:
    """What is open with them, to have it at hand; only what is there."""
    known = telling.records.known
    found = []
    if any(x.by == "ours" and x.kept_at is None for x in known.commitments):
        found += duties.promises_ours(telling)
    if any(x.answered_at is None for x in known.questions):
        found += duties.open_questions(telling)
    return [f"- {x.text}" for x in found[:4]]


def confirm(
    connection: Connection, scope: AccountScope, proposal_id: str, turn_id: str, by: str, now: datetime, key: SecretStr
) -> str:
    """Puts what was proposed in a turn before the person who confirms it; gives the item's id, the same at each call.

    Raises NotThere where no such thing was proposed to this account.
    """
    kept = turn(connection, scope, turn_id)
    proposal = next((x for x in kept.answer.proposals if x.id == proposal_id), None) if kept else None
    if proposal is None:
        raise NotThere("Nothing of the kind was proposed.", fix="Ask again.")
    due = datetime.fromisoformat(proposal.due)
    beside = {"why_now": "You asked for it.", "turn": turn_id, "proposal": asdict(proposal)}
    told = (proposal.title, proposal.body)
    item = inside_item(SIGNAL, proposal.id, scope.account_id, by, told, now, max(due, now), beside)
    if connection.scalar(select(_item.c.id).where(_item.c.id == item.id)) is not None:
        return item.id
    entry = Entry(now, ActorKind.USER, by, "assistant.confirmed", item.id, {"turn": turn_id, "kind": proposal.kind})
    audit.append(connection, scope.account_id, [entry, inbox.deliver(connection, item)], install_key=key)
    return item.id
