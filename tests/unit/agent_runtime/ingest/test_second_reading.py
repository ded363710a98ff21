"""What a model reads in mails and calls is asked about, never believed: word for word, with its source, once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, select

from agent_runtime.audit import service as audit
from agent_runtime.audit.models import AuditEntry
from agent_runtime.ingest.second_reading.call_topics import CallTopics
from agent_runtime.ingest.second_reading.promises import Promises
from agent_runtime.ingest.second_reading.service import SecondReading
from agent_runtime.ingest.second_reading.texts import Text
from agent_runtime.llm.schemas import CallTopic, FoundPromise, FoundPromises
from agent_runtime.permissions import agent_scope
from memory import facts, timeline
from memory.records import Account
from memory.timeline import NewActivity
from tests.unit.agent_runtime.llm.stub_world import close_endpoints, open_at
from tools.fakes.model_endpoint import Stub
from tools.fakes.model_endpoint_server import served

KEY = SecretStr("test")
START = datetime(2026, 5, 13, 9, 0, tzinfo=UTC)
SAID = "We will send the drawing. The price is settled. I will call you by Friday. Shall we begin?"
SEEN = "I will call you by Friday."
ASKED = "We will send the drawing."


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Stub, str]]:
    stub = Stub()
    with served(stub) as url:
        yield stub, url


@pytest.fixture
def stub(running: tuple[Stub, str]) -> Iterator[Stub]:
    running[0].mode, running[0].always = "honest", ""
    yield running[0]
    close_endpoints()


def told(engine: Engine, minutes: int, text: str = SAID, direction: str = "outbound", **data: object) -> None:
    at = START + timedelta(minutes=minutes)
    row = NewActivity("email", "emails", f"m{minutes}", "email", at, at, "a1", direction, text=text, data=dict(data))
    with engine.begin() as connection:
        timeline.add(connection, [row])


def reader(engine: Engine, url: str) -> SecondReading:
    with engine.begin() as connection:
        if connection.scalar(select(Account.__table__.c.id)) is None:  # type: ignore[attr-defined]
            connection.execute(Account.__table__.insert().values(id="a1", name="Harlow"))  # type: ignore[attr-defined]
    reading = SecondReading(engine, open_at(url, engine, deadline=10), KEY, ZoneInfo("Europe/Berlin"))
    assert not reading.step(START)
    return reading


def asked(engine: Engine) -> dict[str, facts.KnownFact]:
    with engine.connect() as connection:
        known = facts.known(connection, agent_scope("a1"))
    return {fact.value: fact for fact in known if fact.slot.startswith((Promises.slot, CallTopics.slot))}


def test_only_what_the_program_did_not_see_is_asked_about(
    stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine
) -> None:
    reading = reader(sqlite_engine, running[1])
    told(sqlite_engine, 5, promises=[{"quote": SEEN, "what": SEEN, "due_at": START.isoformat()}])
    told(sqlite_engine, 6, direction="inbound")
    assert reading.step(START + timedelta(hours=1))
    assert not reading.step(START + timedelta(hours=1))
    (found,) = asked(sqlite_engine).values()
    assert (found.value, found.trust) == (ASKED, "model")
    assert found.sources[0].span == (0, len(ASKED))
    with sqlite_engine.connect() as connection:
        entry = AuditEntry.__table__  # type: ignore[attr-defined]
        (payload,) = connection.scalars(select(entry.c.payload).where(entry.c.event == "promise.unconfirmed"))
        assert payload == {"found": 1}
        assert audit.verify_all(connection) == []


def test_what_was_there_before_is_not_read(stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine) -> None:
    told(sqlite_engine, -5)
    assert not reader(sqlite_engine, running[1]).step(START + timedelta(hours=1))


def test_a_text_is_asked_again_after_a_trouble_and_left_after_a_bad_reply(
    stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine
) -> None:
    reading = reader(sqlite_engine, running[1])
    told(sqlite_engine, 5)
    stub.always = "401"
    assert not reading.step(START + timedelta(hours=1))
    assert not reading.step(START + timedelta(hours=1, minutes=1))
    stub.always = "invalid_json"
    assert reading.step(START + timedelta(hours=2))
    stub.always = ""
    assert not reading.step(START + timedelta(hours=3))
    assert asked(sqlite_engine) == {}


@pytest.mark.parametrize("mode", ["lying", "obeying"])
def test_nothing_is_asked_about_that_does_not_stand_there(
    mode: str, stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine
) -> None:
    reading = reader(sqlite_engine, running[1])
    told(sqlite_engine, 5)
    stub.mode = mode
    assert reading.step(START + timedelta(hours=1))
    assert all(value.partition(" (")[0] in SAID for value in asked(sqlite_engine))


def one(quote: str, by: str = "us", due: str = "") -> FoundPromise:
    return FoundPromise(quote=quote, by=by, due=due)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([one(ASKED, due="2026-05-20")], [(ASKED, "2026-05-20")]),
        ([one(ASKED, due="2026-05-12")], [(ASKED, "")]),
        ([one(ASKED, due="2031-01-01")], [(ASKED, "")]),
        ([one(ASKED), one(ASKED)], [(ASKED, "")]),
        ([one(ASKED, by="customer")], []),
        ([one("We will send the moon.")], []),
        ([one(SEEN)], []),
        ([one("will call you")], []),
        ([one("The price is settled.")], []),
        ([one("Shall we begin?")], []),
    ],
)
def test_what_may_be_asked_about(given: list[FoundPromise], found: list[tuple[str, str]]) -> None:
    text = Text("act", "a1", "m1", "email", START, START, (SEEN,), SAID, {})
    asked_about = list(Promises().questions(text, FoundPromises(promises=given)))
    assert [(x.quote, x.value) for x in asked_about] == [
        (quote, f"{quote} ({day}?)" if day else quote) for quote, day in found
    ]


# Nothing here that the program could place; the stub goes by a word of what the topic means.
WONDERED = "It is about the grey one from last week. My wife says there is something odd with it. Please look."
THEIRS = "My wife says there is something odd with it."


def called(engine: Engine, minutes: int, words: str, **data: object) -> None:
    at = START + timedelta(minutes=minutes)
    row = NewActivity("phone", "calls", f"c{minutes}", "call", at, at, "a1", "inbound", text=words, data=dict(data))
    with engine.begin() as connection:
        timeline.add(connection, [row])


def test_what_a_caller_wanted_and_nobody_could_place_is_asked_about(
    stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine
) -> None:
    reading = reader(sqlite_engine, running[1])
    called(sqlite_engine, 5, WONDERED, voicemail="v5")
    assert reading.step(START + timedelta(hours=1))
    (found,) = asked(sqlite_engine).values()
    assert found.slot.startswith(f"{CallTopics.slot}.")
    assert (found.value, found.trust) == (f"something does not work (“{THEIRS}”)", "model")
    begin, end = found.sources[0].span or (0, 0)
    assert WONDERED[begin:end] == THEIRS


@pytest.mark.parametrize(
    ("words", "data"),
    [
        ("The invoice of May is wrong, I paid it twice.", {"voicemail": "v"}),
        ("Please call me back.", {"voicemail": "v"}),
        (f"caller: {WONDERED}", {"consent": "none"}),
        (f"agent: {WONDERED}", {"consent": "given"}),
        ("", {}),
    ],
    ids=["placed", "says nothing", "no consent", "our own words", "no words"],
)
def test_a_call_is_not_read_again_without_need(
    words: str, data: dict[str, object], stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine
) -> None:
    reading = reader(sqlite_engine, running[1])
    called(sqlite_engine, 5, words, **data)
    assert not reading.step(START + timedelta(hours=1))
    told(sqlite_engine, 6)
    assert reading.step(START + timedelta(hours=2))


@pytest.mark.parametrize(
    ("topic", "quote"),
    [
        ("refund", THEIRS),
        ("other", THEIRS),
        ("billing", ""),
        ("billing", "Please"),
        ("billing", "I want my money back."),
    ],
)
def test_a_topic_needs_a_place_in_the_list_and_the_callers_words(topic: str, quote: str) -> None:
    text = Text("act", "a1", "c1", "call", START, START, (), WONDERED, {"voicemail": "v"})
    assert list(CallTopics().questions(text, CallTopic(topic=topic, quote=quote))) == []


@pytest.mark.parametrize("mode", ["lying", "obeying"])
def test_what_a_model_makes_up_about_a_call_is_not_asked(
    mode: str, stub: Stub, running: tuple[Stub, str], sqlite_engine: Engine
) -> None:
    reading = reader(sqlite_engine, running[1])
    called(sqlite_engine, 5, WONDERED, voicemail="v")
    stub.mode = mode
    assert reading.step(START + timedelta(hours=1))
    assert asked(sqlite_engine) == {}
