"""The whole graph of an account's loop: gather → decide → draft → check → reword. No transaction, no effect.

Code decides every edge; a writer only fills text between them, and what it wrote is checked before it goes on.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache, partial
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agent_runtime.inbox.policy import Trouble
from agent_runtime.ingest.knowledge import asked_topics
from agent_runtime.llm import Model
from agent_runtime.loop import draft as drafts
from agent_runtime.loop import rewording
from agent_runtime.loop.gates import Gate, GatePolicy, gate
from agent_runtime.loop.gather import gather as gather_situation
from agent_runtime.loop.known import Known
from agent_runtime.loop.rewording import Wording
from agent_runtime.loop.situation import Situation, from_json, to_json


@dataclass(frozen=True, slots=True)
class Around:
    """What a pass works with: the account as it is known, its trouble, the owner, the playbook's numbers.

    `model`: words finished mails anew; None where none is set.
    """

    known: Known
    trouble: Trouble
    owner_id: str
    policy: GatePolicy
    model: Model | None = None


class State(TypedDict, total=False):
    """What passes along the edges: plain JSON."""

    situation: dict[str, Any]
    gate: dict[str, Any]
    draft: dict[str, Any] | None
    violations: list[str]
    wording: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Result:
    """What a pass gave: a checked draft, or None with the verdict and reason why nothing is proposed.

    `wording`: who worded a mail, where a model might have.
    """

    draft: dict[str, Any] | None
    verdict: str
    reason: str
    until: datetime | None
    verified: bool
    quotes: dict[str, str]
    wording: Wording | None = None


def gather(state: State, runtime: Runtime[Around]) -> State:
    """Everything that may be said, from this account's records alone."""
    around = runtime.context
    return {"situation": to_json(gather_situation(around.known, around.trouble, around.owner_id))}


def decide(state: State, runtime: Runtime[Around]) -> State:
    """Whether anything may be written at all, and by which channel."""
    return {"gate": _plain(gate(from_json(state["situation"]), runtime.context.policy))}


def draft(state: State) -> State:
    """The text, or nothing."""
    written = drafts.write(from_json(state["situation"]), _gate(state["gate"]))
    return {"draft": drafts.to_json(written) if written else None}


def check(state: State, runtime: Runtime[Around]) -> State:
    """Every number, date, name and promise of a mail stands in the account's records, and it asks nothing that the
    customer has answered; else no mail is proposed."""
    written = state.get("draft")
    if written is None or written["kind"] != "send_email":
        return {"violations": []}
    return {"violations": _violations(from_json(state["situation"]), runtime.context, written)}


def _violations(situation: Situation, around: Around, written: dict[str, Any]) -> list[str]:
    again = sorted(asked_topics(written["body"]) & around.known.answered)
    return [*drafts.violations(situation, written), *(f"asked_again: {topic}" for topic in again)]


def reword(state: State, runtime: Runtime[Around]) -> State:
    """A checked mail in a model's words, where one is set and its words pass the same check and say the same."""
    around, written = runtime.context, state["draft"]
    assert around.model is not None
    assert written is not None
    situation = from_json(state["situation"])
    worded, wording = rewording.reword(situation, written, around.model, partial(_violations, situation, around))
    return {"draft": worded, "wording": asdict(wording)}


def fall_back(state: State) -> State:
    """A text that did not pass the check becomes a card with the facts."""
    card = drafts.write_card(from_json(state["situation"]), _gate(state["gate"]), state["violations"])
    return {"draft": drafts.to_json(card), "violations": []}


def _after_decide(state: State) -> str:
    return END if state["gate"]["verdict"] in ("nothing", "hold_until") else "draft"


def _after_check(state: State, runtime: Runtime[Around]) -> str:
    if state["violations"]:
        return "fall_back"
    written = state.get("draft")
    is_mail = written is not None and written["kind"] == "send_email"
    return "reword" if is_mail and runtime.context.model is not None else END


@cache
def graph() -> "CompiledStateGraph[State, Around, State, State]":
    """gather → decide → (nothing | draft → check → (good | reword | fall_back)); compiled once."""
    builder = StateGraph(State, context_schema=Around)
    builder.add_node("gather", gather)
    builder.add_node("decide", decide)
    builder.add_node("draft", draft)
    builder.add_node("check", check)
    builder.add_node("reword", reword)
    builder.add_node("fall_back", fall_back)
    builder.add_edge(START, "gather")
    builder.add_edge("gather", "decide")
    builder.add_conditional_edges("decide", _after_decide, ["draft", END])
    builder.add_edge("draft", "check")
    builder.add_conditional_edges("check", _after_check, ["reword", "fall_back", END])
    builder.add_edge("reword", END)
    builder.add_edge("fall_back", END)
    return builder.compile()


def invoke(around: Around) -> Result:
    """One pass of the graph over one trouble."""
    state = graph().invoke({}, context=around)
    verdict = _gate(state["gate"])
    situation = from_json(state["situation"])
    quotes = {record.activity_id: record.quote for record in situation.records}
    worded = state.get("wording")
    wording = Wording(**worded) if worded else None
    return Result(
        state.get("draft"), verdict.verdict, verdict.reason, verdict.until, situation.verified, quotes, wording
    )


def _plain(verdict: Gate) -> dict[str, Any]:
    until = verdict.until.isoformat() if verdict.until else None
    names = ("allowed", "verdict", "reason", "rule", "debt_id", "close_the_loop")
    return {name: getattr(verdict, name) for name in names} | {"until": until}


def _gate(plain: dict[str, Any]) -> Gate:
    until = datetime.fromisoformat(plain["until"]) if plain["until"] else None
    return replace(Gate(plain["allowed"], plain["verdict"], plain["reason"]), **{**plain, "until": until})
