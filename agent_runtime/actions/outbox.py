"""The file outbox: writes mails as .eml and cards as text into a folder, one file an action."""

from datetime import timedelta
from pathlib import Path

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Confirmed, Found
from agent_runtime.actions.message import message_of


class FileOutbox:
    """Writes each action to `folder`; the file's name is the action's id, so a second time is the same file."""

    settles_after = timedelta()

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def execute(self, action: ActionRow) -> Confirmed:
        """Writes the file under another name first, so that one that is there is whole."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(action)
        begun = path.with_suffix(".part")
        begun.write_bytes(message_of(action).as_bytes() if _is_mail(action) else _card(action))
        begun.replace(path)
        return Confirmed({"file": path.name})

    def find(self, action: ActionRow) -> Found:
        """Whether the file is there."""
        return Found.THERE if self._path(action).is_file() else Found.ABSENT

    def _path(self, action: ActionRow) -> Path:
        return self._folder / f"{action.id}.{'eml' if _is_mail(action) else 'txt'}"


def _is_mail(action: ActionRow) -> bool:
    return action.kind == "send_email"


def _card(action: ActionRow) -> bytes:
    content = action.content
    head = (
        f"{action.kind} for {', '.join(content.get('to') or []) or action.account_id}\n{content.get('subject') or ''}"
    )
    return f"{head}\n\n{content.get('body') or ''}\n".encode()
