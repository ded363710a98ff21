"""Tells people in a chat what waits for them: one message an item, kept up to date in its place, a line a morning."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from hashlib import sha256
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, Table, select

from agent_runtime.clock import Clock
from agent_runtime.connectors import presses, service
from agent_runtime.connectors.models import ToldNotice, VendorUser
from agent_runtime.connectors.notices import closed_notice, item_notice, morning_notice
from agent_runtime.inbox import reading
from agent_runtime.ingest.upsert import upsert
from agent_runtime.installation import Installation
from agent_runtime.permissions import Principal, Right, Role, agent_scope, reach_of, rights_up_to
from agent_runtime.users import service as users
from agent_runtime.users.preferences import preferences_of
from memory.records import User
from tools.base import Unanswered, VendorError
from tools.notices import Notice, Notifier

# So many items at most stand in a person's chat; the rest waits on the page.
MOST = 10
MORNING = time(8)
_told: Table = ToldNotice.__table__  # type: ignore[attr-defined]
_alias: Table = VendorUser.__table__  # type: ignore[attr-defined]
_user: Table = User.__table__  # type: ignore[attr-defined]
_logger = logging.getLogger("tenure.connectors")


@dataclass(slots=True)
class Telling:
    """One round of telling by one connection. Nothing is told where it has no credential for it."""

    installation: Installation
    clock: Clock
    means: service.Means
    name: str
    _answers: dict[tuple[str, str], str] = field(default_factory=dict)

    def run(self) -> bool:
        """First what people pressed, then what waits; gives whether the vendor did not do something."""
        with self.installation.engine.begin() as connection:
            connected = service.opened(connection, self.means, self.name)
        if connected.adapter.notifier is None:
            return False
        try:
            notifier = connected.notifier()
            if notifier is None:
                return False
            self._carry_out()
            return any([self._tell(notifier, user_id, notice) for user_id, notice in self._due()])
        finally:
            connected.close()

    def _carry_out(self) -> None:
        with self.installation.engine.connect() as connection:
            found = presses.waiting(connection, self.name)
        for one in found:
            answer = presses.carry_out(self.installation, one, self.clock.now())
            if answer and answer.user_id:
                self._answers[answer.user_id, answer.item_id] = answer.said

    def _due(self) -> list[tuple[str, Notice]]:
        """What each person is to be told now: what waits, and of what they were told before what became of it."""
        now = self.clock.now()
        with self.installation.engine.connect() as connection:
            query = select(_alias.c.user_id, _alias.c.source_id).where(_alias.c.connection == self.name)
            known = {row.user_id: row.source_id for row in connection.execute(query)}
            people = [x for x in users.people(connection) if x.id in known and not x.disabled]
            return [
                (person.id, notice)
                for person in people
                for notice in self._of_person(connection, person, known[person.id], now)
            ]

    def _of_person(
        self, connection: Connection, person: users.Person, recipient: str, now: datetime
    ) -> Iterator[Notice]:
        principal = Principal(person.id, Role(person.role), person.team, rights_up_to(Right.READ), self.name, "")
        today = reading.today_of(connection, person.id, now)
        wanted = reading.Wanted(reach_of(connection, principal, now), today)
        lines = reading.lines(connection, wanted, None, MOST)
        address = self.installation.settings.public_url.rstrip("/")
        zone, own = self._zone(connection, person.id), preferences_of(connection, person.id)
        if "chat" not in own.channels or own.is_quiet(now.astimezone(zone).time()):
            yield from self._closed(connection, person.id, recipient, {line.id for line in lines})
            return
        if morning := self._morning(connection, person, wanted, now.astimezone(zone)):
            yield morning_notice(morning, recipient, address, person.name, now.astimezone(zone))
        for line in lines:
            link = f"{address}/inbox?sel={quote(line.id, safe='')}" if address else ""
            page = reading.page(connection, agent_scope(line.account_id), line.id, today)
            yield item_notice(page, recipient, link, self._answers.get((person.id, line.id), ""), zone)
        yield from self._closed(connection, person.id, recipient, {line.id for line in lines})

    def _morning(
        self, connection: Connection, person: users.Person, wanted: reading.Wanted, here: datetime
    ) -> reading.Counts | None:
        """How much waits, once a day when the day has begun; None where it was told or nothing waits."""
        day = here.date()
        calendar = self.installation.company(connection, here).calendar
        opens = calendar.next_open(datetime.combine(day, time(), here.tzinfo)).astimezone(here.tzinfo)
        chosen = (_told.c.connection == self.name, _told.c.user_id == person.id, _told.c.key == f"morning {day}")
        if here.time() < MORNING or opens.date() != day or connection.scalar(select(_told.c.place).where(*chosen)):
            return None
        counts = reading.counts(connection, wanted)
        return counts if counts.open else None

    def _closed(self, connection: Connection, user_id: str, recipient: str, open_ids: set[str]) -> Iterator[Notice]:
        query = select(_told.c.key).where(
            _told.c.connection == self.name, _told.c.user_id == user_id, _told.c.live, _told.c.key.like("item%")
        )
        for key in connection.scalars(query.order_by(_told.c.key)):
            if key not in open_ids:
                yield closed_notice(connection, key, recipient, self._answers.get((user_id, key), ""))

    def _zone(self, connection: Connection, user_id: str) -> ZoneInfo:
        named = connection.scalar(select(_user.c.timezone).where(_user.c.id == user_id))
        return ZoneInfo(named or self.installation.playbook.calendar.zone)

    def _tell(self, notifier: Notifier, user_id: str, notice: Notice) -> bool:
        """Tells one notice where it says something else than before. Silence is looked up before it is told again."""
        mark = sha256(orjson.dumps(_shown(notice))).hexdigest()
        with self.installation.engine.connect() as connection:
            chosen = (_told.c.connection == self.name, _told.c.user_id == user_id, _told.c.key == notice.key)
            before = connection.execute(select(_told).where(*chosen)).one_or_none()
        if before and before.place and before.fingerprint == mark:
            return False
        try:
            place = before.place if before else ""
            if before and not place:
                place = notifier.find(notice) or ""
            elif not before:
                self._keep(user_id, notice, "", "")
            place = notifier.notify(notice, place or None)
        except Unanswered:
            # It may stand there already; the next round looks for it by its key.
            return True
        except VendorError as error:
            _logger.warning("%s: %s", self.name, error)
            return True
        self._keep(user_id, notice, place, mark)
        return False

    def _keep(self, user_id: str, notice: Notice, place: str, mark: str) -> None:
        row = {
            "connection": self.name, "user_id": user_id, "key": notice.key, "place": place, "fingerprint": mark,
            "live": bool(notice.buttons or notice.link), "told_at": self.clock.now(),
        }  # fmt: skip
        with self.installation.engine.begin() as connection:
            upsert(connection, _told, [row])


def _shown(notice: Notice) -> list[object]:
    return [notice.title, notice.text, notice.link, [(one.label, one.value) for one in notice.buttons]]
