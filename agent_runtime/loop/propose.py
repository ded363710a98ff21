"""From a trouble to an item before its owner, or to a recorded reason why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from agent_runtime.actions import senders
from agent_runtime.actions.senders import Profile
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import Entry
from agent_runtime.inbox import backlog, muting, observed
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.policy import ANY_STEP, ItemRow, Trouble
from agent_runtime.jobs import hold
from agent_runtime.llm import Model
from agent_runtime.loop.appointments import busy_times
from agent_runtime.loop.gates import GatePolicy
from agent_runtime.loop.graph import Around, Result, invoke
from agent_runtime.loop.item import item_of
from agent_runtime.loop.known import Known
from agent_runtime.loop.preparing import is_prepared, prepared
from agent_runtime.loop.run import Evaluated, open_troubles
from agent_runtime.loop.seeing import blind_words
from agent_runtime.permissions import agent_scope
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.evaluate import holder_of
from agent_runtime.watchtower.outlook import Outlook
from agent_runtime.watchtower.rules.lead_response import RULE as LEAD
from agent_runtime.watchtower.score import Ranked, rank
from agent_runtime.watchtower.view import View
from memory import facts, people, timeline
from memory.scope import AccountScope

# What cannot wait for the morning: our own promises and debts, customers and leads who wait for an answer, and the
# brief for a meeting that may be before the next morning round.
URGENT = frozenset(
    {
        "promise_due", "callback_promised", "answer_owed", "missed_call", "lead_response", "no_show", "escalation",
        "executive_brief",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """What proposing needs besides the account; `weights`: the part of its severity with which a rule counts, 1 where
    it is not named."""

    engine: Engine
    company: Company
    install_key: SecretStr
    outlook: Outlook
    model: Model | None = None
    weights: Mapping[str, float] = field(default_factory=dict)

    def severity(self, rule: str) -> float:
        """The rule's severity, as far as it counts after what people answered to it."""
        return self.company.playbook.rule(rule).severity * self.weights.get(rule, 1.0)

    @property
    def reached(self) -> frozenset[str] | None:
        """Whom items reach at this stage of the rollout; None for everybody."""
        return observed.reached(self.company.playbook.rollout, self.company.people)


@dataclass(frozen=True, slots=True)
class Unreached:
    """What would have been an item before `owner_id`, had the rollout reached them."""

    owner_id: str


def ranked(desk: Desk, found: Evaluated, trouble: Trouble) -> Ranked:
    """The trouble's priority, risk, range and factors."""
    deal = found.view.deals.get(trouble.interaction.opportunity_id or "")
    belief = desk.outlook.explain(deal.id, found.view.now) if deal else None
    return rank(
        desk.company.playbook,
        trouble.expectation.rule,
        [x.rule for x in trouble.others],
        beside=_beside_it(found, trouble),
        risk=belief.risk if belief else None,
        factors=belief.factors if belief else (),
        amount=deal.amount if deal else None,
        usual_amount=desk.outlook.model.usual.amount,
        currency=(deal.currency if deal else None) or found.view.account.currency or desk.company.currency or "",
        cases=desk.outlook.cases,
        weight=desk.weights.get(trouble.expectation.rule, 1.0),
    )


def _beside_it(found: Evaluated, trouble: Trouble) -> list[str]:
    """The rules that found something at the same account, outside of this matter and of every other deal."""
    others = (x for x in open_troubles(found) if x.matter != trouble.matter and not x.interaction.opportunity_id)
    return sorted({x.expectation.rule for x in others} - {trouble.expectation.rule})


def eligible(connection: Connection, found: Evaluated) -> list[Trouble]:
    """The troubles that may become an item now: none open about the matter, not yet shown at this step, not put off."""
    troubles = open_troubles(found)
    if not troubles:
        return []
    account = found.view.account.id
    taken = {x.matter for x in inbox.live_items(connection, account)}
    settled = inbox.delivered_steps(connection, account) | inbox.held_steps(connection, account)
    company = found.view.company
    to = observed.reached(company.playbook.rollout, company.people)
    settled |= observed.observed_steps(connection, account, to)
    inherited = backlog.inherited(connection, account)
    free = [x for x in troubles if x.matter not in taken and x.interaction.id not in inherited]
    return [x for x in free if settled.isdisjoint(_steps(x))]


def _steps(trouble: Trouble) -> tuple[tuple[str, int], tuple[str, int]]:
    """Under which names a trouble may have been delivered or put off."""
    expectation = trouble.expectation
    return (expectation.id, expectation.step), (expectation.id, ANY_STEP)


def cannot_wait(connection: Connection, found: Evaluated) -> list[Trouble]:
    """What is proposed at once: what is urgent, and what was before a person and has to be prepared anew."""
    may = eligible(connection, found)
    if not may:
        return []
    renewed = inbox.renewed(connection, found.view.account.id)
    return [x for x in may if x.expectation.rule in URGENT or not renewed.isdisjoint(_steps(x))]


def propose(desk: Desk, found: Evaluated, trouble: Trouble) -> ItemRow | Unreached | None:
    """Runs the graph and delivers what it made; a reason not to is recorded and gives None.

    Where the rollout has not reached the owner, what would have been delivered is counted and nobody is told.
    """
    with desk.engine.connect() as connection:
        owner = _owner(found.view, trouble)
        known = _known(connection, found, senders.profile_of(connection, owner))
        if trouble.expectation.rule == LEAD:
            known = replace(known, busy=busy_times(connection, owner, found.view.now))
        reported = set(trouble.expectation.blind) & inbox.reported_blind(connection)
        quiet = muting.muted_until(connection, found.view.account.id, trouble.expectation.rule, found.view.now)
    held = _muted(quiet) if quiet else _already_reported(found, trouble, reported) if reported else None
    result = held or _prepared(desk, found, trouble, owner, known)
    with desk.engine.begin() as connection:
        if not _is_free(connection, found, trouble):
            return None
        item: ItemRow | Unreached | None = None
        if result.draft is None:
            entries = [_suppress(connection, found, trouble, result)]
        else:
            before = inbox.count_about(connection, found.view.account.id, trouble.expectation.id)
            made = item_of(
                found, trouble, owner, result, result.draft, ranked(desk, found, trouble), known.sender, before
            )
            entries, item = _put(connection, desk, made)
            entries += [result.wording.entry(found.view.now, made.id)] if result.wording else []
        audit.append(connection, found.view.account.id, entries, install_key=desk.install_key)
    return item


def _put(connection: Connection, desk: Desk, item: ItemRow) -> tuple[list[Entry], ItemRow | Unreached]:
    """Delivers the item, or counts it where the rollout has not reached its owner."""
    if desk.reached is None or item.owner_id in desk.reached:
        return [inbox.deliver(connection, item)], item
    return [observed.observe(connection, item)], Unreached(item.owner_id)


def _prepared(desk: Desk, found: Evaluated, trouble: Trouble, owner: str, known: Known) -> Result:
    """What the graph made; where a brief or plan is to be prepared, that in place of the bare task."""
    result = invoke(Around(known, trouble, owner, gate_policy(desk.company), desk.model))
    if not is_prepared(trouble, result):
        return result
    reader = desk.company.people.get(owner)
    language = (known.sender.language if known.sender else "") or (reader.language if reader else "") or ""
    with desk.engine.connect() as connection:
        return prepared(connection, found.view, trouble, result, language)


def _is_free(connection: Connection, found: Evaluated, trouble: Trouble) -> bool:
    """Locks the account, and looks again: another worker may have overtaken this one, or been faster."""
    if not hold(connection, found.view.account.id, found.seq):
        return False
    return any(x.expectation.id == trouble.expectation.id for x in eligible(connection, found))


def _owner(view: View, trouble: Trouble) -> str:
    """Who has it at its step of the ladder; for a blind source, whoever can make it visible again."""
    if trouble.expectation.state != "unverified" or not trouble.expectation.blind:
        return holder_of(view, trouble.interaction, trouble.expectation)
    holder = trouble.expectation.blind[0].split(":")[1]
    return view.company.present_owner(holder, view.now) if holder else view.company.manager


def _muted(until: datetime) -> Result:
    """Somebody muted the signal for this account; it is looked at anew at the end."""
    return Result(None, muting.VERDICT, "Somebody asked not to hear of this for a while.", until, False, {})


def _already_reported(found: Evaluated, trouble: Trouble, sources: set[str]) -> Result:
    """One item tells of a blind source, however many absences it hides."""
    told = ", ".join(sorted({blind_words(found.view, source) for source in sources}))
    reason = f"Another item says already that this cannot be seen: {told}."
    return Result(None, "nothing", reason, trouble.expectation.look_at, False, {})


def gate_policy(company: Company) -> GatePolicy:
    """The playbook's numbers for drafts."""
    drafts = company.playbook.drafts
    return GatePolicy(
        calendar=company.calendar,
        silence_days=drafts.silence_needs_person_days,
        mail_gap_days=drafts.one_mail_per_person_days,
        unanswered_mails=drafts.unanswered_limit,
    )


def _known(connection: Connection, found: Evaluated, sender: Profile | None) -> Known:
    scope = agent_scope(found.view.account.id)
    contacts = {x.id: x for x in people.contacts(connection, scope)}
    ids = [x.id for x in found.view.events if x.kind in ("email", "message", "call", "form")][-40:]
    texts = timeline.texts(connection, scope, ids)
    return Known(
        found.view,
        contacts,
        lambda wanted: {x: texts[x] for x in wanted if x in texts},
        tuple(open_troubles(found)),
        inbox.last_mails(connection, scope.account_id),
        sender,
        _answered(connection, scope),
    )


def _answered(connection: Connection, scope: AccountScope) -> frozenset[str]:
    slots = [fact.slot for fact in facts.known(connection, scope)]
    found = {slot.removeprefix("answer.") for slot in slots if slot.startswith("answer.")}
    return frozenset(found | {"decides" for slot in slots if slot.endswith("role.decides")})


def _suppress(connection: Connection, found: Evaluated, trouble: Trouble, result: Result) -> Entry:
    return inbox.suppress(
        connection,
        found.view.account.id,
        trouble.expectation.id,
        trouble.expectation.step,
        result.verdict,
        result.reason,
        found.view.now,
        result.until,
    )
