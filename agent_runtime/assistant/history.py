"""Answers about what happened when: last contact of each kind, meetings, what changed. Pure reading of one account."""

import re
from collections.abc import Iterator
from dataclasses import replace

from agent_runtime.assistant.models import Statement
from agent_runtime.assistant.standing import took_over_at
from agent_runtime.assistant.telling import Telling
from agent_runtime.assistant.times import Span
from agent_runtime.assistant.wording import shortened
from agent_runtime.ingest.extract import asks, sentences
from agent_runtime.watchtower.contact import is_connected, is_ours_to_customer, is_theirs, is_two_way
from agent_runtime.watchtower.meetings import Meeting, meetings
from memory.timeline import Event
from memory.words import words as stems

_MOST = 12
_GREETING = 40
# Greetings, signatures and closing lines say nothing.
_FRAME = re.compile(
    r",\s*$| \| |\bTel\.|\S@\S|^(?:kind|best|mit freundlichen|freundliche) (?:regards|grüße)", re.IGNORECASE
)


def telling_sentences(text: str) -> list[str]:
    """The sentences of a text without its frame."""
    return [x for x in sentences(text) if not _FRAME.search(x)]


def last_heard(telling: Telling) -> list[Statement]:
    """When they last came to us: of the people named each, else of anybody."""
    return [_heard(telling, x) for x in _last(telling, [x for x in _past(telling) if is_theirs(x)])]


def last_sent(telling: Telling) -> list[Statement]:
    """When we last turned to them."""
    found = [x for x in _past(telling) if is_ours_to_customer(x) and telling.of_ours(x.user_id)]
    return [_sent(telling, x) for x in _last(telling, found)]


def last_talk(telling: Telling) -> list[Statement]:
    """When both sides last spoke, and what came in writing since."""
    past = [x for x in _past(telling) if telling.of_people(x.contact_id)]
    talks = [x for x in past if is_two_way(x)]
    if not talks:
        return last_heard(telling)
    mails = [x for x in past if x.kind == "email" and is_theirs(x) and x.occurred_at > talks[-1].occurred_at]
    found = [_talk(telling, talks[-1])]
    for mail in mails[-1:]:
        who, day = telling.theirs(mail.contact_id), telling.day(mail.occurred_at)
        found.append(telling.tell("talk_mail", [mail.source_id], whom=who, day=day))
    return found


def _past(telling: Telling) -> list[Event]:
    """What happened until now, within the time of the question."""
    now, span = telling.records.now, telling.asked.span
    return [x for x in telling.records.view.events if x.occurred_at <= now and span.has(x.occurred_at)]


def _last(telling: Telling, found: list[Event]) -> list[Event]:
    """The last one, or that of each person named."""
    if not telling.asked.people:
        return found[-1:]
    each = ([x for x in found if x.contact_id == who][-1:] for who in telling.asked.people)
    return [x for one in each for x in one]


def _heard(telling: Telling, event: Event) -> Statement:
    who, day = telling.theirs(event.contact_id), telling.day(event.occurred_at)
    if event.kind in ("call", "form"):
        return telling.tell(f"heard_{event.kind}", [event.source_id], who=who, day=day)
    return telling.tell("heard_mail", [event.source_id], who=who, day=day, what=gist(telling, event))


def _sent(telling: Telling, event: Event) -> Statement:
    who, whom = telling.ours(event.user_id), telling.theirs(event.contact_id)
    day = telling.day(event.occurred_at)
    if event.kind == "call":
        return telling.tell("sent_call", [event.source_id], who=who, whom=whom, day=day)
    return telling.tell("sent_mail", [event.source_id], who=who, whom=whom, day=day, what=gist(telling, event))


def _talk(telling: Telling, event: Event) -> Statement:
    day = telling.day(event.occurred_at)
    if event.kind == "meeting":
        return telling.tell("talk_meeting", [event.source_id], day=day, what=event.subject or telling.word("meeting"))
    who, whom = telling.ours(event.user_id), telling.theirs(event.contact_id)
    return telling.tell("talk_call", [event.source_id], day=day, who=who, whom=whom)


def gist(telling: Telling, event: Event) -> str:
    """The sentence of a text that asks or is of the question's matter, else the first one that says something."""
    said = telling_sentences(telling.records.texts.get(event.id, ""))
    topic = set(telling.asked.topic)
    if topic:
        ranked = sorted(said, key=lambda x: -len(topic & set(stems(x))))
        said = ranked[:1] or said
    best = next((x for x in said if asks(x)), next((x for x in said if len(x) > _GREETING), " ".join(said)))
    return shortened(best or event.subject or "")


def meeting_next(telling: Telling) -> list[Statement]:
    """The appointments to come, the nearest first."""
    now = telling.records.now
    ahead = [x for x in _meetings(telling) if x.begins >= now and x.status == "scheduled"]
    found = [_met(telling, "meeting_next", x) for x in sorted(ahead, key=lambda x: x.begins)[:3]]
    return found or telling.nothing("none_meeting_next")


def meeting_last(telling: Telling) -> list[Statement]:
    """The last meeting that was held."""
    now, span = telling.records.now, telling.asked.span
    held = [x for x in _meetings(telling) if x.status == "held" and x.begins <= now and span.has(x.begins)]
    found = [_met(telling, "meeting_last", x) for x in sorted(held, key=lambda x: x.begins)[-1:]]
    return found or telling.nothing("none_meeting_last")


def _meetings(telling: Telling) -> Iterator[Meeting]:
    return (x for x in meetings(telling.records.view) if telling.of_people(x.event.contact_id))


def _met(telling: Telling, key: str, meeting: Meeting) -> Statement:
    who = telling.records.theirs(meeting.event.contact_id)
    return telling.tell(
        key, [meeting.event.source_id], what=meeting.event.subject or telling.word("meeting").capitalize(),
        day=telling.day(meeting.begins), clock=telling.clock(meeting.begins),
        whom=telling.say("with", whom=who) if who else "",
    )  # fmt: skip


def changed(telling: Telling) -> list[Statement]:
    """What happened in the time of the question that changes how things stand, in order; the last of it where long."""
    telling = within_time(telling)
    found = [x for event in _past(telling) for x in _change(telling, event)]
    if found:
        return found[-_MOST:]
    since = telling.asked.span.since
    before = [x for x in telling.records.view.events if since is None or x.occurred_at < since]
    last = max(before, key=lambda x: x.occurred_at, default=None)
    return [telling.tell("none_changed", [last.source_id], day=telling.day(last.occurred_at))] if last else []


def within_time(telling: Telling) -> Telling:
    """The same question with "since I took over" as the moment that it was."""
    if not telling.asked.span.took_over:
        return telling
    change = took_over_at(telling)
    since = change.occurred_at if change else None
    return replace(telling, asked=replace(telling.asked, span=Span(since=since, words=telling.asked.span.words)))


def _change(telling: Telling, event: Event) -> Iterator[Statement]:
    day, cite, known = telling.day(event.occurred_at), [event.source_id], telling.records.known
    data = event.data
    if event.kind == "opportunity.stage" and data.get("stage"):
        yield telling.tell("changed_stage", cite, day=day, deal=_deal(telling, event), stage=data["stage"])
    elif event.kind == "opportunity.updated" and data.get("close_date") and _moved(telling, event):
        close = telling.written(str(data["close_date"]))
        yield telling.tell("changed_close", cite, day=day, deal=_deal(telling, event), close=close)
    elif event.kind == "owner.changed":
        new, old = known.user(data.get("to_user_id")), known.user(data.get("from_user_id"))
        yield telling.tell("changed_owner", cite, day=day, owner=new, before=old)
    elif event.kind == "contact.changed" and data.get("status"):
        what = telling.word(str(data["status"]))
        yield telling.tell("changed_contact", cite, day=day, who=telling.theirs(event.contact_id), what=what)
    elif event.kind == "case":
        yield telling.tell("changed_case", cite, day=day, what=telling.word(str(data.get("status"))))
    elif event.kind == "meeting" and data.get("status") == "held":
        yield telling.tell("changed_meeting", cite, day=day, what=event.subject or telling.word("meeting"))
    else:
        yield from _contact(telling, event, day)


def _contact(telling: Telling, event: Event, day: str) -> Iterator[Statement]:
    """Mails and calls as far as they matter: what came from them, what we promised, talks, missed calls."""
    cite = [event.source_id]
    for promise in (event.data.get("promises") or ())[:1]:
        what = shortened(str(promise.get("quote") or promise.get("what") or ""))
        yield telling.tell("changed_promise", cite, day=day, who=telling.ours(event.user_id), what=what)
    if event.kind == "call":
        if is_connected(event):
            yield telling.tell("changed_call", cite, day=day, who=telling.theirs(event.contact_id))
        elif event.direction == "inbound":
            yield telling.tell("changed_missed", cite, day=day, who=telling.theirs(event.contact_id))
    elif is_theirs(event) and not event.data.get("thanks_only"):
        key = "changed_opened" if event.data.get("asks") else "changed_mail"
        who = telling.theirs(event.contact_id)
        yield telling.tell(key, cite, day=day, who=who, what=gist(telling, event))


def _deal(telling: Telling, event: Event) -> str:
    deal = telling.records.view.deals.get(event.opportunity_id or "")
    return deal.name if deal and deal.name else event.opportunity_id or ""


def _moved(telling: Telling, event: Event) -> bool:
    """Whether the close date was another one before."""
    deal = telling.records.view.deals.get(event.opportunity_id or "")
    dates = deal.close_dates if deal else []
    place = next((n for n, x in enumerate(dates) if x[2] == event.id), 0)
    return place > 0 and dates[place - 1][1][:10] != dates[place][1][:10]


def proposal_reaction(telling: Telling) -> list[Statement]:
    """Whether they came back to the last proposal."""
    sent = [x for x in telling.records.matters if x.kind == "proposal_follow_up"]
    if not sent:
        return []
    last = max(sent, key=lambda x: x.opened_at)
    events = telling.records.view.events
    own = next((x for x in events if x.id == last.opened_by), None)
    cited = [own.source_id] if own else []
    after = [x for x in events if x.occurred_at > last.opened_at and _answers(x, telling, last.contact_id)]
    if after:
        return [_reaction(telling, after[0])]
    if last.end is None:
        return [telling.tell("proposal_none", cited, day=telling.day(last.opened_at))]
    more = [x.source_id for x in events if x.id in last.end.evidence]
    return [
        telling.tell(
            "proposal_settled", [*cited, *more], day=telling.day(last.opened_at), answered=telling.day(last.end.at),
            reason=last.end.reason,
        )
    ]  # fmt: skip


def _answers(event: Event, telling: Telling, contact_id: str | None) -> bool:
    who = telling.asked.people or ((contact_id,) if contact_id else ())
    return is_theirs(event) and (not who or event.contact_id in who)


def _reaction(telling: Telling, event: Event) -> Statement:
    day = telling.day(event.occurred_at)
    if event.kind == "email" and telling.records.texts.get(event.id):
        return telling.tell("proposal_reply", [event.source_id], day=day, what=gist(telling, event))
    return telling.tell("proposal_reply_call", [event.source_id], day=day, channel=telling.word(event.kind))
