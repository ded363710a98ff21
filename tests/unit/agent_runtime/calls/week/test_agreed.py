"""Thresholds are agreed for each queue or segment and each intent; there is none for all calls together."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import Engine, select

from agent_runtime.audit.models import AuditEntry
from agent_runtime.calls.week.agreed import Agreed, agreed, note_changes
from agent_runtime.calls.week.rows import NeedRow, need_rows
from agent_runtime.playbook import load
from agent_runtime.playbook.call_policy import CallPolicy, Late
from tests.unit.agent_runtime.calls.week.town import town, world

NOW = datetime(2026, 8, 17, 6, tzinfo=UTC)
NAMES = {"marketing": "Max", "sales": "Sue", "operations": "Ola"}
STRICT = Late(commercial=0, service=0, informational=0)
KEY = SecretStr("the key of a test")


@pytest.fixture(scope="module")
def rows() -> list[NeedRow]:
    seen = world(town(3, weeks=11, a_day=20), NOW)
    found = need_rows(seen.needs, seen.calls, seen.setting)
    return [row for row in found if row.week == date(2026, 8, 10)]


def standing(rows: list[NeedRow], segment: str, late: Late, intent: str = "commercial") -> Agreed:
    (found,) = [one for one in agreed(rows, {segment: late}, NAMES, NOW) if one.intent == intent]
    return found


def of(row: NeedRow, count: int, late: int) -> list[NeedRow]:
    """`count` needs like this one that were reached, `late` of them after their window."""
    in_time, too_late = replace(row, reached_at=row.due_at), replace(row, reached_at=NOW)
    return [too_late] * late + [in_time] * (count - late)


def test_one_late_miss_that_wants_to_buy_matters_where_none_may_be_late(rows: list[NeedRow]) -> None:
    sales = next(row for row in rows if row.queue == "sales" and row.high_intent)
    assert standing(of(sales, 30, 1), "sales", STRICT).state == "above"
    assert standing(of(sales, 30, 0), "sales", STRICT).state == "within"


@pytest.mark.parametrize(("count", "late", "state"), [(10, 3, "within"), (10, 4, "perhaps"), (200, 90, "above")])
def test_a_noisy_funnel_bears_more_and_chance_is_not_taken_for_a_breach(
    rows: list[NeedRow], count: int, late: int, state: str
) -> None:
    noisy = replace(next(row for row in rows if row.queue == "service"), intent="informational")
    tolerant = Late(commercial=0, service=0.1, informational=0.3)
    assert standing(of(noisy, count, late), "service", tolerant, "informational").state == state


def test_each_threshold_counts_its_own_calls_and_names_who_agreed(rows: list[NeedRow]) -> None:
    by_queue = standing(rows, "sales", STRICT)
    judged = [x for x in rows if x.queue == "sales" and x.high_intent and (x.late_at(NOW) or not x.open_at(NOW))]
    assert (by_queue.late.n, by_queue.late.part) == (len(judged), sum(x.late_at(NOW) for x in judged))
    assert by_queue.owners == ("Max", "Sue", "Ola")
    assert standing(rows, "town", STRICT).late.n >= by_queue.late.n
    assert standing(rows, "no such queue", STRICT).state == "within"


@pytest.mark.parametrize(
    "told", [{"late": 0.1}, {"late": {"sales": 0.1}}, {"late": {"sales": {"all": 0.1}}}, {"miss_rate": 0.1}]
)
def test_a_share_for_all_calls_together_cannot_be_written(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CallPolicy.model_validate(told)


def test_a_change_of_what_was_agreed_is_audited_once(sqlite_engine: Engine) -> None:
    before = load("b2b_sales")
    after = before.model_copy(update={"calls": CallPolicy(late={"sales": STRICT})})
    with sqlite_engine.begin() as connection:
        assert note_changes(connection, before, NOW, KEY)
        assert not note_changes(connection, before, NOW, KEY)
        assert note_changes(connection, after, NOW, KEY)
        entry = AuditEntry.__table__  # type: ignore[attr-defined]
        told = connection.scalars(select(entry.c.payload).where(entry.c.event == "calls.thresholds_set")).all()
    assert sorted([x["segments"] for x in told]) == [[], ["sales"]]
