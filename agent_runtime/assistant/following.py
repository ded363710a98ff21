"""Reads a question against the one before it: "and before May?", "who promised that?", "what about Grace?". Pure."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from agent_runtime.assistant.asked import Asked
from agent_runtime.assistant.catalogue import OF_MATTER, SAID, SEARCHED, catalogue, matter
from agent_runtime.assistant.times import Span
from memory.words import words

MOST_EARLIER: Final = 3
"""So many questions before the last one are read: who asks on and on has come to something else."""

_MOST_OF_A_MATTER = 3
_OPENER = re.compile(
    r"^(?:(?:and|but|so|or|also|ok(?:ay)?|und|aber|oder|auch)\b[ ,]*)*"
    r"(?:(?:what|how) about|(?:the )?same for|was ist mit|wie (?:ist|steht|sieht) es (?:aus )?mit)?\b[ ,]*",
    re.IGNORECASE,
)
_HE_OR_SHE = re.compile(r"\b(?:he|she|him|her|his|hers|er|ihm|ihn|sein\w*)\b", re.IGNORECASE)
_IT = re.compile(
    r"\b(?:it|that|this|those|these|das|dies\w*|davon|dazu|darüber|damit|dafür|dabei|daraus)\b", re.IGNORECASE
)
_BEFORE_THAT = re.compile(r"\b(?:before (?:that|then)|earlier|previously|davor|vorher|zuvor)\b", re.IGNORECASE)
_AFTER_THAT = re.compile(r"\b(?:after (?:that|then)|since then|later|danach|seitdem|seither)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")


Named = Callable[[Asked], tuple[str, ...]]


def followed(asked: Asked, before: Asked | None, named: Named) -> Asked:
    """What a question means behind another one: what it leaves out is that of the one before.

    It stands as it is where it is whole; behind none, what leaves everything out asks for nothing. `carried` says that
    something was taken over. `named`: the people whom the answer to a question named, for who asks on about "her".
    """
    if before is None:
        return asked if _others(asked) or asked.topic else replace(asked, intent=SAID)
    if _leaves_out(asked):
        return _continued(asked, before)
    topic, people = asked.topic, asked.people
    opened = _OPENER.match(asked.text)
    goes_on = bool(opened and opened[0].strip()) or bool(_IT.search(asked.text))
    refers = asked.intent in SEARCHED or (asked.intent in OF_MATTER and goes_on)
    if not topic and refers:
        topic = before.topic
    if not people and _HE_OR_SHE.search(asked.text):
        people = before.people or named(before)
    if (topic, people) == (asked.topic, asked.people):
        return asked
    intent = before.intent if asked.intent == SAID and before.intent in OF_MATTER and not topic else asked.intent
    return replace(asked, intent=intent, topic=topic, people=people, carried=True)


def _continued(asked: Asked, before: Asked) -> Asked:
    """The question before, with what the new one puts in its place."""
    named = bool(asked.people or asked.ours or asked.deals)
    topic = matter(_rest(asked), catalogue())
    return replace(
        asked,
        intent=_kind(topic, before),
        language=asked.language if _WORD.search(_rest(asked)) else before.language,
        span=asked.span if topic else _span(asked, before.span),
        people=asked.people if named else before.people,
        ours=asked.ours if named else before.ours,
        deals=asked.deals if named else before.deals,
        topic=topic or before.topic,
        carried=True,
    )


def _kind(topic: tuple[str, ...], before: Asked) -> str:
    """The kind of the question before; a new matter is searched for where that one has none."""
    return SAID if topic and before.intent not in OF_MATTER else before.intent


def _span(asked: Asked, before: Span) -> Span:
    """The time that it names, else that of the question before; "before that" ends where that began."""
    if asked.span.named:
        return asked.span
    if before.since and _BEFORE_THAT.search(asked.text):
        return Span(until=before.since)
    if before.until and _AFTER_THAT.search(asked.text):
        return Span(since=before.until)
    return before


def _leaves_out(asked: Asked) -> bool:
    """Whether a question is only a time, a name, a matter or a word of asking, with "and" or without."""
    opened, rest, others = _OPENER.match(asked.text), _rest(asked), _others(asked)
    if not others:
        return True
    # "And the delivery?": nothing but a matter stands behind the opening.
    return (
        bool(opened and opened[0].strip()) and len(others) <= 3 and len(matter(rest, catalogue())) == len(set(others))
    )


def _others(asked: Asked) -> list[str]:
    """The stems that say more than a time, a name or a word of asking."""
    return [x for x in words(_rest(asked)) if x not in catalogue().left_out]


def _rest(asked: Asked) -> str:
    """The question without its opening, its time and the names that it has."""
    rest = asked.bare
    for said in asked.span.words:
        rest = re.sub(re.escape(said), " ", rest, flags=re.IGNORECASE)
    return _OPENER.sub("", rest.strip(), count=1)
