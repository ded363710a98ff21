"""An approved mail as a message: headers that cannot be broken open, and the addresses it is handed to."""

import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any

from agent_runtime.actions import reasons
from agent_runtime.actions.book import ActionRow
from agent_runtime.errors import Refused

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,253}")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")


class Unsendable(Refused):
    """The content cannot be a mail; `reason` is one of reasons."""

    def __init__(self, reason: str) -> None:
        super().__init__(reasons.explain(reason))
        self.reason = reason


def message_of(action: ActionRow) -> EmailMessage:
    """The mail as it was approved; blind copies are in no header."""
    content = action.content
    mail = EmailMessage()
    sender = content.get("sender") or {}
    mail["From"] = formataddr((sender.get("name", ""), sender.get("email", "")))
    mail["To"] = _listed(content.get("to") or [])
    if content.get("cc"):
        mail["Cc"] = _listed(content["cc"])
    mail["Subject"] = content.get("subject") or ""
    mail["Date"] = format_datetime(action.execute_at)
    mail["Message-ID"] = content["message_id"]
    if content.get("in_reply_to"):
        mail["In-Reply-To"] = content["in_reply_to"]
        mail["References"] = " ".join(content.get("references") or [content["in_reply_to"]])
    mail.set_content(content.get("body") or "")
    if content.get("html"):
        # Only what the program itself writes to its own people has this second form; a draft never has.
        mail.add_alternative(content["html"], subtype="html")
    return mail


def _listed(addresses: list[str]) -> str:
    """The addresses of a header, with domains in ASCII where they are addresses at all."""
    return ", ".join(address_of(x) if _ADDRESS.fullmatch(x) else x for x in addresses)


def wire_form(mail: EmailMessage) -> bytes:
    """The mail as it goes over a wire: CRLF line ends, ASCII headers."""
    return mail.as_bytes(policy=SMTP)


def envelope(content: dict[str, Any]) -> tuple[str, list[str]]:
    """Checks what is to be sent; gives the sender's address and every recipient's once. Raises Unsendable."""
    _refuse_broken_headers(content)
    if content.get("attachments"):
        raise Unsendable(reasons.ATTACHMENTS)
    listed = [*(content.get("to") or []), *(content.get("cc") or []), *(content.get("bcc") or [])]
    if not content.get("to"):
        raise Unsendable(reasons.BAD_ADDRESS)
    recipients = list(dict.fromkeys(address_of(raw) for raw in listed))
    return address_of((content.get("sender") or {}).get("email") or ""), recipients


def address_of(raw: str) -> str:
    """One bare mail address with its domain in ASCII; raises Unsendable for anything else."""
    if not _ADDRESS.fullmatch(raw):
        raise Unsendable(reasons.BAD_ADDRESS)
    local, _, domain = raw.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise Unsendable(reasons.BAD_ADDRESS) from None


def _refuse_broken_headers(content: dict[str, Any]) -> None:
    name = str((content.get("sender") or {}).get("name") or "")
    if _CONTROL.search(str(content.get("subject") or "")) or _CONTROL.search(name):
        raise Unsendable(reasons.BAD_HEADER)
    ids = [content.get("message_id"), content.get("in_reply_to"), *(content.get("references") or [])]
    if not content.get("message_id") or not all(_MESSAGE_ID.fullmatch(x) for x in ids if x):
        raise Unsendable(reasons.BAD_HEADER)
