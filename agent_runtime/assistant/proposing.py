"""Turns "remind me to call her tomorrow" into something to confirm; confirmed, it lands in the inbox, never outside."""

import re
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from hashlib import blake2b

from pydantic import SecretStr
from sqlalchemy import Connection, Table, select

from agent_runtime import jobs
from agent_runtime.assistant import duties
from agent_runtime.assistant.cards import card_of
from agent_runtime.assistant.conversation import turn
from agent_runtime.assistant.models import Answer, Proposal
from agent_runtime.assistant.telling import Telling
from agent_runtime.assistant.times import span_of
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import NotThere
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.attested import SOURCE
from memory import timeline
from memory.records import Activity
from memory.scope import AccountScope
from memory.timeline import NewActivity

_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_MORNING, _EVENING = time(9), time(17)
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
    day = telling.day(datetime.fromisoformat(proposal.due))
    said = telling.say("proposed_later" if proposal.shown_at else "proposed", title=proposal.title, day=day)
    return Answer(said, proposals=(proposal,))


def _proposal(telling: Telling) -> Proposal:
    question, records = telling.asked.question, telling.records
    text = " ".join(question.text.split())
    kind = "mail" if _MAIL.search(text) else "call" if _CALL.search(text) else "task"
    contact = telling.asked.people[0] if telling.asked.people else ""
    to = records.theirs(contact)
    named = _named_day(telling, text)
    day = named or _next_working_day(telling)
    shown = datetime.combine(named, _MORNING, records.zone) if named else None
    key = blake2b(f"{records.scope.account_id}|{question.user_id}|{question.at}|{text}".encode(), digest_size=8)
    return Proposal(
        id=key.hexdigest(), kind=kind, title=_title(telling, kind, to, text), body=_body(telling, to, text),
        due=datetime.combine(day, _EVENING, records.zone).isoformat(), to=to, contact_id=contact,
        account_id=records.scope.account_id,
        shown_at=shown.isoformat() if shown and shown > records.now else "", wish=text,
    )  # fmt: skip


def _title(telling: Telling, kind: str, to: str, text: str) -> str:
    if kind == "task" or not to:
        wish = _OPENING.sub("", text).rstrip(".!? ") or text
        return wish[0].upper() + wish[1:]
    about = _ABOUT.search(text)
    matter = f": {about[1]}" if about and to not in about[1] else ""
    return f"{telling.say(f'title_{kind}', whom=to)}{matter}"


def _named_day(telling: Telling, text: str) -> date | None:
    """The day that was named, where it is not over."""
    records = telling.records
    named = span_of(re.sub(r"\b(tomorrow|morgen)\b", r"on \1", text), records.now, records.zone, ahead=True)
    today = records.now.astimezone(records.zone).date()
    day = named.since.astimezone(records.zone).date() if named.since else None
    return day if day and day >= today else None


def _next_working_day(telling: Telling) -> date:
    records = telling.records
    day = records.now.astimezone(records.zone).date() + timedelta(days=1)
    while not records.company.is_working(day):
        day += timedelta(days=1)
    return day


def _body(telling: Telling, to: str, text: str) -> str:
    """The lines of the card: whom, what was asked for, and what is open with them."""
    lines = [telling.say("card_person", who=to)] if to else []
    return "\n".join([*lines, telling.say("card_wish", wish=text), *_points(telling)])


def _points(telling: Telling) -> list[str]:
    """What is open with them, to have it at hand; only what is there."""
    known = telling.records.known
    found = []
    if any(x.by == "ours" and x.kept_at is None for x in known.commitments):
        found += duties.promises_ours(telling)
    if any(x.answered_at is None for x in known.questions):
        found += duties.open_questions(telling)
    return [telling.say("card_open", what=x.text) for x in found[:4]]


def confirm(
    connection: Connection, scope: AccountScope, proposal_id: str, turn_id: str, by: str, now: datetime, key: SecretStr
) -> Proposal:
    """Puts what was proposed in a turn before the person who confirms it; a second time changes nothing.

    It is a task of the account, owed like any other, and its card stands in their inbox until it is decided or done.
    Raises NotThere where no such thing was proposed to this account.
    """
    kept = turn(connection, scope, turn_id)
    proposal = next((x for x in kept.answer.proposals if x.id == proposal_id), None) if kept else None
    if proposal is None:
        raise NotThere("Nothing of the kind was proposed.", fix="Ask again.")
    task = _task(proposal, by, now)
    same = (_activity.c.source == task.source, _activity.c.source_id == task.source_id)
    if connection.scalar(select(_activity.c.id).where(*same)) is not None:
        return proposal
    (added,) = timeline.add(connection, [task])
    jobs.wake(connection, [scope.account_id])
    card = inbox.deliver(connection, card_of(connection, scope, proposal, added.activity_id, by, now))
    told = {"turn": turn_id, "kind": proposal.kind, "due": proposal.due}
    entry = Entry(now, ActorKind.USER, by, "assistant.confirmed", proposal.id, told)
    audit.append(connection, scope.account_id, [entry, card], install_key=key)
    return proposal


def confirmed(connection: Connection, scope: AccountScope, proposal_ids: Collection[str]) -> set[str]:
    """Which of these proposals to this account somebody has confirmed."""
    by_record = {_record(one): one for one in proposal_ids}
    mine = (_activity.c.account_id == scope.account_id, _activity.c.source == SOURCE)
    query = select(_activity.c.source_id).where(*mine, _activity.c.source_id.in_(sorted(by_record)))
    return {by_record[found] for found in connection.scalars(query)}


def _record(proposal_id: str) -> str:
    return f"{proposal_id}:task.created"


def _task(proposal: Proposal, by: str, now: datetime) -> NewActivity:
    channel = {"mail": "email", "call": "call"}.get(proposal.kind)
    data = {"task_id": proposal.id, "subject": proposal.title, "due_at": proposal.due, "channel": channel}
    return NewActivity(
        source=SOURCE, stream="decisions", source_id=_record(proposal.id), account_id=proposal.account_id,
        kind="task.created", occurred_at=now, known_at=now, contact_id=proposal.contact_id or None, user_id=by,
        caused_by="person", subject=proposal.title, data=data,
    )  # fmt: skip
