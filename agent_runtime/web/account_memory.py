"""What memory holds of an account, in words of people: facts by what they are about, each with its sources."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from agent_runtime.brief.known_facts import FactLine, FactSource
from agent_runtime.ingest.second_reading.call_topics import CallTopics
from agent_runtime.ingest.second_reading.promises import Promises
from agent_runtime.ingest.second_reading.service import TRUST as UNCONFIRMED
from agent_runtime.web.account_sources import Place, passage

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_AMOUNTS = frozenset({"arr", "amount"})
TRUST = {"crm": "from the CRM", "user": "said by us", "external": "said by them", "model": "read out of a text"}
_ABOUT = {
    "account": "The account", "person": "People", "contact": "People", "role": "People", "opportunity": "Deals",
    "concern": "Concerns", "answer": "What they told us", "judgement": "What we noted", "lead": "Leads",
    Promises.slot: "Promises of ours", CallTopics.slot: "What they called about",
}  # fmt: skip
_ORDER = (
    "Promises of ours", "What they called about", "The account", "People", "Concerns", "What they told us",
    "What we noted", "Deals", "Leads", "Other",
)  # fmt: skip
# What a model found is asked about; a person who says so makes it one of these.
_ASKED = {Promises.slot: "Was this promised?", CallTopics.slot: "Did they call about this?"}
_CONFIRMED = {Promises.slot: "promised", CallTopics.slot: "called about"}
_SLOTS = {
    "decides": "who decides", "signs": "who signs", "economic_buyer": "who holds the budget", "arr": "yearly value",
    "csm": "served by", "owner": "owned by", "presence": "here or gone",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cited:
    """One time that it was said: the link to it, what it is, when, the words, and who of ours said it."""

    href: str
    place: Place
    at: datetime
    quote: str
    by: str


@dataclass(frozen=True, slots=True)
class Known:
    """One fact as it is shown. `confirmed_by`: who of ours said so last; `value` is hostile text.

    `asks`: a model took it for a promise of ours, and a person is to say whether it is one.
    """

    id: str
    what: str
    value: str
    trust: str
    since: datetime
    until: datetime | None
    last: datetime
    conflict: bool
    confirmed_by: str
    asks: bool
    cited: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Facts about one kind of thing."""

    title: str
    facts: list[Known]


def groups(
    account_id: str, facts: Iterable[FactLine], places: Mapping[str, Place], names: Mapping[str, str]
) -> list[Group]:
    """The facts by what they are about, in the order in which one asks for them."""
    found: dict[str, list[Known]] = {}
    facts = list(facts)
    names = {**names, **dict(_deals(facts))}
    for fact in facts:
        title = _ABOUT.get(fact.slot.partition(".")[0], "Other")
        found.setdefault(title, []).append(_known(account_id, fact, places, names))
    return [Group(title, found[title]) for title in _ORDER if title in found]


def _deals(facts: Iterable[FactLine]) -> Iterator[tuple[str, str]]:
    """What the account's deals are called, by id."""
    for fact in facts:
        kind, _, rest = fact.slot.partition(".")
        if kind == "opportunity" and rest.endswith(".name"):
            yield rest.removesuffix(".name"), fact.value


def _cited(account_id: str, place: Place, source: FactSource, names: Mapping[str, str]) -> Cited:
    words = source.quote or ""
    href = passage(account_id, place.activity_id, words, tab="memory") if place.activity_id else ""
    return Cited(href, place, source.stated_at, words, names.get(place.user_id or "", ""))


def _known(account_id: str, fact: FactLine, places: Mapping[str, Place], names: Mapping[str, str]) -> Known:
    cited = tuple(_cited(account_id, places[x.source_id], x, names) for x in fact.sources)
    stated = [x for x in cited if x.place.stated]
    asked = _ASKED.get(fact.slot.partition(".")[0]) if fact.trust == UNCONFIRMED else None
    return Known(
        id=fact.id,
        what=asked or slot_words(fact.slot, names),
        value=names.get(fact.value, value_words(fact.slot, fact.value.removeprefix("name:"))),
        trust=TRUST[fact.trust],
        since=fact.valid_from,
        until=fact.valid_to,
        last=max((x.at for x in cited), default=fact.valid_from),
        conflict=fact.conflict,
        confirmed_by=stated[-1].by if stated else "",
        asks=asked is not None,
        cited=cited,
    )


def slot_words(slot: str, names: Mapping[str, str]) -> str:
    """What a fact is about, such as "who signs" or "Kim Lee: champion"."""
    kind, _, rest = slot.partition(".")
    key, _, what = rest.partition(".")
    if kind in _CONFIRMED:
        return _CONFIRMED[kind]
    if kind in ("person", "contact", "opportunity", "lead") and what:
        return f"{names.get(key, key.removeprefix('name:'))}: {_plain(what)}"
    return _plain(rest) if rest else _plain(kind)


def value_words(slot: str, value: str) -> str:
    """A value as people write it: a day as 28 December 2026, an amount with its thousands apart."""
    amount, blank, currency = value.partition(" ")
    if slot.rpartition(".")[2] in _AMOUNTS and amount.isascii() and amount.isdigit():
        return f"{int(amount):,}{blank}{currency}"
    try:
        day = date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    return f"{day.day} {day:%B %Y}" if day else value


def _plain(words: str) -> str:
    return _SLOTS.get(words, words.replace("_", " ").replace(".", " "))


def source_ids(facts: Sequence[FactLine]) -> list[str]:
    """Every record that the facts name."""
    return [x.source_id for fact in facts for x in fact.sources]
