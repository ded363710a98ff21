"""A worker process that hands a mail over and is killed before it can tell anybody."""

import os
import signal
import sys
from datetime import datetime

from pydantic import SecretStr

from agent_runtime import db
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.execute import execute
from agent_runtime.actions.executors import Executors, Result
from agent_runtime.actions.senders import profiles_in
from agent_runtime.actions.smtp import SmtpExecutor
from agent_runtime.settings import MailServer


class Dying:
    """Sends, and is gone."""

    def __init__(self, executor: SmtpExecutor) -> None:
        self._executor = executor

    def execute(self, action: ActionRow) -> Result:
        """Never comes back."""
        result = self._executor.execute(action)
        os.kill(os.getpid(), signal.SIGKILL)
        return result


def main(url: str, action_id: str, now: str, smtp: str, imap: str) -> None:
    """Executes the action against servers on this machine."""
    engine = db.make_engine(url)
    server = MailServer(
        host="127.0.0.1", port=int(smtp), security="plain", imap_host="127.0.0.1", imap_port=int(imap)
    )  # fmt: skip
    dying = Dying(SmtpExecutor(profiles_in(engine), {"office": server}))
    executors = Executors({("smtp", "send_email"): dying})
    key = SecretStr("a key of the tests")
    execute(
        engine, action_id, datetime.fromisoformat(now), executors, lambda *_: None, lambda *_: None, key, "killed"
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
