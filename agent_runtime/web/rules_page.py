"""The rules as they run: how often each fires, what people's answers made of it, and whom it reaches so far."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Path, Response
from sqlalchemy import Table, select

from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.diagnosis.figures import LEAST
from agent_runtime.diagnosis.gather import record
from agent_runtime.errors import BadInput
from agent_runtime.inbox import observed, usefulness
from agent_runtime.inbox.usefulness import Answers
from agent_runtime.permissions import OVERSEERS, Policy, Right, Role, visible
from agent_runtime.playbook import RULES, Playbook
from agent_runtime.tuning.answered import dismissals_text, reaches_text
from agent_runtime.tuning.difference import LOOKED_BACK, fired
from agent_runtime.watchtower.company import Company
from agent_runtime.web.measured import MOST_ACCOUNTS, Kept
from agent_runtime.web.page import PageCall, PageRouter, Shown, page, see_other
from agent_runtime.web.plain import rule_words, step_words
from memory.records import Account

router = PageRouter("rules")
_account: Table = Account.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule of the playbook: what it finds, whether it is on, its window and ladder, how often it fires.

    `held`: how often it would have been said to people whom the rollout has not reached. `severity`: how much it
    weighs by the playbook; `weight`: the part of that with which it counts, after what people answered (`answers`).
    """

    name: str
    words: str
    on: bool
    owner: str
    window: str
    ladder: str
    fired: int
    held: int
    severity: float
    weight: float
    answers: str


@router.get("/admin/playbook", policy=Policy(OVERSEERS))
def show_playbook(call: Shown) -> Response:
    """The rules in force, each with how often it would have fired lately at the accounts that you see."""
    playbook: Playbook = call.site.premises.playbook
    company: Company = call.site.premises.company(call.connection, call.now)
    state = call.request.app.state
    if not hasattr(state, "fired"):
        state.fired = Kept[dict[str, int]]()
    kept: Kept[dict[str, int]] = state.fired
    counted = kept.of(call.principal.user_id, call.now, lambda: _fired(call, company))
    return page(
        call, "admin/playbook.html", playbook=playbook, rules=list(_rules(call, playbook, company, counted)),
        days=LOOKED_BACK.days, reaches=reaches_text(playbook.rollout), may_reset=call.principal.role is Role.ADMIN,
    )  # fmt: skip


@router.post("/admin/playbook/{rule}/full", policy=Policy(frozenset({Role.ADMIN}), Right.ADMINISTER))
def count_in_full(call: Shown, rule: Annotated[str, Path(min_length=1, max_length=100)]) -> Response:
    """Lets a rule count in full again; what was answered until now counts no more."""
    if rule not in RULES:
        raise BadInput("There is no such rule.", fix="Load the page again.")
    entry = usefulness.reset(call.connection, rule, call.principal.user_id, call.now)
    audit.append(call.connection, INSTALLATION, [entry], install_key=call.site.premises.install_key)
    return see_other("/admin/playbook")


def _rules(call: PageCall, playbook: Playbook, company: Company, counted: Mapping[str, int]) -> Iterator[RuleLine]:
    answered = usefulness.answers_of(call.connection, playbook.feedback, call.now)
    weights = usefulness.weights(call.connection)
    held = {x.signal: x.items for x in observed.would_have(call.connection, call.now - LOOKED_BACK)}
    for name in RULES:
        rule = playbook.rule(name)
        steps = playbook.ladder_for(name, company.one_person).steps
        yield RuleLine(
            name=name,
            words=rule_words(name),
            on=rule.enabled,
            owner=rule.owner,
            window=str(rule.window) if rule.window.amount else "at once",
            ladder=", then ".join(f"{step_words(x.do)} after {x.after}" for x in steps),
            fired=counted.get(name, 0),
            held=held.get(name, 0),
            severity=rule.severity,
            weight=weights.get(name, 1.0),
            answers=_answers(answered.get(name)),
        )


def _answers(answers: Answers | None) -> str:
    """What people answered, where it is enough to say anything of a rule and nothing of one of them."""
    if answers is None:
        return ""
    return dismissals_text(answers) if answers.cases >= LEAST else "too few answers to say"


def _fired(call: PageCall, company: Company) -> dict[str, int]:
    """How often each rule would have fired in the last 30 days, under the playbook in force."""
    within = visible(call.connection, call.principal, call.now)
    query = select(_account.c.id).where(within, _account.c.merged_into.is_(None)).order_by(_account.c.id)
    counted: dict[str, int] = {}
    for account_id in call.connection.scalars(query.limit(MOST_ACCOUNTS)).all():
        found = record(call.connection, company, account_id, call.now)
        for rule, *_ in fired(found.view, call.now - LOOKED_BACK) if found else ():
            counted[rule] = counted.get(rule, 0) + 1
    return counted
