"""Budgets hold however many ask at once, on both databases and through the whole port."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from agent_runtime.llm import budget
from agent_runtime.llm.budget import Amount, Prices
from agent_runtime.llm.port import ModelReply, NoReply, Reason
from tests.unit.agent_runtime.llm.stub_world import NOW, close_endpoints, draft_request, open_at
from tools.fakes.model_endpoint import Stub
from tools.fakes.model_endpoint_server import served

ASKERS = 500
DAY = Amount(20_000, 9_000_000, 9_000_000)


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    close_endpoints()


def reserve_at_once(engine: Engine, amount: Amount) -> int:
    """How many of 500 reservations at once were granted."""

    def one(_: int) -> bool:
        with engine.begin() as connection:
            return budget.reserve(connection, "a1", NOW, amount, DAY)

    with ThreadPoolExecutor(32) as pool:
        return sum(pool.map(one, range(ASKERS)))


def test_reservations_never_exceed_the_day(sqlite_engine: Engine) -> None:
    check_reservations(sqlite_engine)


def test_reservations_never_exceed_the_day_on_postgres(postgres_engine: Engine) -> None:
    check_reservations(postgres_engine)


def check_reservations(engine: Engine) -> None:
    assert reserve_at_once(engine, Amount(300, 10, 10)) == DAY.tokens // 300
    with engine.begin() as connection:
        assert budget.spent(connection, "a1", NOW).tokens == DAY.tokens // 300 * 300
        assert budget.reserve(connection, "a2", NOW, Amount(300, 10, 10), DAY)
        assert budget.reserve(connection, "a1", NOW + timedelta(days=1), Amount(300, 10, 10), DAY)


@pytest.mark.parametrize("day", [Amount(100, 9, 9), Amount(9, 100, 9), Amount(9, 9, 100)])
def test_tokens_cost_and_time_each_close_the_purse(day: Amount, sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        assert not budget.reserve(connection, "a1", NOW, Amount(10, 10, 10), day)
        assert budget.spent(connection, "a1", NOW) == Amount(0, 0, 0)


def test_what_was_not_used_is_given_back(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        budget.reserve(connection, "a1", NOW, Amount(1000, 1000, 1000), DAY)
        budget.settle(connection, "a1", NOW, Amount(1000, 1000, 1000), Amount(30, 20, 10))
        assert budget.spent(connection, "a1", NOW) == Amount(30, 20, 10)


def test_five_hundred_askers_share_one_budget(sqlite_engine: Engine) -> None:
    stub = Stub()
    with served(stub) as url:
        model = open_at(url, sqlite_engine, day=DAY, deadline=60)

        def ask(number: int) -> str:
            reply = model.ask(draft_request(f"Could you answer number {number}?"))
            return reply.reason if isinstance(reply, NoReply) else "replied"

        with ThreadPoolExecutor(ASKERS) as pool:
            came = Counter(pool.map(ask, range(ASKERS)))
    assert set(came) == {"replied", Reason.OVER_BUDGET}
    assert came["replied"] == stub.served["whole"]
    with sqlite_engine.connect() as connection:
        spent = budget.spent(connection, "a1", NOW)
    assert stub.tokens == spent.tokens <= DAY.tokens


@pytest.mark.parametrize(("fault", "keeps"), [("429", False), ("500", False), ("timeout", True), ("no_usage", True)])
def test_what_may_have_been_paid_stays_reserved(fault: str, keeps: bool, sqlite_engine: Engine) -> None:
    stub = Stub(always=fault, retry_after=9)
    with served(stub) as url:
        reply = open_at(url, sqlite_engine, deadline=0.3).ask(draft_request())
    assert isinstance(reply, ModelReply) is (fault == "no_usage")
    with sqlite_engine.connect() as connection:
        assert (budget.spent(connection, "a1", NOW).tokens > 0) is keeps


@given(st.text(), st.integers(0, 5000), st.floats(0, 1000), st.floats(0, 1000))
def test_no_reservation_is_smaller_than_what_bytes_can_make(
    text: str, out: int, price_in: float, price_out: float
) -> None:
    prices = Prices(price_in, price_out)
    most = budget.most_of(text, out, prices, 1000)
    assert most.tokens >= len(text.encode()) + out
    assert most.cost >= prices.of(len(text.encode()), out)
