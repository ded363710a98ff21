"""What a late callback puts at risk stands once a need, and only where the company's own past allows a range."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert

from agent_runtime.calls.week.service import House, read_ranges
from agent_runtime.calls.week.value import ValueAtRisk
from agent_runtime.replay.call_lines import call_lines
from memory.records import Activity, Stage
from tests.unit.agent_runtime.calls.week.stored import store
from tests.unit.agent_runtime.calls.week.town import CALENDAR, Town, town
from tests.unit.agent_runtime.watchtower.story import company

NOW = datetime(2026, 9, 7, 6, tzinfo=UTC)
COMPANY = replace(company(), calendar=CALENDAR)
MADE = town(5, weeks=13, a_day=20, missed=0.5, slow=4.0)


@pytest.fixture
def stored(sqlite_engine: Engine) -> Iterator[Connection]:
    with sqlite_engine.begin() as connection:
        store(connection, MADE)
        yield connection


def values(connection: Connection) -> ValueAtRisk:
    return read_ranges(connection, House(COMPANY.calendar, COMPANY.playbook), NOW)


def add_deals(connection: Connection, made: Town) -> None:
    """The town's deals as the CRM tells them: opened, then won or lost an hour later."""
    stages = (("new", 0, "open"), ("won", 1, "won"), ("lost", 2, "lost"))
    connection.execute(insert(Stage), [{"stage": name, "position": x, "category": end} for name, x, end in stages])
    rows = []
    for place, (at, account, worth) in enumerate(made.deals):
        rows.append(deal(place, "opened", account, at, {"stage": "new", "amount": worth, "currency": "EUR"}))
        end = {"stage": "won" if worth else "lost", "currency": "EUR"}
        rows.append(deal(place, "ended", account, at + timedelta(hours=1), end))
    connection.execute(insert(Activity), rows)


def deal(place: int, what: str, account: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    name = f"deal-{place}-{what}"
    return {
        "id": name, "account_id": account, "opportunity_id": f"d{place}", "source": "crm", "stream": "crm",
        "source_id": name, "revision": 0, "content_hash": "", "kind": "opportunity.stage", "occurred_at": at,
        "known_at": at, "caused_by": "person", "current": True, "deleted": False, "data": data,
    }  # fmt: skip


def test_each_need_at_risk_has_its_range_once(stored: Connection) -> None:
    add_deals(stored, MADE)
    found = values(stored)
    lines = list(call_lines(stored, COMPANY, found.expected))
    priced = [line for line in lines if line["value_at_risk"] is not None]
    assert len(priced) == len(found.expected) > 0
    assert all(line["call_id"] == line["need_id"] and line["missed"] for line in priced)
    assert all(set(line["value_at_risk"]) == {"low", "base", "high", "currency"} for line in priced)
    assert {line["value_at_risk"]["currency"] for line in priced} == {"EUR"}
    again = [line["call_id"] for line in lines if line["need_id"] and line["call_id"] != line["need_id"]]
    assert again, "the town has repeated dials"


def test_without_a_past_no_range_is_given_and_the_reason_is(stored: Connection) -> None:
    found = values(stored)
    assert {line["value_at_risk"] for line in call_lines(stored, COMPANY, found.expected)} == {None}
    assert [one.segment for one in found.refused] == ["town"]
    assert "are needed" in found.refused[0].reason
