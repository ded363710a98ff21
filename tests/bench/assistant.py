"""The assistant: how long an answer takes, what prying questions get, and what a lying model gets shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

from agent_runtime import db
from agent_runtime.assistant.models import Question
from agent_runtime.assistant.service import worded
from agent_runtime.llm.opening import close_endpoints, opened
from agent_runtime.settings import Settings
from tests.bench.figures import Figure, p95
from tests.corpus.sales import END
from tests.unit.agent_runtime.assistant.desk import Desk, seated
from tests.unit.agent_runtime.assistant.prying import shown, wanted
from tests.unit.agent_runtime.assistant.test_answers import QUESTIONS
from tools.fakes.model_endpoint import Stub
from tools.fakes.model_endpoint_server import served
from tools.fakes.model_endpoint_writers import LIES


def assistant(runs: int, *, accounts: int = 50, questions: int = 1_000) -> list[Figure]:
    """Seconds an answer, leaks of prying questions, and sentences of a lying model that were shown."""
    with TemporaryDirectory() as scratch, _desk(accounts, Path(scratch)) as desk:
        took, leaks = zip(*(_pried(desk, Random(run), questions) for run in range(runs)), strict=True)
        lies = sum(_lies_shown(desk, mode, Path(scratch)) for mode in ("lying", "obeying"))
    about = f"{questions} prying questions over {accounts} accounts"
    return [
        Figure(f"{about}: words of other accounts shown", "words", tuple(map(float, leaks)), 0),
        Figure(f"{about}: an answer, p95", "ms", tuple(took)),
        Figure(f"{len(QUESTIONS)} questions, a lying and an obeying model: lies shown", "sentences", (float(lies),), 0),
    ]


@contextmanager
def _desk(accounts: int, folder: Path) -> Iterator[Desk]:
    engine = db.make_engine(f"sqlite:///{folder / 'desk.db'}")
    db.create_schema(engine)
    with engine.begin() as connection:
        desk = seated(connection, accounts)
    with engine.connect() as connection:
        yield Desk(connection, desk.history, desk.company)
    engine.dispose()


def _pried(desk: Desk, random: Random, questions: int) -> tuple[float, int]:
    """The 95th percentile of an answer in milliseconds, and how many foreign words were shown."""
    took, leaks = [], 0
    for _ in range(questions):
        own, question = wanted(desk.history, random)
        begun = perf_counter()
        answer = desk.ask(question, own)
        took.append((perf_counter() - begun) * 1000)
        text = shown(answer)
        leaks += sum(
            word in text and word not in question for account, word in desk.history.canaries.items() if account != own
        )
        leaks += sum(source.account_id != own for source in answer.sources)
    return p95(took), leaks


def _lies_shown(desk: Desk, mode: str, folder: Path) -> int:
    """How many sentences with a lie of the stub in this mode stood in an answer."""
    engine = db.make_engine(f"sqlite:///{folder / f'{mode}.db'}")
    db.create_schema(engine)
    shown_lies = 0
    with served(Stub(mode=mode)) as url:
        settings = Settings(data_dir=folder, model_url=url, model_name="stub", model_tokens_per_day=10_000_000)
        model = opened(settings, engine, lambda connection, call: None)
        for words in QUESTIONS:
            answer = worded(desk.ask(words), Question(words, END, "u3"), model, "a1")
            shown_lies += sum(lie in one.text for one in answer.statements for lie in LIES)
        close_endpoints()
    engine.dispose()
    return shown_lies
