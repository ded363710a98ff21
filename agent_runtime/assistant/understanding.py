"""Reads a question against the names of one account: what kind it is, of whom, of what matter and of which time."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent_runtime.assistant.catalogue import SAID, Catalogue, catalogue, nearest
from agent_runtime.assistant.models import Question
from agent_runtime.assistant.records import Records
from agent_runtime.assistant.times import Span, span_of
from memory.embed import Embedder
from memory.words import words

_GERMAN = re.compile(
    r"\b(?:wer|wen|wem|wessen|wie|wann|wo|was|warum|wieso|welche[rnms]?|ist|sind|haben|hat|hatten|wir|uns|ihnen|der|die"
    r"|das|den|dem|und|nicht|noch|bitte|seit|beim?|zum|zur|zu|ein|eine|einen|für|mit|gibt|steht|schulden|gab|sie)\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(?:who(?:se|m)?|what|when|where|why|which|how|is|are|was|were|did|do|does|has|have|had|the|they|them|their|we|us"
    r"|our|i|me|my|to|of|in|for|with|and|not|still|this|that|any|please|about)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\b(?:about|regarding|concerning|on the subject of|zu|zum|zur|über|wegen|bezüglich|on)\b")
_AHEAD = frozenset({"renewal", "meeting_next", "close_date", "next"})
_STRANGER, _COLLEAGUE, _DEAL, _CUSTOMER = "that person", "our colleague", "the deal", "the customer"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was understood. `intent`: of the catalogue, or said.

    `people` are contacts, `ours` users, `deals` names of deals that it names; `topic` the stems of its matter, in
    order; `language` is en or de.
    """

    question: Question
    intent: str
    language: str
    span: Span
    people: tuple[str, ...]
    ours: tuple[str, ...]
    deals: tuple[str, ...]
    topic: tuple[str, ...]


def understood(question: Question, records: Records, embedder: Embedder | None) -> Asked:
    """Reads the question; anything is one."""
    text = " ".join(question.text.replace("\u2019", "'").split())
    language = language_of(text)
    text, people = _named(text, {x.id: x.name for x in records.contacts.values()}, _STRANGER)
    text, ours = _named(text, records.known.users, _COLLEAGUE)
    text, deals = _whole(text, [x.name for x in records.known.deals], _DEAL)
    text, _ = _whole(text, [records.known.account.name], _CUSTOMER)
    intent, topic = sorted_out(text, catalogue(), embedder)
    span = span_of(text, question.at, records.zone, ahead=intent in _AHEAD)
    timed = {stem for said in span.words for stem in words(said)}
    return Asked(question, intent, language, span, people, ours, deals, tuple(x for x in topic if x not in timed))


def language_of(text: str) -> str:
    """de where the small words are German ones, else en."""
    return "de" if len(_GERMAN.findall(text)) > len(_ENGLISH.findall(text)) else "en"


def sorted_out(text: str, known: Catalogue, embedder: Embedder | None) -> tuple[str, tuple[str, ...]]:
    """The intent, and the stems that are its matter. What stands behind "about" says what of, not what kind."""
    topic = matter(text, known)
    head, tail = _parted(text, known)
    low = head.casefold()
    intent = known.fitting(low)
    if intent is None and tail:
        intent = known.fitting(text.casefold())
    if intent is not None:
        asking = known.asking(intent, topic) - set(words(tail))
        topic = tuple(x for x in topic if x not in asking)
    intent = intent or nearest(head, known, embedder)
    if intent is None and (intent := known.likeliest(words(head))):
        # Only here a word says which kind: elsewhere the same word may well be the matter.
        topic = tuple(x for x in topic if x not in known.words_of(intent))
    return intent or SAID, topic


def matter(text: str, known: Catalogue) -> tuple[str, ...]:
    """The stems of a text that no everyday word has, each once, in order."""
    return tuple(dict.fromkeys(x for x in words(text) if x not in known.everyday and len(x) > 1))


def _parted(text: str, known: Catalogue) -> tuple[str, str]:
    """What stands before "about" with the last two words (verbs may stand there), and what stands behind it.

    A colon parts as well: "Lead time: what did we say?".
    """
    before, colon, behind = text.partition(": ")
    if colon and matter(before, known) and len(behind.split()) > 2:
        return behind, before
    for found in _ABOUT.finditer(text.casefold()):
        tail = text[found.end() :]
        if matter(tail, known) and len(text[: found.start()].split()) > 1:
            return f"{text[: found.start()]} {' '.join(tail.split()[-2:])}", tail
    return text, ""


def _named(text: str, names: Mapping[str, str], stand_in: str) -> tuple[str, tuple[str, ...]]:
    """Whom the text names, by whole name, else by a first or last name that one alone bears; it stands replaced.

    A first name before another surname is somebody else.
    """
    found: list[str] = []
    for key, name in names.items():
        if len(name) > 3 and re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE):
            found.append(key)
            text = re.sub(rf"\b{re.escape(name)}\b", stand_in, text, flags=re.IGNORECASE)
    for part, key in _alone(names).items():
        pattern = rf"(?<![A-ZÄÖÜ][a-zäöüß] )\b{re.escape(part)}\b(?! [A-ZÄÖÜ][a-zäöüß]+)"
        if re.search(pattern, text) and not _behind_name(text, part):
            found.append(key)
            text = re.sub(pattern, stand_in, text)
    return text, tuple(dict.fromkeys(found))


def _behind_name(text: str, part: str) -> bool:
    """Whether another capitalised name stands before: "Stuart Selwyn" is not the Selwyn whom we know."""
    before = re.search(rf"\b([A-ZÄÖÜ][a-zäöüß]+) {re.escape(part)}\b", text)
    titles = {"Herr", "Frau", "Mr", "Mrs", "Ms", "Dr", "Did", "Has", "Was", "Is", "When", "What", "Hat", "Wann", "Why"}
    return bool(before) and before[1] not in titles if before else False


def _alone(names: Mapping[str, str]) -> dict[str, str]:
    """Parts of names that one person alone bears."""
    bearers: dict[str, list[str]] = {}
    for key, name in names.items():
        for part in set(name.split()):
            if len(part) > 2:
                bearers.setdefault(part, []).append(key)
    return {part: keys[0] for part, keys in bearers.items() if len(keys) == 1}


def _whole(text: str, names: Iterable[str], stand_in: str) -> tuple[str, tuple[str, ...]]:
    found = []
    for name in sorted(set(names), key=len, reverse=True):
        if name and re.search(re.escape(name), text, re.IGNORECASE):
            found.append(name)
            text = re.sub(re.escape(name), stand_in, text, flags=re.IGNORECASE)
    return text, tuple(found)
