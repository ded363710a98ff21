"""Answers about what is owed: promises of both sides, questions, missed calls, worries, what is due. Pure reading."""

from collections.abc import Iterable, Iterator

from agent_runtime.assistant.models import Statement
from agent_runtime.assistant.standing import took_over_at
from agent_runtime.assistant.telling import Telling
from agent_runtime.assistant.wording import shortened
from agent_runtime.ledger.book import Begun
from memory.brief.known import Debt, Question
from memory.brief.of_people import cited
from memory.commitments import Commitment
from memory.timeline import Event

_MOST = 8


def promises_ours(telling: Telling) -> list[Statement]:
    """What we promised: what is open, else, of somebody or something named, also what was kept."""
    if telling.asked.people and not telling.asked.ours and _asks_for_theirs(telling):
        return promises_theirs(telling)
    ours = [x for x in telling.records.known.commitments if x.by == "ours" and _wanted(telling, x)]
    return _promises(telling, ours, "promise_ours") or _no_promise(telling, "none_promises_ours")


def promises_theirs(telling: Telling) -> list[Statement]:
    """What they promised us."""
    theirs = [x for x in telling.records.known.commitments if x.by == "theirs" and _wanted(telling, x)]
    return _promises(telling, theirs, "promise_theirs") or _no_promise(telling, "none_promises_theirs")


def _asks_for_theirs(telling: Telling) -> bool:
    """ "What did Grace promise us" asks for hers; "what did we promise Grace" for ours."""
    low = f" {telling.asked.question.text.casefold()} "
    return not any(word in low for word in (" we ", " wir ", " i ", " ich ", " owe ", " schulden "))


def _wanted(telling: Telling, one: Commitment) -> bool:
    """Of the people, the matter and the time of the question."""
    if not telling.of_people(one.contact_id) or not telling.of_ours(one.user_id):
        return False
    if not telling.asked.span.has(one.said_at) and not telling.asked.span.has(one.due_at):
        return False
    return telling.about(one.what, telling.spoken_of(one.source_ids[:1]))


def _promises(telling: Telling, found: list[Commitment], key: str) -> list[Statement]:
    pending = sorted((x for x in found if x.kept_at is None), key=lambda x: x.due_at)
    precise = telling.asked.topic or telling.asked.ours or telling.asked.people or telling.asked.span.named
    kept = sorted((x for x in found if x.kept_at), key=lambda x: x.said_at, reverse=True) if precise else []
    return [_promise(telling, x, key) for x in [*pending, *kept][:_MOST]]


def _promise(telling: Telling, one: Commitment, key: str) -> Statement:
    state = telling.say("overdue") if one.overdue(telling.records.now) else ""
    state = telling.say("kept", day=telling.day(one.kept_at)) if one.kept_at else state
    to = telling.records.theirs(one.contact_id)
    who = telling.ours(one.user_id) if one.by == "ours" else telling.theirs(one.contact_id)
    event = telling.records.by_source.get(one.source_ids[0]) if one.source_ids else None
    key = "task_ours" if event is not None and event.kind == "task.created" else key
    return telling.tell(
        key, one.source_ids, who=who, whom=telling.say("to", whom=to) if to else "", said=telling.day(one.said_at),
        due=telling.day(one.due_at), state=state, what=shortened(one.what),
    )  # fmt: skip


def _no_promise(telling: Telling, key: str) -> list[Statement]:
    """That there is none can only be said of all; of a matter nobody spoke of nothing is said."""
    return [] if telling.asked.topic else telling.nothing(key)


def open_questions(telling: Telling) -> list[Statement]:
    """What they asked and nobody answered."""
    found = [x for x in telling.records.known.questions if x.answered_at is None and _of(telling, x)]
    stated = [_question(telling, x) for x in sorted(found, key=lambda x: x.asked_at, reverse=True)[:_MOST]]
    return stated or ([] if telling.asked.topic else telling.nothing("none_open_questions", ("email", "message")))


def answered(telling: Telling) -> list[Statement]:
    """Whether what they asked was answered."""
    found = [x for x in telling.records.known.questions if _of(telling, x)]
    return [_question(telling, x) for x in sorted(found, key=lambda x: x.asked_at, reverse=True)[:2]]


def _of(telling: Telling, one: Question) -> bool:
    spoken = telling.spoken_of(one.source_ids[:1])
    return (
        telling.of_people(one.contact_id) and telling.asked.span.has(one.asked_at) and telling.about(one.quote, spoken)
    )


def _question(telling: Telling, one: Question) -> Statement:
    key = "question_answered" if one.answered_at else "question_open"
    day = telling.day(one.answered_at) if one.answered_at else ""
    return telling.tell(
        key, one.source_ids, who=telling.theirs(one.contact_id), day=telling.day(one.asked_at), answered=day,
        what=shortened(one.quote),
    )  # fmt: skip


def missed_calls(telling: Telling) -> list[Statement]:
    """Which calls of theirs reached nobody; with a time or person named also those that were settled."""
    matters = [x for x in telling.records.matters if x.kind == "missed_call" and telling.of_people(x.contact_id)]
    matters = [x for x in matters if telling.asked.span.has(x.opened_at)]
    still = [x for x in matters if x.end is None]
    settled = matters[-3:] if telling.asked.span.named else matters[-1:] if telling.asked.people else []
    found = [_missed(telling, x) for x in still or settled]
    return found or telling.nothing("none_missed_calls", ("call",))


def _missed(telling: Telling, matter: Begun) -> Statement:
    source = _sources(telling, [matter.opened_by, *matter.parts, *(matter.end.evidence if matter.end else ())])
    key = "missed_returned" if matter.end else "missed"
    return telling.tell(
        key, source, whom=telling.theirs(matter.contact_id), day=telling.day(matter.opened_at),
        clock=telling.clock(matter.opened_at), answered=telling.day(matter.end.at) if matter.end else "",
    )  # fmt: skip


def concerns(telling: Telling) -> list[Statement]:
    """Open complaints and worries."""
    known = telling.records.known
    found = [
        telling.tell(
            "concern", cited([x]), topic=telling.word(x.slot.removeprefix("concern.")).capitalize(),
            day=telling.day(x.valid_from), what=shortened(known.quote(x.sources[0])),
        )
        for x in known.facts
        if x.slot.startswith("concern.") and x.value == "open" and x.valid_to is None
    ]  # fmt: skip
    found += [_case(telling, x) for x in known.open_cases]
    found += [x for matter in telling.records.matters for x in _complaint(telling, matter)]
    return found or telling.nothing("none_concerns")


def _case(telling: Telling, source_id: str) -> Statement:
    event = telling.records.by_source[source_id]
    return telling.tell("case_open", [source_id], day=telling.day(event.occurred_at))


def _complaint(telling: Telling, matter: Begun) -> Iterator[Statement]:
    """What was complained of in words, while it is open."""
    event = next((x for x in telling.records.view.events if x.id == matter.opened_by), None)
    if matter.kind != "escalation" or matter.end or event is None:
        return
    words = telling.records.quote([event])
    if words:
        who, day = telling.theirs(matter.contact_id or event.contact_id), telling.day(matter.opened_at)
        yield telling.tell("said_theirs", [event.source_id], who=who, day=day, what=shortened(words))


def coming(telling: Telling) -> list[Statement]:
    """What is due next: ours first, the earliest first."""
    debts = sorted(telling.records.known.debts, key=lambda x: (x.turn != "ours", x.due_at))
    wanted = [x for x in debts if not telling.asked.span.named or telling.asked.span.has(x.due_at)]
    return [_debt(telling, x) for x in wanted[:_MOST]] or telling.nothing("none_next")


def _debt(telling: Telling, debt: Debt) -> Statement:
    action = debt.action.replace("_", " ")
    names = [telling.records.theirs(x.contact_id) for x in _events(telling, debt.source_ids)]
    named = next((x for x in names if x), "")
    about = f" ({', '.join(x for x in (named, debt.about) if x)})" if named or debt.about else ""
    return telling.tell(
        "due" if debt.turn == "ours" else "due_theirs", debt.source_ids, action=action[0].upper() + action[1:],
        about=about, due=telling.day(debt.due_at),
        state=telling.say("overdue") if debt.due_at < telling.records.now else "",
    )  # fmt: skip


def _events(telling: Telling, source_ids: Iterable[str]) -> list[Event]:
    found = (telling.records.by_source.get(x) for x in source_ids)
    return [x for x in found if x]


def _sources(telling: Telling, activity_ids: Iterable[str]) -> list[str]:
    by_id = {x.id: x.source_id for x in telling.records.view.events}
    return [by_id[x] for x in activity_ids if x in by_id]


def inherited(telling: Telling) -> list[Statement]:
    """What was promised before the asker had the account and is still open."""
    change = took_over_at(telling)
    found = [x for x in telling.records.known.commitments if x.by == "ours" and x.kept_at is None]
    before = [x for x in found if telling.of_ours(x.user_id) and (change is None or x.said_at < change.occurred_at)]
    return _promises(telling, before, "promise_ours") or telling.nothing("none_promises_ours")
