"""The audits of the pipeline as plain text: each number, then the rows behind it."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from agent_runtime.diagnosis.figures import Figure
from agent_runtime.diagnosis.two_views import TwoViews
from agent_runtime.watchtower.risk import Stake

_ASKS = {
    "ownership": "without an owner who is here",
    "next_step": "open deals with nothing planned",
    "reminder": "overdue, and nobody was reminded",
    "stale_lead": "open leads that nobody works; they are in no forecast",
    "pipeline_reality": "open deals whose stage is contradicted by what happened",
    "task_completion": "tasks whose time has come, not done",
    "no_movement": "open deals that nothing moved in four weeks",
    "lost_reason": "lost deals of which nobody said why",
}


def reality_text(found: Sequence[Figure], rows: int, zone: ZoneInfo) -> str:
    """Every audit with at most `rows` of its rows, the oldest first."""
    return "\n".join(line for figure in found for line in _figure(figure, rows, zone))


def _figure(figure: Figure, rows: int, zone: ZoneInfo) -> Iterator[str]:
    share = "too few for a share" if figure.share is None else f"{figure.share:.0%}"
    yield f"{figure.name}: {len(figure.rows)} of {figure.of} ({share}) {_ASKS[figure.name]}"
    for row in figure.rows[:rows]:
        since = f" since {row.since.astimezone(zone):%Y-%m-%d}" if row.since else ""
        yield f"    {row.account_id}  {row.subject_id}  {row.what}{since}"
    if len(figure.rows) > rows > 0:
        yield f"    and {len(figure.rows) - rows} more"


def views_text(found: Sequence[TwoViews]) -> str:
    """By team or pool, what the lists say of leads and what was seen."""
    lines = []
    for one in found:
        count = one.counts
        said = f"{count['listed_leads']} new leads and {count['listed_tasks']} open tasks in the lists"
        seen = (
            f"{count['unworked']} leads that nobody works, {count['in_no_list']} first words in no list,"
            f" {count['interest']} times interest, {count['said_not_seen']} put down as contacted and not seen"
        )
        lines.append(f"{one.group}: {said}; seen: {seen}{' (no new leads, and some wait)' if one.claims_none else ''}")
    return "\n".join(lines)


def stake_text(stake: Stake, currency: str) -> str:
    """What the open deals stand to lose, as a range with what it rests on."""
    if not stake.deals:
        return "value at stake: no deal is open"
    learned = f"learned from {stake.ended} ended deals" if stake.ended else "before any deal of yours has ended"
    return (
        f"value at stake: between {stake.low:,.0f} and {stake.high:,.0f} {currency} of {stake.total:,.0f} in"
        f" {stake.deals} open deals will be lost, in four of five cases ({learned})"
    )
