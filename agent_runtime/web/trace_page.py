"""One item from its signal to what came of it: what was seen, known, drafted, changed, decided, done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Response

from agent_runtime.inbox import tracing
from agent_runtime.inbox.reading import ItemPage, today_of
from agent_runtime.inbox.reading import page as item_page
from agent_runtime.permissions import Policy, Target
from agent_runtime.web.account_sources import names, passage
from agent_runtime.web.difference import Piece, difference
from agent_runtime.web.page import PageCall, PageRouter, Shown, page
from agent_runtime.web.plain import action_words, detail_words, event_words, kind_words, outcome_words, rule_words
from memory import people

router = PageRouter("trace")
ItemId = Annotated[str, Path(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way, in words. `diff`: what a person changed in the draft."""

    at: datetime
    what: str
    title: str
    actor: str
    note: str = ""
    diff: tuple[Piece, ...] = ()
    evidence: tuple[str, ...] = ()
    hash: str = ""


@router.get("/audit/items/{item_id}", policy=Policy(target=Target.ITEM))
def show_trace(call: Shown, item_id: ItemId) -> Response:
    """The whole way of one item."""
    scope = call.scope
    traced = tracing.trace(call.connection, scope, item_id)
    item = item_page(call.connection, scope, item_id, today_of(call.connection, call.principal.user_id, call.now))
    called = names(call.connection, people.contacts(call.connection, scope))
    steps = [_step(x, item, called) for x in traced.steps if x.what != "audit"]
    written = [x for x in traced.steps if x.what == "audit"]
    return page(
        call, "audit/trace.html", item=item, steps=steps, written=written, names=called, passage=passage,
        event_words=event_words, detail_words=detail_words, rule_words=rule_words,
        matter=_matter(call, traced.interaction_id),
    )  # fmt: skip


def _step(step: tracing.Step, item: ItemPage, called: Mapping[str, str]) -> Step:
    detail = step.detail
    title, note = _TITLES[step.what](detail, item)
    return Step(
        at=step.at,
        what=step.what,
        title=title,
        actor=_actor(step.actor, called),
        note=note,
        diff=tuple(_diff(detail, item)) if step.what == "draft" else (),
        evidence=tuple(detail.get("evidence") or ()) if step.what == "expectation" else (),
        hash=str(detail.get("hash") or ""),
    )


def _actor(actor: str, called: Mapping[str, str]) -> str:
    if actor.startswith("rule:"):
        return f"the rule {actor.removeprefix('rule:').replace('_', ' ')}"
    return {"": "", "agent": "Tenure"}.get(actor, called.get(actor, actor))


def _diff(detail: dict[str, Any], item: ItemPage) -> list[Piece]:
    """What this version changed of the one before; nothing for the first."""
    texts = {x.version: str(x.action.get("body") or "") for x in item.versions}
    version = detail["version"]
    if version - 1 not in texts or version not in texts:
        return []
    return difference(texts[version - 1], texts[version])


def _interaction(detail: dict[str, Any], item: ItemPage) -> tuple[str, str]:
    return f"{kind_words(detail['kind'])} began", ""


def _expectation(detail: dict[str, Any], item: ItemPage) -> tuple[str, str]:
    return "Something became due", rule_words(detail["rule"])


def _breach(detail: dict[str, Any], item: ItemPage) -> tuple[str, str]:
    taken_back = "; later taken back, it had been done in time" if detail.get("retracted_at") else ""
    return "It was not done in time", f"{rule_words(detail['rule'])}{taken_back}"


def _item(detail: dict[str, Any], item: ItemPage) -> tuple[str, str]:
    return "Put before somebody", item.why_now


def _draft(detail: dict[str, Any], item: ItemPage) -> tuple[str, str]:
    return ("Draft written", "") if detail["version"] == 1 else (f"Draft changed, version {detail['version']}", "")


def _decision(detail: dict[str, Any], item: ItemPage) -> tuple[str, str]:
    return f"Decided: {detail['verb'].replace('_', ' ')}", f"version {detail['version']}, by {detail['channel']}"


def _action(detail: dict[str, Any], item: ItemPage) -> tuple[str, str]:
    return f"{action_words(detail['kind'])}: {detail['state']}", ""


def _activity(detail: dict[str, Any], item: ItemPage) -> tuple[str, str]:
    return "It stands on the account's timeline", detail["kind"]


_TITLES = {
    "interaction": _interaction, "expectation": _expectation, "breach": _breach, "item": _item, "draft": _draft,
    "decision": _decision, "action": _action, "activity": _activity,
}  # fmt: skip


def _matter(call: PageCall, interaction_id: str) -> dict[str, Any] | None:
    """How the matter behind it ended, if it has."""
    found = tracing.matter(call.connection, call.scope, interaction_id)
    if found is None:
        return None
    ended = outcome_words(found["outcome"], found["reason"]) if found["state"] != "open" else ""
    return {"kind": kind_words(found["kind"]), "ended": ended, "at": found["ended_at"], "due": found["next_due_at"]}
