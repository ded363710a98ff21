"""What texts state of an account and its people, without a model: roles, presence, wishes, concerns, answers."""

import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import NamedTuple
from zoneinfo import ZoneInfo

from agent_runtime.ingest.calls import OUR_SPEAKERS, SUMMARY
from agent_runtime.ingest.extract import APOSTROPHES, LONGEST_READ, LONGEST_SENTENCE, sentences
from agent_runtime.ingest.knowledge_patterns import anyone, first, gates, section
from agent_runtime.ingest.naming import People
from agent_runtime.ingest.promises import Promise, promises
from agent_runtime.ingest.values import VALUES, clock
from memory.facts import Statement
from memory.timeline import NewActivity

LONGEST_JUDGEMENT = 300
Patterns = dict[str, list[re.Pattern[str]]]
_GATES, _SUPPOSED, _DENIED = gates(), anyone("supposed"), anyone("denied")
_EVERY_GATE = tuple(dict.fromkeys(piece for pieces in _GATES.values() for piece in pieces))
_ONE_PERSON, _EACH_PERSON, _PRESENCE = section("one_person"), section("each_person"), section("presence")
_EDGES, _STATED, _PREFERENCE = section("edges"), section("stated"), section("preference")
_CONCERN, _TOPICS, _QUESTION = section("concern"), section("topics"), section("question")
_JUDGEMENT = section("judgement")
_NO_WORRY = re.compile(
    r"(?i)\b(?:not|no longer|no|never|n't|keine?|nicht) (?:\w+ )?(?:worried|concern\w*|afraid|bedenken|sorgen?)"
)
_SPOKEN = re.compile(r"(?m)^([^:\n]{1,60}): ")


class Telling(NamedTuple):
    """What a text is as evidence: whose words (`trust` user or external), and who says "I" in it."""

    text: str
    offset: int
    trust: str
    speaker: str | None
    note: bool = False


class Told(NamedTuple):
    """One statement found in a sentence."""

    slot: str
    value: str
    sentence: str


def tellings(activity: NewActivity, our_names: frozenset[str] = frozenset()) -> Iterator[Telling]:
    """The parts of an activity's text that state something of the customer: theirs, and what ours noted down.

    What we write to a customer states nothing: it may only repeat what we believe. `our_names`: casefolded.
    """
    text = activity.text
    if not text or activity.deleted or activity.data.get("auto"):
        return
    if activity.kind in ("email", "message", "form") and activity.direction == "inbound":
        yield Telling(text, 0, "external", activity.contact_id)
    elif activity.kind == "call":
        yield from _spoken(text, activity.contact_id, our_names)
    elif activity.kind in ("note", "meeting") and activity.user_id:
        yield Telling(text, 0, "user", None, note=activity.kind == "note")


def _spoken(text: str, contact: str | None, our_names: frozenset[str]) -> Iterator[Telling]:
    offset = 0
    for line in text.splitlines(keepends=True):
        named = _SPOKEN.match(line)
        # What a machine wrote about the call is nobody's word.
        ours = named and (named[1].lower() in OUR_SPEAKERS or named[1].casefold() in our_names)
        if not ours and not line.startswith(SUMMARY):
            start = named.end() if named else 0
            yield Telling(line[start:], offset + start, "external", contact)
        offset += len(line)


def their_promises(activity: NewActivity, zone: ZoneInfo, our_names: frozenset[str]) -> list[Promise]:
    """The dated promises that a customer makes to us in an activity's text, in its order."""
    theirs = (one for one in tellings(activity, our_names) if one.trust == "external")
    return [promise for one in theirs for promise in promises(one.text, activity.occurred_at, zone)]


def worth_reading(telling: Telling) -> bool:
    """Whether the text has any of the words without which nothing is found; a note always may."""
    return telling.note or _has(telling.text[:LONGEST_READ], _EVERY_GATE)


def told(telling: Telling, people: People, contact: str | None = None) -> Iterator[Told]:
    """What the text states, sentence by sentence; `contact`: whom a note is about, where it names nobody."""
    for sentence in sentences(telling.text):
        if len(sentence) > LONGEST_SENTENCE or not (telling.note or _has(sentence, _EVERY_GATE)):
            continue
        if _SUPPOSED.search(sentence):
            continue
        typed = [*_wishes(sentence, telling, people, contact), *_worries(sentence)]
        if not _DENIED.search(sentence):
            typed += [*_of_people(sentence, telling, people), *_ties(sentence, telling, people), *_answers(sentence)]
        yield from typed
        marks = _JUDGEMENT["marks"] if typed else [*_JUDGEMENT["marks"], *_JUDGEMENT["typed"]]
        if telling.note and first(marks, sentence):
            yield Told(f"judgement.{_digest(sentence)}", sentence[:LONGEST_JUDGEMENT], sentence)


def _has(text: str, pieces: tuple[str, ...]) -> bool:
    low = f" {text.lower()}".replace("\n", " ")
    return any(piece in low for piece in pieces)


def _part(name: str, patterns: Patterns, sentence: str) -> Iterator[tuple[str, re.Match[str]]]:
    """What of one part of the catalogue the sentence holds, as (meaning, match)."""
    if _has(sentence, _GATES[name]):
        yield from ((meaning, found) for meaning, each in patterns.items() if (found := first(each, sentence)))


def _of_people(sentence: str, telling: Telling, people: People) -> Iterator[Told]:
    for slot, found in _part("one_person", _ONE_PERSON, sentence):
        if who := people.person(found["who"], telling.speaker):
            yield Told(slot, who, sentence)
    for role, found in _part("each_person", _EACH_PERSON, sentence):
        if who := people.person(found["who"], telling.speaker):
            yield Told(f"person.{who}.{role}", "yes", sentence)
    for state, found in _part("presence", _PRESENCE, sentence):
        if who := people.person(found["who"], telling.speaker):
            yield Told(f"person.{who}.presence", state, sentence)
            break


def _ties(sentence: str, telling: Telling, people: People) -> Iterator[Told]:
    for tie, found in _part("edges", _EDGES, sentence):
        who, whom = (people.person(found[name], telling.speaker) for name in ("who", "whom"))
        if who and whom and who != whom:
            yield Told(f"person.{who}.{tie}", whom, sentence)


def _answers(sentence: str) -> Iterator[Told]:
    for slot, found in _part("stated", _STATED, sentence):
        if value := VALUES[slot](found["value"]):
            yield Told(slot, value, sentence)


def _wishes(sentence: str, telling: Telling, people: People, contact: str | None) -> Iterator[Told]:
    for slot, found in _part("preference", _PREFERENCE, sentence):
        who = telling.speaker or _named(sentence, people) or contact
        name, value = next((key, text) for key, text in found.groupdict().items() if text)
        said = f"not before {clock(value)}" if name == "before" else name
        if who:
            yield Told(f"person.{who}.{slot}", said, sentence)


def _named(sentence: str, people: People) -> str | None:
    words = re.findall(r"[^\W\d_][\w-]+", sentence)
    ids = {found for word in words if (found := people.person(word, None))}
    return ids.pop() if len(ids) == 1 else None


def _worries(sentence: str) -> Iterator[Told]:
    if not _has(sentence, _GATES["concern"]):
        return
    settled = first(_CONCERN["settled"], sentence) or _NO_WORRY.search(sentence)
    if not settled and not first(_CONCERN["worried"], sentence):
        return
    for topic, patterns in _TOPICS.items():
        if first(patterns, sentence):
            yield Told(f"concern.{topic}", "settled" if settled else "open", sentence)


def statements(activity: NewActivity, activity_id: str, telling: Telling, people: People) -> Iterator[Statement]:
    """The facts that one part of an activity's text states, each with its span in that text."""
    account = activity.account_id or ""
    for one in told(telling, people, activity.contact_id):
        yield Statement(
            account_id=account,
            slot=one.slot,
            value=one.value,
            trust=telling.trust,
            valid_from=activity.occurred_at,
            recorded_at=activity.known_at,
            activity_id=activity_id,
            source_id=activity.source_id,
            span=_span(one.sentence, telling),
        )


def _span(sentence: str, telling: Telling) -> tuple[int, int] | None:
    """Where the sentence stands in the activity's text, whatever spaces and lines were between its words."""
    spaced = r"\s+".join(map(re.escape, sentence.split()))
    found = re.search(spaced, telling.text.translate(APOSTROPHES))
    return (found.start() + telling.offset, found.end() + telling.offset) if found else None


def asked_topics(text: str) -> set[str]:
    """What a text of ours asks that a fact may answer already: budget, seats, start, current_tool, decides."""
    asking = [one for one in sentences(text) if "?" in one]
    return {topic for one in asking for topic, patterns in _QUESTION.items() if first(patterns, one)}


def _digest(sentence: str) -> str:
    words = sorted(re.findall(r"\w+", sentence.casefold()))
    return blake2b(" ".join(words).encode(), digest_size=6).hexdigest()
