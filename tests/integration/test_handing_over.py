"""A colleague gets accounts: one item about all of them, and none about each once it is accepted."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from agent_runtime.accounts.handover import hand_over
from agent_runtime.accounts.service import transfer
from agent_runtime.audit.service import verify_all
from agent_runtime.errors import Refused
from agent_runtime.inbox.decide import Decided, Deciding, decide
from agent_runtime.inbox.verbs import Accept, Command, Dismiss
from tests.integration.firm import DAY, KEY, NOW, Firm, mail, world

EMAILS = [
    mail("a1", NOW - 20 * DAY, "outbound", "kim", "Dear Kim,\n\nas agreed.\n\nBest regards\nLea Kern"),
    mail("b1", NOW - 3 * DAY, "inbound", "uli", "Could you send me the data sheet, please?"),
]


@pytest.fixture
def firm(sqlite_engine: Engine, tmp_path: Path) -> Firm:
    firm = Firm(sqlite_engine, world(tmp_path / "world", EMAILS))
    firm.settle()
    with firm.engine.begin() as connection:
        now = firm.clock.now()
        moved = transfer(connection, ["acme", "bolt"], "tom", "mona", now, KEY).moved
        hand_over(connection, moved, "tom", "lea", now, firm.company(connection).is_working, KEY)
    firm.pass_time(timedelta(minutes=1))
    return firm


def says(firm: Firm, item_id: str, command: Command) -> Decided:
    by = Deciding("tom", "api", firm.clock.now(), KEY, timedelta(0))
    with firm.engine.begin() as connection:
        return decide(connection, firm.company(connection), item_id, command, by)


def handover(firm: Firm) -> str:
    (item,) = [x for x in firm.items() if x.signal == "handover"]
    assert item.owner_id == "tom"
    return str(item.id)


def test_what_waited_is_prepared_anew_for_the_new_owner(firm: Firm) -> None:
    open_items = {x.signal: (x.account_id, x.owner_id) for x in firm.items()}
    assert open_items["answer_owed"] == ("bolt", "tom")
    (body,) = firm.query("SELECT action FROM tenure_item WHERE state = 'open' AND signal = 'answer_owed'")
    assert "Tom Berg" in str(body.action)
    assert "Lea Kern" not in str(body.action)
    assert [x.signal for x in firm.items("renewed")] == ["answer_owed"]


def test_the_table_begins_with_what_breaks_first(firm: Firm) -> None:
    (row,) = firm.query("SELECT beside FROM tenure_item WHERE id = :x", x=handover(firm))
    assert "bolt" in str(row.beside)
    with firm.engine.connect() as connection:
        first = connection.execute(text("SELECT account_id FROM tenure_item WHERE signal = 'handover'")).scalar()
    assert first == "bolt"


def test_once_accepted_no_account_asks_again(firm: Firm) -> None:
    assert says(firm, handover(firm), Accept(verb="accept")).state == "done"
    firm.settle()
    for _ in range(10):
        firm.pass_time(DAY)
    assert "hand_over" not in {x.rule for x in firm.query("SELECT rule FROM tenure_breach")}
    with firm.engine.connect() as connection:
        assert verify_all(connection) == []


def test_nobody_accepts_and_each_account_is_owed(firm: Firm) -> None:
    for _ in range(10):
        firm.pass_time(DAY)
    assert "hand_over" in {x.rule for x in firm.query("SELECT rule FROM tenure_breach")}


def test_it_cannot_be_dismissed_or_accepted_twice(firm: Firm) -> None:
    with pytest.raises(Refused):
        says(firm, handover(firm), Dismiss(verb="dismiss", reason="other"))
    item = handover(firm)
    says(firm, item, Accept(verb="accept"))
    with pytest.raises(Refused):
        says(firm, item, Accept(verb="accept"))
