"""The morning of each person by mail: to those who want it now, from themselves to themselves, once a day."""

import hashlib
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, select

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Confirmed, Found, Sent, Unknown
from agent_runtime.actions.reasons import explain
from agent_runtime.actions.senders import Profile, connector_of, profile_of
from agent_runtime.errors import BadSetting
from agent_runtime.installation import Installation
from agent_runtime.mailing.senders import Sender, executor_of
from agent_runtime.users import digest_turns, preferences
from agent_runtime.users import service as users
from agent_runtime.users.preferences import preferences_of
from agent_runtime.web.digest import Digest, digest_of
from memory.records import User

SENT = "sent"
_user: Table = User.__table__  # type: ignore[attr-defined]


def mornings(installation: Installation, user_ids: set[str] | None, now: datetime) -> list[Digest]:
    """The digests of these people, or of everybody, for whom something waits.

    Raises BadSetting where no link could lead to the pages.
    """
    address = installation.settings.public_url.rstrip("/")
    if not address:
        raise BadSetting("Links in the digest need to know where people reach the pages.", fix="Set public_url.")
    with installation.engine.connect() as connection:
        zones = _zones(connection, installation)
        people = [x for x in users.people(connection) if not x.disabled and (user_ids is None or x.id in user_ids)]
        found = [digest_of(connection, x, zones[x.id], address, now) for x in people]
    return [x for x in found if x is not None]


def due(installation: Installation, connection: Connection, now: datetime) -> set[str]:
    """Who wants their morning now, has not got it, and can be written to; also those for whom nothing waits."""
    zones = _zones(connection, installation)
    wanting = [
        x.id
        for x in users.people(connection)
        if not x.disabled and not preferences_of(connection, x.id).why_not_now(now, zones[x.id])
    ]
    return {
        x for x in wanting if profile_of(connection, x) and digest_turns.free(connection, x, _day(zones[x], now), now)
    }


def send_wanted(installation: Installation, digest: Digest, now: datetime, executor: Sender | None = None) -> str:
    """Sends it if its person wants it now, once a day; gives what became of it, in words."""
    with installation.engine.connect() as connection:
        own = preferences_of(connection, digest.user_id)
    reason = own.why_not_now(now, ZoneInfo(digest.zone))
    return f"not sent, {reason}" if reason else _send(installation, digest, now, executor)


def _send(installation: Installation, digest: Digest, now: datetime, given: Sender | None) -> str:
    """Claims it, hands it over, and keeps that it went out: whoever dies in between is taken over, by the same id."""
    day = _day(ZoneInfo(digest.zone), now)
    with installation.engine.begin() as connection:
        profile = profile_of(connection, digest.user_id)
        claimed = digest_turns.claim(connection, digest.user_id, day, now) if profile else None
    if profile is None:
        return "not sent, they have no sender profile (tenure sender set)"
    if claimed is None:
        return "not sent, it is being sent or was sent today"
    executor, letter = given or executor_of(installation, profile), _letter(digest, profile, day, now)
    if claimed == digest_turns.AGAIN and (found := executor.find(letter)) is not Found.ABSENT:
        # Where nobody can tell, a morning that is missing is better than one that comes twice.
        if found is Found.THERE:
            _settle(installation, digest.user_id, day)
        return "had gone out" if found is Found.THERE else "may have gone out"
    result = executor.execute(letter)
    if isinstance(result, Sent | Confirmed):
        _settle(installation, digest.user_id, day)
        return SENT
    if isinstance(result, Unknown):
        return f"may have gone out: {explain(result.reason)}"
    with installation.engine.begin() as connection:
        digest_turns.give_up(connection, digest.user_id)
    return f"not sent: {explain(result.reason)}"


def _settle(installation: Installation, user_id: str, day: date) -> None:
    with installation.engine.begin() as connection:
        digest_turns.settle(connection, user_id, day)
        own = preferences_of(connection, user_id)
        preferences.keep(connection, user_id, replace(own, sent_on=day.isoformat()))


def _zones(connection: Connection, installation: Installation) -> dict[str, ZoneInfo]:
    usual = installation.playbook.calendar.zone
    rows = connection.execute(select(_user.c.id, _user.c.timezone))
    return {row.id: ZoneInfo(row.timezone or usual) for row in rows}


def _day(zone: ZoneInfo, now: datetime) -> date:
    return now.astimezone(zone).date()


def _letter(digest: Digest, profile: Profile, day: date, now: datetime) -> ActionRow:
    # One a day: where it is sent twice after all, mail programs show one of the same id.
    name = hashlib.sha256(f"{digest.user_id} {day}".encode()).hexdigest()[:24]
    domain = profile.address.rpartition("@")[2]
    content = {
        "sender": {"name": "Tenure", "email": profile.address}, "to": [profile.address], "subject": digest.subject,
        "body": digest.body, "html": digest.html, "message_id": f"<digest.{name}@{domain}>", "user_id": digest.user_id,
        "connector": connector_of(profile),
    }  # fmt: skip
    return ActionRow(f"digest_{name}", "", None, None, "send_email", content, "", "rule:digest", now, now, "claimed")
