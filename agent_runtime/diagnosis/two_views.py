"""What the lists of a team say of its leads, beside what was seen: "no new leads" while leads wait shows itself. Pure.

The lists are the CRM's statuses and tasks, as people keep them. What was seen are mails, calls, forms and interest.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from agent_runtime.diagnosis.blindness import unseen
from agent_runtime.diagnosis.figures import Row
from agent_runtime.diagnosis.record import Record
from agent_runtime.ledger.book import InteractionRow
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.evaluate import account_owner
from agent_runtime.watchtower.statement import ours, theirs
from agent_runtime.watchtower.view import View
from memory.timeline import Event

Kind = Literal["listed_leads", "listed_tasks", "unworked", "in_no_list", "interest", "said_not_seen"]
# What the lists say, and what was seen.
SAID: Final[tuple[Kind, ...]] = ("listed_leads", "listed_tasks")
SEEN: Final[tuple[Kind, ...]] = ("unworked", "in_no_list", "interest", "said_not_seen")
SMALLER: Final = "smaller teams"
POOL: Final = "nobody's own"
# A group of fewer people would name one of them as clearly as a name does.
LEAST_PEOPLE: Final = 3
_LEAD: Final = "lead_response"
_UNWORKED: Final = frozenset({"lead_response", "unworked_lead", "zombie_lead"})
_INBOUND: Final = frozenset({"missed_call", "open_question"})
_NEW: Final = frozenset({"", "new", "open", "none", "unread"})
_WORKED: Final = frozenset({"contacted", "connected", "working", "attempted"})


@dataclass(frozen=True, slots=True)
class Sighted:
    """One row of one view: what kind it is, whose team or pool has it, and what it is."""

    kind: Kind
    group: str
    row: Row


@dataclass(frozen=True, slots=True)
class TwoViews:
    """One team or pool: how many rows of each kind; `claims_none`: its lists hold no new lead though some wait."""

    group: str
    counts: dict[Kind, int]

    @property
    def claims_none(self) -> bool:
        return not self.counts["listed_leads"] and bool(self.counts["unworked"] + self.counts["in_no_list"])

    @property
    def waiting(self) -> int:
        """Leads and first words of strangers that wait, whatever the lists say."""
        return self.counts["unworked"] + self.counts["in_no_list"]


def sighted(record: Record) -> list[Sighted]:
    """Both views of one account."""
    return [*_said(record), *_seen(record)]


def two_views(every: Iterable[Sighted]) -> list[TwoViews]:
    """By team or pool, where most waits first; never by person."""
    counted: dict[str, Counter[Kind]] = {}
    for one in every:
        counted.setdefault(one.group, Counter())[one.kind] += 1
    kinds: Sequence[Kind] = (*SAID, *SEEN)
    found = [TwoViews(group, {kind: count[kind] for kind in kinds}) for group, count in counted.items()]
    return sorted(found, key=lambda x: (-x.waiting, -x.counts["interest"], -x.counts["said_not_seen"], x.group))


def _said(record: Record) -> Iterator[Sighted]:
    view = record.view
    for lead, status in _leads(view):
        if status is None or str(status.data.get("status") or "").lower() in _NEW:
            said = "listed as new" if status is None else "listed as not worked yet"
            yield _one(record, "listed_leads", _owner_of(record, lead), str(lead.data.get("lead_id")), said, lead)
    done = {str(x.data.get("task_id")) for x in view.of("task.completed")}
    for task in view.of("task.created"):
        name = str(task.data.get("task_id") or task.source_id)
        if name not in done:
            yield _one(record, "listed_tasks", task.user_id or account_owner(view), name, "a task that is open", task)


def _seen(record: Record) -> Iterator[Sighted]:
    view, events = record.view, {x.id: x for x in record.view.events}
    known = bool(view.of("lead.created")) or bool(view.deals) or not view.account.provisional
    for row in record.book.interactions:
        late = sorted({x.rule for x in record.book.expectations.get(row.id, ()) if x.state == "breached"})
        kind = _kind_of(row, late, known) if row.state == "open" and late else None
        if kind:
            came = events.get(row.opened_by)
            what = f"{_came(came)}; {', '.join(late)}" if came else ", ".join(late)
            yield _one(record, kind, row.owner_id, row.key, what, came)
    yield from _claims(record)


def _kind_of(row: InteractionRow, late: Sequence[str], known: bool) -> Kind | None:
    if row.kind == _LEAD and not _UNWORKED.isdisjoint(late):
        return "unworked"
    if row.kind in _INBOUND and not known:
        return "in_no_list"
    return "interest" if row.kind == "signal" and "intent_signal" in late else None


def _claims(record: Record) -> Iterator[Sighted]:
    """Leads that somebody put down as contacted, and no contact with them is seen, in full sight."""
    view = record.view
    touched = [*ours(view), *theirs(view)]
    for lead, status in _leads(view):
        said = str(status.data.get("status") or "").lower() if status else ""
        if status is None or said not in _WORKED or any(_is_with(x, lead) for x in touched):
            continue
        if not unseen(view, (), lead.occurred_at, view.now, account_owner(view)):
            owner = _owner_of(record, lead)
            what = f'put down as "{said}", and neither a mail nor a call is seen'
            yield _one(record, "said_not_seen", owner, str(lead.data.get("lead_id")), what, status)


def _is_with(event: Event, lead: Event) -> bool:
    """Whether the two met on it; a form that made the lead is what it began with, and no contact."""
    if event.direction == "inbound" and event.occurred_at <= lead.occurred_at:
        return False
    return lead.contact_id is None or event.contact_id in (None, lead.contact_id)


def _leads(view: View) -> Iterator[tuple[Event, Event | None]]:
    """Each lead with the latest status that the CRM tells of it."""
    statuses = view.of("lead.status")
    for lead in view.of("lead.created"):
        own = [x for x in statuses if x.data.get("lead_id") == lead.data.get("lead_id")]
        yield lead, own[-1] if own else None


def _owner_of(record: Record, lead: Event) -> str | None:
    row = next((x for x in record.book.interactions if x.opened_by == lead.id), None)
    return row.owner_id if row and row.owner_id else account_owner(record.view)


def _came(event: Event) -> str:
    return {"call": "a call", "email": "a mail", "message": "a text message", "form": "a web form"}.get(
        event.kind, "a lead" if event.kind == "lead.created" else "interest"
    )


def _one(record: Record, kind: Kind, owner: str | None, subject: str, what: str, event: Event | None) -> Sighted:
    since = event.occurred_at if event else None
    group = _group(record.view.company, owner)
    return Sighted(kind, group, Row(record.view.account.id, subject, what, since))


def _group(company: Company, owner: str | None) -> str:
    """The owner's team where enough people are in it; a pool by its own name."""
    if owner is None:
        return POOL
    person = company.people.get(owner)
    if person is None:
        return owner if company.has_team(owner) else POOL
    size = sum(x.team == person.team and x.role == person.role for x in company.people.values())
    return person.team if person.team and size >= LEAST_PEOPLE else SMALLER
