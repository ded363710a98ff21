"""The slots that sentences may use, each with the record that it comes from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent_runtime.loop.gates import attempts_since
from agent_runtime.loop.situation import Debt, Situation
from agent_runtime.loop.wording import (
    asked,
    day_words,
    document_phrase,
    in_sentence,
    object_words,
    topic_words,
    zone_words,
)

_SLOT = re.compile(r"\{(\w+)\}")
_NEEDED = re.compile(r"\{\?(\w+)\}")


@dataclass(frozen=True, slots=True)
class Slot:
    """A piece of a text and where it stands: an activity, or "contact:…", "user:…", "opportunity:…"."""

    text: str
    activity_id: str


Slots = dict[str, Slot]


def slots_of(situation: Situation, debt: Debt | None, words: Mapping[str, Any], answer: str = "") -> Slots:
    """Every slot that the records can fill; what they cannot fill is missing, never empty."""
    found: Slots = {}
    person = words["team" if situation.sender.team_mailbox else "one"]
    found.update({name: Slot(text, "") for name, text in person.items()})
    for part in (_matter, _debt, _offers):
        found.update(part(situation, debt, words))
    if situation.missing:
        found["points"] = Slot(_listed([words["points"][x] for x in situation.missing], words["and"]), "")
    if answer.strip():
        found["answer"] = Slot(answer.strip(), f"user:{situation.sender.user_id}")
    return {name: slot for name, slot in found.items() if slot.text}


def _listed(parts: list[str], last: str) -> str:
    """ "where it is, and by when" of several parts."""
    return f" {last} ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def fill(sentence: str, slots: Slots) -> str | None:
    """The sentence with its slots, or None where one is missing; "{Object}" begins with a capital.

    "{?reply_day}" asks for a slot and shows nothing.
    """
    for name in (*_SLOT.findall(sentence), *_NEEDED.findall(sentence)):
        if name not in slots and name.lower() not in slots:
            return None
    text = _SLOT.sub(lambda match: _text(match[1], slots), _NEEDED.sub("", sentence))
    return text[:1].upper() + text[1:]


def used(sentence: str, slots: Slots) -> list[Slot]:
    """The slots of a sentence that come from records."""
    kept = [slots.get(name) or slots[name.lower()] for name in _SLOT.findall(sentence)]
    return [slot for slot in kept if slot.activity_id]


def _text(name: str, slots: Slots) -> str:
    if name in slots:
        return slots[name].text
    text = slots[name.lower()].text
    return text[:1].upper() + text[1:]


def _matter(situation: Situation, debt: Debt | None, words: Mapping[str, Any]) -> Slots:
    anchor = situation.anchor
    matter = object_words(situation, debt)
    source = debt.activity_id if debt else anchor.activity_id if anchor else _opportunity(situation)
    found: Slots = {}
    if matter:
        own_task = debt is not None and not debt.told
        found["object"] = Slot(f'"{matter}"' if own_task else in_sentence(matter, words), source)
        found["document"] = Slot(document_phrase(matter, words), source)
    if anchor:
        day = Slot(_day(anchor.at, situation, words), anchor.activity_id)
        found["day"] = day
        found["enquiry"] = Slot(words["enquiry"].get(anchor.kind, words["enquiry"]["other"]), "")
        found["enquired"] = Slot(words["enquired"].get(anchor.kind, words["enquired"]["other"]), "")
        found.update(_by("who", "whose", anchor.user_id, situation, words))
        if anchor.kind == "email" and anchor.direction == "outbound":
            found["mail_day"] = day
    found.update(_last_contact(situation, words))
    if question := asked(situation):
        found["asked"] = Slot(question[0], question[1].activity_id)
    opportunity = situation.opportunity
    if opportunity and opportunity.valid_until and opportunity.valid_until > situation.now:
        found["valid_day"] = Slot(_day(opportunity.valid_until, situation, words), _opportunity(situation))
    return found


def _last_contact(situation: Situation, words: Mapping[str, Any]) -> Slots:
    """The newest real contact with this person: what it was about, and on which day."""
    ways: Mapping[str, str] = words["contact"]
    for record in sorted(situation.records, key=lambda record: record.at, reverse=True):
        way = ways.get(record.kind) or ways.get(f"{record.kind}_{record.direction}")
        topic = topic_words(record, situation)
        if way and topic and record.contact_id in ("", situation.recipient.contact_id):
            who = _by("who", "whose", record.user_id, situation, words)["who"].text
            return {
                "contact": Slot(way.format(who=who), ""),
                "contact_day": Slot(_day(record.at, situation, words), record.activity_id),
                "topic": Slot(in_sentence(topic, words), record.activity_id),
            }
    return {}


def _by(subject: str, possessive: str, user_id: str, situation: Situation, words: Mapping[str, Any]) -> Slots:
    """ "I" only for what the sender did in person; what a colleague did, "we" did."""
    own = user_id in ("", situation.sender.user_id) and not situation.sender.team_mailbox
    person = words["one" if own else "team"]
    return {subject: Slot(person["I"], ""), possessive: Slot(person["my"], "")}


def _debt(situation: Situation, debt: Debt | None, words: Mapping[str, Any]) -> Slots:
    if debt is None:
        return {}
    found: Slots = {"promised_day": Slot(_day(debt.promised_at, situation, words), debt.activity_id)}
    found.update(_by("promiser", "promisers", debt.user_id, situation, words))
    if debt.due_at:
        found["due_day"] = Slot(_day(debt.due_at, situation, words), debt.activity_id)
        if is_late(debt, situation):
            found["late_day"] = found["due_day"]
    if debt.attachment:
        found["attachment"] = Slot(debt.attachment, debt.activity_id)
    return found


def is_late(debt: Debt, situation: Situation) -> bool:
    """Whether the record shows the promise broken."""
    return debt.due_at is not None and debt.due_at < situation.now


def _offers(situation: Situation, debt: Debt | None, words: Mapping[str, Any]) -> Slots:
    """Times that we can offer and attempts that we made, in the recipient's zone."""
    found: Slots = {"zone": Slot(zone_words(situation.zone, words), f"contact:{situation.recipient.contact_id}")}
    ahead = [free.starts_at for free in situation.free_slots if free.starts_at > situation.now]
    if len(ahead) >= 2:
        calendar = f"user:{situation.sender.user_id}"
        for number, moment in enumerate(sorted(ahead)[:2], 1):
            found[f"slot{number}"] = Slot(_moment(moment, situation, words), calendar)
    calls = [touch for touch in situation.touched("outbound", "call") if touch.at in attempts_since(situation)]
    if calls:
        found["attempt"] = Slot(_moment(calls[-1].at, situation, words), calls[-1].activity_id or "call")
        found.update(_by("tried", "tries", calls[-1].user_id, situation, words))
    if situation.reply_by and situation.reply_by > situation.now:
        source = f"user:{situation.sender.user_id}"
        found["reply_day"] = Slot(_day(situation.reply_by, situation, words), source)
    return found


def _day(moment: datetime, situation: Situation, words: Mapping[str, Any]) -> str:
    return day_words(moment, situation.now, situation.zone, words)


def _moment(moment: datetime, situation: Situation, words: Mapping[str, Any]) -> str:
    local = moment.astimezone(situation.zone)
    pattern: str = words["moment"]
    return pattern.format(day=_day(moment, situation, words), time=f"{local.hour}:{local.minute:02d}")


def _opportunity(situation: Situation) -> str:
    return f"opportunity:{situation.opportunity.id}" if situation.opportunity else ""
