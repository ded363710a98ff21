"""Memory on a generated sales history: what is found again, what multiplies, how long forgetting and embedding take."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, func, insert, select

from agent_runtime import db
from agent_runtime.accounts.erasure import By, erase_account, scrub
from agent_runtime.brief.gather import brief
from agent_runtime.permissions import agent_scope
from memory import facts, timeline
from memory.brief import Line
from memory.embed import MiniLmEmbedder
from memory.recall import recall
from memory.records import Account, Fact
from memory.timeline import NewActivity
from memory.vectors import Vector, embed_pending
from tests.bench.figures import Figure
from tests.corpus.home import company, take
from tests.corpus.sales import END, START, History, Planted, generate

ACCOUNTS, MOMENTS = 40, 300
EPISODES = 5_000
KEY = SecretStr("bench")
_fact = Fact.__table__  # type: ignore[attr-defined]


def memory(runs: int) -> list[Figure]:
    """Each over a history or an account of its own."""
    return [*_found_again(), _multiplied(), *_large_account(runs)]


def _found_again() -> Iterator[Figure]:
    over = f"sales corpus, {ACCOUNTS} accounts"
    with _database() as engine:
        history = generate(ACCOUNTS)
        with engine.begin() as connection:
            take(connection, history)
        with engine.connect() as connection:
            judge = company(connection)
            scopes = [agent_scope(f"a{number}") for number in range(ACCOUNTS)]
            lines = {x.account_id: brief(connection, x, judge, END) for x in scopes}
            yield Figure(f"open items in the brief, {over}", "%", (_open_items(history, lines),), 95, True)
            yield Figure(f"lines of the brief that are cited, {over}", "%", (_cited(lines),), 100, True)
            right = _as_of_right(connection, history)
            yield Figure(f"as-of reads that are right, {MOMENTS} moments, {over}", "%", (right,), 100, True)
            wrong = float(_wrongly_ended(connection, history))
            yield Figure(f"statements that were ended wrongly, {over}", "", (wrong,), 0)


def _open_items(history: History, lines: dict[str, list[Line]]) -> float:
    found = [any(one.mark in line.text for line in lines[one.account_id]) for one in history.open_items]
    return 100 * sum(found) / len(found)


def _cited(lines: dict[str, list[Line]]) -> float:
    cited = [bool(line.citations) for of in lines.values() for line in of]
    return 100 * sum(cited) / len(cited)


def _as_of_right(connection: Connection, history: History) -> float:
    random, right = Random(5), 0
    slots = {one.slot for one in history.planted}
    for _ in range(MOMENTS):
        moment, account = START + (END - START) * random.random(), f"a{random.randrange(ACCOUNTS)}"
        planted = [one for one in history.planted if one.account_id == account and _stood(one, moment)]
        known = facts.known(connection, agent_scope(account), known_at=moment)
        found = {(one.slot, one.value) for one in known if one.slot in slots}
        right += found == {(one.slot, one.value) for one in planted}
    return 100 * right / MOMENTS


def _stood(one: Planted, moment: datetime) -> bool:
    # A record becomes known two minutes after it was written.
    late = timedelta(minutes=2)
    return one.since + late <= moment and (one.until is None or moment < one.until + late)


def _wrongly_ended(connection: Connection, history: History) -> int:
    present = select(_fact.c.account_id, _fact.c.slot, _fact.c.value).where(_fact.c.superseded_at.is_(None))
    stored = {(row[0], row[1], row[2]) for row in connection.execute(present)}
    return len({(one.account_id, one.slot, one.value) for one in history.planted if one.until is None} - stored)


def _multiplied() -> Figure:
    counts = []
    with _database() as engine:
        for telling in range(3):
            with engine.begin() as connection:
                take(connection, generate(12, telling=telling))
                counts.append(connection.scalar(select(func.count()).select_from(_fact)) or 0)
    return Figure("facts after the same history three times, reworded", "x", (counts[2] / counts[0],), 1.05)


def _large_account(runs: int) -> Iterator[Figure]:
    """An account of EPISODES texts and one of a megabyte, beside others: recall, embedding, erasure."""
    erased, answered, first = [], [], []
    for _ in range(runs):
        with _database() as engine:
            _fill(engine)
            with engine.connect() as connection:
                first.append(_seconds_of_recall(connection))
                answered += [_seconds_of_recall(connection) for _ in range(3)]
            begun = perf_counter()
            with engine.begin() as connection:
                erase_account(connection, "large", By("bench", END, KEY))
            scrub(engine)
            erased.append(perf_counter() - begun)
    what = f"account of {EPISODES:,} texts and one of 1 MB"
    yield Figure(f"recall by words in an {what}, first question", "s", tuple(first), 2)
    yield Figure(f"recall by words in an {what}, later questions", "s", tuple(answered), 0.5)
    yield Figure(f"erasing an {what}, file rewritten", "s", tuple(erased), 1)
    yield Figure("embedding waiting texts, stored", "/s", (_embedding_rate(),), 30, True)


def _seconds_of_recall(connection: Connection) -> float:
    begun = perf_counter()
    recall(connection, agent_scope("large"), "Who asked about delivery 77?")
    return perf_counter() - begun


def _embedding_rate() -> float:
    """Two vectors a text."""
    embedder = MiniLmEmbedder()
    with _database() as engine:
        with engine.begin() as connection:
            timeline.add(connection, [_said("large", number) for number in range(200)])
        begun = perf_counter()
        done = 0
        while True:
            with engine.begin() as connection:
                if not (some := embed_pending(connection, embedder, 32)):
                    return done / (perf_counter() - begun)
            done += some


def _fill(engine: Engine) -> None:
    with engine.begin() as connection:
        rows: list[dict[str, object]] = [
            {"id": x, "name": x, "provisional": False, "custom": {}} for x in ("large", "other")
        ]
        connection.execute(insert(Account), rows)
        for account in ("large", "other"):
            added = timeline.add(connection, [_said(account, number) for number in range(EPISODES)])
            connection.execute(insert(Vector), [_vector(one.activity_id) for one in added])
        timeline.add(connection, [_said("large", EPISODES, "They asked about the delivery and the price. " * 23_000)])


def _vector(activity_id: str) -> dict[str, object]:
    half = bytes(2 * MiniLmEmbedder.dimension)
    key = {"episode_id": f"ep_{activity_id[4:]}", "model": MiniLmEmbedder.model, "passage": 0}
    return {**key, "dimension": MiniLmEmbedder.dimension, "plain": half, "prefixed": half}


def _said(account: str, number: int, text: str = "") -> NewActivity:
    at = START + timedelta(minutes=number)
    words = text or f"They asked about delivery {number} and about the price of the {number % 97} parts that we sent."
    return NewActivity("bench", "chat", f"{account}-{number}", "message", at, at, account, text=words, speaker="Nora")


@contextmanager
def _database() -> Iterator[Engine]:
    with TemporaryDirectory() as scratch:
        engine = db.make_engine(f"sqlite:///{Path(scratch) / 'memory.db'}")
        db.create_schema(engine)
        yield engine
        engine.dispose()
