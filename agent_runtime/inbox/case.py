"""One decision on its way: the item, who decides, what stands in the way, and what is written down of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection

from agent_runtime.actions.policy import OUTWARD
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import Refused, Stale
from agent_runtime.inbox import attested, store
from agent_runtime.inbox import verbs as v
from agent_runtime.inbox.house import House
from agent_runtime.inbox.models import ItemState
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.jobs import post, wake
from agent_runtime.permissions import agent_scope
from memory import timeline
from memory.timeline import NewActivity


@dataclass(frozen=True, slots=True)
class Deciding:
    """Who decides, by which door, when; `undo`: how long an approval waits before anything happens."""

    user_id: str
    channel: str
    now: datetime
    install_key: SecretStr
    undo: timedelta


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of the item. `returns_at`: when a matter that was put off comes back, `unless` something comes."""

    item_id: str
    state: str
    decision_id: str
    draft_version: int
    hash: str
    undo_until: datetime | None = None
    action_id: str | None = None
    returns_at: datetime | None = None
    unless: str | None = None


@dataclass(slots=True)
class Case:
    """One decision on its way."""

    connection: Connection
    house: House
    item: ItemRow
    by: Deciding
    decision_id: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.by.now

    def tell(self, what: str, subject: str = "", **detail: Any) -> None:
        """Notes one thing that was done, for the audit."""
        kept = {name: value for name, value in detail.items() if value is not None}
        self.entries.append(Entry(self.now, ActorKind.USER, self.by.user_id, what, subject or self.item.id, kept))

    def result(self, **more: Any) -> Decided:
        item = self.item
        return Decided(item.id, item.state, self.decision_id, item.draft_version, item.content_hash, **more)

    def refuse_taken(self, command: v.Verb) -> None:
        """Work of a pool is claimed before it is done, so that two do not call the same customer."""
        item, now = self.item, self.now
        if item.owner_id in self.house.people or isinstance(command, v.Claim | v.Undo):
            return
        holder = item.claimed_by if item.claimed_until and item.claimed_until > now else None
        if holder is None and isinstance(command, v.Reassign):
            return
        if holder is None:
            raise Refused("It belongs to a pool and nobody has taken it.", fix="Nothing was changed; claim it first.")
        if holder != self.by.user_id:
            until = f"{item.claimed_until:%H:%M} UTC"
            raise Refused(f"{holder} has taken it until {until}.", fix="Nothing was changed; take another one.")

    def refuse_batch(self, command: v.Verb) -> None:
        """What is about many matters is judged row by row, on its own page; a pattern may be set aside."""
        if isinstance(command, v.Dismiss) and "pattern" in self.item.beside:
            return
        if not self.item.interaction_id and not isinstance(command, v.Snooze | v.Accept | v.Undo | v.Claim | v.Release):
            raise Refused("It is about many matters at once.", fix="Nothing was changed; judge its rows one by one.")

    def must_be(self, *states: ItemState) -> None:
        """Refuses what cannot be done in the item's state."""
        if self.item.state not in states:
            raise Stale(
                f"The item is {self.item.state}; nothing was changed.",
                fix="Load it again.",
                present=store.present(self.item),
            )

    def must_be_seen(self, seen: v.Seen) -> None:
        """What is decided about is what was shown, and the customer did not write since it was made."""
        item = self.item
        if (seen.draft_version, seen.hash) != (item.draft_version, item.content_hash):
            raise Stale(
                "Its content is another one by now; nothing was approved.",
                fix="Read what it says now and decide again.",
                present=store.present(item),
            )
        if item.action["kind"] not in OUTWARD:
            return
        scope, contact = agent_scope(item.account_id), item.action.get("contact_id")
        heard = timeline.heard_since(self.connection, scope, item.made_at or item.delivered_at, contact)
        if heard:
            raise Stale(
                "The customer was heard from since this was written; nothing was approved.",
                fix="Read what came; it is being prepared anew.",
                present=store.present(item) | {"heard": heard},
            )

    def witness(self) -> attested.Witness:
        """As whom, and of which interaction, the one who decides tells something."""
        kind, key = store.identity_of(self.connection, self.item)
        return attested.Witness(self.by.user_id, self.decision_id, kind, key, self.now)

    def attest(self, told: Iterable[NewActivity]) -> None:
        """Puts what was told on the timeline; the account's next run draws the consequences."""
        added = timeline.add(self.connection, told)
        post(self.connection, [(self.item.account_id, x.activity_id) for x in added])
        for one in added:
            self.tell("activity.attested", one.activity_id)

    def save(self, **changes: Any) -> None:
        """Changes the item."""
        self.item = replace(self.item, **changes)
        store.save(self.connection, self.item)

    def close(self, state: ItemState, reason: str) -> None:
        """The item is no longer before its owner; the account's next run says what comes instead."""
        self.save(state=state.value, closed_at=self.now, closed_reason=reason, snoozed_until=None)
        wake(self.connection, [self.item.account_id])
