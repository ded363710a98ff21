"""The demo's company on connected systems: its past is read from stand-ins of its vendors, with their faults."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Thread

import uvicorn
from sqlalchemy import Connection

from agent_runtime.clock import Clock, ShiftedClock, VirtualClock
from agent_runtime.connectors import service
from agent_runtime.connectors.sync import Reading, StreamReport, cover
from agent_runtime.installation import Installation, about, context_of
from agent_runtime.replay.setting import TakenWorld
from agent_runtime.settings import Settings
from agent_runtime.watchtower.service import load_sight
from tools.base import Prepares, Sight, State
from tools.fakes.imap_server import serving
from tools.fakes.lived import ACCOUNT_SID, PHONE_SECRET, READ_TOKEN, WRITE_TOKEN, Lived
from tools.fakes.lived_mail import MAIL_SECRET, Box
from tools.fakes.lived_portal import OWN
from tools.fakes.wire import Fake, FakeTransport, Faults, app_of
from tools.http import Buckets

_BY = "demo"
_HOST = "127.0.0.1"
# Where nothing happens they are read so often all the same, so that it is known that nothing did.
_OFTEN = timedelta(minutes=5)
_A_DAY = timedelta(days=1)
_NEVER = datetime.min.replace(tzinfo=UTC)
# A CRM shows a change in its search only after a while, and is read again then.
_SHOWN_AFTER = timedelta(minutes=3)
# What goes wrong of a hundred requests; a mailbox is asked in many small commands.
STORM = {"limit": 2, "error": 2, "dropped": 1, "late": 1}
MAIL_STORM = {"limit": 1, "dropped": 1, "broken": 1}
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

    `port`: where its mail server speaks IMAP on this machine. `faults`: what goes wrong of a hundred requests of each
    of the others, None for nothing.
    """

    lived: Lived
    port: int
    installation: TakenWorld
    clock: VirtualClock
    faults: Faults | None = None
    _means: dict[str, service.Means] = field(default_factory=dict)
    _read_at: dict[str, datetime] = field(default_factory=dict)
    _asked_at: dict[str, datetime] = field(default_factory=dict)
    _boxes: dict[str, Box] = field(default_factory=dict)
    _shut: set[str] = field(default_factory=set)
    _again: datetime | None = None

    def __post_init__(self) -> None:
        fakes, since = _fakes(self.lived), self.installation.world.settings.start
        for name, answers in ANSWERS.items():
            self._connect(name, answers, since, FakeTransport(fakes[name], self.faults))
        self._open_mailboxes(since)

    def next_at(self) -> datetime | None:
        """When something happens at one of them next, or is shown at last."""
        return min((x for x in (self.lived.next_at(), self._again) if x is not None), default=None)

    def read(self, now: datetime, *, due: bool) -> None:
        """Lets everything happen up to now and reads it, in as many rounds as the faults need."""
        happened = self.lived.live_until(now)
        self._open_mailboxes(now)
        if "hubspot" in happened:
            self._again = now + _SHOWN_AFTER
        elif self._again and self._again <= now:
            self._again = None
            happened.add("hubspot")
        stale = {x for x in self._means if due and now - self._read_at.get(x, _NEVER) >= _OFTEN} - self._shut
        quiet = {x for x in stale - happened if now - self._asked_at.get(x, _NEVER) < _A_DAY and x in self._boxes}
        wanted = [x for x in self._means if x in (happened | stale) - self._shut - quiet]
        self._read_at.update(dict.fromkeys((*wanted, *quiet), now))
        self._asked_at.update(dict.fromkeys(wanted, now))
        taken = sum([self._read(name) for name in wanted])
        if not wanted and not quiet:
            return
        with self.installation.engine.begin() as connection:
            if taken:
                self.installation.ingest.refresh(connection)
            self._note_quiet(connection, quiet, now)
            load_sight(connection, self.installation.company.sight)

    def _note_quiet(self, connection: Connection, names: set[str], now: datetime) -> None:
        """A mailbox to which nothing came since it was read is seen until now; to ask each of them anew takes long."""
        boxes = [self._boxes[name] for name in sorted(names)]
        cover(connection, "", [Sight("email", x.address, x.begins, now) for x in boxes], now)

    def _open_mailboxes(self, now: datetime) -> None:
        """Connects the mailboxes that have begun."""
        for box in self.lived.boxes:
            if box.name not in self._boxes and box.begins <= now:
                self._boxes[box.name] = box
                self._connect(box.name, _mailbox(box.name, box.address, self.port), box.begins)

    def _connect(
        self, name: str, answers: Mapping[str, str], since: datetime, transport: FakeTransport | None = None
    ) -> None:
        key = self.installation.install_key
        self._means[name] = service.Means(Settings(), key, self.clock, hurried(), transport)
        with self.installation.engine.begin() as connection:
            service.connect(connection, self._means[name], name, answers, since, _BY).close()

    def _read(self, name: str) -> int:
        engine, context = self.installation.engine, self.installation.ingest.context
        records = 0
        while True:
            with engine.begin() as connection:
                connected = service.opened(connection, self._means[name], name)
            reports = Reading(engine, connected, context, self.clock).run()
            records += sum(one.added + one.revised for one in reports)
            if all(one.complete for one in reports) or self._is_shut(name, reports):
                return records

    def _is_shut(self, name: str, reports: list[StreamReport]) -> bool:
        """Whether nobody is let in any more; waiting does not help then."""
        with self.installation.engine.connect() as connection:
            if service.health_of(connection, name) is State.NOT_ALLOWED:
                self._shut.add(name)
        return name in self._shut


@contextmanager
def feed_of(
    lived: Lived, faults: Faults | None = None, mail_faults: Faults | None = None
) -> Iterator[Callable[[TakenWorld, VirtualClock], VendorFeed]]:
    """What a replay reads beside its own folder, when the vendors tell the rest; the mail server runs meanwhile."""
    lived.imap.faults = mail_faults
    with serving(lived.imap) as port:
        yield lambda installation, clock: VendorFeed(lived, port, installation, clock, faults)


@contextmanager
def connected(
    installation: Installation, clock: ShiftedClock, lived: Lived
) -> Iterator[Callable[[Installation, ShiftedClock], None]]:
    """The stand-ins served on this machine and connected over the network; gives what reads them when they are due."""
    lived.follow(clock.now)
    lived.imap.faults = Faults(MAIL_STORM)
    with ExitStack() as stack:
        for name, fake in _fakes(lived).items():
            address = stack.enter_context(_served(fake))
            where = {"address": address} | ({"words_address": address} if name == "twilio" else {})
            _connect(installation, clock, name, {**ANSWERS[name], **where})
        port = stack.enter_context(serving(lived.imap))
        for box in lived.boxes:
            _connect(installation, clock, box.name, _mailbox(box.name, box.address, port))
        yield _read_due


def _connect(installation: Installation, clock: Clock, name: str, answers: Mapping[str, str]) -> None:
    means = service.Means(installation.settings, installation.install_key, clock, hurried())
    with installation.engine.begin() as connection:
        made = service.connect(connection, means, name, answers, clock.now(), _BY)
    writer = made.writer()
    if isinstance(writer, Prepares):
        writer.prepare()
    made.close()


def _mailbox(name: str, address: str, port: int) -> dict[str, str]:
    """The answers of one person's mailbox."""
    return {
        "host": _HOST, "port": str(port), "security": "plain", "user": name, "secret": MAIL_SECRET, "address": address,
    }  # fmt: skip


def _read_due(installation: Installation, clock: ShiftedClock) -> None:
    """Reads here and at once what a worker would read beside its other work: the clock of a demo leaps."""
    now = clock.now()
    with installation.engine.connect() as connection:
        names = service.due_names(connection, now)
        context = context_of(about(connection), installation.playbook)
    means = service.Means(installation.settings, installation.install_key, clock, hurried())
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
    socket.listen()  # who comes before the server has begun waits, and is not refused
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


def hurried() -> Buckets:
    """Buckets whose pauses pass at once: nobody waits for a stand-in."""
    moments = [0.0]

    def wait(seconds: float) -> None:
        moments[0] += seconds

    return Buckets(monotonic=lambda: moments[0], wait=wait)
