"""The first read of a large system: records a second and the most memory that it took, for each stand-in."""

import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from agent_runtime import db
from agent_runtime.connectors import service
from agent_runtime.connectors.sync import Reading
from agent_runtime.ingest.context import IngestContext
from agent_runtime.settings import Settings
from tests.bench.figures import Figure
from tools.fakes.hubspot import HubSpotFake, pipeline
from tools.fakes.twilio import TwilioFake
from tools.fakes.wire import Answered, Asked, Fake, FakeTransport
from tools.http import Buckets

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MOST = 100_000
_STAGES = (("s1", "Discovery", "0.2"), ("won", "Won", "1.0"), ("lost", "Lost", "0.0"))
_TWILIO = {"account_sid": "AC1", "secret": "a secret"}


class _Still:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOON


def connectors(runs: int, *, records: int = MOST) -> list[Figure]:
    """Each run in a process of its own, so that the peak is that of one vendor; the vendor's own pace is left out."""
    figures = []
    for vendor in ("hubspot", "twilio"):
        told = [_run(vendor, records) for _ in range(runs)]
        about = f"first read of {records:,} objects from {vendor}'s stand-in, SQLite"
        figures += [
            Figure(f"{about}: records taken", "1/s", tuple(one[0] for one in told)),
            Figure(f"{about}: memory beyond the stand-in's own", "MB", tuple(one[1] for one in told)),
        ]
    return figures


def _run(vendor: str, records: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "tests.bench.connectors", vendor, str(records)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    rate, megabytes = done.stdout.split()
    return float(rate), float(megabytes)


def _portal(records: int) -> Fake:
    """Of ten objects one is a company, three are contacts, four deals, two notes."""
    fake = HubSpotFake(lambda: NOON, {"t": frozenset({"read"})})
    fake.pipelines = [pipeline("default", "Sales", _STAGES)]
    made = NOON - timedelta(days=200)
    for group in range(records // 10):
        at = made + timedelta(minutes=group)
        company = fake.add("companies", {"name": f"Company {group}", "domain": f"c{group}.example"}, at)
        for one in range(3):
            address = f"p{one}@c{group}.example"
            fake.link(
                "contacts", fake.add("contacts", {"firstname": f"P{one}", "email": address}, at), "companies", company
            )
        for one in range(4):
            deal = fake.add("deals", {"dealname": f"Deal {one}", "dealstage": "s1", "amount": "100"}, at)
            fake.change("deals", deal, {"dealstage": "won"}, at + timedelta(days=9))
            fake.link("deals", deal, "companies", company)
        for one in range(2):
            text = {"hs_note_body": f"Spoke about the plan, {one}.", "hs_timestamp": at.isoformat()}
            fake.link("notes", fake.add("notes", text, at), "companies", company)
    return fake


def _switchboard(records: int) -> Fake:
    """Half of the calls come in, half are legs of those."""
    fake = TwilioFake(lambda: NOON, "AC1", {"AC1": "a secret"})
    fake.add_line("+493012345670", "Sales")
    for one in range(records // 2):
        at, sender = NOON - timedelta(minutes=one), f"+49309{one % 5000:06d}"
        whole = fake.add_call(sender, "+493012345670", seconds=60, at=at)
        fake.add_call(sender, "client:ada", direction="outbound-dial", seconds=50, parent=whole, at=at)
    return fake


_FILL: dict[str, tuple[Callable[[int], Fake], dict[str, str]]] = {
    "hubspot": (_portal, {"token": "t"}),
    "twilio": (_switchboard, _TWILIO),
}


def _measure(vendor: str, records: int) -> tuple[float, float]:
    fill, answers = _FILL[vendor]
    fake = fill(records)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with TemporaryDirectory() as folder:
        engine = db.make_engine(f"sqlite:///{folder}/tenure.db")
        db.create_schema(engine)
        # Without pauses: what is measured is ours, not the vendor's limit.
        buckets = Buckets(wait=lambda _: None, monotonic=lambda: perf_counter() * 1e6)
        means = service.Means(Settings(), SecretStr("key"), _Still(), buckets, FakeTransport(_Forgetful(fake)))
        with engine.begin() as connection:
            connected = service.connect(connection, means, vendor, answers, NOON - timedelta(days=400), "ops")
        begun = perf_counter()
        reports = Reading(engine, connected, IngestContext(zone=ZoneInfo("UTC")), _Still()).run()
        seconds = perf_counter() - begun
        engine.dispose()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return sum(one.records for one in reports) / seconds, (after - before) / 1024


class _Forgetful:
    """The stand-in without its list of what was asked, which would grow with the read."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake
        self.asked: list[Asked] = []

    def answer(self, asked: Asked) -> Answered:
        """As the stand-in answers."""
        self.asked.clear()
        return self._fake.answer(asked)


if __name__ == "__main__":
    print(*_measure(sys.argv[1], int(sys.argv[2])))
