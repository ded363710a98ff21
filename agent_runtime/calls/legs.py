"""Joins the records of a phone system into the calls that people made."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter

from agent_runtime.calls.models import CallLeg, DistinctCall

_MACHINES = ("voicemail", "ivr")
_NOBODY = ("no_answer", "busy", "failed", "canceled")
SAME_CALL = timedelta(hours=1)
"""A key that comes again longer after its call had ended belongs to another call: phone systems count anew."""

SAME_RING = timedelta(minutes=2)
"""A forwarded leg or a member's miss without a key belongs to the call of the same caller that began so near."""


def join_legs(legs: Iterable[CallLeg]) -> list[DistinctCall]:
    """Returns each call once, oldest first, whatever the order of the legs.

    The same leg id again is a revision (the latest known counts); a lone leg delivered again under another
    id is the same call. Legs whose parent is missing still join one another; a key that is used again later is
    another call. Internal and outbound calls are joined too: callers look at `direction`.
    """
    calls = [_distinct(group) for group in _groups(_keyed(_latest_revisions(legs)))]
    calls.sort(key=attrgetter("started_at", "call_id"))
    return calls


def leg_reached_person(leg: CallLeg) -> bool:
    """The vendor's word: a person answered, or somebody talked and no machine is known to have picked up.

    A voicemail text without a word on who answered means that the talk was with the mailbox. A call that ended
    unanswered was answered by nobody, whatever else its record says.
    """
    if leg.answered_by is not None:
        return leg.answered_by not in _MACHINES and (leg.status not in _NOBODY or (leg.talk_s or 0) > 0)
    return leg.status == "completed" and (leg.talk_s or 0) > 0 and not leg.voicemail_text


def _latest_revisions(legs: Iterable[CallLeg]) -> list[CallLeg]:
    latest: dict[str, CallLeg] = {}
    for leg in legs:
        known = latest.get(leg.id)
        if known is None or _revision_order(leg, known):
            latest[leg.id] = leg
    return list(latest.values())


def _revision_order(leg: CallLeg, known: CallLeg) -> bool:
    if leg.at != known.at:
        return leg.at > known.at
    return repr(leg) > repr(known)  # two versions of one moment: any fixed choice, so that order is no matter


def _keyed(legs: list[CallLeg]) -> list[CallLeg]:
    """The legs with keys that name one call each, and a key for loose legs whose call is plain."""
    by_key: dict[str, list[CallLeg]] = defaultdict(list)
    loose = False
    for leg in legs:
        if leg.call_key is not None:
            by_key[leg.call_key].append(leg)
        elif _is_part(leg):
            loose = True
    if by_key:
        renamed = _renamed(by_key)
        legs = [renamed.get(leg.id, leg) for leg in legs] if renamed else legs
    return _with_loose_parts(legs) if loose else legs


def _renamed(by_key: dict[str, list[CallLeg]]) -> dict[str, CallLeg]:
    found = {}
    for key, legs in by_key.items():
        if len(legs) == 1:
            continue
        ends: datetime | None = None
        turn = 0
        for leg in sorted(legs, key=attrgetter("started_at", "id")):
            if ends is not None and leg.started_at > ends + SAME_CALL:
                turn, ends = turn + 1, None
            ends = max(ends or leg.started_at, leg.started_at + _lasted(leg))
            if turn:
                found[leg.id] = replace(leg, call_key=f"{key}#{turn}")
    return found


def _lasted(leg: CallLeg) -> timedelta:
    return timedelta(seconds=(leg.ring_s or 0) + (leg.talk_s or 0))


def _is_part(leg: CallLeg) -> bool:
    """A record that cannot stand for a call of its own: one phone's miss, or what became of a forwarded call."""
    linked = leg.call_key is not None or leg.parent_id is not None
    return not linked and (leg.missed_event_for is not None or leg.forwarded_from is not None)


def _with_loose_parts(legs: list[CallLeg]) -> list[CallLeg]:
    whole: dict[str, list[CallLeg]] = defaultdict(list)
    for leg in legs:
        if leg.from_number is not None and leg.direction == "inbound" and not _is_part(leg):
            whole[leg.from_number].append(leg)
    found = []
    for leg in legs:
        near = [x for x in whole.get(leg.from_number or "", ()) if _rings_with(x, leg)] if _is_part(leg) else []
        host = min(near, key=lambda x: (abs(x.started_at - leg.started_at), x.id), default=None)
        found.append(leg if host is None else replace(leg, parent_id=host.parent_id or host.id))
    return found


def _rings_with(whole: CallLeg, part: CallLeg) -> bool:
    if part.forwarded_from is not None and whole.user_id not in (None, part.forwarded_from):
        return False
    return whole.started_at - SAME_RING <= part.started_at <= whole.started_at + _lasted(whole) + SAME_RING


class _Joined:
    """Disjoint sets with path halving."""

    def __init__(self) -> None:
        self._above: dict[Hashable, Hashable] = {}

    def top(self, node: Hashable) -> Hashable:
        above = self._above
        while (higher := above.setdefault(node, node)) != node:
            above[node] = above[higher]
            node = above[higher]
        return node

    def join(self, one: Hashable, other: Hashable) -> None:
        self._above[self.top(one)] = self.top(other)


def _groups(legs: Sequence[CallLeg]) -> Iterator[list[CallLeg]]:
    """Legs without key, parent or child need no joining: the many of most phone systems."""
    parents = {leg.parent_id for leg in legs} - {None}
    lone: dict[Hashable, list[CallLeg]] = {}
    linked: list[CallLeg] = []
    for leg in legs:
        if leg.call_key is None and leg.parent_id is None:
            lone.setdefault(_content(leg), []).append(leg)
        else:
            linked.append(leg)
    joined = _Joined()
    for twins in lone.values():
        if not parents or parents.isdisjoint([leg.id for leg in twins]):
            yield twins
            continue
        linked.extend(twins)
        for leg in twins:
            joined.join(leg.id, twins[0].id)
    yield from _linked_groups(linked, joined)


def _linked_groups(legs: Sequence[CallLeg], joined: _Joined) -> Iterable[list[CallLeg]]:
    ids = {leg.id for leg in legs}
    keys = {leg.call_key for leg in legs}
    for leg in legs:
        if leg.call_key is not None:
            joined.join(leg.id, ("key", leg.call_key))
        if leg.parent_id is not None:
            # Some systems name the parent by its call key and not by its record.
            by_key = leg.parent_id not in ids and leg.parent_id in keys
            joined.join(leg.id, ("key", leg.parent_id) if by_key else leg.parent_id)
    groups: dict[Hashable, list[CallLeg]] = {}
    for leg in legs:
        groups.setdefault(joined.top(leg.id), []).append(leg)
    return groups.values()


def _content(leg: CallLeg) -> Hashable:
    """What a second delivery of a lone leg under another id has in common with the first."""
    return (
        leg.started_at,
        leg.direction,
        leg.status,
        leg.from_number,
        leg.to_number,
        leg.ring_s,
        leg.talk_s,
        leg.user_id,
        leg.account_id,
        leg.contact_id,
    )


def _distinct(group: list[CallLeg]) -> DistinctCall:
    if len(group) == 1:
        return _lone(group[0])
    legs = _without_twins(sorted(group, key=_root_order))
    root = legs[0]
    deciding = _deciding(root, legs)
    return DistinctCall(
        call_id=root.id,
        started_at=root.started_at,
        direction=root.direction,
        from_number=root.from_number,
        to_numbers=tuple(dict.fromkeys([leg.to_number for leg in legs if leg.to_number is not None])),
        account_id=root.account_id or _only([leg.account_id for leg in legs]),
        contact_id=root.contact_id or _only([leg.contact_id for leg in legs]),
        root=root,
        legs=tuple(legs),
        deciding=tuple(deciding),
        reached_person=any(map(leg_reached_person, deciding)),
        length_s=_length(legs),
    )


def _lone(leg: CallLeg) -> DistinctCall:
    """A call of one record, as most are: nothing has to be chosen."""
    told = leg.ring_s is not None or leg.talk_s is not None
    legs = (leg,)
    return DistinctCall(
        call_id=leg.id,
        started_at=leg.started_at,
        direction=leg.direction,
        from_number=leg.from_number,
        to_numbers=() if leg.to_number is None else (leg.to_number,),
        account_id=leg.account_id,
        contact_id=leg.contact_id,
        root=leg,
        legs=legs,
        deciding=legs,
        reached_person=leg_reached_person(leg),
        length_s=(leg.ring_s or 0) + (leg.talk_s or 0) if told else None,
    )


def _root_order(leg: CallLeg) -> tuple[Hashable, ...]:
    """The leg without a parent first; one member's reported miss is never the call itself."""
    has_parent = leg.parent_id is not None and leg.parent_id != leg.id
    reported = leg.missed_event_for is not None
    return has_parent, reported, leg.started_at, leg.direction != "inbound", leg.at, leg.id


def _without_twins(legs: list[CallLeg]) -> list[CallLeg]:
    seen: set[Hashable] = set()
    kept = []
    for leg in legs:
        lone = leg.call_key is None and leg.parent_id is None
        if lone and _content(leg) in seen:
            continue
        seen.add(_content(leg))
        kept.append(leg)
    return kept


def _deciding(root: CallLeg, legs: list[CallLeg]) -> list[CallLeg]:
    """Child legs decide; a member's reported miss decides nothing, since the call went on ringing."""
    if len(legs) == 1:
        return legs
    others = [leg for leg in legs if leg is not root and leg.missed_event_for is None]
    if root.parent_id is None and any(leg.parent_id is not None for leg in others):
        return others
    # Joined by key alone: the trunk's own leg is told from a member's by having no user.
    trunk = root.user_id is None and root.answered_by is None
    if trunk and any(leg.user_id is not None for leg in others):
        return others
    return [root, *others]


def _only(values: Sequence[str | None]) -> str | None:
    named = {value for value in values if value is not None}
    return named.pop() if len(named) == 1 else None


def _length(legs: Sequence[CallLeg]) -> float | None:
    told = [s for leg in legs for s in (leg.ring_s, leg.talk_s) if s is not None]
    return sum(told) if told else None
