"""A mail that goes out by a provider's own interface: its bytes as they were approved, and what they name."""

from base64 import b64decode, b64encode
from binascii import Error
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import blake2b
from typing import Any

from tools.base import ApprovedWrite, BadAnswer


def packed(mail: bytes) -> dict[str, Any]:
    """The fields of an approved write that carries a mail."""
    return {"mail": b64encode(mail).decode()}


def mail_of(approved: ApprovedWrite, vendor: str) -> bytes:
    """The bytes of the mail of an approved write; BadAnswer where it carries none with a Message-ID of its own."""
    try:
        mail = b64decode(str(approved.fields.get("mail") or ""), validate=True)
    except (Error, ValueError):
        mail = b""
    if approved.op != "mail" or not message_id_of(mail):
        raise BadAnswer(vendor, f"{approved.op} is nothing that is sent here")
    return mail


def message_id_of(mail: bytes) -> str:
    """The Message-ID, with its brackets."""
    return str(message_from_bytes(mail).get("Message-ID") or "").strip()


def answered_by(mail: bytes) -> str:
    """The Message-ID of the mail that this one answers; empty for a first one."""
    return str(message_from_bytes(mail).get("In-Reply-To") or "").strip()


def said(mail: bytes) -> bytes:
    """A hash of what a person would change: whom it goes to, the subject, the words, what is attached.

    Not of the bytes: servers and mail programs write the same mail in their own way.
    """
    parsed: EmailMessage = message_from_bytes(mail, policy=default)
    body = parsed.get_body(("plain", "html"))
    words = str(body.get_content()) if body else ""
    names = [str(part.get_filename()) for part in parsed.iter_attachments()]
    heads = [" ".join(str(parsed.get(name) or "").split()) for name in ("To", "Cc", "Bcc", "Subject")]
    told = "\x00".join([*heads, *names, "\n".join(line.rstrip() for line in words.strip().splitlines())])
    return blake2b(told.encode("utf-8", "replace"), digest_size=16).digest()
