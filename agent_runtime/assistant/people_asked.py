"""Answers about the customer's people: who decides, who somebody is, who left. Pure reading of one account."""

from collections.abc import Iterator

from agent_runtime.assistant.models import Statement
from agent_runtime.assistant.telling import Telling
from memory.brief.of_people import cited
from memory.people import Person, Role, persons

# What a CRM writes into the role of a contact where it means one of our roles.
_CRM_ROLES = {
    "decides": ("decides", "decision_maker", "decision maker", "executive", "approver"),
    "signs": ("signs", "signatory", "approver"),
    "economic_buyer": ("economic_buyer", "economic buyer", "budget"),
    "champion": ("champion",),
}
_AWAY = ("left_company", "on_leave", "opted_out", "bounced")


def _everybody(telling: Telling) -> list[Person]:
    known = telling.records.known
    return persons(known.contacts, known.facts)


def decides(telling: Telling) -> list[Statement]:
    """Who decides; where sources differ, each with its source."""
    return _with_role(telling, "decides")


def signs(telling: Telling) -> list[Statement]:
    """Who signs."""
    return _with_role(telling, "signs")


def budget_holder(telling: Telling) -> list[Statement]:
    """Who holds the budget."""
    return _with_role(telling, "economic_buyer")


def champion(telling: Telling) -> list[Statement]:
    """Who is for us."""
    return _with_role(telling, "champion")


def _with_role(telling: Telling, role: str) -> list[Statement]:
    everybody = _everybody(telling)
    found = [x for person in everybody for x in _said_roles(telling, person, role)]
    wanted = _CRM_ROLES[role]
    exact = [x for x in everybody if x.contact and x.contact.role.lower() in wanted[:1]]
    held = exact or [x for x in everybody if x.contact and x.contact.role.lower() in wanted]
    return [*found, *(_crm_role(telling, x) for x in held)]


def _said_roles(telling: Telling, person: Person, role: str) -> Iterator[Statement]:
    for one in person.roles:
        if one.role == role and _then(telling, one):
            said_by, day = telling.word(one.fact.trust), telling.day(one.since)
            yield telling.tell(
                "role", cited([one.fact]), who=person.name, role=telling.word(role), source=said_by, day=day
            )


def _then(telling: Telling, role: Role) -> bool:
    """Whether somebody had the role at the end of the time that the question names, else has it now."""
    moment = telling.asked.span.until or telling.records.now
    return role.since < moment and (role.until is None or role.until >= moment)


def _crm_role(telling: Telling, person: Person) -> Statement:
    contact = person.contact
    assert contact is not None
    gone = f", {telling.word('left_company')}" if person.gone else ""
    role = f"{contact.role.replace('_', ' ')}{gone}"
    return telling.tell("crm_role", [contact.id], who=person.name, title=_title(person), role=role)


def _title(person: Person) -> str:
    return f" ({person.contact.title})" if person.contact and person.contact.title else ""


def person(telling: Telling) -> list[Statement]:
    """Who the people are that the question names."""
    return [_line(telling, x) for x in _everybody(telling) if x.key in telling.asked.people]


def stakeholders(telling: Telling) -> list[Statement]:
    """Everybody at the customer, those who are still there first."""
    return [_line(telling, x) for x in sorted(_everybody(telling), key=lambda x: (x.gone, x.name))]


def _line(telling: Telling, one: Person) -> Statement:
    role = f", {one.contact.role.replace('_', ' ')}" if one.contact and one.contact.role else ""
    said = [telling.word(x.role) for x in one.roles if x.until is None]
    role += "".join(f", {x}" for x in dict.fromkeys(said))
    facts = [x.fact for x in one.roles if x.until is None] + [x for x in (one.presence, one.status) if x]
    sources = [*cited(facts), *([one.contact.id] if one.contact else [])]
    return telling.tell("person", sources, who=one.name, title=_title(one), role=role, status=_status(telling, one))


def _status(telling: Telling, one: Person) -> str:
    status = one.status.value if one.status else "left_company" if one.gone else ""
    return f"; {telling.word(status)}" if status in _AWAY else ""


def left(telling: Telling) -> list[Statement]:
    """Who left the customer; of somebody named also that nothing says so."""
    everybody = _everybody(telling)
    named = [x for x in everybody if x.key in telling.asked.people]
    if named:
        return [_left(telling, x) if x.gone else _there(telling, x) for x in named]
    gone = [_left(telling, x) for x in everybody if x.gone]
    return gone or telling.nothing("none_left")


def _left(telling: Telling, one: Person) -> Statement:
    facts = [x for x in (one.status, one.presence) if x]
    if not facts:
        return telling.tell("left_no_day", [one.key], who=one.name)
    return telling.tell("left", cited(facts), who=one.name, day=telling.day(min(x.valid_from for x in facts)))


def _there(telling: Telling, one: Person) -> Statement:
    heard = telling.records.known.last_heard.get(one.key)
    if heard is None:
        return telling.tell("still_there_unheard", [one.key], who=one.name)
    return telling.tell("still_there", [one.key, heard[1]], who=one.name, day=telling.day(heard[0]))
