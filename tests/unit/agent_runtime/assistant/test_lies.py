"""A model on a socket that lies, or does what the records tell it to: nothing of that is shown, whatever is asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_runtime import db
from agent_runtime.assistant.models import Question
from agent_runtime.assistant.service import worded
from agent_runtime.llm import Model
from agent_runtime.llm.opening import close_endpoints, opened
from agent_runtime.settings import Settings
from tests.corpus.sales import END
from tests.unit.agent_runtime.assistant.desk import Desk, ungrounded_in
from tests.unit.agent_runtime.assistant.test_answers import QUESTIONS
from tools.fakes.model_endpoint import Stub
from tools.fakes.model_endpoint_server import served

ACCOUNTS = ("a0", "a2")
FORTY = tuple((words, ACCOUNTS[n % 2]) for n, words in enumerate((*QUESTIONS, *QUESTIONS[:14])))


@pytest.fixture(scope="module", params=["lying", "obeying"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Model]:
    """The model in its mode."""
    folder: Path = tmp_path_factory.mktemp("lies")
    engine = db.make_engine(f"sqlite:///{folder / 'calls.db'}")
    db.create_schema(engine)
    with served(Stub(mode=request.param)) as url:
        settings = Settings(data_dir=folder, model_url=url, model_name="stub", model_tokens_per_day=10_000_000)
        yield opened(settings, engine, lambda connection, call: None)
        close_endpoints()
    engine.dispose()


def test_of_forty_questions_no_lie_is_shown(desk: Desk, model: Model) -> None:
    told = 0
    for words, account in FORTY:
        composed = desk.ask(words, account)
        answer = worded(composed, Question(words, END, "u3"), model, account, 10.0)
        assert ungrounded_in(answer, composed) == []
        told += answer.notes != ()
    assert told
