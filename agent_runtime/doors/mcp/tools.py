"""The tools: what an account's memory and the inbox hold, for the person who asks, and their decision if they want."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from agent_runtime.assistant.asker import PORTFOLIO, Asker
from agent_runtime.assistant.models import Answer
from agent_runtime.brief.gather import brief
from agent_runtime.doors.mcp import arguments as given
from agent_runtime.doors.mcp.visitor import CHANNEL, Visiting
from agent_runtime.embedding import embedder_of
from agent_runtime.inbox import decide as deciding
from agent_runtime.inbox import reading
from agent_runtime.inbox.case import Deciding
from agent_runtime.permissions import CHANGERS, Policy, Right, demand, item_scope, reach_of
from memory.recall import recall

_DECIDES = Policy(CHANGERS, Right.DECIDE)


class Told(NamedTuple):
    """What a tool says: as text for whoever reads, and as plain values."""

    text: str
    data: dict[str, Any]


Later = Callable[[], Awaitable[Told]]
"""What a tool says once its transaction is over, because somebody else is waited for."""


class Tool(NamedTuple):
    """One tool. `changes`: it does more than read."""

    name: str
    title: str
    description: str
    arguments: type[given.Arguments]
    run: Callable[[Visiting, Any], Told | Later]
    changes: bool = False


def search_account_memory(visiting: Visiting, asked: given.SearchMemory) -> Told:
    """The passages of one account that fit best, word for word."""
    scope = visiting.scope(asked.account)
    chosen = embedder_of(visiting.site.premises.settings)
    embedder = chosen.embedder if chosen else None
    found = recall(visiting.connection, scope, asked.query, k=asked.limit, embedder=embedder)
    rows = [
        {"source_id": x.source_id, "at": x.at, "speaker": x.speaker, "quote": x.quote, "score": x.score}
        for x in found.results
    ]
    lines = [f"{x.at:%Y-%m-%d} {x.speaker} [{x.source_id}]: {' '.join(x.quote.split())}" for x in found.results]
    text = "\n".join(lines) or "Nothing in this account's memory answers that."
    return Told(text, {"account_id": scope.account_id, "passages": rows, "abstained": found.abstained})


def account_brief(visiting: Visiting, asked: given.ReadBrief) -> Told:
    """The living record of one account."""
    scope = visiting.scope(asked.account)
    company = visiting.site.premises.company(visiting.connection, visiting.now)
    lines = brief(visiting.connection, scope, company, visiting.now)
    text = "\n".join(f"{x.text} [{', '.join(x.citations)}]" for x in lines)
    rows = [{"section": x.section, "text": x.text, "citations": list(x.citations)} for x in lines]
    return Told(text or "Nothing is known of this account yet.", {"account_id": scope.account_id, "lines": rows})


def list_items(visiting: Visiting, asked: given.ListItems) -> Told:
    """What waits for a decision, the most urgent first."""
    connection, principal, now = visiting.connection, visiting.principal, visiting.now
    account_id = visiting.scope(asked.account).account_id if asked.account else None
    wanted = reading.Wanted(
        reach_of(connection, principal, now), reading.today_of(connection, principal.user_id, now),
        own_only=asked.view == "mine", account_id=account_id,
    )  # fmt: skip
    found = reading.lines(connection, wanted, None, asked.limit)
    lines = [f"{x.id}: {x.account}, {x.title or x.kind}; due {x.due_at:%Y-%m-%d %H:%M} UTC. {x.why_now}" for x in found]
    rows = [x.model_dump(mode="json") | {"link": visiting.link(f"/inbox?sel={x.id}")} for x in found]
    return Told("\n".join(lines) or "Nothing needs a decision.", {"items": rows})


def explain_item(visiting: Visiting, asked: given.ExplainItem) -> Told:
    """One item with its reasons, its content, and what was decided."""
    connection, principal, now = visiting.connection, visiting.principal, visiting.now
    scope = item_scope(connection, principal, asked.item_id, now)
    page = reading.page(connection, scope, asked.item_id, reading.today_of(connection, principal.user_id, now))
    reasons = [f"- {x.get('factor', '')} ({x.get('weight', 0):+})" for x in page.why if isinstance(x, dict)]
    parts = [f"{page.account}: {page.title or page.kind}", page.why_now, *reasons, str(page.action.get("body") or "")]
    link = visiting.link(f"/inbox?sel={page.id}")
    return Told("\n".join(x for x in [*parts, link] if x), page.model_dump(mode="json") | {"link": link})


def ask_account(visiting: Visiting, asked: given.AskAccount) -> Later:
    """An answer out of the records, each statement with its sources."""
    about = PORTFOLIO if asked.account == PORTFOLIO else visiting.scope(asked.account).account_id
    asker = Asker(visiting.site, visiting.principal, about)
    until, question = asker.until(), asker.question(asked.question)
    composed = asker.compose(visiting.connection, question)

    async def finished() -> Told:
        return _answer(visiting, (await asker.finish(question, composed, until)).answer)

    return finished


def _answer(visiting: Visiting, answer: Answer) -> Told:
    sources = [
        {"id": x.id, "kind": x.kind, "title": x.title, "at": x.at, "quote": x.quote, "link": visiting.link(x.link)}
        for x in answer.sources
    ]
    statements = [{"text": x.text, "citations": list(x.citations), "worded": x.worded} for x in answer.statements]
    cited = [f"[{number}] {x['link']}" for number, x in enumerate(sources, 1)]
    data = {
        "answer": answer.answer, "statements": statements, "sources": sources, "refused": answer.refused,
        "cannot_see": list(answer.cannot_see), "model": answer.model, "notes": list(answer.notes),
    }  # fmt: skip
    return Told("\n".join([answer.answer, *cited]), data)


def decide_item(visiting: Visiting, asked: given.DecideItem) -> Told:
    """A person's decision, by the same way as from the page."""
    connection, principal, now = visiting.connection, visiting.principal, visiting.now
    demand(_DECIDES, principal)
    item_scope(connection, principal, asked.item_id, now)
    premises = visiting.site.premises
    by = Deciding(principal.user_id, CHANNEL, now, premises.install_key, visiting.site.undo)
    decided = deciding.decide(connection, premises.company(connection, now), asked.item_id, asked.decision, by)
    until = f"; it can be undone until {decided.undo_until:%H:%M:%S} UTC" if decided.undo_until else ""
    data = {"item_id": decided.item_id, "state": decided.state, "decision_id": decided.decision_id}
    if decided.undo_until:
        data["undo_until"] = decided.undo_until.isoformat()
    return Told(f"{asked.decision.verb}: the item is {decided.state}{until}.", data)


READING = (
    Tool(
        "search_account_memory", "Search an account's memory",
        "Looks through everything that was said with one customer (mails, calls, meetings, notes) and gives the best "
        "passages word for word with their sources.",
        given.SearchMemory, search_account_memory,
    ),
    Tool(
        "account_brief", "Read an account's brief",
        "The record of one account on a page: how things stand, people, promises of both sides, open concerns, what "
        "comes next; each line with its sources.",
        given.ReadBrief, account_brief,
    ),
    Tool(
        "list_items", "List what needs a decision",
        "What waits in the inbox: prepared next actions, the most urgent first, with the reason for each.",
        given.ListItems, list_items,
    ),
    Tool(
        "explain_item", "Explain an item",
        "One item of the inbox: why it is there, what is proposed, on which evidence, and what was decided so far.",
        given.ExplainItem, explain_item,
    ),
    Tool(
        "ask_account", "Ask about an account",
        "Answers a question about one account, or about all that the person sees, out of the records; each statement "
        "names its sources, and where the records say nothing it says so.",
        given.AskAccount, ask_account,
    ),
)  # fmt: skip
DECIDING = Tool(
    "decide_item", "Decide about an item",
    "Carries out what the person decided about an item: approve, edit, done, dismiss, snooze, reassign, outcome and "
    "so on. Only on the person's explicit word; an approval sends what explain_item showed, once undoing is over.",
    given.DecideItem, decide_item, changes=True,
)  # fmt: skip
