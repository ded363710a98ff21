"""What a writer may know about one item: everything from records, plain, and without any database.

The graph's state is JSON; `to_json` and `from_json` are the way in and out. All times are aware UTC.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, TypeAdapter

from agent_runtime.errors import BadInput

Signal = Literal[
    "lead_response",
    "answer_owed",
    "proposal_response",
    "stage_age",
    "promise_due",
    "missed_call",
    "next_step",
    "close_date_pushed",
    "champion_quiet",
    "champion_left",
    "stakeholder_change",
    "new_executive",
    "single_threaded",
    "competitor_named",
    "competitor_contract",
    "concern_open",
    "buying_signal",
    "intent_signal",
    "usage_decline",
    "usage_spike",
    "renewal_ahead",
    "check_in",
    "commit_without_evidence",
    "sequence_ended",
    "meeting_follow_up",
    "qbr_follow_up",
    "no_show",
    "executive_brief",
    "appointment_confirm",
    "estimate_response",
    "callback_promised",
    "follow_up_said",
    "customer_promise",
    "unworked_lead",
    "zombie_lead",
    "hand_over",
    "unresolved_age",
    "escalation",
]
# Signals about which there are mails to write; the others are put before a person as a task with its reasons.
WRITTEN: frozenset[Signal] = frozenset(
    ("lead_response", "answer_owed", "proposal_response", "stage_age", "promise_due", "missed_call", "next_step")
)
Step = Literal["remind", "other_channel", "reassign", "manager", "ask_outcome"]
# Signals where the next move is ours: silence of the customer has no part in them.
OURS: frozenset[Signal] = frozenset(
    {
        "lead_response", "answer_owed", "promise_due", "missed_call", "callback_promised", "follow_up_said",
        "concern_open", "escalation", "unworked_lead", "meeting_follow_up", "qbr_follow_up", "hand_over",
        "buying_signal",
    }
)  # fmt: skip
INSIDE_STEPS: frozenset[Step] = frozenset({"reassign", "manager", "ask_outcome"})


class BadSituation(BadInput):
    """A situation that no writer can use; nothing was written."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the mail is from; `signature` stands below the closing line, `team_mailbox` makes it "we".

    `closing`: the closing line of the sender's own mails, empty where none is known.
    """

    user_id: str
    name: str
    email: str = ""
    signature: tuple[str, ...] = ()
    team_mailbox: bool = False
    language: str = "en"
    timezone: str = "UTC"
    phone: str = ""
    closing: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """The person at the customer. `salutation` only where a record states it ("Ms", "Mr", "Dr").

    `formal`: we address this person by salutation and last name. `role_address`: the address is shared
    (info@, sales@). `greeting`: the line with which the sender greets this person, comma included, empty where
    the sender never did. `status` as in memory: active, left_company, on_leave, opted_out or bounced.
    """

    contact_id: str
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    status: str = "active"
    status_until: AwareDatetime | None = None
    timezone: str = ""
    opted_out: bool = False
    bounced: bool = False
    role_address: bool = False
    salutation: str = ""
    formal: bool = False
    greeting: str = ""


@dataclass(frozen=True, slots=True)
class Opportunity:
    """The deal as the CRM has it; `close_date`, `old_close_date` and `valid_until` are the starts of days."""

    id: str
    name: str = ""
    amount: float | None = None
    currency: str = ""
    stage: str = ""
    close_date: AwareDatetime | None = None
    old_close_date: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None


@dataclass(frozen=True, slots=True)
class ThreadText:
    """One of the last texts of the thread, oldest first."""

    activity_id: str
    at: AwareDatetime
    direction: str
    text: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Thread:
    """The mail thread that an answer belongs to; `with_person` where a named person wrote in it."""

    message_id: str
    subject: str
    references: tuple[str, ...] = ()
    texts: tuple[ThreadText, ...] = ()
    language: str = ""
    with_person: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A cited record. `what` names its object ("proposal for Harbour Street"); `quote` is verbatim."""

    activity_id: str
    kind: str
    at: AwareDatetime
    direction: str = ""
    quote: str = ""
    what: str = ""
    due_at: AwareDatetime | None = None
    contact_id: str = ""
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class Debt:
    """What we owe this person. `medium` is how it is paid: call, document or answer.

    `attachment`: the name of a file that pays it and is at hand. `user_id`: who promised it. `told`: whether the
    customer heard the promise; a task of our own is a debt of which no mail may speak.
    """

    activity_id: str
    what: str
    promised_at: AwareDatetime
    due_at: AwareDatetime | None = None
    medium: Literal["call", "document", "answer"] = "answer"
    attachment: str = ""
    user_id: str = ""
    told: bool = True


@dataclass(frozen=True, slots=True)
class Touch:
    """A contact in either direction; `automatic` ones (acknowledgements, lists) count for nothing.

    `connected` is false for a call that nobody answered. `doubtful`: a reply of ours of which nobody can say from its
    words whether it answers.
    """

    at: AwareDatetime
    direction: str
    medium: str
    user_id: str = ""
    contact_id: str = ""
    activity_id: str = ""
    automatic: bool = False
    connected: bool = True
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class SecondTouch:
    """What the one who calls back must know of the calls that nobody answered.

    `topic`: what they were about, empty where nobody can tell. `chosen`: what was chosen in the menu. `page`: the form
    or page by which they had come shortly before. `rang`: how often they called; `tried`: how often we called since,
    last at `tried_at`, where we perhaps `left_message`. `reachable`: when to call, in their words.
    """

    topic: str = ""
    chosen: str = ""
    page: str = ""
    rang: int = 1
    tried: int = 0
    tried_at: AwareDatetime | None = None
    left_message: bool = False
    reachable: str = ""


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A time that the sender's calendar shows as free."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime


@dataclass(frozen=True, slots=True)
class NextIfNothing:
    """What follows when nobody decides."""

    step: str
    at: AwareDatetime
    owner_name: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """One signal at one step of its ladder, with all that may be said about it.

    `since`: the moment from which the absence counts, normally that of `records[0]`, the record on which the
    signal stands. `reply_by`: a day by which the sender can keep a new promise. `previous_variant` and
    `previous_opening`: template and first words of the last mail to this person. `blind_owner`,
    `new_owner` and `manager` are user ids: who can mend a source that cannot be seen, who may take over,
    who decides; `previous_owner` is the name of the one who had it before this step. `first`: of a new lead, the step
    that what it said and left asks for (watchtower.first_step); `missing`: which points of its wish it has not named.
    """

    account_id: str
    account_name: str
    episode_key: str
    now: AwareDatetime
    signal: Signal
    step: Step
    since: AwareDatetime
    sender: Sender
    recipient: Recipient
    verified: bool = True
    opportunity: Opportunity | None = None
    thread: Thread | None = None
    records: tuple[Record, ...] = ()
    debts: tuple[Debt, ...] = ()
    touches: tuple[Touch, ...] = ()
    open_case: bool = False
    future_meeting_at: AwareDatetime | None = None
    own_task_due_at: AwareDatetime | None = None
    sequence_live: bool = False
    looked_in: tuple[str, ...] = ()
    cannot_see: tuple[str, ...] = ()
    next_if_nothing: NextIfNothing | None = None
    free_slots: tuple[FreeSlot, ...] = ()
    reply_by: AwareDatetime | None = None
    second_touch: SecondTouch | None = None
    blind_owner: str = ""
    new_owner: str = ""
    new_owner_name: str = ""
    manager: str = ""
    previous_owner: str = ""
    previous_variant: str = ""
    previous_opening: str = ""
    first: str = ""
    missing: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The recipient's zone, else the sender's, else UTC; a name that no zone bears counts as none."""
        return _zone(self.recipient.timezone) or _zone(self.sender.timezone) or ZoneInfo("UTC")

    @property
    def anchor(self) -> Record | None:
        """The record on which the signal stands."""
        return self.records[0] if self.records else None

    @property
    def language(self) -> str:
        """The language of the thread, else of the person, else of the sender; two letters."""
        of_thread = self.thread.language if self.thread else ""
        return (of_thread or self.recipient.language or self.sender.language)[:2].lower()

    def touched(self, direction: str, medium: str = "") -> tuple[Touch, ...]:
        """Touches of this recipient that count, oldest first; an empty `medium` takes all."""
        kept = [
            touch
            for touch in self.touches
            if touch.direction == direction
            and not touch.automatic
            and touch.contact_id == self.recipient.contact_id
            and medium in ("", touch.medium)
        ]
        return tuple(sorted(kept, key=lambda touch: touch.at))


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def _adapter() -> TypeAdapter[Situation]:
    return TypeAdapter(Situation)


def to_json(situation: Situation) -> dict[str, Any]:
    """The situation as plain JSON values; times are ISO 8601."""
    plain: dict[str, Any] = _adapter().dump_python(situation, mode="json")
    return plain


def from_json(plain: dict[str, Any]) -> Situation:
    """The situation of `to_json`; raises BadSituation for missing fields, unknown signals and naive times."""
    try:
        return _adapter().validate_python(plain)
    except ValueError as error:
        raise BadSituation(f"The situation cannot be read: {error}", fix="Gather it again.") from error
