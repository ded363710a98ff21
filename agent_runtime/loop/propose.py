"""From a trouble to an item before its owner, or to a recorded reason why not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from agent_runtime.actions import senders
from agent_runtime.actions.policy import content_hash
from agent_runtime.actions.senders import Profile
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import Entry
from agent_runtime.inbox import backlog
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.policy import ANY_STEP, ItemRow, Trouble
from agent_runtime.jobs import hold
from agent_runtime.ledger.book import ExpectationRow
from agent_runtime.ledger.policy import row_id
from agent_runtime.llm import Model
from agent_runtime.loop.gates import GatePolicy
from agent_runtime.loop.graph import Around, Result, invoke
from agent_runtime.loop.known import Known
from agent_runtime.loop.preparing import is_prepared, prepared
from agent_runtime.loop.rewording import MODEL
from agent_runtime.loop.run import Evaluated, open_troubles
from agent_runtime.loop.said import promise_in, told
from agent_runtime.loop.seeing import absence
from agent_runtime.permissions import agent_scope
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.outlook import Outlook
from agent_runtime.watchtower.score import Ranked, rank
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
    """What proposing needs besides the account."""

    engine: Engine
    company: Company
    install_key: SecretStr
    outlook: Outlook
    model: Model | None = None


def ranked(desk: Desk, found: Evaluated, trouble: Trouble) -> Ranked:
    """The trouble's priority, risk, range and factors."""
    deal = found.view.deals.get(trouble.interaction.opportunity_id or "")
    belief = desk.outlook.explain(deal.id, found.view.now) if deal else None
    return rank(
        desk.company.playbook,
        trouble.expectation.rule,
        [x.rule for x in trouble.others],
        risk=belief.risk if belief else None,
        factors=belief.factors if belief else (),
        amount=deal.amount if deal else None,
        usual_amount=desk.outlook.model.usual.amount,
        currency=(deal.currency if deal else None) or found.view.account.currency or desk.company.currency or "",
        cases=desk.outlook.cases,
    )


def eligible(connection: Connection, found: Evaluated) -> list[Trouble]:
    """The troubles that may become an item now: none open about the matter, not yet shown at this step, not put off."""
    troubles = open_troubles(found)
    if not troubles:
        return []
    account = found.view.account.id
    taken = {x.matter for x in inbox.live_items(connection, account)}
    settled = inbox.delivered_steps(connection, account) | inbox.held_steps(connection, account)
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


def propose(desk: Desk, found: Evaluated, trouble: Trouble) -> ItemRow | None:
    """Runs the graph and delivers what it made; a reason not to is recorded and gives None."""
    with desk.engine.connect() as connection:
        owner = _owner(desk.company, found, trouble)
        known = _known(connection, found, senders.profile_of(connection, owner))
        reported = set(trouble.expectation.blind) & inbox.reported_blind(connection)
    result = _already_reported(trouble, reported) if reported else _prepared(desk, found, trouble, owner, known)
    with desk.engine.begin() as connection:
        if not _is_free(connection, found, trouble):
            return None
        if result.draft is None:
            entries = [_suppress(connection, found, trouble, result)]
            item = None
        else:
            before = inbox.count_about(connection, found.view.account.id, trouble.expectation.id)
            item = _item(desk, found, trouble, owner, result, known.sender, before)
            entries = [inbox.deliver(connection, item)]
            entries += [result.wording.entry(found.view.now, item.id)] if result.wording else []
        audit.append(connection, found.view.account.id, entries, install_key=desk.install_key)
    return item


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


def _owner(company: Company, found: Evaluated, trouble: Trouble) -> str:
    """The interaction's owner; for a blind source, whoever can make it visible again."""
    owner = trouble.interaction.owner_id or company.fallback_owner
    if trouble.expectation.state != "unverified" or not trouble.expectation.blind:
        return owner
    holder = trouble.expectation.blind[0].split(":")[1]
    return company.present_owner(holder, found.view.now) if holder else company.manager


def _already_reported(trouble: Trouble, sources: set[str]) -> Result:
    """One item tells of a blind source, however many absences it hides."""
    reason = f"an item about {', '.join(sorted(sources))}, which cannot be seen, is open already"
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


def _item(
    desk: Desk, found: Evaluated, trouble: Trouble, owner: str, result: Result, profile: Profile | None, before: int
) -> ItemRow:
    """`before`: how many items there have been about the expectation; two may be made at one moment."""
    draft, interaction, expectation = result.draft, trouble.interaction, trouble.expectation
    assert draft is not None
    score = ranked(desk, found, trouble)
    told_apart = (before,) if before else ()
    item_id = row_id("item_", expectation.id, expectation.step, found.view.now.isoformat(), *told_apart)
    action = _action(desk.company, trouble, owner, draft, item_id, profile)
    return ItemRow(
        id=item_id,
        account_id=interaction.account_id,
        interaction_id=interaction.id,
        expectation_id=expectation.id,
        opportunity_id=interaction.opportunity_id,
        signal=expectation.rule,
        classification=trouble.classification,
        step=expectation.step,
        verified=result.verified,
        state="open",
        delivered_at=found.view.now,
        owner_id=owner,
        due_at=expectation.look_at or expectation.due_at,
        priority=score.priority,
        risk=score.risk,
        value_at_stake=score.value_at_stake,
        action=action,
        draft_version=1,
        content_hash=content_hash(action),
        evidence=_evidence(found, trouble, result.quotes),
        why=[absence(trouble, score.why[0]["weight"], desk.company.zone_of(owner)), *score.why[1:]],
        beside=_beside(draft, result, trouble),
    )


_BESIDE = (
    "why_now",
    "what_i_know",
    "looked_in",
    "cannot_see",
    "if_nothing",
    "alternatives",
    "promises",
    "template_id",
    "fallback_reason",
)


def _beside(draft: dict[str, Any], result: Result, trouble: Trouble) -> dict[str, Any]:
    kept = {name: draft.get(name) for name in _BESIDE}
    if "prepared" in draft:
        kept["prepared"] = draft["prepared"]
    if result.wording and result.wording.by == MODEL:
        kept["worded_by"] = result.wording.model
    return kept | {"verdict": result.verdict, "reason": result.reason, "blind": list(trouble.expectation.blind)}


def _action(
    company: Company, trouble: Trouble, owner: str, draft: dict[str, Any], item_id: str, profile: Profile | None
) -> dict[str, Any]:
    sender = company.people.get(owner)
    mailbox = {"name": sender.name if sender else owner, "email": sender.email if sender else ""}
    if profile:
        mailbox = {"name": profile.name or mailbox["name"], "email": profile.address}
    domain = mailbox["email"].partition("@")[2] or "localhost"
    return {
        "kind": draft["kind"],
        "channel": draft["channel"],
        "connector": "smtp" if profile else "file_outbox",
        "sender": mailbox,
        "to": list(draft["to"]),
        "cc": list(draft["cc"]),
        "bcc": [],
        "in_reply_to": draft["in_reply_to"] or None,
        "references": list(draft["references"]),
        "message_id": f"<{item_id}.1@{domain}>",
        "subject": draft["subject"],
        "body": draft["body"],
        "attachments": list(draft["attachments"]),
        "account_id": trouble.interaction.account_id,
        "based_on": list(trouble.expectation.evidence),
        "not_after": _not_after(company, trouble.expectation),
        "contact_id": draft.get("contact_id") or trouble.interaction.contact_id,
        "user_id": owner if sender else None,
        "opportunity_id": trouble.interaction.opportunity_id,
        "promises": [{"quote": x["text"], "what": x["text"], "due_at": x["due_at"]} for x in draft["promises"]],
    }


def _not_after(company: Company, expectation: ExpectationRow) -> str | None:
    """The next step of the ladder brings another item; the last one repeats, and what is not seen is no step."""
    steps = company.playbook.ladder_for(expectation.rule, company.one_person).steps
    ahead = expectation.look_at if 0 <= expectation.step < len(steps) else None
    return ahead.isoformat() if ahead else None


# What is shown of something whose record nobody can read any more.
_GONE = "its record was deleted at the source"


def _evidence(found: Evaluated, trouble: Trouble, quotes: dict[str, str]) -> list[dict[str, Any]]:
    by_id = {x.id: x for x in found.view.events}
    ids: Iterable[str] = (*trouble.expectation.evidence, trouble.interaction.opened_by, *quotes)
    known = [by_id[x] for x in dict.fromkeys(ids) if x in by_id]
    if not known:
        began = trouble.interaction
        return [{"activity_id": began.opened_by, "at": began.opened_at.isoformat(), "quote": _GONE}]
    return [
        {
            "activity_id": x.id,
            "at": x.occurred_at.isoformat(),
            "quote": promise_in(x, trouble.expectation.rule) or quotes.get(x.id) or told(x),
        }
        for x in known
    ]
