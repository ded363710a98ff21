"""What Salesforce does not have any more: what lies in its bin, and what was taken out of it for good."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from tools.base import BadAnswer, Gone
from tools.crm.reading import gone
from tools.crm.salesforce.given import Record
from tools.crm.salesforce.kinds import MASTER, Kind
from tools.crm.salesforce.wire import VENDOR, SalesforceWire
from tools.http.client import Refused

# The vendor leaves out the seconds, and takes no empty stretch of time.
_SHORTEST = timedelta(minutes=2)
_TOO_MANY = "EXCEEDED_ID_LIMIT"
# Of such kinds the vendor does not tell what was deleted.
_NOT_TOLD = frozenset({"NOT_FOUND", "INVALID_TYPE", "INVALID_TYPE_FOR_OPERATION", "METHOD_NOT_ALLOWED"})


def binned(kind: Kind, found: Sequence[Record]) -> list[Gone]:
    """What of these records lies in the bin; with the one that took its place, where two were made one."""
    return [gone(kind, str(one["Id"]), str(one.get(MASTER) or "")) for one in found if one.get("IsDeleted")]


def purged(wire: SalesforceWire, name: str, since: datetime, until: datetime) -> tuple[list[str], datetime]:
    """The ids of what was deleted of a kind in that time, and until when that is known.

    That may be less than was asked: a deletion shows when its transaction ends, which may take long.
    """
    found: list[str] = []
    covered = since
    try:
        for ids, end in _stretches(wire, name, since, until):
            found += ids
            covered = min(max(covered, end), until)
    except Refused as error:
        if error.code not in _NOT_TOLD:
            raise
        covered = until
    return list(dict.fromkeys(found)), covered


def _stretches(
    wire: SalesforceWire, name: str, since: datetime, until: datetime
) -> Iterator[tuple[list[str], datetime]]:
    """By pieces of time, halved where one holds more than an answer can."""
    if until - since < _SHORTEST:
        return
    try:
        ids, covered = wire.deleted(name, since, until)
    except Refused as error:
        if error.code != _TOO_MANY:
            raise
        middle = since + (until - since) / 2
        if middle - since < _SHORTEST:
            raise BadAnswer(VENDOR, f"too much of {name} was deleted within minutes to be told") from None
        yield from _stretches(wire, name, since, middle)
        yield from _stretches(wire, name, middle, until)
        return
    yield ids, covered
