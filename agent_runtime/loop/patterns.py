"""What is missed again and again at one queue, source or team becomes one item for the manager; no person is named."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import Connection, Table, select

from agent_runtime.audit import service as audit
from agent_runtime.calendars import Window
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.inside_item import inside_item
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.ledger.models import Breach, Interaction
from agent_runtime.loop.propose import Desk
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.score import rule_words
from memory.records import Account, Activity

SIGNAL = "pattern"
_ROWS_SHOWN = 10
# A team of two would name a person as clearly as a name does.
_LEAST_OF_A_TEAM = 3
_LOOKED_INTO_WITHIN = Window.parse("5 business days")
_breach: Table = Breach.__table__  # type: ignore[attr-defined]
_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_account: Table = Account.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Lapse:
    """One breach that stands: what was due when, and where it began."""

    account_id: str
    account: str
    rule: str
    due_at: datetime
    opened_by: str
    queue: str
    source: str
    team: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """So many breaches of one kind at one place; `place` as people say it: "queue sales", "source web"."""

    rule: str
    place: str
    lapses: tuple[Lapse, ...]

    @property
    def name(self) -> str:
        """Rule and place, by which the pattern is known again."""
        return f"{self.rule}|{self.place}"


def patterns(lapses: Iterable[Lapse], least: int) -> list[Pattern]:
    """Where at least `least` breaches of one kind stand, on more than one account; by rule and place. Pure.

    Each counts once, at the narrowest place that is known of it: its queue, else its source, else its team.
    """
    found: defaultdict[tuple[str, str], list[Lapse]] = defaultdict(list)
    for lapse in lapses:
        place = _place(lapse)
        if place:
            found[lapse.rule, place].append(lapse)
    return [
        Pattern(rule, place, tuple(sorted(rows, key=lambda x: (x.due_at, x.account_id))))
        for (rule, place), rows in sorted(found.items())
        if len(rows) >= least and len({x.account_id for x in rows}) > 1
    ]


def _place(lapse: Lapse) -> str:
    named = (("queue", lapse.queue), ("source", lapse.source), ("team", lapse.team))
    return next((f"{kind} {name}" for kind, name in named if name), "")


def tell_patterns(connection: Connection, desk: Desk, now: datetime) -> list[str]:
    """Puts each new pattern before the manager, and closes what has ended; gives the ids of new items.

    One about which the manager was told within the days that count is not told again.
    """
    company, policy = desk.company, desk.company.playbook.patterns
    since = now - timedelta(days=policy.days)
    found = {x.name: x for x in patterns(lapses_since(connection, company, since), policy.breaches)}
    entries = inbox.close_inside(connection, SIGNAL, lambda x: x.beside["pattern"] not in found, now)
    told = inbox.told_since(connection, SIGNAL, "pattern", since)
    items: list[ItemRow] = []
    if desk.reached is None or company.manager in desk.reached:
        items = [_item(company, pattern, policy.days, now) for name, pattern in found.items() if name not in told]
    for item in items:
        entries.append((item.account_id, inbox.deliver(connection, item)))
    for account_id, entry in entries:
        audit.append(connection, account_id, [entry], install_key=desk.install_key)
    return [item.id for item in items]


def lapses_since(connection: Connection, company: Company, since: datetime) -> list[Lapse]:
    """The breaches that were found from `since` on and not taken back, each with where it began."""
    teams = _teams(company)
    query = (
        select(
            _breach.c.account_id, _account.c.name, _breach.c.rule, _breach.c.due_at, _breach.c.owner_id,
            _interaction.c.opened_by, _activity.c.data,
        )
        .join(_interaction, _interaction.c.id == _breach.c.interaction_id)
        .join(_account, _account.c.id == _breach.c.account_id)
        .outerjoin(_activity, _activity.c.id == _interaction.c.opened_by)
        .where(_breach.c.detected_at >= since, _breach.c.due_at >= since, _breach.c.retracted_at.is_(None))
    )  # fmt: skip
    return [
        Lapse(
            row.account_id, row.name, row.rule, row.due_at, row.opened_by, str((row.data or {}).get("queue") or ""),
            str((row.data or {}).get("source") or (row.data or {}).get("lead_type") or ""), teams.get(row.owner_id, ""),
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def _teams(company: Company) -> Mapping[str, str]:
    sizes = Counter(x.team for x in company.people.values() if x.team)
    return {x.id: x.team for x in company.people.values() if x.team and sizes[x.team] >= _LEAST_OF_A_TEAM}


def _item(company: Company, pattern: Pattern, days: int, now: datetime) -> ItemRow:
    """It stands at the account of the latest breach; of the others its text gives the times, the reports the names."""
    latest = pattern.lapses[-1]
    subject = f"{len(pattern.lapses)} times within {days} days at {pattern.place}: {rule_words(pattern.rule)}"
    body = "\n".join([f"{subject}.", *_rows(company, pattern.lapses), "", _ASKED])
    batch = blake2b(f"{pattern.name}|{now.date()}".encode(), digest_size=8).hexdigest()
    evidence = [
        {"activity_id": x.opened_by, "at": x.due_at.isoformat(), "quote": f"due, and not done: {rule_words(x.rule)}"}
        for x in pattern.lapses
        if x.account_id == latest.account_id
    ]
    return inside_item(
        SIGNAL, batch, latest.account_id, company.manager, (subject, body), now, company.due(_LOOKED_INTO_WITHIN, now),
        {"pattern": pattern.name, "why_now": f"{subject}."}, kind="review", classification="breakdown",
        evidence=evidence,
    )  # fmt: skip


_ASKED = (
    "It is a question of how the work is laid out, not of a person: who takes it at those hours, whether the window of "
    "the playbook fits, whether something in between stopped working. Which accounts these are stands in the reports, "
    "under overdue. This closes by itself when it has ended."
)


def _rows(company: Company, lapses: Sequence[Lapse]) -> list[str]:
    zone = company.calendar.zone
    named = lapses[-1].account_id  # whoever sees this account may read the item, and need not see the others
    rows = [
        f"- {x.account if x.account_id == named else 'another account'}: was due "
        f"{x.due_at.astimezone(zone):%a %d %b %H:%M}"
        for x in lapses[-_ROWS_SHOWN:]
    ]
    left = len(lapses) - len(rows)
    return [*([f"- {left} before these"] if left else []), *rows]
