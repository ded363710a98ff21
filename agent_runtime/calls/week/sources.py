"""Sources beside their misses and money, and how conversion falls the longer a caller waits."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from agent_runtime.calls.week.context import Context
from agent_runtime.calls.week.fates import Fate
from agent_runtime.calls.week.rows import CallCount, NeedRow
from agent_runtime.calls.week.shares import Share, differ, share
from agent_runtime.calls.week.tables import Measure, divided, in_time, waited
from agent_runtime.calls.week.waits import Percentile, tail

NO_CAMPAIGN: Final = "no campaign"
_BUCKETS: Final = (
    ("under 5 min", 300.0),
    ("5 to 30 min", 1800.0),
    ("30 min to 2 h", 7200.0),
    ("2 h to 1 day", 86400.0),
    ("over 1 day", float("inf")),
)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One campaign of the week. `missed`: of all calls; `high_intent`: of the needs; money is of the same week.

    `spend_on_missed`: the part of the spend that brought high-intent callers who were not returned in their window.
    """

    source: str
    campaign: str
    keyword: str | None
    missed: Share
    needs: int
    high_intent: Share
    in_time: Share
    p90: Percentile
    converted: Share
    spend: float | None
    spend_on_missed: float | None


def source_rows(
    rows: Sequence[NeedRow],
    counts: Counter[CallCount],
    fates: Mapping[str, Fate],
    monday: date,
    context: Context,
    measure: Measure,
    campaign_of: Mapping[str, str],
) -> list[SourceRow]:
    """The campaigns of the week with calls that were missed; `campaign_of`: by line."""
    named = {one.name: one for one in context.campaigns}
    calls, missed = _calls(counts, monday, campaign_of)
    found = []
    for name, part in divided(rows, lambda row: row.campaign or NO_CAMPAIGN):
        campaign = named.get(name)
        spend = campaign.spent_in(monday) if campaign else None
        late = sum(row.high_intent and row.late_at(measure.now) for row in part)
        found.append(
            SourceRow(
                source=(campaign.source if campaign else None) or part[0].source or NO_CAMPAIGN,
                campaign=name,
                keyword=campaign.keyword if campaign else None,
                missed=share(missed[name], calls[name]),
                needs=len(part),
                high_intent=share(sum(row.high_intent for row in part), len(part)),
                in_time=in_time(part, measure.now),
                p90=tail([waited(row, measure) for row in part]).at(0.9),
                converted=converted(part, fates),
                spend=spend,
                spend_on_missed=spend * late / calls[name] if spend is not None and calls[name] else None,
            )
        )
    return found


def _calls(
    counts: Counter[CallCount], monday: date, campaign_of: Mapping[str, str]
) -> tuple[Counter[str], Counter[str]]:
    calls: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for one, number in counts.items():
        if one.week == monday:
            name = campaign_of.get(one.line, NO_CAMPAIGN)
            calls[name] += number
            missed[name] += number * one.missed
    return calls, missed


def converted(rows: Sequence[NeedRow], fates: Mapping[str, Fate]) -> Share:
    """How many of those whose fate is known became a deal."""
    known = [fates[row.need_id] for row in rows if row.need_id in fates]
    return share(sum(one.converted for one in known), len(known))


@dataclass(frozen=True, slots=True)
class Cliff:
    """Conversion of high-intent callers by how long they waited; `after` is the wait after which it clearly falls."""

    buckets: tuple[tuple[str, Share], ...]
    after: str | None
    words: str


def cliff(rows: Sequence[NeedRow], fates: Mapping[str, Fate], measure: Measure) -> Cliff:
    """The whole known past; the fall is the split at which the shares before and after differ most clearly."""
    parts: list[list[Fate]] = [[] for _ in _BUCKETS]
    for row in rows:
        known = fates.get(row.need_id)
        if row.high_intent and known is not None:
            one = waited(row, measure)
            parts[_place(one.seconds if one.ended else float("inf"))].append(known)
    found = [share(sum(one.converted for one in part), len(part)) for part in parts]
    buckets = tuple((name, one) for (name, _), one in zip(_BUCKETS, found, strict=True))
    splits = [_split(found, place) for place in range(1, len(found))]
    falls = [
        (before.low - beyond.high, place)
        for place, (before, beyond) in enumerate(splits, 1)
        if differ(before, beyond) > 0
    ]
    if not falls:
        return Cliff(buckets, None, "No wait is known after which conversion clearly falls.")
    place = max(falls)[1]
    before, beyond = splits[place - 1]
    limit = _BUCKETS[place - 1][0].removeprefix("under ").rpartition(" to ")[2]
    words = f"Up to {limit} {_percent(before)} of callers become a deal, after that {_percent(beyond)}."
    return Cliff(buckets, limit, words)


def _place(seconds: float) -> int:
    return next(place for place, (_, until) in enumerate(_BUCKETS) if seconds <= until)


def _split(found: Sequence[Share], place: int) -> tuple[Share, Share]:
    return together(found[:place]), together(found[place:])


def together(found: Sequence[Share]) -> Share:
    """Several shares as one."""
    return share(sum(one.part for one in found), sum(one.n for one in found))


def _percent(one: Share) -> str:
    return f"{one.part / one.n:.0%}" if one.n else "none"
