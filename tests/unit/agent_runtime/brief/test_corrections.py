"""What people say of facts: confirmed, corrected, forgotten; each in their name, each in the audit, nothing else."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from memory.facts import Statement, record
from memory.timeline import NewActivity, add
from tests.unit.agent_runtime.app.office import NOW, Office, opened

FACTS = "/api/accounts/acc-anna/facts"


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    """A small company; of one account it is known who signs, from the CRM, and a concern, from a mail."""
    with opened(sqlite_engine, tmp_path) as found:
        with sqlite_engine.begin() as connection:
            for slot, value, trust in (("role.signs", "c-anna", "crm"), ("concern.price", "open", "external")):
                when = NOW - timedelta(days=2)
                activity = NewActivity("crm", "notes", f"r-{slot}", "note", when, when, account_id="acc-anna")
                [added] = add(connection, [activity])
                said = Statement("acc-anna", slot, value, trust, when, when, added.activity_id, f"r-{slot}")
                record(connection, [said])
        yield found


def known(office: Office) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for fact in office.get("anna", FACTS)["facts"]:
        found.setdefault(fact["slot"], []).append(fact)
    return found


def judge(office: Office, slot: str, verb: str, value: str = "", user: str = "anna") -> Any:
    fact = known(office)[slot][0]["id"]
    return office.ask(user, "POST", f"{FACTS}/{fact}", json={"verb": verb, "value": value})


def events_of(office: Office) -> list[str]:
    return [x["event"] for x in office.get("ada", "/api/accounts/acc-anna/audit")["entries"]]


def test_a_confirmed_fact_is_ours_from_then_on(office: Office) -> None:
    assert judge(office, "concern.price", "confirm").status_code == 200
    [fact] = known(office)["concern.price"]
    assert (fact["value"], fact["trust"], len(fact["sources"])) == ("open", "user", 2)
    assert events_of(office)[0] == "fact.confirmed"


def test_a_correction_ends_what_was_said_with_less_trust(office: Office) -> None:
    assert judge(office, "concern.price", "correct", " settled  by  mail ").status_code == 200
    [fact] = known(office)["concern.price"]
    assert (fact["value"], fact["trust"], fact["conflict"]) == ("settled by mail", "user", False)


def test_a_correction_of_the_crm_stands_beside_it(office: Office) -> None:
    assert judge(office, "role.signs", "correct", "somebody else").status_code == 200
    assert {x["value"]: x["conflict"] for x in known(office)["role.signs"]} == {"c-anna": True, "somebody else": True}


def test_a_forgotten_fact_is_gone_and_the_audit_says_so_without_words(office: Office) -> None:
    assert judge(office, "concern.price", "forget").status_code == 200
    assert "concern.price" not in known(office)
    entry = office.get("ada", "/api/accounts/acc-anna/audit")["entries"][0]
    assert (entry["event"], entry["actor_id"], entry["payload"]) == ("fact.forgotten", "anna", {})


def test_it_wakes_the_account_so_that_the_agent_looks_again(office: Office) -> None:
    judge(office, "concern.price", "confirm")
    with office.engine.connect() as connection:
        assert connection.execute(text("SELECT woken FROM tenure_account_loop WHERE account_id = 'acc-anna'")).scalar()


@pytest.mark.parametrize("value", ["", "   ", "x" * 501, "bell\x07"])
def test_a_value_that_cannot_be_kept_is_refused(office: Office, value: str) -> None:
    before = known(office)
    assert judge(office, "concern.price", "correct", value).status_code in (400, 422)
    assert known(office) == before


def test_nobody_judges_what_is_not_there(office: Office) -> None:
    for verb in ("confirm", "correct", "forget"):
        answer = office.ask("anna", "POST", f"{FACTS}/fact_none", json={"verb": verb, "value": "x"})
        assert answer.status_code == 404
    assert judge(office, "concern.price", "forget", user="otto").status_code == 403
