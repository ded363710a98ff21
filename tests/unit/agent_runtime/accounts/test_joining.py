"""A caller who turns out to be a customer: the open matter goes there, and is owed once."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, select, text

from agent_runtime.accounts.joining import join_known_callers
from agent_runtime.accounts.merging import undo_merge
from agent_runtime.audit import service as audit
from agent_runtime.ledger.models import Interaction
from agent_runtime.loop.run import run_account
from tests.unit.agent_runtime.ingest.company import NOW, Company, call
from tests.unit.agent_runtime.watchtower.story import company as house

KEY = SecretStr("test")
NUMBER = "+4930901877"
LATER = NOW + timedelta(minutes=5)
_interaction: Any = Interaction.__table__  # type: ignore[attr-defined]


class Firm:
    """The small company on an engine of its own: takes records, lets accounts run, joins who is known."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with engine.begin() as connection:
            Company(connection)

    def take(self, *records: Any, contacts: Any = ()) -> list[str]:
        with self.engine.begin() as connection:
            company = Company(connection)
            company.directory.contacts += contacts
            company.import_directory()
            accounts = company.take(*records).accounts
        for account in accounts:
            run_account(self.engine, house(), account, NOW, KEY)
        return accounts

    def join(self) -> int:
        with self.engine.begin() as connection:
            return join_known_callers(connection, LATER, KEY)

    def run(self, *accounts: str) -> None:
        for account in accounts:
            run_account(self.engine, house(), account, LATER, KEY)

    def matters(self) -> list[tuple[str, str]]:
        query = select(_interaction.c.account_id, _interaction.c.state).where(_interaction.c.kind == "missed_call")
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query.order_by(_interaction.c.account_id))]


@pytest.fixture
def firm(sqlite_engine: Engine) -> Firm:
    return Firm(sqlite_engine)


def missed(key: str, **fields: Any) -> Any:
    told: dict[str, Any] = {"from": NUMBER, "to": "+49301111111", "ring_s": 20} | fields
    return call(key, **told)


KNOWN = {"id": "c9", "account_id": "a1", "name": "Zoe", "phone": NUMBER, "custom": {}}


def test_the_matter_of_a_number_that_becomes_known_goes_to_its_customer_once(firm: Firm) -> None:
    (caller,) = firm.take(missed("1"))
    assert firm.join() == 0
    firm.take(contacts=[KNOWN])
    assert firm.join() == 1
    firm.run(caller, "a1")
    assert firm.matters() == [("a1", "open")]
    back = call("2", "a1", direction="outbound", status="completed", talk_s=60, contact_id="c9", to=NUMBER,
                user_id="u1", started_at=(NOW + timedelta(minutes=2)).isoformat())  # fmt: skip
    firm.take(back)
    firm.run("a1")
    assert firm.matters() == [("a1", "ended")]
    with firm.engine.connect() as connection:
        people = "SELECT count(*) FROM tenure_contact WHERE phone = :number AND merged_into IS NULL"
        assert connection.scalar(text(people), {"number": NUMBER}) == 1
        assert audit.verify_all(connection) == []
    assert firm.join() == 0


def test_the_same_on_postgres(postgres_engine: Engine) -> None:
    firm = Firm(postgres_engine)
    (caller,) = firm.take(missed("1"))
    firm.take(contacts=[KNOWN])
    assert (firm.join(), firm.join()) == (1, 0)
    firm.run(caller, "a1")
    assert firm.matters() == [("a1", "open")]


def test_a_call_that_the_source_files_under_a_customer_names_the_caller(firm: Firm) -> None:
    firm.take(missed("1"))
    firm.take(call("2", "a1", direction="outbound", contact_id="c1", to=NUMBER))
    assert firm.join() == 1
    firm.run("a1")
    assert [account for account, _ in firm.matters()] == ["a1"]


def test_a_contact_who_gets_an_account_takes_the_matter_along(firm: Firm) -> None:
    firm.take(missed("1", contact_id="c4", **{"from": "+4930901866"}))
    firm.take(contacts=[{"id": "c4", "account_id": "a2", "name": "Nobody's", "email": "lone@y.example", "custom": {}}])
    assert firm.join() == 1
    firm.run("a2")
    assert firm.matters() == [("a2", "open")]


def test_a_number_that_two_customers_have_is_nobodys(firm: Firm) -> None:
    (caller,) = firm.take(missed("1"))
    firm.take(contacts=[KNOWN, KNOWN | {"id": "c10", "account_id": "a2"}])
    assert firm.join() == 0
    assert firm.matters() == [(caller, "open")]


def test_who_said_more_than_a_number_is_for_a_person_to_place(firm: Firm) -> None:
    firm.take(missed("1"))
    with firm.engine.begin() as connection:
        handle = "INSERT INTO tenure_handle SELECT 'email', 'z@z.example', account_id, contact_id FROM tenure_handle"
        connection.execute(text(f"{handle} WHERE value = :number"), {"number": NUMBER})
    firm.take(contacts=[KNOWN])
    assert firm.join() == 0


def test_what_a_person_took_apart_stays_apart(firm: Firm) -> None:
    (caller,) = firm.take(missed("1"))
    firm.take(contacts=[KNOWN])
    firm.join()
    with firm.engine.begin() as connection:
        merges = connection.execute(text("SELECT id, kind FROM tenure_merge ORDER BY kind DESC")).all()
        for merge_id, _ in merges:
            undo_merge(connection, merge_id, "u1", LATER, KEY)
    assert firm.join() == 0
    assert firm.matters() == [(caller, "open")]
