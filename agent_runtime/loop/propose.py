"""From a trouble to an item before its owner, or to a recorded reason why not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from agent_runtime.actions.policy import content_hash
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import Entry
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.policy import ItemRow, Trouble
from agent_runtime.ledger.policy import row_id
from agent_runtime.loop.gates import GatePolicy
from agent_runtime.loop.graph import Around, Result, invoke
from agent_runtime.loop.known import Known
from agent_runtime.loop.run import Evaluated, open_troubles
from agent_runtime.loop.said import promise_in, told
from agent_runtime.loop.seeing import absence
from agent_runtime.permissions import agent_scope
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.outlook import Outlook
from agent_runtime.watchtower.score import Ranked, rank
from memory import people, timeline

# What cannot wait for the morning: our own promises and debts, customers and leads who wait for an answer.
URGENT = frozenset({"promise_due", "answer_owed", "missed_call", "lead_response"})


@dataclass(frozen=True, slots=True)
class Desk:
    """What proposing needs besides the account."""

    engine: Engine
    company: Company
    install_key: SecretStr
    outlook: Outlook


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
    taken = {x.opportunity_id or x.interaction_id for x in inbox.open_items(connection, account)}
    settled = inbox.delivered_steps(connection, account) | inbox.held_steps(connection, account)
    return [x for x in troubles if x.matter not in taken and (x.expectation.id, x.expectation.step) not in settled]


def propose(desk: Desk, found: Evaluated, trouble: Trouble) -> ItemRow | None:
    """Runs the graph and delivers what it made; a reason not to is recorded and gives None."""
    with desk.engine.connect() as connection:
        known = _known(connection, found)
        reported = set(trouble.expectation.blind) & inbox.reported_blind(connection)
    owner = _owner(desk.company, found, trouble)
    if reported:
        result = _already_reported(trouble, reported)
    else:
        result = invoke(Around(known, trouble, owner, gate_policy(desk.company)))
    with desk.engine.begin() as connection:
        if result.draft is None:
            entry = _suppress(connection, found, trouble, result)
            item = None
        else:
            item = _item(desk, found, trouble, owner, result)
            entry = inbox.deliver(connection, item)
        audit.append(connection, found.view.account.id, [entry], install_key=desk.install_key)
    return item


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


def _known(connection: Connection, found: Evaluated) -> Known:
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
    )


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


def _item(desk: Desk, found: Evaluated, trouble: Trouble, owner: str, result: Result) -> ItemRow:
    draft, interaction, expectation = result.draft, trouble.interaction, trouble.expectation
    assert draft is not None
    score = ranked(desk, found, trouble)
    item_id = row_id("item_", expectation.id, expectation.step, found.view.now.isoformat())
    action = _action(desk.company, found, trouble, owner, draft, item_id)
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
    return kept | {"verdict": result.verdict, "reason": result.reason, "blind": list(trouble.expectation.blind)}


def _action(
    company: Company, found: Evaluated, trouble: Trouble, owner: str, draft: dict[str, Any], item_id: str
) -> dict[str, Any]:
    sender = company.people.get(owner)
    mailbox = {"name": sender.name if sender else owner, "email": sender.email if sender else ""}
    domain = mailbox["email"].partition("@")[2] or "localhost"
    return {
        "kind": draft["kind"],
        "channel": draft["channel"],
        "connector": "file_outbox",
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
        "not_after": trouble.expectation.look_at.isoformat() if trouble.expectation.look_at else None,
        "contact_id": draft.get("contact_id") or trouble.interaction.contact_id,
        "user_id": owner if sender else None,
        "opportunity_id": trouble.interaction.opportunity_id,
        "promises": [{"quote": x["text"], "what": x["text"], "due_at": x["due_at"]} for x in draft["promises"]],
    }


def _evidence(found: Evaluated, trouble: Trouble, quotes: dict[str, str]) -> list[dict[str, Any]]:
    by_id = {x.id: x for x in found.view.events}
    ids: Iterable[str] = (*trouble.expectation.evidence, trouble.interaction.opened_by, *quotes)
    known = [by_id[x] for x in dict.fromkeys(ids) if x in by_id]
    return [
        {
            "activity_id": x.id,
            "at": x.occurred_at.isoformat(),
            "quote": promise_in(x, trouble.expectation.rule) or quotes.get(x.id) or told(x),
        }
        for x in known
    ]
