"""The model port over a stub on a loopback socket: what it costs, how late it gives up, and whether budgets hold."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import httpx
from sqlalchemy import Engine

from agent_runtime import db
from agent_runtime.llm import ModelReply, ModelRequest, budget
from agent_runtime.llm.asking import EndpointModel
from agent_runtime.llm.opening import close_endpoints, opened
from agent_runtime.llm.schemas import DraftText
from agent_runtime.settings import Settings
from prompts import load
from tests.bench.figures import Figure, p95
from tools.fakes.model_endpoint import Stub
from tools.fakes.model_endpoint_server import served

NOW = datetime(2026, 5, 13, 9, 0, tzinfo=UTC)
DEADLINE, DAY = 0.9, 60_000


def model(runs: int, *, questions: int = 100, slow: int = 10, askers: int = 500) -> list[Figure]:
    """Overhead over the stub, seconds until a silent model is given up, and the budget under many askers."""
    found: list[Figure] = []
    with _opened(Stub()) as (port, url, _):
        overheads = [_overhead(port, url, run, questions) for run in range(runs)]
        found.append(Figure("model port: overhead over the stub, median", "ms", tuple(overheads), 30))
    with _opened(Stub(always="timeout", hang=3.0)) as (port, _, _):
        waits = [_seconds(partial(port.ask, _question(f"slow {n}"))) * 1000 for n in range(min(slow, 5))]
        found.append(Figure("model port: a silent model is given up after, p95", "ms", (p95(waits),), 1000))
    with _opened(Stub()) as (port, _, engine):
        with ThreadPoolExecutor(askers) as pool:
            replied = sum(
                pool.map(lambda n: isinstance(port.ask(_question(f"of many {n}", 60)), ModelReply), range(askers))
            )
        with engine.connect() as connection:
            spent = budget.spent(connection, "a1", NOW).tokens
    about = f"{askers} askers at once on one budget"
    over = float(max(0, spent - DAY))
    return [
        *found,
        Figure(f"{about}: tokens over it", "tokens", (over,), 0),
        Figure(f"{about}: replies", "", (replied,)),
    ]


@contextmanager
def _opened(stub: Stub) -> Iterator[tuple[EndpointModel, str, Engine]]:
    with TemporaryDirectory() as scratch, served(stub) as url:
        engine = db.make_engine(f"sqlite:///{Path(scratch) / 'model.db'}")
        db.create_schema(engine)
        settings = Settings(
            data_dir=Path(scratch), model_url=url, model_name="stub", model_tokens_per_day=DAY, model_deadline=DEADLINE,
            model_seconds_per_day=100_000,
        )  # fmt: skip
        yield opened(settings, engine, lambda connection, call: None), url, engine
        close_endpoints()
        engine.dispose()


def _question(text: str, deadline: float | None = None, account: str = "a1") -> ModelRequest[DraftText]:
    inputs = {"language": "en", "message": f"Could you tell me about {text}?", "kept": "", "their_words": ""}
    return ModelRequest(load("draft"), inputs, DraftText, "bench", account, NOW, deadline)


def _overhead(port: EndpointModel, url: str, run: int, questions: int) -> float:
    """Milliseconds that a question through the port takes beyond the bare exchange."""
    asked, bare = [], []
    with httpx.Client(base_url=url) as client:
        for number in range(questions):
            question = _question(f"{run} {number}", account=f"a{run}-{number}")
            body = {"model": "stub", "messages": [
                {"role": "system", "content": question.prompt.instructions},
                {"role": "user", "content": question.prompt.render(**question.inputs)},
            ]}  # fmt: skip
            bare.append(_seconds(partial(client.post, "/chat/completions", json=body)))
            asked.append(_seconds(partial(port.ask, question)))
    return (sorted(asked)[questions // 2] - sorted(bare)[questions // 2]) * 1000


def _seconds(do: Callable[[], object]) -> float:
    begun = perf_counter()
    do()
    return perf_counter() - begun
