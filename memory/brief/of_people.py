"""The lines of a brief about people: who is there, who really decides, how they want to be reached."""

from collections.abc import Iterator

from memory.brief.known import Knowledge, Line
from memory.facts import KnownFact
from memory.people import Person, persons

_ROLE = {
    "decides": "decides",
    "signs": "signs",
    "economic_buyer": "holds the budget",
    "champion": "is our champion",
    "blocker": "is against it",
}
_TIE = {"reports_to": "reports to", "decides_with": "decides with"}
_STATUS = {
    "left_company": "has left",
    "on_leave": "is on leave",
    "opted_out": "wants no mail",
    "bounced": "their address bounces",
}
_BY = {"crm": "CRM", "user": "noted by us", "external": "said by them", "model": "read by a model"}


def lines(known: Knowledge) -> Iterator[Line]:
    """One line a person with what they are, then what is not agreed on, then what ours noted of them."""
    everybody = persons(known.contacts, known.facts)
    for person in sorted(everybody, key=_weight):
        yield _line(known, person)
    yield from _conflicts(known)
    for fact in known.facts:
        if fact.slot.startswith("judgement.") and fact.valid_to is None:
            said = fact.sources[-1]
            yield Line("people", f"Noted on {known.day(said.stated_at)}: “{fact.value}”", cited([fact]))


def _weight(person: Person) -> tuple[bool, bool, str]:
    roles = any(role.until is None for role in person.roles) or bool(person.contact and person.contact.role)
    return person.gone, not roles, person.name


def _line(known: Knowledge, person: Person) -> Line:
    said = [*_roles(known, person), *_ties(known, person), *_presence(known, person)]
    said += [f"wishes: {fact.value}" for fact in person.wishes]
    facts = [role.fact for role in person.roles] + [tie.fact for tie in person.ties] + person.wishes
    facts += [fact for fact in (person.presence, person.status) if fact]
    citations = list(cited(facts))
    if heard := known.last_heard.get(person.key):
        said.append(f"last heard from on {known.day(heard[0])}")
        citations.append(heard[1])
    if person.contact:
        citations.append(person.contact.id)
    title = f" ({person.contact.title})" if person.contact and person.contact.title else ""
    text = f"{person.name}{title}: {'; '.join(said)}." if said else f"{person.name}{title}."
    return Line("people", text, tuple(dict.fromkeys(citations)))


def _roles(known: Knowledge, person: Person) -> Iterator[str]:
    if person.contact and person.contact.role:
        yield f"{person.contact.role.replace('_', ' ')} (CRM)"
    for role in person.roles:
        span = f"since {known.day(role.since)}"
        if role.until:
            span = f"{known.day(role.since)} to {known.day(role.until)}, no longer"
        yield f"{_ROLE[role.role]} ({_BY[role.fact.trust]}, {span})"


def _ties(known: Knowledge, person: Person) -> Iterator[str]:
    for tie in person.ties:
        yield f"{_TIE[tie.kind]} {known.person(tie.to)}"


def _presence(known: Knowledge, person: Person) -> Iterator[str]:
    if person.presence:
        word = "left" if person.presence.value == "left" else "came"
        yield f"{word}, as said on {known.day(person.presence.valid_from)}"
    status = person.status.value if person.status else person.contact.status if person.contact else ""
    if status in _STATUS:
        since = f" since {known.day(person.status.valid_from)}" if person.status else ""
        yield f"{_STATUS[status]}{since}"


def _conflicts(known: Knowledge) -> Iterator[Line]:
    slots: dict[str, list[KnownFact]] = {}
    for fact in known.facts:
        if fact.conflict and fact.slot.startswith("role."):
            slots.setdefault(fact.slot, []).append(fact)
    for slot, facts in slots.items():
        names = ", ".join(
            f"{known.person(x.value)} ({_BY[x.trust]}, {known.day(x.valid_from)})" for x in facts
        )  # fmt: skip
        what = _ROLE.get(slot.removeprefix("role."), slot)
        yield Line("people", f"Sources differ on who {what}: {names}.", cited(facts))


def cited(facts: list[KnownFact]) -> tuple[str, ...]:
    """The source ids of facts, each once, in order."""
    return tuple(dict.fromkeys(source.source_id for fact in facts for source in fact.sources))
