"""Compares what rules state with what the ledger holds, and moves the ledger there: pure, order-independent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent_runtime.ledger.book import Begun, Book, Ending, ExpectationRow, Expected, InteractionRow, Move
from agent_runtime.ledger.owing import OWED, REVIEW, SOURCE_GONE, WAKE, Owing
from agent_runtime.ledger.terms import Step, Terms, row_id

__all__ = ["PART", "SOURCE_GONE", "WAKE", "WITHDRAWN", "Step", "Terms", "row_id", "settle"]

WITHDRAWN = "what became known later shows that nothing was begun"
PART = "part of another interaction"


def settle(book: Book, stated: Sequence[Begun], terms: Terms) -> list[Move]:
    """Moves `book` to what `stated` says is true at `terms.now`; gives what changed, in a fixed order.

    Stating the same again changes nothing. Nothing is removed: what rules no longer state stays open as
    unresolved, what was ended and turns out otherwise is continued by a new row, what turns out to be a part of
    another interaction ends in it.
    """
    settling = _Settling(book, terms, stated=frozenset((begun.kind, begun.key) for begun in stated))
    for begun in stated:
        settling.begun(begun)
    settling.unstated(frozenset((begun.kind, part) for begun in stated for part in begun.parts))
    settling.wake()
    return settling.moves


def _continued_at(row: InteractionRow, begun: Begun) -> datetime:
    """When what corrects or follows an ended row begins: at that end, or at its own where that lies elsewhere."""
    ended_at = row.ended_at or begun.opened_at
    return max(begun.opened_at, min(ended_at, begun.end.at) if begun.end else ended_at)


@dataclass(slots=True)
class _Settling(Owing):
    stated: frozenset[tuple[str, str]] = frozenset()
    present: dict[tuple[str, str], InteractionRow] = field(default_factory=dict)
    after: dict[str, InteractionRow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Owing.__post_init__(self)
        self.after = {row.continues_id: row for row in self.book.interactions if row.continues_id}
        for row in self.book.interactions:
            known = self.present.get((row.kind, row.key))
            if known is None or row in self._later(known):
                self.present[row.kind, row.key] = row

    def begun(self, begun: Begun) -> None:
        row = self._row_for(begun)
        owner = self.terms.owner(begun)
        for expected in begun.expected:
            self.expected(row, begun, expected, owner)
        self.drop_moved(row, begun)
        if row.state == "open":
            self._refer(row, begun)
            if begun.end:
                self._end(row, begun.end)
            else:
                self._four(row, owner)
        if begun.end and begun.end.wake_at and row.outcome == "deferred":
            self._expect_wake(row, begun.end.at, begun.end.wake_at)

    def _row_for(self, begun: Begun) -> InteractionRow:
        row = self.present.get((begun.kind, begun.key))
        if row is None:
            before = self.present.get((begun.kind, begun.continues)) if begun.continues else self._ended_part(begun)
            return self._open(begun, begun.opened_at, before)
        outcome = begun.end.outcome if begun.end else None
        if row.state == "open" or row.outcome == outcome:
            return row
        later = self._later(row)
        if begun.end and any((x.kind, x.key) in self.stated for x in later):
            return row  # it went on since; how it had ended before stays as it was told then
        last = later[-1] if later else row
        if last.state == "open" and (last.kind, last.key) not in self.stated:
            self._withdraw(last, PART)
        return self._open(begun, _continued_at(last, begun), last)

    def _ended_part(self, begun: Begun) -> InteractionRow | None:
        """A row that a part of this opened, and that ended under that part's name: this is its continuation."""
        rows = (x for x in self.present.values() if x.state == "ended" and x.kind == begun.kind)
        return next((x for x in rows if x.opened_by in begun.parts and (x.kind, x.key) not in self.stated), None)

    def _later(self, row: InteractionRow) -> list[InteractionRow]:
        """The rows that continue this one, in order."""
        found: list[InteractionRow] = []
        following = self.after.get(row.id)
        while following is not None:
            found.append(following)
            following = self.after.get(following.id)
        return found

    def _refer(self, row: InteractionRow, begun: Begun) -> None:
        """What it is about may become known, or known better, later."""
        if (row.opportunity_id, row.contact_id) != (begun.opportunity_id, begun.contact_id):
            row.opportunity_id, row.contact_id, row.changed = begun.opportunity_id, begun.contact_id, True

    def _open(self, begun: Begun, at: datetime, before: InteractionRow | None) -> InteractionRow:
        if before is not None and before.id in self.after:
            before = None
        row = InteractionRow(
            id=row_id("int_", self.book.account_id, begun.kind, begun.key, before.id if before else ""),
            continues_id=before.id if before else None,
            account_id=self.book.account_id,
            kind=begun.kind,
            key=begun.key,
            opportunity_id=begun.opportunity_id,
            contact_id=begun.contact_id,
            opened_at=at,
            opened_by=begun.opened_by,
            state="open",
            new=True,
        )
        if before is not None:
            self.after[before.id] = row
        self.rows[row.id] = row
        self.book.interactions.append(row)
        self.book.expectations.setdefault(row.id, [])
        self.present[begun.kind, begun.key] = row
        self.move("interaction.opened", row, kind=row.kind, continues=row.continues_id)
        return row

    def _end(self, row: InteractionRow, end: Ending) -> None:
        row.state, row.outcome, row.reason, row.ended_at = "ended", end.outcome, end.reason, end.at
        row.evidence, row.wake_at, row.wake_signal = list(end.evidence), end.wake_at, end.wake_signal
        row.next_action = row.next_due_at = row.recovery = None
        row.changed = True
        self.move("interaction.ended", row, outcome=end.outcome, reason=end.reason)

    def _expect_wake(self, row: InteractionRow, since: datetime, wake_at: datetime) -> None:
        """A deferred row is ended; the expectation that wakes the account again stands beside it."""
        wake = self.own(row, WAKE) or self.new(row, Expected(WAKE, WAKE, WAKE, since, wake_at))
        ahead = wake_at > self.terms.now
        if wake.due_at != wake_at or (ahead and wake.look_at != wake_at):
            wake.due_at, wake.look_at, wake.changed = wake_at, wake_at, True
            wake.state, wake.settled_at = "waiting", None
        if not ahead:
            self.settled(row, wake, "met", wake_at, None)

    def wake(self) -> None:
        """A wake that has come is met; where nobody states what follows it, it comes back as unresolved."""
        for row in [x for x in self.book.interactions if x.outcome == "deferred"]:
            wake = self.own(row, WAKE)
            if wake is None or wake.due_at > self.terms.now:
                continue
            self.settled(row, wake, "met", wake.due_at, None)
            stated = (row.kind, row.key) in self.stated or self.terms.known(row.opened_by)
            if row.id not in self.after and not stated:
                self._unresolved(self._open(self._as_begun(row), wake.due_at, row))

    def _four(self, row: InteractionRow, owner: str) -> None:
        """Sets owner, next action, due time and recovery from what is owed soonest."""
        owed = [x for x in self.book.expectations.get(row.id, ()) if x.state in OWED and x.key != REVIEW]
        owed = owed or [self._review(row)]
        first = min(owed, key=lambda x: (x.state != "breached", x.look_at or x.due_at, x.key))
        action, due, recovery = first.action, first.look_at or first.due_at, self.terms.first_step(first.rule)
        if first.state == "breached":
            step = self.terms.step(first.rule, first.due_at)
            given = self.terms.assigned_at(row)
            # To whom a person gave it at this step has it until the next one.
            if given is None or step.since is None or given < step.since:
                owner = self.terms.stand_in(step.do, owner)
            action, recovery = f"{step.do}:{first.action}", step.next_do
        four = (owner, action, due, recovery)
        if four != (row.owner_id, row.next_action, row.next_due_at, row.recovery):
            if row.owner_id and row.owner_id != owner:
                self.move("interaction.owner_changed", row, before=row.owner_id, after=owner)
            row.owner_id, row.next_action, row.next_due_at, row.recovery = four
            row.changed = True

    def _review(self, row: InteractionRow) -> ExpectationRow:
        """What has no date of its own is looked at again from time to time."""
        at = row.opened_at
        review = self.own(row, REVIEW) or self.new(row, Expected(REVIEW, "next_step", REVIEW, at, at))
        if review.state not in OWED or review.look_at is None or review.look_at <= self.terms.now:
            review.due_at = review.look_at = self.terms.review_at(self.terms.now)
            review.state, review.settled_at, review.settled_by, review.changed = "waiting", None, None, True
        return review

    def unstated(self, parts: frozenset[tuple[str, str]]) -> None:
        """What is stated no more is a part of something else, or never was so; or, where its record was deleted at
        the source, stays open, unresolved."""
        for identity, row in list(self.present.items()):
            if identity in self.stated:
                continue
            if (row.kind, row.opened_by) in parts:
                self._withdraw(row, PART)
            elif self.terms.known(row.opened_by):
                self._withdraw(row, WITHDRAWN)
            elif row.state == "open":
                self._unresolved(row)

    def _withdraw(self, row: InteractionRow, reason: str) -> None:
        """It is not owed and never was: its breaches are retracted, and where it is open it ends."""
        end = Ending("disqualified", reason, self.terms.now, (row.opened_by,))
        self.drop_moved(row, self._as_begun(row, end=end))
        if row.state == "open":
            self._end(row, end)

    def _unresolved(self, row: InteractionRow) -> None:
        since = self.own(row, SOURCE_GONE)
        opened, due = self.terms.now, self.terms.review_at(self.terms.now)
        if since is not None and since.state in OWED:
            opened, due = since.opened_at, since.due_at
        gone = Expected(SOURCE_GONE, "next_step", "decide_what_became_of_it", opened, due)
        begun = self._as_begun(row, gone)
        owner = self.terms.owner(begun)
        self.expected(row, begun, gone, owner)
        self.drop_moved(row, begun, gone=True)
        self._four(row, owner)

    def _as_begun(self, row: InteractionRow, *expected: Expected, end: Ending | None = None) -> Begun:
        """The statement about a row that no rule makes any more."""
        return Begun(
            row.kind, row.key, row.opened_at, row.opened_by, expected, end, row.opportunity_id, row.contact_id
        )  # fmt: skip
