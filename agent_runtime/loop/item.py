"""What an item holds: the action to decide on, its evidence, its reasons, and what stands beside it."""

from collections.abc import Iterable
from typing import Any

from agent_runtime.actions.policy import content_hash
from agent_runtime.actions.senders import Profile, connector_of
from agent_runtime.inbox.policy import ItemRow, Trouble
from agent_runtime.ledger.book import ExpectationRow
from agent_runtime.ledger.policy import row_id
from agent_runtime.loop.graph import Result
from agent_runtime.loop.rewording import MODEL
from agent_runtime.loop.run import Evaluated
from agent_runtime.loop.said import promise_in, told
from agent_runtime.loop.seeing import absence
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.score import Ranked


def item_of(
    found: Evaluated,
    trouble: Trouble,
    owner: str,
    result: Result,
    draft: dict[str, Any],
    score: Ranked,
    profile: Profile | None,
    before: int,
) -> ItemRow:
    """The item for its owner; `before`: how many there have been about the expectation, as two may be of one moment."""
    company, interaction, expectation = found.view.company, trouble.interaction, trouble.expectation
    told_apart = (before,) if before else ()
    item_id = row_id("item_", expectation.id, expectation.step, found.view.now.isoformat(), *told_apart)
    action = _action(company, trouble, owner, draft, item_id, profile)
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
        why=[absence(trouble, score.why[0]["weight"], company.zone_of(owner)), *score.why[1:]],
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
        "connector": connector_of(profile) if profile else "file_outbox",
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
