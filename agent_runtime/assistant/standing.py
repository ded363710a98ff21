"""Answers about how things stand: owner, deals, contract, and where sources differ. Pure reading of one account."""

import re
from collections.abc import Iterator

from agent_runtime.assistant.models import Statement
from agent_runtime.assistant.telling import Telling
from agent_runtime.watchtower.evaluate import account_owner
from memory.brief.known import Deal
from memory.brief.of_people import cited
from memory.facts import KnownFact
from memory.timeline import Event


def owner(telling: Telling) -> list[Statement]:
    """Who owns the account, and since when where that is known."""
    known = telling.records.known
    account = known.account
    segment = f" ({account.segment})" if account.segment else ""
    sources = (*known.owner_sources, account.id)
    said = [telling.tell("owner", sources, owner=known.user(known.owner_id), account=account.name, segment=segment)]
    return [*said, *_taken_over(telling)]


def owner_history(telling: Telling) -> list[Statement]:
    """Who had the account before, and since when the present owner has it."""
    known = telling.records.known
    found = list(_taken_over(telling))
    if found:
        return found
    sources = (*known.owner_sources, known.account.id)
    return [telling.tell("owner_no_change", sources, owner=known.user(known.owner_id), account=known.account.name)]


def _taken_over(telling: Telling) -> Iterator[Statement]:
    known = telling.records.known
    for event in reversed(owner_changes(telling)):
        yield telling.tell(
            "owner_since", [event.source_id], owner=known.user(event.data.get("to_user_id")),
            before=known.user(event.data.get("from_user_id")), day=telling.day(event.occurred_at),
        )  # fmt: skip


def owner_changes(telling: Telling) -> list[Event]:
    """The changes of the account's owner, in order."""
    return [x for x in telling.records.view.of("owner.changed") if x.data.get("role") in (None, "", "owner")]


def took_over_at(telling: Telling) -> Event | None:
    """The change by which the asker, else the present owner, got the account."""
    me = telling.asked.question.user_id
    changes = owner_changes(telling)
    mine = [x for x in changes if x.data.get("to_user_id") == me]
    now = account_owner(telling.records.view)
    theirs = [x for x in changes if x.data.get("to_user_id") == now]
    return next(reversed(mine or theirs), None)


def deals(telling: Telling) -> list[Deal]:
    """The deals that the question is about: those it names, else the open ones, else the last that ended."""
    every = list(telling.records.known.deals)
    if named := [x for x in every if x.name in telling.asked.deals]:
        return named
    if telling.asked.topic and (of_topic := [x for x in every if telling.about(x.name)]):
        return of_topic
    return [x for x in every if not x.ended] or sorted(every, key=lambda x: x.since)[-1:]


def stage(telling: Telling) -> list[Statement]:
    """In which stage the deals are, or how they ended."""
    return [_stage(telling, x) for x in deals(telling)]


def _stage(telling: Telling, deal: Deal) -> Statement:
    amount, day = f", {deal.amount}" if deal.amount else "", telling.day(deal.since)
    if deal.ended:
        ended = telling.word(deal.ended)
        return telling.tell("deal_ended", deal.source_ids, deal=deal.name, ended=ended, day=day, amount=amount)
    close = f", {telling.say('deal_close_short', day=telling.written(deal.close_date))}" if deal.close_date else ""
    return telling.tell(
        "deal_open", deal.source_ids, deal=deal.name, stage=deal.stage, day=day, amount=amount, close=close
    )


def amount(telling: Telling) -> list[Statement]:
    """What the deals are worth."""
    return [
        telling.tell("deal_amount", x.source_ids, deal=x.name, amount=x.amount, state=_ended(telling, x))
        for x in deals(telling)
        if x.amount
    ]


def close_date(telling: Telling) -> list[Statement]:
    """When the deals are expected to close."""
    return [
        telling.tell(
            "deal_close", x.source_ids, deal=x.name, day=telling.written(x.close_date), state=_ended(telling, x)
        )
        if x.close_date
        else telling.tell("deal_no_close", x.source_ids, deal=x.name)
        for x in deals(telling)
    ]


def _ended(telling: Telling, deal: Deal) -> str:
    return (
        f"; {telling.say('ended_on', ended=telling.word(deal.ended), day=telling.day(deal.since))}"
        if deal.ended
        else ""
    )


def renewal(telling: Telling) -> list[Statement]:
    """When the contract renews, and what it is worth a year."""
    return [*_standing(telling, "account.renewal_date"), *_standing(telling, "account.arr")]


def arr(telling: Telling) -> list[Statement]:
    """What the customer is worth a year."""
    return list(_standing(telling, "account.arr"))


def _standing(telling: Telling, slot: str) -> Iterator[Statement]:
    for fact in telling.records.known.facts:
        if fact.slot != slot or fact.valid_to is not None:
            continue
        if slot == "account.renewal_date":
            yield telling.tell("renewal", cited([fact]), day=telling.written(fact.value))
        else:
            yield telling.tell("arr", cited([fact]), amount=f"{fact.value} {_currency(telling)}".strip())


def _currency(telling: Telling) -> str:
    return telling.records.known.account.currency or ""


def conflicts(telling: Telling) -> list[Statement]:
    """Where sources differ, with both sides and what says each."""
    slots: dict[str, list[KnownFact]] = {}
    for fact in telling.records.known.facts:
        if fact.conflict and fact.valid_to is None:
            slots.setdefault(fact.slot, []).append(fact)
    found = [
        telling.tell(
            "conflict", cited(facts), slot=slot_name(telling, slot), values="; ".join(_side(telling, x) for x in facts)
        )
        for slot, facts in slots.items()
    ]
    return found or telling.nothing("none_conflicts")


_TOLD = {
    "budget": ("answer.budget",),
    "seats": ("answer.seats",),
    "start": ("answer.start",),
    "current_tool": ("answer.current_tool",),
    "preference": (".preference.",),
}
_SPOKEN_OF = {
    "budget": re.compile(r"budget", re.IGNORECASE),
    "seats": re.compile(r"seat|licen[cs]e|user|desk|people will|plätze|lizenz|nutzer", re.IGNORECASE),
    "start": re.compile(r"live|start|begin", re.IGNORECASE),
    "current_tool": re.compile(r"tool|system|software|solution|product|supplier|vendor|use|arbeit|nutz", re.IGNORECASE),
    "preference": re.compile(r"reach|call|phone|contact|prefer|like|erreich|anruf", re.IGNORECASE),
}


def told_us(telling: Telling) -> list[Statement]:
    """What they told us: budget, seats, start, what they use, how to reach them; both sides where two differ."""
    known, text = telling.records.known, telling.asked.question.text
    wanted = next((slots for name, slots in _TOLD.items() if _SPOKEN_OF[name].search(text)), ())
    return [
        telling.tell(
            "told_us", cited([x]), slot=slot_name(telling, x.slot).capitalize(), value=x.value,
            who=_of_person(telling, x.slot), day=telling.day(x.sources[-1].stated_at),
            what=known.quote(x.sources[-1]),
        )
        for x in known.facts
        if any(part in x.slot for part in wanted) and x.valid_to is None
    ]  # fmt: skip


def _of_person(telling: Telling, slot: str) -> str:
    """Whose preference a slot tells of."""
    kind, _, rest = slot.partition(".")
    name = telling.records.known.person(rest.split(".", 1)[0]) if kind == "person" else ""
    return f" ({name})" if name else ""


def slot_name(telling: Telling, slot: str) -> str:
    """A slot as people call it: who decides, the budget."""
    kind, _, rest = slot.partition(".")
    if kind == "role":
        return telling.say("who_does", what=telling.word(rest))
    return telling.word(rest.rpartition(".")[2] or kind)


def _side(telling: Telling, fact: KnownFact) -> str:
    known = telling.records.known
    value = known.person(fact.value) if fact.slot.startswith("role.") else fact.value
    quote = known.quote(fact.sources[-1])
    said = f": “{quote}”" if quote else ""
    return f"{value} ({telling.word(fact.trust)}, {telling.day(fact.sources[-1].stated_at)}{said})"
