"""A look before connecting: does the credential work, how much is there, and how would it be taken."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from tools.base import Estimates, Health, Source, SourceRecord, State, VendorError

SHOWN = 5
# Enough of the records to show five of different kinds, no more of the vendor's limit than that.
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Trial:
    """What was found. `amounts`: records by stream, None where the vendor does not say. `samples`: as they come."""

    health: Health
    amounts: dict[str, int | None] = field(default_factory=dict)
    samples: tuple[SourceRecord, ...] = ()

    @property
    def total(self) -> int:
        """How many records a first read would bring, as far as the vendor says."""
        return sum(amount or 0 for amount in self.amounts.values())


def look(source: Source, since: datetime) -> Trial:
    """Checks, counts and reads the first page of each stream; nothing is written anywhere."""
    health = source.check()
    if health.state is not State.WELL:
        return Trial(health)
    amounts = {spec.name: _amount(source, spec.name, since) for spec in source.streams()}
    return Trial(health, amounts, tuple(_different(_first_records(source))))


def _amount(source: Source, stream: str, since: datetime) -> int | None:
    if not isinstance(source, Estimates):
        return None
    try:
        return source.estimate(stream, since)
    except VendorError:
        return None


def _first_records(source: Source) -> Iterator[SourceRecord]:
    for spec in source.streams():
        try:
            page = next(iter(source.read(spec.name, None)), None)
        except VendorError:
            continue
        yield from page.records[: _LOOKED_AT // 10] if page else ()


def _different(records: Iterator[SourceRecord]) -> list[SourceRecord]:
    """Five, of as many kinds as there are."""
    found: dict[str, SourceRecord] = {}
    rest: list[SourceRecord] = []
    for one in islice(records, _LOOKED_AT):
        kind = str(one.fields.get("kind") or one.stream)
        if kind in found:
            rest.append(one)
        else:
            found[kind] = one
    return [*found.values(), *rest][:SHOWN]
