"""A lead stays the same lead, whatever of it is known first."""

from collections.abc import Callable

import pytest

from tests.unit.agent_runtime.ingest.company import Company, call, email, source_record

STRANGER = "+4930555777"
LEAD = {"kind": "lead.created", "lead_id": "l1", "email": "new@firm.example", "phone": STRANGER, "name": "New One"}


def first_call(company: Company) -> None:
    company.take(call("c", **{"from": STRANGER}))


def first_mail(company: Company) -> None:
    company.take(email("m", None, to=["sales@seller.example"], **{"from": "new@firm.example"}))


@pytest.mark.parametrize("first", [lambda _: None, first_call, first_mail], ids=["the lead", "a call", "a mail"])
def test_status_call_and_mail_find_the_lead(company: Company, first: Callable[[Company], None]) -> None:
    first(company)
    company.take(source_record("crm", "lead", **LEAD))
    later = [
        source_record("crm", "status", kind="lead.status", lead_id="l1", status="qualified", user_id="u1"),
        call("back", direction="outbound", status="completed", to=STRANGER, talk_s=60, **{"from": "+4930901820"}),
        email("reply", direction="outbound", to=["new@firm.example"], **{"from": "ann@seller.example"}),
    ]
    taken = company.take(*later)
    assert (taken.added, taken.rejected, taken.unknown) == (3, [], 0)
    assert len(taken.accounts) == 1
    assert taken.accounts[0].startswith("prov_")


def test_a_lead_of_a_known_customer_belongs_to_its_account(company: Company) -> None:
    company.take(source_record("crm", "lead", **{**LEAD, "email": "cy@acme.example", "phone": None}))
    taken = company.take(source_record("crm", "status", kind="lead.status", lead_id="l1", status="contacted"))
    assert taken.accounts == ["a1"]
