"""Compares what rules state with what the ledger holds, and moves the ledger there: pure, order-independent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from agent_runtime.ledger.book import (
    Begun,
    Book,
    BreachRow,
    Ending,
    ExpectationRow,
    Expected,
    InteractionRow,
    Move,
)

SOURCE_GONE = "source_gone"
WAKE = "wake"
_OWED = ("waiting", "unverified", "breached")


@dataclass(frozen=True, slots=True)
class Step:
    """Where a breach stands on its recovery ladder: what is done now, when the next step comes, what it is."""

    index: int
    do: str
    next_at: datetime
    next_do: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What the ledger must be told to settle one account: time, sight, ladders and owners.

    `blind(expected)`: the sources that could not be seen while it was due, empty when all were.
    `step(rule, due_at)`: the ladder position now. `first_step(rule)`: what would be done first.
    `owner(begun)`, `stand_in(do, owner)`: who has it, and who has it at a step of the ladder.
    `review_at(moment)`: when something without any other date is looked at again; `recheck_at(moment)`: when an
    absence that could not be seen is.
    """

    now: datetime
    blind: Callable[[Expected], list[str]]
    step: Callable[[str, datetime], Step]
    first_step: Callable[[str], str]
    owner: Callable[[Begun], str]
    stand_in: Callable[[str, str], str]
    review_at: Callable[[datetime], datetime]
    recheck_at: Callable[[datetime], datetime]


def settle(book: Book, stated: Sequence[Begun], terms: Terms) -> list[Move]:
    """Moves `book` to what `stated` says is true at `terms.now`; gives what changed, in a fixed order.

    Stating the same again changes nothing. Nothing is removed: what rules no longer state stays open as
    unresolved, what was ended and turns out otherwise is continued by a new row.
    """
    settling = _Settling(book, terms)
    for begun in stated:
        settling.begun(begun)
    settling.unstated({(begun.kind, begun.key) for begun in stated})
    return settling.moves


def row_id(prefix: str, *parts: object) -> str:
    """A short id derived from what identifies the row, so that a replay gives the same ids."""
    return prefix + blake2b("|".join(map(str, parts)).encode(), digest_size=8).hexdigest()


@dataclass(slots=True)
class _Settling:
    book: Book
    terms: Terms
    moves: list[Move] = field(default_factory=list)
    present: dict[tuple[str, str], InteractionRow] = field(default_factory=dict)
    continued: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.continued = {row.continues_id for row in self.book.interactions if row.continues_id}
        for row in self.book.interactions:
            known = self.present.get((row.kind, row.key))
            if known is None or row.continues_id == known.id:
                self.present[row.kind, row.key] = row

    # -- interactions

    def begun(self, begun: Begun) -> None:
        row = self._row_for(begun)
        owner = self.terms.owner(begun)
        for expected in begun.expected:
            self._expected(row, begun, expected, owner)
        self._drop_moved(row, begun)
        if row.state == "open":
            if begun.end:
                self._end(row, begun.end)
            else:
                self._four(row, owner)

    def _row_for(self, begun: Begun) -> InteractionRow:
        row = self.present.get((begun.kind, begun.key))
        if row is None:
            before = self.present.get((begun.kind, begun.continues)) if begun.continues else None
            return self._open(begun, begun.opened_at, before)
        outcome = begun.end.outcome if begun.end else None
        if row.state == "ended" and row.outcome != outcome and row.id not in self.continued:
            return self._open(begun, row.ended_at or begun.opened_at, row)
        return row

    def _open(self, begun: Begun, at: datetime, before: InteractionRow | None) -> InteractionRow:
        if before is not None and before.id in self.continued:
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
            self.continued.add(before.id)
        self.book.interactions.append(row)
        self.book.expectations.setdefault(row.id, [])
        self.present[begun.kind, begun.key] = row
        self._move("interaction.opened", row, kind=row.kind, continues=row.continues_id)
        return row

    def _end(self, row: InteractionRow, end: Ending) -> None:
        row.state, row.outcome, row.reason, row.ended_at = "ended", end.outcome, end.reason, end.at
        row.evidence, row.wake_at, row.wake_signal = list(end.evidence), end.wake_at, end.wake_signal
        row.next_action = row.next_due_at = row.recovery = None
        row.changed = True
        if end.wake_at:
            self._expect_wake(row, end)
        self._move("interaction.ended", row, outcome=end.outcome, reason=end.reason)

    def _expect_wake(self, row: InteractionRow, end: Ending) -> None:
        """A deferred row is ended; the row that wakes the account again stands beside it."""
        assert end.wake_at is not None
        wake = Expected(WAKE, WAKE, WAKE, end.at, end.wake_at)
        expectation = self._new_expectation(row, wake)
        expectation.look_at = end.wake_at if end.wake_at > self.terms.now else None

    def _four(self, row: InteractionRow, owner: str) -> None:
        """Sets owner, next action, due time and recovery from what is owed soonest."""
        owed = [x for x in self.book.expectations.get(row.id, ()) if x.state in _OWED]
        if not owed:
            owed = [self._new_expectation(row, Expected("review", "next_step", "review", row.opened_at, row.opened_at))]
        for review in owed:
            if review.key == "review" and (review.look_at is None or review.look_at <= self.terms.now):
                review.due_at = review.look_at = self.terms.review_at(self.terms.now)
                review.changed = True
        first = min(owed, key=lambda x: (x.state != "breached", x.look_at or x.due_at, x.key))
        action, due, recovery = first.action, first.look_at or first.due_at, self.terms.first_step(first.rule)
        if first.state == "breached":
            step = self.terms.step(first.rule, first.due_at)
            owner = self.terms.stand_in(step.do, owner)
            action, recovery = f"{step.do}:{first.action}", step.next_do
        four = (owner, action, due, recovery)
        if four != (row.owner_id, row.next_action, row.next_due_at, row.recovery):
            if row.owner_id and row.owner_id != owner:
                self._move("interaction.owner_changed", row, before=row.owner_id, after=owner)
            row.owner_id, row.next_action, row.next_due_at, row.recovery = four
            row.changed = True

    def unstated(self, stated: set[tuple[str, str]]) -> None:
        """What was begun and is stated no more (its record was deleted at the source) stays open, unresolved."""
        for identity, row in list(self.present.items()):
            if row.state == "open" and identity not in stated:
                self._unresolved(row)

    def _unresolved(self, row: InteractionRow) -> None:
        owner = row.owner_id or ""
        since = next((x for x in self.book.expectations[row.id] if x.key == SOURCE_GONE), None)
        opened = since.opened_at if since else self.terms.now
        due = since.due_at if since else self.terms.review_at(self.terms.now)
        gone = Expected(SOURCE_GONE, "next_step", "decide_what_became_of_it", opened, due)
        begun = Begun(row.kind, row.key, row.opened_at, row.opened_by, (gone,))
        self._expected(row, begun, gone, owner)
        self._drop_moved(row, begun, gone=True)
        self._four(row, owner)

    # -- expectations

    def _expected(self, row: InteractionRow, begun: Begun, expected: Expected, owner: str) -> None:
        expectation = self._find(row, begun, expected) or self._new_expectation(row, expected)
        overdue = self._overdue(begun, expected)
        self._breach(row, expectation, expected, overdue, owner)
        if expected.met_at is not None and (begun.end is None or expected.met_at <= begun.end.at):
            self._settle(row, expectation, "met", expected.met_at, expected.met_by)
        elif begun.end is not None:
            ending = begun.end.evidence[0] if begun.end.evidence else None
            self._settle(row, expectation, "dropped", begun.end.at, ending)
        else:
            self._wait(row, expectation, expected, overdue)

    def _find(self, row: InteractionRow, begun: Begun, expected: Expected) -> ExpectationRow | None:
        rows = self.book.expectations.setdefault(row.id, [])
        for expectation in rows:
            if expectation.key == expected.key:
                if expectation.due_at != expected.due_at:
                    expectation.due_at, expectation.changed = expected.due_at, True
                return expectation
        if expected.met_at is None:
            return self._moved(rows, begun, expected)
        return None

    def _moved(self, rows: list[ExpectationRow], begun: Begun, expected: Expected) -> ExpectationRow | None:
        """A waiting expectation whose beginning moved on keeps its row."""
        stated = {x.key for x in begun.expected}
        for expectation in rows:
            waiting = expectation.state in ("waiting", "unverified") and expectation.id not in self.book.breaches
            if waiting and expectation.rule == expected.rule and expectation.key not in stated:
                expectation.key, expectation.action = expected.key, expected.action
                expectation.opened_at, expectation.due_at = expected.opened_at, expected.due_at
                expectation.channels, expectation.evidence = list(expected.channels), list(expected.evidence)
                expectation.state, expectation.turn, expectation.changed = "waiting", expected.turn, True
                return expectation
        return None

    def _new_expectation(self, row: InteractionRow, expected: Expected) -> ExpectationRow:
        expectation = ExpectationRow(
            id=row_id("exp_", row.id, expected.key),
            interaction_id=row.id,
            account_id=row.account_id,
            key=expected.key,
            rule=expected.rule,
            action=expected.action,
            turn=expected.turn,
            opened_at=expected.opened_at,
            due_at=expected.due_at,
            channels=list(expected.channels),
            evidence=list(expected.evidence),
            new=True,
        )
        self.book.expectations.setdefault(row.id, []).append(expectation)
        return expectation

    def _overdue(self, begun: Begun, expected: Expected) -> bool:
        """Did the due time pass unmet, by what is known now? Met or ended at that very moment is in time."""
        settled = [x for x in (expected.met_at, begun.end.at if begun.end else None) if x is not None]
        return min(settled) > expected.due_at if settled else self.terms.now >= expected.due_at

    def _breach(
        self, row: InteractionRow, expectation: ExpectationRow, expected: Expected, overdue: bool, owner: str
    ) -> None:
        breach = self.book.breaches.get(expectation.id)
        if breach is None:
            if overdue and not self._blind(expectation, expected):
                self._record_breach(row, expectation, owner)
        elif overdue and breach.retracted_at is not None:
            breach.retracted_at, breach.retracted_by, breach.changed = None, None, True
            self._move("expectation.breached", row, expectation=expectation.id, rule=expectation.rule)
        elif not overdue and breach.retracted_at is None:
            breach.retracted_at, breach.retracted_by, breach.changed = self.terms.now, expected.met_by, True
            self._move("breach.retracted", row, expectation=expectation.id, by=expected.met_by)

    def _record_breach(self, row: InteractionRow, expectation: ExpectationRow, owner: str) -> None:
        self.book.breaches[expectation.id] = BreachRow(
            expectation.id, row.id, row.account_id, expectation.rule, expectation.due_at, self.terms.now, owner,
            new=True,
        )  # fmt: skip
        self._move("expectation.breached", row, expectation=expectation.id, rule=expectation.rule, owner=owner)

    def _blind(self, expectation: ExpectationRow, expected: Expected) -> list[str]:
        """What cannot be seen and could have met it; a settled expectation needs no sight."""
        blind = [] if expected.met_at is not None else self.terms.blind(expected)
        if blind != expectation.blind:
            expectation.blind, expectation.changed = blind, True
        return blind

    def _wait(self, row: InteractionRow, expectation: ExpectationRow, expected: Expected, overdue: bool) -> None:
        state, look_at, step_index = "waiting", expected.due_at, -1
        if overdue and expectation.id in self.book.breaches:
            step = self.terms.step(expected.rule, expected.due_at)
            state, look_at, step_index = "breached", step.next_at, step.index
            if step_index != expectation.step:
                self._move("breach.escalated", row, expectation=expectation.id, step=step_index, do=step.do)
        elif overdue:
            state, look_at = "unverified", self._look_again(expectation)
            if expectation.state != state:
                self._move("expectation.unverified", row, expectation=expectation.id, blind=expectation.blind)
        if (state, look_at, step_index) != (expectation.state, expectation.look_at, expectation.step):
            expectation.state, expectation.look_at, expectation.step = state, look_at, step_index
            expectation.settled_at = expectation.settled_by = None
            expectation.changed = True

    def _look_again(self, expectation: ExpectationRow) -> datetime:
        """An unverified absence is looked at again from time to time, not at each event."""
        later = expectation.look_at if expectation.state == "unverified" else None
        return later if later and later > self.terms.now else self.terms.recheck_at(self.terms.now)

    def _settle(
        self, row: InteractionRow, expectation: ExpectationRow, state: str, at: datetime, by: str | None
    ) -> None:
        if (expectation.state, expectation.settled_at, expectation.settled_by) != (state, at, by):
            expectation.state, expectation.settled_at, expectation.settled_by = state, at, by
            expectation.look_at, expectation.changed = None, True
            self._move(f"expectation.{state}", row, expectation=expectation.id, rule=expectation.rule, by=by)

    def _drop_moved(self, row: InteractionRow, begun: Begun, *, gone: bool = False) -> None:
        """What is waited for no longer, because the rule states something else now, is dropped.

        Its breach never was one, except where the record itself is `gone`: then what it showed stays.
        """
        stated = {x.key for x in begun.expected}
        nothing_owed = begun.end is None and all(x.met_at is not None for x in begun.expected)
        keep = {"review"} if nothing_owed else set()
        for expectation in self.book.expectations.get(row.id, ()):
            if expectation.key == WAKE:
                self._wake_up(row, expectation)
            elif expectation.key not in stated | keep:
                if not gone:
                    self._retract_if_breached(row, expectation)
                if expectation.state in _OWED:
                    self._settle(row, expectation, "dropped", self.terms.now, None)

    def _wake_up(self, row: InteractionRow, wake: ExpectationRow) -> None:
        if wake.state in _OWED and wake.due_at <= self.terms.now:
            self._settle(row, wake, "met", wake.due_at, None)

    def _retract_if_breached(self, row: InteractionRow, expectation: ExpectationRow) -> None:
        breach = self.book.breaches.get(expectation.id)
        if breach and breach.retracted_at is None:
            breach.retracted_at, breach.changed = self.terms.now, True
            self._move("breach.retracted", row, expectation=expectation.id, by=None)

    def _move(self, event: str, row: InteractionRow, **detail: object) -> None:
        self.moves.append(Move(event, row.id, self.terms.now, detail))
