"""Items are delivered, close by themselves, and are approved by exactly one person in exactly one version."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from agent_runtime.actions.service import claim
from agent_runtime.errors import Refused
from agent_runtime.inbox import service
from agent_runtime.ledger import service as ledger
from agent_runtime.ledger.book import Begun, Book, Ending, Expected
from agent_runtime.ledger.policy import Step, Terms, settle
from tests.unit.agent_runtime.actions.prepared import NOW, item

DAY = timedelta(days=1)


def _state(connection: Connection, name: str = "it_1") -> tuple[str, str | None]:
    row = connection.execute(text("SELECT state, closed_reason FROM tenure_item WHERE id = :x"), {"x": name}).one()
    return (row.state, row.closed_reason)


def _settle(book: Book, *, ended: bool = False, met: bool = False, day: int = 0) -> None:
    now = NOW + day * DAY
    terms = Terms(
        now, lambda _: [], lambda _, due: Step((now - due).days, "act", now + DAY, "remind"), lambda _: "act",
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
    (row,) = book.interactions
    (expectation,) = book.expectations[row.id]
    service.deliver(connection, item(interaction_id=row.id, expectation_id=expectation.id))
    return book


def _close(connection: Connection, book: Book, day: int = 0) -> list[str]:
    items = service.open_items(connection, "A")
    return [x.event for x in service.close_settled(connection, items, book, NOW + day * DAY)]


@pytest.mark.parametrize("kind", ["sqlite_engine", "postgres_engine"])
def test_an_approval_of_what_was_read_puts_the_action_into_the_outbox(
    request: pytest.FixtureRequest, kind: str
) -> None:
    engine: Engine = request.getfixturevalue(kind)
    with engine.begin() as connection:
        service.deliver(connection, item())
        action, entry = service.approve(connection, "it_1", item().content_hash, "u1", NOW)
        assert (action.content_hash, action.decided_by, action.item_id) == (item().content_hash, "u1", "it_1")
        assert (entry.event, entry.subject_id) == ("item.approved", "it_1")
        assert _state(connection) == ("approved", None)
        assert [x.id for x in claim(connection, NOW)] == [action.id]
        service.finish(connection, "it_1", NOW)
        assert _state(connection) == ("done", "executed")


def test_an_approval_of_another_content_or_a_second_one_is_refused(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        service.deliver(connection, item())
        for name, content in (("it_1", "0" * 64), ("it_1", ""), ("it_2", item().content_hash)):
            with pytest.raises(Refused):
                service.approve(connection, name, content, "u1", NOW)
        assert _state(connection) == ("open", None)
        service.approve(connection, "it_1", item().content_hash, "u1", NOW)
        with pytest.raises(Refused):
            service.approve(connection, "it_1", item().content_hash, "u2", NOW)
        assert connection.scalar(text("SELECT count(*) FROM tenure_action")) == 1
        assert connection.scalar(text("SELECT count(*) FROM tenure_decision")) == 1


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
        with pytest.raises(Refused):
            service.approve(connection, "it_1", item().content_hash, "u1", NOW)


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
        assert (entry.event, entry.payload["reason"]) == ("item.suppressed", "they are away")
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
