"""What can be seen of a world: stretches of each mailbox, line or system, and holes read back later."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from tools.base import SourceRecord
from tools.world.settings import WorldSettings
from tools.world.tables import Row

HOLDER_FIELDS = ("user_id", "mailbox", "tracking_number", "from", "to", "queue", "missed_event_for")


class Stretch(NamedTuple):
    """One source (of one `holder`: user or line; empty = the whole source) is visible from … until.

    `known_at`: from when that may be relied on; later than the stretch where a hole was read back.
    """

    source: str
    holder: str
    visible_from: datetime
    visible_until: datetime
    known_at: datetime


def stretches(
    rows: list[Row], records: Iterable[SourceRecord], settings: WorldSettings, addresses: dict[str, str]
) -> list[Stretch]:
    """The stretches of coverage.csv with their refilled holes; without rows, each source from its
    first record.

    `addresses`: user id to mail address, so that a mailbox finds its holder.
    """
    if not rows:
        return _from_records(records, settings)
    told = sorted({_told(row, settings) for row in rows})
    return sorted(told + _refilled(told, records, addresses))


def _told(row: Row, settings: WorldSettings) -> Stretch:
    begins = row.get("visible_from", settings.start)
    holder = row.get("user_id") or row.get("line") or ""
    return Stretch(row["source"], holder, begins, row.get("visible_until", settings.end), begins)


def _from_records(records: Iterable[SourceRecord], settings: WorldSettings) -> list[Stretch]:
    first: dict[str, datetime] = {}
    for record in records:
        known = first.get(record.source)
        if known is None or record.occurred_at < known:
            first[record.source] = record.occurred_at
    return [Stretch(source, "", begins, settings.end, begins) for source, begins in sorted(first.items())]


def _refilled(told: list[Stretch], records: Iterable[SourceRecord], addresses: dict[str, str]) -> list[Stretch]:
    holes = _holes(told)
    if not holes:
        return []
    filled: dict[tuple[str, str, datetime, datetime], datetime] = {}
    for record in records:
        for hole in holes:
            source, holder, begins, ends = hole
            if (
                record.source == source
                and begins <= record.occurred_at < ends <= record.at
                and _belongs(record, holder, addresses)
            ):
                filled[hole] = min(record.at, filled.get(hole, record.at))
    return [Stretch(*hole, known_at) for hole, known_at in filled.items()]


def _holes(told: list[Stretch]) -> list[tuple[str, str, datetime, datetime]]:
    holes = []
    for one, other in pairwise(told):
        if one[:2] == other[:2] and one.visible_until < other.visible_from:
            holes.append((one.source, one.holder, one.visible_until, other.visible_from))
    return holes


def _belongs(record: SourceRecord, holder: str, addresses: dict[str, str]) -> bool:
    if not holder:
        return True
    wanted = {holder.lower(), addresses.get(holder, holder).lower()}
    for field in HOLDER_FIELDS:
        value = record.fields.get(field)
        values = value if isinstance(value, list) else [value]
        if any(isinstance(one, str) and one.lower() in wanted for one in values):
            return True
    return False
