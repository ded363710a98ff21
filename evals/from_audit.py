"""Makes a case out of what an audit entry is about: the account's records as a story, personal text replaced."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, create_engine, text

from evals.story import DAYS, MONDAY, ZONE

Row = Mapping[Any, Any]
STEPS = {
    ("email", "inbound"): "mail_in", ("email", "outbound"): "mail_out", ("call", "inbound"): "call_in",
    ("call", "outbound"): "call_out", ("message", "inbound"): "message_in", ("message", "outbound"): "message_out",
    ("form", "inbound"): "form",
}  # fmt: skip
# What a rule reads of a text stands in the case in words of ours; who wrote what to whom does not.
ASKS, PROMISES = "Could you tell us how this goes on?", "I will send it by {day}."
HOLDING, PLAIN = "Thank you, I will look into it and come back to you.", "The details are as we discussed."


class NoEntry(ValueError):
    """The database holds no such audit entry or item."""


def case(database: Path, name: str) -> dict[str, Any]:
    """A case of the suite signals: `name` is ACCOUNT:SEQ of an audit entry, or the id of the item it speaks of.

    The expectations are what the runtime said; a person looks them through before the case is kept.
    """
    engine = create_engine(f"sqlite:///file:{database}?mode=ro&uri=true")
    with engine.connect() as connection:
        account, item, at = _about(connection, name)
        steps = list(_steps(connection, account, at))
        rule = item["signal"] if item else ""
    engine.dispose()
    expect: dict[str, Any] = {"breach": [rule]} if rule else {}
    segments = {"rule": rule or "none", "kind": "from the audit"}
    return {"id": f"audit/{_plain(name)}", "segments": segments, "story": steps, "expect": expect}


def _about(connection: Connection, name: str) -> tuple[str, Row | None, str]:
    account, _, seq = name.rpartition(":")
    subject, at = name, "9999"
    if seq.isdigit():
        query = text("SELECT subject_id, at FROM tenure_audit_entry WHERE account_id = :account AND seq = :seq")
        entry = connection.execute(query, {"account": account, "seq": int(seq)}).mappings().first()
        if entry is None:
            raise NoEntry(f"There is no audit entry {name}; nothing was made. Give ACCOUNT:SEQ, or an item's id.")
        subject, at = str(entry["subject_id"]), str(entry["at"])
    item = connection.execute(text("SELECT * FROM tenure_item WHERE id = :id"), {"id": subject}).mappings().first()
    if item is None and not account:
        raise NoEntry(f"There is no item {name}; nothing was made. Give ACCOUNT:SEQ, or an item's id.")
    return (str(item["account_id"]), item, str(item["delivered_at"])) if item else (account, None, at)


def _steps(connection: Connection, account: str, until: str) -> Iterator[list[Any]]:
    """The records known by then as steps, moved by whole weeks so that the last one lies in the third week."""
    query = text(
        "SELECT * FROM tenure_activity WHERE account_id = :account AND known_at <= :until ORDER BY occurred_at"
    )
    rows = list(connection.execute(query, {"account": account, "until": until}).mappings())
    told = [row for row in rows if (row["kind"], row["direction"] or "") in STEPS]
    if not told:
        return
    last = _moment(told[-1]["occurred_at"])
    weeks = (last - MONDAY).days // 7 - 1
    for row in told:
        data = orjson.loads(row["data"]) if isinstance(row["data"], str) else row["data"]
        yield [_when(row["occurred_at"], weeks), STEPS[row["kind"], row["direction"]], _fields(row, data, weeks)]


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(str(value))
    return (found if found.tzinfo else datetime.fromisoformat(f"{value}+00:00")).astimezone(ZONE)


def _when(value: Any, weeks: int) -> str:
    local = _moment(value)
    days = (local.date() - MONDAY.date()).days - 7 * weeks
    week = days // 7 + 1
    number = "" if week == 1 else str(week if week > 0 else week - 1)
    return f"{DAYS[days % 7]}{number} {local:%H:%M}"


def _fields(row: Row, data: Row, weeks: int) -> dict[str, Any]:
    if row["kind"] == "call":
        kept = {name: data.get(name) for name in ("status", "answered_by", "ring_s") if data.get(name) is not None}
        return kept | {"talk": int(data.get("talk_s") or 0)}
    fields: dict[str, Any] = {"text": _words(data, weeks)}
    if row["kind"] == "email":
        fields |= {"subject": "Matter", "auto_kind": data.get("auto")}
    return fields


def _words(data: Row, weeks: int) -> str:
    """Words of ours that say what the text did: asked, promised, put off, or neither."""
    if promised := data.get("promises"):
        due = _moment(promised[0]["due_at"])
        return PROMISES.format(day=f"{MONDAY.date().fromordinal(due.date().toordinal() - 7 * weeks):%d %B}")
    return HOLDING if data.get("holding") else (ASKS if data.get("asks") else PLAIN)


def _plain(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name)
