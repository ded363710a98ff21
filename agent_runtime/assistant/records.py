"""One account's records as the assistant reads them: everything as it was known when the question was asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from agent_runtime.brief.gather import knowledge
from agent_runtime.ledger.book import Begun, Book
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.evaluate import holders, stated
from agent_runtime.watchtower.judged import judged
from agent_runtime.watchtower.sight import Gap
from agent_runtime.watchtower.view import AccountInfo, View
from memory import timeline
from memory.brief import Knowledge
from memory.people import ContactRow
from memory.recall import Corpus, read
from memory.scope import AccountScope
from memory.timeline import Event


@dataclass
class Records:
    """What an answer may stand on, and nothing that became known after `now`; each part is read when it is asked for.

    `known` is what a brief is made of; raises LookupError where there is no such account.
    """

    connection: Connection
    scope: AccountScope
    company: Company
    now: datetime

    @cached_property
    def known(self) -> Knowledge:
        """The account as its brief knows it."""
        found = knowledge(self.connection, self.scope, self.company, self.now)
        if found is None:
            raise LookupError(self.scope.account_id)
        return found

    @cached_property
    def view(self) -> View:
        """The account as the rules see it."""
        events = timeline.read_as_of(self.connection, self.scope, self.now)
        return View(AccountInfo(*self.known.account), events, self.company, self.now)

    @cached_property
    def matters(self) -> list[Begun]:
        """All that was begun with this account, ended or not, as the rules and people judge it."""
        return judged(self.view, Book(self.scope.account_id), stated(self.view))

    def gaps(self, since: datetime) -> list[Gap]:
        """What of mail and telephone could not be seen since then, of those who deal with the account."""
        return self.company.sight.gaps(("email", "call"), holders(self.view), since, self.now)

    @cached_property
    def corpus(self) -> Corpus:
        """The words of everything that was said."""
        return read(self.connection, self.scope, self.now)

    @cached_property
    def texts(self) -> dict[str, str]:
        """What was written or spoken, by activity id."""
        return timeline.texts(self.connection, self.scope, [x.id for x in self.view.events])

    @cached_property
    def by_source(self) -> dict[str, Event]:
        """The activities by the id of their source record."""
        return {x.source_id: x for x in reversed(self.view.events)}

    @property
    def zone(self) -> ZoneInfo:
        """The company's zone, in which days are told."""
        return self.company.calendar.zone

    @cached_property
    def contacts(self) -> dict[str, ContactRow]:
        """The customer's people by id."""
        return {row.id: row for row in self.known.contacts}

    def theirs(self, contact_id: str | None) -> str:
        """The name of one of the customer's people; empty where nobody knows who it was."""
        row = self.contacts.get(contact_id or "")
        return row.name if row else ""

    def ours(self, user_id: str | None) -> str:
        """The name of one of ours; empty where nobody knows who it was."""
        person = self.company.people.get(user_id or "")
        return person.name if person else user_id or ""

    def quote(self, events: Iterable[Event]) -> str:
        """The words of the first of these activities that has any."""
        return next((x for x in (self.texts.get(event.id, "") for event in events) if x), "")
