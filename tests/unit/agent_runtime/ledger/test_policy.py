"""What the ledger makes of hand-made statements: what is opened, ended, continued, deferred, deleted or merged."""

from agent_runtime.ledger.book import Begun
from agent_runtime.ledger.policy import PART, SOURCE_GONE, WAKE, WITHDRAWN
from tests.unit.agent_runtime.ledger.desk import DAY, HOUR, T0, Desk, begun, changed, ended, events, owed, plain


def test_opens_with_all_four() -> None:
    desk = Desk()
    assert events(desk.at(T0, begun(owed()))) == ["interaction.opened"]
    row = desk.row
    four = (row.owner_id, row.next_action, row.next_due_at, row.recovery)
    assert four == ("u1", "do_it", T0 + HOUR, "remind")
    assert (row.opened_at, row.opened_by, row.state) == (T0, "act_1", "open")
    assert desk.expectation("k").look_at == T0 + HOUR


def test_stating_the_same_again_changes_nothing() -> None:
    desk = Desk()
    for now in (T0, T0 + 2 * HOUR, T0 + 5 * DAY):
        desk.at(now, begun(owed()))
        assert desk.at(now, begun(owed())) == []
        assert not changed(desk.book)


def test_a_change_of_owner_is_told() -> None:
    desk = Desk()
    desk.at(T0, begun(owed()))
    desk.owner = "u2"
    (move,) = desk.at(T0, begun(owed()))
    assert move.event == "interaction.owner_changed"
    assert move.detail == {"before": "u1", "after": "u2"}


def test_an_end_drops_what_was_owed() -> None:
    desk = Desk()
    desk.at(T0, begun(owed(due=T0 + 9 * DAY)))
    moves = desk.at(T0 + DAY, begun(owed(due=T0 + 9 * DAY), end=ended("lost")))
    assert events(moves) == ["expectation.dropped", "interaction.ended"]
    row, waiting = desk.row, desk.expectation("k")
    assert (row.outcome, row.reason, row.evidence, row.ended_at) == ("lost", "because", ["act_end"], T0 + 2 * HOUR)
    assert (waiting.state, waiting.settled_by, waiting.look_at) == ("dropped", "act_end", None)
    assert desk.book.breaches == {}


def test_what_ended_and_turns_out_otherwise_goes_on_in_a_new_row() -> None:
    desk = Desk()
    waiting = owed()
    desk.at(T0 + DAY, begun(waiting, end=ended("lost")))
    first = desk.row
    desk.at(T0 + 2 * DAY, begun(waiting))
    assert desk.row.continues_id == first.id
    assert (first.state, desk.row.state) == ("ended", "open")
    desk.at(T0 + 3 * DAY, begun(waiting, end=ended("converted")))
    desk.at(T0 + 4 * DAY, begun(waiting, end=ended("disqualified")))
    outcomes = [x.outcome for x in desk.book.interactions]
    assert outcomes == ["lost", "converted", "disqualified"]
    continued = [x.continues_id for x in desk.book.interactions[1:]]
    assert continued == [x.id for x in desk.book.interactions[:-1]]


def test_the_present_is_the_chains_last_row_whatever_their_order_in_the_book() -> None:
    desk = Desk()
    for day, outcome in enumerate(("lost", "converted", "disqualified"), start=1):
        desk.at(T0 + day * DAY, begun(owed(), end=ended(outcome)))
    first, second, third = desk.book.interactions
    desk.book.interactions = [first, third, second]
    assert desk.at(T0 + 5 * DAY, begun(owed(), end=ended("disqualified"))) == []


def test_a_corrected_end_does_not_double_its_breaches() -> None:
    desk = Desk()
    late = owed(met=T0 + 2 * HOUR)
    desk.at(T0 + DAY, begun(late, owed("l"), end=ended("lost", T0 + 3 * HOUR)))
    assert len(desk.standing) == 2
    desk.at(T0 + 2 * DAY, begun(late, owed("l"), end=ended("converted", T0 + 3 * HOUR)))
    assert len(desk.standing) == 2
    desk.at(T0 + 3 * DAY, begun(late, owed("l")))
    assert len(desk.standing) == 2
    assert desk.expectation("l").state == "breached"
    desk.at(T0 + 4 * DAY, begun(late, owed("l", met=T0 + HOUR)))
    assert [x.due_at for x in desk.standing] == [T0 + HOUR]


def test_what_an_earlier_row_of_the_chain_showed_is_retracted_with_its_statement() -> None:
    desk = Desk()
    desk.at(T0 + DAY, begun(owed(met=T0 + 2 * HOUR), end=ended("lost", T0 + 3 * HOUR)))
    desk.at(T0 + 2 * DAY, begun(owed("l", due=T0 + 9 * DAY)))
    assert desk.standing == []


def test_a_second_life_continues_the_first() -> None:
    desk = Desk()
    life0 = Begun("opportunity", "d#0", T0, "act_1", (), ended("lost"))
    life1 = Begun("opportunity", "d#1", T0 + DAY, "act_2", (owed(due=T0 + 9 * DAY),), continues="d#0")
    desk.at(T0 + DAY, life0, life1)
    assert desk.row.continues_id == desk.book.interactions[0].id


def test_two_lives_that_become_one_are_one_chain_with_one_open_row() -> None:
    desk = Desk(known={"act_1", "act_2"})
    waiting = owed(due=T0 + 9 * DAY)
    life0 = Begun("opportunity", "d#0", T0, "act_1", (), ended("lost"))
    life1 = Begun("opportunity", "d#1", T0 + DAY, "act_2", (waiting,), continues="d#0")
    desk.at(T0 + DAY, life0, life1)
    desk.at(T0 + 2 * DAY, life0._replace(end=None, expected=(waiting,)))
    assert [(x.key, x.outcome) for x in desk.book.interactions] == [
        ("d#0", "lost"), ("d#1", "disqualified"), ("d#0", None),
    ]  # fmt: skip
    assert desk.row.continues_id == desk.book.interactions[1].id
    desk.at(T0 + 3 * DAY, life0, life1)
    assert [(x.key, x.outcome) for x in desk.book.interactions[2:]] == [("d#0", "lost"), ("d#1", None)]
    continued = [x.continues_id for x in desk.book.interactions if x.continues_id]
    assert len(set(continued)) == len(continued) == 3


def test_history_that_a_later_life_continues_stays_as_it_was_told() -> None:
    desk = Desk()
    life0 = Begun("opportunity", "d#0", T0, "act_1", (), ended("lost"))
    life1 = Begun("opportunity", "d#1", T0 + DAY, "act_2", (owed(due=T0 + 9 * DAY),), continues="d#0")
    desk.at(T0 + DAY, life0, life1)
    assert desk.at(T0 + 2 * DAY, life0._replace(end=ended("disqualified")), life1) == []


def test_deferred_expects_its_wake_and_a_new_life_continues_it() -> None:
    desk = Desk()
    wake_at = T0 + 30 * DAY
    life0 = Begun("lead_response", "l#0", T0, "act_1", (), ended("deferred", wake_at=wake_at))
    desk.at(T0 + DAY, life0)
    wake = desk.expectation(WAKE)
    assert (wake.state, wake.look_at) == ("waiting", wake_at)
    life1 = Begun("lead_response", "l#1", wake_at, "act_1", (owed(due=wake_at + DAY),), continues="l#0")
    desk.at(wake_at, life0, life1)
    assert (wake.state, wake.look_at) == ("met", None)
    assert desk.row.continues_id == desk.book.interactions[0].id
    assert desk.row.state == "open"


def test_a_wake_that_is_past_when_it_becomes_known_waits_for_nothing() -> None:
    desk = Desk()
    desk.at(T0 + 9 * DAY, begun(end=ended("deferred", wake_at=T0 + DAY)))
    assert (desk.expectation(WAKE).state, desk.expectation(WAKE).look_at) == ("met", None)


def test_a_deferral_that_is_moved_moves_its_wake() -> None:
    desk = Desk()
    desk.at(T0 + DAY, begun(end=ended("deferred", wake_at=T0 + 30 * DAY)))
    desk.at(T0 + 2 * DAY, begun(end=ended("deferred", wake_at=T0 + 20 * DAY)))
    assert desk.expectation(WAKE).look_at == T0 + 20 * DAY
    desk.at(T0 + 20 * DAY, begun(end=ended("deferred", wake_at=T0 + 20 * DAY)))
    assert desk.expectation(WAKE).state == "met"


def test_a_deferred_one_whose_source_was_deleted_comes_back_unresolved() -> None:
    desk = Desk()
    desk.at(T0 + DAY, begun(end=ended("deferred", wake_at=T0 + 30 * DAY)))
    assert desk.at(T0 + 2 * DAY) == []
    desk.at(T0 + 30 * DAY)
    assert (desk.row.state, desk.row.next_action) == ("open", "decide_what_became_of_it")
    assert desk.row.continues_id == desk.book.interactions[0].id
    desk.at(T0 + 31 * DAY)
    assert len(desk.book.interactions) == 2


def test_deleted_at_the_source_stays_open_and_unresolved() -> None:
    desk = Desk()
    desk.at(T0 + DAY, begun(owed()))
    desk.at(T0 + 2 * DAY)
    assert (desk.row.state, desk.row.next_action) == ("open", "decide_what_became_of_it")
    assert desk.row.next_due_at == T0 + 12 * DAY
    assert desk.expectation("k").state == "dropped"
    assert len(desk.standing) == 1
    for day in range(3, 20):
        desk.at(T0 + day * DAY)
    assert desk.row.owner_id == "boss"
    desk.at(T0 + 20 * DAY, begun(owed()))
    assert desk.expectation(SOURCE_GONE).state == "dropped"
    assert [x.due_at for x in desk.standing] == [T0 + HOUR]
    desk.at(T0 + 21 * DAY)
    assert desk.row.next_due_at == T0 + 31 * DAY


def test_unresolved_at_the_reassign_step_has_one_colleague() -> None:
    desk = Desk()
    desk.at(T0, begun(owed()))
    desk.at(T0 + DAY)
    desk.at(T0 + 13 * DAY)
    desk.at(T0 + 13 * DAY + HOUR)
    assert desk.row.owner_id == "colleague of u1"


def test_what_never_was_so_ends_and_its_breach_is_retracted() -> None:
    desk = Desk(known={"act_1"})
    desk.at(T0 + DAY, begun(owed()))
    desk.at(T0 + 2 * DAY)
    assert (desk.row.outcome, desk.row.reason, desk.row.evidence) == ("disqualified", WITHDRAWN, ["act_1"])
    assert desk.standing == []


def test_two_runs_that_become_one_leave_one() -> None:
    desk = Desk()
    first = Begun("open_question", "q1", T0, "act_1", (owed(),), parts=("act_1",))
    second = Begun("open_question", "q2", T0 + HOUR, "act_2", (owed("m"),), parts=("act_2",))
    desk.at(T0 + DAY, first, second)
    assert len(desk.standing) == 2
    desk.at(T0 + 2 * DAY, first._replace(parts=("act_1", "act_2")))
    one, two = desk.book.interactions
    assert (one.state, two.outcome, two.reason, two.evidence) == ("open", "disqualified", PART, ["act_2"])
    assert [x.interaction_id for x in desk.standing] == [one.id]
    desk.at(T0 + 3 * DAY, first, second)
    assert desk.row.continues_id == two.id
    assert len(desk.standing) == 2


def test_a_part_of_another_kind_of_interaction_is_none() -> None:
    desk = Desk()
    promise = begun(owed(due=T0 + 9 * DAY))
    desk.at(T0, promise)
    desk.at(T0 + DAY, Begun("open_question", "q", T0, "act_1", (owed(due=T0 + 9 * DAY),), parts=("act_1",)))
    assert desk.book.interactions[0].state == "open"


def test_an_ended_run_that_becomes_a_part_keeps_its_row_and_loses_its_breach() -> None:
    desk = Desk()
    second = Begun("open_question", "q2", T0, "act_2", (owed(),), ended(), parts=("act_2",))
    desk.at(T0 + DAY, second)
    before = plain(desk.row)
    desk.at(T0 + 2 * DAY, Begun("open_question", "q1", T0, "act_1", (owed(),), ended(), parts=("act_1", "act_2")))
    assert plain(desk.book.interactions[0]) == before
    assert len(desk.standing) == 1
