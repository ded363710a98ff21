"""Writes the cases of a suite as one world folder, each case an account with people of its own."""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from evals.story import INTAKE, LINE, MONDAY, OURS, Telling, moment

STREAMS = ("crm", "emails", "calls", "messages", "meetings", "forms", "usage")
STAGES = (
    ("new", 0, "open", 0.2, 10), ("offer", 1, "open", 0.5, 12), ("won", 2, "won", 1.0, ""),
    ("lost", 3, "lost", 0.0, ""), ("unfit", 4, "disqualified", 0.0, ""),
)  # fmt: skip
HEAD = f"""title = "Cases of an evaluation"
start = {{start}}
end = {{end}}
timezone = "Europe/Berlin"
currency = "EUR"
default_region = "DE"
business_hours = "Mon-Fri 09:00-17:00"
holidays = []
own_domains = ["{OURS}"]
intake = ["{INTAKE}", "{LINE}"]
note = "Invented throughout."

[fallback]
owner = "desk"
manager = "mona"
"""


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a world plays, aware UTC."""

    start: datetime
    end: datetime


def write_world(folder: Path, told: Sequence[Telling], span: Span) -> Path:
    """The world of these stories in `folder`, which is made."""
    folder.mkdir(parents=True)
    head = HEAD.format(start=span.start.isoformat(), end=span.end.isoformat())
    (folder / "world.toml").write_text(head, encoding="utf-8")
    for name, header, rows in _tables(told, span):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header.split())
            writer.writerows(rows)
    for stream in STREAMS:
        records = sorted((x for one in told for x in one.records.get(stream, ())), key=lambda x: (x["at"], x["id"]))
        (folder / f"{stream}.jsonl").write_bytes(b"".join(map(_line, records)))
    return folder


def _line(record: dict[str, Any]) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def _tables(told: Sequence[Telling], span: Span) -> list[tuple[str, str, Iterable[Sequence[object]]]]:
    return [
        ("users", "id name email role manager_id team timezone phone language", _users(told)),
        ("accounts", "id name domain country owner_id language timezone", _accounts(told)),
        ("contacts", "id account_id name title email phone role language", _contacts(told)),
        ("stages", "stage order category probability expected_days", STAGES),
        ("coverage", "source user_id line visible_from visible_until", _coverage(told, span)),
    ]


def _users(told: Sequence[Telling]) -> Iterable[Sequence[object]]:
    yield "mona", "Mona Keller", f"mona@{OURS}", "manager", "", "", "", "", "en"
    yield "desk", "Dana Wirth", f"desk@{OURS}", "rep", "mona", "", "", "", "en"
    for cast in (x.cast for x in told):
        for name, full in (("anna", "Anna Berg"), ("bela", "Bela Roth")):
            yield (cast.user(name), full, cast.mail_of(name), "rep", "mona", f"team-{cast.number}", "",
                   cast.phone(name), cast.language)  # fmt: skip


def _accounts(told: Sequence[Telling]) -> Iterable[Sequence[object]]:
    for cast in (x.cast for x in told):
        owner = cast.user(cast.owner) if cast.owner else ""
        domain = f"firm{cast.number}.example"
        yield cast.account_id, cast.company_name, domain, "DE", owner, cast.language, "Europe/Berlin"


def _contacts(told: Sequence[Telling]) -> Iterable[Sequence[object]]:
    for cast in (x.cast for x in told):
        for name, full in (("kim", cast.contact_name), ("lou", "Lou Haller")):
            who = cast.contact(name)
            yield who, cast.account_id, full, "", cast.mail_of(name), cast.phone(name), "", cast.language


def _coverage(told: Sequence[Telling], span: Span) -> Iterable[Sequence[object]]:
    start, end = span.start, span.end
    for source in ("crm", "forms", "usage", "messages"):
        yield source, "", "", start.isoformat(), end.isoformat()
    for source, line in (("email", INTAKE), ("phone", LINE)):
        yield source, "", line, start.isoformat(), end.isoformat()
    for one in told:
        for source in ("email", "phone", "calendar"):
            for name in ("anna", "bela"):
                for begins, ends in _seen(one, source, name, span):
                    yield source, one.cast.user(name), "", begins.isoformat(), ends.isoformat()


def _seen(told: Telling, source: str, name: str, span: Span) -> Iterable[tuple[datetime, datetime]]:
    """What could be seen of one person's source: all of it, or what lies beside its blind stretch."""
    holes = [(begins, ends) for blind, begins, ends in told.blind if blind == source and name == "anna"]
    if not holes:
        return [(span.start, span.end)]
    [(begins, ends)] = holes
    return [(span.start, begins), *([(ends, span.end)] if ends else [])]


def weeks(count: int, clock: str = "fri 16:00") -> Span:
    """A span of so many weeks from the first Monday, which ends on the last one's Friday afternoon."""
    day, _, hour = clock.partition(" ")
    return Span(MONDAY, moment(f"{day}{count} {hour}"))


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a .jsonl file; blank lines and lines that begin with // are passed over."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip() and not line.startswith("//")]
