"""The story of a deal, as data and as a page that can be printed."""

from dataclasses import asdict

import orjson

from agent_runtime.diagnosis.page import common_text, story_text
from agent_runtime.diagnosis.story import Story as DealStory
from agent_runtime.diagnosis.story import deal_story, in_common, stories
from tests.unit.agent_runtime.diagnosis.case import ALL, item, record, relooked, sighted
from tests.unit.agent_runtime.watchtower.story import ANNA, BERLIN, Story, at

LOOKS = ("mon 10:00", "fri 10:00", "mon2 10:00", "fri2 10:00", "mon3 10:00", "fri3 10:00")


def lost(story: Story, reason: str | None = "price") -> Story:
    """A deal that was asked about, answered late, pushed and lost."""
    story.deal("mon 09:00", "offer", name="Plant", amount=1000, currency="EUR")
    story.crm("mon 09:30", "opportunity.updated", close_date="2026-04-01")
    story.asks("mon 10:00", opportunity_id="d1")
    story.crm("wed 09:30", "opportunity.updated", close_date="2026-05-01")
    story.deal("fri2 12:00", "lost", lost_reason=reason)
    return story


def told(story: Story) -> DealStory:
    found = record(story, *LOOKS)
    return deal_story(found, found.view.deals["d1"])


def test_a_lost_deal_is_told_with_its_cause() -> None:
    found = told(lost(sighted()))
    assert (found.standing, found.reason, found.amount) == ("lost", "price", 1000)
    assert found.ended_at == at("fri2 12:00")
    [line] = [x for x in found.lines if x.rule == "answer_owed"]
    assert (line.due_at, line.knowable_at, line.acted_at) == (at("tue 10:00"), at("tue 10:00"), None)
    assert [x.cause for x in line.judgements] == ["signal_missed"]
    assert line.now_doing == "manager:answer_the_customer", "the question is owed although the deal has ended"
    assert found.causes[0] == "signal_missed"
    assert found.first_knowable_at == at("tue 10:00")
    assert [(x.before, x.after) for x in found.slips] == [("2026-04-01", "2026-05-01")]
    assert orjson.dumps(asdict(found))


def test_a_loss_without_a_missed_duty_has_none_of_the_four_causes() -> None:
    story = sighted()
    story.deal("mon 09:00", "offer")
    story.mails("mon 10:00", opportunity_id="d1")
    story.deal("tue 12:00", "lost", lost_reason="price")
    found = told(story)
    assert (found.lines, found.causes, found.first_knowable_at) == ((), (), None)
    assert "none of the four" in story_text(found, BERLIN, {})


def test_a_loss_that_was_not_all_seen_cannot_be_told() -> None:
    story = sighted(ALL[0])
    story.deal("mon 09:00", "offer")
    story.mails("mon 10:00", opportunity_id="d1")
    story.deal("tue 12:00", "lost")
    found = told(story)
    assert found.causes == ("cannot_tell",)
    assert "Not seen: phone: never connected" in story_text(found, BERLIN, {})


def test_an_open_deal_with_a_breach_is_stalled_and_says_what_is_done_now() -> None:
    story = sighted()
    story.deal("mon 09:00", "offer")
    story.asks("mon 10:00", opportunity_id="d1")
    found = told(story)
    assert found.standing == "stalled"
    [line] = [x for x in found.lines if x.rule == "answer_owed"]
    assert (line.now_doing, line.owner_id) == ("manager:answer_the_customer", "mona")
    assert line.now_due_at is not None
    assert line.now_due_at > at("fri3 10:00")
    page = story_text(found, BERLIN, {"mona": "Mona"})
    assert "now: manager: answer the customer, with Mona" in page


def test_an_open_deal_in_which_all_is_well_is_open() -> None:
    story = sighted()
    story.deal("mon 09:00", "offer")
    found = record(story, "mon 10:00")
    assert deal_story(found, found.view.deals["d1"]).standing == "open"


def test_the_page_has_one_line_a_matter_and_what_would_have_to_change() -> None:
    found = record(lost(sighted()), *LOOKS)
    found = item(found, "answer_owed", "tue 10:05")
    page = story_text(deal_story(found, found.view.deals["d1"]), BERLIN, {ANNA: "Anna"})
    assert page.startswith("Acme: Plant\n1,000 EUR · opened 9 March 2026 · lost on 20 March 2026")
    assert "Close date moved from 2026-04-01 to 2026-05-01 on 11 March 2026" in page
    assert "answer_owed                 10 Mar 26 10:00  10 Mar 26 10:00  10 Mar 26 10:05  -" in page
    assert "Cause: work never happened" in page
    assert "It could be known on 10 March 2026, 10 days before it ended on 20 March 2026." in page
    assert all(len(line) < 120 for line in page.splitlines())


def test_what_belongs_to_no_deal_is_told_after_the_deals() -> None:
    story = lost(sighted())
    story.asks("mon3 08:00", thread="other", subject="Invoice")
    found = stories(relooked(record(story, *LOOKS), story, "fri4 10:00"))
    assert [x.opportunity_id for x in found] == ["d1", None]
    assert [x.rule for x in found[1].lines] == ["answer_owed"]
    assert found[1].standing == "stalled"


def test_several_deals_are_laid_side_by_side() -> None:
    story = lost(sighted())
    story.deal("mon 09:00", "offer", deal="d2")
    story.asks("mon 11:00", thread="t2", opportunity_id="d2")
    story.mails("mon 12:00", who="c-else", thread="t9", opportunity_id="d2")
    found = stories(record(story, *LOOKS))
    counted = in_common(found)
    assert sum(counted.values()) == 2
    assert common_text(found).startswith("Of 2 deals lost or stalled, the first cause: ")
    assert common_text(found[:1]) == ""


def test_a_deal_that_was_opened_again_is_read_by_its_last_life() -> None:
    story = lost(sighted())
    story.mails("mon3 08:00", opportunity_id="d1")
    story.deal("mon3 09:00", "offer")
    found = told(story)
    assert found.standing == "open"
    assert found.causes == (), "what was missed in the life before does not decide the present one"
    assert found.lines


def test_a_deal_that_was_won_has_no_cause_although_something_was_late() -> None:
    story = sighted()
    story.deal("mon 09:00", "offer")
    story.asks("mon 10:00", opportunity_id="d1")
    story.mails("thu 10:00", opportunity_id="d1")
    story.deal("fri 12:00", "won")
    found = told(story)
    assert (found.standing, found.causes, found.first_knowable_at) == ("won", (), None)
    assert [x.cause for line in found.lines for x in line.judgements] == ["recognised_too_late"]
    assert "Cause" not in story_text(found, BERLIN, {})
