"""Many decide about the same item at once: it happens once, and nobody waits for ever."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import Engine

from agent_runtime.audit.service import verify_all
from agent_runtime.errors import Refused, Stale, TenureError
from agent_runtime.inbox import service
from agent_runtime.inbox.decide import decide, decide_many
from agent_runtime.inbox.policy import ItemRow
from tests.unit.agent_runtime.actions.prepared import item as prepared
from tests.unit.agent_runtime.actions.prepared import mail
from tests.unit.agent_runtime.inbox.office import Office, asked, command
from tests.unit.agent_runtime.watchtower.story import ANNA, at

BOTH = pytest.mark.parametrize("kind", ["sqlite_engine", "postgres_engine"])
AT_ONCE = 50


def _at_once(tries: list[Callable[[], object]]) -> list[object]:
    """What became of each: its result, or the error of ours that it raised; any other error is the test's."""
    start = Barrier(len(tries))

    def one(attempt: Callable[[], object]) -> object:
        start.wait(60)
        try:
            return attempt()
        except TenureError as error:
            return error

    with ThreadPoolExecutor(len(tries)) as pool:
        return [x.result(120) for x in [pool.submit(one, attempt) for attempt in tries]]


def _kinds(results: list[object]) -> Counter[str]:
    return Counter(type(x).__name__ for x in results)


def _holds(office: Office) -> None:
    with office.engine.connect() as connection:
        assert verify_all(connection) == []


@BOTH
def test_fifty_approvals_of_one_item_are_one_action(request: pytest.FixtureRequest, kind: str) -> None:
    office = asked(request.getfixturevalue(kind))
    item = office.item()
    results = _at_once([lambda: office.decide(item, "approve")] * AT_ONCE)
    assert _kinds(results) == {"Decided": 1, "Stale": AT_ONCE - 1}
    assert office.action_states() == ["pending"]
    assert office.audited().count("item.approved") == 1
    _holds(office)


@BOTH
def test_an_edit_and_an_approval_at_once_never_approve_what_was_not_read(
    request: pytest.FixtureRequest, kind: str
) -> None:
    office = asked(request.getfixturevalue(kind))
    item = office.item()
    edits: list[Callable[[], object]] = [
        lambda: office.decide(item, "approve", draft={"body": "Yes, we do."}),
        lambda: office.decide(item, "edit", draft={"body": "No, we do not."}),
        lambda: office.decide(item, "approve"),
        lambda: office.decide(item, "done", how="we_called", at=office.now),
        lambda: office.decide(item, "dismiss", reason="other"),
    ]
    results = _at_once(edits * 8)
    # An edit leaves the item open, for something that needs not have been read: a result or a dismissal.
    assert 1 <= _kinds(results)["Decided"] <= 2
    assert len(office.action_states()) <= 1
    [now] = office.rows("SELECT draft_version FROM tenure_item")
    assert office.rows("SELECT version FROM tenure_draft ORDER BY version") == [(x + 1,) for x in range(now[0])]
    _holds(office)


@BOTH
def test_who_takes_back_while_it_is_done_and_run_either_stops_it_or_is_told(
    request: pytest.FixtureRequest, kind: str
) -> None:
    office = asked(request.getfixturevalue(kind))
    item = office.item()
    office.decide(item, "approve")
    office.now += office.by().undo
    office.writes()
    undo = partial(office.decide, item, "undo")
    results = _at_once([office.work, undo, office.run, office.work, undo, office.work])
    assert all(isinstance(x, Refused | Stale) for x in results if isinstance(x, TenureError))
    assert office.provider.effects == []
    assert office.action_states() == ["cancelled"]
    assert office.later(seconds=1).item().state == "open"
    _holds(office)


@BOTH
def test_two_who_decide_about_many_in_opposite_order_wait_for_each_other(
    request: pytest.FixtureRequest, kind: str
) -> None:
    engine: Engine = request.getfixturevalue(kind)
    office = Office(engine).open()
    items = [_delivered(office, number) for number in range(12)]

    def all_of(order: list[ItemRow]) -> object:
        with engine.begin() as connection:
            wanted = [(x.id, command("snooze", until=at("fri 09:00"))) for x in order]
            return decide_many(connection, office.company, wanted, "", office.by())

    results = _at_once([lambda: all_of(items), lambda: all_of(items[::-1])] * 6)
    assert _kinds(results) == {"list": 12}
    assert {x.state for x in office.rows("SELECT state FROM tenure_item")} == {"snoozed"}
    _holds(office)


@BOTH
def test_decisions_and_runs_of_one_account_at_once_wait_for_each_other(
    request: pytest.FixtureRequest, kind: str
) -> None:
    office = asked(request.getfixturevalue(kind))
    item = office.item()
    office.now += timedelta(seconds=1)

    def put_off() -> object:
        with office.engine.begin() as connection:
            return decide(connection, office.company, item.id, command("snooze", until=at("fri 09:00")), office.by())

    def prepared_anew() -> object:
        with office.engine.begin() as connection:
            return service.renew(connection, "acc", "owner changed", office.now)

    results = _at_once([office.run, *[put_off, prepared_anew, lambda: office.decide(item, "undo")] * 5])
    assert all(isinstance(x, Refused | Stale) for x in results if isinstance(x, TenureError))
    _holds(office)


def _delivered(office: Office, number: int) -> ItemRow:
    account = f"acc{number % 3}"
    one = prepared(
        f"it_{number}", account_id=account, opportunity_id=f"opp{number}", owner_id=ANNA, delivered_at=office.now,
        expectation_id=f"exp_{number}", action=mail(account_id=account),
    )  # fmt: skip
    with office.engine.begin() as connection:
        service.deliver(connection, one)
    return one
