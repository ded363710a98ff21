"""The server, and somebody who works beside it, as processes of their own that can be killed."""

import os
import signal
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import uvicorn

from agent_runtime import db
from agent_runtime.app import create_app
from agent_runtime.app.serve import Server
from agent_runtime.clock import VirtualClock
from agent_runtime.installation import Installation
from agent_runtime.playbook import load
from agent_runtime.settings import Settings
from tests.browser.firm import KEY, NOW, Desk, Firm

# Everything is imported once, in a process without threads, of which each of these is a copy.
_COPIES = get_context("forkserver")
_COPIES.set_forkserver_preload([__name__])


def serving(folder: Path, port: int) -> BaseProcess:
    """A server of the company in `folder`, which has just begun."""
    process = _COPIES.Process(target=_serve, args=(folder, port), daemon=True)
    process.start()
    return process


def delivering(folder: Path, user: str) -> BaseProcess:
    """Somebody who puts one more item before `user`, and is killed at once."""
    process = _COPIES.Process(target=_deliver, args=(folder, user), daemon=True)
    process.start()
    return process


def _serve(folder: Path, port: int) -> None:
    engine = db.make_engine(f"sqlite:///{folder / 'tenure.db'}")
    installation = Installation(Settings(data_dir=folder), engine, KEY, load("b2b_sales"))
    app = create_app(installation, VirtualClock(NOW), choose_person=True)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
    Server(config, app.state.feed).run()


def _deliver(folder: Path, user: str) -> None:
    engine = db.make_engine(f"sqlite:///{folder / 'tenure.db'}")
    Firm("", engine, VirtualClock(NOW)).deliver(Desk(user, []), "worked")
    os.kill(os.getpid(), signal.SIGKILL)
