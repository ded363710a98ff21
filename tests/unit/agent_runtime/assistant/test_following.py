"""A question is read behind the one before it: what it leaves out is that one's, what it says itself is its own."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from agent_runtime.assistant.asked import Asked
from agent_runtime.assistant.catalogue import catalogue
from agent_runtime.assistant.conversation import asked_before, keep
from agent_runtime.assistant.following import followed
from agent_runtime.assistant.models import Answer, Question
from agent_runtime.assistant.times import Span
from agent_runtime.assistant.understanding import sorted_out
from agent_runtime.permissions import agent_scope
from tests.corpus.sales import END
from tests.unit.agent_runtime.assistant.desk import Desk, seated

FEBRUARY = Span(END - timedelta(days=60), END - timedelta(days=30), words=("in February",))


def asked(text: str, **more: object) -> Asked:
    """The question as it is read by itself."""
    intent, topic = sorted_out(text, catalogue(), None)
    plain = {"intent": intent, "language": "en", "span": Span(), "topic": topic}
    return Asked(Question(text, END, "u3"), text, text, **(plain | more))  # type: ignore[arg-type]


BEFORE = asked("What did we tell them about the pump?", people=("grace",), span=FEBRUARY)


def nobody(_: Asked) -> tuple[str, ...]:
    return ()


@pytest.mark.parametrize(
    ("text", "intent", "topic"),
    [
        ("And when?", "told", ("pump",)),
        ("By when?", "told", ("pump",)),
        ("What about the valve?", "told", ("valv",)),
        ("Who promised that?", "promises_ours", ("pump",)),
        ("And what did they ask?", "asked", ("pump",)),
        ("Who decides there?", "decides", ()),
        ("What did we say about the roof?", "told", ("roof",)),
    ],
)
def test_what_a_question_leaves_out_is_that_of_the_one_before(text: str, intent: str, topic: tuple[str, ...]) -> None:
    found = followed(asked(text), BEFORE, nobody)
    assert (found.intent, found.topic) == (intent, topic)
    assert found.carried == (topic == ("pump",) or text.startswith("What about"))


def test_a_whole_question_stands_as_it_is() -> None:
    whole = asked("Who signs the contract?")
    assert followed(whole, BEFORE, nobody) == whole
    assert followed(whole, None, nobody) == whole


def test_before_that_ends_where_that_began() -> None:
    assert followed(asked("And before that?"), BEFORE, nobody).span == Span(until=FEBRUARY.since)
    assert followed(asked("And after that?"), BEFORE, nobody).span == Span(since=FEBRUARY.until)
    assert followed(asked("And when?"), BEFORE, nobody).span == FEBRUARY
    assert followed(asked("What about the valve?"), BEFORE, nobody).span == Span()


def test_she_is_who_was_named_in_the_question_or_else_in_its_answer() -> None:
    assert followed(asked("What does she do there?"), BEFORE, nobody).people == ("grace",)
    unnamed = asked("Who decides there?")
    assert followed(asked("What does she do there?"), unnamed, lambda _: ("ivo",)).people == ("ivo",)


def test_an_answer_says_what_it_was_understood_with(desk: Desk) -> None:
    first, then = "When did we last hear from Ivo Adler?", "And before June?"
    answer = desk.ask(then, earlier=(first,))
    assert first in answer.notes[-1]
    assert not desk.ask(first).notes
    assert desk.ask(then).refused
    assert "Ivo Adler" in answer.answer or answer.refused


def test_only_what_the_same_person_asked_a_moment_ago_is_the_same_conversation(sqlite_engine: Engine) -> None:
    key, scope = SecretStr("the key of a test"), agent_scope("a1")
    with sqlite_engine.begin() as connection:
        seated(connection, 2)
        said = ((90, "u3", "long ago"), (10, "u4", "another"), (9, "u3", "first"), (5, "u3", "then"))
        for minutes, user, words in said:
            question = Question(words, END - timedelta(minutes=minutes), user)
            keep(connection, scope, question, Answer("", refused=True), key)
        assert asked_before(connection, scope, "u3", END, 3) == ("first", "then")
        assert asked_before(connection, scope, "u3", END, 1) == ("then",)
        assert asked_before(connection, agent_scope("a0"), "u3", END, 3) == ()
