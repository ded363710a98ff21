"""The page of one account: its timeline on the left; brief, memory, assistant and open matters on the right."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Form, Query, Response

from agent_runtime.accounts import handover, reading
from agent_runtime.accounts.routes import AccountId
from agent_runtime.assistant.asking import Asking
from agent_runtime.assistant.proposing import confirm
from agent_runtime.brief.gather import brief
from agent_runtime.brief.known_facts import known_facts
from agent_runtime.brief.routes import judge
from agent_runtime.embedding import embedder_of
from agent_runtime.errors import BadInput
from agent_runtime.ledger import service as ledger
from agent_runtime.permissions import CHANGERS, Policy, Right, Target, visible
from agent_runtime.web import account_memory
from agent_runtime.web.account_assistant import Answered, conversation_of
from agent_runtime.web.account_open import matters
from agent_runtime.web.account_prepared import prepared_work
from agent_runtime.web.account_sources import Place, names, passage, places
from agent_runtime.web.account_timeline import GROUPS, PAGE, Told, Wanted, days, entries
from agent_runtime.web.page import PageCall, PageRouter, Shown, page, see_other
from memory import people
from memory.brief import digest
from memory.people import ContactRow
from memory.recall import recall

router = PageRouter("account")
Tab = Literal["brief", "prepared", "memory", "assistant", "open"]
Groups = Annotated[list[str] | None, Query(max_length=10)]
Id = Annotated[str, Query(max_length=200)]
TABS = {
    "brief": "Brief", "prepared": "Prepared", "memory": "Memory", "assistant": "Assistant", "open": "Open matters",
}  # fmt: skip
SECTIONS = {
    "next": "What comes next", "commitments_ours": "What we promised", "concerns": "Open concerns",
    "commitments_theirs": "What they promised", "people": "People", "state": "How things stand",
    "asked_and_answered": "Asked and answered: do not ask again",
}  # fmt: skip
MOST_ENTRIES = 2_000
_RECALLED = 8
_MOST_CITED = 3
_ONE = Policy(target=Target.ACCOUNT)
_CHANGES = Policy(CHANGERS, Right.DECIDE, Target.ACCOUNT)


@dataclass(frozen=True, slots=True)
class Opened:
    """What is open on the page: the tab, the part of the timeline, and what is asked of memory."""

    tab: Tab = "brief"
    wanted: Wanted = field(default_factory=Wanted)
    asked: str = ""


@router.get("/accounts/{account_id}", policy=_ONE)
def show_account(
    call: Shown,
    account_id: AccountId,
    tab: Tab = "brief",
    show: Groups = None,
    ev: Id = "",
    words: Annotated[str, Query(max_length=500)] = "",
    most: Annotated[int, Query(ge=1, le=MOST_ENTRIES)] = PAGE,
    q: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """The account. `show`: groups of the timeline; `ev`: an entry that must be there, with `words` of it marked."""
    groups = [x for x in show or () if x in GROUPS]
    return account_view(call, Opened(tab, Wanted(groups, ev, words, most), q.strip()))


@router.post("/accounts/{account_id}/facts/{fact_id}", policy=_CHANGES)
def change_fact(
    call: Shown,
    account_id: AccountId,
    fact_id: str,
    verb: Annotated[Literal["confirm", "correct", "forget"], Form()],
    value: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Confirms, corrects or forgets a fact, and goes back to the memory."""
    judge(call, fact_id, verb, value)
    return see_other(f"/accounts/{call.scope.account_id}?tab=memory&said={verb}#panel")


@router.post("/accounts/{account_id}/read", policy=_CHANGES)
def note_read(
    call: Shown, account_id: AccountId, content: Annotated[str, Form(pattern="^[0-9a-f]{64}$")]
) -> Response:  # fmt: skip
    """Notes that the brief was read: so a hand-over has arrived."""
    user, key = call.principal.user_id, call.site.premises.install_key
    handover.brief_read(call.connection, call.scope.account_id, user, content, call.now, key)
    return see_other(f"/accounts/{call.scope.account_id}?said=read#panel")


@router.post("/accounts/{account_id}/ask", policy=_CHANGES)
def ask(
    call: Shown, account_id: AccountId, text: Annotated[str, Form(max_length=2_000)] = "",
    chip: Annotated[str, Form(max_length=200)] = "",
) -> Response:  # fmt: skip
    """Asks about the account; the question and its answer are kept with it."""
    question = (chip or text).strip()
    if not question:
        raise BadInput("There is no question in it.", fix="Write one, or choose one.")
    asking = Asking(call.site, call.principal, call.scope.account_id, question, call.request_id)
    return Answered(asking, call.request)


@router.post("/accounts/{account_id}/proposals/{proposal_id}", policy=_CHANGES)
def take_proposal(
    call: Shown, account_id: AccountId, proposal_id: str, turn_id: Annotated[str, Form(min_length=1, max_length=64)]
) -> Response:  # fmt: skip
    """Makes what the assistant prepared a task of the reader, and goes back to the turn that proposed it."""
    key = call.site.premises.install_key
    confirm(call.connection, call.scope, proposal_id, turn_id, call.principal.user_id, call.now, key)
    return see_other(f"/accounts/{call.scope.account_id}?tab=assistant&said=task#{quote(turn_id)}")


def account_view(call: PageCall, opened: Opened, **more: Any) -> Response:
    """The page with one tab open; `more` goes to the template beside it."""
    connection, scope = call.connection, call.scope
    contacts = people.contacts(connection, scope)
    called = names(connection, contacts)
    book = ledger.load(connection, scope.account_id)
    found, older = entries(connection, scope, Told(called, book), opened.wanted)
    account = reading.account(connection, scope)
    before, after = reading.neighbours(connection, visible(connection, call.principal, call.now), account)
    context: dict[str, Any] = {
        "account": account, "names": called, "contacts": contacts, "before": before, "after": after,
        "tab": opened.tab, "tabs": TABS, "groups": {name: label for name, (label, _) in GROUPS.items()},
        "wanted": opened.wanted, "days": days(found, call.zone), "older": older, "more_entries": PAGE,
        "may_change": call.principal.role in CHANGERS,
        "open_count": sum(x.state == "open" for x in book.interactions),
        "said": call.request.query_params.get("said", ""),
    }  # fmt: skip
    return page(call, "account/page.html", **context | _tab(call, opened, contacts) | more)


def _tab(call: PageCall, opened: Opened, contacts: list[ContactRow]) -> dict[str, Any]:
    """What the open tab shows; the others are not read."""
    if opened.tab == "brief":
        return _brief(call)
    if opened.tab == "prepared":
        return prepared_work(call)
    if opened.tab == "memory":
        return _memory(call, opened.asked, contacts)
    if opened.tab == "assistant":
        return conversation_of(call, names(call.connection))
    return {"matters": matters(call.connection, call.scope, call.now)}


def _brief(call: PageCall) -> dict[str, Any]:
    company = call.site.premises.company(call.connection, call.now)
    lines = brief(call.connection, call.scope, company, call.now)
    cited = places(call.connection, call.scope, [x for line in lines for x in line.citations])
    sections = [
        (title, [(line.text, _linked(cited, line.citations)) for line in lines if line.section == name])
        for name, title in SECTIONS.items()
    ]
    return {"sections": [x for x in sections if x[1]], "digest": digest(lines)}


def _linked(cited: dict[str, Place], ids: tuple[str, ...]) -> list[Place]:
    """The places that can be opened; without any, what kind of record it was."""
    found = [cited[x] for x in ids]
    return [x for x in found if x.href][:_MOST_CITED] or found[:1]


def _memory(call: PageCall, asked: str, contacts: list[ContactRow]) -> dict[str, Any]:
    facts = known_facts(call.connection, call.scope, None, history=False)
    cited = places(call.connection, call.scope, account_memory.source_ids(facts))
    called = names(call.connection, contacts)
    groups = account_memory.groups(call.scope.account_id, facts, cited, called)
    return {"facts": groups, "asked": asked, "recalled": _recalled(call, asked) if asked else None}


def _recalled(call: PageCall, asked: str) -> dict[str, Any]:
    chosen = embedder_of(call.site.premises.settings)
    found = recall(call.connection, call.scope, asked, k=_RECALLED, embedder=chosen.embedder if chosen else None)
    cited = places(call.connection, call.scope, [x.source_id for x in found.results])
    account = call.scope.account_id
    links = [(x, passage(account, cited[x.source_id].activity_id, x.quote, tab="memory")) for x in found.results]
    warning = chosen.warning if chosen and chosen.warning else found.warning
    return {"abstained": found.abstained, "warning": warning, "results": links}
