"""The lines of a brief about matters: how things stand, what is promised, worries, questions, what comes next."""

from collections.abc import Iterator

from memory.brief.known import Knowledge, Line, Question
from memory.brief.of_people import cited
from memory.commitments import Commitment

ANSWERED_SHOWN = 10
NEXT_SHOWN = 12
_ANSWER = {
    "answer.budget": "Budget",
    "answer.seats": "Seats",
    "answer.start": "Start",
    "answer.current_tool": "What they use today",
}


def state(known: Knowledge) -> Iterator[Line]:
    """The account, its owner, its deals, open cases, and how far all this could be seen."""
    account = known.account
    about = ", ".join(part for part in (account.segment, "provisional" if account.provisional else "") if part)
    sources = tuple(dict.fromkeys((*known.owner_sources, account.id)))
    owner = known.user(known.owner_id)
    yield Line("state", f"{account.name}{f' ({about})' if about else ''}, owned by {owner}.", sources)
    for deal in known.deals:
        if deal.ended:
            yield Line("state", f"{deal.name}: {deal.ended} on {known.day(deal.since)}.", deal.source_ids)
            continue
        parts = [f"in {deal.stage} since {known.day(deal.since)}", deal.amount, _close(deal.close_date)]
        yield Line("state", f"{deal.name}: {', '.join(x for x in parts if x)}.", deal.source_ids)
    for fact in known.facts:
        if fact.slot in ("account.renewal_date", "account.arr") and fact.valid_to is None:
            name = fact.slot.removeprefix("account.").replace("_", " ")
            yield Line("state", f"{name[0].upper()}{name[1:]}: {fact.value}.", cited([fact]))
    for seen in known.sight:
        yield Line("state", seen.text, seen.source_ids)


def _close(day: str) -> str:
    return f"close date {day}" if day else ""


def commitments(known: Knowledge) -> Iterator[Line]:
    """What is promised and not kept, in both directions, the most urgent first."""
    for one in sorted(known.commitments, key=lambda x: x.due_at):
        if one.kept_at is None:
            yield _promise(known, one)


def _promise(known: Knowledge, one: Commitment) -> Line:
    due = f"due {known.day(one.due_at)}{', overdue' if one.overdue(known.now) else ''}"
    what = one.what.strip().rstrip(".")
    if one.by == "ours":
        text = (
            f"{known.user(one.user_id)} to {known.person(one.contact_id)}, {due}: “{what}” ({known.day(one.said_at)})."
        )
        return Line("commitments_ours", text, one.source_ids)
    text = f"{known.person(one.contact_id)} to us, {due}: “{what}” ({known.day(one.said_at)})."
    return Line("commitments_theirs", text, one.source_ids)


def concerns(known: Knowledge) -> Iterator[Line]:
    """What worries them and is not settled, in their own words; what nobody has answered; open cases."""
    for fact in known.facts:
        if fact.slot.startswith("concern.") and fact.value == "open" and fact.valid_to is None:
            topic = fact.slot.removeprefix("concern.").replace("_", " ")
            quote = known.quote(fact.sources[0])
            words = f": “{quote}”" if quote else ""
            text = f"{topic[0].upper()}{topic[1:]}, open since {known.day(fact.valid_from)}{words}"
            yield Line("concerns", text, cited([fact]))
    for asked in known.questions:
        if asked.answered_at is None:
            yield Line("concerns", f"Not answered: {_asked(known, asked)}", asked.source_ids)
    for case in known.open_cases:
        yield Line("concerns", "A case is open.", (case,))


def answers(known: Knowledge) -> Iterator[Line]:
    """What they told us when asked, so that nobody asks again; and what they asked and were answered."""
    for fact in known.facts:
        if fact.slot in _ANSWER and fact.valid_to is None:
            quote = known.quote(fact.sources[-1])
            words = f": “{quote}”" if quote else ""
            differs = " (sources differ)" if fact.conflict else ""
            said = known.day(fact.sources[-1].stated_at)
            text = f"{_ANSWER[fact.slot]}: {fact.value}{differs}, said on {said}{words}"
            yield Line("asked_and_answered", text, cited([fact]))
    answered = [x for x in known.questions if x.answered_at]
    for asked in answered[-ANSWERED_SHOWN:]:
        assert asked.answered_at
        text = f"{_asked(known, asked)} Answered on {known.day(asked.answered_at)}."
        yield Line("asked_and_answered", text, asked.source_ids)


def _asked(known: Knowledge, asked: Question) -> str:
    return f"{known.person(asked.contact_id)} asked on {known.day(asked.asked_at)}: “{asked.quote}”"


def ahead(known: Knowledge) -> Iterator[Line]:
    """What is due next, the earliest first."""
    for debt in sorted(known.debts, key=lambda x: (x.turn != "ours", x.due_at))[:NEXT_SHOWN]:
        when = f"due {known.day(debt.due_at)}" + (", overdue" if debt.due_at < known.now else "")
        whose = "" if debt.turn == "ours" else "Their turn: "
        about = f" ({debt.about})" if debt.about else ""
        action = debt.action.replace("_", " ")
        yield Line("next", f"{whose}{action[0].upper()}{action[1:]}{about}, {when}.", debt.source_ids)
