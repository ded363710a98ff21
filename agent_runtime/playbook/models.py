"""What a playbook says, as frozen values; the comments for the people who edit one stand in the presets."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainSerializer

from agent_runtime.calendars import BusinessCalendar, Window, holiday_dates, parse_hours, zone_named
from agent_runtime.playbook.bounds import Backlog, Decisions, Drafts, Retention, Sending
from agent_runtime.playbook.call_policy import CallPolicy, Recordings
from agent_runtime.playbook.fields import (
    Address,
    Country,
    DaysByStage,
    Hours,
    Policy,
    Text,
    WindowsByKey,
    WindowText,
    Zone,
    no_windows,
)

Do = Literal["remind", "other_channel", "reassign", "manager", "ask_outcome"]
Classification = Literal["delay", "breakdown", "disqualification"]
Autonomy = Literal["auto", "approve", "never"]


NEEDS_A_SECOND_PERSON: tuple[Do, ...] = ("reassign", "manager")


class Owners(Policy):
    """Who answers for the policy, by name; each rule belongs to one of them."""

    marketing: Text = Field(examples=["head of marketing"])
    sales: Text = Field(examples=["head of sales"])
    operations: Text = Field(examples=["revenue operations"])


class CalendarPolicy(Policy):
    """Working time where neither the world nor the account brings its own."""

    zone: Zone = Field(examples=["Europe/Berlin"])
    hours: Hours = Field(examples=["Mon-Fri 09:00-17:00"])
    holidays: Country = Field(examples=["DE"])

    def build(self, years: Iterable[int]) -> BusinessCalendar:
        """The calendar with the public holidays of `years`; an empty country has none."""
        closed = holiday_dates(self.holidays, years) if self.holidays else frozenset()
        return BusinessCalendar(zone_named(self.zone), parse_hours(self.hours), closed)


class Fallback(Policy):
    """Who gets what nobody owns, and who stands above; a world may name others."""

    owner: Text = Field(examples=["sales-desk"])
    manager: Text = Field(examples=["sales-lead"])


class OnePerson(Policy):
    """The ladder of a business of one person, in place of ladders that need a second one."""

    ladder: Text = Field(examples=["one_person"])


class Routing(Policy):
    """Who gets a lead, by its type: "owner" (of the account), "fallback", "manager", "region", or a user or team.

    `regions`: country code → user or team, for the types that go by region. Of a team it is one who can take it.
    """

    phone: Text = Field(examples=["owner"])
    web: Text = Field(examples=["owner"])
    after_hours: Text = Field(examples=["fallback"])
    referral: Text = Field(examples=["owner"])
    event: Text = Field(examples=["owner"])
    stale: Text = Field(examples=["fallback"])
    regions: Mapping[Text, Text] = Field(default_factory=dict)

    def of(self, lead_type: str) -> str:
        """Where leads of a type go."""
        place: str = getattr(self, lead_type)
        return place


class Windows(Policy):
    """For each rule, the windows that differ from its own: by lead type, call intent or segment."""

    lead_response: WindowsByKey = Field(default_factory=no_windows)
    answer_owed: WindowsByKey = Field(default_factory=no_windows)
    proposal_response: WindowsByKey = Field(default_factory=no_windows)
    stage_age: WindowsByKey = Field(default_factory=no_windows)
    promise_due: WindowsByKey = Field(default_factory=no_windows)
    missed_call: WindowsByKey = Field(default_factory=no_windows)
    next_step: WindowsByKey = Field(default_factory=no_windows)
    close_date_pushed: WindowsByKey = Field(default_factory=no_windows)
    champion_quiet: WindowsByKey = Field(default_factory=no_windows)
    champion_left: WindowsByKey = Field(default_factory=no_windows)
    stakeholder_change: WindowsByKey = Field(default_factory=no_windows)
    new_executive: WindowsByKey = Field(default_factory=no_windows)
    single_threaded: WindowsByKey = Field(default_factory=no_windows)
    competitor_named: WindowsByKey = Field(default_factory=no_windows)
    competitor_contract: WindowsByKey = Field(default_factory=no_windows)
    concern_open: WindowsByKey = Field(default_factory=no_windows)
    buying_signal: WindowsByKey = Field(default_factory=no_windows)
    intent_signal: WindowsByKey = Field(default_factory=no_windows)
    usage_decline: WindowsByKey = Field(default_factory=no_windows)
    usage_spike: WindowsByKey = Field(default_factory=no_windows)
    renewal_ahead: WindowsByKey = Field(default_factory=no_windows)
    check_in: WindowsByKey = Field(default_factory=no_windows)
    commit_without_evidence: WindowsByKey = Field(default_factory=no_windows)
    sequence_ended: WindowsByKey = Field(default_factory=no_windows)
    meeting_follow_up: WindowsByKey = Field(default_factory=no_windows)
    qbr_follow_up: WindowsByKey = Field(default_factory=no_windows)
    no_show: WindowsByKey = Field(default_factory=no_windows)
    executive_brief: WindowsByKey = Field(default_factory=no_windows)
    appointment_confirm: WindowsByKey = Field(default_factory=no_windows)
    estimate_response: WindowsByKey = Field(default_factory=no_windows)
    callback_promised: WindowsByKey = Field(default_factory=no_windows)
    follow_up_said: WindowsByKey = Field(default_factory=no_windows)
    customer_promise: WindowsByKey = Field(default_factory=no_windows)
    unworked_lead: WindowsByKey = Field(default_factory=no_windows)
    zombie_lead: WindowsByKey = Field(default_factory=no_windows)
    hand_over: WindowsByKey = Field(default_factory=no_windows)
    unresolved_age: WindowsByKey = Field(default_factory=no_windows)
    escalation: WindowsByKey = Field(default_factory=no_windows)

    def of(self, rule: str) -> Mapping[str, Window]:
        """The windows of `rule` by key."""
        found: Mapping[str, Window] = getattr(self, rule)
        return found


class Stages(Policy):
    """Calendar days that a stage may take where the source does not say, and how far over is too far."""

    tolerance: float = Field(ge=1, examples=[1.5])
    other_days: float = Field(gt=0, examples=[14])
    expected_days: DaysByStage

    def allowed_days(self, stage: str, source_days: float | None = None) -> float:
        """Days after which `stage` is too old; the source's own expectation goes before the playbook's."""
        expected = source_days or self.expected_days.get(stage, self.other_days)
        return expected * self.tolerance


class Step(Policy):
    """One rung: what is done when `after` has passed since the breach or the step before."""

    do: Do = Field(examples=["remind"])
    after: WindowText = Field(examples=["1 business day"])


class Ladder(Policy):
    """Recovery after a breach: steps in order, of which the last repeats until the matter has ended."""

    steps: tuple[Step, ...] = Field(min_length=1)

    @property
    def needs_second_person(self) -> bool:
        return any(step.do in NEEDS_A_SECOND_PERSON for step in self.steps)

    def step(self, number: int) -> Step:
        """The step to take after `number` have been taken (0: none yet)."""
        return self.steps[min(number, len(self.steps) - 1)]

    def next_due(self, number: int, since: datetime, calendar: BusinessCalendar) -> datetime:
        """When step `number` is due, counted from the breach or the step before; always after `since`."""
        return self.step(number).after.due(since, calendar)


class Rule(Policy):
    """How one rule of the watchtower is run."""

    enabled: bool = Field(examples=[True])
    owner: Literal["marketing", "sales", "operations"] = Field(examples=["sales"])
    window: WindowText = Field(examples=["1 business day"])
    ladder: Text = Field(examples=["follow_up"])
    one_person_ladder: Text | None = None
    classification: Classification = Field(examples=["delay"])
    severity: float = Field(ge=0, le=1, examples=[0.5])


class Rules(Policy):
    """Every rule there is: a playbook says of each whether and how it runs."""

    lead_response: Rule
    answer_owed: Rule
    proposal_response: Rule
    stage_age: Rule
    promise_due: Rule
    missed_call: Rule
    next_step: Rule
    close_date_pushed: Rule
    champion_quiet: Rule
    champion_left: Rule
    stakeholder_change: Rule
    new_executive: Rule
    single_threaded: Rule
    competitor_named: Rule
    competitor_contract: Rule
    concern_open: Rule
    buying_signal: Rule
    intent_signal: Rule
    usage_decline: Rule
    usage_spike: Rule
    renewal_ahead: Rule
    check_in: Rule
    commit_without_evidence: Rule
    sequence_ended: Rule
    meeting_follow_up: Rule
    qbr_follow_up: Rule
    no_show: Rule
    executive_brief: Rule
    appointment_confirm: Rule
    estimate_response: Rule
    callback_promised: Rule
    follow_up_said: Rule
    customer_promise: Rule
    unworked_lead: Rule
    zombie_lead: Rule
    hand_over: Rule
    unresolved_age: Rule
    escalation: Rule


class Signals(Policy):
    """What rules take for a signal: days ahead of a date, months in a row, and how much is much."""

    renewal_days: int = Field(default=90, ge=1, examples=[90])
    contract_days: int = Field(default=90, ge=1, examples=[90])
    meeting_ahead_days: int = Field(default=1, ge=1, examples=[1])
    callback_days: int = Field(default=14, ge=1, examples=[14])
    colleague_days: int = Field(default=3, ge=1, examples=[3])
    dormant_days: int = Field(default=60, ge=1, examples=[60])
    usage_months: int = Field(default=3, ge=2, examples=[3])
    usage_fall: float = Field(default=0.2, gt=0, lt=1, examples=[0.2])
    usage_rise: float = Field(default=1.5, gt=1, examples=[1.5])
    intent_strength: float = Field(default=0.5, ge=0, le=1, examples=[0.5])


class Rollout(Policy):
    """Whom it reaches that something was found: nobody (`observe`), some teams (`pilot`) or everybody (`all`).

    Of what reaches nobody it is counted what would have been said.
    """

    stage: Literal["observe", "pilot", "all"] = Field(default="all", examples=["all"])
    teams: tuple[Text, ...] = ()


class Patterns(Policy):
    """When breaches that come again are a matter for the manager: so many of one kind within so many days."""

    breaches: int = Field(default=5, ge=2, examples=[5])
    days: int = Field(default=14, ge=1, examples=[14])


class Feedback(Policy):
    """How dismissals weigh: a rule that people dismiss counts less, never less than `lowest` of its severity.

    What then counts less than `silent_below` keeps its slot empty.
    """

    learn: bool = Field(default=True, examples=[True])
    days: int = Field(default=90, ge=7, examples=[90])
    least_cases: int = Field(default=20, ge=1, examples=[20])
    lowest: float = Field(default=0.5, gt=0, le=1, examples=[0.5])
    silent_below: float = Field(default=0.1, ge=0, le=1, examples=[0.1])


class Budget(Policy):
    """The attention that the inbox may ask of a person on a working day.

    `urgent_per_person_day`: what cannot wait for the morning comes beside the others, at most so many.
    """

    items_per_person_day: int = Field(default=8, ge=1, examples=[8])
    urgent_per_person_day: int = Field(default=20, ge=0, examples=[20])


class AutonomyPolicy(Policy):
    """For each kind of action: done by itself, only after approval, or never.

    `draft_in_mailbox`: whether the mail of an item also stands among its owner's drafts, to be sent from there.
    """

    send_email: Autonomy = "approve"
    message: Autonomy = "approve"
    meeting: Autonomy = "approve"
    acknowledgement: Autonomy = "never"
    draft_in_mailbox: Literal["auto", "never"] = "never"
    call_card: Autonomy = "approve"
    brief: Autonomy = "approve"
    crm_write: Autonomy = "approve"
    task: Autonomy = "auto"
    reassign: Autonomy = "auto"
    escalate: Autonomy = "auto"


class Priority(Policy):
    """How the inbox ranks: by risk times severity times value to the power of `value_exponent`."""

    value_exponent: float = Field(default=0.15, ge=0, le=1, examples=[0.15])


LEAD_TYPES = tuple(x for x in Routing.model_fields if x != "regions")
RULES = tuple(Rules.model_fields)
ACTION_KINDS = tuple(AutonomyPolicy.model_fields)


class Playbook(Policy):
    """The whole policy; a value that nobody can change, told apart by its fingerprint."""

    version: int = Field(ge=1, examples=[1])
    name: Text = Field(examples=["our playbook"])
    segments: tuple[Text, ...] = ()
    never_log: tuple[Address, ...] = ()
    owners: Owners
    calendar: CalendarPolicy
    fallback: Fallback
    routing: Routing
    one_person: OnePerson
    rules: Rules
    windows: Windows = Field(default_factory=Windows)
    stages: Stages
    signals: Signals = Signals()
    ladders: Annotated[Mapping[Text, Ladder], AfterValidator(MappingProxyType), PlainSerializer(dict)]
    rollout: Rollout = Rollout()
    patterns: Patterns = Patterns()
    feedback: Feedback = Feedback()
    budget: Budget = Budget()
    autonomy: AutonomyPolicy = AutonomyPolicy()
    priority: Priority = Priority()
    backlog: Backlog = Backlog()
    drafts: Drafts = Drafts()
    sending: Sending = Sending()
    retention: Retention = Retention()
    calls: CallPolicy = CallPolicy()
    recordings: Recordings = Recordings()
    decisions: Decisions = Decisions()

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the content as canonical JSON: comments, order and spelling do not count."""
        content = self.model_dump(mode="json")
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def rule(self, name: str) -> Rule:
        """The rule of this name; KeyError for a name that is not in RULES."""
        found: Rule = vars(self.rules)[name]
        return found

    def window_for(self, rule: str, *keys: str | None) -> Window:
        """The window of `rule` for the first of `keys` (lead type, intent, segment) that has its own."""
        own = self.windows.of(rule)
        return next((own[key] for key in keys if key and key in own), self.rule(rule).window)

    def ladder_for(self, rule: str, one_person: bool) -> Ladder:
        """The recovery ladder of `rule`.

        For a business of one person: what the rule names for it, else its ladder where that needs nobody
        else, else the one of [one_person].
        """
        policy = self.rule(rule)
        ladder = self.ladders[policy.ladder]
        if one_person and policy.one_person_ladder:
            return self.ladders[policy.one_person_ladder]
        return self.ladders[self.one_person.ladder] if one_person and ladder.needs_second_person else ladder
