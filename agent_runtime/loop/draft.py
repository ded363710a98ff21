"""The deterministic writer: from a situation and its gates' verdict to what a person can send as it is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from agent_runtime.grounding import check
from agent_runtime.loop.catalogue import inside_catalogue
from agent_runtime.loop.gates import Gate, debt_of
from agent_runtime.loop.inside import (
    Fact,
    Inside,
    call_card,
    person_words,
    step_text,
    task,
    what_i_know,
    why_now,
)
from agent_runtime.loop.mail import Chip, Mail, facts_of_draft, write_mail
from agent_runtime.loop.situation import INSIDE_STEPS, WRITTEN, Debt, Situation
from agent_runtime.loop.slots import Slot
from agent_runtime.loop.wording import day_words

Kind = Literal["send_email", "call_card", "task", "message", "escalate", "reassign", "brief"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to act on the same item, in one line."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A finished next action, and what stands beside it for the person who decides.

    `promises` are shown as chips; `slots` say where each date, name, number and quote of the text stands;
    `fallback_reason` says why this is no mail where a mail would have been the way.
    """

    kind: Kind
    channel: str
    to: tuple[str, ...]
    subject: str
    body: str
    language: str
    cc: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    promises: tuple[Chip, ...] = ()
    slots: tuple[Slot, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    why_now: str = ""
    what_i_know: tuple[Fact, ...] = ()
    looked_in: tuple[str, ...] = ()
    cannot_see: tuple[str, ...] = ()
    if_nothing: str = ""
    template_id: str = ""
    fallback_reason: str = ""


def write(situation: Situation, gate: Gate, answer: str = "") -> Draft | None:
    """The draft of a situation; None where the gate says hold or nothing (the gate carries the reason).

    `answer` is the sender's own text; it goes into the mail verbatim. The same input gives the same draft.
    """
    if gate.verdict in ("hold_until", "nothing"):
        return None
    debt = debt_of(situation)
    if gate.verdict == "task":
        return _inside(situation, gate, debt, _reason_of_task(situation, gate))
    if gate.verdict == "person_chooses":
        return _inside(situation, gate, debt, gate.reason)
    if gate.verdict == "call_card":
        return _card(situation, gate, debt, gate.reason if gate.rule else "")
    mail = write_mail(situation, gate, debt, answer)
    if isinstance(mail, Mail):
        return _mail(situation, mail, debt)
    if mail.deed_first:
        return _inside(situation, gate, debt, mail.reason)
    return _card(situation, gate, debt, mail.reason)


def write_card(situation: Situation, gate: Gate, reasons: list[str]) -> Draft:
    """What is proposed in place of a mail that did not pass: a call card, or the facts as a task."""
    return _card(situation, gate, debt_of(situation), "; ".join(reasons))


def violations(situation: Situation, plain: dict[str, Any]) -> list[str]:
    """What a mail (as `to_json` gives it) may not say, one line each; empty means it may be proposed."""
    draft = _Written(
        language=plain["language"],
        promises=tuple(Chip(chip["text"], datetime.fromisoformat(chip["due_at"])) for chip in plain["promises"]),
        attachments=tuple(plain["attachments"]),
        slots=tuple(Slot(**slot) for slot in plain["slots"]),
    )
    found = check(plain["body"], plain["subject"], facts_of_draft(situation, draft))
    return [f"{violation.rule}: {violation.text}" for violation in found]


@dataclass(frozen=True, slots=True)
class _Written:
    """What the check reads of a draft beside its words."""

    language: str
    promises: tuple[Chip, ...]
    attachments: tuple[str, ...]
    slots: tuple[Slot, ...]


def to_json(draft: Draft) -> dict[str, Any]:
    """The draft as plain values; times are ISO 8601."""
    plain = asdict(draft)
    plain["promises"] = [{"text": chip.text, "due_at": chip.due_at.isoformat()} for chip in draft.promises]
    return plain


def _reason_of_task(situation: Situation, gate: Gate) -> str:
    inside = situation.signal not in WRITTEN or situation.step in INSIDE_STEPS
    return "" if inside and not gate.rule else gate.reason


def _mail(situation: Situation, mail: Mail, debt: Debt | None) -> Draft:
    thread = situation.thread
    draft = Draft(
        kind="send_email",
        channel="email",
        to=(situation.recipient.email,),
        subject=mail.subject,
        body=mail.body,
        language=mail.language,
        attachments=mail.attachments,
        in_reply_to=thread.message_id if thread else "",
        references=(*thread.references, thread.message_id) if thread else (),
        promises=mail.promises,
        slots=mail.slots,
        template_id=mail.template_id,
    )
    return _beside(draft, situation, debt)


def _card(situation: Situation, gate: Gate, debt: Debt | None, reason: str) -> Draft:
    """A call card where a number is known, else the facts as a task."""
    if not situation.recipient.phone:
        return _inside(situation, gate, debt, reason)
    card = call_card(situation, debt)
    draft = _of(card, "call_card", "phone", (situation.recipient.phone,), situation, reason)
    return _beside(draft, situation, debt)


def _inside(situation: Situation, gate: Gate, debt: Debt | None, reason: str) -> Draft:
    if not gate.rule and situation.step in INSIDE_STEPS and situation.signal != "close_date_pushed":
        text, kind = step_text(situation, gate, debt), _STEP_KINDS.get(situation.step, "task")
    else:
        text, kind = task(situation, gate, debt, reason), "task"
    to = _reader(situation, gate)
    draft = _of(text, kind, "task", (to,) if to else (), situation, reason)
    return _beside(draft, situation, debt)


_STEP_KINDS: dict[str, Kind] = {"reassign": "reassign", "manager": "escalate"}


def _reader(situation: Situation, gate: Gate) -> str:
    """Who the inside text is for: the owner of a blind source, the manager, the new owner, else the owner."""
    if gate.rule == 1:
        return situation.blind_owner or situation.sender.user_id
    if situation.step == "manager" and situation.manager:
        return situation.manager
    if situation.step == "reassign" and situation.new_owner:
        return situation.new_owner
    return situation.sender.user_id


def _of(text: Inside, kind: Kind, channel: str, to: tuple[str, ...], situation: Situation, reason: str) -> Draft:
    return Draft(
        kind=kind,
        channel=channel,
        to=to,
        subject=text.subject,
        body=text.body,
        language=inside_catalogue(situation.sender.language).language,
        slots=text.slots,
        fallback_reason=reason,
    )


def _beside(draft: Draft, situation: Situation, debt: Debt | None) -> Draft:
    """Adds what stands beside the text: why now, three facts, blind spots, what follows, alternatives."""
    return replace(
        draft,
        why_now=why_now(situation, debt),
        what_i_know=what_i_know(situation),
        looked_in=situation.looked_in,
        cannot_see=situation.cannot_see,
        if_nothing=_if_nothing(situation),
        alternatives=_alternatives(draft, situation),
    )


def _if_nothing(situation: Situation) -> str:
    texts = inside_catalogue(situation.sender.language)
    words, follows = texts.inside["words"], situation.next_if_nothing
    if follows is None:
        nothing: str = words["if_nothing_end"]
        return nothing
    at = _moment_words(follows.at, situation, texts.words)
    owner = follows.owner_name or words["nobody"]
    line: str = texts.inside["follows"][follows.step].format(at=at, owner=owner)
    return line


def _moment_words(moment: datetime, situation: Situation, words: Mapping[str, Any]) -> str:
    """The day, and on the same day the hour too, on the reader's own clock."""
    own = ZoneInfo(situation.sender.timezone)
    local = moment.astimezone(own)
    if local.date() == situation.now.astimezone(own).date():
        today: str = words["same_day"]
        return today.format(time=f"{local.hour}:{local.minute:02d}")
    return day_words(moment, situation.now, own, words)


def _alternatives(draft: Draft, situation: Situation) -> tuple[Alternative, ...]:
    texts = inside_catalogue(situation.sender.language)
    words, person = texts.inside["words"], situation.recipient
    name = person_words(situation, words)
    found: list[Alternative] = []
    if situation.signal == "close_date_pushed" and person.phone:
        found.append(Alternative("call_card", words["alternative_confirm"].format(person=name)))
    elif draft.kind != "call_card" and person.phone and person.status not in ("left_company", "opted_out"):
        found.append(Alternative("call_card", words["alternative_call"].format(person=name)))
    elif draft.kind == "call_card" and person.email and not (person.opted_out or person.bounced):
        found.append(Alternative("send_email", words["alternative_mail"].format(person=name)))
    if situation.next_if_nothing and draft.kind in ("send_email", "call_card"):
        at = _moment_words(situation.next_if_nothing.at, situation, texts.words)
        found.append(Alternative("hold", words["alternative_hold"].format(at=at)))
    if draft.kind != "reassign":
        found.append(Alternative("task", words["alternative_task"]))
    found.append(Alternative("outcome", words["alternative_outcome"]))
    return tuple(found[:2])
