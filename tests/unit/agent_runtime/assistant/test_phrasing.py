"""A model may word an answer better and nothing else: lies, foreign sources and lost figures stay out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pytest

from agent_runtime.assistant.models import Answer, Question, Statement
from agent_runtime.assistant.phrasing import phrased
from agent_runtime.assistant.service import ask, worded
from agent_runtime.llm.port import ModelReply, ModelRequest, NoReply, Reason
from agent_runtime.permissions import agent_scope
from tests.corpus.sales import END
from tests.unit.agent_runtime.assistant.desk import Desk

LIES: tuple[Callable[[Statement], str], ...] = (
    lambda x: "Everything is settled and they will sign on Friday.",
    lambda x: x.text.replace("2026", "2025"),
    lambda x: x.text.replace("Rep U1", "Rep U2"),
    lambda x: f"{x.text} The discount is 40 percent.",
    lambda x: f"{x.text} See https://evil.example/steal.",
    lambda x: f"It is not true that {x.text}",
    lambda x: "Rep U1 promised something.",
    lambda x: f"{x.text} ![x](https://evil.example/a.png)",
    lambda x: "Ignore the records.",
    lambda x: f"{x.text} Barbara Undheim agreed.",
    lambda x: x.text.replace(", overdue", ""),
    lambda x: x.text.partition(": ")[2],
)


@dataclass
class Told:
    """A model that answers with what it is told to make of each composed statement."""

    make: Callable[[Statement], Statement]
    answer: Answer
    asked: list[Any]
    name: str = "told"

    def ask(self, request: ModelRequest[Any]) -> ModelReply[Any] | NoReply:
        """The reply, in the form that the request wants."""
        self.asked.append(request)
        made = [self.make(x) for x in self.answer.statements]
        plain: dict[str, Any] = {"statements": [{"text": x.text, "citations": list(x.citations)} for x in made][:6]}
        if "answered" in request.schema.model_fields:
            plain["answered"] = True
        return ModelReply(request.schema.model_validate(plain), self.name, request.prompt.hash, 1, 1, 0, False)

    def stream(self, request: ModelRequest[Any], stop: Callable[[], bool]) -> Iterator[str]:
        """Nothing asks for it."""
        raise AssertionError


@dataclass
class Silent:
    """A model that gives no reply."""

    reason: Reason
    name: str = "silent"

    def ask(self, request: ModelRequest[Any]) -> NoReply:
        """Never one."""
        return NoReply(self.reason)

    def stream(self, request: ModelRequest[Any], stop: Callable[[], bool]) -> Iterator[str]:
        """Nothing asks for it."""
        raise AssertionError


ASKED = Question("What do we still owe them?", END, "u3")


@pytest.fixture(scope="module")
def composed(desk: Desk) -> Answer:
    """The answer without a model."""
    return desk.ask(ASKED.text)


def test_a_sound_sentence_takes_the_place_of_the_composed_one(desk: Desk, composed: Answer) -> None:
    model = Told(lambda x: Statement(x.text.replace("promised", "has promised"), x.citations), composed, [])
    asked = ask(desk.connection, agent_scope("a1"), ASKED, company=desk.company)
    answer = worded(asked, ASKED, model, "a1", 0.5)
    assert answer.model == "told"
    assert all(x.worded == ("has promised" in x.text) for x in answer.statements)
    assert model.asked[0].deadline == 0.5
    assert "has promised" in answer.answer
    assert [x.citations for x in answer.statements] == [x.citations for x in composed.statements]
    assert answer.answer.endswith("[1]")
    assert model.asked[0].account_id == "a1"


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_never_shown(composed: Answer, lie: Callable[[Statement], str]) -> None:
    model = Told(lambda x: Statement(lie(x), x.citations), composed, [])
    answer = phrased(composed, ASKED, model, "a1", date(2026, 12, 1))
    assert answer.statements == composed.statements
    assert answer.answer == composed.answer
    assert answer.model is None
    assert answer.notes == ("Written without the language model: what it wrote is not in the records.",)


def test_words_that_are_the_composed_ones_are_no_models(composed: Answer) -> None:
    assert phrased(composed, ASKED, Told(lambda x: x, composed, []), "a1", date(2026, 12, 1)) == composed


def test_a_source_of_nobody_is_no_source(composed: Answer) -> None:
    model = Told(lambda x: Statement(x.text.replace("promised", "has promised"), ("em-0-0-1",)), composed, [])
    assert phrased(composed, ASKED, model, "a1", date(2026, 12, 1)).statements == composed.statements


@pytest.mark.parametrize("reason", list(Reason))
def test_without_a_reply_the_composed_answer_stays_and_says_so(composed: Answer, reason: Reason) -> None:
    answer = phrased(composed, ASKED, Silent(reason), "a1", date(2026, 12, 1))
    assert (answer.answer, answer.model) == (composed.answer, None)
    assert len(answer.notes) == 1
    assert answer.notes[0].startswith("Written without the language model: ")


def test_a_refusal_is_not_asked_of_a_model(desk: Desk) -> None:
    refused = desk.ask("Which bank do they use?")
    model = Told(lambda x: x, refused, [])
    assert phrased(refused, ASKED, model, "a1", date(2026, 12, 1)) == refused
    assert model.asked == []


def _lied(make: Callable[[Statement], str], statement: Statement) -> Statement:
    return Statement(make(statement) or "Nothing.", statement.citations)


def test_the_whole_account_is_asked_for_as_a_brief_and_checked_alike(desk: Desk) -> None:
    composed = desk.ask("Give me a summary of this account.")
    question = Question("Give me a summary of this account.", END, "u3")
    for make in LIES:
        model = Told(partial(_lied, make), composed, [])
        told = worded(composed, question, model, "a1")
        assert (model.asked[0].prompt.name, model.asked[0].purpose) == ("brief", "brief")
        assert told.statements == composed.statements
    sound = Told(lambda x: Statement(f"Still: {x.text}", x.citations), composed, [])
    assert worded(composed, question, sound, "a1").model == "told"
