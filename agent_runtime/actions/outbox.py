"""The file outbox: writes mails as .eml and cards as text into a folder, one file an action."""

from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any, Protocol

from agent_runtime.actions.book import ActionRow


class Executor(Protocol):
    """Carries out one claimed action. Doing the same action again must have no second effect."""

    def execute(self, action: ActionRow) -> dict[str, Any]:
        """Gives what came of it, for the record; raises if nothing was done."""
        ...


class FileOutbox:
    """Writes each action to `folder`; the file's name is the action's id, so a second time is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def execute(self, action: ActionRow) -> dict[str, Any]:
        self._folder.mkdir(parents=True, exist_ok=True)
        mail = action.kind == "send_email"
        path = self._folder / f"{action.id}.{'eml' if mail else 'txt'}"
        path.write_bytes(_mail(action) if mail else _card(action))
        return {"file": path.name}


def _mail(action: ActionRow) -> bytes:
    content = action.content
    mail = EmailMessage()
    sender = content.get("sender") or {}
    mail["From"] = formataddr((sender.get("name", ""), sender.get("email", "")))
    mail["To"] = ", ".join(content.get("to") or [])
    if content.get("cc"):
        mail["Cc"] = ", ".join(content["cc"])
    mail["Subject"] = content.get("subject") or ""
    mail["Date"] = format_datetime(action.execute_at)
    mail["Message-ID"] = content["message_id"]
    if content.get("in_reply_to"):
        mail["In-Reply-To"] = content["in_reply_to"]
        mail["References"] = " ".join(content.get("references") or [content["in_reply_to"]])
    mail.set_content(content.get("body") or "")
    return mail.as_bytes()


def _card(action: ActionRow) -> bytes:
    content = action.content
    head = (
        f"{action.kind} for {', '.join(content.get('to') or []) or action.account_id}\n{content.get('subject') or ''}"
    )
    return f"{head}\n\n{content.get('body') or ''}\n".encode()
