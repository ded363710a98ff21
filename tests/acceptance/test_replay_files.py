"""The files of a replay have the fields of the format, and their values are of its kinds."""

from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.acceptance.worlds import Record, lines

ACTION = {"kind", "channel", "to", "cc", "subject", "body", "attachments"}
BESIDE = {"looked_in", "cannot_see", "if_nothing", "state"}
FIELDS = {
    "inbox": {
        "id", "at", "account_id", "opportunity_id", "interaction_id", "signal", "classification", "verified",
        "priority", "risk", "value_at_stake", "owner_id", "due_at", "action", "evidence", "why",
    } | BESIDE,
    "interactions": {
        "id", "continues_id", "kind", "state", "account_id", "opportunity_id", "opened_at", "owner_id", "outcome",
        "reason", "closed_at", "next_action", "next_due_at", "recovery", "breaches", "retracted_breaches",
    },
    "calls": {
        "call_id", "at", "account_id", "need_id", "missed", "missed_reason", "intent", "topic", "resolution",
        "resolved_by", "latency_s", "business_latency_s", "value_at_risk",
    },
    "scores": {"at", "opportunity_id", "risk", "priority"},
    "outbox": {"id", "at", "account_id", "item_id", "action", "decided_by"},
    "facts": {"id", "account_id", "slot", "value", "trust", "source_ids", "superseded_at"},
}  # fmt: skip
CHOICES: dict[str, dict[str, set[Any]]] = {
    "inbox": {"classification": {"delay", "breakdown", "disqualification", "opportunity"}},
    "interactions": {
        "state": {"open", "ended"},
        "outcome": {None, "converted", "lost", "disqualified", "deferred"},
    },
    "calls": {
        "intent": {None, "commercial", "service", "informational", "noise"},
        "topic": {
            None, "buy_or_upgrade", "cancel_risk", "billing", "technical", "security", "scheduling", "other", "unknown",
        },
        "resolution": {
            "callback", "caller_reached_us", "other_channel", "attempted", "none", "misdial", "unlinkable",
            "ambiguous", "not_missed",
        },
    },
    "facts": {"trust": {"crm", "user", "external", "model"}},
}  # fmt: skip
MOMENTS = {"at", "due_at", "opened_at", "closed_at", "next_due_at", "superseded_at"}


def refused(record: Record, stem: str) -> list[str]:
    """What of one line is not as the format has it."""
    found = [f"fields {set(record) ^ FIELDS[stem]}"] if set(record) != FIELDS[stem] else []
    choices = CHOICES.get(stem, {})
    found += [name for name, allowed in choices.items() if record.get(name) not in allowed]
    return found + [name for name in MOMENTS & set(record) if record[name] and not is_utc(record[name])]


def is_utc(text: str) -> bool:
    """A moment with the offset of UTC."""
    offset = datetime.fromisoformat(text).utcoffset()
    return offset is not None and not offset


@pytest.mark.parametrize("stem", sorted(FIELDS))
def test_each_line_has_the_fields_of_the_format(approved: Path, stem: str) -> None:
    records = lines(approved / "out" / f"{stem}.jsonl")
    assert records
    assert [bad for x in records if (bad := refused(x, stem))] == []


def test_actions_and_values_at_stake(approved: Path) -> None:
    for stem in ("inbox", "outbox"):
        assert {frozenset(x["action"]) for x in lines(approved / "out" / f"{stem}.jsonl")} == {frozenset(ACTION)}
    for item in lines(approved / "out" / "inbox.jsonl"):
        stake = item["value_at_stake"]
        assert set(stake) == {"low", "base", "high", "currency"}
        assert 0 <= stake["low"] <= stake["base"] <= stake["high"]
        assert all(set(x) == {"activity_id", "at", "quote"} for x in item["evidence"])
        assert all(set(x) == {"factor", "weight"} for x in item["why"])


def test_the_summary_and_the_timing(approved: Path) -> None:
    summary = orjson.loads((approved / "out" / "summary.json").read_bytes())
    assert (summary["invariant_violations"], summary["violations"], summary["ledger"]["missing"]) == (0, {}, 0)
    named = {"by_signal", "by_classification", "by_outcome", "records_read", "records_rejected", "records_duplicated"}
    assert named | {"virtual_days"} <= set(summary)
    timing = orjson.loads((approved / "out" / "timing.json").read_bytes())
    assert {"read", "ingest", "sweep", "evaluate", "morning", "write"} <= set(timing["seconds"])
    assert timing["peak_memory_mib"] > 0


def test_each_distinct_inbound_call_has_one_line(world: Path, approved: Path) -> None:
    records = {x["id"]: x for x in lines(world / "calls.jsonl")}
    inbound = {x["id"] for x in records.values() if x["direction"] == "inbound" and not x.get("parent_id")}
    written = lines(approved / "out" / "calls.jsonl")
    assert len({x["call_id"] for x in written}) == len(written)
    assert {x["call_id"] for x in written} <= inbound
    keys = [records[x["call_id"]].get("call_key") or x["call_id"] for x in written]
    assert len(set(keys)) == len(keys)
    assert {records[x].get("call_key") or x for x in inbound} == set(keys)


def test_a_value_at_risk_is_a_range_on_one_line_of_its_need(approved: Path) -> None:
    for call in lines(approved / "out" / "calls.jsonl"):
        value = call["value_at_risk"]
        if value is not None:
            assert call["call_id"] == call["need_id"]
            assert set(value) == {"low", "base", "high", "currency"}
            assert 0 <= value["low"] <= value["base"] <= value["high"]
    refused = orjson.loads((approved / "out" / "summary.json").read_bytes())["value_at_risk_refused"]
    assert all(one["misses"] > 0 and one["reason"] for one in refused.values())


def test_what_is_said_of_missed_calls(approved: Path) -> None:
    written = lines(approved / "out" / "calls.jsonl")
    missed = [x for x in written if x["missed"]]
    assert missed
    for call in written:
        assert call["missed"] == (call["resolution"] != "not_missed"), call
        assert call["missed"] == (call["need_id"] is not None), call
        resolved = call["resolution"] in ("callback", "caller_reached_us", "other_channel")
        assert resolved == (call["resolved_by"] is not None) == (call["latency_s"] is not None), call
        if resolved:
            assert 0 <= call["business_latency_s"] <= call["latency_s"], call
