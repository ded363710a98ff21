"""A customer asked something and nobody has answered."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent_runtime.ledger.book import Begun, Ending, Expected
from agent_runtime.watchtower.contact import asks_no_more, is_connected, is_ours_to_customer
from agent_runtime.watchtower.view import View
from memory.timeline import Event

_REPLY = re.compile(r"^(?:\s*(?:re|aw|fwd?|wg|antwort)\s*:)+", re.IGNORECASE)
RULE = "answer_owed"
KIND = "open_question"
# A form and the lead that a system made of it carry times that differ by minutes at most.
SAME_MOMENT = timedelta(hours=1)


@dataclass(slots=True)
class _Question:
    """What one contact asked in one thread until we answered; holding replies put it off, they do not end it."""

    asks: list[Event]
    holding: list[Event] = field(default_factory=list)
    answer: Event | None = None


def state(view: View) -> Iterator[Begun]:
    """One interaction for each run of unanswered questions of a contact in a thread."""
    leads = view.of("lead.created")
    asked = [
        x
        for x in view.of("email", "message", "form")
        if x.direction == "inbound" and x.data.get("asks") and not _is_a_lead(x, leads)
    ]
    if not asked:
        return
    conversations: dict[str, list[Event]] = {}
    for event in asked:
        conversations.setdefault(_conversation(event), []).append(event)
    later = (x for x in view.of("email", "message", "call") if x.occurred_at >= asked[0].occurred_at)
    others = [x for x in later if _may_answer(x) or asks_no_more(x)]
    for asks in conversations.values():
        for question in _questions(asks, others):
            yield _begun(view, question)


def _is_a_lead(event: Event, leads: list[Event]) -> bool:
    """A form that was entered as a new lead is answered as one: `lead_response` watches over it."""
    return event.kind == "form" and any(
        lead.contact_id == event.contact_id and abs(lead.occurred_at - event.occurred_at) <= SAME_MOMENT
        for lead in leads
    )


def _conversation(event: Event) -> str:
    """A contact and a matter: who writes again under the same subject asks the same thing again."""
    who = event.contact_id or str(event.data.get("from") or event.data.get("email") or "")
    matter = _REPLY.sub("", event.subject or "").strip().lower()
    return f"{who}|{matter or event.data.get('thread') or event.data.get('channel') or event.kind}"


def _may_answer(event: Event) -> bool:
    return is_ours_to_customer(event) or (event.kind == "call" and is_connected(event))


def _questions(asks: list[Event], others: list[Event]) -> list[_Question]:
    questions: list[_Question] = []
    people, threads = {x.contact_id for x in asks} - {None}, {x.data.get("thread") for x in asks} - {None}
    near = [x for x in others if x.contact_id in people or x.data.get("thread") in threads]
    sequence = [*((x, True) for x in asks), *((x, False) for x in near)]
    sequence.sort(key=lambda pair: (pair[0].occurred_at, pair[0].stream, pair[0].source_id))
    for event, is_ask in sequence:
        present = questions[-1] if questions and questions[-1].answer is None else None
        if is_ask:
            if present is None:
                questions.append(_Question([event]))
            else:
                present.asks.append(event)
        elif present is not None and _is_reply(event, present.asks[-1]):
            _reply(present, event)
    return questions


def _reply(question: _Question, event: Event) -> None:
    """A reply of ours answers or holds; where ours was doubtful, the customer who asks no more has taken it as one."""
    if event.direction == "inbound" and asks_no_more(event):
        if question.holding and question.holding[-1].data.get("doubtful"):
            question.answer = question.holding.pop()
    elif event.data.get("holding") or event.data.get("doubtful"):
        question.holding.append(event)
    else:
        question.answer = event


def _is_reply(event: Event, ask: Event) -> bool:
    """In the same thread, or with the same person on any channel: an answer by phone is an answer."""
    thread = ask.data.get("thread")
    if thread and event.data.get("thread") == thread:
        return True
    return ask.contact_id is not None and event.contact_id == ask.contact_id


def _begun(view: View, question: _Question) -> Begun:
    first, answer = question.asks[0], question.answer
    end = Ending("converted", "the question was answered", answer.occurred_at, (answer.id,)) if answer else None
    return Begun(
        kind=KIND,
        key=f"{first.stream}:{first.source_id}",
        opened_at=first.occurred_at,
        opened_by=first.id,
        expected=tuple(_expected(view, question)),
        end=end,
        opportunity_id=first.opportunity_id,
        contact_id=first.contact_id,
        parts=tuple(x.id for x in question.asks),
    )


def _expected(view: View, question: _Question) -> Iterator[Expected]:
    """The answer is due in its window; a holding reply in time moves it to what was promised, once each."""
    first = question.asks[0]
    opened, by = first.occurred_at, first.id
    due = view.company.window(RULE, opened, view.account.segment)
    for reply in question.holding:
        yield _one(question, opened, by, due, reply)
        opened, by = reply.occurred_at, reply.id
        promised = [datetime.fromisoformat(x["due_at"]) for x in reply.data.get("promises", ()) if x.get("due_at")]
        due = max(promised, default=view.company.window(RULE, opened, "holding", view.account.segment))
    yield _one(question, opened, by, due, question.answer)


def _one(question: _Question, opened: datetime, by: str, due: datetime, met: Event | None) -> Expected:
    return Expected(
        key=f"{RULE}:{by}",
        rule=RULE,
        action="answer_the_customer",
        opened_at=opened,
        due_at=due,
        channels=("email", "call", "message"),
        evidence=(question.asks[-1].id, by) if question.asks[-1].id != by else (by,),
        met_at=met.occurred_at if met else None,
        met_by=met.id if met else None,
    )
