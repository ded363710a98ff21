"""One account's ledger with hand-made statements, which checks at each change what must always hold."""

from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from agent_runtime.ledger.book import Begun, Book, BreachRow, Ending, ExpectationRow, Expected, InteractionRow, Move
from agent_runtime.ledger.policy import Step, Terms, settle
from agent_runtime.ledger.terms import Unseen

T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LADDER = ("act", "remind", "reassign", "manager")


@dataclass
class Desk:
    """One account's ledger and the outside it is told of; `at(now, …)` settles and checks what must always hold."""

    book: Book = field(default_factory=lambda: Book("A"))
    blind: list[str] = field(default_factory=list)
    clears_at: datetime | None = None
    owner: str = "u1"
    known: set[str] = field(default_factory=set)

    def at(self, now: datetime, *stated: Begun) -> list[Move]:
        before = deepcopy(self.book)
        unmark(self.book)
        moves = settle(self.book, stated, self._terms(now))
        assert changed(self.book) or not moves
        for row in self.book.interactions:
            if row.state == "open":
                assert row.owner_id
                assert row.next_action
                assert row.recovery
                assert row.next_due_at is not None
                assert row.next_due_at > now
        for earlier, row in zip(before.interactions, self.book.interactions, strict=False):
            assert earlier.state == "open" or plain(earlier) == plain(row)
        self._settled_once(now, stated)
        return moves

    def _settled_once(self, now: datetime, stated: tuple[Begun, ...]) -> None:
        again = deepcopy(self.book)
        unmark(again)
        assert settle(again, stated, self._terms(now)) == []
        assert not changed(again)

    def _terms(self, now: datetime) -> Terms:
        return Terms(
            now=now,
            unseen=lambda _: Unseen(tuple(self.blind), self.clears_at),
            step=lambda _, due_at: _step(due_at, now),
            first_step=lambda _: "remind",
            owner=lambda _: self.owner,
            stand_in=lambda do, owner: {"reassign": f"colleague of {owner}", "manager": "boss"}.get(do, owner),
            review_at=lambda moment: moment + 10 * DAY,
            recheck_at=lambda moment: moment + DAY,
            known=lambda activity: activity in self.known,
        )

    @property
    def row(self) -> InteractionRow:
        return self.book.interactions[-1]

    def expectation(self, key: str) -> ExpectationRow:
        return next(x for x in self.book.expectations[self.row.id] if x.key == key)

    @property
    def standing(self) -> list[BreachRow]:
        return [x for x in self.book.breaches.values() if x.retracted_at is None]


def _step(due_at: datetime, now: datetime) -> Step:
    """A ladder with a step each day."""
    index = min((now - due_at) // DAY, len(LADDER) - 1)
    following = LADDER[min(index + 1, len(LADDER) - 1)]
    return Step(index, LADDER[index], due_at + ((now - due_at) // DAY + 1) * DAY, following)


def _all(book: Book) -> list[InteractionRow | ExpectationRow | BreachRow]:
    owed = [x for rows in book.expectations.values() for x in rows]
    return [*book.interactions, *owed, *book.breaches.values()]


def unmark(book: Book) -> None:
    for row in _all(book):
        row.new = row.changed = False


def changed(book: Book) -> bool:
    return any(row.new or row.changed for row in _all(book))


def plain(row: InteractionRow) -> InteractionRow:
    return replace(row, new=False, changed=False)


def events(moves: list[Move]) -> list[str]:
    return [x.event for x in moves]


def owed(key: str = "k", *, opened: datetime = T0, due: datetime = T0 + HOUR, met: datetime | None = None) -> Expected:
    return Expected(key, "promise_due", "do_it", opened, due, met_at=met, met_by="act_met" if met else None)


def begun(*expected: Expected, end: Ending | None = None, key: str = "p", parts: tuple[str, ...] = ()) -> Begun:
    return Begun("promise", key, T0, "act_1", expected, end, parts=parts)


def ended(outcome: str = "converted", at: datetime = T0 + 2 * HOUR, wake_at: datetime | None = None) -> Ending:
    return Ending(outcome, "because", at, ("act_end",), wake_at)
