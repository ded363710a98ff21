"""Writes the files of a demo world, byte for byte the same for the same content."""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import orjson

from agent_runtime.demo.book import FILES
from agent_runtime.demo.company import (
    ADVERT_LINE,
    DOMAIN,
    INTAKE_ADDRESS,
    LEAVER,
    LONDON_LINE,
    MAIN_LINE,
    MOBILE_ONLY,
    SERVICE_LINE,
    User,
)
from agent_runtime.demo.deals import STAGES
from agent_runtime.demo.hours import BUSINESS_HOURS, at_clock
from agent_runtime.demo.people import leaves_at
from agent_runtime.demo.scene import Scene

Row = Sequence[Any]
_LINES = (
    (MAIN_LINE, "", "sales"),
    (ADVERT_LINE, "cold-rooms-spring", "sales"),
    (SERVICE_LINE, "", "service"),
    (LONDON_LINE, "", "sales-uk"),
)


def write(scene: Scene, out: Path) -> dict[str, int]:
    """Writes all files into `out`, made if missing; returns the number of records of each file."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "world.toml").write_text(_world(scene), encoding="utf-8")
    for name, header, rows in _tables(scene):
        _csv(out / f"{name}.csv", header, rows)
    return {name: _jsonl(out / f"{name}.jsonl", scene.book.files[name]) for name in FILES}


def _jsonl(path: Path, records: list[dict[str, Any]]) -> int:
    records.sort(key=lambda one: (one["at"], one["id"]))
    path.write_bytes(b"".join(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in records))
    return len(records)


def _csv(path: Path, header: str, rows: Iterable[Row]) -> None:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split())
    writer.writerows([_cell(value) for value in row] for row in rows)
    path.write_text(text.getvalue(), encoding="utf-8")


def _cell(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _world(scene: Scene) -> str:
    days = [day.isoformat() for day in sorted(scene.hours.holidays) if scene.start.date() <= day]
    intake = [INTAKE_ADDRESS, *(number for number, *_ in _LINES)]
    return "\n".join((
        'title = "Aldermark Cooling, a generated company"',
        f"start = {scene.start.isoformat()}",
        f"end = {scene.end.isoformat()}",
        'timezone = "Europe/Berlin"',
        'currency = "EUR"',
        'default_region = "DE"',
        f'business_hours = "{BUSINESS_HOURS}"',
        f"holidays = {json.dumps(days)}",
        f'own_domains = ["{DOMAIN}"]',
        f"intake = {json.dumps(intake)}",
        'note = "Invented throughout: people, companies, numbers and texts."',
        "",
        "[fallback]",
        'owner = "nora-vieth"',
        'manager = "birgit-sommer"',
        "",
    ))  # fmt: skip


def _tables(scene: Scene) -> list[tuple[str, str, Iterable[Row]]]:
    return [
        (
            "users",
            "id name email role manager_id team timezone phone extension leaves_at language",
            _users(scene),
        ),
        ("absences", "user_id from to delegate_id", _absences(scene)),
        (
            "accounts",
            "id name domain industry country currency owner_id csm_id employees segment "
            "renewal_date arr "
            "lifecycle language timezone phone",
            _accounts(scene),
        ),
        ("contacts", "id account_id name title email phone role timezone language", _contacts(scene)),
        ("stages", "stage order category probability expected_days", STAGES),
        ("coverage", "source user_id line visible_from visible_until", _coverage(scene)),
        ("lines", "number campaign queue owner valid_from valid_to", _lines(scene)),
        ("campaigns", "campaign source keyword from to spend", _campaigns(scene)),
        ("shifts", "queue user_id from to", _shifts(scene)),
        ("notes", "at text", _notes(scene)),
        (
            "outcomes",
            "account_id opportunity_id proposal_sent_at responded_at ended_at outcome",
            _outcomes(scene),
        ),
    ]


def _users(scene: Scene) -> Iterable[Row]:
    leaving = leaves_at(scene)
    for user in scene.users.values():
        yield (
            user.id,
            user.name,
            user.email,
            user.role,
            user.manager_id,
            user.team,
            user.timezone,
            user.phone,
            user.extension,
            leaving.get(user.id, ""),
            user.language,
        )


def _absences(scene: Scene) -> Iterable[Row]:
    for one in scene.absences:
        yield one.user_id, at_clock(one.first, 0), at_clock(one.last + timedelta(days=1), 0), one.delegate_id


def _accounts(scene: Scene) -> Iterable[Row]:
    # The export shows the owner at the beginning; later ones are records of their own.
    for one in scene.accounts:
        yield (
            one.id,
            one.name,
            one.domain,
            one.industry,
            one.country,
            one.currency,
            one.first_owner_id,
            one.csm_id,
            one.employees,
            "large" if one.large else "small",
            one.renewal_date,
            one.arr or "",
            "customer" if one.customer else "prospect",
            one.language,
            one.timezone,
            one.phone,
        )


def _contacts(scene: Scene) -> Iterable[Row]:
    for account in scene.accounts:
        for one in account.contacts:
            phones = ";".join(filter(None, (one.phone, one.second_phone)))
            yield (
                one.id,
                account.id,
                one.name,
                one.title,
                one.email,
                phones,
                one.role,
                one.timezone,
                one.language,
            )


def _seen(scene: Scene, user: User) -> list[tuple[datetime, datetime]]:
    """The spans in which the mailbox of `user` was connected."""
    until = min(leaves_at(scene).get(user.id, scene.end), scene.end)
    if user.id not in scene.book.blind:
        return [(scene.start, until)]
    begin, end = scene.book.blind[user.id]
    return [(scene.start, begin), (end, until)] if end < until else [(scene.start, begin)]


def _coverage(scene: Scene) -> Iterable[Row]:
    """One row for each mailbox, line and object; a span of no length is a line that is never seen."""
    start, end = scene.start, scene.end
    for source in ("crm", "forms", "usage", "messages"):
        yield source, "", "", start, end
    yield "email", "", INTAKE_ADDRESS, start, end
    for user in (one for one in scene.users.values() if one.role in ("rep", "csm")):
        for begin, until in _seen(scene, user):
            yield "email", user.id, user.email, begin, until
        yield "calendar", user.id, "", start, end
        yield "phone", user.id, user.phone, start, end
        # A mobile stands by its number alone: that it is blind must not be hidden by the desk line.
        yield "phone", "", user.mobile, start, start if user.id == MOBILE_ONLY else end
    for number, *_ in _LINES:
        yield "phone", "", number, start, end


def _lines(scene: Scene) -> Iterable[Row]:
    for number, campaign, queue in _LINES:
        yield number, campaign, queue, "", scene.start, ""
    for user in (one for one in scene.users.values() if one.role in ("rep", "csm")):
        until = leaves_at(scene)[LEAVER] if user.id == LEAVER else ""
        yield user.phone, "", "", user.id, scene.start, until
        yield user.mobile, "", "", user.id, scene.start, until


def _campaigns(scene: Scene) -> Iterable[Row]:
    yield "cold-rooms-spring", "search", "cold room build", at_clock(scene.ago(60), 0), scene.end, 7400
    yield (
        "service-check",
        "search",
        "refrigeration maintenance",
        at_clock(scene.ago(118), 0),
        at_clock(scene.ago(40), 0),
        3150,
    )


def _shifts(scene: Scene) -> Iterable[Row]:
    sellers = ("nora-vieth", "hanna-lindt", "ines-kowalski")
    for number in range(120, 0, -1):
        day = scene.ago(number)
        yield "sales", sellers[number % 3], at_clock(day, 8.5), at_clock(day, 13)
        yield "sales", sellers[(number + 1) % 3], at_clock(day, 13), at_clock(day, 17.5)
        yield "service", "tom-reyes", at_clock(day, 8.5), at_clock(day, 17.5)


def _notes(scene: Scene) -> Iterable[Row]:
    yield at_clock(scene.ago(60), 8), "The advertised number is measured from today."
    begin, until = scene.book.blind["marc-feldner"]
    yield (
        until + timedelta(hours=9),
        f"Mailbox of Marc Feldner connected again; nothing seen since {begin:%d %B}.",
    )


def _outcomes(scene: Scene) -> Iterable[Row]:
    for one in sorted(scene.book.outcomes, key=lambda row: (row["ended_at"], row["opportunity_id"])):
        yield [
            one[key] or ""
            for key in (
                "account_id",
                "opportunity_id",
                "proposal_sent_at",
                "responded_at",
                "ended_at",
                "outcome",
            )
        ]
