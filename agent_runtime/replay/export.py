"""Writes what a replay did, one JSON object a line, in a fixed order: the same replay gives the same bytes."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

import orjson
from sqlalchemy import Connection, text

from agent_runtime.actions.models import Action
from agent_runtime.audit.service import export_jsonl
from agent_runtime.calls.week.service import House, read_ranges
from agent_runtime.calls.week.value import ValueAtRisk
from agent_runtime.clock import Stopwatch
from agent_runtime.inbox.models import Item
from agent_runtime.ledger import service as ledger
from agent_runtime.ledger.models import Breach, Interaction
from agent_runtime.replay.call_lines import call_lines
from agent_runtime.replay.counts import Counts
from agent_runtime.replay.invariants import violations
from agent_runtime.replay.options import ReplayOptions
from agent_runtime.replay.setting import TakenWorld
from agent_runtime.watchtower.models import Score
from memory import facts

KIBIBYTES = 1024


def write_outputs(installation: TakenWorld, options: ReplayOptions, counts: Counts, now: datetime) -> dict[str, Any]:
    """Writes all files of the format but timing.json into `options.out`; gives the summary."""
    out = options.out
    out.mkdir(parents=True, exist_ok=True)
    with installation.engine.connect() as connection:
        _write(out / "inbox.jsonl", _inbox(connection))
        _write(out / "interactions.jsonl", _interactions(connection))
        value = _value_at_risk(connection, installation, now)
        _write(out / "calls.jsonl", call_lines(connection, installation.company, value.expected))
        _write(out / "outbox.jsonl", _outbox(connection))
        _write(out / "facts.jsonl", _facts(connection))
        (out / "audit.jsonl").write_bytes(b"".join(line.rstrip(b"\n") + b"\n" for line in export_jsonl(connection)))
        if options.daily_scores:
            _write(out / "scores.jsonl", _scores(connection))
        refused = {one.segment: {"misses": one.misses, "reason": one.reason} for one in value.refused}
        summary = _summary(connection, installation, counts, now) | {"value_at_risk_refused": refused}
    (out / "summary.json").write_bytes(orjson.dumps(summary, option=orjson.OPT_INDENT_2) + b"\n")
    return summary


def summary_of(installation: TakenWorld, counts: Counts, now: datetime) -> dict[str, Any]:
    """The summary alone."""
    with installation.engine.connect() as connection:
        return _summary(connection, installation, counts, now)


def _value_at_risk(connection: Connection, installation: TakenWorld, now: datetime) -> ValueAtRisk:
    """What late callbacks of high-intent misses put at risk, by the same rules as the weekly page."""
    company = installation.company
    return read_ranges(connection, House(company.calendar, company.playbook), now)


def write_timing(out: Path, watch: Stopwatch) -> None:
    """Writes timing.json: how long each stage took on this machine, and how much memory was needed at most."""
    timing = {"seconds": watch.seconds, "peak_memory_mib": getrusage(RUSAGE_SELF).ru_maxrss / KIBIBYTES}
    (out / "timing.json").write_bytes(orjson.dumps(timing, option=orjson.OPT_INDENT_2) + b"\n")


def _write(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    with path.open("wb") as file:
        for line in lines:
            file.write(orjson.dumps(line, default=_plain) + b"\n")


def _plain(value: Any) -> str:
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _rows(connection: Connection, model: Any, *order: str) -> Iterator[dict[str, Any]]:
    table = model.__table__
    for row in connection.execute(table.select().order_by(*(table.c[name] for name in order))).mappings():
        yield {name: _utc(value) for name, value in row.items()}


def _utc(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


_ACTION = ("kind", "channel", "to", "cc", "subject", "body", "attachments")


def _action(content: dict[str, Any]) -> dict[str, Any]:
    return {name: content.get(name) for name in _ACTION}


def _inbox(connection: Connection) -> Iterator[dict[str, Any]]:
    kept = (
        "id", "account_id", "opportunity_id", "interaction_id", "signal", "classification", "verified",
        "priority", "risk", "value_at_stake", "owner_id", "due_at", "evidence", "why",
    )  # fmt: skip
    for row in _rows(connection, Item, "delivered_at", "id"):
        line = {"id": row["id"], "at": row["delivered_at"]} | {name: row[name] for name in kept}
        beside = {name: row["beside"].get(name) for name in ("looked_in", "cannot_see", "if_nothing")}
        yield line | {"action": _action(row["action"])} | beside | {"state": row["state"]}


def _interactions(connection: Connection) -> Iterator[dict[str, Any]]:
    every, retracted = Counter[str](), Counter[str]()
    for breach in _rows(connection, Breach, "expectation_id"):
        (retracted if breach["retracted_at"] else every)[breach["interaction_id"]] += 1
    for row in _rows(connection, Interaction, "opened_at", "id"):
        yield {
            "id": row["id"],
            "continues_id": row["continues_id"],
            "kind": row["kind"],
            "state": row["state"],
            "account_id": row["account_id"],
            "opportunity_id": row["opportunity_id"],
            "opened_at": row["opened_at"],
            "owner_id": row["owner_id"],
            "outcome": row["outcome"],
            "reason": row["reason"],
            "closed_at": row["ended_at"],
            "next_action": row["next_action"],
            "next_due_at": row["next_due_at"],
            "recovery": row["recovery"],
            "breaches": every[row["id"]],
            "retracted_breaches": retracted[row["id"]],
        }


def _outbox(connection: Connection) -> Iterator[dict[str, Any]]:
    for row in _rows(connection, Action, "executed_at", "id"):
        if row["executed_at"] is not None:
            yield {
                "id": row["id"],
                "at": row["executed_at"],
                "account_id": row["account_id"],
                "item_id": row["item_id"],
                "action": _action(row["content"]),
                "decided_by": row["decided_by"],
            }


def _facts(connection: Connection) -> Iterator[dict[str, Any]]:
    for fact in facts.all_facts(connection):
        yield {
            "id": fact.id,
            "account_id": fact.account_id,
            "slot": fact.slot,
            "value": fact.value,
            "trust": fact.trust,
            "source_ids": list(fact.source_ids),
            "superseded_at": _utc(fact.superseded_at),
        }


def _scores(connection: Connection) -> Iterator[dict[str, Any]]:
    for row in _rows(connection, Score, "at", "opportunity_id"):
        yield {name: row[name] for name in ("at", "opportunity_id", "risk", "priority")}


def _summary(connection: Connection, installation: TakenWorld, counts: Counts, now: datetime) -> dict[str, Any]:
    world = installation.world
    counted = ledger.counts(connection)
    records = counts.to_json()
    records["rejected"] += len(world.rejects)
    return {
        "title": world.settings.title,
        "start": _utc(world.settings.start),
        "end": _utc(now),
        "virtual_days": round((now - world.settings.start).total_seconds() / 86400, 2),
        "ledger": counted,
        "items": _grouped(connection, "SELECT state, count(*) FROM tenure_item GROUP BY state"),
        "by_signal": _grouped(connection, "SELECT signal, count(*) FROM tenure_item GROUP BY signal"),
        "by_classification": _grouped(
            connection, "SELECT classification, count(*) FROM tenure_item GROUP BY classification"
        ),
        "by_outcome": _grouped(
            connection,
            "SELECT outcome, count(*) FROM tenure_interaction WHERE state = 'ended' GROUP BY outcome",
        ),
        "by_kind": _grouped(connection, "SELECT kind, count(*) FROM tenure_interaction GROUP BY kind"),
        "breaches": _grouped(
            connection, "SELECT rule, count(*) FROM tenure_breach WHERE retracted_at IS NULL GROUP BY rule"
        ),
        "suppressed": _grouped(connection, "SELECT verdict, count(*) FROM tenure_suppressed GROUP BY verdict"),
        "records_read": records["read"],
        "records_rejected": records["rejected"],
        "records_duplicated": records["duplicated"],
        "records_not_kept": {name: records[name] for name in ("internal", "never_logged", "unknown")},
        "records_ambiguous": records["ambiguous"],
        "invariant_violations": sum((found := violations(connection)).values()),
        "violations": found,
    }


def _grouped(connection: Connection, query: str) -> dict[str, int]:
    return {str(name): int(count) for name, count in connection.execute(text(f"{query} ORDER BY 1"))}
