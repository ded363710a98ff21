"""Reports that a mail did not arrive (RFC 3464): which addresses do not take mail any more."""

import re
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from typing import Final

_ADDRESS: Final = re.compile(r"[^\s;<>]+@[^\s;<>]+")


def undelivered(raw: bytes) -> tuple[str, ...]:
    """The addresses that a report says are refused for good, in lower case; empty for any other mail.

    A full mailbox or a delay is not for good.
    """
    try:
        mail = message_from_bytes(raw)
        if mail.get_content_type() != "multipart/report":
            return ()
        parts = [one for one in mail.walk() if one.get_content_type() == "message/delivery-status"]
        told = [one for part in parts for one in part.get_payload() if isinstance(one, Message)]
        found = [_address(one) for one in told if _is_final(one)]
    except (MessageError, ValueError, LookupError, TypeError, AttributeError):
        return ()
    return tuple(dict.fromkeys(one for one in found if one))


def _is_final(told: Message) -> bool:
    """Failed, with an enhanced status of class 5 about the address or the system behind it (RFC 3463)."""
    status = str(told.get("Status") or "").strip()
    return str(told.get("Action") or "").strip().lower() == "failed" and status.startswith(("5.1.", "5.0.", "5.4.4"))


def _address(told: Message) -> str:
    raw = str(told.get("Original-Recipient") or told.get("Final-Recipient") or "")
    found = _ADDRESS.search(raw.partition(";")[2] or raw)
    return found[0].lower() if found else ""
