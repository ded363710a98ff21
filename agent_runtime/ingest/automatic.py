"""Mails that nobody wrote: out-of-office notes, bounces, lists."""

import re
from typing import Any

OOO = re.compile(
    r"(?i)^\W*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|antwort)|out of (?:the )?office|"
    r"automatische antwort|abwesen(?:d|heit)|ich bin (?:derzeit )?nicht im büro|réponse automatique|"
    r"afwezig)"
)
BOUNCE = re.compile(
    r"(?i)^\W*(?:undeliver(?:able|ed)|delivery (?:status notification|failure|has failed)|mail delivery|"
    r"returned mail|failure notice|unzustellbar)"
)
MACHINE_SENDER = re.compile(r"(?i)^(?:mailer-daemon|postmaster)@")
SILENT_SENDER = re.compile(r"(?i)^(?:no-?reply|do-?not-?reply|newsletter|notifications?)[@+.-]")
KINDS = ("ooo", "bounce", "list")


def automatic(fields: dict[str, Any]) -> str | None:
    """ooo, bounce or list for a mail that no person wrote; what the source says goes before its looks."""
    told = fields.get("auto_kind")
    if told in KINDS:
        return str(told)
    sender, subject = str(fields.get("from") or ""), str(fields.get("subject") or "")[:200]
    headers = _headers(fields)
    if MACHINE_SENDER.match(sender) or BOUNCE.match(subject) or headers.get("return-path") == "<>":
        return "bounce"
    if OOO.match(subject) or headers.get("auto-submitted", "no") != "no" or "x-autoreply" in headers:
        return "ooo"
    if "list-unsubscribe" in headers or "list-id" in headers or SILENT_SENDER.match(sender):
        return "list"
    return "list" if headers.get("precedence") in ("bulk", "list", "junk") else None


def _headers(fields: dict[str, Any]) -> dict[str, str]:
    headers = fields.get("headers")
    if not isinstance(headers, dict):
        return {}
    return {str(name).lower(): str(value).strip().lower() for name, value in headers.items()}
