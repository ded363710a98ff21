"""The sweep: what it costs to ask a full ledger whether anything is due, and to wake what is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import Engine, insert

from agent_runtime import db, jobs
from agent_runtime.inbox import service as inbox
from agent_runtime.ledger import service as ledger
from agent_runtime.ledger.models import Expectation, Interaction
from tests.bench.figures import Figure, p95

START = datetime(2026, 1, 1, tzinfo=UTC)
DUE = START + timedelta(days=30)
LATER = START + timedelta(days=60)


def sweep(runs: int, *, expectations: int = 300_000, due: int = 10_000, asked: int = 1_000) -> list[Figure]:
    """A sweep that finds nothing, and one that wakes `due` accounts, over as many open expectations."""
    with TemporaryDirectory() as scratch:
        engine = db.make_engine(f"sqlite:///{Path(scratch) / 'sweep.db'}")
        db.create_schema(engine)
        _fill(engine, expectations, due)
        idle, fired = [], []
        for _ in range(runs):
            idle.append(p95([_seconds(engine, START, 0) for _ in range(asked)]) * 1000)
            fired.append(_seconds(engine, DUE, due))
            with engine.begin() as connection:
                for account in jobs.woken(connection):
                    jobs.begin_run(connection, account)
        engine.dispose()
    over = f"over {expectations:,} open expectations"
    return [
        Figure(f"idle sweep {over}, p95 of {asked:,}", "ms", tuple(idle), 1),
        Figure(f"sweep that wakes {due:,} accounts {over}", "s", tuple(fired), 0.5),
    ]


def _seconds(engine: Engine, now: datetime, expected: int) -> float:
    """One sweep as a clock tick does it: what is due, what was put off until now, and who is awake then."""
    begun = perf_counter()
    with engine.begin() as connection:
        jobs.wake(connection, (*ledger.due_accounts(connection, now), *inbox.release_due(connection, now)))
    with engine.connect() as connection:
        ledger.next_look(connection)
        inbox.next_release(connection)
        woken = jobs.woken(connection)
    taken = perf_counter() - begun
    if len(woken) != expected:
        raise ValueError(f"{len(woken)} accounts are awake, {expected} were due")
    return taken


def _fill(engine: Engine, expectations: int, due: int) -> None:
    with engine.begin() as connection:
        for rows in _chunks(expectations, due):
            connection.execute(insert(Interaction), [interaction for interaction, _ in rows])
            connection.execute(insert(Expectation), [expectation for _, expectation in rows])


def _chunks(expectations: int, due: int, size: int = 5_000) -> Iterator[list[tuple[dict[str, object], ...]]]:
    for start in range(0, expectations, size):
        numbers = range(start, min(start + size, expectations))
        yield [_rows(number, DUE if number < due else LATER) for number in numbers]


def _rows(number: int, look_at: datetime) -> tuple[dict[str, object], ...]:
    key = f"{number:06}"
    same = {"account_id": f"account-{key}", "key": f"lead-{key}", "opened_at": START}
    interaction = {
        "id": f"int-{key}", "kind": "lead_response", "opened_by": f"act-{key}", "state": "open", "owner_id": "someone",
        "next_action": "answer_the_lead", "next_due_at": look_at, "recovery": "remind",
    }  # fmt: skip
    expectation = {
        "id": f"exp-{key}", "interaction_id": f"int-{key}", "rule": "lead_response", "action": "answer_the_lead",
        "turn": "ours", "due_at": look_at, "channels": ["email", "call"], "evidence": [f"act-{key}"],
        "state": "waiting", "step": -1, "look_at": look_at, "blind": [],
    }  # fmt: skip
    return interaction | same, expectation | same
