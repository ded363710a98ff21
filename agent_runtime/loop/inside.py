"""Texts for people of the house: call cards, tasks, hand-overs within the team, escalations."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from agent_runtime.loop.catalogue import Catalogue, catalogue, inside_catalogue
from agent_runtime.loop.gates import Gate, announced, known_already
from agent_runtime.loop.said import MENTIONED
from agent_runtime.loop.situation import OURS, Debt, Record, SecondTouch, Situation
from agent_runtime.loop.slots import Slot, Slots, fill, slots_of
from agent_runtime.loop.wording import day_words, in_sentence, object_words, zone_words

FACTS_SHOWN = 3
MOST_WORDS_SHOWN = 45
# What is seen of the whole account: the last thread with somebody there is not what it is about.
_OF_THE_ACCOUNT = frozenset({
    "check_in", "competitor_named", "competitor_contract", "renewal_ahead", "usage_decline", "usage_spike",
    "stakeholder_change", "new_executive", "champion_left", "champion_quiet", "intent_signal",
})  # fmt: skip


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
    """Number, local time there, reason, last words, one opening line, what to note, the four results.

    Of a missed call also what it was about, what was tried, and when they said that they can be reached.
    """
    texts = inside_catalogue(situation.sender.language)
    known = inside_slots(situation, debt, texts)
    words = texts.inside["words"]
    number = situation.recipient.phone
    last = last_words(situation, texts)
    opening = opening_line(situation, debt)
    values = {
        "person": _who(situation, words),
        "tel": f"tel:{''.join(char for char in number if char in '+0123456789')}",
        "local_time": _clock_there(situation, words),
        "why": why_now(situation, debt),
        "last_words": last.text if last else words["no_words"],
        "intent": _intent(situation, debt, texts, known),
        "opening": opening,
        **_known_of_calls(situation, texts),
        "note_down": words["note_down_debt" if situation.signal in OURS or debt else "note_down"],
    }
    empty = [f"{{{name}}}" for name, value in values.items() if not value]
    lines = [line for line in texts.inside["card"].strip().splitlines() if not any(x in line for x in empty)]
    sources = [*_cited(known), *([Slot(last.text, last.activity_id)] if last else [])]
    return Inside(_subject(situation, known, texts), "\n".join(lines).format(**values), tuple(sources))


def _known_of_calls(situation: Situation, texts: Catalogue) -> dict[str, str]:
    """What of a missed call is more than its record; empty where nothing is."""
    touch, words = situation.second_touch, texts.inside["calls"]
    if touch is None:
        return {"about": "", "tried": "", "reachable": ""}
    parts = (
        words["topics"].get(touch.topic, ""),
        words["chosen"].format(choice=touch.chosen) if touch.chosen else "",
        words["page"].format(page=touch.page) if touch.page else "",
        words["rang"].format(times=touch.rang) if touch.rang > 1 else "",
    )
    return {
        "about": "; ".join(part for part in parts if part),
        "tried": _tried(situation, touch, texts),
        "reachable": f'"{touch.reachable}"' if touch.reachable else "",
    }


def _tried(situation: Situation, touch: SecondTouch, texts: Catalogue) -> str:
    words = texts.inside["calls"]
    if touch.tried_at is None:
        return ""
    local = touch.tried_at.astimezone(ZoneInfo(situation.sender.timezone))
    day = day_words(touch.tried_at, situation.now, situation.zone, texts.words)
    when = texts.words["moment"].format(day=day, time=f"{local.hour}:{local.minute:02d}")
    line: str = words["tried_once" if touch.tried == 1 else "tried"].format(times=touch.tried, when=when)
    return f"{line}, {words['left_message']}" if touch.left_message else line


def _intent(situation: Situation, debt: Debt | None, texts: Catalogue, known: Slots) -> str:
    own = fill("" if debt else _of_first(situation, "intent", texts), known)
    found: str = own[:1].lower() + own[1:] if own else texts.inside["intent"][_intent_key(situation, debt)]
    return found


def _of_first(situation: Situation, part: str, texts: Catalogue) -> str:
    """What the catalogue says of a new lead's first step (todo, intent, why, signal); empty where it says nothing."""
    found: str = texts.inside["first"].get(situation.first, {}).get(part, "")
    return found


def _intent_key(situation: Situation, debt: Debt | None) -> str:
    if debt and not debt.told:
        return "task"
    return "message_left" if _left_a_message(situation) else situation.signal


def _left_a_message(situation: Situation) -> bool:
    return situation.signal == "missed_call" and bool(situation.anchor and situation.anchor.quote)


def _who(situation: Situation, words: Mapping[str, Any]) -> str:
    """ "Clare Yardley, Norwood Flowers": the person and the account, as far as they are known."""
    person, account = person_words(situation, words), situation.account_name
    return f"{person}, {account}" if situation.recipient.name and account != person else person


def _clock_there(situation: Situation, words: Mapping[str, Any]) -> str:
    """Their clock against the reader's: the card may be read hours after it was written."""
    own = ZoneInfo(situation.sender.timezone)
    there, here = (situation.now.astimezone(zone).utcoffset() or timedelta() for zone in (situation.zone, own))
    minutes = int((there - here).total_seconds()) // 60
    city = zone_words(situation.zone, inside_catalogue(situation.sender.language).words)
    if not minutes:
        return f"{city}, {words['same_clock']}"
    hours, rest = divmod(abs(minutes), 60)
    ahead = words["ahead" if minutes > 0 else "behind"]
    return f"{city}, {ahead.format(hours=f'{hours}:{rest:02d}' if rest else hours)}"


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
    own = _of_first(situation, "why", texts) or lines[_why_key(situation, debt)]
    wanted = [lines["debt"]] if first else [own, lines["debt"]]
    filled = (fill(line, known) for line in wanted)
    line = next((line for line in filled if line), texts.inside["signals"][situation.signal] + ".")
    unverified: str = texts.inside["words"]["unverified"]
    line = line if situation.verified else unverified.format(why=line)
    return f"{line} {_mentioned(situation, texts)}".rstrip()


def _mentioned(situation: Situation, texts: Catalogue) -> str:
    """What was said, or noted in the CRM, where the signal is a mention: nobody can act on "a competitor"."""
    anchor = situation.anchor
    if situation.signal not in MENTIONED or anchor is None:
        return ""
    words: dict[str, str] = texts.inside["words"]
    if anchor.quote:
        return words["in_their_words"].format(said=_shortened(anchor.quote))
    return words["in_the_crm"].format(noted=anchor.what) if anchor.kind == "field.changed" else ""


def _why_key(situation: Situation, debt: Debt | None) -> str:
    anchor = situation.anchor
    if debt and not debt.told:
        return "task_due"
    if known_already(situation):
        return "lead_again"
    if situation.signal == "lead_response" and anchor and anchor.direction != "inbound":
        return "lead_entered"
    if situation.signal == "answer_owed" and not (anchor and "?" in anchor.quote):
        return "wrote"
    return situation.signal


def what_i_know(situation: Situation) -> tuple[Fact, ...]:
    """Three cited facts, those on which the signal stands first."""
    texts = inside_catalogue(situation.sender.language)
    lines = [_fact(record, situation, texts) for record in situation.records]
    for debt in situation.debts:
        day = day_words(debt.promised_at, situation.now, situation.zone, texts.words)
        text = texts.inside["facts"]["debt"].format(day=day, what=debt.what)
        lines.append(Fact(text, debt.activity_id))
    kept: dict[str, Fact] = {}
    for fact in lines:
        kept.setdefault(fact.activity_id, fact)
    return tuple(kept.values())[:FACTS_SHOWN]


def last_words(situation: Situation, texts: Catalogue) -> Fact | None:
    """The newest words of this person that ask or wish something, with their day."""
    theirs = [
        record
        for record in situation.records
        if record.direction == "inbound" and record.quote and record.contact_id == situation.recipient.contact_id
    ]
    if not theirs:
        return None
    newest = max(theirs, key=lambda record: record.at)
    day = day_words(newest.at, situation.now, situation.zone, texts.words)
    kind = texts.inside["kinds"].get(newest.kind, newest.kind)
    return Fact(f'"{_shortened(newest.quote)}" ({kind}, {day})', newest.activity_id)


def opening_line(situation: Situation, debt: Debt | None) -> str:
    """One line to begin the call with, in the customer's language; empty where that language has no texts."""
    texts = catalogue(situation.language)
    if texts is None:
        return ""
    slots = slots_of(situation, debt, texts.words)
    slots["my_name"] = Slot(situation.sender.name, f"user:{situation.sender.user_id}")
    lines = sorted(texts.openings[_opening_group(situation, debt, texts)], key=lambda line: _order(situation, line))
    filled = (fill(line, slots) for line in (*lines, *texts.openings["plain"]))
    return next((line for line in filled if line), "")


def _opening_group(situation: Situation, debt: Debt | None, texts: Catalogue) -> str:
    if known_already(situation):
        return "again"
    if debt and not debt.told:
        return "plain"
    if _left_a_message(situation):
        return "message_left"
    if debt and situation.signal != "answer_owed":
        return "debt"
    return situation.signal if situation.signal in texts.openings else "sales"


def inside_slots(situation: Situation, debt: Debt | None, texts: Catalogue) -> Slots:
    """The slots of mails, and those that only the house may read: dates of the CRM, names of colleagues."""
    slots = slots_of(situation, debt, texts.words)
    words = texts.inside["words"]
    contact = f"contact:{situation.recipient.contact_id}"
    slots["person"] = Slot(person_words(situation, words), contact)
    slots["account"] = Slot(situation.account_name, contact)
    if situation.anchor and situation.anchor.kind in ("call", "form", "message"):
        slots["day"] = Slot(_moment_of(situation.anchor, situation, texts.words), situation.anchor.activity_id)
    name = situation.opportunity.name if situation.opportunity else ""
    if debt and not debt.told:
        slots["object"] = Slot(f'"{debt.what}"', debt.activity_id)
    elif "object" in slots and situation.language != texts.language:
        slots["object"] = replace(slots["object"], text=_foreign(object_words(situation, debt)))
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


def _foreign(words: str) -> str:
    """An object in another language than the reader's text gets no article of that text."""
    return f"the {words}" if words.startswith("proposal for ") else words


def person_words(situation: Situation, words: Mapping[str, Any]) -> str:
    """The person's name, else the account's."""
    account = situation.account_name if any(char.isalpha() for char in situation.account_name) else ""
    fallback: str = words["no_person"]
    return situation.recipient.name or account or fallback


def _moment_of(record: Record, situation: Situation, words: Mapping[str, Any]) -> str:
    """Day and clock of the reader, since a call card is about an hour and not only about a day."""
    local = record.at.astimezone(ZoneInfo(situation.sender.timezone))
    pattern: str = words["moment"]
    day = day_words(record.at, situation.now, situation.zone, words)
    return pattern.format(day=day, time=f"{local.hour}:{local.minute:02d}")


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
        "owner": situation.previous_owner or situation.sender.name or words["nobody"],
        "new_owner": situation.new_owner_name or words["colleague"],
    }


def _todo(situation: Situation, gate: Gate, debt: Debt | None) -> str:
    texts = inside_catalogue(situation.sender.language)
    special = {1: "blind_ours" if situation.signal in OURS else "blind", 6: "complaint"}.get(gate.rule, "")
    if gate.rule == 5 and not debt and announced(situation):
        special = "announced"
    if gate.verdict == "person_chooses":
        special = "choose"
    if gate.rule == 4 and not debt and situation.signal not in OURS:
        special = "address"
    if not special and debt and not debt.told:
        special = "task_due"
    if not special and debt and situation.signal not in OURS:
        special = "debt"
    line = ("" if special else _of_first(situation, "todo", texts)) or texts.inside["todo"][special or situation.signal]
    return fill(line, inside_slots(situation, debt, texts)) or line


def _subject(situation: Situation, known: Slots, texts: Catalogue) -> str:
    pattern: str = texts.inside["words"]["subject_task"]
    named = _matter(situation, known)
    who = person_words(situation, texts.inside["words"])
    matter = ", ".join(part for part in (named, who if named != who else "") if part)
    signal = _of_first(situation, "signal", texts) or texts.inside["signals"][situation.signal]
    return pattern.format(signal=signal, object=matter)


def _matter(situation: Situation, known: Slots) -> str:
    """What a title is about; a signal of the whole account has no matter of its own, beside a deal if there is one."""
    if situation.signal in _OF_THE_ACCOUNT and situation.opportunity is None:
        return ""
    return known["object"].text if situation.signal == "close_date_pushed" else object_words(situation, None)


def _cited(known: Slots) -> list[Slot]:
    names = ("object", "day", "promised_day", "due_day", "old_close", "new_close", "person")
    return [known[name] for name in names if name in known and known[name].activity_id]


def _fact(record: Record, situation: Situation, texts: Catalogue) -> Fact:
    day = day_words(record.at, situation.now, situation.zone, texts.words)
    side = texts.inside["facts"].get(record.direction, texts.inside["facts"]["other"])
    said = f'"{_shortened(record.quote)}"' if record.quote else in_sentence(record.what, {}) if record.what else ""
    kind = texts.inside["kinds"].get(record.kind, record.kind)
    return Fact(side.format(day=day, kind=kind, said=said).rstrip(": "), record.activity_id)


def _shortened(quote: str) -> str:
    words = quote.split()
    return " ".join(words) if len(words) <= MOST_WORDS_SHOWN else " ".join(words[:MOST_WORDS_SHOWN]) + " …"


def _order(situation: Situation, line: str) -> bytes:
    return blake2b(f"{situation.account_id}|{situation.episode_key}|{line}".encode(), digest_size=8).digest()
