"""The records that the call logic reads and writes; no database, no clock."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent_runtime.errors import BadInput

Direction = Literal["inbound", "outbound", "internal"]
Status = Literal["completed", "no_answer", "busy", "failed", "canceled", "abandoned"]
AnsweredBy = Literal["person", "voicemail", "ivr"]
Consent = Literal["all_party", "one_party", "none", "unknown"]
Medium = Literal["mail", "sms", "chat", "whatsapp"]
MissedReason = Literal[
    "after_hours",
    "no_available_agent",
    "not_answered",
    "abandoned_in_ivr",
    "abandoned_ringing",
    "busy",
    "technical",
    "unknown",
]
Intent = Literal["commercial", "service", "informational", "noise"]
Topic = Literal["buy_or_upgrade", "cancel_risk", "billing", "technical", "security", "scheduling", "other", "unknown"]
Resolution = Literal[
    "callback",
    "caller_reached_us",
    "other_channel",
    "attempted",
    "none",
    "misdial",
    "unlinkable",
    "ambiguous",
    "not_missed",
]

BusinessSeconds = Callable[[datetime, datetime], float]
"""Seconds of opening time between two aware times; the calendar behind it lives elsewhere."""


def _refuse_naive(what: str, moment: datetime) -> None:
    if moment.tzinfo is None:
        raise BadInput(
            f"{what} has a time without a zone ({moment.isoformat()}); the record was not used.",
            fix="Give the time with its offset from UTC.",
        )


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One utterance; `start_s` counts seconds from the start of the call."""

    speaker: str
    start_s: float
    text: str


@dataclass(slots=True, kw_only=True)  # not frozen: of a million, that alone would take seconds
class CallLeg:
    """One record of a phone system; several may belong to one call. Nobody changes one once it is made.

    Times are aware; `at` is when the record could be known, `started_at` when the phone began to ring.
    Numbers are E.164; a `from_number` of None is withheld. Seconds are None where the source is silent.
    `plans`: what we said on the caller's voicemail, or noted with it, names what comes next. Raises BadInput for a
    naive time.
    """

    id: str
    at: datetime
    started_at: datetime
    direction: Direction
    status: Status
    from_number: str | None = None
    to_number: str | None = None
    ring_s: float | None = None
    talk_s: float | None = None
    user_id: str | None = None
    queue: str | None = None
    tracking_number: str | None = None
    ivr: str | None = None
    voicemail_text: str | None = None
    transcript: tuple[TranscriptLine, ...] = ()
    call_key: str | None = None
    parent_id: str | None = None
    answered_by: AnsweredBy | None = None
    missed_event_for: str | None = None
    forwarded_from: str | None = None
    consent: Consent = "unknown"
    purpose: str | None = None
    plans: bool = False
    account_id: str | None = None
    contact_id: str | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None or self.started_at.tzinfo is None:  # the words are made only where they are needed
            _refuse_naive(f"call leg {self.id}", self.at)
            _refuse_naive(f"call leg {self.id}", self.started_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A mail, text or chat message; for ours, the contacts and addresses are its recipients.

    `at` is when it was sent; `addresses` are E.164 numbers or mail addresses in lower case;
    `automatic` marks out-of-office notes, bounces, list mail and acknowledgements by a rule.
    Raises BadInput for a naive time.
    """

    id: str
    at: datetime
    direction: Literal["inbound", "outbound"]
    medium: Medium
    contact_ids: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    automatic: bool = False

    def __post_init__(self) -> None:
        _refuse_naive(f"message {self.id}", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Something by which a person showed that they want to buy before they called: a form on prices, a lead.

    Raises BadInput for a naive time.
    """

    id: str
    at: datetime
    contact_id: str | None = None
    addresses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _refuse_naive(f"visit {self.id}", self.at)


@dataclass(frozen=True, slots=True)
class Owner:
    """To whom a number or mail address belongs; an account's main line has no contact."""

    account_id: str | None
    contact_id: str | None = None


Owners = Mapping[str, Collection[Owner]]
"""Known owners of each number (E.164) or mail address (lower case)."""


@dataclass(slots=True, kw_only=True)  # not frozen: of a million, that alone would take seconds
class DistinctCall:
    """The legs of one call joined: `root` gives id, start and from, `deciding` say whether a person answered.

    Nobody changes one once it is made.
    `length_s` is ring and talk over all legs, None where no leg tells any.
    """

    call_id: str
    started_at: datetime
    direction: Direction
    from_number: str | None
    to_numbers: tuple[str, ...]
    account_id: str | None
    contact_id: str | None
    root: CallLeg
    legs: tuple[CallLeg, ...]
    deciding: tuple[CallLeg, ...]
    reached_person: bool
    length_s: float | None


@dataclass(frozen=True, slots=True)
class Unplanned:
    """A message on the caller's voicemail that does not say what comes next: a failure of its own until something does.

    `next_id`, `next_at`: the try or the contact that came next, if any.
    """

    id: str
    at: datetime
    next_id: str | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one caller wanted: the misses that belong together, oldest first, and how they ended.

    `attempts` are the ids of our calls that rang without reaching the caller, oldest first; `unplanned` those of them
    that left a message. `resolved_by` and `resolved_at` are None unless the caller was reached.
    """

    need_id: str
    account_id: str | None
    contact_id: str | None
    misses: tuple[DistinctCall, ...]
    resolution: Resolution
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    attempts: tuple[str, ...] = ()
    unplanned: tuple[Unplanned, ...] = ()


@dataclass(frozen=True, slots=True)
class MoneyRange:
    """What the delay of one need costs on average: four in five lie between `low` and `high`, half below `base`."""

    low: float
    base: float
    high: float
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResolution:
    """One line of a replay's `calls.jsonl`; latencies are seconds from this call's own start.

    `value_at_risk` stands on the first line of a need; None where nothing is at risk or a range is refused.
    """

    call_id: str
    at: datetime
    account_id: str | None
    need_id: str | None
    missed: bool
    missed_reason: MissedReason | None
    intent: Intent
    topic: Topic | None
    resolution: Resolution
    resolved_by: str | None
    latency_s: float | None
    business_latency_s: float | None
    value_at_risk: MoneyRange | None = None
