"""The receipt of a new lead: a short fixed mail at once, where the playbook switches it on; it answers nothing.

It says that the message has come and nothing else: no time, no price, no word of theirs. What is owed stays owed.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from agent_runtime.actions import senders
from agent_runtime.actions import service as actions
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.inbox import observed
from agent_runtime.ledger.book import InteractionRow
from agent_runtime.loop.catalogue import catalogue
from agent_runtime.loop.run import Evaluated
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.rules.lead_response import KIND
from memory.people import ContactRow
from memory.timeline import Event

RULE = "rule:acknowledgement"
# What is older came by an import, and its receipt would be none.
_FRESH = timedelta(hours=1)
_FALLBACK = "en"


def acknowledge(connection: Connection, found: Evaluated) -> list[Entry]:
    """Decides a receipt for each lead that has just begun, by the named rule; gives the audit entries."""
    if found.view.company.playbook.autonomy.acknowledgement != "auto":
        return []
    opened = {x.interaction_id for x in found.moves if x.event == "interaction.opened"}
    leads = [x for x in found.book.interactions if x.id in opened and x.kind == KIND and x.state == "open"]
    return [entry for lead in leads for entry in _receipt(connection, found, lead)]


def _receipt(connection: Connection, found: Evaluated, lead: InteractionRow) -> Sequence[Entry]:
    view = found.view
    event = next((x for x in view.events if x.id == lead.opened_by), None)
    contact = next((x for x in view.contacts if x.id == lead.contact_id and x.email), None)
    to = observed.reached(view.company.playbook.rollout, view.company.people)
    if event is None or contact is None or view.now - event.occurred_at > _FRESH:
        return []
    if to is not None and lead.owner_id not in to:
        return []
    content = _mail(connection, view.company, lead, event, contact)
    action = actions.decide(
        connection, content, account_id=lead.account_id, effect_key=f"{RULE}:{lead.id}", decided_by=RULE,
        now=view.now, interaction_id=lead.id,
    )  # fmt: skip
    detail = {"kind": "acknowledgement", "owner": lead.owner_id, "content_hash": action.content_hash}
    return [Entry(view.now, ActorKind.RULE, RULE, "action.decided", action.id, detail)]


def _mail(
    connection: Connection, company: Company, lead: InteractionRow, event: Event, contact: ContactRow
) -> dict[str, Any]:
    owner = lead.owner_id or company.fallback_owner
    profile, person = senders.profile_of(connection, owner), company.people.get(owner)
    sender = {"name": person.name if person else owner, "email": person.email if person else ""}
    if profile:
        sender = {"name": profile.name or sender["name"], "email": profile.address}
    texts = catalogue(str(event.data.get("language") or contact.language or _FALLBACK)[:2]) or catalogue(_FALLBACK)
    assert texts is not None
    body = texts.words["receipt_body"].strip().format(name=sender["name"])
    domain = sender["email"].partition("@")[2] or "localhost"
    return {
        "kind": "send_email",
        "channel": "email",
        "connector": senders.connector_of(profile) if profile else "file_outbox",
        "sender": sender,
        "to": [(contact.email or "").partition(";")[0]],
        "cc": [],
        "bcc": [],
        "message_id": f"<receipt.{lead.id}@{domain}>",
        "subject": texts.words["receipt_subject"],
        "body": body,
        "attachments": [],
        "account_id": lead.account_id,
        "based_on": [event.id],
        "contact_id": contact.id,
        "user_id": owner if person else None,
        "opportunity_id": lead.opportunity_id,
        "promises": [],
    }
