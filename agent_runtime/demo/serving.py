"""Serves the demo on this machine, with its company living on behind it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread
from zoneinfo import ZoneInfo

import uvicorn
from fastapi import FastAPI

from agent_runtime import db
from agent_runtime.app.composition import create_app
from agent_runtime.app.serve import GRACE_SECONDS, Server
from agent_runtime.clock import ShiftedClock
from agent_runtime.demo import bar as demo_bar
from agent_runtime.demo.living import LivingDemo, Reads
from agent_runtime.demo.vendors import connected
from agent_runtime.installation import Installation
from agent_runtime.playbook import load
from agent_runtime.replay.setting import REPLAY_KEY
from agent_runtime.settings import Settings
from tools.fakes.lived import Lived
from tools.world.settings import WorldSettings

HOST = "127.0.0.1"


def serve_demo(folder: Path, world: WorldSettings, playbook: str, port: int, lived: Lived | None = None) -> None:
    """Serves until it is stopped; only from this machine, signing in by choosing a person.

    `lived`: the stand-ins that it is connected to; they are served as well, with faults, and read on.
    """
    with living(folder, world, playbook, lived) as app:
        config = uvicorn.Config(
            app, host=HOST, port=port, access_log=False, server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS, log_level="warning",
        )  # fmt: skip
        Server(config, app.state.feed).run()


@contextmanager
def living(folder: Path, world: WorldSettings, playbook: str, lived: Lived | None = None) -> Iterator[FastAPI]:
    """The application of a replayed company that goes on from the end of its world."""
    installation = installed(folder, playbook)
    clock, stop = ShiftedClock(world.end), Event()
    with ExitStack() as stack:
        reads = stack.enter_context(connected(installation, clock, lived)) if lived else None
        yield from _living(installation, clock, ZoneInfo(world.timezone), stop, reads)


def _living(
    installation: Installation, clock: ShiftedClock, zone: ZoneInfo, stop: Event, reads: Reads | None
) -> Iterator[FastAPI]:
    company = LivingDemo(installation, clock, reads)
    app = create_app(installation, clock, choose_person=True)
    app.state.company = company
    app.state.bar = demo_bar.DemoBar(company, zone)
    app.router.routes.extend(demo_bar.routes(app.state.bar))
    app.include_router(demo_bar.router.api)
    worker = Thread(target=company.live, args=(stop,), name="demo-worker", daemon=True)
    worker.start()
    try:
        yield app
    finally:
        stop.set()
        worker.join()
        installation.engine.dispose()


def installed(folder: Path, playbook: str) -> Installation:
    """The company that was replayed into `folder`."""
    engine = db.make_engine(f"sqlite:///{folder / 'tenure.db'}")
    settings = Settings(data_dir=folder, playbook=playbook, embedder="none")
    return Installation(settings, engine, REPLAY_KEY, load(playbook))
