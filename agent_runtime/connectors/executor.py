"""Carries out approved writes into connected systems; what had no answer is looked for, never written again."""

from datetime import timedelta
from typing import Any

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Confirmed, Found, Rejected, Result, Retry, Unknown
from agent_runtime.actions.message import Unsendable, address_of, envelope, message_of, wire_form
from agent_runtime.connectors.service import WriterOf
from agent_runtime.errors import BadSetting
from tools.base import ApprovedWrite, BadAnswer, NotAllowed, Unanswered, VendorError, Writer
from tools.mail.outgoing import packed

NO_WRITER = "there is no credential for writing"


class WriteExecutor:
    """Writes by the connection that an action names.

    `settles_after`: how long the slowest of the vendors may show nothing of a write.
    """

    settles_after = timedelta(minutes=2)

    def __init__(self, writer_of: WriterOf) -> None:
        self._writer_of = writer_of

    def execute(self, action: ActionRow) -> Result:
        """Writes once; Unknown where nobody can tell yet whether it was done."""
        try:
            with self._writer_of(_connector(action)) as writer:
                return _written(writer, action) if writer else Rejected(NO_WRITER)
        except BadSetting as error:
            # Its secret is gone or unusable: nothing was asked of the vendor.
            return Rejected(error.what)

    def find(self, action: ActionRow) -> Found:
        """Whether it is there; UNSEEN while the vendor cannot be asked."""
        try:
            with self._writer_of(_connector(action)) as writer:
                if writer is None:
                    return Found.UNSEEN
                return Found.THERE if writer.find(approved_write(action)) else Found.ABSENT
        except (VendorError, Unsendable, BadSetting):
            return Found.UNSEEN


def _written(writer: Writer, action: ActionRow) -> Result:
    try:
        written = writer.write(approved_write(action))
    except Unanswered as error:
        return Unknown(error.what)
    except (BadAnswer, NotAllowed) as error:
        return Rejected(error.what)
    except Unsendable as error:
        return Rejected(error.reason)
    except VendorError as error:
        return Retry(error.what)
    return Confirmed({"source_id": written.source_id, "existed": written.existed})


def _connector(action: ActionRow) -> str:
    return str(action.content.get("connector") or "")


def approved_write(action: ActionRow) -> ApprovedWrite:
    """What was approved, as a writer takes it; its key is the action's own, the same for every attempt.

    Raises BadAnswer for an action that says nothing of what is to be written.
    """
    made = {"message": _message, "send_email": _mail}.get(action.kind)
    write = made(action) if made else action.content.get("write") or {}
    target: list[str] = [str(one) for one in write.get("target") or ()]
    if not write.get("op") or len(target) != 2:
        raise BadAnswer(_connector(action) or "connector", "the action names nothing to write")
    return ApprovedWrite(
        key=action.id,
        op=str(write["op"]),
        target=(target[0], target[1]),
        fields=write.get("fields") or {},
        approved_by=action.decided_by,
        content_hash=action.content_hash,
    )


def _message(action: ActionRow) -> dict[str, Any]:
    """A message as a write: what is sent stands in the action itself."""
    to = action.content.get("to") or []
    if len(to) != 1:
        return {}
    fields = {"text": action.content.get("body"), "at": str(int(action.decided_at.timestamp() * 1000))}
    return {"op": "message", "target": ["phone", to[0]], "fields": fields}


def _mail(action: ActionRow) -> dict[str, Any]:
    """A mail as a write of the sender's own mailbox; raises Unsendable for what cannot be a mail."""
    sender, _ = envelope(action.content)
    mail = message_of(action)
    if action.content.get("bcc"):
        # The provider reads the recipients from the headers, and takes this one out.
        mail["Bcc"] = ", ".join(address_of(one) for one in action.content["bcc"])
    return {"op": "mail", "target": ["mailbox", sender.lower()], "fields": packed(wire_form(mail))}
