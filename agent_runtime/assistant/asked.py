"""A question as it was understood."""

from dataclasses import dataclass

from agent_runtime.assistant.models import Question
from agent_runtime.assistant.times import Span


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was understood. `intent`: of the catalogue, or said; `text` its words, `bare` without names.

    `people` are contacts, `ours` users, `deals` names of deals that it names; `topic` the stems of its matter, in
    order; `language` is en or de; `carried`: part of it was asked in the question before.
    """

    question: Question
    text: str
    bare: str
    intent: str
    language: str
    span: Span
    topic: tuple[str, ...]
    people: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    deals: tuple[str, ...] = ()
    carried: bool = False
