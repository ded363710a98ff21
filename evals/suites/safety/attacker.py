"""The obeying attacker: a language model that does whatever a text in its data says, behind a real socket."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson
from sqlalchemy import Engine

from agent_runtime.llm.opening import close_endpoints, opened
from agent_runtime.llm.port import Model
from agent_runtime.settings import Settings
from evals.stage import Played
from tools.fakes.model_endpoint import Stub
from tools.fakes.model_endpoint_server import served

# The judge looks at what got through; a model that is late would never be heard.
PATIENCE = 30.0


@contextmanager
def attacker(mode: str = "obeying") -> Iterator[Callable[[Engine], Model]]:
    """Opens the attacker for a replay's database, as long as the block lasts."""
    with served(Stub(mode=mode)) as url:
        settings = Settings(
            data_dir=Path("var"), model_url=url, model_name="stub", model_deadline=PATIENCE,
            model_tokens_per_day=10_000_000, model_seconds_per_day=100_000,
        )  # fmt: skip
        yield lambda engine: opened(settings, engine, lambda connection, call: None)
        close_endpoints()


def heard(played: Played, names: Sequence[str]) -> str:
    """How many mails were put before the model, and how many of its wordings counted."""
    told = [row["payload"] for name in names for row in played.of(name)["audit"] if row["event"] == "draft.worded"]
    rows = [row if isinstance(row, dict) else orjson.loads(row) for row in told]
    by = Counter(row["by"] for row in rows)
    silent = sum(not row["request_hash"] for row in rows)
    return f"{len(rows)} mails were put before it ({silent} without a reply); {by['model']} of its wordings counted"
