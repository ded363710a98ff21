"""What becomes of expectations: waited for, breached, unseen, met, moved on, reviewed."""

from datetime import timedelta

from agent_runtime.ledger.book import Expected
from agent_runtime.ledger.policy import SOURCE_GONE
from tests.unit.agent_runtime.ledger.desk import DAY, HOUR, T0, Desk, begun, ended, events, owed


def test_a_due_time_that_passes_is_a_breach_at_that_very_moment() -> None:
    desk = Desk()
    desk.at(T0, begun(owed()))
    assert desk.at(T0 + HOUR - timedelta(seconds=1), begun(owed())) == []
    moves = desk.at(T0 + HOUR, begun(owed()))
    assert events(moves) == ["expectation.breached", "breach.escalated"]
    (breach,) = desk.standing
    assert (breach.rule, breach.due_at, breach.owner_id) == ("promise_due", T0 + HOUR, "u1")


def test_met_in_time_is_no_breach() -> None:
    desk = Desk()
    desk.at(T0, begun(owed()))
    desk.at(T0 + 5 * DAY, begun(owed(met=T0 + HOUR), end=ended(at=T0 + HOUR)))
    assert desk.book.breaches == {}
    assert (desk.expectation("k").state, desk.row.outcome) == ("met", "converted")


def test_met_late_is_met_and_a_breach() -> None:
    desk = Desk()
    late = T0 + HOUR + timedelta(seconds=1)
    desk.at(T0 + 5 * DAY, begun(owed(met=late), end=ended(at=late)))
    assert (desk.expectation("k").state, desk.expectation("k").settled_at) == ("met", late)
    assert len(desk.standing) == 1


def test_a_meeting_known_late_retracts_and_its_deletion_restores() -> None:
    desk = Desk()
    desk.at(T0 + DAY, begun(owed()))
    moves = desk.at(T0 + 26 * HOUR, begun(owed(met=T0 + HOUR), owed("l", due=T0 + 9 * DAY)))
    assert events(moves) == ["breach.retracted", "expectation.met"]
    (breach,) = desk.book.breaches.values()
    assert (breach.retracted_at, breach.retracted_by) == (T0 + 26 * HOUR, "act_met")
    moves = desk.at(T0 + 28 * HOUR, begun(owed(), owed("l", due=T0 + 9 * DAY)))
    assert events(moves) == ["expectation.breached", "breach.escalated"]
    assert desk.standing == [breach]
    assert desk.expectation("k").state == "breached"


def test_a_breach_is_not_restored_while_blind() -> None:
    desk = Desk()
    desk.at(T0 + DAY, begun(owed()))
    desk.at(T0 + 2 * DAY, begun(owed(met=T0 + HOUR), owed("l", due=T0 + 9 * DAY)))
    desk.blind = ["mail"]
    desk.at(T0 + 3 * DAY, begun(owed(), owed("l", due=T0 + 9 * DAY)))
    assert desk.standing == []
    assert desk.expectation("k").state == "unverified"


def test_blind_is_unverified_and_breached_once_when_sight_returns() -> None:
    desk = Desk(blind=["mail of u1"])
    desk.at(T0, begun(owed()))
    moves = desk.at(T0 + 2 * HOUR, begun(owed()))
    assert events(moves) == ["expectation.unverified"]
    assert desk.expectation("k").blind == ["mail of u1"]
    assert desk.row.next_due_at == T0 + 2 * HOUR + DAY
    assert desk.at(T0 + 3 * HOUR, begun(owed())) == []
    desk.blind = []
    assert "expectation.breached" in events(desk.at(T0 + 4 * HOUR, begun(owed())))
    desk.at(T0 + 5 * HOUR, begun(owed()))
    assert len(desk.standing) == 1
    assert desk.expectation("k").blind == []


def test_an_absence_is_looked_at_again_at_the_moment_at_which_it_may_be_claimed() -> None:
    desk = Desk(blind=["mail of u1"])
    desk.at(T0 + 2 * HOUR, begun(owed()))
    assert desk.row.next_due_at == T0 + 2 * HOUR + DAY
    desk.clears_at = T0 + 5 * HOUR
    desk.at(T0 + 3 * HOUR, begun(owed()))
    assert desk.row.next_due_at == T0 + 5 * HOUR


def test_met_in_time_after_all_shows_nothing_unseen_any_more() -> None:
    desk = Desk(blind=["mail"])
    desk.at(T0 + 2 * HOUR, begun(owed()))
    desk.at(T0 + 3 * HOUR, begun(owed(met=T0), end=ended(at=T0)))
    assert desk.expectation("k").blind == []
    assert desk.book.breaches == {}


def test_the_ladder_names_step_recovery_and_who_has_it() -> None:
    desk = Desk()
    told = []
    for day in range(5):
        desk.at(T0 + HOUR + day * DAY, begun(owed()))
        told.append((desk.row.next_action, desk.row.recovery, desk.row.owner_id))
    assert told == [
        ("act:do_it", "remind", "u1"),
        ("remind:do_it", "reassign", "u1"),
        ("reassign:do_it", "manager", "colleague of u1"),
        ("manager:do_it", "manager", "boss"),
        ("manager:do_it", "manager", "boss"),
    ]
    assert len(desk.standing) == 1


def test_each_step_is_told_once() -> None:
    desk = Desk()
    steps = [
        move.detail["step"]
        for hour in range(1, 24 * 6, 7)
        for move in desk.at(T0 + hour * HOUR, begun(owed()))
        if move.event == "breach.escalated"
    ]
    assert steps == [0, 1, 2, 3]


def test_an_expectation_that_moves_on_keeps_its_row() -> None:
    desk = Desk()
    desk.at(T0, begun(owed("k1")))
    row = desk.expectation("k1").id
    assert desk.at(T0 + HOUR / 2, begun(owed("k2", opened=T0 + HOUR / 2, due=T0 + 2 * HOUR))) == []
    assert desk.expectation("k2").id == row
    assert desk.row.next_due_at == T0 + 2 * HOUR
    assert len(desk.book.expectations[desk.row.id]) == 1


def test_a_moved_row_and_its_old_key_stated_again_are_two() -> None:
    desk = Desk()
    desk.at(T0, begun(owed("k1")))
    desk.at(T0, begun(owed("k2")))
    desk.at(T0, begun(owed("k1"), owed("k2")))
    ids = [x.id for x in desk.book.expectations[desk.row.id]]
    assert len(set(ids)) == 2


def test_a_moved_one_never_takes_a_row_of_the_ledgers_own() -> None:
    desk = Desk()
    later = Expected("later", "next_step", "step", T0, T0 + 20 * DAY)
    desk.at(T0, begun(owed(met=T0)))
    assert desk.row.next_action == "review"
    desk.at(T0 + DAY, begun(owed(met=T0), later))
    assert desk.expectation("review").state == "dropped"
    desk.at(T0 + 2 * DAY, begun(owed(met=T0)))
    assert (desk.row.next_action, desk.row.next_due_at) == ("review", T0 + 12 * DAY)
    desk.at(T0 + 3 * DAY)
    desk.at(T0 + 4 * DAY, begun(owed(met=T0), later))
    keys = sorted(x.key for x in desk.book.expectations[desk.row.id])
    assert keys == ["k", "later", "review", SOURCE_GONE]


def test_what_has_no_date_is_reviewed_again_and_again() -> None:
    desk = Desk()
    due = []
    for day in (0, 5, 10, 19, 20):
        desk.at(T0 + day * DAY, begun())
        due.append(desk.row.next_due_at)
    assert due == [T0 + x * DAY for x in (10, 10, 20, 20, 30)]
    assert desk.book.breaches == {}


def test_a_due_time_that_is_moved_moves_the_breach() -> None:
    desk = Desk()
    desk.at(T0 + DAY, begun(owed()))
    desk.at(T0 + DAY, begun(owed(due=T0 + 3 * HOUR)))
    assert [x.due_at for x in desk.standing] == [T0 + 3 * HOUR]
    desk.at(T0 + DAY, begun(owed(due=T0 + 9 * DAY)))
    assert desk.standing == []
    desk.at(T0 + 9 * DAY, begun(owed(due=T0 + 9 * DAY)))
    assert [x.due_at for x in desk.standing] == [T0 + 9 * DAY]


def test_a_due_time_that_is_moved_before_its_meeting_breaches_and_after_it_retracts() -> None:
    desk = Desk()
    met = T0 + 2 * HOUR
    desk.at(T0 + DAY, begun(owed(due=T0 + 3 * HOUR, met=met)))
    assert desk.standing == []
    desk.at(T0 + DAY, begun(owed(due=T0 + HOUR, met=met)))
    assert len(desk.standing) == 1
    desk.at(T0 + DAY, begun(owed(due=T0 + 3 * HOUR, met=met)))
    assert desk.standing == []
    assert desk.expectation("k").state == "met"


def test_a_statement_told_better_is_kept_as_it_is_told_now() -> None:
    desk = Desk()
    desk.at(T0, begun(owed()))
    told = Expected("k", "promise_due", "do_more", T0 + HOUR / 2, T0 + HOUR, "theirs", ("call",), ("act_1", "act_2"))
    desk.at(T0, begun(told)._replace(opportunity_id="opp", contact_id="c"))
    waiting = desk.expectation("k")
    assert (waiting.action, waiting.opened_at, waiting.turn) == ("do_more", T0 + HOUR / 2, "theirs")
    assert (waiting.channels, waiting.evidence) == (["call"], ["act_1", "act_2"])
    assert (desk.row.opportunity_id, desk.row.contact_id) == ("opp", "c")
