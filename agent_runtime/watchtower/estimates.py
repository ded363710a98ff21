"""Recognising an estimate in a sent mail: by what the source says, else by its subject and attachments. Pure."""

import re
from datetime import timedelta

from agent_runtime.watchtower.view import View
from memory.timeline import Event

_DOCUMENT = (
    r"(?:estimates?|quotes?|quotations?|proposals?|offers?|angebote?s?|kostenvoranschl[aä]ge?s?|offerten?|"
    r"kalkulation(?:en)?)"
)
# At the beginning of a word only: "Angebot_2026-114.pdf", but no "no-offer".
_IN_NAME = re.compile(rf"(?<![a-zäöü]){_DOCUMENT}(?![a-zäöü])", re.IGNORECASE)
_IN_SUBJECT = re.compile(
    rf"^\s*(?:(?:your|our|the|ihr|unser|das|new|revised|neues|überarbeitetes)\s+)?(?:[\w-]+\s+)?{_DOCUMENT}\b",
    re.IGNORECASE,
)
_ABOUT_ONE = re.compile(
    r"\b(?:request|anfrage|before|question|frage|job|special|sonder\w*|accepted|angenommen)\b", re.I
)
# So far apart the mail and the CRM's note of the same proposal are.
_NOTED_WITHIN = timedelta(hours=12)
_REPLY = re.compile(r"^\s*(?:re|aw|antwort)\s*:", re.IGNORECASE)


def is_estimate(event: Event) -> bool:
    """A person of ours sent a price: the mail carries a document that is called so, or is called so itself.

    A reply to one is not another one unless a document goes with it; who asks for one sends none.
    """
    if event.kind != "email" or event.direction != "outbound":
        return False
    if event.data.get("event"):
        return bool(event.data["event"] == "proposal_sent")
    if event.caused_by != "person" or event.data.get("auto"):
        return False
    documents = [str(x) for x in event.data.get("attachments") or ()]
    if not documents:
        return False
    if any(_IN_NAME.search(x) for x in documents):
        return True
    subject = event.subject or ""
    named = _IN_SUBJECT.search(subject) and not _ABOUT_ONE.search(subject)
    return bool(named and not _REPLY.match(subject))


def estimates(view: View) -> list[Event]:
    """The mails with which the customer was sent a price, in order."""
    if "estimates" not in view.drawn:
        view.drawn["estimates"] = [x for x in view.of("email") if is_estimate(x)]
    found: list[Event] = view.drawn["estimates"]
    return found


def deal_of_estimate(view: View, estimate: Event) -> str | None:
    """The deal whose proposal an estimate is; None where there is none, or nobody can tell which.

    A mailbox does not say: then it is the one for which the CRM notes a proposal at about that time, else the
    account's only open one.
    """
    if estimate.opportunity_id:
        return estimate.opportunity_id if view.deals[estimate.opportunity_id].lives else None
    near = {
        x.opportunity_id
        for x in view.of("opportunity.proposal")
        if x.data.get("status") == "created" and abs(x.occurred_at - estimate.occurred_at) <= _NOTED_WITHIN
    }
    open_then = {deal.id for deal in view.deals.values() if deal.life_at(estimate.occurred_at)}
    meant = near or open_then
    return next(iter(meant)) if len(meant) == 1 else None
