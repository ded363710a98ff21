"""A missed call of somebody whom nobody knows is somebody's matter, and nobody is guessed."""

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from tests.unit.agent_runtime.ingest.company import Company, call, source_record

OUR_LINE = "+49301111111"
STRANGER = "+4930901877"
SHARED = "+4930901888"


def missed(key: str, number: str | None = STRANGER, **fields: Any) -> Any:
    return call(key, **({"from": number, "to": OUR_LINE, "ring_s": 20} | fields))


def account_of(connection: Connection, key: str) -> str | None:
    query = "SELECT account_id FROM tenure_activity WHERE source_id = :key AND current"
    found: str | None = connection.scalar(text(query), {"key": key})
    return found


@pytest.fixture
def shared(company: Company) -> Company:
    """Two customers have the same number."""
    company.directory.contacts += [
        {"id": "c8", "account_id": "a1", "phone": SHARED, "custom": {}},
        {"id": "c9", "account_id": "a2", "phone": SHARED, "custom": {}},
    ]
    company.import_directory()
    return company


def test_all_that_goes_to_and_fro_with_an_unknown_number_is_one_matter(company: Company) -> None:
    (account,) = company.take(missed("1")).accounts
    query = text("SELECT provisional, phone FROM tenure_account WHERE id = :account")
    assert tuple(company.connection.execute(query, {"account": account}).one()) == (True, STRANGER)
    company.take(missed("2"), call("3", direction="outbound", **{"from": OUR_LINE, "to": STRANGER}))
    assert {account_of(company.connection, key) for key in "123"} == {account}
    assert company.take(missed("1")).duplicated == 1


def test_a_shared_number_is_nobodys_of_those_who_have_it(shared: Company) -> None:
    taken = shared.take(missed("1", SHARED))
    (account,) = taken.accounts
    assert account not in ("a1", "a2")
    assert taken.ambiguous == [("calls", "1")]
    shared.take(call("2", direction="outbound", **{"from": OUR_LINE, "to": SHARED}))
    shared.ingest.refresh(shared.connection)
    assert shared.take(missed("3", SHARED)).ambiguous == [("calls", "3")]
    assert {account_of(shared.connection, key) for key in "123"} == {account}


def test_callers_without_a_number_share_an_account_with_no_person_in_it(company: Company) -> None:
    first, second = missed("1", None), missed("2", None, voicemail_text="It is me, please call back")
    (account,) = company.take(first, second).accounts
    people = company.connection.execute(text("SELECT id FROM tenure_contact WHERE account_id = :a"), {"a": account})
    assert people.all() == []


def test_a_contact_of_no_account_stays_who_it_was(company: Company) -> None:
    (account,) = company.take(missed("1", "+4930901866", contact_id="c4")).accounts
    (again,) = company.take(call("2", direction="outbound", contact_id="c4", to="+4930901867")).accounts
    assert again == account
    assert {event.contact_id for event in company.events(account)} == {"c4"}


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "completed", "talk_s": 80},
        {"ring_s": 2},
        {"voicemail_text": "Sorry, I dialled the wrong number."},
        {"voicemail_text": "We have been trying to reach you about your car warranty."},
        {"direction": "internal", "to": "+49301111112"},
        {"from": "+4930901820"},
    ],
)
def test_what_is_no_miss_of_a_customer_opens_nothing(company: Company, fields: dict[str, Any]) -> None:
    taken = company.take(missed("1", **fields))
    assert (taken.added, taken.accounts) == (1, [])


@pytest.mark.parametrize("together", [True, False])
def test_a_leg_that_a_colleague_answered_first_belongs_to_the_same_matter(company: Company, together: bool) -> None:
    answered = missed("1", status="completed", talk_s=50, user_id="u1", call_key="k", queue="sales")
    rung = missed("2", call_key="k", user_id="u2")
    if together:
        company.take(answered, rung)
    else:
        assert company.take(answered).accounts == []
        company.ingest.refresh(company.connection)
        company.take(rung)
    assert account_of(company.connection, "1") == account_of(company.connection, "2") is not None


def test_the_source_may_say_later_whose_number_it_was(company: Company) -> None:
    company.take(missed("1"))
    company.take(call("2", "a1", direction="outbound", contact_id="c1", **{"from": OUR_LINE, "to": STRANGER}))
    assert company.take(missed("3")).accounts == ["a1"]
    company.ingest.refresh(company.connection)
    assert company.take(missed("4")).accounts == ["a1"]


def test_a_text_to_a_caller_who_was_answered_is_still_no_private_matter(company: Company) -> None:
    company.take(missed("1", status="completed", talk_s=80))
    message = source_record("messages", direction="outbound", channel="sms", to=STRANGER, text="As promised")
    assert (taken := company.take(message)).added == 1
    assert taken.accounts == []


def test_what_came_before_is_adopted_on_postgres_too(postgres_engine: Engine) -> None:
    with postgres_engine.begin() as connection:
        company = Company(connection)
        company.take(missed("1", status="completed", talk_s=50, user_id="u1", call_key="k"))
        company.ingest.refresh(connection)
        company.take(missed("2", call_key="k", user_id="u2"))
        assert account_of(connection, "1") == account_of(connection, "2") is not None
