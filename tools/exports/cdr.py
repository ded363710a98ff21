"""Call lists of telephone systems (CDR): Asterisk, Twilio, routers and what looks like them, one record a call."""

import re
from pathlib import Path
from typing import Any, Final

from tools.base import Rejected
from tools.exports import cells
from tools.exports.csv_rows import csv_rows
from tools.exports.gathered import Gathered
from tools.exports.presets import Preset
from tools.world.values import BadValue

PRESET: Final = Preset(
    vendor="telephony",
    kind="calls",
    needs=("started_at", "from", "to"),
    columns={
        "id": ("uniqueid", "sid", "call id", "call_id", "callid", "linkedid", "id"),
        "started_at": (
            "calldate", "start", "starttime", "start time", "start_time", "started_at", "date", "datum", "call time",
        ),
        "from": ("src", "from", "caller", "caller id", "calling number", "source", "from number", "anrufer"),
        "to": ("dst", "to", "called", "callee", "called number", "destination", "to number", "angerufener"),
        "direction": ("direction", "call direction", "type", "richtung"),
        "status": ("disposition", "status", "call status", "result", "state"),
        "total": ("duration", "dauer", "call duration", "total duration"),
        "talk": ("billsec", "talk time", "talking", "talk_s", "talk duration"),
        "queue": ("queue", "dcontext", "ring group"),
        "user": ("agent", "user", "extension", "user_id"),
    },
)  # fmt: skip
STATUSES: Final = {
    "answered": "completed", "completed": "completed", "answer": "completed", "connected": "completed",
    "no answer": "no_answer", "no-answer": "no_answer", "noanswer": "no_answer", "no_answer": "no_answer",
    "missed": "no_answer", "unanswered": "no_answer", "voicemail": "no_answer",
    "busy": "busy", "failed": "failed", "congestion": "failed",
    "canceled": "canceled", "cancelled": "canceled", "cancel": "canceled", "abandoned": "abandoned",
}  # fmt: skip
_INTERNAL = re.compile(r"\d{2,5}")
_HIDDEN = frozenset({"", "anonymous", "withheld", "unknown", "private", "restricted", "unbekannt"})


def read_calls(path: Path, gathered: Gathered) -> bool:
    """Adds the calls of a call list; False where the file is none."""
    lines = csv_rows(path, gathered.reject)
    places = PRESET.places(next(lines, (0, []))[1])
    if not places:
        return False
    rows = list(lines)
    named = [_named(line, places) for _, line in rows]
    day_first = cells.is_day_first([row.get("started_at", "") for row in named])
    if day_first is None and any("/" in row.get("started_at", "") for row in named):
        gathered.assume("Dates such as 3/4/2025 were read month first: no date in the file tells which it is.")
    count = 0
    for (number, _), row in zip(rows, named, strict=True):
        try:
            _take(row, path.name, gathered, day_first=bool(day_first))
            count += 1
        except BadValue as error:
            gathered.reject(Rejected(path.name, number, error.field, error.reason))
    gathered.read.append((path.name, "call list", count))
    return True


def _named(line: list[str], places: dict[str, int]) -> dict[str, str]:
    return {name: line[place].strip() for name, place in places.items() if place < len(line)}


def _take(row: dict[str, str], file: str, gathered: Gathered, *, day_first: bool) -> None:
    if not row.get("started_at"):
        raise BadValue("started_at", "missing")
    told = cells.time_of(row["started_at"], "started_at", gathered.zone, day_first=day_first)
    started = cells.moment_of(told, gathered.zone)
    caller, called = row.get("from", ""), row.get("to", "")
    direction = _direction(row.get("direction", ""), caller, called)
    total, talk = (cells.seconds_of(row[x], x) if row.get(x) else 0.0 for x in ("total", "talk"))
    status = _status(row, total, talk)
    talk = talk or (total if status == "completed" else 0.0)
    fields: dict[str, Any] = {
        "started_at": started.isoformat(),
        "direction": direction,
        "status": status,
        "from": None if caller.lower() in _HIDDEN else caller,
        "to": called or None,
        "ring_s": max(total - talk, 0.0),
        "talk_s": talk,
        "queue": row.get("queue") or None,
        "answered_by": "person" if status == "completed" else None,
        "user_id": gathered.people.user(row["user"]) if row.get("user") else None,
    }
    ours = called if direction == "inbound" else caller if direction == "outbound" else ""
    if ours and not _INTERNAL.fullmatch(ours) and ours not in gathered.own_numbers:
        gathered.own_numbers.append(ours)
    source_id = row.get("id") or f"{file}:{started.isoformat()}:{caller}:{called}"
    gathered.add("phone", "calls", source_id, started, {k: v for k, v in fields.items() if v is not None})


def _direction(told: str, caller: str, called: str) -> str:
    word = told.lower()
    for direction, beginnings in (("inbound", ("in", "ein", "missed")), ("outbound", ("out", "aus", "dial"))):
        if word.startswith(beginnings) and not word.startswith("internal"):
            return direction
    inside = [bool(_INTERNAL.fullmatch(number)) for number in (caller, called)]
    if all(inside) or word.startswith("internal"):
        return "internal"
    return "outbound" if inside[0] else "inbound"


def _status(row: dict[str, str], total: float, talk: float) -> str:
    told = row.get("status") or row.get("direction", "")
    known = STATUSES.get(told.lower())
    if known:
        return known
    if row.get("status"):
        raise BadValue("status", f"nobody knows the result {told[:60]!r}")
    return "completed" if talk or total else "no_answer"
