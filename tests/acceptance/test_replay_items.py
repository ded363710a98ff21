"""What the format promises of items, decisions and actions, over a whole replay."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent_runtime.audit.service import verify_all
from agent_runtime.db import make_engine
from agent_runtime.replay.setting import open_world
from tests.acceptance.worlds import Record, lines, query

INSIDE = {"task", "reassign", "escalate", "crm_write", "brief"}
OUTWARD = {"send_email", "message", "meeting"}


@pytest.fixture(params=["capped", "approved"])
def folder(request: pytest.FixtureRequest) -> Path:
    made: Path = request.getfixturevalue(request.param)
    return made


def test_the_budget_and_the_working_days(world: Path, capped: Path) -> None:
    settings = open_world(world).settings
    days = Counter(local_day(x, ZoneInfo(settings.timezone)) for x in lines(capped / "out" / "inbox.jsonl"))
    assert len(days) > 20
    assert max(days.values()) == 3
    assert [day for day in days if day.weekday() > 4 or day in (settings.holidays or ())] == []


def local_day(item: Record, zone: ZoneInfo) -> date:
    return datetime.fromisoformat(item["at"]).astimezone(zone).date()


def test_nothing_is_repeated_within_seven_days(capped: Path) -> None:
    last: dict[tuple[str, str, str], datetime] = {}
    for item in lines(capped / "out" / "inbox.jsonl"):
        key = (item["opportunity_id"] or item["interaction_id"], item["signal"], item["classification"])
        at = datetime.fromisoformat(item["at"])
        assert key not in last or at - last[key] >= timedelta(days=7), key
        last[key] = at
    assert len(last) > 20


def test_no_item_after_the_end_of_its_opportunity(world: Path, folder: Path) -> None:
    stages = {
        name: category for name, category in query(folder / "replay.db", "SELECT stage, category FROM tenure_stage")
    }
    ended: dict[str, list[tuple[str, bool]]] = {}
    for record in sorted(lines(world / "crm.jsonl"), key=lambda x: x["at"]):
        if record.get("stage"):
            closed = stages[record["stage"]] != "open"
            ended.setdefault(record["opportunity_id"], []).append((utc(record["at"]), closed))
    of_deals = [x for x in lines(folder / "out" / "inbox.jsonl") if x["opportunity_id"]]
    assert of_deals
    for item in of_deals:
        known = [closed for at, closed in ended[item["opportunity_id"]] if at < utc(item["at"])]
        assert known[-1:] != [True], item["id"]


def utc(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(ZoneInfo("UTC")).isoformat()


def test_every_item_can_be_acted_on(folder: Path) -> None:
    items = lines(folder / "out" / "inbox.jsonl")
    assert items
    for item in items:
        assert item["owner_id"], item["id"]
        assert item["due_at"], item["id"]
        assert item["evidence"], item["id"]
        assert item["looked_in"], item["id"]
        assert item["action"]["body"] or item["action"]["kind"] in INSIDE, item["id"]
        assert item["priority"] >= 0, item["id"]
        assert 0 <= item["risk"] <= 1, item["id"]


def test_approved_actions_are_executed_once_and_come_back(approved: Path) -> None:
    executed = lines(approved / "out" / "outbox.jsonl")
    assert len({x["id"] for x in executed}) == len(executed)
    of_items = {x["item_id"]: x for x in executed if x["item_id"]}
    items = {x["id"]: x for x in lines(approved / "out" / "inbox.jsonl")}
    assert set(of_items) == set(items)
    assert {x["state"] for x in items.values()} == {"done"}
    files = {path.stem for path in (approved / "out" / "outbox").iterdir()}
    assert files == {x["id"] for x in of_items.values()}
    returned = query(approved / "replay.db", "SELECT source_id FROM tenure_activity WHERE source = 'tenure'")
    assert Counter(x for (x,) in returned) == Counter(x["id"] for x in of_items.values())
    decisions = query(approved / "replay.db", "SELECT item_id FROM tenure_decision WHERE verb = 'approve'")
    assert Counter(x for (x,) in decisions) == Counter(list(of_items))


def test_a_mail_of_ours_answers_what_was_owed(approved: Path) -> None:
    met = dict(
        query(
            approved / "replay.db",
            "SELECT t.id, e.state || ':' || coalesce(a.source, '') FROM tenure_item t"
            " JOIN tenure_expectation e ON e.id = t.expectation_id LEFT JOIN tenure_activity a ON a.id = e.settled_by"
            " WHERE json_extract(t.action, '$.kind') = 'send_email' AND t.signal IN ('answer_owed', 'lead_response')",
        )
    )
    assert met
    assert set(met.values()) == {"met:tenure"}


def test_the_audit_chain_holds_and_tells_each_action(folder: Path) -> None:
    engine = make_engine(f"sqlite:///{folder / 'replay.db'}")
    with engine.connect() as connection:
        assert verify_all(connection) == []
    engine.dispose()
    told = Counter(x["subject_id"] for x in lines(folder / "out" / "audit.jsonl") if x["event"] == "action.confirmed")
    assert told == Counter(x["id"] for x in lines(folder / "out" / "outbox.jsonl"))


def test_without_a_decision_nothing_leaves_the_house(capped: Path) -> None:
    assert {x["state"] for x in lines(capped / "out" / "inbox.jsonl")} <= {"open", "cleared", "expired", "renewed"}
    assert all(x["decided_by"].startswith("rule:") for x in lines(capped / "out" / "outbox.jsonl"))
    assert not (capped / "out" / "outbox").exists()


def kinds(folder: Path) -> Iterator[str]:
    for item in lines(folder / "out" / "inbox.jsonl"):
        yield item["action"]["kind"]


def test_some_actions_go_out_and_some_stay_inside(approved: Path) -> None:
    assert set(kinds(approved)) & OUTWARD
    assert set(kinds(approved)) & (INSIDE | {"call_card"})
