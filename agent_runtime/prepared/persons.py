"""Lines about people: who is there and what they are, as records and their own words tell it. Pure."""

from collections.abc import Iterable, Iterator

from agent_runtime.prepared.artefact import Line
from agent_runtime.prepared.material import Material
from agent_runtime.prepared.matters import cited
from agent_runtime.prepared.wording import plain
from agent_runtime.watchtower.meetings import Meeting
from memory.people import Person, persons

DECIDING = ("decides", "signs", "economic_buyer")


def attending(material: Material, meeting: Meeting) -> Iterator[Line]:
    """Who of theirs will be there, with what they are; an address that nobody knows is told as such."""
    event = meeting.event
    ours = {person.email.lower() for person in material.view.company.people.values() if person.email}
    invited = [str(x).lower() for x in event.data.get("attendees") or ()]
    wanted, known = set(invited) - ours, set[str]()
    for person in persons(material.known.contacts, material.known.facts):
        addresses = set((person.contact.email or "").lower().split(";")) if person.contact else set()
        if person.key == event.contact_id or wanted & addresses:
            known |= addresses
            yield _line(material, person, (event.source_id,))
    for address in dict.fromkeys(invited):
        if address in wanted - known:
            yield Line(material.words.line("stranger", address=material.words.quoted(address)), (event.source_id,))


def everybody(material: Material) -> Iterator[Line]:
    """The people of the account, those who decide or speak for us first."""
    found = persons(material.known.contacts, material.known.facts)
    for person in sorted(found, key=lambda x: (x.gone, not any(y.until is None for y in x.roles), x.name)):
        yield _line(material, person, ())


def deciders(material: Material) -> Iterator[Line]:
    """Who decides, signs and holds the budget, as it was said, with the day."""
    yield from _with_roles(material, DECIDING)


def champions(material: Material) -> Iterator[Line]:
    """Who speaks for us there, and who is against it."""
    yield from _with_roles(material, ("champion", "blocker"))


def _with_roles(material: Material, wanted: Iterable[str]) -> Iterator[Line]:
    words = material.words
    for person in persons(material.known.contacts, material.known.facts):
        for role in person.roles:
            if role.role in wanted and role.until is None:
                name = f"{plain(person.name)}{', ' + words.named('roles', 'gone') if person.gone else ''}"
                text = words.line("role", name=name, role=words.named("roles", role.role), day=words.day(role.since))
                yield Line(text, cited(role.fact))


def _line(material: Material, person: Person, shown_by: tuple[str, ...]) -> Line:
    words, standing = material.words, [role for role in person.roles if role.until is None]
    said = [words.named("roles", role.role) for role in standing]
    said += [plain(wish.value) for wish in person.wishes]
    if person.gone:
        said.append(words.named("roles", "gone"))
    facts = [role.fact for role in standing] + person.wishes
    facts += [fact for fact in (person.presence, person.status) if fact]
    title = plain(person.contact.title) if person.contact else ""
    row = (person.contact.id,) if person.contact else ()
    text = words.line(
        "person",
        name=plain(person.name),
        title=f" ({title})" if title else "",
        roles=f": {'; '.join(said)}" if said else "",
    )
    return Line(text, tuple(dict.fromkeys((*shown_by, *row, *(one for fact in facts for one in cited(fact))))))
