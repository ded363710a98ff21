"""Gathers what a brief is composed of: one account's records as known at a moment, judged by the rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from agent_runtime.brief.seen import sightings
from agent_runtime.ingest.extract import asks, sentences
from agent_runtime.ledger.book import Begun, Book
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.contact import is_theirs, is_two_way
from agent_runtime.watchtower.evaluate import account_owner, stated
from agent_runtime.watchtower.judged import judged
from agent_runtime.watchtower.view import AccountInfo, View
from agent_runtime.watchtower.view import Deal as ViewedDeal
from memory import facts, people, timeline
from memory.brief import Deal, Debt, Knowledge, Line, Question, compose
from memory.commitments import Commitment, theirs
from memory.facts import Source
from memory.scope import AccountScope

PROMISE, QUESTION = "promise", "open_question"
LONGEST_QUOTE = 240
SHORT_QUESTION = 60
_CLOSED = frozenset({"closed", "solved", "resolved"})


@dataclass(frozen=True, slots=True)
class _Records:
    """The account as the rules see it, its texts by activity id, and the source id of each activity."""

    view: View
    texts: dict[str, str]
    source_of: dict[str, str]
    stated: list[Begun]

    def cite(self, *activity_ids: str | None) -> tuple[str, ...]:
        """The source ids of activities, each once; what is not known at that moment is no source."""
        found = (self.source_of.get(one) for one in activity_ids if one)
        return tuple(dict.fromkeys(one for one in found if one))


def brief(connection: Connection, scope: AccountScope, company: Company, now: datetime) -> list[Line]:
    """The brief as it reads at `now`; for a moment in the past, as it read then. Empty where there is no account."""
    known = knowledge(connection, scope, company, now)
    return compose(known) if known else []


def knowledge(connection: Connection, scope: AccountScope, company: Company, now: datetime) -> Knowledge | None:
    """All that is known of one account at `now`; None where there is no such account."""
    account = people.account(connection, scope)
    if account is None:
        return None
    account = account._replace(owner_id=_owner_then(connection, scope, now, account.owner_id))
    view = View(AccountInfo(*account), timeline.read_as_of(connection, scope, now), company, now)
    records = _Records(
        view=view,
        texts=timeline.texts(connection, scope, [x.id for x in view.events]),
        source_of={x.id: x.source_id for x in view.events},
        stated=judged(view, Book(scope.account_id), stated(view)),
    )
    owner = account_owner(view)
    changes = [x for x in view.of("owner.changed") if x.data.get("to_user_id") == owner]
    return Knowledge(
        account=account,
        now=now,
        zone=company.calendar.zone,
        owner_id=company.present_owner(owner, now) if owner else None,
        contacts=people.contacts(connection, scope),
        facts=facts.known(connection, scope, known_at=now, history=True),
        commitments=[*_ours(records), *theirs(view.events, records.texts)],
        deals=[_deal(deal, records) for deal in view.deals.values()],
        questions=[_question(records, x) for x in records.stated if x.kind == QUESTION],
        debts=list(_debts(records)),
        sight=sightings(view),
        users={person.id: person.name for person in company.people.values()},
        quote=lambda source: _quote(records, source),
        last_heard=_last_heard(view),
        owner_sources=records.cite(changes[-1].id) if changes else (),
        open_cases=tuple(_open_cases(view)),
    )


def _owner_then(connection: Connection, scope: AccountScope, now: datetime, owner_id: str | None) -> str | None:
    """The account's row has the owner of today: before a later change, it was the one from whom that change took it."""
    for event in timeline.read(connection, scope):
        later = event.kind == "owner.changed" and event.known_at > now
        if later and event.data.get("role") in (None, "", "owner"):
            before = event.data.get("from_user_id")
            return str(before) if before else None
    return owner_id


def _ours(records: _Records) -> Iterator[Commitment]:
    events = {x.id: x for x in records.view.events}
    for begun in records.stated:
        event = events.get(begun.opened_by)
        if begun.kind != PROMISE or event is None or not begun.expected or begun.expected[0].turn == "theirs":
            continue
        dropped = begun.end is not None and begun.end.outcome != "converted"
        if dropped:
            continue
        promised = event.data.get("promises") or []
        number = begun.key.rpartition(":")[2]
        said = promised[int(number)] if number.isdigit() and int(number) < len(promised) else {}
        yield Commitment(
            by="ours",
            what=str(said.get("quote") or event.subject or event.data.get("title") or "what the task says"),
            said_at=begun.opened_at,
            due_at=begun.expected[0].due_at,
            contact_id=begun.contact_id,
            user_id=event.user_id,
            source_ids=records.cite(event.id, *(begun.end.evidence if begun.end else ())),
            kept_at=begun.end.at if begun.end else None,
        )


def _question(records: _Records, begun: Begun) -> Question:
    end = begun.end
    return Question(
        quote=_asked(records.texts.get(begun.opened_by, ""))[:LONGEST_QUOTE],
        asked_at=begun.opened_at,
        contact_id=begun.contact_id,
        answered_at=end.at if end else None,
        source_ids=records.cite(begun.opened_by, *begun.parts, *(end.evidence if end else ())),
    )


def _asked(text: str) -> str:
    """The sentence that asks; a short one says little without the sentence before it."""
    said = sentences(text)
    place = next((n for n, x in enumerate(said) if asks(x)), None)
    if place is None:
        return " ".join(said)
    first = place - 1 if place and len(said[place]) < SHORT_QUESTION else place
    return " ".join(said[first : place + 1])


def _debts(records: _Records) -> Iterator[Debt]:
    """What is owed and not yet met, one for each interaction: the one that is due first."""
    for begun in records.stated:
        owed = [x for x in begun.expected if x.met_at is None] if begun.end is None else []
        if not owed:
            continue
        first = min(owed, key=lambda x: x.due_at)
        deal = records.view.deals.get(begun.opportunity_id or "")
        sources = records.cite(begun.opened_by, *first.evidence)
        yield Debt(first.action, first.due_at, first.turn, deal.name if deal else "", sources)


def _deal(deal: ViewedDeal, records: _Records) -> Deal:
    life = deal.lives[-1] if deal.lives else None
    last = life.changes[-1] if life and life.changes else None
    ended = life.ended if life else None
    dated = deal.close_dates[-1] if deal.close_dates else None
    valued = next((x.id for x in reversed(deal.events) if x.data.get("amount") is not None), None)
    opened = life.opened_by if life else deal.events[0].id
    amount = f"{deal.amount:,.0f} {deal.currency or ''}".strip() if deal.amount is not None else ""
    return Deal(
        name=deal.name or deal.id,
        stage=last.stage if last else "no stage",
        since=ended.at if ended else last.at if last else deal.events[0].occurred_at,
        amount=amount,
        close_date=dated[1][:10] if dated else "",
        ended=ended.category if ended else "",
        source_ids=records.cite(
            ended.activity_id if ended else None,
            last.activity_id if last else None,
            valued,
            dated[2] if dated else None,
            opened,
        ),
    )


def _quote(records: _Records, source: Source) -> str:
    text = records.texts.get(source.activity_id, "")
    words = text[slice(*source.span)] if source.span else ""
    return " ".join(words.split())[:LONGEST_QUOTE]


def _last_heard(view: View) -> dict[str, tuple[datetime, str]]:
    """For each contact, when they last came to us or were spoken to, and the record that shows it."""
    return {
        x.contact_id: (x.occurred_at, x.source_id)
        for x in view.events
        if x.contact_id and x.occurred_at <= view.now and (is_theirs(x) or is_two_way(x))
    }


def _open_cases(view: View) -> Iterator[str]:
    last = {str(x.data.get("case_id")): x for x in view.of("case")}
    return (x.source_id for x in last.values() if str(x.data.get("status")) not in _CLOSED)
