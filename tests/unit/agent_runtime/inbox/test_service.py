"""Items are delivered, close by themselves, and hear what became of their actions."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from agent_runtime.actions import service as actions
from agent_runtime.actions.book import ActionRow
from agent_runtime.inbox import service, store
from agent_runtime.inbox.policy import ANY_STEP, ItemRow
from agent_runtime.jobs import woken
from agent_runtime.ledger import service as ledger
from agent_runtime.ledger.book import Begun, Book, Ending, Expected
from agent_runtime.ledger.policy import Step, Terms, settle
from agent_runtime.ledger.terms import Unseen
from tests.unit.agent_runtime.actions.prepared import NOW, item

DAY = timedelta(days=1)


def _state(connection: Connection, name: str = "it_1") -> tuple[str, str | None]:
    row = connection.execute(text("SELECT state, closed_reason FROM tenure_item WHERE id = :x"), {"x": name}).one()
    return (row.state, row.closed_reason)


def _settle(book: Book, *, ended: bool = False, met: bool = False, day: int = 0) -> None:
    now = NOW + day * DAY
    terms = Terms(
        now, lambda _: Unseen(), lambda _, due: Step((now - due).days, "act", now + DAY, "remind"), lambda _: "act",
        lambda _: "u1", lambda _, owner: owner, lambda x: x + DAY, lambda x: x + DAY,
    )  # fmt: skip
    answer = {"met_at": NOW, "met_by": "act_2"} if met else {}
    expected = Expected("k", "answer_owed", "answer", NOW, NOW, **answer)  # type: ignore[arg-type]
    end = Ending("converted", "answered", NOW, ("act_2",)) if ended else None
    settle(book, [Begun("open_question", "q", NOW, "act_1", (expected,), end)], terms)


def _owed(connection: Connection) -> Book:
    """A ledger with a breached question and an item about it."""
    book = Book("A")
    _settle(book)
    ledger.save(connection, book)
    service.deliver(connection, _about(book, "it_1"))
    return book


def _close(connection: Connection, book: Book, day: int = 0, heard: bool = False) -> list[str]:
    items = service.live_items(connection, "A")
    return [x.event for x in service.close_settled(connection, items, book, NOW + day * DAY, lambda _: heard)]


def _about(book: Book, name: str) -> ItemRow:
    (row,) = book.interactions
    return item(name, interaction_id=row.id, expectation_id=book.expectations[row.id][0].id)


def _approved(connection: Connection, name: str = "it_1") -> ActionRow:
    """An approved item with its pending action."""
    if store.item(connection, name) is None:
        service.deliver(connection, item(name))
    connection.execute(text("UPDATE tenure_item SET state = 'approved' WHERE id = :x"), {"x": name})
    return actions.decide(
        connection, item().action, account_id="A", effect_key=f"{name}:1", decided_by="u1", now=NOW, item_id=name
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["sqlite_engine", "postgres_engine"])
def test_an_item_is_done_when_its_action_was(request: pytest.FixtureRequest, kind: str) -> None:
    engine: Engine = request.getfixturevalue(kind)
    with engine.begin() as connection:
        action = _approved(connection)
        assert [x.event for x in service.hear(connection, action, "sent", "", NOW)] == ["item.done"]
        assert _state(connection) == ("done", "executed")
        assert service.hear(connection, action, "confirmed", "", NOW) == []


def test_an_item_whose_action_was_cancelled_is_prepared_anew(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        action = _approved(connection)
        assert [x.event for x in service.hear(connection, action, "cancelled", "switched_off", NOW)] == ["item.renewed"]
        assert _state(connection) == ("renewed", "switched_off")
        assert service.renewed(connection, "A") == {("exp_1", 0)}
        assert service.delivered_steps(connection, "A") == set()
        assert woken(connection) == ["A"]


def test_an_item_whose_action_failed_is_before_its_owner_again_and_says_so(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        action = _approved(connection)
        for _ in range(2):
            [entry] = service.hear(connection, action, "failed", "refused", NOW + DAY)
            assert (entry.event, entry.subject_id) == ("item.failed", "it_1")
            connection.execute(text("UPDATE tenure_item SET state = 'approved'"))
        again = store.item(connection, "it_1")
        assert again is not None
        assert (again.flags, again.beside, again.draft_version) == (
            ["several_recipients", "failed"],
            {"failed": "refused"},
            3,
        )
        assert again.made_at == NOW  # it says what it said: what came since still stands against it
        versions = connection.scalars(text("SELECT version FROM tenure_draft ORDER BY version")).all()
        assert versions == [1, 2, 3]


def test_nothing_is_heard_of_an_item_that_waits_for_a_person(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        action = _approved(connection)
        connection.execute(text("UPDATE tenure_item SET state = 'open'"))
        for state in ("sent", "cancelled", "failed", "unknown"):
            assert service.hear(connection, action, state, "", NOW) == []


def test_an_item_stands_while_its_trouble_does(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        assert _close(connection, _owed(connection)) == []
        assert _state(connection) == ("open", None)


def test_an_item_is_cleared_when_what_was_missing_came(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        book = _owed(connection)
        _settle(book, met=True)
        assert _close(connection, book) == ["item.cleared"]
        assert _state(connection) == ("cleared", "what was missing is there: met")


def test_an_item_is_cleared_when_its_interaction_ended(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        book = _owed(connection)
        _settle(book, ended=True)
        assert _close(connection, book) == ["item.cleared"]


def test_an_item_that_nobody_decided_expires_and_ends_no_interaction(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        book = _owed(connection)
        _settle(book, day=1)
        assert _close(connection, book, day=1) == ["item.expired"]
        ledger.save(connection, book)
        (row,) = ledger.load(connection, "A").interactions
        assert (row.state, row.owner_id, row.outcome) == ("open", "u1", None)
        assert len(book.breaches) == 1


def test_a_proposal_is_held_until_its_time_and_then_free(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        entry = service.suppress(connection, "A", "exp_1", 0, "wait", "they are away", NOW, NOW + DAY)
        assert (entry.event, entry.payload["verdict"]) == ("item.suppressed", "wait")
        assert service.held_steps(connection, "A") == {("exp_1", 0)}
        assert service.held_steps(connection, "B") == set()
        assert service.next_release(connection) == NOW + DAY
        assert service.release_due(connection, NOW + DAY - timedelta(seconds=1)) == []
        assert service.release_due(connection, NOW + DAY) == ["A"]
        assert service.release_due(connection, NOW + DAY) == []
        assert (service.held_steps(connection, "A"), service.next_release(connection)) == (set(), None)


def test_the_latest_reason_stands_and_one_without_an_end_is_held_for_good(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        service.suppress(connection, "A", "exp_1", 0, "wait", "they are away", NOW, NOW)
        service.release_due(connection, NOW)
        service.suppress(connection, "A", "exp_1", 0, "never", "opted out", NOW, None)
        assert service.held_steps(connection, "A") == {("exp_1", 0)}
        assert service.release_due(connection, NOW + 999 * DAY) == []
        assert connection.scalar(text("SELECT reason FROM tenure_suppressed")) == "opted out"


def test_what_the_customer_answered_since_is_prepared_anew_only_where_it_speaks_to_them(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        book = _owed(connection)
        service.deliver(connection, replace(_about(book, "it_2"), action=item().action | {"kind": "call_card"}))
        assert _close(connection, book, heard=True) == ["item.renewed"]
        assert _state(connection) == ("renewed", "the customer was heard from since it was written")
        assert _state(connection, "it_2") == ("open", None)


def test_an_approved_item_is_taken_back_with_its_action_unless_that_has_begun(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        book = _owed(connection)
        _approved(connection)
        assert _close(connection, book, heard=True) == ["action.cancelled", "item.renewed"]
        service.deliver(connection, _about(book, "it_2"))
        begun = _approved(connection, "it_2")
        assert [x.id for x in actions.claim(connection, NOW)] == [begun.id]
        assert _close(connection, book, heard=True) == []
        assert _state(connection, "it_2") == ("approved", None)


def test_all_items_of_an_account_are_renewed_except_what_is_being_done_and_batches(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        for name, changed in {"open": {}, "batch": {"interaction_id": ""}, "other": {"account_id": "B"}}.items():
            service.deliver(connection, item(name, **changed))
        _approved(connection, "sure")
        _approved(connection, "begun")
        connection.execute(text("UPDATE tenure_action SET state = 'claimed' WHERE item_id = 'begun'"))
        told = service.renew(connection, "A", "owner changed", NOW)
        assert sorted(x.event for x in told) == ["action.cancelled", "item.renewed", "item.renewed"]
        states = connection.execute(text("SELECT id, state FROM tenure_item ORDER BY id")).all()
        assert [tuple(x) for x in states] == [
            ("batch", "open"), ("begun", "approved"), ("open", "renewed"), ("other", "open"), ("sure", "renewed"),
        ]  # fmt: skip


def test_what_was_put_off_and_is_free_again_may_be_shown_again_at_the_same_step(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        service.deliver(connection, item())
        connection.execute(text("UPDATE tenure_item SET state = 'done'"))
        assert service.delivered_steps(connection, "A") == {("exp_1", 0)}
        service.suppress(connection, "A", "exp_1", ANY_STEP, "done", "no answer", NOW + DAY, NOW + 2 * DAY)
        assert service.delivered_steps(connection, "A") == {("exp_1", 0)}
        assert service.release_due(connection, NOW + 2 * DAY) == ["A"]
        assert service.delivered_steps(connection, "A") == set()
        service.deliver(connection, item("it_2", delivered_at=NOW + 2 * DAY))
        assert service.delivered_steps(connection, "A") == {("exp_1", 0)}
