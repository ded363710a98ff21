"""A customer's story with its ledger and inbox, for the tests of the diagnosis."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from agent_runtime.diagnosis.record import Decided, Done, Record, Shown
from agent_runtime.watchtower.evaluate import evaluate
from agent_runtime.watchtower.sight import Stretch
from tests.unit.agent_runtime.watchtower.story import Story, at, seen

ALL = (seen("email", "", "mon 00:00", "sun20 00:00"), seen("phone", "", "mon 00:00", "sun20 00:00"))


def sighted(*stretches: Stretch) -> Story:
    """A story of which mail and phone can be seen, or only what `stretches` say."""
    return Story().seen(*(stretches or ALL))


def record(story: Story, *moments: str, shown: Iterable[Shown] = ()) -> Record:
    """The account after the watchtower looked in these moments, in order; `shown`: what the inbox had."""
    return Record(story.view(moments[-1]), story.ledger(*moments), list(shown))


def item(found: Record, rule: str, when: str, closed: str | None = None) -> Record:
    """The same with an item about the first expectation of the rule, delivered at that moment."""
    row, expectation = next((row, x) for row, x in found.pairs() if x.rule == rule)
    ends = at(closed) if closed else None
    one = Shown(f"item_{len(found.shown)}", row.id, expectation.id, row.opportunity_id, at(when), ends)
    return replace(found, shown=[*found.shown, one])


def decided(found: Record, verb: str, when: str) -> Record:
    """The same with a decision about its last item."""
    return replace(found, decided=[*found.decided, Decided(found.shown[-1].id, verb, at(when))])


def done(found: Record, interaction_id: str, when: str) -> Record:
    """The same with an action of a person that had its effect."""
    return replace(found, done=[*found.done, Done(interaction_id, at(when))])


def relooked(found: Record, story: Story, *moments: str) -> Record:
    """The account as it is after further looks, with the same inbox."""
    book = found.book
    for moment in moments:
        evaluate(story.view(moment), book)
    return replace(found, view=story.view(moments[-1]), book=book)


def causes_of(judged: Sequence[object]) -> list[str]:
    """The names of the causes alone."""
    return [getattr(x, "cause", "") for x in judged]
