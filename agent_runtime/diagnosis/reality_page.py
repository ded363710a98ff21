"""The audits of the pipeline as plain text: each number, then the rows behind it."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from agent_runtime.diagnosis.figures import Figure

_ASKS = {
    "ownership": "without an owner who is here",
    "next_step": "open deals with nothing planned",
    "reminder": "overdue, and nobody was reminded",
    "stale_lead": "open leads that nobody works; they are in no forecast",
    "pipeline_reality": "open deals whose stage is contradicted by what happened",
    "task_completion": "tasks whose time has come, not done",
    "no_movement": "open deals that nothing moved in four weeks",
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
