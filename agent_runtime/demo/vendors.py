"""The demo's company on connected systems: its past is read from stand-ins of its vendors, with their faults."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Thread

import uvicorn

from agent_runtime.clock import ShiftedClock, VirtualClock
from agent_runtime.connectors import service
from agent_runtime.connectors.sync import Reading
from agent_runtime.installation import Installation, about, context_of
from agent_runtime.replay.setting import TakenWorld
from agent_runtime.settings import Settings
from agent_runtime.watchtower.service import load_sight
from tools.base import Prepares
from tools.fakes.lived import ACCOUNT_SID, PHONE_SECRET, READ_TOKEN, WRITE_TOKEN, Lived
from tools.fakes.lived_portal import OWN
from tools.fakes.wire import Fake, FakeTransport, Faults, app_of
from tools.http import Buckets

_BY = "demo"
_HOST = "127.0.0.1"
# Where nothing happens they are read so often all the same, so that it is known that nothing did.
_OFTEN = timedelta(minutes=5)
_NEVER = datetime.min.replace(tzinfo=UTC)
# What goes wrong of a hundred requests.
STORM = {"limit": 2, "error": 2, "dropped": 1, "late": 1}
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "hubspot": {
        "token": READ_TOKEN,
        "write_token": WRITE_TOKEN,
        "streams": "companies,contacts,deals,tasks,notes,meetings",
        **{f"{stream}_properties": ",".join(f"{a}={b}" for a, b in told.items()) for stream, told in OWN.items()},
    },
    "twilio": {"account_sid": ACCOUNT_SID, "secret": PHONE_SECRET, "consent": "all_party", "recorded": "yes"},
}


@dataclass(slots=True)
class VendorFeed:
    """Reads the stand-ins of a company while a replay lives through its past.

    `faults`: what goes wrong of a hundred requests of each, None for nothing.
    """

    lived: Lived
    installation: TakenWorld
    clock: VirtualClock
    faults: Faults | None = None
    _means: dict[str, service.Means] = field(default_factory=dict)
    _read_at: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        since = self.installation.world.settings.start
        for name, fake in _fakes(self.lived).items():
            transport = FakeTransport(fake, self.faults)
            key = self.installation.install_key
            self._means[name] = service.Means(Settings(), key, self.clock, _hurried(), transport)
        with self.installation.engine.begin() as connection:
            for name, answers in ANSWERS.items():
                service.connect(connection, self._means[name], name, answers, since, _BY).close()

    def next_at(self) -> datetime | None:
        """When something happens at one of them next."""
        return self.lived.next_at()

    def read(self, now: datetime, *, due: bool) -> None:
        """Lets everything happen up to now and reads it, in as many rounds as the faults need."""
        happened = self.lived.live_until(now)
        stale = [x for x in ANSWERS if due and now - self._read_at.get(x, _NEVER) >= _OFTEN]
        wanted = [x for x in ANSWERS if x in happened or x in stale]
        if not wanted:
            return
        self._read_at.update(dict.fromkeys(wanted, now))
        taken = sum([self._read(name) for name in wanted])
        with self.installation.engine.begin() as connection:
            if taken:
                self.installation.ingest.refresh(connection)
            load_sight(connection, self.installation.company.sight)

    def _read(self, name: str) -> int:
        engine, context = self.installation.engine, self.installation.ingest.context
        records = 0
        while True:
            with engine.begin() as connection:
                connected = service.opened(connection, self._means[name], name)
            reports = Reading(engine, connected, context, self.clock).run()
            records += sum(one.added + one.revised for one in reports)
            if all(one.complete for one in reports):
                return records


def feed_of(lived: Lived, faults: Faults | None = None) -> Callable[[TakenWorld, VirtualClock], VendorFeed]:
    """What a replay reads beside its own folder, when the vendors tell the rest."""
    return lambda installation, clock: VendorFeed(lived, installation, clock, faults)


@contextmanager
def connected(
    installation: Installation, clock: ShiftedClock, lived: Lived
) -> Iterator[Callable[[Installation, ShiftedClock], None]]:
    """The stand-ins served on this machine and connected over the network; gives what reads them when they are due."""
    lived.follow(clock.now)
    means = service.Means(installation.settings, installation.install_key, clock)
    with ExitStack() as stack:
        for name, fake in _fakes(lived).items():
            address = stack.enter_context(_served(fake))
            where = {"address": address} | ({"words_address": address} if name == "twilio" else {})
            with installation.engine.begin() as connection:
                made = service.connect(connection, means, name, {**ANSWERS[name], **where}, clock.now(), _BY)
            writer = made.writer()
            if isinstance(writer, Prepares):
                writer.prepare()
            made.close()
        yield _read_due


def _read_due(installation: Installation, clock: ShiftedClock) -> None:
    """Reads here and at once what a worker would read beside its other work: the clock of a demo leaps."""
    now = clock.now()
    with installation.engine.connect() as connection:
        names = service.due_names(connection, now)
        context = context_of(about(connection), installation.playbook)
    means = service.Means(installation.settings, installation.install_key, clock)
    for name in names:
        with installation.engine.begin() as connection:
            opened = service.opened(connection, means, name)
        Reading(installation.engine, opened, context, clock).run()
        with installation.engine.begin() as connection:
            service.set_due(connection, name, now + _OFTEN)


@contextmanager
def _served(fake: Fake) -> Iterator[str]:
    """The stand-in on a port of this machine, with its faults; gives its address."""
    app = app_of(fake, Faults(STORM))
    config = uvicorn.Config(app, host=_HOST, port=0, access_log=False, log_level="warning", lifespan="off")
    socket = config.bind_socket()
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [socket]}, name="demo-vendor", daemon=True)
    thread.start()
    try:
        yield f"http://{_HOST}:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        socket.close()


def _fakes(lived: Lived) -> dict[str, Fake]:
    return {"hubspot": lived.hubspot, "twilio": lived.twilio}


def _hurried() -> Buckets:
    """Buckets whose pauses pass at once: virtual time waits for nobody."""
    moments = [0.0]

    def wait(seconds: float) -> None:
        moments[0] += seconds

    return Buckets(monotonic=lambda: moments[0], wait=wait)
