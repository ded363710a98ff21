"""The path of a record: from the source record to the stored activity, and on to the re-evaluated account."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from agent_runtime import db, jobs
from agent_runtime.demo.generator import generate
from agent_runtime.ingest import extract, saying
from agent_runtime.loop.run import run_account
from agent_runtime.replay.setting import TakenWorld, install, open_world
from memory import timeline
from memory.timeline import NewActivity
from tests.bench.figures import Figure, p95
from tools.base import SourceRecord

START = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 1_000
SPREAD = 40


@contextmanager
def _company(most: int | None) -> Iterator[tuple[TakenWorld, list[SourceRecord]]]:
    """An invented company in a database of its own and its first records, none of them taken yet."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        generate(7, folder / "world")
        world = open_world(folder / "world")
        installation = install(world, folder / "tenure.db", "b2b_sales")
        try:
            yield installation, world.ordered()[:most]
        finally:
            installation.engine.dispose()


def one_event(runs: int, *, records: int | None = None, events: int = 100, activities: int = 60) -> list[Figure]:
    """One mail comes in: taken and its account re-evaluated with all rules, and the re-evaluation alone.

    The mails go in turn to the accounts whose history is nearest to so many `activities`; it grows by what they add.
    Their words come again, as much of what people write does; what it costs where none of them was ever read is the
    third figure.
    """
    whole: list[float] = []
    alone: list[float] = []
    unread: list[float] = []
    with _company(records) as (installation, history):
        _take_all(installation, history)
        mails = _mails_of_nearest(installation, history, activities)
        for run in range(runs):
            taken = [_event(installation, mails[x % len(mails)], f"{run}-{x}") for x in range(events)]
            whole.append(p95([ingest + run for ingest, run in taken]) * 1000)
            alone.append(p95([run for _, run in taken]) * 1000)
            new = [_event(installation, mails[x % len(mails)], f"{run}-new-{x}", unread=True) for x in range(events)]
            unread.append(p95([ingest + run for ingest, run in new]) * 1000)
    about = f"account of about {activities} activities, p95 of {events}"
    return [
        Figure(f"one event: record to re-evaluated {about}", "ms", tuple(whole), 5),
        Figure(f"one event: re-evaluation alone, {about}", "ms", tuple(alone)),
        Figure(f"one event of which no sentence was read before, {about}", "ms", tuple(unread)),
    ]


def _take_all(installation: TakenWorld, records: Sequence[SourceRecord]) -> None:
    _take(installation, records)
    with installation.engine.connect() as connection:
        woken = jobs.woken(connection)
    for account in woken:
        run_account(installation.engine, installation.company, account, records[-1].at, installation.install_key)


def _mails_of_nearest(installation: TakenWorld, records: Sequence[SourceRecord], activities: int) -> list[SourceRecord]:
    """The last inbound mail of each of the accounts nearest to so many activities, as if it came anew at the end."""
    count: defaultdict[str, int] = defaultdict(int)
    last: dict[str, SourceRecord] = {}
    for record in records:
        account = installation.ingest.identity.resolve(record).account_id
        if account:
            count[account] += 1
            if record.stream == "emails" and record.fields.get("direction") == "inbound":
                last[account] = record
    nearest = sorted(last, key=lambda account: (abs(count[account] - activities), account))[:SPREAD]
    return [replace(last[account], at=records[-1].at, occurred_at=records[-1].at) for account in nearest]


def _event(installation: TakenWorld, mail: SourceRecord, name: str, *, unread: bool = False) -> tuple[float, float]:
    """Seconds of taking one new mail, and of the run that it wakes; `unread`: nothing of it is remembered."""
    if unread:
        saying.read.cache_clear()
        extract.sentences.cache_clear()
        extract.is_promise.cache_clear()
    fields = mail.fields | {"message_id": f"<{name}@bench.example>"}
    record = replace(mail, source_id=f"{mail.source_id}-{name}", fields=fields)
    now = mail.at + timedelta(minutes=1)
    begun = perf_counter()
    with installation.engine.begin() as connection:
        taken = installation.ingest.take(connection, [record], now)
    stored = perf_counter()
    for account in taken.accounts:
        run_account(installation.engine, installation.company, account, now, installation.install_key)
    return stored - begun, perf_counter() - stored


def full_ingest(runs: int, *, records: int | None = None, stored: int = 20_000) -> list[Figure]:
    """Records a second: stored with mailbox and wake, and the whole way from the source record."""
    storing = tuple(_stored_a_second(stored) for _ in range(runs))
    reading = tuple(_read_a_second(records) for _ in range(runs))
    return [
        Figure("ingest: activity, episode, mailbox, wake", "records/s", storing, 10_000, at_least=True),
        Figure("ingest of an invented company, with reading, identity and facts", "records/s", reading),
    ]


def _stored_a_second(records: int) -> float:
    """Activities with a text each, to a thousand accounts in turn, in transactions of a thousand."""
    items = [_mail(number) for number in range(records)]
    with TemporaryDirectory() as scratch:
        engine = db.make_engine(f"sqlite:///{Path(scratch) / 'tenure.db'}")
        db.create_schema(engine)
        begun = perf_counter()
        for first in range(0, records, BATCH):
            with engine.begin() as connection:
                added = timeline.add(connection, items[first : first + BATCH])
                jobs.post(connection, [(x.account_id, x.activity_id) for x in added if x.account_id])
        taken = perf_counter() - begun
        engine.dispose()
    return records / taken


def _mail(number: int) -> NewActivity:
    at = START + timedelta(seconds=number)
    return NewActivity(
        source="email", stream="emails", source_id=f"mail-{number}", kind="email", direction="inbound",
        occurred_at=at, known_at=at, account_id=f"account-{number % 1000}", contact_id=f"contact-{number % 1000}",
        subject="Your offer", data={"message_id": f"<{number}@bench.example>", "asks": True, "to": ["us@our.example"]},
        text=f"Mail {number}: " + "some words of a letter " * 15, speaker="someone",
    )  # fmt: skip


def _read_a_second(most: int | None) -> float:
    with _company(most) as (installation, records):
        begun = perf_counter()
        _take(installation, records)
        return len(records) / (perf_counter() - begun)


def _take(installation: TakenWorld, records: Sequence[SourceRecord]) -> None:
    for first in range(0, len(records), BATCH):
        batch = records[first : first + BATCH]
        with installation.engine.begin() as connection:
            installation.ingest.take(connection, batch, batch[-1].at)
