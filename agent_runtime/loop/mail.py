"""Writes a mail from a template of the thread's language, and keeps it only when every check passes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Protocol

from pydantic import AwareDatetime

from agent_runtime.grounding import (
    Facts,
    Violation,
    check,
    facts_from,
    message_of,
    promises_something,
    reply_subject,
    sentences_of,
)
from agent_runtime.loop.catalogue import Catalogue, Sentence, Template, catalogue
from agent_runtime.loop.gates import Gate
from agent_runtime.loop.situation import Debt, Situation
from agent_runtime.loop.slots import Slot, Slots, fill, is_late, slots_of, used
from agent_runtime.loop.wording import first_name, last_name, subject_words
from agent_runtime.watchtower.first_step import ASK, MEET, REMIND

# The templates of a new lead, by its first step; the others serve where the first contact is the step.
_FIRST_FORMS = {MEET: "lead_appointment", ASK: "lead_qualify", REMIND: "lead_reminder"}
OPENING_WORDS = 6
MOST_SUBJECT_WORDS = 6


@dataclass(frozen=True, slots=True)
class Chip:
    """A promise that the text makes; on sending it becomes a commitment due at `due_at`."""

    text: str
    due_at: AwareDatetime


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that passed every check, with its promises and the source of each slot."""

    subject: str
    body: str
    template_id: str
    language: str
    promises: tuple[Chip, ...]
    slots: tuple[Slot, ...]
    attachments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoMail:
    """No template could be used, and why; `deed_first`: the promise has to be kept before there is news."""

    reason: str
    deed_first: bool = False


def form_of(situation: Situation, gate: Gate, debt: Debt | None, answer: str) -> str:
    """Which templates serve; none where a mail would say nothing, as for a promise that is not due yet."""
    if gate.close_the_loop:
        return "close_loop"
    anchor = situation.anchor
    if debt and (situation.signal == "promise_due" or not anchor or debt.activity_id != anchor.activity_id):
        return _debt_form(debt, situation, answer) if debt.told else ""
    if situation.first in _FIRST_FORMS:
        return _FIRST_FORMS[situation.first]
    return "answered" if answer.strip() and situation.signal == "answer_owed" else situation.signal


def _debt_form(debt: Debt, situation: Situation, answer: str) -> str:
    if answer.strip():
        return "promise_answered"
    if debt.attachment:
        return "document_attached"
    if not is_late(debt, situation):
        return ""
    return "callback_late" if debt.medium == "call" else "promise_late"


def write_mail(situation: Situation, gate: Gate, debt: Debt | None, answer: str = "") -> Mail | NoMail:
    """The first template, in the order of this episode, that can be filled and passes every check."""
    texts = catalogue(situation.language)
    if texts is None:
        return NoMail(f'There is no template in the language "{situation.language}".')
    form = form_of(situation, gate, debt, answer)
    templates = texts.mails.get(form, ())
    if not templates:
        reason = "There is nothing to write yet: do it first."
        return NoMail(reason, deed_first=not form)
    slots = slots_of(situation, debt, texts.words, answer)
    if form == "missed_call" and "attempt" not in slots and situation.recipient.phone:
        return NoMail("A call back comes before a mail.")
    problems: list[str] = []
    for template in in_order(templates, situation):
        result = _attempt(template, texts, slots, situation)
        if isinstance(result, Mail):
            return result
        problems.append(result.reason)
    return NoMail(f"No template can be used: {problems[0]}" if problems else "Each template was used just before.")


def in_order(templates: tuple[Template, ...], situation: Situation) -> list[Template]:
    """The templates as this episode takes them, without the one that the person had last."""
    seed = f"{situation.account_id}|{situation.episode_key}"
    kept = [template for template in templates if template.id != situation.previous_variant]
    return sorted(kept, key=lambda template: blake2b(f"{seed}|{template.id}".encode(), digest_size=8).digest())


def _attempt(template: Template, texts: Catalogue, slots: Slots, situation: Situation) -> Mail | NoMail:
    if missing := sorted(template.needs - slots.keys()):
        return NoMail(f"{', '.join(missing)} is not on record.")
    paragraphs = [list(_sentences(paragraph, slots)) for paragraph in template.paragraphs]
    mail = _assemble(template, texts, [paragraph for paragraph in paragraphs if paragraph], slots, situation)
    if not mail.subject:
        return NoMail("No subject can be made of the object's words.")
    if _same_opening(mail.body, situation):
        return NoMail("It would begin like the last mail to this person.")
    return _refused(check(mail.body, mail.subject, facts_of_draft(situation, mail))) or mail


def _refused(violations: list[Violation]) -> NoMail | None:
    if not violations:
        return None
    return NoMail("; ".join(f"{found.rule}: {found.text}" for found in violations))


def _sentences(paragraph: tuple[Sentence, ...], slots: Slots) -> Iterator[tuple[str, list[Slot]]]:
    for sentence in paragraph:
        choices = (sentence,) if isinstance(sentence, str) else sentence
        for choice in choices:
            text = fill(choice, slots)
            if text is not None:
                yield text, used(choice, slots)
                break


def _assemble(
    template: Template,
    texts: Catalogue,
    paragraphs: list[list[tuple[str, list[Slot]]]],
    slots: Slots,
    situation: Situation,
) -> Mail:
    sources = [slot for paragraph in paragraphs for _, found in paragraph for slot in found]
    greeting, greeted = greeting_of(situation, texts)
    message = "\n\n".join(" ".join(text for text, _ in paragraph) for paragraph in paragraphs)
    message = _begun(message, texts)
    body = f"{greeting}\n\n{message}\n\n" + "\n".join(signature_of(situation, texts))
    due = situation.reply_by
    chips = tuple(Chip(text, due) for text in sentences_of(message) if due and promises_something(text))
    subject, named = _subject(situation, slots, texts)
    attached = tuple(slot.text for name, slot in slots.items() if name == "attachment" and slot in sources)
    kept = tuple(dict.fromkeys([*greeted, *sources, *named]))
    return Mail(subject, body, template.id, texts.language, chips, kept, attached)


def _begun(message: str, texts: Catalogue) -> str:
    """Where the language goes on in small letters after the greeting, its first word does, unless it is a noun."""
    first, rest = message.split(maxsplit=1)
    return f"{first.lower()} {rest}" if first in texts.words.get("small_after_greeting", ()) else message


def _subject(situation: Situation, slots: Slots, texts: Catalogue) -> tuple[str, list[Slot]]:
    if situation.thread and situation.thread.subject.strip():
        source = situation.thread.texts[-1].activity_id if situation.thread.texts else situation.thread.message_id
        return reply_subject(situation.thread.subject), [Slot(situation.thread.subject, source)]
    pattern = texts.words.get("subjects", {}).get(situation.signal, "")
    ready = fill(pattern, slots) if pattern else None
    if ready and len(ready.split()) <= MOST_SUBJECT_WORDS:
        return ready, used(pattern, slots)
    matter = slots.get("object")
    if matter is None:
        return "", []
    plain = matter.text.removeprefix("the ").strip("„“")
    return subject_words(plain, texts.words.get("about_subject", "About")), [matter]


def greeting_of(situation: Situation, texts: Catalogue) -> tuple[str, list[Slot]]:
    """The greeting; a title only where a record states one, and no name where none is known."""
    person, words = situation.recipient, texts.words
    source = f"contact:{person.contact_id}"
    first, last = first_name(person.name), last_name(person.name)
    if person.greeting and not person.role_address and person.name:
        return person.greeting, [Slot(person.name, source)]
    if person.formal and person.salutation and last:
        greeting: str = words["greeting_formal"].format(salutation=person.salutation, last=last)
        return greeting, [Slot(f"{person.salutation} {last}", source)]
    if first and not person.role_address:
        greeting = words["greeting_first"].format(first=first, name=" ".join(part for part in (first, last) if part))
        return greeting, [Slot(person.name, source)]
    greeting = words["greeting_unknown"]
    return greeting, []


def signature_of(situation: Situation, texts: Catalogue) -> tuple[str, ...]:
    """The closing line and the sender's own signature, else the sender's name."""
    lines = situation.sender.signature or (situation.sender.name,)
    return (situation.sender.closing or texts.words["closing"], *lines)


def opening_of(body: str) -> str:
    """The first six words after the greeting, in lower case."""
    return " ".join(message_of(body).casefold().split()[:OPENING_WORDS])


def _same_opening(body: str, situation: Situation) -> bool:
    previous = [situation.previous_opening]
    if situation.thread:
        previous += [text.text for text in situation.thread.texts if text.direction == "outbound"][-1:]
    return any(opening_of(body) == opening_of(text) for text in previous if text.strip())


class Drafted(Protocol):
    """What the check needs to know of a text beside its words: a mail of this room, or a draft of one."""

    @property
    def language(self) -> str: ...
    @property
    def promises(self) -> tuple[Chip, ...]: ...
    @property
    def attachments(self) -> tuple[str, ...]: ...
    @property
    def slots(self) -> tuple[Slot, ...]: ...


def facts_of_draft(situation: Situation, draft: Drafted) -> Facts:
    """What the records of this situation allow a text to state, with the promises that are shown as chips.

    Of the draft itself only its chips, its attachments and what the sender added in person count.
    """
    texts = catalogue(draft.language)
    signature = signature_of(situation, texts) if texts else situation.sender.signature
    own = f"user:{situation.sender.user_id}"
    facts = facts_from(
        [*_own_words(situation), *signature, *(slot.text for slot in draft.slots if slot.activity_id == own)],
        today=situation.now.astimezone(situation.zone).date(),
        dates=[local.date() for local in _local(situation)],
    )
    # Links and addresses that a customer wrote are theirs to state, not ours to repeat.
    safe = facts_from([*signature, situation.sender.email, situation.recipient.email], today=facts.today)
    times = {f"{local.hour:02d}:{local.minute:02d}" for local in _local(situation)}
    return replace(
        facts,
        times=facts.times | times,
        addresses=safe.addresses,
        links=safe.links,
        attachments=draft.attachments,
        promises=tuple(chip.text for chip in draft.promises),
        signature=signature,
        thread_subject=situation.thread.subject if situation.thread else "",
        pays_debt=bool(situation.debts or draft.attachments),
        vocabulary=texts.vocabulary if texts else frozenset(),
    )


def _own_words(situation: Situation) -> Iterator[str]:
    person, matter, thread = situation.recipient, situation.opportunity, situation.thread
    yield situation.zone.key.rpartition("/")[2].replace("_", " ")
    yield from (situation.account_name, person.name, person.salutation, person.greeting, situation.sender.name)
    yield from (record.what for record in situation.records)
    yield from (record.quote for record in situation.records)
    for debt in situation.debts:
        yield from (debt.what, debt.attachment)
    if matter:
        yield matter.name
    if thread:
        yield thread.subject
        yield from (text.text for text in thread.texts)


def _moments(situation: Situation) -> Iterator[AwareDatetime]:
    for record in situation.records:
        yield from (moment for moment in (record.at, record.due_at) if moment)
    for debt in situation.debts:
        yield from (moment for moment in (debt.promised_at, debt.due_at) if moment)
    yield from (touch.at for touch in situation.touches)
    yield from (free.starts_at for free in situation.free_slots)
    valid_until = situation.opportunity.valid_until if situation.opportunity else None
    yield from (moment for moment in (valid_until, situation.reply_by) if moment)


def _local(situation: Situation) -> Iterator[AwareDatetime]:
    yield from (moment.astimezone(situation.zone) for moment in _moments(situation))
