"""Texts for people of the house: call cards, tasks, hand-overs within the team, escalations."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from agent_runtime.loop.catalogue import Catalogue, catalogue, inside_catalogue
from agent_runtime.loop.gates import Gate
from agent_runtime.loop.situation import OURS, Debt, Record, Situation
from agent_runtime.loop.slots import Slot, Slots, fill, slots_of
from agent_runtime.loop.wording import MOST_QUOTE_WORDS, day_words, object_words

FACTS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known, in one line, with the activity in which it stands."""

    text: str
    activity_id: str


@dataclass(frozen=True, slots=True)
class Inside:
    """A text for inside, with its subject and sources."""

    subject: str
    body: str
    slots: tuple[Slot, ...]


def call_card(situation: Situation, debt: Debt | None) -> Inside:
    """Number, local time there, reason, last words, one opening line, what to note, the four results."""
    texts = inside_catalogue(situation.sender.language)
    known = inside_slots(situation, debt, texts)
    words = texts.inside["words"]
    number = situation.recipient.phone
    last = last_words(situation, texts)
    opening = opening_line(situation, debt)
    values = {
        "person": person_words(situation, words),
        "tel": f"{number} (tel:{''.join(char for char in number if char in '+0123456789')})",
        "local_time": f"{situation.now.astimezone(situation.zone):%H:%M} ({situation.zone.key})",
        "why": why_now(situation, debt),
        "last_words": last.text if last else words["no_words"],
        "intent": texts.inside["intent"][situation.signal],
        "opening": opening,
        "note_down": words["note_down_debt" if situation.signal in OURS or debt else "note_down"],
    }
    lines = [line for line in texts.inside["card"].strip().splitlines() if opening or "{opening}" not in line]
    sources = [*_cited(known), *([Slot(last.text, last.activity_id)] if last else [])]
    return Inside(_subject(situation, known, texts), "\n".join(lines).format(**values), tuple(sources))


def task(situation: Situation, gate: Gate, debt: Debt | None, reason: str) -> Inside:
    """What is wrong, what to do, where to look; `reason` says why no mail or call is proposed, if so."""
    texts = inside_catalogue(situation.sender.language)
    known = inside_slots(situation, debt, texts)
    parts = (why_now(situation, debt), reason)
    wrong = " ".join(part for part in (parts if situation.verified else reversed(parts)) if part)
    values = _values(situation, known, texts, wrong, _todo(situation, gate, debt))
    body = texts.inside["task"].strip().format(**values)
    return Inside(_subject(situation, known, texts), body, tuple(_cited(known)))


def step_text(situation: Situation, gate: Gate, debt: Debt | None) -> Inside:
    """The text of the inside steps: reassign, manager, ask_outcome. It judges the item, never a person."""
    texts = inside_catalogue(situation.sender.language)
    name = {"reassign": "reassign", "manager": "escalate"}.get(situation.step, "ask_outcome")
    known = inside_slots(situation, debt, texts)
    values = _values(situation, known, texts, why_now(situation, debt), _todo(situation, gate, debt))
    body = texts.inside[name].strip().format(**values)
    return Inside(_subject(situation, known, texts), body, tuple(_cited(known)))


def why_now(situation: Situation, debt: Debt | None) -> str:
    """One line: what should have happened and did not."""
    texts = inside_catalogue(situation.sender.language)
    known = inside_slots(situation, debt, texts)
    lines = texts.inside["why"]
    first = debt is not None and situation.signal not in OURS
    wanted = [lines["debt"]] if first else [lines[situation.signal], lines["debt"]]
    filled = (fill(line, known) for line in wanted)
    line = next((line for line in filled if line), texts.inside["signals"][situation.signal] + ".")
    unverified: str = texts.inside["words"]["unverified"]
    return line if situation.verified else unverified.format(why=line)


def what_i_know(situation: Situation) -> tuple[Fact, ...]:
    """Three cited facts, those on which the signal stands first."""
    texts = inside_catalogue(situation.sender.language)
    lines = [_fact(record, situation, texts) for record in situation.records]
    for debt in situation.debts:
        day = day_words(debt.promised_at, situation.now, situation.zone, texts.words)
        text = texts.inside["facts"]["debt"].format(day=day, what=debt.what)
        lines.append(Fact(text, debt.activity_id))
    return tuple({fact.activity_id: fact for fact in reversed(lines)}.values())[::-1][:FACTS_SHOWN]


def last_words(situation: Situation, texts: Catalogue) -> Fact | None:
    """The newest words of this person, at most twelve, with their day."""
    theirs = [
        record
        for record in situation.records
        if record.direction == "inbound" and record.quote and record.contact_id == situation.recipient.contact_id
    ]
    if not theirs:
        return None
    newest = max(theirs, key=lambda record: record.at)
    day = day_words(newest.at, situation.now, situation.zone, texts.words)
    return Fact(f'"{_shortened(newest.quote)}" ({newest.kind}, {day})', newest.activity_id)


def opening_line(situation: Situation, debt: Debt | None) -> str:
    """One line to begin the call with, in the customer's language; empty where that language has no texts."""
    texts = catalogue(situation.language)
    if texts is None:
        return ""
    slots = slots_of(situation, debt, texts.words)
    slots["my_name"] = Slot(situation.sender.name, f"user:{situation.sender.user_id}")
    group = "debt" if debt else situation.signal if situation.signal in texts.openings else "sales"
    lines = sorted(texts.openings[group], key=lambda line: _order(situation, line))
    filled = (fill(line, slots) for line in (*lines, *texts.openings["plain"]))
    return next((line for line in filled if line), "")


def inside_slots(situation: Situation, debt: Debt | None, texts: Catalogue) -> Slots:
    """The slots of mails, and those that only the house may read: dates of the CRM, names of colleagues."""
    slots = slots_of(situation, debt, texts.words)
    words = texts.inside["words"]
    contact = f"contact:{situation.recipient.contact_id}"
    slots["person"] = Slot(person_words(situation, words), contact)
    name = situation.opportunity.name if situation.opportunity else ""
    if "object" not in slots or situation.signal == "close_date_pushed":
        slots["object"] = Slot(name or situation.account_name or words["no_object"], contact)
    matter = situation.opportunity
    for slot, moment in (
        ("old_close", matter.old_close_date if matter else None),
        ("new_close", matter.close_date if matter else None),
    ):
        if matter and moment:
            day = day_words(moment, situation.now, situation.zone, texts.words)
            slots[slot] = Slot(day, f"opportunity:{matter.id}")
    return slots


def person_words(situation: Situation, words: Mapping[str, Any]) -> str:
    """The person's name, else the account's."""
    fallback: str = words["no_person"]
    return situation.recipient.name or situation.account_name or fallback


def _values(situation: Situation, known: Slots, texts: Catalogue, wrong: str, todo: str) -> dict[str, str]:
    words = texts.inside["words"]
    return {
        "account": situation.account_name,
        "object": known["object"].text,
        "object_line": f"{situation.account_name}: {known['object'].text}",
        "person": known["person"].text,
        "day": day_words(situation.since, situation.now, situation.zone, texts.words),
        "wrong": wrong,
        "todo": todo,
        "look": "; ".join(situation.looked_in)
        or texts.inside["words"]["records_of"].format(account=situation.account_name),
        "owner": situation.sender.name or words["nobody"],
        "new_owner": situation.new_owner_name or words["colleague"],
    }


def _todo(situation: Situation, gate: Gate, debt: Debt | None) -> str:
    texts = inside_catalogue(situation.sender.language)
    special = {1: "blind", 6: "complaint"}.get(gate.rule, "")
    if gate.verdict == "person_chooses":
        special = "choose"
    if gate.rule == 4 and not debt and situation.signal not in OURS:
        special = "address"
    if not special and debt:
        special = "debt"
    line = texts.inside["todo"][special or situation.signal]
    known = inside_slots(situation, debt, texts)
    known["account"] = Slot(situation.account_name, "")
    return fill(line, known) or line


def _subject(situation: Situation, known: Slots, texts: Catalogue) -> str:
    pattern: str = texts.inside["words"]["subject_task"]
    named = "" if situation.signal == "close_date_pushed" else object_words(situation, None)
    matter = named or known["object"].text
    return pattern.format(signal=texts.inside["signals"][situation.signal], object=matter)


def _cited(known: Slots) -> list[Slot]:
    names = ("object", "day", "promised_day", "due_day", "old_close", "new_close", "person")
    return [known[name] for name in names if name in known and known[name].activity_id]


def _fact(record: Record, situation: Situation, texts: Catalogue) -> Fact:
    day = day_words(record.at, situation.now, situation.zone, texts.words)
    side = texts.inside["facts"].get(record.direction, texts.inside["facts"]["other"])
    said = f'"{_shortened(record.quote)}"' if record.quote else record.what
    kind = texts.inside["kinds"].get(record.kind, record.kind)
    return Fact(side.format(day=day, kind=kind, said=said).rstrip(": "), record.activity_id)


def _shortened(quote: str) -> str:
    words = quote.split()
    return " ".join(words) if len(words) <= MOST_QUOTE_WORDS else " ".join(words[:MOST_QUOTE_WORDS]) + " …"


def _order(situation: Situation, line: str) -> bytes:
    return blake2b(f"{situation.account_id}|{situation.episode_key}|{line}".encode(), digest_size=8).digest()
