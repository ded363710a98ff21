"""Each lapse gets its causes, and none where sight was missing."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_runtime.diagnosis.causes import deciding, judge, most_common
from agent_runtime.diagnosis.lapses import Lapse, lapses
from agent_runtime.diagnosis.record import Record
from agent_runtime.watchtower.sight import Stretch
from tests.unit.agent_runtime.diagnosis.case import ALL, causes_of, decided, done, item, record, sighted
from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, COLLEAGUE, Story, at, seen


def asked(*stretches: Stretch) -> Story:
    story = sighted(*stretches)
    story.asks("mon 10:00")
    return story


def only(found: Record, rule: str = "answer_owed") -> Lapse:
    [lapse] = [x for x in lapses(found) if x.rule == rule]
    return lapse


def causes(found: Record, rule: str = "answer_owed") -> list[str]:
    return causes_of(judge(found, only(found, rule)))


def test_a_question_that_nobody_noticed_is_a_missed_signal() -> None:
    found = record(asked(), "tue 10:00", "fri 10:00")
    lapse = only(found)
    assert (lapse.due_at, lapse.knowable_at, lapse.told_at) == (at("tue 10:00"),) * 3
    assert (lapse.seen_at, lapse.acted_at, lapse.unmet) == (None, None, True)
    assert causes(found) == ["signal_missed"]


def test_what_was_shown_in_time_and_left_is_work_that_never_happened() -> None:
    found = item(record(asked(), "tue 10:00", "fri 10:00"), "answer_owed", "tue 10:05")
    assert only(found).seen_at == at("tue 10:05")
    assert causes(found) == ["work_never_happened"]


def test_what_was_shown_long_after_it_could_be_known_is_recognised_too_late() -> None:
    found = item(record(asked(), "tue 10:00", "fri 18:00"), "answer_owed", "fri 10:00")
    assert causes(found) == ["recognised_too_late"]


def test_a_late_answer_is_recognised_too_late_and_says_how_late() -> None:
    story = asked()
    answer = story.mails("thu 12:00")
    found = item(record(story, "tue 10:00", "fri 10:00"), "answer_owed", "thu 09:00")
    lapse = only(found)
    assert (lapse.seen_at, lapse.acted_at) == (at("thu 09:00"), at("thu 12:00"))
    [judgement] = judge(found, lapse)
    assert judgement.cause == "recognised_too_late"
    assert "2 days after it was due" in judgement.because
    assert answer.id in judgement.activity_ids


def test_an_answer_in_time_is_no_lapse() -> None:
    story = asked()
    story.mails("mon 15:00")
    assert lapses(record(story, "tue 10:00", "fri 10:00")) == []


def test_whoever_acts_has_seen_it() -> None:
    story = asked()
    story.mails("thu 12:00")
    found = record(story, "tue 10:00", "fri 10:00")
    assert only(found).seen_at == at("thu 12:00")


def test_a_decision_or_an_action_counts_as_acting_and_a_snooze_does_not() -> None:
    shown = item(record(asked(), "tue 10:00", "fri 10:00"), "answer_owed", "tue 10:05")
    assert only(decided(shown, "snooze", "tue 11:00")).acted_at is None
    assert only(decided(shown, "dismiss", "tue 11:00")).acted_at is None
    assert only(decided(shown, "approve", "tue 11:00")).acted_at == at("tue 11:00")
    acted = done(shown, shown.book.interactions[0].id, "tue 12:00")
    assert only(acted).acted_at == at("tue 12:00")


def test_an_item_of_the_same_matter_that_stands_there_shows_it_as_well() -> None:
    story = sighted()
    story.deal("mon 09:00", "new")
    story.crm("mon 11:00", "opportunity.updated", close_date="2026-04-30")
    found = record(story, "mon3 09:00", "mon4 09:00")
    late = [x.rule for x in lapses(found, "d1")]
    assert "next_step" in late
    assert "stage_age" in late
    found = item(found, "stage_age", "mon2 09:00")
    assert only(found, "next_step").seen_at == only(found, "next_step").knowable_at


def test_a_hand_over_before_the_due_time_loses_context() -> None:
    story = asked()
    change = story.crm("mon 15:00", "owner.changed", None, from_user_id=ANNA, to_user_id=BELA)
    found = record(story, "tue 10:00", "fri 10:00")
    [judgement] = judge(found, only(found))
    assert (judgement.cause, judgement.activity_ids) == ("context_lost", (change.id,))


def test_a_hand_over_after_it_stands_beside_the_cause() -> None:
    story = asked()
    story.crm("wed 15:00", "owner.changed", None, from_user_id=ANNA, to_user_id=BELA)
    assert causes(record(story, "tue 10:00", "fri 10:00")) == ["signal_missed", "context_lost"]


def test_another_csm_is_no_hand_over() -> None:
    story = asked()
    story.crm("wed 15:00", "owner.changed", None, from_user_id=ANNA, to_user_id=BELA, role="csm")
    assert causes(record(story, "tue 10:00", "fri 10:00")) == ["signal_missed"]


def test_our_own_promise_that_nobody_saw_is_work_that_never_happened() -> None:
    story = sighted()
    story.crm("mon 10:00", "task.created", None, task_id="t", subject="Send", due_at=at("tue 10:00").isoformat())
    assert causes(record(story, "tue 10:00", "fri 10:00"), "promise_due") == ["work_never_happened"]


def test_a_caller_who_came_back_by_himself_was_not_acted_on() -> None:
    story = sighted()
    story.misses("mon 10:00")
    story.misses("wed 10:00", status="completed", talk_s=60, answered_by="person")
    found = record(story, "tue 10:00", "fri 10:00")
    lapse = only(found, "missed_call")
    assert (lapse.came_back, lapse.unmet, lapse.acted_at) == (True, False, None)
    still_owed = only(record(asked(), "tue 10:00", "fri 10:00"))
    assert deciding([lapse], at("fri 10:00")) == [lapse]
    assert deciding([lapse, still_owed], at("fri 10:00")) == [still_owed]


def test_a_customer_who_is_asked_again_was_acted_on() -> None:
    story = sighted()
    story.deal("mon 09:00", "offer")
    story.crm("mon 10:00", "opportunity.proposal", status="created")
    story.mails("wed2 10:00", opportunity_id="d1")
    found = record(story, "tue2 12:00", "fri2 10:00")
    lapse = only(found, "proposal_response")
    assert (lapse.expectation.turn, lapse.acted_at) == ("theirs", at("wed2 10:00"))


BLIND = {
    "no phone": (ALL[0],),
    "no mail": (ALL[1],),
    "nothing connected": (seen("crm", "", "mon 00:00", "sun20 00:00"),),
    "the phone was out": (ALL[0], seen("phone", "", "wed 00:00", "sun20 00:00")),
    "the phone of the owner": (ALL[0], seen("phone", COLLEAGUE, "mon 00:00", "sun20 00:00")),
}


@pytest.mark.parametrize("stretches", BLIND.values(), ids=BLIND)
def test_where_sight_was_missing_the_cause_cannot_be_told(stretches: tuple[Stretch, ...]) -> None:
    story = asked(*stretches)
    story.crm("mon 15:00", "owner.changed", None, from_user_id=ANNA, to_user_id=BELA)
    found = record(story, "tue 10:00", "fri 10:00", "mon2 10:00")
    assert all(causes_of(judge(found, x)) == ["cannot_tell"] for x in lapses(found))
    assert lapses(found)


def test_an_outage_after_it_was_acted_on_blinds_nothing() -> None:
    story = asked(ALL[0], seen("phone", "", "mon 00:00", "fri 00:00"))
    story.mails("thu 12:00")
    assert causes(record(story, "tue 10:00", "mon2 10:00")) == ["recognised_too_late"]


def test_what_became_known_late_could_not_be_known_before() -> None:
    story = sighted()
    story.asks("mon 10:00", known_at=at("thu 10:00"))
    assert only(record(story, "thu 10:00", "fri 10:00")).knowable_at == at("thu 10:00")


def test_what_was_blind_could_be_known_when_it_was_seen_again() -> None:
    story = asked(
        ALL[1], seen("email", "", "mon 00:00", "mon 12:00"), seen("email", "", "wed 12:00", "sun20 00:00", "wed 12:00")
    )
    found = record(story, "tue 10:00", "fri 18:00")
    assert only(found).knowable_at == at("wed 12:00")


hours = st.integers(0, 24 * 12)


@settings(max_examples=60, deadline=None)
@given(spans=st.lists(st.tuples(st.sampled_from(["email", "phone"]), hours, hours), max_size=4), answer=hours)
def test_no_absence_is_ever_claimed_without_sight(spans: list[tuple[str, int, int]], answer: int) -> None:
    start = at("mon 00:00")
    stretches = [
        Stretch(source, "", start + timedelta(hours=min(a, b)), start + timedelta(hours=max(a, b)), start)
        for source, a, b in spans
    ]
    story = asked(*(stretches or [seen("crm", "", "mon 00:00", "sun20 00:00")]))
    if answer > 10:
        story.add(start + timedelta(hours=answer), "email", "emails", direction="outbound", contact_id="c-kim",
                  user_id=ANNA, thread="t1", subject="Plant", caused_by="person")  # fmt: skip
    found = record(story, "tue 10:00", "mon3 00:00")
    for lapse in lapses(found):
        until = lapse.acted_at or lapse.ended_at or found.view.now
        whole = all(covers(stretches, x, lapse.expectation.opened_at, until) for x in ("email", "phone"))
        assert whole or causes_of(judge(found, lapse)) == ["cannot_tell"]


def covers(stretches: list[Stretch], source: str, since: datetime, until: datetime) -> bool:
    """Whether the stretches of the source leave no hour of the time out."""
    own = [x for x in stretches if x.source == source]
    hour = since
    while hour < until:
        if not any(x.visible_from <= hour < x.visible_until for x in own):
            return False
        hour += timedelta(hours=1)
    return True


def test_causes_are_ordered_by_how_often_they_occur() -> None:
    assert most_common(["context_lost", "signal_missed", "context_lost"]) == ("context_lost", "signal_missed")
    assert most_common(["context_lost", "signal_missed"]) == ("signal_missed", "context_lost")
    assert most_common([]) == ()
