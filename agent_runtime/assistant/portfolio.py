"""Questions over all accounts that somebody may see: what is owed where, who went quiet, who spoke of what."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from agent_runtime.assistant.asked import Asked
from agent_runtime.assistant.catalogue import SAID, matter, portfolio_catalogue
from agent_runtime.assistant.history import telling_sentences
from agent_runtime.assistant.models import Question, Source, Statement
from agent_runtime.assistant.telling import shared
from agent_runtime.assistant.times import Span, span_of
from agent_runtime.assistant.understanding import behind, language_of, plain, sorted_out, untimed
from agent_runtime.assistant.wording import day_of, say, shortened, written_day
from agent_runtime.ledger.models import Expectation, Interaction
from agent_runtime.ledger.owing import OWED
from agent_runtime.permissions import Principal, reach_of, visible
from memory.embed import Embedder
from memory.records import Account, Activity, Contact, Episode, Fact, FactEvidence
from memory.words import words

_account: Table = Account.__table__  # type: ignore[attr-defined]
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_contact: Table = Contact.__table__  # type: ignore[attr-defined]
_episode: Table = Episode.__table__  # type: ignore[attr-defined]
_fact: Table = Fact.__table__  # type: ignore[attr-defined]
_evidence: Table = FactEvidence.__table__  # type: ignore[attr-defined]
_expectation: Table = Expectation.__table__  # type: ignore[attr-defined]
_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_MOST, _MOST_READ, _LOOKED_FOR = 20, 500, 3
# A text is of the matter when one of its sentences, or its subject, has this share of its words.
_LEAST_SHARED = 0.6
_QUIET_AFTER, _QUIET_WITHIN = timedelta(days=30), timedelta(days=365)
_OWED = ("promise", "open_question", "lead_response", "missed_call", "meeting_follow_up")


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A question over many accounts. `mine`: whose accounts stand first, `seen`: the clause of what may be seen."""

    connection: Connection
    asked: Asked
    zone: ZoneInfo
    seen: ColumnElement[bool]
    mine: frozenset[str]

    @property
    def at(self) -> datetime:
        """When it is asked."""
        return self.asked.question.at

    @property
    def span(self) -> Span:
        """The time that it names."""
        return self.asked.span

    @property
    def topic(self) -> tuple[str, ...]:
        """The stems of its matter."""
        return self.asked.topic

    def tell(self, source: Source, account: str, what: str) -> tuple[Statement, Source]:
        """One line about one account, and what shows it."""
        return Statement(say(self.asked.language, "portfolio_line", account=account, what=what), (source.id,)), source

    def day(self, moment: datetime) -> str:
        """A day in the company's zone."""
        return day_of(moment, self.zone, self.asked.language)

    def say(self, key: str, **slots: object) -> str:
        """A part of a line."""
        return say(self.asked.language, key, **slots)


Line = tuple[Statement, Source]


def read_portfolio(
    connection: Connection, principal: Principal, question: Question, zone: ZoneInfo, embedder: Embedder | None
) -> tuple[Portfolio, str]:
    """The question as it was understood behind those before it, and its intent."""
    asked = behind(question, lambda text: _read(text, question, zone, embedder), lambda _: ())
    reach = reach_of(connection, principal, question.at)
    portfolio = Portfolio(connection, asked, zone, visible(connection, principal, question.at), reach.own)
    return portfolio, asked.intent


def _read(said: str, question: Question, zone: ZoneInfo, embedder: Embedder | None) -> Asked:
    text, known = plain(said), portfolio_catalogue()
    # Where something is named that no pattern speaks of, it is what is looked for.
    intent, topic = sorted_out(text, known, None if matter(text, known) else embedder)
    span = span_of(text, question.at, zone, ahead=intent in ("renewals", "due_today"))
    return Asked(question, text, text, intent, language_of(text), span, untimed(topic, span))


def lines(portfolio: Portfolio, intent: str) -> list[Line]:
    """The lines that answer it, at most twenty; none where no record that may be seen does."""
    answer = _ANSWERS.get(intent, mentions)
    return answer(portfolio)[:_MOST]


def renewals(portfolio: Portfolio) -> list[Line]:
    """Contracts that renew in the time of the question, from today on where it names no beginning."""
    at = portfolio.at
    query = (
        select(_account.c.id, _account.c.name, _fact.c.value, _activity.c.id.label("activity"), _evidence.c.source_id)
        .join(_fact, _fact.c.account_id == _account.c.id)
        .join(_evidence, _evidence.c.fact_id == _fact.c.id)
        .join(_activity, _activity.c.id == _evidence.c.activity_id)
        .where(portfolio.seen, _fact.c.slot == "account.renewal_date", _evidence.c.recorded_at <= at)
        .order_by(_evidence.c.stated_at, _evidence.c.source_id)
    )
    latest = {row.id: row for row in portfolio.connection.execute(query)}
    first = (portfolio.span.since or at).astimezone(portfolio.zone).date().isoformat()
    last = portfolio.span.until.astimezone(portfolio.zone).date().isoformat() if portfolio.span.until else "9999"
    due = sorted((x for x in latest.values() if first <= x.value[:10] < last), key=lambda x: (x.value, x.name))
    return [_renewal(portfolio, x) for x in due]


def _renewal(portfolio: Portfolio, row: Any) -> Line:
    day = written_day(row.value, portfolio.zone, portfolio.asked.language)
    source = Source(row.source_id, "deal", row.name, "", row.value, f"/accounts/{row.id}#ev-{row.activity}", row.id)
    return portfolio.tell(source, row.name, portfolio.say("renewal", day=day))


def due_today(portfolio: Portfolio) -> list[Line]:
    """What is due until the end of the day, or in the time that the question names."""
    at = portfolio.at
    midnight = at.astimezone(portfolio.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    until = portfolio.span.until or midnight + timedelta(days=1)
    since = portfolio.span.since or midnight
    begins = [and_(x >= since, x < until) for x in (_expectation.c.due_at, _interaction.c.next_due_at)]
    return _matters(portfolio, or_(*begins))


def owed(portfolio: Portfolio) -> list[Line]:
    """Where something that we owe is overdue."""
    late = _expectation.c.due_at < portfolio.at
    return _matters(portfolio, late, _expectation.c.turn == "ours", _interaction.c.kind.in_(_OWED))


def missed_calls(portfolio: Portfolio) -> list[Line]:
    """Calls that nobody has returned."""
    return _matters(portfolio, _interaction.c.kind == "missed_call")


def _matters(portfolio: Portfolio, *which: ColumnElement[bool]) -> list[Line]:
    """Open matters, those of the asker first, then the earliest due."""
    at = portfolio.at
    query = (
        select(
            _account.c.id, _account.c.name, _expectation.c.interaction_id, _expectation.c.action, _expectation.c.due_at,
            _interaction.c.owner_id, _contact.c.name.label("contact"), _activity.c.id.label("activity"),
            _activity.c.source_id, _activity.c.subject, _activity.c.occurred_at, _activity.c.kind,
        )
        .join(_expectation, _expectation.c.interaction_id == _interaction.c.id)
        .join(_account, _account.c.id == _interaction.c.account_id)
        .join(_activity, and_(_activity.c.id == _interaction.c.opened_by, _activity.c.account_id == _account.c.id))
        .outerjoin(_contact, _contact.c.id == _interaction.c.contact_id)
        .where(portfolio.seen, _interaction.c.state == "open", _interaction.c.opened_at <= at)
        .where(_expectation.c.state.in_(OWED), *which)
        .order_by(_expectation.c.due_at, _expectation.c.id)
        .limit(_MOST_READ)
    )  # fmt: skip
    first = {x.interaction_id: x for x in reversed(portfolio.connection.execute(query).all())}
    rows = sorted(first.values(), key=lambda x: (x.owner_id not in portfolio.mine, x.due_at, x.interaction_id))
    return [_matter(portfolio, x) for x in rows]


def _matter(portfolio: Portfolio, row: Any) -> Line:
    action = str(row.action).replace("_", " ")
    about = f" ({row.contact})" if row.contact else ""
    state = portfolio.say("overdue") if row.due_at < portfolio.at else ""
    due = portfolio.day(row.due_at)
    what = portfolio.say("due", action=action, about=about, due=due, state=state)
    return portfolio.tell(_of_activity(row), row.name, what)


def _of_activity(row: Any, quote: str = "") -> Source:
    link = f"/accounts/{row.id}#ev-{row.activity}"
    title = ", ".join(x for x in (row.name, row.kind.replace(".", " "), row.subject or "") if x)
    return Source(row.source_id, row.kind, title, row.occurred_at.isoformat(), quote, link, row.id)


def quiet(portfolio: Portfolio) -> list[Line]:
    """Whom we heard from within the last year and not since a month, or since the time that the question names."""
    at = portfolio.at
    since = portfolio.span.since or at - _QUIET_AFTER
    theirs = and_(
        _activity.c.direction == "inbound", _activity.c.kind.in_(("email", "message", "call", "form")),
        _activity.c.current, ~_activity.c.deleted, _activity.c.known_at <= at,
    )  # fmt: skip
    last = func.max(_activity.c.occurred_at)
    query = (
        select(_account.c.id, last.label("last"))
        .join(_activity, _activity.c.account_id == _account.c.id)
        .where(portfolio.seen, theirs)
        .group_by(_account.c.id)
        .having(last < since, last > at - _QUIET_WITHIN)
        .order_by(last)
        .limit(_MOST)
    )
    found = portfolio.connection.execute(query).all()
    return [x for row in found for x in _last_heard(portfolio, row.id, row.last, theirs)]


def _last_heard(portfolio: Portfolio, account_id: str, last: datetime, theirs: ColumnElement[bool]) -> list[Line]:
    query = _spoken().where(_account.c.id == account_id, theirs, _activity.c.occurred_at == last).limit(1)
    rows = portfolio.connection.execute(query).all()
    return [
        portfolio.tell(_of_activity(x), x.name, portfolio.say("quiet", day=portfolio.day(x.occurred_at))) for x in rows
    ]


def mentions(portfolio: Portfolio) -> list[Line]:
    """Which accounts spoke of the matter, the one that did most of all first, each with its best passage."""
    if not portfolio.topic:
        return []
    best: dict[str, tuple[float, datetime, Any]] = {}
    for row in _with_words(portfolio):
        share = max(shared(portfolio.topic, x) for x in (row.subject or "", *telling_sentences(row.text)))
        if share >= _LEAST_SHARED and (share, row.occurred_at) > best.get(row.id, (0.0, row.occurred_at))[:2]:
            best[row.id] = (share, row.occurred_at, row)
    ranked = sorted(best.values(), key=lambda x: (x[0], x[1]), reverse=True)
    return [_mention(portfolio, row) for _, _, row in ranked]


def _with_words(portfolio: Portfolio) -> Iterable[Any]:
    """Texts of what may be seen that hold the longest words of the matter, the latest first."""
    at = portfolio.at
    question = portfolio.asked.question
    said = " ".join([question.text, *question.earlier])
    raw = {x for x in _WORD.findall(said) if set(words(x)) & set(portfolio.topic)}
    longest = sorted(raw, key=lambda x: (-len(x), x))[:_LOOKED_FOR]
    held = [x for word in longest for x in (_holds(_episode.c.text, word), _holds(_activity.c.subject, word))]
    query = (
        _spoken(_episode.c.text)
        .join(_episode, _episode.c.activity_id == _activity.c.id)
        .where(portfolio.seen, _activity.c.current, ~_activity.c.deleted, _activity.c.known_at <= at, or_(*held))
        .order_by(_activity.c.occurred_at.desc(), _activity.c.id)
        .limit(_MOST_READ)
    )
    return [x for x in portfolio.connection.execute(query) if portfolio.span.has(x.occurred_at)]


def _holds(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    return column.icontains(word, autoescape=True)


def _spoken(*more: Any) -> Any:
    return select(
        _account.c.id, _account.c.name, _activity.c.id.label("activity"), _activity.c.source_id, _activity.c.subject,
        _activity.c.occurred_at, _activity.c.kind, _activity.c.direction, *more,
    ).join(_activity, _activity.c.account_id == _account.c.id)  # fmt: skip


def _mention(portfolio: Portfolio, row: Any) -> Line:
    said = sorted(telling_sentences(row.text), key=lambda x: -len(set(portfolio.topic) & set(words(x))))
    quote = shortened(said[0] if said else row.subject or "")
    return portfolio.tell(
        _of_activity(row, quote), row.name, portfolio.say("mentioned", day=portfolio.day(row.occurred_at), what=quote)
    )


_WORD = re.compile(r"[^\W_]{3,}")
_ANSWERS: Mapping[str, Callable[[Portfolio], list[Line]]] = {
    "renewals": renewals,
    "due_today": due_today,
    "missed_calls": missed_calls,
    "owed": owed,
    "quiet": quiet,
    SAID: mentions,
}
