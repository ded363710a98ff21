"""A worker that is killed while it sends: what may have gone out is looked for, and nothing goes out twice."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP as Server
from sqlalchemy import Engine

from agent_runtime.actions import reasons, service
from agent_runtime.actions.smtp import SmtpExecutor
from tests.unit.agent_runtime.actions.desk import Desk, people
from tests.unit.agent_runtime.actions.providers import ANA, FakeSentFolder, Mails, mail_server

CHECKOUT = Path(__file__).parents[2]
SIGNED = replace(ANA, username="ana", password_ref="env:ANA_SMTP")


class Deadly(Mails):
    """Kills the worker at one step of its first mail."""

    def __init__(self, step: str) -> None:
        super().__init__()
        self._step, self.victim = step, 0
        self.fault = self._kill

    def _kill(self, step: str, _server: Server) -> str | None:
        if step == self._step and self.victim:
            os.kill(self.victim, signal.SIGKILL)
            self.victim = 0
        return None


def _send_and_die(engine: Engine, mails: Deadly, port: int, desk: Desk, action_id: str) -> None:
    arguments = [str(engine.url.database), str(port), action_id, desk.now.isoformat()]
    command = [sys.executable, "-m", "tests.integration.actions_worker", *arguments]
    with subprocess.Popen(command, cwd=CHECKOUT) as worker:
        mails.victim = worker.pid
        assert worker.wait(60) == -signal.SIGKILL


# Where it is killed, and whether the provider has the mail by then.
STEPS = [("RCPT", False), ("DATA", True), ("AFTER", True)]


@pytest.mark.parametrize(("step", "taken"), STEPS)
@pytest.mark.parametrize("keeps", [True, False])
def test_a_worker_killed_while_it_sends_sends_nothing_twice(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, step: str, taken: bool, keeps: bool
) -> None:
    monkeypatch.setenv("ANA_SMTP", "x")
    people(sqlite_engine)
    mails, folder = Deadly(step), FakeSentFolder()
    with mail_server(mails, password="x") as server:
        own = server.model_copy(update={"files_sent": keeps, "imap_host": "127.0.0.1"})
        desk = Desk(sqlite_engine, SmtpExecutor(lambda _user: SIGNED, {"office": own}, lambda *_: folder))
        action = desk.decide()
        _send_and_die(sqlite_engine, mails, server.port, desk, action.id)
        assert desk.row(action.id).state == "claimed"
        if keeps:
            folder.mails += [x.content for x in mails.taken if isinstance(x.content, bytes)]
        with sqlite_engine.begin() as connection:
            assert service.abandon(connection, "killed", desk.now) == [action.id]
        desk.until_quiet()
    sent_again = keeps and not taken
    assert len(mails.taken) == int(taken) + sent_again
    if keeps:
        assert desk.row(action.id).state in ("sent", "confirmed")
    else:
        assert desk.ends == [(action.id, "failed", reasons.MAY_HAVE_GONE_OUT)]
