"""`tenure work` as a process: works off what was imported, beside nothing else, and ends by itself with --once."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Event
from time import monotonic

import httpx
from sqlalchemy import Engine, text

from agent_runtime import db, jobs
from agent_runtime.installation import open_installation
from agent_runtime.jobs import liveness
from agent_runtime.settings import Settings
from tests.integration.firm import DAY, NOW, mail, world

TENURE = (sys.executable, "-c", "from agent_runtime.cli import main; main()")


def _tenure(data: Path, *arguments: str) -> None:
    environment = os.environ | {"TENURE_DATA_DIR": str(data)}
    done = subprocess.run([*TENURE, *arguments], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_work_once_runs_every_account_that_was_imported_and_signs_off(tmp_path: Path) -> None:
    mails = [mail("new", NOW - DAY, "inbound", "kim", "Can you tell me what delivery would cost?")]
    data = tmp_path / "data"
    _tenure(data, "import", str(world(tmp_path / "world", mails, [])))
    engine = db.make_engine(f"sqlite:///{data / 'tenure.db'}")
    with engine.connect() as connection:
        imported = jobs.woken(connection)
    assert imported
    _tenure(data, "work", "--once")
    with engine.connect() as connection:
        assert jobs.woken(connection) == []
        assert connection.scalar(text("SELECT min(seq) FROM tenure_account_loop")) > 0
        assert liveness.workers(connection) == {}
        stored = "".join(str(row) for row in connection.execute(text("SELECT inputs FROM workflow_input")))
    assert all(account in stored for account in imported)
    assert "delivery" not in stored
    assert list((data / "workers").iterdir()) == []
    engine.dispose()


def test_a_killed_worker_is_followed_by_another_that_serves_the_counters_too(tmp_path: Path) -> None:
    engine = open_installation(Settings(data_dir=tmp_path)).engine
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"TENURE_DATA_DIR": str(tmp_path)}
    parent = subprocess.Popen([*TENURE, "work", "--metrics-port", str(port)], env=environment)
    try:
        first = _at_work(engine, other_than=parent.pid)
        os.kill(first, signal.SIGKILL)
        _at_work(engine, other_than=first)
        assert "tenure_runs" in httpx.get(f"http://127.0.0.1:{port}/metrics").text
    finally:
        parent.terminate()
    assert parent.wait(60) == 0
    assert list((tmp_path / "workers").iterdir()) == []
    engine.dispose()


def _at_work(engine: Engine, *, other_than: int) -> int:
    """The process that is entered as the only worker, as soon as it is another one."""
    deadline, pause = monotonic() + 60, Event()
    while monotonic() < deadline:
        with engine.connect() as connection:
            processes = [int(name.split("-")[-2]) for name in liveness.workers(connection)]
        if len(processes) == 1 and processes != [other_than]:
            return processes[0]
        pause.wait(0.05)
    raise TimeoutError(f"at work are {processes}")
