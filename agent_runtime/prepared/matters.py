"""Lines about what is open: rivals, concerns, promises, answers, deals. Pure; each line cites its records."""

from collections.abc import Iterator
from datetime import datetime

from agent_runtime.prepared.artefact import Line
from agent_runtime.prepared.material import Material
from agent_runtime.prepared.wording import plain
from agent_runtime.watchtower.mentions import mentions
from agent_runtime.watchtower.statement import moment
from agent_runtime.watchtower.view import View
from memory.brief import Question
from memory.commitments import Commitment
from memory.facts import KnownFact
from memory.timeline import Event

_NOBODY = frozenset({"", "none", "no", "n/a", "unknown", "-", "keiner", "keine", "unbekannt"})
_CLOSED = frozenset({"closed", "solved", "resolved"})


def cited(fact: KnownFact) -> tuple[str, ...]:
    """The source ids of a fact, each once."""
    return tuple(dict.fromkeys(source.source_id for source in fact.sources))


def rival_mentions(view: View) -> list[tuple[Event, str]]:
    """Each time that a competitor was named, with the words; the newest first."""
    said = [(event, str(mention.get("quote") or "")) for event, mention in mentions(view, "competitor")]
    fields = [(event, str(event.data.get("to") or "")) for event in view.of("field.changed") if _names_rival(event)]
    return sorted([*said, *fields], key=lambda pair: pair[0].occurred_at, reverse=True)


def _names_rival(event: Event) -> bool:
    name, value = str(event.data.get("field") or "").lower(), str(event.data.get("to") or "").strip().lower()
    return "competitor" in name and value not in _NOBODY


def rivals(material: Material) -> Iterator[Line]:
    """Who was named beside us, in whose words and when, and when their present contract ends."""
    words = material.words
    for event, quote in rival_mentions(material.view):
        name = "rival_field" if event.kind == "field.changed" else "rival"
        who = "" if event.kind == "field.changed" else _speaker(material, event)
        yield Line(
            words.line(name, day=words.day(event.occurred_at), who=who, quote=words.quoted(quote)), (event.source_id,)
        )
    for event, mention in reversed(mentions(material.view, "contract_end")):
        ends = moment(mention.get("due_at"), words.zone)
        if ends:
            values = {"ends": words.day(ends), "day": words.day(event.occurred_at)}
            yield Line(
                words.line("contract_end", **values, quote=words.quoted(mention.get("quote"))), (event.source_id,)
            )


def _speaker(material: Material, event: Event) -> str:
    ours = event.direction == "outbound" or event.kind == "note"
    return plain(material.known.user(event.user_id)) if ours and event.user_id else material.who(event.contact_id)


def open_concerns(material: Material) -> list[KnownFact]:
    """What worries them and is not settled, the newest first."""
    found = [fact for fact in material.standing("concern.") if fact.value == "open"]
    return sorted(found, key=lambda fact: fact.valid_from, reverse=True)


def topic_of(fact: KnownFact) -> str:
    """The last part of a slot, as words."""
    return fact.slot.partition(".")[2].replace("_", " ").capitalize()


def concerns(material: Material) -> Iterator[Line]:
    """What worries them, what nobody has answered, and open cases."""
    words = material.words
    for fact in open_concerns(material):
        quote = words.behind(material.known.quote(fact.sources[0]))
        text = words.line("concern", topic=topic_of(fact), day=words.day(fact.valid_from), quote=quote)
        yield Line(text, cited(fact))
    for asked in unanswered(material):
        values = {"day": words.day(asked.asked_at), "who": material.who(asked.contact_id)}
        yield Line(words.line("unanswered", **values, quote=words.quoted(asked.quote)), asked.source_ids)
    for event in open_cases(material.view):
        yield Line(words.line("case", what=words.quoted(event.subject) or event.source_id), (event.source_id,))


def unanswered(material: Material) -> list[Question]:
    """What they asked and nobody answered, the oldest first."""
    return [x for x in material.known.questions if x.answered_at is None and x.quote]


def open_cases(view: View) -> list[Event]:
    """The latest record of each case that is not closed."""
    last = {str(x.data.get("case_id")): x for x in view.of("case")}
    return [x for x in last.values() if str(x.data.get("status")) not in _CLOSED]


def owed(material: Material, by: str, since: datetime | None = None) -> list[Commitment]:
    """What is promised by `ours` or `theirs` and not kept, the most urgent first; `since`: when it was said."""
    found = [x for x in material.known.commitments if x.by == by and x.kept_at is None]
    return sorted((x for x in found if since is None or x.said_at >= since), key=lambda x: x.due_at)


def promises(material: Material, by: str, since: datetime | None = None) -> Iterator[Line]:
    """One line for each promise that is not kept."""
    words = material.words
    for one in owed(material, by, since):
        values = {
            "due": words.day(one.due_at),
            "late": words.line("late") if one.overdue(material.now) else "",
            "quote": words.quoted(one.what),
            "day": words.day(one.said_at),
        }
        if by == "ours":
            who, whom = plain(material.known.user(one.user_id)), material.who(one.contact_id)
            yield Line(words.line("ours", who=who, whom=whom, **values), one.source_ids)
        else:
            yield Line(words.line("theirs", who=material.who(one.contact_id), **values), one.source_ids)


def answered(material: Material) -> Iterator[Line]:
    """What they told us when asked, and what they asked and were answered, so that nobody asks again."""
    words = material.words
    topics = words.texts["answers"]
    for fact in material.standing("answer."):
        if fact.slot in topics:
            text = words.line(
                "answer",
                topic=topics[fact.slot],
                value=plain(fact.value),
                differs=words.line("differs") if fact.conflict else "",
                day=words.day(fact.sources[-1].stated_at),
                quote=words.behind(material.known.quote(fact.sources[-1])),
            )
            yield Line(text, cited(fact))
    for asked in reversed(material.known.questions):
        if asked.answered_at and asked.quote:
            values = {"day": words.day(asked.asked_at), "who": material.who(asked.contact_id)}
            answer = words.day(asked.answered_at)
            text = words.line("answered", **values, quote=words.quoted(asked.quote), answered=answer)
            yield Line(text, asked.source_ids)


def deals(material: Material, *, ended: bool) -> Iterator[Line]:
    """The deals that are open; with `ended` also how others ended."""
    words = material.words
    for deal in material.known.deals:
        values = {"name": words.quoted(deal.name), "day": words.day(deal.since)}
        if not deal.ended:
            close = moment(deal.close_date, words.zone)
            more = {
                "amount": words.line("amount", amount=deal.amount) if deal.amount else "",
                "close": words.line("close", day=words.day(close)) if close else "",
            }
            yield Line(words.line("deal", **values, stage=plain(deal.stage), **more), deal.source_ids)
        elif ended:
            text = words.line("deal_ended", **values, ended=words.named("ended", deal.ended))
            yield Line(text, deal.source_ids)
