"""Which points are worth raising: of what is open, one of each sort, the most pressing first. Pure."""

from collections.abc import Iterator
from itertools import islice

from agent_runtime.prepared import matters
from agent_runtime.prepared.artefact import Line
from agent_runtime.prepared.material import Material

POINTS = 3


def points(material: Material, shown_by: tuple[str, ...]) -> Iterator[Line]:
    """At most three points; where nothing is open that is said, citing `shown_by`."""
    found = list(islice(_candidates(material), POINTS))
    yield from found or [Line(material.words.line("no_points"), shown_by)]


def _candidates(material: Material) -> Iterator[Line]:
    yield from islice(_ours(material), 1)
    yield from islice(_questions(material), 1)
    yield from islice(_concerns(material), 1)
    yield from islice(_rivals(material), 1)
    yield from islice(_theirs(material), 1)
    for deal in material.known.deals:
        if not deal.ended:
            yield Line(material.words.line("point_deal", name=material.words.quoted(deal.name)), deal.source_ids)


def _ours(material: Material) -> Iterator[Line]:
    words = material.words
    for one in matters.owed(material, "ours"):
        yield Line(words.line("point_ours", due=words.day(one.due_at), quote=words.quoted(one.what)), one.source_ids)


def _questions(material: Material) -> Iterator[Line]:
    words = material.words
    for asked in matters.unanswered(material):
        values = {"who": material.who(asked.contact_id), "day": words.day(asked.asked_at)}
        yield Line(words.line("point_question", **values, quote=words.quoted(asked.quote)), asked.source_ids)


def _concerns(material: Material) -> Iterator[Line]:
    for fact in matters.open_concerns(material):
        quote = material.words.behind(material.known.quote(fact.sources[0]))
        yield Line(material.words.line("point_concern", topic=matters.topic_of(fact), quote=quote), matters.cited(fact))


def _rivals(material: Material) -> Iterator[Line]:
    words = material.words
    for event, quote in matters.rival_mentions(material.view):
        text = words.line("point_rival", day=words.day(event.occurred_at), quote=words.quoted(quote))
        yield Line(text, (event.source_id,))


def _theirs(material: Material) -> Iterator[Line]:
    words = material.words
    for one in matters.owed(material, "theirs"):
        values = {"who": material.who(one.contact_id), "due": words.day(one.due_at)}
        yield Line(words.line("point_theirs", **values, quote=words.quoted(one.what)), one.source_ids)
