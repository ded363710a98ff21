"""Whenever an account is looked at, the same absences are claimed: step by step, or all at once at the end."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from agent_runtime.ledger.book import Book
from agent_runtime.watchtower.evaluate import evaluate
from agent_runtime.watchtower.sight import Stretch
from agent_runtime.watchtower.view import View
from tests.unit.agent_runtime.watchtower.story import ANNA, Story, at, seen, told

BEGIN, DAYS = at("mon 00:00"), 28
ASKED, EVERY = "mon 09:00", timedelta(hours=6)


def stretches(edges: list[int]) -> list[Stretch]:
    """Anna's mailbox, seen from the first of two neighbouring edges (hours from the beginning) to the second."""
    ordered = sorted(set(edges))
    pairs = zip(ordered[::2], ordered[1::2], strict=False)
    times = [(BEGIN + timedelta(hours=a), BEGIN + timedelta(hours=b)) for a, b in pairs]
    return [Stretch("email", ANNA, begins, ends, begins) for begins, ends in times]


def breached(story: Story, moments: list[int]) -> list[tuple[str, object]]:
    """The breaches that stand after these looks, in hours from the beginning."""
    book = Book("acc")
    for hours in moments:
        now = BEGIN + timedelta(hours=hours)
        known = [x for x in story.events if x.known_at <= now]
        evaluate(View(story.account, known, story.company, now), book)
    return sorted((x.rule, x.due_at) for x in book.breaches.values() if x.retracted_at is None)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.integers(0, DAYS * 24), max_size=12))
def test_what_is_claimed_does_not_hang_on_when_it_was_looked_at(edges: list[int]) -> None:
    story = told(lambda s: s.asks(ASKED)).seen(*stretches(edges))
    end = DAYS * 24
    steps = list(range(0, end, int(EVERY.total_seconds() // 3600)))
    assert breached(story, [*steps, end]) == breached(story, [end])


def test_a_mailbox_that_goes_dark_later_takes_nothing_back() -> None:
    story = told(lambda s: s.asks(ASKED)).seen(seen("email", ANNA, "mon 00:00", "mon3 00:00"))
    (due,) = story.breaches("answer_owed", "wed2 12:00")
    assert story.breaches("answer_owed", "fri4 12:00") == [due]


def test_what_a_gap_hid_is_looked_at_again_when_it_may_be_claimed() -> None:
    story = told(lambda s: s.asks(ASKED)).seen(
        seen("email", ANNA, "mon 00:00", "mon 12:00"), seen("email", ANNA, "wed 12:00", "sun4 00:00")
    )
    (owed,) = (x for rows in story.ledger("thu 06:00").expectations.values() for x in rows if x.rule == "answer_owed")
    assert owed.state == "unverified"
    assert owed.look_at == at("wed 12:00") + (owed.due_at - owed.opened_at)
