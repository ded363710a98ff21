"""Several decisions at once: flagged items are left out, many need a typed word, one refusal hinders no other."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from agent_runtime.actions.policy import content_hash
from agent_runtime.errors import NotThere, Refused, Stale, TenureError
from agent_runtime.inbox import service
from agent_runtime.inbox.decide import Decided, decide_many
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.inbox.verbs import Command
from tests.unit.agent_runtime.actions.prepared import item as prepared
from tests.unit.agent_runtime.actions.prepared import mail
from tests.unit.agent_runtime.inbox.office import Office, command
from tests.unit.agent_runtime.watchtower.story import ANNA

BOTH = pytest.mark.parametrize("kind", ["sqlite_engine", "postgres_engine"])


def _office(engine: Engine, many: int, *, flagged: Iterable[int] = ()) -> tuple[Office, list[ItemRow]]:
    """Items about as many matters of two accounts, each with a mail to one person."""
    office = Office(engine).open()
    made = []
    with engine.begin() as connection:
        for number in range(many):
            to = ["a@them.test", "b@them.test"] if number in flagged else ["a@them.test"]
            action = mail(to=to, cc=[], account_id=f"acc{number % 2}", message_id=f"<it_{number}.1@we.test>")
            made.append(
                prepared(
                    f"it_{number}", account_id=f"acc{number % 2}", opportunity_id=f"opp{number}", owner_id=ANNA,
                    expectation_id=f"exp_{number}", action=action, delivered_at=office.now,
                )
            )  # fmt: skip
        made = [replace(x, content_hash=content_hash(x.action)) for x in made]
        for one in made:
            service.deliver(connection, one)
    return office, made


def _yes(items: Iterable[ItemRow]) -> list[tuple[str, Command]]:
    return [(x.id, command("approve", x)) for x in items]


def _kinds(results: Iterable[Decided | TenureError]) -> list[str]:
    return [type(x).__name__ for x in results]


@BOTH
def test_one_that_is_refused_hinders_no_other_and_each_is_told_in_its_place(
    request: pytest.FixtureRequest, kind: str
) -> None:
    office, items = _office(request.getfixturevalue(kind), 5)
    stale = command("approve", draft_version=7, hash="0" * 64)
    wanted = [_yes(items)[4], (items[0].id, stale), _yes(items)[3], ("it_x", stale), _yes(items)[1]]
    results = office.decide_many(wanted)
    assert _kinds(results) == ["Decided", "Stale", "Decided", "NotThere", "Decided"]
    assert [x.item_id for x in results if isinstance(x, Decided)] == ["it_4", "it_3", "it_1"]
    assert isinstance(results[1], Stale)
    assert results[1].present["draft_version"] == 1
    assert isinstance(results[3], NotThere)
    states = {x.id: x.state for x in office.rows("SELECT id, state FROM tenure_item")}
    assert states == {"it_0": "open", "it_1": "approved", "it_2": "open", "it_3": "approved", "it_4": "approved"}
    assert office.action_states() == ["pending"] * 3
    assert len(office.audited("item.approved")) == 3


def test_what_is_flagged_is_left_out_of_a_bulk_and_can_be_dismissed_in_one(sqlite_engine: Engine) -> None:
    office, items = _office(sqlite_engine, 3, flagged=[1])
    results = office.decide_many(_yes(items))
    assert _kinds(results) == ["Decided", "Refused", "Decided"]
    assert "several_recipients" in str(results[1])
    [dismissed] = office.decide_many([("it_1", command("dismiss", reason="other"))])
    assert isinstance(dismissed, Decided)


@pytest.mark.parametrize("typed", ["", "approve", "approve 20", "approve 22", "Approve 21"])
def test_more_than_twenty_need_the_typed_word(sqlite_engine: Engine, typed: str) -> None:
    office, items = _office(sqlite_engine, 21)
    with pytest.raises(Refused, match="confirmed"):
        office.decide_many(_yes(items), typed)
    assert office.action_states() == []


def test_with_the_typed_word_all_of_them_are_approved_and_twenty_need_none(sqlite_engine: Engine) -> None:
    office, items = _office(sqlite_engine, 41)
    assert _kinds(office.decide_many(_yes(items[:20]))) == ["Decided"] * 20
    assert _kinds(office.decide_many(_yes(items[20:]), "approve 21")) == ["Decided"] * 21


def test_the_same_item_twice_is_approved_once(sqlite_engine: Engine) -> None:
    office, [item] = _office(sqlite_engine, 1)
    assert _kinds(office.decide_many(_yes([item, item]))) == ["Decided", "Stale"]
    assert office.action_states() == ["pending"]


@BOTH
def test_a_caller_who_breaks_off_has_decided_nothing(request: pytest.FixtureRequest, kind: str) -> None:
    office, items = _office(request.getfixturevalue(kind), 3)
    with office.engine.connect() as connection:
        results = decide_many(connection, office.company, _yes(items), "", office.by())
        assert _kinds(results) == ["Decided"] * 3
        connection.rollback()
    assert [x.state for x in office.rows("SELECT state FROM tenure_item")] == ["open"] * 3
    assert (office.action_states(), office.audited()) == ([], [])
