"""Loads what rules must know of the company, and keeps the daily scores; in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select

from agent_runtime.calendars import BusinessCalendar
from agent_runtime.calls.trusted import failing
from agent_runtime.playbook import Playbook
from agent_runtime.watchtower.company import Company, Person, StageInfo
from agent_runtime.watchtower.models import Score
from agent_runtime.watchtower.outlook import Belief
from agent_runtime.watchtower.sight import Sight, Stretch
from memory.records import Absence, Coverage, Reference, Stage, User


def load_company(
    connection: Connection,
    playbook: Playbook,
    calendar: BusinessCalendar,
    *,
    fallback_owner: str,
    manager: str,
    currency: str | None,
) -> Company:
    """The company as the directory holds it now."""
    user, stage = User.__table__, Stage.__table__  # type: ignore[attr-defined]
    names = Person.__slots__
    people = [Person(*row) for row in connection.execute(select(*(user.c[x] for x in names)).order_by(user.c.id))]
    stages = connection.execute(
        select(stage.c.stage, stage.c.category, stage.c.position, stage.c.probability, stage.c.expected_days)
    )
    return Company(
        playbook=playbook,
        calendar=calendar,
        people={person.id: person for person in people},
        stages={row[0]: StageInfo(*row[1:]) for row in stages},
        sight=load_sight(connection),
        fallback_owner=fallback_owner,
        manager=manager,
        currency=currency,
        absences=_absences(connection),
        lines=_lines(connection),
        distrusted=failing(connection),
    )


def _lines(connection: Connection) -> dict[str, str]:
    """Whose each queue and each number of ours is now."""
    found: dict[str, str] = {}
    for row in _present_lines(connection):
        for name in (row.get("queue"), row.get("number")):
            if name:
                found.setdefault(name, row["owner"])
    return found


def _present_lines(connection: Connection) -> list[dict[str, str]]:
    reference = Reference.__table__  # type: ignore[attr-defined]
    query = select(reference.c.data).where(reference.c.stream == "lines").order_by(reference.c.source_id)
    return [x for x in connection.scalars(query) if x.get("owner") and not x.get("valid_to")]


def load_sight(connection: Connection, into: Sight | None = None) -> Sight:
    """What could be seen when, from the coverage rows; a line stands for the user whose it is now.

    `into`: one that is in use and is brought up to date instead.
    """
    coverage = Coverage.__table__  # type: ignore[attr-defined]
    columns = [coverage.c[x] for x in Stretch.__slots__]
    lines = {x["number"]: x["owner"] for x in _present_lines(connection) if x.get("number")}
    sight = into or Sight(())
    sight.renew((Stretch(*row) for row in connection.execute(select(*columns))), lines)
    return sight


def _absences(connection: Connection) -> dict[str, list[tuple[datetime, datetime, str | None]]]:
    absence = Absence.__table__  # type: ignore[attr-defined]
    found: dict[str, list[tuple[datetime, datetime, str | None]]] = {}
    for row in connection.execute(select(absence).order_by(absence.c.user_id, absence.c.begins_at)):
        found.setdefault(row.user_id, []).append((row.begins_at, row.ends_at, row.delegate_id))
    return found


def keep_scores(connection: Connection, beliefs: Iterable[Belief], at: datetime) -> None:
    """Writes the day's scores of the open deals."""
    rows = [
        {
            "at": at,
            "opportunity_id": x.opportunity_id,
            "risk": round(x.risk, 6),
            "priority": round(x.priority, 6),
        }
        for x in beliefs
    ]
    if rows:
        connection.execute(insert(Score), rows)
