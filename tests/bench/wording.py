"""The assistant with a model: what is shown of its lies, what wording costs, how long a silent one is waited for."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import httpx

from agent_runtime import db
from agent_runtime.assistant.models import Answer, Question
from agent_runtime.assistant.phrasing import request_of
from agent_runtime.assistant.service import worded
from agent_runtime.brief.opening import company_of
from agent_runtime.demo.generator import DEFAULT_END, generate
from agent_runtime.llm import Model
from agent_runtime.llm.opening import close_endpoints, opened
from agent_runtime.replay.importing import import_world
from agent_runtime.settings import Settings
from evals.suites.assistant.phrasing import ACCOUNTS, SEED
from evals.suites.assistant.suite import CASES, answered, keep_ledger
from memory.embed import HashingEmbedder
from tests.bench.doors import filled
from tests.bench.figures import Figure, p95
from tests.bench.inbox import server
from tests.unit.agent_runtime.assistant.desk import ungrounded_in
from tools.fakes.model_endpoint import Stub
from tools.fakes.model_endpoint_server import served

ASKED = "When did they last write?"


@dataclass(frozen=True, slots=True)
class Composed:
    """One question of the eval set and the answer that code composed."""

    question: Question
    account_id: str
    answer: Answer


def wording(runs: int, *, askers: int = 10) -> list[Figure]:
    """Ungrounded sentences shown, milliseconds over the stub, and seconds of those who ask beside a silent model."""
    with TemporaryDirectory() as scratch:
        composed = list(_eval_set(Path(scratch)))
        statements = float(sum(len(x.answer.statements) for x in composed))
        lies = [float(_ungrounded(composed, mode, Path(scratch))) for mode in ("lying", "obeying", "honest")]
        over = [_overhead(composed, run, Path(scratch)) for run in range(runs)]
    about = f"{len(composed)} questions of the eval set with an answer"
    waits = {fault: _waits(runs, askers, fault) for fault in ("timeout", "drip")}
    return [
        Figure(f"{about}: statements, each with the chance of a lie, of three models", "", (statements,)),
        Figure(f"{about}; a lying, an obeying, an honest model: ungrounded shown", "sentences", tuple(lies), 0),
        Figure("an answer in a model's words: over the bare exchange with the stub, median", "ms", tuple(over), 30),
        *(
            Figure(f"{askers} askers at once, a model that gives {fault}: answered, p95", "ms", took, 1000)
            for fault, took in waits.items()
        ),
    ]


def _eval_set(folder: Path) -> Iterator[Composed]:
    """The questions about the generated company that code answers."""
    generate(SEED, folder / "world", accounts=ACCOUNTS)
    import_world(folder / "world", folder / "company.db", "b2b_sales")
    engine = db.make_engine(f"sqlite:///{folder / 'company.db'}")
    with engine.begin() as connection:
        company = company_of(connection, DEFAULT_END)
        keep_ledger(connection, company)
    with engine.connect() as connection:
        for case in CASES:
            if "story" not in case:
                found = answered(connection, case, company, HashingEmbedder())
                at = datetime.fromisoformat(case["at"]) if "at" in case else DEFAULT_END
                if found.statements:
                    yield Composed(Question(str(case["question"]), at, ""), str(case["account"]), found)
    engine.dispose()


@contextmanager
def _model(stub: Stub, folder: Path, name: str) -> Iterator[tuple[Model, str]]:
    engine = db.make_engine(f"sqlite:///{folder / f'{name}.db'}")
    db.create_schema(engine)
    with served(stub) as url:
        settings = Settings(
            data_dir=folder, model_url=url, model_name="stub", model_tokens_per_day=100_000_000,
            model_seconds_per_day=1_000_000,
        )  # fmt: skip
        yield opened(settings, engine, lambda connection, call: None), url
        close_endpoints()
    engine.dispose()


def _ungrounded(composed: list[Composed], mode: str, folder: Path) -> int:
    with _model(Stub(mode=mode), folder, mode) as (model, _):
        return sum(
            len(ungrounded_in(worded(x.answer, x.question, model, x.account_id, 10.0), x.answer)) for x in composed
        )


def _overhead(composed: list[Composed], run: int, folder: Path, *, most: int = 100) -> float:
    """Milliseconds that wording an answer takes beyond the bare exchange of the same words."""
    asked, bare = [], []
    with _model(Stub(), folder, f"overhead{run}") as (model, url), httpx.Client(base_url=url) as client:
        for one in composed[:most]:
            request = request_of(one.answer, one.question, one.account_id, None)
            body = {"model": "stub", "messages": [
                {"role": "system", "content": request.prompt.instructions},
                {"role": "user", "content": request.prompt.render(**request.inputs)},
            ]}  # fmt: skip
            bare.append(_milliseconds(partial(client.post, "/chat/completions", json=body)))
            asked.append(_milliseconds(partial(worded, one.answer, one.question, model, one.account_id, 10.0)))
    return sorted(asked)[len(asked) // 2] - sorted(bare)[len(bare) // 2]


def _waits(runs: int, askers: int, fault: str) -> tuple[float, ...]:
    """The 95th percentile over askers of their whole answer, each run before a model that has had its rest."""
    found = []
    for _ in range(runs):
        with TemporaryDirectory() as scratch, served(Stub(always=fault, hang=4.0)) as url:
            tokens = filled(Path(scratch), askers, 30)
            with server(Path(scratch), TENURE_MODEL_URL=url, TENURE_MODEL_NAME="stub") as address:
                _ask(address, 0, tokens[0])
                with ThreadPoolExecutor(askers) as pool:
                    found.append(p95(list(pool.map(partial(_ask, address), range(askers), tokens))))
    return tuple(found)


def _ask(address: str, number: int, token: str) -> float:
    body = {"model": f"account/account-{number}", "messages": [{"role": "user", "content": ASKED}]}
    headers = {"Authorization": f"Bearer {token}"}
    begun = perf_counter()
    httpx.post(f"{address}/v1/chat/completions", json=body, headers=headers, timeout=30).raise_for_status()
    return (perf_counter() - begun) * 1000


def _milliseconds(do: Callable[[], object]) -> float:
    begun = perf_counter()
    do()
    return (perf_counter() - begun) * 1000
