"""Nothing that was begun is lost, whatever happens in whatever order: random lives of many accounts."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, insert, text

from agent_runtime import jobs
from agent_runtime.ledger import service
from agent_runtime.ledger.book import Begun, Book, InteractionRow, Move
from agent_runtime.ledger.policy import settle
from agent_runtime.loop.run import run_account
from agent_runtime.replay.invariants import violations
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.evaluate import evaluate, stated, terms
from agent_runtime.watchtower.view import AccountInfo, View
from memory import timeline
from memory.records import Account
from tests.integration.lives import BEGINS, DAYS, Record, company, current, life

ACCOUNTS, THROUGH_THE_DOOR, BATCH = 10_000, 300, 500
# In portions, so that several processes can share them.
PORTION = 2_000
END = BEGINS + timedelta(days=DAYS + 15)
Breaches = Counter[tuple[str, str, datetime]]


def _view(company: Company, account: str, records: list[Record], now: datetime) -> View:
    return View(AccountInfo(account, account, "u1"), current(records, account), company, now)


def _clean(book: Book) -> bool:
    """No row is marked as new or changed."""
    rows: list[Any] = [
        *book.interactions,
        *(x for rows in book.expectations.values() for x in rows),
        *book.breaches.values(),
    ]
    return not any(row.new or row.changed for row in rows)


def _check(book: Book, begun: list[Begun], now: datetime) -> None:
    """Opened = ended + open with all four; no orphan; what is stated stands in the ledger."""
    rows = {row.id: row for row in book.interactions}
    assert len(rows) == len(book.interactions)
    for row in book.interactions:
        assert _ended(row) or _open_with_all_four(row, now), row
    owed = {x.id: x for rows_of in book.expectations.values() for x in rows_of}
    assert all(x.interaction_id in rows for x in owed.values())
    assert all(owed[name].interaction_id == x.interaction_id for name, x in book.breaches.items())
    states = {(row.kind, row.key): row.state for row in book.interactions}
    for one in begun:
        assert (one.kind, one.key) in states, one
        if one.end is None:
            assert any((x.kind, x.key, x.state) == (one.kind, one.key, "open") for x in book.interactions), one
    waiting = {x.interaction_id for x in owed.values() if x.look_at is not None and x.look_at > now}
    assert all(row.id in waiting for row in book.interactions if row.state == "open")


def _ended(row: InteractionRow) -> bool:
    known = row.outcome in ("converted", "lost", "disqualified", "deferred")
    return row.state == "ended" and known and bool(row.reason and row.evidence and row.ended_at)


def _open_with_all_four(row: InteractionRow, now: datetime) -> bool:
    four = row.owner_id and row.next_action and row.recovery and row.next_due_at and row.next_due_at > now
    return row.state == "open" and row.outcome is None and bool(four)


def _values(row: InteractionRow) -> tuple[object, ...]:
    return tuple(getattr(row, x) for x in InteractionRow.__slots__ if x not in ("new", "changed", "evidence")) + tuple(
        row.evidence or ()
    )


def _frozen(book: Book) -> dict[str, tuple[object, ...]]:
    return {row.id: _values(row) for row in book.interactions if row.state == "ended"}


def _step(connection: Connection, company: Company, book: Book, records: list[Record], now: datetime) -> None:
    before, ids = _frozen(book), {row.id for row in book.interactions}
    view = _view(company, book.account_id, records, now)
    begun, present = stated(view), terms(view)
    moves = settle(book, begun, present)
    assert not (moves and _clean(book)), "a move without a change"
    _told(moves, book)
    service.save(connection, book)
    after = _frozen(book)
    assert all(after[name] == row for name, row in before.items()), "an ended row changed"
    assert ids <= {row.id for row in book.interactions}
    _check(book, begun, now)
    assert settle(book, begun, present) == []
    assert _clean(book), "evaluating again changed something"


def _told(moves: list[Move], book: Book) -> None:
    """Every interaction that is new or ended now is told of."""
    told = {(x.event, x.interaction_id) for x in moves}
    for row in book.interactions:
        if row.new:
            assert ("interaction.opened", row.id) in told
        if row.state == "ended" and (row.changed or row.new):
            assert ("interaction.ended", row.id) in told


def _run(connection: Connection, company: Company, account: str, records: list[Record], chance: Random) -> Book:
    """Evaluates after some prefixes of what becomes known, at moments in between, and at the end."""
    book = Book(account)
    for number in sorted(chance.sample(range(1, len(records) + 1), min(2, len(records)))):
        now = records[number - 1].known_at + timedelta(hours=chance.choice((0, 1, 30, 400)))
        if number < len(records):
            now = min(now, records[number].known_at)
        _step(connection, company, book, records[:number], now)
        if chance.random() < 0.2:
            book = service.load(connection, account)
    _step(connection, company, book, records, END)
    return book


def _breaches(book: Book, of: set[tuple[str, str]] | None = None) -> Breaches:
    """The breaches that stand, by rule, key and due time; of the interactions `of`, or of all."""
    rows = {row.id: row for row in book.interactions}
    found: Breaches = Counter()
    for breach in book.breaches.values():
        row = rows[breach.interaction_id]
        if breach.retracted_at is None and (of is None or (row.kind, row.key) in of):
            found[breach.rule, row.key, breach.due_at] += 1
    return found


def _outcomes(book: Book, of: set[tuple[str, str]]) -> dict[tuple[str, str], str | None]:
    """How each of `of` stands, where nothing else went on from it."""
    after = {row.continues_id: row for row in book.interactions if row.continues_id}
    last = [row for row in book.interactions if row.id not in after]
    return {(row.kind, row.key): row.outcome for row in last if (row.kind, row.key) in of}


def _same_at_once(company: Company, book: Book, records: list[Record], all_of_it: bool) -> None:
    fresh = Book(book.account_id)
    view = _view(company, book.account_id, records, END)
    evaluate(view, fresh)
    identities = {(x.kind, x.key) for x in stated(view)}
    within = None if all_of_it else identities
    assert _breaches(book, within) == _breaches(fresh, within)
    alone, gradual = _outcomes(fresh, identities), _outcomes(book, identities)
    assert {name: alone[name] for name in gradual if name in alone} == {x: gradual[x] for x in gradual if x in alone}


@pytest.mark.parametrize("first", range(0, ACCOUNTS, PORTION))
def test_ten_thousand_lives_lose_nothing(sqlite_engine: Engine, first: int) -> None:
    firm = company()
    for begin in range(first, first + PORTION, BATCH):
        with sqlite_engine.begin() as connection:
            for number in range(begin, begin + BATCH):
                chance = Random(number)
                deletions, revisions = number % 4 == 0, number % 2 == 0
                records = life(chance, chance.randrange(4, 14), deletions=deletions, revisions=revisions)
                try:
                    book = _run(connection, firm, f"A{number}", records, chance)
                    if not deletions:
                        _same_at_once(firm, book, records, all_of_it=not revisions)
                except AssertionError as error:
                    error.add_note(f"account number {number}")
                    raise
    with sqlite_engine.connect() as connection:
        assert violations(connection) == {}
        assert connection.scalar(text("SELECT count(DISTINCT account_id) FROM tenure_interaction")) > PORTION * 0.9


def test_the_order_of_arrival_changes_nothing(sqlite_engine: Engine) -> None:
    firm = company()
    with sqlite_engine.begin() as connection:
        for number in range(500):
            chance = Random(-1 - number)
            records = life(chance, 10, deletions=False, revisions=False)
            book = _run(connection, firm, f"A{number}", chance.sample(records, len(records)), chance)
            _same_at_once(firm, book, records, all_of_it=True)


@pytest.mark.parametrize("kind", ["sqlite_engine", "postgres_engine"])
def test_lives_through_the_real_door_lose_nothing(request: pytest.FixtureRequest, kind: str) -> None:
    engine: Engine = request.getfixturevalue(kind)
    firm, key = company(), SecretStr("key")
    count = THROUGH_THE_DOOR if kind == "sqlite_engine" else 30
    for number in range(count):
        chance, account = Random(number), f"A{number}"
        records = life(chance, 10, deletions=True, revisions=True)
        with engine.begin() as connection:
            connection.execute(insert(Account), [{"id": account, "name": account, "owner_id": "u1"}])
        opened: set[str] = set()
        for begin in range(0, len(records), 4):
            batch = records[begin : begin + 4]
            with engine.begin() as connection:
                added = timeline.add(connection, [x.activity(account) for x in batch])
                jobs.post(connection, [(account, x.activity_id) for x in added])
            opened = _run_door(engine, firm, account, batch[-1].known_at, key, opened)
        _run_door(engine, firm, account, END, key, opened)
    with engine.connect() as connection:
        assert violations(connection) == {}


def _run_door(engine: Engine, firm: Company, account: str, now: datetime, key: SecretStr, opened: set[str]) -> set[str]:
    found = run_account(engine, firm, account, now, key)
    assert found is not None
    ids = {row.id for row in found.book.interactions}
    assert opened <= ids
    _check(found.book, stated(found.view), now)
    again = run_account(engine, firm, account, now, key)
    assert again is not None
    assert again.moves == []
    return ids


def test_a_lead_deferred_to_a_day_that_is_past_wakes_at_once() -> None:
    lead = Record("lead0", "lead.created", BEGINS, BEGINS, contact_id="c1", data={"lead_id": "lead0"})
    past = {"lead_id": "lead0", "status": "nurturing", "until": BEGINS.isoformat()}
    deferred = Record("status0", "lead.status", BEGINS + timedelta(days=2), BEGINS + timedelta(days=2), data=past)
    book = Book("A")
    evaluate(_view(company(), "A", [lead, deferred], END), book)
    assert [(x.key, x.outcome) for x in book.interactions] == [("lead0#0", "deferred"), ("lead0#1", None)]
