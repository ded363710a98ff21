"""The real client against the stub over a loopback socket: every fault ends in time and in a plain reason."""

from collections.abc import Iterator
from datetime import timedelta
from time import monotonic

import pytest
from sqlalchemy import Engine, select

from agent_runtime.llm.models import ModelCall, ModelEndpoint
from agent_runtime.llm.port import ModelReply, ModelSilent, NoReply, Reason
from tests.unit.agent_runtime.llm.stub_world import MESSAGE, NOW, close_endpoints, draft_request, open_at
from tools.fakes.model_endpoint import Stub
from tools.fakes.model_endpoint_server import served

# What a deadline of less than a second may take on a machine that others use as well; it is less than the stub hangs.
PATIENCE, SHORT, LONG = 2.5, 0.4, 20.0
ENDS = {
    "429": Reason.DOWN, "500": Reason.DOWN, "401": Reason.DOWN, "timeout": Reason.SLOW, "drip": Reason.SLOW,
    "length": Reason.MALFORMED, "invalid_json": Reason.MALFORMED, "wrong_schema": Reason.MALFORMED,
    "refusal": Reason.REFUSED, "content_filter": Reason.REFUSED, "empty": Reason.MALFORMED, "html": Reason.MALFORMED,
    "redirect": Reason.REFUSED,
}  # fmt: skip


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Stub, str]]:
    stub = Stub(hang=3.0)
    with served(stub) as url:
        yield stub, url


@pytest.fixture
def stub(running: tuple[Stub, str]) -> Stub:
    stub = running[0]
    stub.always, stub.refuses, stub.mode, stub.pause, stub.retry_after = "", frozenset(), "honest", 0.0, 0.05
    stub.faults.clear()
    stub.served.clear()
    stub.seen.clear()
    return stub


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    close_endpoints()


def calls(engine: Engine) -> list[ModelCall]:
    with engine.connect() as connection:
        return [ModelCall(**row) for row in connection.execute(select(ModelCall.__table__)).mappings()]  # type: ignore[attr-defined]


def test_a_reply_is_typed_counted_and_told(stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine) -> None:
    heard: list[str] = []
    model = open_at(running[1], sqlite_engine, record=lambda _, call: heard.append(call.outcome))
    reply = model.ask(draft_request())
    assert isinstance(reply, ModelReply)
    assert reply.value.message == MESSAGE.replace("Could", "Can")
    assert reply.cost == reply.tokens_in + 2 * reply.tokens_out > 0
    assert heard == ["replied"]
    body = stub.seen[0]
    assert body["response_format"]["json_schema"]["strict"] is True
    assert "maxLength" not in str(body["response_format"])
    assert MESSAGE not in body["messages"][0]["content"]


@pytest.mark.parametrize("fault", sorted(ENDS))
def test_every_fault_ends_in_time_with_its_reason(
    fault: str, stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine
) -> None:
    stub.always = fault
    begun = monotonic()
    deadline = SHORT if ENDS[fault] is Reason.SLOW else LONG
    reply = open_at(running[1], sqlite_engine, deadline=deadline).ask(draft_request())
    assert reply == NoReply(ENDS[fault])
    assert monotonic() - begun < PATIENCE
    assert [call.outcome for call in calls(sqlite_engine)] == [ENDS[fault].value]


@pytest.mark.parametrize("fault", ["429", "500"])
def test_what_passes_is_tried_again(fault: str, stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine) -> None:
    stub.faults.append(fault)
    assert isinstance(open_at(running[1], sqlite_engine).ask(draft_request()), ModelReply)
    assert stub.served == {fault: 1, "whole": 1}


def test_nobody_waits_longer_than_the_deadline_for_leave_to_retry(
    stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine
) -> None:
    stub.always, stub.retry_after = "429", 30.0
    begun = monotonic()
    assert open_at(running[1], sqlite_engine).ask(draft_request()) == NoReply(Reason.DOWN)
    assert monotonic() - begun < PATIENCE
    assert stub.served == {"429": 1}


def test_a_time_that_is_over_before_anything_is_sent_is_a_slow_model(
    stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine
) -> None:
    assert open_at(running[1], sqlite_engine).ask(draft_request(deadline=1e-9)) == NoReply(Reason.SLOW)


def test_nobody_listens(sqlite_engine: Engine) -> None:
    reply = open_at("http://127.0.0.1:9/v1", sqlite_engine).ask(draft_request())
    assert reply == NoReply(Reason.DOWN)


@pytest.mark.parametrize(
    ("refuses", "forms", "rung"),
    [
        ({"json_schema"}, ["json_schema", "json_object"], "json_object"),
        ({"json_schema", "json_object"}, ["json_schema", "json_object", ""], "text"),
    ],
)
def test_the_form_that_serves_is_found_once(
    refuses: set[str], forms: list[str], rung: str, stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine
) -> None:
    stub.refuses = frozenset(refuses)
    stub.always = "fenced" if rung == "text" else ""
    for number in range(2):
        assert isinstance(open_at(running[1], sqlite_engine).ask(draft_request(f"{MESSAGE} {number}")), ModelReply)
    seen = [body.get("response_format", {}).get("type", "") for body in stub.seen]
    assert seen == [*forms, forms[-1]]
    with sqlite_engine.connect() as connection:
        assert connection.scalar(select(ModelEndpoint.__table__.c.rung)) == rung  # type: ignore[attr-defined]


def test_a_model_that_wants_the_limit_under_its_new_name_gets_it(
    stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine
) -> None:
    stub.refuses = frozenset({"max_tokens"})
    model = open_at(running[1], sqlite_engine)
    for number in range(2):
        assert isinstance(model.ask(draft_request(f"{MESSAGE} {number}")), ModelReply)
    assert stub.served == {"refused_limit": 1, "whole": 2}
    assert [body["response_format"]["type"] for body in stub.seen] == ["json_schema"] * 3


def test_a_form_that_was_found_long_ago_is_tried_anew(
    stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine
) -> None:
    stub.refuses = frozenset({"json_schema"})
    open_at(running[1], sqlite_engine).ask(draft_request())
    stub.refuses = frozenset()
    for days in (1, 30):
        open_at(running[1], sqlite_engine).ask(draft_request(str(days), now=NOW + timedelta(days=days)))
    seen = [body["response_format"]["type"] for body in stub.seen]
    assert seen == ["json_schema", "json_object", "json_object", "json_schema"]


def test_it_works_on_postgres_too(stub: Stub, running: tuple[Stub, str], postgres_engine: Engine) -> None:
    first, again = (open_at(running[1], postgres_engine).ask(draft_request()) for _ in range(2))
    assert isinstance(first, ModelReply)
    assert isinstance(again, ModelReply)
    assert (first.stored, again.stored) == (False, True)


def test_the_same_request_is_paid_once(stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine) -> None:
    first = open_at(running[1], sqlite_engine).ask(draft_request())
    again = open_at(running[1], sqlite_engine).ask(draft_request())
    other = open_at(running[1], sqlite_engine).ask(draft_request(account_id="a2"))
    assert isinstance(first, ModelReply)
    assert isinstance(again, ModelReply)
    assert isinstance(other, ModelReply)
    assert (again.stored, again.cost, again.value) == (True, 0, first.value)
    assert not other.stored
    assert stub.served == {"whole": 2}


def test_a_stream_comes_in_pieces_and_is_counted(stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine) -> None:
    pieces = list(open_at(running[1], sqlite_engine).stream(draft_request(), lambda: False))
    assert len(pieces) > 3
    assert MESSAGE.replace("Could", "Can") in "".join(pieces)
    (call,) = calls(sqlite_engine)
    assert call.outcome == "replied"
    assert call.tokens_out > 0
    assert call.reply is None


def test_a_stream_ends_when_nobody_reads_on(stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine) -> None:
    stub.pause = 0.01
    read: list[str] = []
    for piece in open_at(running[1], sqlite_engine).stream(draft_request(), lambda: len(read) >= 2):
        read.append(piece)
    assert len(read) == 2
    assert [call.outcome for call in calls(sqlite_engine)] == ["stopped"]


def test_a_closed_stream_is_stopped(stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine) -> None:
    stream = open_at(running[1], sqlite_engine).stream(draft_request(), lambda: False)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert [call.outcome for call in calls(sqlite_engine)] == ["stopped"]


def test_a_stream_that_hangs_hears_the_stop(stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine) -> None:
    stub.always = "timeout"
    begun = monotonic()
    stream = open_at(running[1], sqlite_engine, deadline=60).stream(draft_request(), lambda: monotonic() - begun > 0.2)
    assert list(stream) == []
    assert monotonic() - begun < PATIENCE


@pytest.mark.parametrize("fault", ["cut", "length", "content_filter", "500", "drip"])
def test_a_stream_that_breaks_says_so(fault: str, stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine) -> None:
    stub.always = fault
    with pytest.raises(ModelSilent):
        list(open_at(running[1], sqlite_engine, deadline=0.4).stream(draft_request(), lambda: False))
    assert len(calls(sqlite_engine)) == 1


def test_after_troubles_in_a_row_nobody_waits(stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine) -> None:
    stub.always = "401"
    model = open_at(running[1], sqlite_engine)
    replies = [model.ask(draft_request(f"{number}")) for number in range(8)]
    assert set(replies) == {NoReply(Reason.DOWN)}
    assert stub.served == {"401": 5}


def test_a_redirect_is_not_followed(stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine) -> None:
    stub.always = "redirect"
    open_at(running[1], sqlite_engine).ask(draft_request())
    assert sum(stub.served.values()) == 1


def test_the_key_goes_to_the_endpoint_and_into_no_error(
    running: tuple[Stub, str], stub: Stub, sqlite_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    stub.key = "sk-canary"
    try:
        assert isinstance(open_at(running[1], sqlite_engine, key="sk-canary").ask(draft_request()), ModelReply)
        assert open_at(running[1], sqlite_engine, key="other").ask(draft_request("2")) == NoReply(Reason.DOWN)
    finally:
        stub.key = ""
    assert "canary" not in caplog.text
    assert "north side" not in caplog.text
