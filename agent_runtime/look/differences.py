"""What differs between two exports of the same deals, from one snapshot to the next. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

from agent_runtime.look.figures import Change, Differences
from tools.base import SourceRecord

SHOWN = 40
SNAPSHOT = "opportunity.snapshot"
WATCHED = (("stage", "stage"), ("close_date", "close date"), ("amount", "amount"), ("user_id", "owner"))
_Deals = dict[str, dict[str, Any]]


def differences(records: Iterable[SourceRecord]) -> list[Differences]:
    """For each two snapshots that follow each other what differs; none where there is only one."""
    taken: dict[datetime, _Deals] = defaultdict(dict)
    for record in records:
        if record.fields.get("kind") == SNAPSHOT:
            key = str(record.fields.get("opportunity_id") or record.source_id)
            taken[record.at][key] = record.fields
    moments = sorted(taken)
    return [_between(before, after, taken[before], taken[after]) for before, after in pairwise(moments)]


def _between(before: datetime, after: datetime, old: _Deals, new: _Deals) -> Differences:
    found = [change for key in sorted(old.keys() & new.keys()) for change in _changes(old[key], new[key])]
    found += [
        Change(_name(new[key]), "new", "", str(new[key].get("stage", ""))) for key in sorted(new.keys() - old.keys())
    ]
    found += [
        Change(_name(old[key]), "not in the later export", str(old[key].get("stage", "")), "")
        for key in sorted(old.keys() - new.keys())
    ]
    return Differences(before, after, found[:SHOWN], len(found))


def _changes(old: dict[str, Any], new: dict[str, Any]) -> Iterable[Change]:
    for column, what in WATCHED:
        if old.get(column) != new.get(column):
            yield Change(_name(new), what, _told(old.get(column)), _told(new.get(column)))


def _name(deal: dict[str, Any]) -> str:
    return str(deal.get("name") or deal.get("opportunity_id") or "")


def _told(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:,.0f}" if isinstance(value, float) else str(value)
