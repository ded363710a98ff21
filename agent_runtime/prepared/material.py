"""What is composed from: all that is known of one account at a moment, its activities, and the reader's words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from agent_runtime.brief.gather import knowledge
from agent_runtime.prepared.artefact import CitedSource, Line, Prepared, Section, cited_ids, section
from agent_runtime.prepared.wording import Words, plain, words_of
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.view import AccountInfo, View
from memory import timeline
from memory.brief import Knowledge
from memory.facts import KnownFact
from memory.scope import AccountScope
from memory.timeline import Event


@dataclass(frozen=True, slots=True)
class Material:
    """One account as it is known at `now`, to be told in these words."""

    known: Knowledge
    view: View
    words: Words
    _by_source: dict[str, Event] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The moment as of which everything is told."""
        return self.known.now

    @property
    def about_account(self) -> tuple[str, ...]:
        """The account's own row, cited for what stands in no record."""
        return (self.known.account.id,)

    def who(self, contact_id: str | None) -> str:
        """The name of one of theirs."""
        return plain(self.known.person(contact_id)) if contact_id else self.words.line("somebody")

    def standing(self, prefix: str) -> Iterator[KnownFact]:
        """The facts of these slots that stand."""
        return (x for x in self.known.facts if x.slot.startswith(prefix) and x.valid_to is None)

    def section(self, key: str, lines: Iterator[Line], heading: str = "") -> Iterator[Section]:
        """The section of this name, none without lines."""
        return section(key, heading or self.words.heading(key), lines, str(self.words.texts["more"]))

    def finish(self, kind: str, title: str, about: str, when: datetime | None, sections: list[Section]) -> Prepared:
        """The artefact with the list of its sources."""
        listed = [self._source(number, one) for number, one in enumerate(cited_ids(sections), 1)]
        return Prepared(kind, title, about, self.words.language, self.now, when, tuple(sections), tuple(listed))

    def _source(self, number: int, source_id: str) -> CitedSource:
        if not self._by_source:
            self._by_source.update({x.source_id: x for x in self.view.events})
        event = self._by_source.get(source_id)
        if event is None:
            kind = "coverage" if source_id.startswith("coverage:") else "directory"
            return CitedSource(number, source_id, self.words.named("kinds", kind), "")
        kinds = self.words.texts["kinds"]
        label = f"{kinds.get(event.kind, kinds['record'])}, {self.words.day(event.occurred_at)}"
        return CitedSource(number, source_id, label, event.id)


def gather(
    connection: Connection, scope: AccountScope, company: Company, now: datetime, language: str | None
) -> Material | None:
    """Reads one account as it was known at `now`; None where there is no such account."""
    known = knowledge(connection, scope, company, now)
    if known is None:
        return None
    events = timeline.read_as_of(connection, scope, now)
    view = View(AccountInfo(*known.account), events, company, now, known.contacts)
    return Material(known, view, words_of(language, company.calendar.zone))
