"""How accounts stand in a list: what presses first at the top, in words, with what comes next."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from agent_runtime.accounts.health import healths
from agent_runtime.accounts.triage import Trouble
from agent_runtime.ledger.models import Interaction
from memory.records import Account
from memory.timeline import NewActivity, add
from tests.unit.agent_runtime.app.office import NOW

DAY = timedelta(days=1)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """Three accounts: one with a promise that is late, one that renews soon, one with which all is well."""
    with sqlite_engine.begin() as connection:
        rows = (("late", None), ("soon", (NOW + 30 * DAY).date()), ("well", None))
        for name, renewal in rows:
            row: dict[str, Any] = {
                "id": name,
                "name": name.title(),
                "renewal_date": renewal,
                "provisional": False,
                "custom": {},
            }
            connection.execute(insert(Account), row)
            talk = NewActivity(
                "phone", "calls", name, "call", NOW - DAY, NOW - DAY, account_id=name, caused_by="person"
            )
            add(connection, [talk])
        promise = {
            "id": "int-1", "account_id": "late", "kind": "promise", "key": "p", "opened_at": NOW - 5 * DAY,
            "opened_by": "act", "state": "open", "owner_id": "anna", "next_action": "keep_the_promise",
            "next_due_at": NOW - DAY, "recovery": "remind", "wake_signal": "",
        }  # fmt: skip
        connection.execute(insert(Interaction), promise)
    return sqlite_engine


def test_what_presses_first_stands_first(engine: Engine) -> None:
    with engine.connect() as connection:
        found = healths(connection, ["well", "late", "soon"], NOW)
    assert [(x.account_id, x.first) for x in found] == [
        ("late", Trouble.OVERDUE_PROMISE),
        ("soon", Trouble.RENEWAL_NEAR),
        ("well", Trouble.NOTHING),
    ]
    late, soon, well = found
    assert (late.next_due_at, late.last_contact_at) == (NOW - DAY, NOW - DAY)
    assert (soon.words, soon.next_due_at) == ("the renewal is near", None)
    assert (well.words, well.reasons) == ("nothing presses", ())


def test_no_accounts_have_no_health(engine: Engine) -> None:
    with engine.connect() as connection:
        assert healths(connection, [], NOW) == []
