"""Writes into HubSpot: once, found again after silence, refused where somebody was faster."""

from dataclasses import replace

import pytest

from tests.unit.tools.crm.hubspot.portal import READ, WRITE, portal, wire_of
from tests.unit.tools.hands import Hands
from tools.base import ApprovedWrite, BadAnswer, NotAllowed, Unanswered, VendorError, Written
from tools.crm.hubspot.write import HubSpotWriter
from tools.fakes.hubspot import HubSpotFake
from tools.fakes.wire import Asked, Faults

TASK = ApprovedWrite(
    "out_1", "task", ("companies", "501"), {"subject": "Call Kim", "text": "About the list", "at": "1772452800000"},
    "ada", "hash",
)  # fmt: skip
NOTE = ApprovedWrite("out_2", "note", ("deals", "701"), {"text": "Agreed", "at": "1772452800000"}, "ada", "hash")
STAGE = ApprovedWrite("out_3", "stage", ("deals", "701"), {"from": "s2", "to": "won"}, "ada", "hash")
OWNER = ApprovedWrite("out_4", "owner", ("companies", "502"), {"from": "11", "to": "12"}, "ada", "hash")
ALL = (TASK, NOTE, STAGE, OWNER)


@pytest.fixture
def fake() -> HubSpotFake:
    return portal(Hands())


def _writer(fake: HubSpotFake, faults: Faults | None = None, token: str = WRITE) -> HubSpotWriter:
    writer = HubSpotWriter(wire_of(fake, faults, token))
    if token == WRITE and faults is None:
        writer.prepare()
    return writer


@pytest.mark.parametrize("approved", ALL, ids=lambda one: one.op)
def test_written_once_and_found_again(fake: HubSpotFake, approved: ApprovedWrite) -> None:
    writer = _writer(fake)
    assert writer.find(approved) is None
    first = writer.write(approved)
    second = writer.write(approved)
    assert (first.existed, second) == (False, Written(first.source_id, existed=True))
    assert writer.find(approved) == second
    assert len([one for one in fake.writes if one[0] == "made"]) == (approved.op in ("task", "note"))


def test_task_stands_at_its_company(fake: HubSpotFake) -> None:
    made = _writer(fake).write(TASK)
    stored = fake.objects["tasks"][made.source_id]
    assert (stored.now("hs_task_subject"), stored.now("agent_action_key")) == ("Call Kim", "out_1")
    assert fake.links["tasks", made.source_id, "companies"] == ["501"]


@pytest.mark.parametrize("approved", ALL, ids=lambda one: one.op)
@pytest.mark.parametrize("kind", ["late", "broken"])
def test_silence_after_the_write_is_unknown_and_found_by_looking(
    fake: HubSpotFake, approved: ApprovedWrite, kind: str
) -> None:
    _writer(fake)
    faults = Faults({kind: 100}, in_a_row=99, only=_writes_an_object)
    with pytest.raises(Unanswered):
        _writer(fake, faults).write(approved)
    done = len(fake.writes)
    assert done == 1
    found = _writer(fake).find(approved)
    assert found is not None
    assert found.existed
    assert len(fake.writes) == done
    if approved.op == "task":
        assert fake.links["tasks", found.source_id, "companies"] == ["501"]


def _writes_an_object(asked: Asked) -> bool:
    return asked.method == "PATCH" or asked.path.endswith("/upsert")


@pytest.mark.parametrize("kind", ["limit", "dropped"])
def test_refusal_before_anything_arrived_is_tried_again(fake: HubSpotFake, kind: str) -> None:
    _writer(fake)
    made = _writer(fake, Faults({kind: 100}, in_a_row=1)).write(TASK)
    assert [one for one in fake.writes if one[0] == "made"] == [("made", "tasks/out_1")]
    assert made.source_id


@pytest.mark.parametrize("seed", range(8))
def test_storm_writes_nothing_twice(fake: HubSpotFake, seed: int) -> None:
    _writer(fake)
    storm = {"limit": 10, "error": 10, "dropped": 10, "late": 15, "broken": 10}
    stormy = HubSpotWriter(wire_of(fake, Faults(storm, seed=seed, in_a_row=4), WRITE))
    for approved in ALL:
        _until_done(stormy, approved)
    assert sorted(one for one in fake.writes if one[0] == "made") == [("made", "notes/out_2"), ("made", "tasks/out_1")]
    assert len([one for one in fake.writes if one == ("changed", "deals/701")]) == 1
    assert fake.objects["deals"]["701"].now("dealstage") == "won"


def _until_done(writer: HubSpotWriter, approved: ApprovedWrite) -> None:
    """As the outbox does: after silence look first, and write again only what is surely not there."""
    looks = False
    for _ in range(40):
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


def test_change_by_somebody_else_stands(fake: HubSpotFake) -> None:
    fake.change("deals", "701", {"dealstage": "lost"})
    with pytest.raises(BadAnswer, match="changed by somebody"):
        _writer(fake).write(STAGE)
    assert fake.objects["deals"]["701"].now("dealstage") == "lost"


def test_reading_token_writes_nothing(fake: HubSpotFake) -> None:
    _writer(fake)
    with pytest.raises(NotAllowed) as told:
        _writer(fake, token=READ).write(TASK)
    assert READ not in str(told.value)
    assert fake.writes == []


def test_removal_takes_back_what_was_made_and_leaves_what_was_changed(fake: HubSpotFake) -> None:
    writer = _writer(fake)
    made = writer.write(TASK)
    assert writer.remove("task", made.source_id)
    assert writer.find(TASK) is None
    assert not writer.remove("stage", "701")


def test_unknown_op_is_refused(fake: HubSpotFake) -> None:
    with pytest.raises(BadAnswer):
        _writer(fake).write(replace(TASK, op="mail"))
