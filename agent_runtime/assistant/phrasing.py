"""Lets a model word an answer better, one sentence at a time; what its sources do not say is not shown.

The model gets the composed statements and their sources and gives sentences with the same marks. A sentence takes the
place of the statement that it cites; every other statement stays as it was composed, so nothing can be left out.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from agent_runtime.assistant.models import Answer, Question, Source, Statement
from agent_runtime.assistant.understanding import language_of
from agent_runtime.assistant.wording import say, word
from agent_runtime.grounding import facts_from, ungrounded
from agent_runtime.llm.port import Model, ModelReply, ModelRequest, NoReply
from agent_runtime.llm.schemas import AnswerText, BriefText
from memory.words import words
from prompts import load

# The kind of question that is answered with the whole account.
SUMMARY = "summary"
# A sentence needs this share of its stems in what it cites: other words say other things.
LEAST_SHARED = 0.75
# And this share of the stems that the composed statement has outside of its quotes.
LEAST_KEPT = 0.8
# How a matter stands: none of these may get lost.
_STATES = frozenset(
    words(
        "overdue kept answered returned settled left leave open closed won lost given up against champion decides signs"
        " überfällig eingelöst beantwortet zurückgerufen erledigt ausgeschieden abwesend offen gewonnen verloren"
    )
)
_QUOTED = re.compile(r"[“„].+?[”“]")
_NOT = re.compile(
    r"\b(?:not|no|nobody|nothing|never|none|without|\w+n't|nicht|kein\w*|niemand\w*|nichts|nie|ohne)\b", re.IGNORECASE
)
_SMALL = frozenset(
    words(
        "a an the is are was were be been has have had does did do of to in on at by for from with and or but that this"
        " it its they their them he she his her we our us as so who which what when still also since until will would"
        " ein eine einen der die das den dem ist sind war wurde wird hat haben von zu im in am an bei für mit und oder"
        " aber dass dies es sie ihr er wir uns als auch noch seit bis der wer was wann"
    )
)


def phrased(
    answer: Answer, question: Question, model: Model, account_id: str, today: date, deadline: float | None = None
) -> Answer:
    """The answer as the model words it, each of its sentences checked; the composed one where it gives none.

    `account_id`: whose budget pays, "" for a question over many accounts. `deadline`: seconds, the setting's
    where it is None. Never raises for what the model does; blocks, so it is called outside of any transaction.
    """
    if answer.refused or not answer.statements:
        return answer
    reply: ModelReply[AnswerText] | ModelReply[BriefText] | NoReply
    if answer.kind == SUMMARY:
        reply = model.ask(brief_request_of(answer, question, account_id, deadline))
    else:
        reply = model.ask(request_of(answer, question, account_id, deadline))
    if isinstance(reply, NoReply):
        return unworded(answer, question, reply.reason.value)
    given = [Statement(one.text.strip(), tuple(one.citations), worded=True) for one in reply.value.statements]
    silent = isinstance(reply.value, AnswerText) and not reply.value.answered
    statements = woven(answer, [] if silent else given, today)
    if given and {x.text for x in given} <= {x.text for x in answer.statements}:
        return answer
    if statements == list(answer.statements):
        return unworded(answer, question, "ungrounded")
    return replace(answer, statements=tuple(statements), model=reply.model)


def request_of(answer: Answer, question: Question, account_id: str, deadline: float | None) -> ModelRequest[AnswerText]:
    """What a model is asked: the composed statements and their sources in other words."""
    return ModelRequest(
        prompt=load("answer"), inputs=_inputs(answer, question), schema=AnswerText, purpose="answer",
        account_id=account_id, now=question.at, deadline=deadline,
    )  # fmt: skip


def brief_request_of(
    answer: Answer, question: Question, account_id: str, deadline: float | None
) -> ModelRequest[BriefText]:
    """What a model is asked where somebody wants the whole account in a few sentences: the lines of its record."""
    lines = "\n".join(f"{x.citations[0]}: {x.text}" for x in answer.statements)
    return ModelRequest(
        prompt=load("brief"), inputs={"lines": lines}, schema=BriefText, purpose="brief", account_id=account_id,
        now=question.at, deadline=deadline,
    )  # fmt: skip


def unworded(answer: Answer, question: Question, reason: str) -> Answer:
    """The composed answer, with the reason why no model worded it."""
    language = language_of(question.text)
    return replace(answer, notes=(*answer.notes, say(language, "model_silent", reason=word(language, reason))))


def _inputs(answer: Answer, question: Question) -> Mapping[str, str]:
    return {
        "question": question.text,
        "asked_at": question.at.isoformat(),
        "state": "\n".join(f"[{', '.join(x.citations)}] {x.text}" for x in answer.statements),
        "sources": "\n".join(f"{x.id}: {x.title} ({x.at[:10]}): {x.quote}" for x in answer.sources),
    }


def woven(answer: Answer, given: Iterable[Statement], today: date) -> list[Statement]:
    """The composed statements, each replaced by the first sound sentence that cites just what it cites."""
    sources = {x.id: x for x in answer.sources}
    free = list(given)
    found = []
    for composed in answer.statements:
        better = next((x for x in free if x.text != composed.text and sound(x, composed, sources, today)), None)
        if better is not None:
            free.remove(better)
        found.append(better or composed)
    return found


def sound(sentence: Statement, composed: Statement, sources: Mapping[str, Source], today: date) -> bool:
    """Whether a sentence says, of the same sources, nothing that the composed statement and they do not say."""
    if not sentence.citations or not set(sentence.citations) <= set(composed.citations):
        return False
    quotes = [x for key in sentence.citations for x in _told(sources[key])]
    if ungrounded(sentence.text, facts_from([composed.text, *quotes], today=today)):
        return False
    if _denials(sentence.text) != _denials(composed.text):
        return False
    meant = set(words(sentence.text)) - _SMALL
    there = set(words(" ".join([composed.text, *quotes])))
    return bool(meant) and len(meant & there) >= LEAST_SHARED * len(meant) and _whole(meant, composed.text)


def _denials(text: str) -> int:
    """How often a sentence denies something in its own words."""
    return len(_NOT.findall(_QUOTED.sub(" ", text)))


def _whole(meant: set[str], composed: str) -> bool:
    """What the composed statement says in its own words is still there, each figure of it: half of it misleads."""
    own = set(words(_QUOTED.sub(" ", composed))) - _SMALL
    figures = {stem for stem in words(composed) if any(x.isdigit() for x in stem)}
    return figures | (own & _STATES) <= meant and len(meant & own) >= LEAST_KEPT * len(own)


def _told(source: Source) -> list[str]:
    """What a source says, and its day as answers write it."""
    at = [datetime.fromisoformat(source.at).date().isoformat()] if source.at else []
    return [source.title, source.quote, *at]
