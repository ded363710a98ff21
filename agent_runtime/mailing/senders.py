"""Who sends a mail of the house to a person: what sends in that person's own name."""

from typing import Protocol

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Found, Result
from agent_runtime.actions.senders import Profile, connector_of, profiles_in
from agent_runtime.actions.sign_in import rotated_in
from agent_runtime.actions.smtp import SmtpExecutor
from agent_runtime.clock import SystemClock
from agent_runtime.connectors.executor import WriteExecutor
from agent_runtime.connectors.service import Means, writers_in
from agent_runtime.installation import Installation


class Sender(Protocol):
    """Hands a mail over, and looks whether one is in the folder of sent mail."""

    def execute(self, action: ActionRow) -> Result: ...
    def find(self, action: ActionRow) -> Found: ...


def executor_of(installation: Installation, profile: Profile) -> Sender:
    """Their mail server, or the mailbox of theirs that is connected."""
    if connector_of(profile) == "smtp":
        rotated_of = rotated_in(installation.engine, installation.install_key)
        servers = installation.settings.mail_servers
        return SmtpExecutor(profiles_in(installation.engine), servers, rotated_of=rotated_of)
    means = Means(installation.settings, installation.install_key, SystemClock())
    return WriteExecutor(writers_in(installation.engine, means))
