"""A language model as one more reader of the prepared mails: it is asked what people are asked, and never gates."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from pydantic import BaseModel, Field

from agent_runtime import db
from agent_runtime.clock import SystemClock
from agent_runtime.errors import BadSetting
from agent_runtime.llm.opening import close_endpoints, opened
from agent_runtime.llm.port import Model, ModelReply, ModelRequest
from agent_runtime.settings import Settings
from evals.frame import CaseRow
from evals.gate import wilson
from evals.suites.drafts import suite as drafts
from prompts import parse

PROMPT = parse("judge", Path(__file__).with_suffix(".md").read_text(encoding="utf-8"))
PATIENCE = 60.0
ANSWERS = ("yes", "one_word", "rewrite")


class Judgement(BaseModel):
    """What the model says of one mail."""

    answer: Literal["yes", "one_word", "rewrite"]
    reason: str = Field(max_length=400)


@dataclass(frozen=True, slots=True)
class Mail:
    """One prepared mail of a case, and what had happened before it."""

    case: str
    situation: str
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One mail with its answer; `answer` is empty where the model gave none, and `reason` says why."""

    case: str
    answer: str
    reason: str


def mails(cases: Sequence[CaseRow]) -> list[Mail]:
    """Every mail that the runtime prepares for these cases of the drafts suite."""
    stories = {str(x["id"]): x for x in cases if "story" in x}
    outputs = drafts.run(list(stories.values())).outputs
    return [
        Mail(name, _situation(stories[name]), f"{row['action']['subject']}\n\n{row['action']['body']}")
        for name, output in outputs.items()
        for row in output["account"]["items"]
        if row["action"]["kind"] == "send_email"
    ]


def _situation(case: CaseRow) -> str:
    """The steps of the story as its author told them: when, what, and the words."""
    return "\n".join(" ".join([str(when), str(what), *map(str, rest)]) for when, what, *rest in case["story"])


def judge(model: Model, found: Sequence[Mail], now: datetime) -> Iterator[Judged]:
    """The model's answer to each mail, one after the other."""
    for mail in found:
        inputs = {"situation": mail.situation, "mail": mail.text}
        reply = model.ask(ModelRequest(PROMPT, inputs, Judgement, "judge", "", now, PATIENCE))
        if isinstance(reply, ModelReply):
            yield Judged(mail.case, reply.value.answer, reply.value.reason)
        else:
            yield Judged(mail.case, "", f"no reply: {reply.reason}")


def markdown(rows: Sequence[Judged], model: str) -> str:
    """Coverage first, then the shares of what was judged, then each mail."""
    said = [x for x in rows if x.answer]
    counts = Counter(x.answer for x in said)
    lines = [f"# What {model} says of the drafts", "", f"Judged: {len(said)} of {len(rows)}. It gates nothing.", ""]
    for answer in ANSWERS:
        low, high = wilson(counts[answer], len(said))
        lines.append(f"- {answer.replace('_', ' ')}: {counts[answer]} ({low:.0%} to {high:.0%})")
    lines += ["", "| case | answer | why |", "|---|---|---|"]
    lines += [f"| {x.case} | {x.answer or 'none'} | {x.reason.replace('|', '/')} |" for x in rows]
    return "\n".join(lines) + "\n"


def run(settings: Settings) -> str:
    """Asks the model that the settings name about every mail of the drafts suite; raises BadSetting without one."""
    if not settings.model_url:
        raise BadSetting("No model is set, so nothing was judged.", fix="Set TENURE_MODEL_URL and TENURE_MODEL_NAME.")
    with TemporaryDirectory() as scratch:
        engine = db.make_engine(f"sqlite:///{Path(scratch) / 'judge.db'}")
        db.create_schema(engine)
        model = opened(settings, engine, lambda connection, call: None)
        try:
            rows = [_shown(x) for x in judge(model, mails(drafts.SUITE.cases), SystemClock().now())]
        finally:
            close_endpoints()
            engine.dispose()
    return markdown(rows, model.name)


def _shown(row: Judged) -> Judged:
    print(f"{row.answer or 'none':9} {row.case}: {row.reason}", file=sys.stderr, flush=True)
    return row
