"""Five audits of the pipeline: is it as the CRM says? Each number with the rows behind it. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent_runtime.diagnosis.blindness import unseen
from agent_runtime.diagnosis.figures import Figure, Row
from agent_runtime.diagnosis.lapses import lapses
from agent_runtime.diagnosis.record import Record
from agent_runtime.ledger.owing import OWED
from agent_runtime.watchtower.evaluate import account_owner
from agent_runtime.watchtower.statement import moment, theirs
from agent_runtime.watchtower.view import Deal, Life, touches

_MOVED_WITHIN = timedelta(days=28)
_SILENT = timedelta(days=21)
_NEVER = datetime.max.replace(tzinfo=UTC)
_SAYS_NOTHING = frozenset({"", "-", "other", "unknown", "n/a", "none", "lost", "sonstiges", "unbekannt"})
_LEAD_RULES = frozenset({"lead_response", "unworked_lead", "zombie_lead"})


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit asks of one account: how many there are, and which of them are found."""

    of: int
    rows: tuple[Row, ...]


def audits(record: Record) -> dict[str, Audit]:
    """Every audit of one account, by name in a fixed order."""
    return {name: audit(record) for name, audit in AUDITS.items()}


def figures(every: Iterable[dict[str, Audit]]) -> list[Figure]:
    """The audits of all accounts together; the rows that have waited longest first."""
    of = dict.fromkeys(AUDITS, 0)
    rows: dict[str, list[Row]] = {name: [] for name in AUDITS}
    for one in every:
        for name, audit in one.items():
            of[name] += audit.of
            rows[name] += audit.rows
    return [Figure(name, of[name], tuple(sorted(rows[name], key=_oldest_first))) for name in AUDITS]


def _oldest_first(row: Row) -> tuple[datetime, str, str]:
    return (row.since or _NEVER, row.account_id, row.subject_id)


def _open_deals(record: Record) -> list[tuple[Deal, Life]]:
    return [(x, x.lives[-1]) for x in record.view.deals.values() if x.lives and x.lives[-1].ended is None]


def _row(record: Record, subject_id: str, what: str, since: datetime | None) -> Row:
    return Row(record.view.account.id, subject_id, what, since)


def _ownership(record: Record) -> Audit:
    """Open deals and leads whose owner, as the CRM says, is one of ours and still here."""
    view = record.view
    leads = [(x.key, x.opened_at) for x in record.book.interactions if x.kind == "lead_response" and x.state == "open"]
    begun = [*((deal.id, life.opened_at) for deal, life in _open_deals(record)), *leads]
    owner = account_owner(view)
    if owner is None:
        what = "the CRM names no owner"
    elif owner not in view.company.people:
        what = "the owner that the CRM names is none of ours"
    elif view.company.has_left(owner, view.now):
        what = "the owner that the CRM names has left"
    else:
        return Audit(len(begun), ())
    return Audit(len(begun), tuple(_row(record, name, what, at) for name, at in begun))


def _next_step(record: Record) -> Audit:
    """Open deals for which something is planned: a task that is not done, or a meeting ahead."""
    deals = _open_deals(record)
    planned = set(_planned(record))
    bare = [(deal, life) for deal, life in deals if deal.id not in planned]
    return Audit(
        len(deals),
        tuple(
            _row(
                record, x.id, "nothing is planned", max((y.occurred_at for y in touches(x.events)), default=z.opened_at)
            )
            for x, z in bare
        ),
    )


def _planned(record: Record) -> Iterator[str | None]:
    view, zone = record.view, record.view.company.calendar.zone
    done = {str(x.data.get("task_id")) for x in view.of("task.completed")}
    for event in view.of("task.created"):
        due = moment(event.data.get("due_at"), zone)
        if str(event.data.get("task_id") or event.source_id) not in done and (due is None or due >= view.now):
            yield event.opportunity_id
    for event in view.of("meeting"):
        begins = moment(event.data.get("starts_at"), zone)
        if begins and begins >= view.now and event.data.get("status") in ("scheduled", None):
            yield event.opportunity_id


def _reminder(record: Record) -> Audit:
    """What is overdue now stands before somebody; rows: what nobody was reminded of."""
    overdue = [x for x in lapses(record) if x.expectation.state in OWED]
    silent = [x for x in overdue if x.seen_at is None]
    what = "overdue, and nobody was reminded"
    return Audit(len(overdue), tuple(_row(record, x.interaction.id, f"{x.rule}: {what}", x.due_at) for x in silent))


def _stale_lead(record: Record) -> Audit:
    """Open leads that somebody works; rows: the unworked ones, which stand apart from every forecast."""
    leads = [x for x in record.book.interactions if x.kind == "lead_response" and x.state == "open"]
    rows = []
    for row in leads:
        owed = [x for x in record.book.expectations.get(row.id, ()) if x.state == "breached"]
        rules = sorted({x.rule for x in owed} & _LEAD_RULES)
        if rules:
            rows.append(_row(record, row.key, f"not worked: {', '.join(rules)}", row.opened_at))
    return Audit(len(leads), tuple(rows))


def _pipeline_reality(record: Record) -> Audit:
    """Open deals whose stage agrees with what happened; rows: each with what speaks against it."""
    deals = _open_deals(record)
    found = [(deal, list(_contradictions(record, deal, life))) for deal, life in deals]
    rows = [_row(record, x.id, "; ".join(y for y, _ in said), min(at for _, at in said)) for x, said in found if said]
    return Audit(len(deals), tuple(rows))


def _contradictions(record: Record, deal: Deal, life: Life) -> Iterator[tuple[str, datetime]]:
    """What speaks against the stage, in words, each since when."""
    view = record.view
    expected = moment(deal.close_dates[-1][1][:10], view.company.calendar.zone) if deal.close_dates else None
    if expected and expected + timedelta(days=1) <= view.now:
        yield "the close date has passed", expected
    for row, x in record.pairs():
        if row.opportunity_id == deal.id and x.state == "breached" and x.rule in _AGAINST:
            yield _AGAINST[x.rule], x.due_at
    entered = life.changes[-1].at if life.changes else life.opened_at
    heard = [x for x in theirs(view) if x.occurred_at >= entered and x.opportunity_id in (None, deal.id)]
    if not heard and view.now - entered > _SILENT and not unseen(view, (), entered, view.now, account_owner(view)):
        yield "no sign of the customer since the stage was entered", entered


_AGAINST = {
    "stage_age": "longer in its stage than expected",
    "commit_without_evidence": "the forecast says commit and the customer is silent",
    "unresolved_age": "open for so long that nobody knows how it ended",
}


def _task_completion(record: Record) -> Audit:
    """Tasks whose time has come; rows: those that were not done."""
    view = record.view
    done = {str(x.data.get("task_id")) for x in view.of("task.completed")}
    rows, of = [], 0
    for event in view.of("task.created"):
        due = moment(event.data.get("due_at"), view.company.calendar.zone)
        if due is None or due > view.now:
            continue
        of += 1
        name = str(event.data.get("task_id") or event.source_id)
        if name not in done:
            rows.append(_row(record, name, "due and not done", due))
    return Audit(of, tuple(rows))


def _no_movement(record: Record) -> Audit:
    """Open deals; rows: those that nothing moved in four weeks, neither a stage nor a word of either side."""
    deals, since = _open_deals(record), record.view.now - _MOVED_WITHIN
    rows = []
    for deal, life in deals:
        signs = [*(x.at for x in life.changes), *(x.occurred_at for x in touches(deal.events)), life.opened_at]
        if max(signs) <= since:
            rows.append(_row(record, deal.id, "nothing moved", max(signs)))
    return Audit(len(deals), tuple(rows))


def _lost_reason(record: Record) -> Audit:
    """Deals that were lost; rows: those of which nobody said why, or in words that say nothing."""
    lost = [(x, x.lives[-1].ended) for x in record.view.deals.values() if x.lives and x.lives[-1].outcome == "lost"]
    rows = [
        _row(record, deal.id, "lost, and nobody said why", end.at)
        for deal, end in lost
        if end and (deal.lost_reason or "").strip().lower() in _SAYS_NOTHING
    ]
    return Audit(len(lost), tuple(rows))


# The five audits, and the figures that stand beside them.
AUDITS: dict[str, Callable[[Record], Audit]] = {
    "ownership": _ownership,
    "next_step": _next_step,
    "reminder": _reminder,
    "stale_lead": _stale_lead,
    "pipeline_reality": _pipeline_reality,
    "task_completion": _task_completion,
    "no_movement": _no_movement,
    "lost_reason": _lost_reason,
}
