"""What the connected sources tell of an account: the company, its people, its history with us. Pure."""

from collections.abc import Iterator

from agent_runtime.prepared import matters, persons
from agent_runtime.prepared.artefact import Line, Prepared
from agent_runtime.prepared.changes import changes, last_talk
from agent_runtime.prepared.material import Material
from agent_runtime.prepared.wording import plain

# What the first line says of the account.
_IN_LINE = frozenset({"account.name", "account.segment", "account.country", "account.owner"})


def research(material: Material) -> Prepared:
    """Everything that is known, in the order in which a stranger to the account reads it."""
    words, talk = material.words, last_talk(material)
    since = words.heading("changed", day=words.day(talk.occurred_at)) if talk else words.heading("changed_ever")
    sections = [
        *material.section("account", _account(material)),
        *material.section("deals", matters.deals(material, ended=True)),
        *material.section("people", persons.everybody(material)),
        *material.section("history", _history(material)),
        *material.section("changed", changes(material, talk.occurred_at if talk else None), since),
        *material.section("rivals", matters.rivals(material)),
        *material.section("concerns", matters.concerns(material)),
        *material.section("asked", matters.answered(material)),
        *material.section("sight", (Line(seen.text, seen.source_ids) for seen in material.known.sight)),
    ]
    title = words.title("research", account=plain(material.known.account.name))
    return material.finish("research", title, material.known.account.id, None, sections)


def _account(material: Material) -> Iterator[Line]:
    row, words = material.known.account, material.words
    text = words.line(
        "account",
        name=plain(row.name),
        segment=f", {plain(row.segment)}" if row.segment else "",
        country=f", {plain(row.country)}" if row.country else "",
        owner=plain(material.known.user(row.owner_id)) if row.owner_id else words.line("nobody"),
    )
    yield Line(text, tuple(dict.fromkeys((*material.known.owner_sources, row.id))))
    labels = words.texts["account_facts"]
    for fact in sorted(material.standing("account."), key=lambda x: (x.slot not in labels, x.slot)):
        if fact.slot in _IN_LINE or fact.value in material.known.users:
            continue
        label = labels.get(fact.slot) or plain(fact.slot.removeprefix("account.").replace("_", " ").capitalize())
        yield Line(words.line("value", name=label, value=plain(fact.value)), matters.cited(fact))


def _history(material: Material) -> Iterator[Line]:
    """How often we were in touch by each way, with the first and the last time."""
    words = material.words
    for kind, label in words.texts["many"].items():
        found = [x for x in material.view.of(kind) if x.occurred_at <= material.now]
        if found:
            days = {"first": words.day(found[0].occurred_at), "last": words.day(found[-1].occurred_at)}
            text = words.line("history", kind=label, number=len(found), **days)
            yield Line(text, tuple(dict.fromkeys((found[0].source_id, found[-1].source_id))))
