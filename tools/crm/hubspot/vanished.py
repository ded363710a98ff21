"""What HubSpot does not have any more: what lies in its bin, and what went up in another object by a merge."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from tools.base import Gone
from tools.crm.hubspot.given import Object
from tools.crm.hubspot.kinds import Kind
from tools.crm.hubspot.wire import HubSpotWire
from tools.crm.reading import gone
from tools.crm.values import Unmapped, moment_of


def binned(wire: HubSpotWire, stream: str, kind: Kind, since: datetime) -> Iterator[Gone]:
    """What was put into the bin since then; the bin has no order of time, so that all of it is looked through."""
    after: str | None = None
    while True:
        removed, after = wire.listed(stream, (), (), (), after, archived=True)
        for one in removed:
            moment = _removed_at(one)
            if moment is None or moment >= since:
                yield gone(kind, str(one["id"]))
        if after is None:
            return


def _removed_at(one: Object) -> datetime | None:
    try:
        return moment_of(str(one.get("archivedAt") or ""), "archivedAt")
    except Unmapped:
        return None


def merged(kind: Kind, found: Sequence[Object]) -> list[Gone]:
    """What went up in these objects. The one that stays may bear an id that neither had before."""
    told = {(loser, str(one["id"])): None for one in found for loser in _losers(one, kind.merged)}
    return [gone(kind, loser, winner) for loser, winner in told]


def merged_lately(kind: Kind, found: Sequence[Object], since: datetime) -> list[str]:
    """The ids of those in which another went up since then, or at a moment that the vendor does not tell."""
    return [str(one["id"]) for one in found if any(_losers(one, kind.merged)) and _is_late(one, kind.merged, since)]


def _losers(one: Object, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        told = str((one.get("properties") or {}).get(name) or "")
        # Of contacts each id has the moment of its merge behind it, and the one that stays is among them.
        ids = (each.partition(":")[0].strip() for each in told.split(";"))
        yield from (each for each in ids if each.isdigit() and each != str(one["id"]))


def _is_late(one: Object, names: Sequence[str], since: datetime) -> bool:
    history = one.get("propertiesWithHistory") or {}
    stamps = [str(each.get("timestamp") or "") for name in names for each in history.get(name) or []]
    try:
        dated = [moment for each in stamps if (moment := moment_of(each, "timestamp"))]
    except Unmapped:
        return True
    return not dated or max(dated) >= since
