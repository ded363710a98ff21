"""What people decided about interactions: whose they are now, and how they ended by a person's word. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from agent_runtime.ledger.book import Begun, Book, Ending, Expected
from agent_runtime.ledger.terms import first_life, next_life
from agent_runtime.watchtower.contact import is_theirs, same_person
from agent_runtime.watchtower.view import View
from memory.timeline import Event


def assignment(view: View, kind: str, key: str, opportunity_id: str | None) -> Event | None:
    """The latest word of a person who has the matter, unless the account changed hands since, or they left."""
    given = [x for x in view.of("interaction.assigned") if _about(x, kind, key, opportunity_id)]
    if not given:
        return None
    latest = given[-1]
    moved = any(x.occurred_at > latest.occurred_at for x in view.of("owner.changed"))
    return None if moved or view.company.has_left(str(latest.data["to_user_id"]), view.now) else latest


def assigned_to(view: View, begun: Begun) -> str | None:
    """To whom a person gave the matter; the delegate of one who is away."""
    given = assignment(view, begun.kind, begun.key, begun.opportunity_id)
    return view.company.present_owner(str(given.data["to_user_id"]), view.now) if given else None


def _about(event: Event, kind: str, key: str, opportunity_id: str | None) -> bool:
    if event.opportunity_id:
        return event.opportunity_id == opportunity_id
    return (event.data.get("kind"), first_life(str(event.data.get("key")))) == (kind, first_life(key))


def judged(view: View, book: Book, stated: Sequence[Begun]) -> list[Begun]:
    """The rules' statements, ended where a person said so, with the lives in which they came back since; also what
    no rule states any more because its record is gone, where a person said how it ended.
    """
    words = {(x.data["kind"], x.data["key"]): x for x in view.of("interaction.judged")}
    if not words:
        return list(stated)
    last: dict[tuple[str, str | None], str] = {}
    found: list[Begun] = []
    for begun in stated:
        lives = list(_lives(view, begun, words))
        last[begun.kind, begun.key] = lives[-1].key
        found += lives
    # What follows a statement follows the last of its lives.
    following = [x._replace(continues=last.get((x.kind, x.continues), x.continues)) if x.continues and (
        x.key == first_life(x.key)) else x for x in found]  # fmt: skip
    return [*following, *_gone(view, book, words, {(x.kind, x.key) for x in found})]


Words = Mapping[tuple[str, str], Event]


def _lives(view: View, begun: Begun, words: Words) -> Iterator[Begun]:
    """The statement until a person's word about it, and each life in which it came back after one."""
    while True:
        word = words.get((begun.kind, begun.key))
        ruled = begun.end
        if word is None or word.occurred_at < begun.opened_at or (ruled and ruled.at <= word.occurred_at):
            yield begun
            return
        end = _ending(word)
        until = tuple(x for x in begun.expected if x.opened_at <= end.at)
        yield begun._replace(expected=until, end=end)
        if ruled and ruled.outcome == end.outcome:
            return
        back_at = _back_at(view, begun, word)
        if back_at is None or back_at > view.now:
            return
        begun = _back(view, begun, back_at)


def _ending(word: Event) -> Ending:
    wake = word.data.get("wake_at")
    wake_at = datetime.fromisoformat(wake) if wake else None
    return Ending(word.data["outcome"], word.data["reason"], word.occurred_at, (word.id,), wake_at)


def _back_at(view: View, begun: Begun, word: Event) -> datetime | None:
    """When it wakes, or went on all the same before: the source moved the deal, the customer turned to us about it."""
    moments = [_ending(word).wake_at]
    deal = view.deals.get(begun.opportunity_id or "")
    for event in deal.events if deal else view.events:
        if event.occurred_at > word.occurred_at and (
            event.kind.startswith("opportunity.") or (is_theirs(event) and same_person(event, begun.contact_id))
        ):
            moments.append(event.occurred_at)
            break
    return min((x for x in moments if x is not None), default=None)


def _back(view: View, begun: Begun, back_at: datetime) -> Begun:
    """The life that begins at `back_at`; for what was due before there is as much time as at first."""
    still = (x for x in begun.expected if x.met_at is None or x.met_at > back_at)
    end = begun.end if begun.end and begun.end.at >= back_at else None
    return begun._replace(
        key=next_life(begun.key), opened_at=back_at, continues=begun.key, end=end, parts=(),
        expected=tuple(_later(x, back_at) for x in still),
    )  # fmt: skip


def _later(expected: Expected, back_at: datetime) -> Expected:
    if expected.due_at > back_at:
        return expected
    return expected._replace(opened_at=back_at, due_at=back_at + (expected.due_at - expected.opened_at))


def _gone(view: View, book: Book, words: Words, known: set[tuple[str, str]]) -> list[Begun]:
    """Open rows whose record was deleted at its source, where a person said how they ended."""
    there = {x.id for x in view.events}
    found = []
    for row in book.interactions:
        word = words.get((row.kind, row.key))
        unstated = row.state == "open" and (row.kind, row.key) not in known and row.opened_by not in there
        if word and unstated and word.occurred_at >= row.opened_at:
            found.append(
                Begun(row.kind, row.key, row.opened_at, row.opened_by, (), _ending(word), row.opportunity_id,
                      row.contact_id)
            )  # fmt: skip
    return found
