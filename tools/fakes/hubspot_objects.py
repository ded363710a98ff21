"""What stands in a stand-in for HubSpot: objects with dated properties, links, a bin, and what was made one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Stored:
    """One object: `values` by property, each with its changes (moment, value), the oldest first."""

    id: str
    created: datetime
    updated: datetime
    values: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)
    removed: datetime | None = None

    def now(self, name: str) -> str | None:
        """The present value of a property."""
        told = self.values.get(name)
        return told[-1][1] if told else None


@dataclass(slots=True)
class HubSpotObjects:
    """The objects of a portal by kind and id, their links, and where the ids of those lead that were made one."""

    now: Clock
    objects: dict[str, dict[str, Stored]] = field(default_factory=dict, kw_only=True)
    links: dict[tuple[str, str, str], list[str]] = field(default_factory=dict, kw_only=True)
    aliases: dict[tuple[str, str], str] = field(default_factory=dict, kw_only=True)
    _ids: Any = field(default_factory=lambda: count(1001), kw_only=True)
    _order: dict[str, list[Stored]] = field(default_factory=dict, kw_only=True)
    _changed: dict[str, list[Stored]] = field(default_factory=dict, kw_only=True)

    def add(self, kind: str, values: Mapping[str, str], at: datetime | None = None, object_id: str = "") -> str:
        """Makes an object; gives its id."""
        at = at or self.now()
        stored = Stored(object_id or str(next(self._ids)), at, at)
        self.objects.setdefault(kind, {})[stored.id] = stored
        self._order.pop(kind, None)
        self.change(kind, stored.id, values, at)
        return stored.id

    def change(self, kind: str, object_id: str, values: Mapping[str, str], at: datetime | None = None) -> None:
        """Sets properties at a moment."""
        at, stored = at or self.now(), self.objects[kind][object_id]
        stored.updated = max(stored.updated, at)
        self._changed.pop(kind, None)
        for name, value in values.items():
            stored.values.setdefault(name, []).append((at, value))
            stored.values[name].sort(key=lambda told: told[0])

    def remove(self, kind: str, object_id: str, at: datetime | None = None) -> None:
        """Puts an object into the bin."""
        stored = self.objects[kind][object_id]
        stored.removed = stored.removed or at or self.now()
        self._changed.pop(kind, None)

    def restore(self, kind: str, object_id: str, at: datetime | None = None) -> None:
        """Takes an object out of the bin."""
        self.objects[kind][object_id].removed = None
        self.change(kind, object_id, {}, at)

    def forget(self, kind: str, object_id: str) -> None:
        """Removes an object for good: it stands in no list any more."""
        del self.objects[kind][object_id]
        self._order.pop(kind, None)
        self._changed.pop(kind, None)
        for (one, name, to), others in list(self.links.items()):
            if (one, name) == (kind, object_id):
                del self.links[one, name, to]
            elif to == kind and object_id in others:
                others.remove(object_id)

    def merge(self, kind: str, winner: str, loser: str, into: str = "", at: datetime | None = None) -> str:
        """Makes two one: what belongs to both belongs to it, and their ids lead to it. `into`: an id of its own."""
        at, made = at or self.now(), into or winner
        first, second = self.objects[kind][winner], self.objects[kind][loser]
        before = [one for each in (first, second) for one in (each.now("hs_merged_object_ids") or "").split(";") if one]
        gone = [one for one in (winner, loser) if one != made]
        linked = [(to, other) for (name, one, to), others in self.links.items() if name == kind
                  and one in (winner, loser) for other in others]  # fmt: skip
        for one in (winner, loser):
            self.forget(kind, one)
        self.add(kind, {}, min(first.created, second.created), made)
        values = _together(first, second)
        self.objects[kind][made].values = values
        present = {name: first.now(name) or second.now(name) or "" for name in values}
        self.change(kind, made, present | {"hs_merged_object_ids": ";".join([*before, *gone])}, at)
        self.aliases |= {(kind, one): made for one in gone}
        for to, other in linked:
            self.link(kind, made, to, other)
        return made

    def link(self, kind: str, object_id: str, to: str, to_id: str) -> None:
        """Puts two objects together, both ways; the first of a kind is the primary one."""
        for key, other in (((kind, object_id, to), to_id), ((to, to_id, kind), object_id)):
            others = self.links.setdefault(key, [])
            if other not in others:
                others.append(other)


def _together(first: Stored, second: Stored) -> dict[str, list[tuple[datetime, str]]]:
    """The histories of both, by property."""
    names = dict.fromkeys([*first.values, *second.values])
    return {name: sorted([*first.values.get(name, []), *second.values.get(name, [])]) for name in names}
