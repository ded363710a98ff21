"""Sends a test lead through the real doors and shows its path: owner, action, timing, recovery; nothing of it stays."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from agent_runtime.doctor.finding import Finding
from agent_runtime.ingest.service import Ingest
from agent_runtime.installation import Installation, about, context_of
from agent_runtime.ledger.book import InteractionRow
from agent_runtime.loop.run import look
from agent_runtime.playbook import LEAD_TYPES
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.evaluate import evaluate
from agent_runtime.watchtower.rules.lead_response import KIND
from tools.base import SourceRecord

_ADDRESS = "fresh.lead@test-lead.example"
# What a way of handling leads amounts to, by how many of the four it gives each lead at once.
_AMOUNTS_TO = ("nothing", "storage", "storage", "an inconsistent process", "a real system")
_FRESH = tuple(x for x in LEAD_TYPES if x != "stale")
_ELEMENTS = ("owner", "action", "timing", "recovery")


@dataclass(frozen=True, slots=True)
class Path:
    """What one lead was given at once; an element that it was not given is empty."""

    lead_type: str
    owner: str
    action: str
    timing: str
    recovery: str

    @property
    def score(self) -> int:
        """How many of the four elements it has."""
        return sum(bool(getattr(self, name)) for name in _ELEMENTS)


def examine_fresh_leads(installation: Installation, now: datetime) -> list[Finding]:
    """One test lead of each type, sent in at `now`, and what the four elements of all of them amount to."""
    with installation.engine.connect() as connection:
        company = installation.company(connection, now)
    paths = [_path(installation.engine, installation, company, lead_type, now) for lead_type in _FRESH]
    least = min(path.score for path in paths)
    verdict = Finding(
        "fresh lead", least == len(_ELEMENTS), f"{least} of 4 for every lead: {_AMOUNTS_TO[least]}",
        "Look at [rules.lead_response], [routing] and [fallback] of the playbook.",
    )  # fmt: skip
    return [*(_finding(path) for path in paths), verdict]


def _path(engine: Engine, installation: Installation, company: Company, lead_type: str, now: datetime) -> Path:
    """Everything happens in one transaction that is taken back."""
    with engine.connect() as connection, connection.begin() as transaction:
        try:
            return _sent(connection, installation, company, lead_type, now)
        finally:
            transaction.rollback()


def _sent(connection: Connection, installation: Installation, company: Company, lead_type: str, now: datetime) -> Path:
    name = f"fresh-lead-{lead_type}-{now:%Y%m%d%H%M%S}"
    fields = {"kind": "lead.created", "lead_id": name, "lead_type": lead_type, "email": _ADDRESS, "name": "Test Lead"}
    record = SourceRecord("doctor", "crm", name, now, now, fields=fields)
    ingest = Ingest(context_of(about(connection), installation.playbook))
    taken = ingest.take(connection, [record], now)
    found = look(connection, company, taken.accounts[0], now) if taken.accounts else None
    if found is None:
        return Path(lead_type, "", "", "", "")
    evaluate(found.view, found.book)
    begun = next((x for x in found.book.interactions if x.kind == KIND and x.key.startswith(name)), None)
    return _told(lead_type, begun, company) if begun else Path(lead_type, "", "", "", "")


def _told(lead_type: str, begun: InteractionRow, company: Company) -> Path:
    owner = company.people.get(begun.owner_id or "")
    due = begun.next_due_at
    return Path(
        lead_type,
        owner=owner.name if owner else begun.owner_id or "",
        action=(begun.next_action or "").replace("_", " "),
        timing=f"by {due.astimezone(company.calendar.zone):%a %d %b %H:%M}" if due else "",
        recovery=(begun.recovery or "").replace("_", " "),
    )


def _finding(path: Path) -> Finding:
    told = f"{path.owner or 'nobody'}: {path.action or 'nothing to do'} {path.timing or 'at no time'}, "
    told += f"else {path.recovery}" if path.recovery else "and nothing if it stalls"
    name = f"lead, {path.lead_type.replace('_', ' ')}"
    return Finding(name, path.score == len(_ELEMENTS), told, "The element that is missing is in the playbook.")
