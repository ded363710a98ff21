"""A deal as it is drawn: each lapse on one axis, its times in order, what was late as a stretch."""

from datetime import timedelta

from agent_runtime.diagnosis.causes import Judgement
from agent_runtime.diagnosis.story import Line, Story
from agent_runtime.web.story_line import LEFT, RIGHT, chapter, failures
from tests.unit.agent_runtime.app.office import NOW

DAY = timedelta(days=1)


def line(due: int, acted: int | None, owner: str | None = None) -> Line:
    """A lapse by days after the deal was opened."""
    at = NOW + due * DAY
    return Line(
        interaction_id="i", expectation_id="e", rule="answer_owed", action="answer_the_customer", turn="ours",
        since=NOW, due_at=at, knowable_at=at, told_at=at, seen_at=None,
        acted_at=NOW + acted * DAY if acted is not None else None,
        judgements=(Judgement("work_never_happened", "nothing was done", ("act",)),), now_doing="remind:answer",
        now_due_at=at, owner_id=owner,
    )  # fmt: skip


def story(*lines: Line, ended: int | None = 10, known: int | None = 2) -> Story:
    """A deal that was lost, or stands still where it has not ended."""
    return Story(
        account_id="a", account_name="A", opportunity_id="o", name="Deal", amount=1.0, currency="EUR",
        standing="lost" if ended else "stalled", stage="proposal", opened_at=NOW,
        ended_at=NOW + ended * DAY if ended else None, reason="price", lines=lines, slips=(),
        causes=("work_never_happened",), blind=(),
        first_knowable_at=NOW + known * DAY if known is not None else None,
    )  # fmt: skip


def test_times_lie_on_one_axis() -> None:
    told = chapter(story(line(2, 5), line(4, None)), {"anna": "Anna"}, NOW + 20 * DAY)
    first, second = told.lines
    places = {x.name: x.x for x in first.dots}
    assert LEFT <= places["due"] == places["knowable"] < places["acted"] <= RIGHT
    assert first.late == (places["due"], places["acted"])
    assert second.late == (second.dots[0].x, RIGHT)
    assert [x.name for x in second.dots] == ["due", "knowable"]


def test_it_says_how_much_earlier_it_could_be_known() -> None:
    assert chapter(story(line(2, None)), {}, NOW + 20 * DAY).could == 8
    assert chapter(story(line(2, None), known=10), {}, NOW + 20 * DAY).could is None
    assert chapter(story(line(2, None), ended=None), {}, NOW + 20 * DAY).could is None


def test_words_stand_in_place_of_our_names() -> None:
    told = chapter(story(line(2, None, "anna")), {"anna": "Anna"}, NOW + 20 * DAY)
    [one] = told.lines
    assert (one.what, one.action) == ("The customer waits for an answer", "Answer the customer")
    assert (one.now_doing, one.owner) == ("the owner is reminded", "Anna")
    assert one.causes[0][0] == told.causes[0] == "Work never happened"
    assert failures([told]) == [told]
