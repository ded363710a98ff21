"""Salesforce is read by what changed: nothing is missed, whatever changes while it is read; a limit stops politely."""

from datetime import timedelta
from random import Random

import pytest

from tests.unit.tools.crm.salesforce.org import (
    ACME,
    ADA,
    BEN,
    NORTHWIND,
    PILOT,
    ROLLOUT,
    org,
    source_of,
    wire_of,
)
from tests.unit.tools.hands import NOON, Hands
from tools.base import Cap, CursorTooOld, LimitReached, NotAllowed, SourceRecord, State
from tools.crm.salesforce.events import lead_status
from tools.crm.salesforce.source import SalesforceSource
from tools.fakes.salesforce import SalesforceFake
from tools.fakes.wire import Faults

Found = dict[str, SourceRecord]


@pytest.fixture
def fake() -> SalesforceFake:
    return org(Hands())


def _read(
    fake: SalesforceFake, cursor: str | None = None, stream: str = "opportunities", page: int = 2000
) -> tuple[Found, str]:
    found: Found = {}
    for one in source_of(fake, page=page).read(stream, cursor):
        assert one.rejected == ()
        found |= {record.source_id: record for record in one.records}
        cursor = one.cursor
    assert cursor is not None
    return found, cursor


def _said(found: Found) -> dict[str, object]:
    return {name: (one.account_id, one.occurred_at, one.deleted, one.fields) for name, one in found.items()}


def test_opportunity_tells_what_held_at_each_moment(fake: SalesforceFake) -> None:
    found, _ = _read(fake)
    stages = sorted((one for name, one in found.items() if f"{ROLLOUT}-stage" in name), key=lambda x: x.occurred_at)
    told = [(one.fields["stage"], one.fields["amount"], one.fields["user_id"]) for one in stages]
    assert told == [("Discovery", 9000.0, BEN), ("Proposal", 9000.0, ADA)]
    closes = [one.fields["close_date"] for name, one in found.items() if f"{ROLLOUT}-close" in name]
    assert sorted(closes) == ["2026-03-31", "2026-04-30"]
    assert {one.fields["currency"] for one in stages} == {"EUR"}
    assert {one.account_id for one in stages} == {NORTHWIND}


@pytest.mark.parametrize("gone", ["OpportunityHistory", "OpportunityFieldHistory", "Opportunity.NextStep"])
def test_what_an_org_does_not_keep_or_show_is_left_out(fake: SalesforceFake, gone: str) -> None:
    fake.missing.add(gone)
    found, _ = _read(fake)
    present = [one for name, one in found.items() if f"{ROLLOUT}-stage" in name]
    assert present[-1].fields["stage"] == "Proposal"


def test_kind_that_may_not_be_seen_is_told_with_what_helps(fake: SalesforceFake) -> None:
    fake.missing.add("Lead")
    with pytest.raises(NotAllowed, match="Lead cannot be seen") as told:
        _read(fake, stream="leads")
    assert "streams" in told.value.fix


@pytest.mark.parametrize("count", [39, 40, 41, 130])
def test_many_changes_in_one_second_are_all_read(fake: SalesforceFake, count: int) -> None:
    _, cursor = _read(fake)
    fake.now.on(hours=1)  # type: ignore[attr-defined]
    for one in range(count):
        fake.add("Opportunity", {"Name": f"Bulk {one}", "AccountId": ACME, "StageName": "Discovery"})
    found, _ = _read(fake, cursor, page=40)
    assert len([name for name in found if "-stage-" in name and ROLLOUT not in name]) == count
    queries = [one.value("q") for one in fake.asked if "FROM Opportunity " in one.value("q")]
    assert not any("OFFSET" in one for one in queries)


@pytest.mark.parametrize("seed", range(6))
def test_what_changes_while_it_is_read_is_not_missed(seed: int) -> None:
    hands = Hands()
    fake, random = org(hands), Random(seed)
    for one in range(120):
        fake.add("Opportunity", {"Name": f"Bulk {one}", "AccountId": ACME, "StageName": "Discovery"})
    ids = sorted(fake.records["Opportunity"])
    found: Found = {}
    cursor: str | None = None
    for _ in range(3):
        for page in source_of(fake, page=50).read("opportunities", cursor):
            found |= {one.source_id: one for one in page.records}
            cursor = page.cursor
            hands.on(seconds=random.choice([0, 1, 2]))
            for changed in random.sample(ids, 20) if random.random() < 0.6 else ():
                fake.change(
                    "Opportunity", changed, {"StageName": random.choice(["Proposal", "Discovery", "Closed Won"])}
                )
        hands.on(minutes=random.choice([1, 3]))
    last, _ = _read(fake, cursor)
    whole, _ = _read(fake)
    assert _said(found | last) == _said(whole)


def test_change_that_is_committed_late_is_found(fake: SalesforceFake) -> None:
    hands = fake.now
    _, cursor = _read(fake)
    hands.on(minutes=30)  # type: ignore[attr-defined]
    fake.change("Opportunity", ROLLOUT, {"StageName": "Closed Won"})
    _, cursor = _read(fake, cursor)
    # The transaction of this one began eight minutes ago and ends only now.
    fake.change("Opportunity", PILOT, {"NextStep": "Call"}, NOON + timedelta(minutes=22))
    late, _ = _read(fake, cursor)
    assert late[f"opportunity-{PILOT}"].fields["next_step"] == "Call"


def test_cursor_after_long_silence_or_of_somebody_else_is_too_old(fake: SalesforceFake) -> None:
    _, cursor = _read(fake)
    fake.now.on(days=30)  # type: ignore[attr-defined]
    for one in (cursor, "{}", "nonsense", '{"x": 1}'):
        with pytest.raises(CursorTooOld):
            _read(fake, one)


def test_people_leads_tasks_and_what_was_logged(fake: SalesforceFake) -> None:
    (users,) = source_of(fake).read("users", None)
    told = {row["id"]: row for row in users.rows["users"]}
    assert set(told) == {ADA, BEN}
    assert told[BEN]["leaves_at"] is not None
    leads, _ = _read(fake, stream="leads")
    assert [one.fields.get("status") for one in leads.values()] == [None, "working"]
    tasks, _ = _read(fake, stream="tasks")
    assert {one.stream for one in tasks.values()} == {"crm", "calls"}
    fake.add("Task", {"Subject": "Ours", "AccountId": ACME, "Agent_Key__c": "out_1"})
    fake.add("Task", {"Subject": "Ours", "AccountId": ACME, "Description": "x\n\nTenure action out_2"})
    again, _ = _read(fake, stream="tasks")
    assert set(again) == set(tasks)
    opted_out, _ = _read(fake, stream="contacts")
    assert [one.fields["status"] for one in opted_out.values()] == ["opted_out"]


@pytest.mark.parametrize(
    ("label", "means"),
    [
        ("Open - Not Contacted", "new"), ("Working - Contacted", "working"), ("Closed - Converted", "converted"),
        ("Closed - Not Converted", "disqualified"), ("Qualified", "connected"), ("Unqualified", "disqualified"),
        ("Renewal", ""), ("Rot", ""),
    ],
)  # fmt: skip
def test_lead_status_of_an_own_list(label: str, means: str) -> None:
    assert lead_status(label) == means


def test_one_record_can_be_asked_for(fake: SalesforceFake) -> None:
    page = source_of(fake).get("accounts", NORTHWIND)
    assert page is not None
    assert page.rows["accounts"][0]["name"] == "Northwind"
    assert source_of(fake).get("accounts", "001000000000999AAA") is None
    assert source_of(fake).get("accounts", "' OR Id != '") is None


def test_session_that_ended_is_renewed_without_a_word(fake: SalesforceFake) -> None:
    source = source_of(fake, page=1)
    pages = source.read("accounts", None)
    next(pages)
    fake.end_sessions()
    assert [one.complete for one in pages][-1]
    tokens = [one for one in fake.asked if one.path == "/services/oauth2/token"]
    assert len(tokens) == 2


def test_limit_of_the_day_stops_at_once_and_waits_for_nobody(fake: SalesforceFake) -> None:
    fake.allowed = fake.used + 3
    source = source_of(fake)
    list(source.read("stages", None))
    with pytest.raises(LimitReached):
        list(source.read("opportunities", None))
    asked = len(fake.asked)
    with pytest.raises(LimitReached):
        list(source.read("accounts", None))
    assert len(fake.asked) == asked


def test_last_fifth_of_the_day_is_kept_for_people(fake: SalesforceFake) -> None:
    fake.allowed, fake.used = 100, 80
    source = SalesforceSource(wire_of(fake), fake.now, NOON)
    with pytest.raises(LimitReached, match="kept for people"):
        list(source.read("accounts", None))
    person = wire_of(fake, person=True)
    assert person.organization()["Name"] == person.organization()["Name"] == "Ours"


def test_sight_is_of_the_crm_alone(fake: SalesforceFake) -> None:
    source = source_of(fake)
    assert {one.source for one in source.sight(NOON - timedelta(days=1), NOON)} == {"crm"}
    assert Cap.DELETIONS in source.capabilities
    assert (source.estimate("opportunities", None), source.estimate("stages", None)) == (2, 1)


@pytest.mark.parametrize(
    ("secret", "faults", "state"),
    [
        ("", None, State.WELL),
        ("wrong", None, State.NOT_ALLOWED),
        ("", Faults({"dropped": 100}, in_a_row=999), State.UNREACHABLE),
        ("", Faults({"limit": 100}, in_a_row=999), State.LIMITED),
    ],
)
def test_check_says_how_it_stands(fake: SalesforceFake, secret: str, faults: Faults | None, state: State) -> None:
    app = ("reader", secret or "canary-reader-secret-88ab")
    health = SalesforceSource(wire_of(fake, faults, app), fake.now, NOON).check()
    assert health.state is state
    assert health.said
    assert "canary" not in health.said + health.fix
