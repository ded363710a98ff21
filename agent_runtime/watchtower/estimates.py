"""Recognising an estimate in a sent mail: by what the source says, else by its subject and attachments. Pure."""

import re

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
    if any(_IN_NAME.search(x) for x in documents):
        return True
    subject = event.subject or ""
    named = _IN_SUBJECT.search(subject) and not _ABOUT_ONE.search(subject)
    return bool(named and documents and not _REPLY.match(subject))
