"""Plays the cases of a suite through the real runtime, ingest to inbox, and reads what became of each account."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import orjson
from sqlalchemy import Connection, create_engine, text

from agent_runtime.replay import Replay, ReplayOptions
from agent_runtime.replay.engine import Opening
from agent_runtime.replay.options import Approval
from evals.story import Cast, Telling
from evals.world import Span, write_world

Row = dict[str, Any]
Visit = Callable[[Path], None]
# What is read of each account: name → a query with the account's id as account_id. JSON columns are named beside it.
TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "items": ("SELECT * FROM tenure_item ORDER BY delivered_at, id",
              ("action", "evidence", "why", "beside", "flags", "value_at_stake")),
    "interactions": ("SELECT * FROM tenure_interaction ORDER BY opened_at, id", ("evidence",)),
    "expectations": ("SELECT * FROM tenure_expectation ORDER BY opened_at, id", ("channels", "evidence", "blind")),
    "breaches": ("SELECT * FROM tenure_breach ORDER BY due_at, expectation_id", ()),
    "suppressed": ("SELECT * FROM tenure_suppressed ORDER BY at, expectation_id", ()),
    "actions": ("SELECT * FROM tenure_action ORDER BY id", ("content",)),
    "decisions": ("SELECT * FROM tenure_decision ORDER BY id", ("detail",)),
    "activities": ("SELECT * FROM tenure_activity ORDER BY occurred_at, id", ("data",)),
    "audit": ("SELECT * FROM tenure_audit_entry ORDER BY seq", ()),
}  # fmt: skip


@dataclass(slots=True)
class Played:
    """What a replay left behind: by account and table the rows, facts and call lines beside them.

    `moves`: the seconds that each step of the runtime took. `violations`: invariants that do not hold.
    """

    accounts: dict[str, dict[str, list[Row]]] = field(default_factory=dict)
    violations: dict[str, int] = field(default_factory=dict)
    moves: list[float] = field(default_factory=list)

    def of(self, account_id: str) -> dict[str, list[Row]]:
        """The rows of one account; tables without a row are empty."""
        empty: dict[str, list[Row]] = {name: [] for name in (*TABLES, "facts", "calls")}
        return empty | self.accounts.get(account_id, {})


def play(
    told: Sequence[Telling],
    span: Span,
    *,
    approve: int | None = 0,
    visit: Visit = lambda database: None,
    model: Opening = lambda engine: None,
) -> Played:
    """Replays the stories as one company; `approve` as Approval.most. `visit` is shown the database before it goes;
    `model` opens the language model that words drafts."""
    with TemporaryDirectory() as scratch:
        played = _play(told, span, approve, Path(scratch), model)
        visit(Path(scratch) / "replay.db")
    return played


def _play(told: Sequence[Telling], span: Span, approve: int | None, folder: Path, model: Opening) -> Played:
    world = write_world(folder / "world", told, span)
    database = folder / "replay.db"
    played, last = Played(), [perf_counter()]

    def passing(point: str) -> None:
        now = perf_counter()
        if point == "evaluated":
            played.moves.append(now - last[0])
        last[0] = now

    options = ReplayOptions(out=folder / "out", database=database, approval=Approval(approve))
    summary = Replay(world, options, passing=passing, model=model).run()
    played.violations = dict(summary["violations"])  # type: ignore[call-overload]
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        for name, (query, packed) in TABLES.items():
            for account, rows in _by_account(connection, query, packed).items():
                played.accounts.setdefault(account, {})[name] = rows
    engine.dispose()
    for name in ("facts", "calls"):
        for line in (folder / "out" / f"{name}.jsonl").read_bytes().splitlines():
            row = orjson.loads(line)
            played.accounts.setdefault(row["account_id"] or "", {}).setdefault(name, []).append(row)
    return played


def _by_account(connection: Connection, query: str, packed: Sequence[str]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in connection.execute(text(query)).mappings():
        plain = dict(row) | {name: orjson.loads(row[name]) for name in packed if isinstance(row[name], str)}
        found[str(plain.get("account_id") or "")].append(plain)
    return found


def cast_of(case: Mapping[str, Any], number: int) -> Cast:
    """The people of a case: an account named by the case, with what the case says of them."""
    about = dict(case.get("cast", {}))
    about.setdefault("company_name", f"Ostwald {_NAMES[number % len(_NAMES)]}")
    return Cast(str(case["id"]), number, **about)


_NAMES = ("Kühlhaus", "Logistik", "Foods", "Pharma", "Gartenbau", "Molkerei", "Blumen", "Fisch", "Laden", "Labor")


def tell(cases: Sequence[Mapping[str, Any]]) -> list[Telling]:
    """Each case's story told, by its place in the suite."""
    return [Telling(cast_of(case, number)).tell(case["story"]) for number, case in enumerate(cases, 1)]
