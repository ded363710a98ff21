"""Writes into Salesforce: once, found again after silence, refused where somebody was faster."""

from dataclasses import replace

import pytest

from tests.unit.tools.crm.salesforce.org import ADA, BEN, KIM, NORTHWIND, READER, ROLLOUT, WRITER, org, wire_of
from tests.unit.tools.hands import Hands
from tools.base import ApprovedWrite, BadAnswer, NotAllowed, Unanswered, VendorError, Written
from tools.crm.salesforce.write import SalesforceWriter
from tools.fakes.salesforce import SalesforceFake
from tools.fakes.wire import Asked, Faults

TASK = ApprovedWrite(
    "out_1", "task", ("accounts", NORTHWIND),
    {"subject": "Call Kim's team", "text": "About the list", "at": "1772452800000", "user_id": ADA}, "ada", "hash",
)  # fmt: skip
STAGE = ApprovedWrite(
    "out_3", "stage", ("opportunities", ROLLOUT), {"from": "Proposal", "to": "Closed Won"}, "ada", "hash"
)
OWNER = ApprovedWrite("out_4", "owner", ("accounts", NORTHWIND), {"from": ADA, "to": BEN}, "ada", "hash")
ALL = (TASK, STAGE, OWNER)


@pytest.fixture(params=["external id", "line"])
def fake(request: pytest.FixtureRequest) -> SalesforceFake:
    found = org(Hands())
    if request.param == "line":
        found.missing.add("Task.Agent_Key__c")
    return found


def _writer(fake: SalesforceFake, faults: Faults | None = None, app: tuple[str, str] = WRITER) -> SalesforceWriter:
    return SalesforceWriter(wire_of(fake, faults, app, person=True))


def _made(fake: SalesforceFake) -> int:
    return len([one for one in fake.writes if one[0] == "made"])


@pytest.mark.parametrize("approved", ALL, ids=lambda one: one.op)
def test_written_once_and_found_again(fake: SalesforceFake, approved: ApprovedWrite) -> None:
    writer = _writer(fake)
    writer.prepare()
    assert writer.find(approved) is None
    first = writer.write(approved)
    second = writer.write(approved)
    assert (first.existed, second) == (False, Written(first.source_id, existed=True))
    assert writer.find(approved) == second
    assert _made(fake) == (approved.op == "task")


def test_task_stands_where_it_belongs(fake: SalesforceFake) -> None:
    made = _writer(fake).write(TASK)
    stored = fake.records["Task"][made.source_id]
    assert (stored["WhatId"], stored["OwnerId"], stored["ActivityDate"]) == (NORTHWIND, ADA, "2026-03-02")
    person = _writer(fake).write(replace(TASK, key="out_9", target=("contacts", KIM)))
    assert fake.records["Task"][person.source_id]["WhoId"] == KIM


@pytest.mark.parametrize("approved", ALL, ids=lambda one: one.op)
def test_silence_after_the_write_is_unknown_and_found_by_looking(fake: SalesforceFake, approved: ApprovedWrite) -> None:
    faults = Faults({"late": 100}, in_a_row=99, only=_writes)
    with pytest.raises(Unanswered):
        _writer(fake, faults).write(approved)
    assert len(fake.writes) == 1
    found = _writer(fake).find(approved)
    assert found is not None
    assert found.existed
    assert len(fake.writes) == 1


def _writes(asked: Asked) -> bool:
    return asked.method in ("PATCH", "POST") and "sobjects" in asked.path


@pytest.mark.parametrize("seed", range(8))
def test_storm_writes_nothing_twice(fake: SalesforceFake, seed: int) -> None:
    storm = {"limit": 10, "error": 10, "dropped": 10, "late": 15, "broken": 10}
    for approved in ALL:
        _until_done(fake, Faults(storm, seed=seed, in_a_row=4), approved)
    assert _made(fake) == 1
    assert fake.writes.count(("changed", f"Opportunity/{ROLLOUT}")) == 1
    assert fake.records["Opportunity"][ROLLOUT]["StageName"] == "Closed Won"


def _until_done(fake: SalesforceFake, faults: Faults, approved: ApprovedWrite) -> None:
    """As the outbox does: after silence look first, and write again only what is surely not there."""
    looks = False
    for _ in range(60):
        writer = _writer(fake, faults)
        try:
            if looks and writer.find(approved):
                return
            writer.write(approved)
            return
        except Unanswered:
            looks = True
        except VendorError:
            pass
    pytest.fail("never done")


def test_change_by_somebody_else_stands(fake: SalesforceFake) -> None:
    fake.change("Opportunity", ROLLOUT, {"StageName": "Closed Lost"})
    with pytest.raises(BadAnswer, match="changed by somebody"):
        _writer(fake).write(STAGE)
    assert fake.records["Opportunity"][ROLLOUT]["StageName"] == "Closed Lost"


def test_reading_credential_writes_nothing(fake: SalesforceFake) -> None:
    with pytest.raises(NotAllowed) as told:
        _writer(fake, app=READER).write(TASK)
    assert "canary" not in str(told.value)
    assert fake.writes == []


def test_removal_takes_back_what_was_made_and_leaves_what_was_changed(fake: SalesforceFake) -> None:
    writer = _writer(fake)
    made = writer.write(TASK)
    assert writer.remove("task", made.source_id)
    assert writer.remove("task", made.source_id)
    assert writer.find(TASK) is None
    assert not writer.remove("stage", ROLLOUT)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(TASK, op="mail"), replace(TASK, target=("accounts", "x' OR Id != '")),
        replace(STAGE, target=("accounts", NORTHWIND)), replace(TASK, target=("users", ADA)),
    ],
)  # fmt: skip
def test_what_is_not_written_here_is_refused(fake: SalesforceFake, wrong: ApprovedWrite) -> None:
    with pytest.raises(BadAnswer):
        _writer(fake).write(wrong)
    assert fake.writes == []
