"""What is owed inside interactions: expectations that wait, are breached, met or dropped. Pure."""

from dataclasses import dataclass, field
from datetime import datetime

from agent_runtime.ledger.book import Begun, Book, BreachRow, ExpectationRow, Expected, InteractionRow, Move
from agent_runtime.ledger.terms import Terms, Unseen, row_id

SOURCE_GONE = "source_gone"
WAKE = "wake"
REVIEW = "review"
OWED = ("waiting", "unverified", "breached")
# What the ledger itself waits for; no rule states these.
_OUR_OWN = (SOURCE_GONE, WAKE, REVIEW)


@dataclass(slots=True)
class Owing:
    """Moves the expectations of a book to what is stated; `moves` tells what changed, in order."""

    book: Book
    terms: Terms
    moves: list[Move] = field(default_factory=list)
    rows: dict[str, InteractionRow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rows = {row.id: row for row in self.book.interactions}

    def expected(self, row: InteractionRow, begun: Begun, expected: Expected, owner: str) -> None:
        expectation = self._find(row, begun, expected) or self.new(row, expected)
        row = self.rows[expectation.interaction_id]
        overdue = self._overdue(begun, expected)
        breached = self._breach(row, expectation, expected, overdue, owner)
        if expected.met_at is not None and (begun.end is None or expected.met_at <= begun.end.at):
            self.settled(row, expectation, "met", expected.met_at, expected.met_by)
        elif begun.end is not None:
            ending = begun.end.evidence[0] if begun.end.evidence else None
            self.settled(row, expectation, "dropped", begun.end.at, ending)
        else:
            self._wait(row, expectation, expected, overdue, breached)

    def _lineage(self, row: InteractionRow) -> list[InteractionRow]:
        """The row and the earlier ones of the same beginning that it continues, the latest first."""
        found, before = [row], self.rows.get(row.continues_id) if row.continues_id else None
        while before is not None:
            if (before.kind, before.key) == (row.kind, row.key):
                found.append(before)
            before = self.rows.get(before.continues_id or "")
        return found

    def own(self, row: InteractionRow, key: str) -> ExpectationRow | None:
        for expectation in self.book.expectations.get(row.id, ()):
            if expectation.key == key:
                return expectation
        return None

    def _find(self, row: InteractionRow, begun: Begun, expected: Expected) -> ExpectationRow | None:
        """Where it stands: in its row; what is settled may stand in an earlier row that this one continues."""
        owed = expected.met_at is None and begun.end is None
        for holder in [row] if owed else self._lineage(row):
            expectation = self.own(holder, expected.key)
            if expectation is not None:
                self._restate(expectation, expected)
                return expectation
        return self._moved(row, begun, expected) if expected.met_at is None else None

    def _restate(self, expectation: ExpectationRow, expected: Expected) -> None:
        """A record that came later may move the times and add to the evidence."""
        channels, evidence = list(expected.channels), list(expected.evidence)
        told = (expected.key, expected.action, expected.turn, expected.opened_at, expected.due_at, channels, evidence)
        x = expectation
        if told != (x.key, x.action, x.turn, x.opened_at, x.due_at, x.channels, x.evidence):
            x.key, x.action, x.turn, x.opened_at, x.due_at, x.channels, x.evidence = told
            x.changed = True

    def _moved(self, row: InteractionRow, begun: Begun, expected: Expected) -> ExpectationRow | None:
        """A waiting expectation whose beginning moved on keeps its row."""
        taken = {x.key for x in begun.expected} | set(_OUR_OWN)
        for expectation in self.book.expectations.get(row.id, ()):
            waiting = expectation.state in ("waiting", "unverified") and expectation.id not in self.book.breaches
            if waiting and expectation.rule == expected.rule and expectation.key not in taken:
                self._restate(expectation, expected)
                expectation.state, expectation.blind = "waiting", []
                return expectation
        return None

    def new(self, row: InteractionRow, expected: Expected) -> ExpectationRow:
        known = self.book.expectations.setdefault(row.id, [])
        name = row_id("exp_", row.id, expected.key)
        if any(x.id == name for x in known):  # that one has moved on to another key
            name = row_id("exp_", row.id, expected.key, len(known))
        expectation = ExpectationRow(
            id=name,
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
        known.append(expectation)
        return expectation

    def _overdue(self, begun: Begun, expected: Expected) -> bool:
        """Did the due time pass unmet, by what is known now? Met or ended at that very moment is in time."""
        settled = [x for x in (expected.met_at, begun.end.at if begun.end else None) if x is not None]
        return min(settled) > expected.due_at if settled else self.terms.now >= expected.due_at + expected.grace

    def _breach(
        self, row: InteractionRow, expectation: ExpectationRow, expected: Expected, overdue: bool, owner: str
    ) -> bool:
        """Records, restores or retracts its breach; gives whether it stands. No new one where we could not see."""
        breach = self._breach_of(row, expectation)
        stands = breach is not None and breach.retracted_at is None
        if not overdue:
            self._see(expectation, ())
            if breach is not None and stands:
                self._retract(row, breach, expected.met_by)
            return False
        if not stands and self._see(expectation, self._unseen(expected).sources):
            return False
        if breach is None:
            self._record_breach(row, expectation, owner)
            return True
        if not stands:
            breach.retracted_at, breach.retracted_by, breach.changed = None, None, True
            self.move("expectation.breached", row, expectation=expectation.id, rule=expectation.rule)
        if breach.due_at != expectation.due_at:
            breach.due_at, breach.changed = expectation.due_at, True
        return True

    def _breach_of(self, row: InteractionRow, expectation: ExpectationRow) -> BreachRow | None:
        """Its breach; one that an earlier row of the same beginning had of it counts on."""
        for holder in self._lineage(row) if self.book.breaches else ():
            own = expectation if holder is row else self.own(holder, expectation.key)
            if own is not None and own.id in self.book.breaches:
                return self.book.breaches[own.id]
        return None

    def _record_breach(self, row: InteractionRow, expectation: ExpectationRow, owner: str) -> None:
        self.book.breaches[expectation.id] = BreachRow(
            expectation.id, row.id, row.account_id, expectation.rule, expectation.due_at, self.terms.now, owner,
            new=True,
        )  # fmt: skip
        self.move("expectation.breached", row, expectation=expectation.id, rule=expectation.rule, owner=owner)

    def _unseen(self, expected: Expected) -> Unseen:
        """What cannot be seen and could have met it; a settled expectation needs no sight."""
        return Unseen() if expected.met_at is not None else self.terms.unseen(expected)

    def _see(self, expectation: ExpectationRow, blind: tuple[str, ...]) -> bool:
        """Notes what is blind; gives whether anything is."""
        if list(blind) != expectation.blind:
            expectation.blind, expectation.changed = list(blind), True
        return bool(blind)

    def _wait(
        self, row: InteractionRow, expectation: ExpectationRow, expected: Expected, overdue: bool, breached: bool
    ) -> None:
        state, look_at, step_index = "waiting", expected.due_at + expected.grace, -1
        if breached:
            step = self.terms.step(expected.rule, expected.due_at)
            state, look_at, step_index = "breached", step.next_at, step.index
            if step_index != expectation.step:
                self.move("breach.escalated", row, expectation=expectation.id, step=step_index, do=step.do)
        elif overdue:
            state, look_at = "unverified", self._look_again(expectation, self._unseen(expected).until)
            if expectation.state != state:
                self.move("expectation.unverified", row, expectation=expectation.id, blind=expectation.blind)
        if (state, look_at, step_index) != (expectation.state, expectation.look_at, expectation.step):
            expectation.state, expectation.look_at, expectation.step = state, look_at, step_index
            expectation.settled_at = expectation.settled_by = None
            expectation.changed = True

    def _look_again(self, expectation: ExpectationRow, until: datetime | None) -> datetime:
        """An unverified absence is looked at again from time to time, not at each event; at the latest when it may be
        claimed."""
        later = expectation.look_at if expectation.state == "unverified" else None
        again = later if later and later > self.terms.now else self.terms.recheck_at(self.terms.now)
        return min(again, until) if until else again

    def settled(
        self, row: InteractionRow, expectation: ExpectationRow, state: str, at: datetime, by: str | None
    ) -> None:
        if (expectation.state, expectation.settled_at, expectation.settled_by) != (state, at, by):
            expectation.state, expectation.settled_at, expectation.settled_by = state, at, by
            expectation.look_at, expectation.changed = None, True
            self.move(f"expectation.{state}", row, expectation=expectation.id, rule=expectation.rule, by=by)

    def drop_moved(self, row: InteractionRow, begun: Begun, *, gone: bool = False) -> None:
        """What is waited for no longer, because the rule states something else now, is dropped.

        Its breach never was one, except where the record itself is `gone`: then what it showed stays.
        """
        stated = {x.key for x in begun.expected} | {WAKE}
        if begun.end is None and all(x.met_at is not None for x in begun.expected):
            stated.add(REVIEW)
        for holder in self._lineage(row):
            for expectation in self.book.expectations.get(holder.id, ()):
                if expectation.key in stated:
                    continue
                breach = self.book.breaches.get(expectation.id)
                if breach and breach.retracted_at is None and not gone:
                    self._retract(holder, breach, None)
                if expectation.state in OWED:
                    self.settled(holder, expectation, "dropped", self.terms.now, None)

    def _retract(self, row: InteractionRow, breach: BreachRow, by: str | None) -> None:
        breach.retracted_at, breach.retracted_by, breach.changed = self.terms.now, by, True
        self.move("breach.retracted", row, expectation=breach.expectation_id, by=by)

    def move(self, event: str, row: InteractionRow, **detail: object) -> None:
        self.moves.append(Move(event, row.id, self.terms.now, detail))
