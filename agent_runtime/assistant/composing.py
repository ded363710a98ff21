"""Composes the statements of an answer: structured state first, then what was said, else nothing. No model."""

import re
from collections.abc import Callable, Mapping

from agent_runtime.assistant import duties, history, items, people_asked, said, standing
from agent_runtime.assistant.catalogue import OF_MATTER, SAID, SEARCHED
from agent_runtime.assistant.models import Statement
from agent_runtime.assistant.telling import Telling

_WHEN = re.compile(
    r"\b(?:when|what (?:date|day)|which (?:date|day)|deadline|how long do we|until|wann|frist|bis zum)\b", re.IGNORECASE
)
Told = Callable[[Telling], list[Statement]]


def summary(telling: Telling) -> list[Statement]:
    """The account in a few lines: who has it, how it stands, what is owed, what was last."""
    parts = (standing.owner, standing.stage, standing.renewal, history.last_talk)
    lines = [x for part in parts for x in part(telling)]
    known = telling.records.known
    owed = any(x.kept_at is None and x.by == "ours" for x in known.commitments)
    lines += duties.promises_ours(telling)[:3] if owed else []
    lines += duties.open_questions(telling)[:2] if any(x.answered_at is None for x in known.questions) else []
    return [*lines, *duties.coming(telling)[:3]]


ANSWERS: Mapping[str, Told] = {
    "answered": duties.answered,
    "amount": standing.amount,
    "arr": standing.arr,
    "asked": said.asked,
    "budget_holder": people_asked.budget_holder,
    "champion": people_asked.champion,
    "changed": history.changed,
    "close_date": standing.close_date,
    "concerns": duties.concerns,
    "conflicts": standing.conflicts,
    "decides": people_asked.decides,
    "inherited": duties.inherited,
    "last_heard": history.last_heard,
    "last_sent": history.last_sent,
    "last_talk": history.last_talk,
    "left": people_asked.left,
    "meeting_last": history.meeting_last,
    "meeting_next": history.meeting_next,
    "missed_calls": duties.missed_calls,
    "next": duties.coming,
    "open_questions": duties.open_questions,
    "owner": standing.owner,
    "owner_history": standing.owner_history,
    "person": people_asked.person,
    "promises_ours": duties.promises_ours,
    "promises_theirs": duties.promises_theirs,
    "proposal_reaction": history.proposal_reaction,
    "renewal": standing.renewal,
    "said": said.said,
    "signs": people_asked.signs,
    "stage": standing.stage,
    "stakeholders": people_asked.stakeholders,
    "summary": summary,
    "told": said.told,
    "told_us": standing.told_us,
    "why_item": items.why_item,
}


def composed(telling: Telling) -> list[Statement]:
    """The statements that answer the question, each cited; none where the records do not answer it.

    What does not speak of the question's matter is left out; then the words themselves are searched for it.
    """
    intent = telling.asked.intent
    found = _due_day(telling) or ANSWERS[intent](telling)
    if telling.asked.topic and intent not in OF_MATTER:
        found = [x for x in found if telling.about(x.text, telling.spoken_of(x.citations))]
    if not found and telling.asked.topic and intent not in SEARCHED:
        found = said.said(telling)
    return [x for x in found if x.citations]


def _due_day(telling: Telling) -> list[Statement]:
    """Whoever asks when a thing comes that we promised asks for the promise, however that is put."""
    asked = telling.asked
    if asked.intent != SAID or not asked.topic or not _WHEN.search(asked.question.text):
        return []
    return duties.promises_ours(telling)
