"""A worker process that executes one action over SMTP, to be killed while it does."""

import sys
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from agent_runtime import db
from agent_runtime.actions.execute import execute
from agent_runtime.actions.executors import Executors
from agent_runtime.actions.recheck import Recheck
from agent_runtime.actions.senders import Profile
from agent_runtime.actions.smtp import SmtpExecutor
from agent_runtime.playbook.models import AutonomyPolicy
from agent_runtime.settings import MailServer


def main(database: str, port: str, action_id: str, now: str) -> None:
    """Executes the action against a server on this machine."""
    profile = Profile(user_id="u1", name="Ana Müller", address="ana@we.test", server="office")
    server = MailServer(host="127.0.0.1", port=int(port), security="plain")
    executors = Executors({("", "send_email"): SmtpExecutor(lambda _user: profile, {"office": server})})
    moment = datetime.fromisoformat(now)
    recheck = Recheck(moment, AutonomyPolicy())
    engine = db.make_engine(f"sqlite:///{Path(database)}")
    key = SecretStr("an install key")
    execute(engine, action_id, moment, executors, recheck, lambda *_: None, key, "killed")


if __name__ == "__main__":
    main(*sys.argv[1:])
