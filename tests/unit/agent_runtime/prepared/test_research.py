"""The research of an account puts what its sources say together, each line with the record that says so."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from agent_runtime.permissions import agent_scope
from agent_runtime.prepared.service import Kind
from memory import timeline
from tests.unit.agent_runtime.prepared.world import KIM, Customer, texts, told_in_full


@pytest.fixture
def customer(sqlite_engine: Engine) -> Iterator[Customer]:
    with sqlite_engine.connect() as connection:
        yield _told(connection)


def _told(connection: Connection) -> Customer:
    """An account of which CRM, telephone, mail, Slack and a data service each say something of their own."""
    customer = Customer(connection).begins()
    told_in_full(customer)
    message = {"direction": "inbound", "contact_id": KIM, "text": "Northpress was here again, in our Slack channel."}
    customer.tell("tue 09:00", "message", "slack", **message)
    bought = customer.tell("tue 10:00", "note", "enrichment", text="Acme employs 420 people.")
    customer.states(bought, "account.employees", "420", (13, 16))
    return customer


def test_one_brief_stands_on_every_kind_of_source(customer: Customer) -> None:
    found = customer.prepared(Kind.RESEARCH, "wed 08:00")
    assert found is not None
    by_source = {x.source_id: x for x in timeline.read(customer.connection, agent_scope("acc"))}
    streams = {by_source[x.id].stream for x in found.sources if x.id in by_source}
    assert streams >= {"crm", "calls", "emails", "slack", "enrichment"}
    assert "Employees: 420." in texts(found, "account")
    assert any("Messages" in line for line in texts(found, "history"))
    for part in found.sections:
        assert all(line.citations for line in part.lines), part
