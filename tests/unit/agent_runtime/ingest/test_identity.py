"""Who is this: what is named wins, what is shared decides nothing, a stranger at the door is let in."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.unit.agent_runtime.ingest.company import Company, call, email, source_record
from tools.base import SourceRecord

INTAKE: dict[str, Any] = {"to": ["Sales <SALES@seller.example>"]}


def test_an_address_a_number_and_a_domain_lead_to_the_account(company: Company) -> None:
    assert company.only(email("1", **{"from": "Cy <CY@HOME.example>"})).contact_id == "c1"
    assert company.only(call("2")).contact_id == "c1"
    assert company.only(email("3", **{"from": "new.person@mail.acme.example"})).contact_id is None
    assert company.only(call("4", **{"from": "0049 30 901821"}), "a2").source_id == "4"


def test_outbound_mail_is_found_by_its_recipients_nearest_first(company: Company) -> None:
    sent = {"direction": "outbound", "from": "ann@seller.example"}
    assert company.only(email("1", **sent, to=["cy@acme.example"], cc=["x@other.example"])).user_id == "u1"
    assert company.only(email("2", **sent, to=["x@other.example"], cc=["cy@acme.example"]))


def test_an_address_of_two_accounts_is_ambiguous_and_shown(company: Company) -> None:
    taken = company.take(email(**{"from": "shared@x.example"}))
    assert (taken.added, taken.ambiguous, taken.accounts) == (1, [("emails", "1")], [])
    assert company.events("a1") == company.events("a2") == []


def test_a_named_account_goes_before_everything(company: Company) -> None:
    assert company.only(email("1", "a2", **{"from": "cy@acme.example"}), "a2").contact_id is None
    assert company.only(email("2", "a2", **{"from": "shared@x.example"}), "a2").contact_id == "c2"


def test_an_unknown_named_account_is_a_reject_and_the_rest_goes_on(company: Company) -> None:
    taken = company.take(email("1", "a9"), email("2"))
    assert taken.added == 1
    (reject,) = taken.rejected
    assert reject.field == "account_id"
    assert "'a9'" in reject.reason
    kept = company.connection.execute(text("SELECT file, field FROM tenure_reject")).all()
    assert [tuple(row) for row in kept] == [("emails", "account_id")]


@pytest.mark.parametrize(
    "record",
    [
        email(**INTAKE, **{"from": "Zoe <zoe@gmail.com>"}),
        call(**{"from": "+49 30 901899", "to": "030 901820"}),
        call(**{"from": "+49 30 901899", "to": "+4930111111", "tracking_number": "+4930901820"}),
        source_record("forms", name="Zoe", email="zoe@gmail.com", message="Hello"),
        source_record("crm", kind="lead.created", lead_id="l1", lead_type="web"),
    ],
)
def test_a_stranger_on_an_intake_channel_gets_a_provisional_account_once(
    company: Company, record: SourceRecord
) -> None:
    taken = company.take(record)
    (account,) = taken.accounts
    query = "SELECT provisional, name <> '' FROM tenure_account WHERE id = :account"
    assert tuple(company.connection.execute(text(query), {"account": account}).one()) == (True, True)
    company.ingest.refresh(company.connection)
    assert company.take(record).duplicated == 1
    assert len(company.events(account)) == 1


def test_a_stranger_who_comes_back_by_another_way_is_the_same(company: Company) -> None:
    form = source_record("forms", "f", name="Zoe", company="Zed", email="zoe@zed.example", phone="030 901899")
    (account,) = company.take(form).accounts
    ringing = call("c", **{"from": "+4930901899", "to": "+49301111111"})
    assert company.take(ringing).accounts == [account]
    lead = source_record("crm", "s", kind="lead.status", lead_id="l1", status="working", email="zoe@zed.example")
    assert company.take(lead).accounts == [account]


def test_a_lead_is_known_by_its_id(company: Company) -> None:
    (account,) = company.take(source_record("crm", "1", kind="lead.created", lead_id="l1")).accounts
    changed = source_record("crm", "2", kind="lead.status", lead_id="l1", status="working")
    assert company.take(changed).accounts == [account]


def test_a_confirmed_account_goes_before_a_provisional_one(company: Company) -> None:
    company.take(email("1", **INTAKE, **{"from": "zoe@gmail.com"}))
    company.directory.contacts.append({"id": "c9", "account_id": "a2", "email": "zoe@gmail.com", "custom": {}})
    company.import_directory()
    company.ingest.refresh(company.connection)
    assert company.take(email("2", **INTAKE, **{"from": "zoe@gmail.com"})).accounts == ["a2"]


def test_what_is_private_is_counted_and_not_stored(company: Company) -> None:
    taken = company.take(
        email("1", **{"from": "ann@seller.example"}, to=["bob@SELLER.example"]),
        email("2", **{"from": "info@doctor.example"}, to=["ann@seller.example", "cy@acme.example"]),
        email("3", **{"from": "friend@gmail.com"}),
        email("4", **INTAKE, **{"from": "news@shop.example", "auto_kind": "list"}),
    )
    assert (taken.internal, taken.never_logged, taken.unknown, taken.added) == (1, 1, 2, 0)
    assert company.connection.scalar(text("SELECT count(*) FROM tenure_episode")) == 0


def test_a_contact_without_an_account_is_kept(company: Company) -> None:
    assert company.take(email(**{"from": "lone@y.example"})).added == 1
    assert company.connection.scalar(text("SELECT contact_id FROM tenure_activity")) == "c4"


def test_a_crm_record_that_leads_nowhere_is_a_reject(company: Company) -> None:
    taken = company.take(source_record("crm", kind="task.created", subject="call"))
    assert [one.field for one in taken.rejected] == ["account_id"]


def test_the_same_directory_again_changes_nothing(company: Company) -> None:
    def everything() -> list[list[tuple[object, ...]]]:
        tables = ("account", "contact", "user", "handle", "coverage", "stage", "reference")
        rows = (company.connection.execute(text(f"SELECT * FROM tenure_{one}")).all() for one in tables)
        return [[tuple(row) for row in table] for table in rows]

    before = everything()
    company.import_directory()
    assert everything() == before
    handles = {row[:2] for row in before[3]}
    assert ("email", "cy@home.example") in handles
    assert ("domain", "acme.example") in handles
    assert not {("domain", "gmail.com"), ("phone", "555")} & handles
