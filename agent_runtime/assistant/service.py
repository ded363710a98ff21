"""Answers questions: reads the records, composes cited statements, refuses where they say nothing. Never commits."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from agent_runtime.assistant.asked import Asked
from agent_runtime.assistant.catalogue import catalogue
from agent_runtime.assistant.composing import composed
from agent_runtime.assistant.items import items
from agent_runtime.assistant.models import Answer, Question, Source, Statement
from agent_runtime.assistant.phrasing import phrased
from agent_runtime.assistant.portfolio import lines, read_portfolio
from agent_runtime.assistant.proposing import proposed
from agent_runtime.assistant.records import Records
from agent_runtime.assistant.sources import sources
from agent_runtime.assistant.telling import Telling
from agent_runtime.assistant.understanding import understood
from agent_runtime.assistant.wording import say, shortened
from agent_runtime.brief.opening import company_of
from agent_runtime.errors import NotThere
from agent_runtime.llm.port import Model
from agent_runtime.permissions import Principal
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.sight import Gap
from memory.embed import Embedder
from memory.scope import AccountScope

PROPOSE = "propose"
_PIECE = re.compile(r"\S+\s*")
# How far back it is worth saying that a source could not be seen, where the question names no time.
_LOOKED_BACK = timedelta(days=14)


def ask(
    connection: Connection,
    scope: AccountScope,
    question: Question,
    *,
    company: Company | None = None,
    embedder: Embedder | None = None,
) -> Answer:
    """The answer to a question about one account, out of what that account's records said at `question.at`.

    Composed by code: `worded` puts it into a model's words afterwards, when no transaction waits for that.

    `company`: read from the database and the settings where it is None. `embedder`: understands more ways of asking.
    Raises NotThere where there is no such account.
    """
    records = Records(connection, scope, company or company_of(connection, question.at), question.at)
    try:
        asked = understood(question, records, embedder, lambda before: _people_in(records, before))
    except LookupError:
        raise NotThere("There is no such account.", fix="Nothing was answered.") from None
    telling = Telling(records, asked)
    if asked.intent == PROPOSE:
        return proposed(telling)
    return _behind(asked, _answer(telling, composed(telling)))


def ask_portfolio(
    connection: Connection,
    principal: Principal,
    question: Question,
    *,
    company: Company | None = None,
    embedder: Embedder | None = None,
) -> Answer:
    """The answer to a question across all accounts that the principal may see, out of their records alone."""
    zone = (company or company_of(connection, question.at)).calendar.zone
    portfolio, intent = read_portfolio(connection, principal, question, zone, embedder)
    found = lines(portfolio, intent)
    if not found:
        return _behind(portfolio.asked, Answer(portfolio.say("no_portfolio"), refused=True, reason="no_evidence"))
    statements = [statement for statement, _ in found]
    cited = tuple({source.id: source for _, source in found}.values())
    return _behind(portfolio.asked, Answer(written(statements, cited), tuple(statements), sources=cited))


def worded(answer: Answer, question: Question, model: Model, account_id: str, deadline: float | None = None) -> Answer:
    """The answer as the model words it, as far as its sources bear that out; else as it was composed.

    `account_id`: whose budget pays, "" for a question over many accounts. Waits for the model for `deadline` seconds
    (None: as the settings say), so never call it inside a transaction.
    """
    better = phrased(answer, question, model, account_id, question.at.date(), deadline)
    return replace(better, answer=written(list(better.statements), better.sources)) if better.model else better


def pieces(answer: Answer) -> Iterator[str]:
    """The answer's text word by word, for streaming; together they are the text."""
    yield from pieces_of(answer.answer)


def pieces_of(text: str) -> Iterator[str]:
    """A text word by word, each with the space behind it."""
    yield from _PIECE.findall(text)


def written(statements: list[Statement], cited: tuple[Source, ...]) -> str:
    """The statements one below the other, each with the numbers of its sources: "… [1][3]"."""
    number = {source.id: place for place, source in enumerate(cited, 1)}
    lines = []
    for one in statements:
        marks = "".join(f"[{number[x]}]" for x in one.citations if x in number)
        lines.append(f"{one.text} {marks}")
    return "\n".join(lines)


def _people_in(records: Records, before: Asked) -> tuple[str, ...]:
    """The one of theirs whom the answer to an earlier question named; nobody where it named several."""
    said = " ".join(x.text for x in composed(Telling(records, before)))
    named = [key for key, row in records.contacts.items() if len(row.name) > 3 and row.name in said]
    return tuple(named) if len(named) == 1 else ()


def _behind(asked: Asked, answer: Answer) -> Answer:
    """The answer, which says where part of the question was taken from the one before."""
    if not asked.carried:
        return answer
    before = shortened(asked.question.earlier[-1], 80)
    return replace(answer, notes=(*answer.notes, say(asked.language, "behind", before=before)))


def _answer(telling: Telling, statements: list[Statement]) -> Answer:
    unseen = _cannot_see(telling, refused=not statements)
    if not statements:
        return Answer(_refusal(telling, unseen), refused=True, reason="no_evidence", cannot_see=unseen)
    shown = items(telling) if telling.asked.intent == "why_item" else []
    cited = sources(telling.records, statements, shown)
    there = {x.id for x in cited}
    told = [Statement(x.text, tuple(y for y in x.citations if y in there)) for x in statements]
    told = [x for x in told if x.citations]
    return Answer(written(told, cited), tuple(told), cannot_see=unseen, sources=cited, kind=telling.asked.intent)


def _refusal(telling: Telling, unseen: tuple[str, ...]) -> str:
    """That the records do not say it, where was looked, and what cannot be seen."""
    events = telling.records.view.events
    said = [telling.say("no_evidence")]
    if events:
        last = max(x.occurred_at for x in events)
        said.append(telling.say("no_evidence_where", count=len(events), day=telling.day(last)))
    if unseen:
        said.append(telling.say("cannot_see", gaps="; ".join(unseen)))
    return " ".join(said)


def _cannot_see(telling: Telling, *, refused: bool) -> tuple[str, ...]:
    """The sources that were blind in the time that matters, where the answer may rest on having seen nothing."""
    if not refused and not catalogue().absence(telling.asked.intent):
        return ()
    since = telling.asked.span.since or telling.records.now - _LOOKED_BACK
    return tuple(_gap(telling, x) for x in telling.records.gaps(since))


def _gap(telling: Telling, gap: Gap) -> str:
    source = telling.say(f"source_{gap.source}")
    who = telling.ours(gap.holder) + (f" ({gap.line})" if gap.line else "")
    if gap.until is None:
        return telling.say("gap_open", source=source, who=who, day=telling.day(gap.since))
    return telling.say("gap_closed", source=source, who=who, day=telling.day(gap.since), until=telling.day(gap.until))
