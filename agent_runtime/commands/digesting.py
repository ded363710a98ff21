"""`tenure digest`: what waits for each person this morning, printed, or sent to themselves by their own mail server."""

import hashlib
from dataclasses import asdict, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson
from rich.console import Console
from sqlalchemy import Table, select

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Confirmed, Executor, Sent
from agent_runtime.actions.reasons import explain
from agent_runtime.actions.senders import Profile, connector_of, profile_of, profiles_in
from agent_runtime.actions.smtp import SmtpExecutor
from agent_runtime.clock import SystemClock
from agent_runtime.commands.calls_mailing import send_week
from agent_runtime.connectors.executor import WriteExecutor
from agent_runtime.connectors.service import Means, writers_in
from agent_runtime.errors import BadSetting
from agent_runtime.installation import Installation, open_installation
from agent_runtime.settings import load
from agent_runtime.users import preferences
from agent_runtime.users import service as users
from agent_runtime.users.preferences import preferences_of
from agent_runtime.web.digest import Digest, digest_of
from memory.records import User

SENT = "sent"
_user: Table = User.__table__  # type: ignore[attr-defined]


def digest_command(user_id: str | None, *, send: bool, as_json: bool) -> None:
    """Prints everybody's morning, or of one person; with `send` each goes to its person, in their own name, when they
    want it: so it may be run as often as one likes."""
    installation, now = open_installation(load()), SystemClock().now()
    try:
        found = mornings(installation, user_id, now)
        console = Console()
        if as_json and not send:
            console.out(orjson.dumps([asdict(x) for x in found], option=orjson.OPT_INDENT_2).decode(), highlight=False)
            return
        for one in found:
            told = f"{one.user_id}: {send_wanted(installation, one, now)}" if send else f"{one.address}\n{one.body}"
            console.print(told, highlight=False, markup=False)
        for line in send_week(installation, user_id, now) if send else ():
            console.print(line, highlight=False, markup=False)
    finally:
        installation.engine.dispose()


def mornings(installation: Installation, user_id: str | None, now: datetime) -> list[Digest]:
    """The digests of everybody for whom something waits; raises BadSetting where no link could lead to the pages."""
    address = installation.settings.public_url.rstrip("/")
    if not address:
        raise BadSetting("Links in the digest need to know where people reach the pages.", fix="Set public_url.")
    with installation.engine.connect() as connection:
        zones = {row.id: row.timezone for row in connection.execute(select(_user.c.id, _user.c.timezone))}
        people = [x for x in users.people(connection) if user_id in (None, x.id) and not x.disabled]
        usual = installation.playbook.calendar.zone
        found = [digest_of(connection, x, ZoneInfo(zones[x.id] or usual), address, now) for x in people]
    return [x for x in found if x is not None]


def send_wanted(installation: Installation, digest: Digest, now: datetime) -> str:
    """Sends it if its person wants it now, once a day; gives what became of it, in words."""
    with installation.engine.connect() as connection:
        own = preferences_of(connection, digest.user_id)
    reason = own.why_not_now(now, ZoneInfo(digest.zone))
    if reason:
        return f"not sent, {reason}"
    told = send_digest(installation, digest, now)
    if told == SENT:
        today = now.astimezone(ZoneInfo(digest.zone)).date().isoformat()
        with installation.engine.begin() as connection:
            preferences.keep(connection, digest.user_id, replace(own, sent_on=today))
    return told


def send_digest(installation: Installation, digest: Digest, now: datetime) -> str:
    """Sends it from the person to themselves; gives what became of it, in words."""
    with installation.engine.connect() as connection:
        profile = profile_of(connection, digest.user_id)
    if profile is None:
        return "not sent, they have no sender profile (tenure sender set)"
    result = _executor(installation, profile).execute(_letter(digest, profile, now))
    return SENT if isinstance(result, Sent | Confirmed) else f"not sent: {explain(result.reason)}"


def _executor(installation: Installation, profile: Profile) -> Executor:
    """Who sends in this person's name: their mail server, or the mailbox of theirs that is connected."""
    if connector_of(profile) == "smtp":
        return SmtpExecutor(profiles_in(installation.engine), installation.settings.mail_servers)
    means = Means(installation.settings, installation.install_key, SystemClock())
    return WriteExecutor(writers_in(installation.engine, means))


def _letter(digest: Digest, profile: Profile, now: datetime) -> ActionRow:
    # One a day: whoever runs the command twice sends the same message id, which mail programs show once.
    name = hashlib.sha256(f"{digest.user_id} {now:%Y-%m-%d}".encode()).hexdigest()[:24]
    domain = profile.address.rpartition("@")[2]
    content = {
        "sender": {"name": "Tenure", "email": profile.address}, "to": [profile.address], "subject": digest.subject,
        "body": digest.body, "html": digest.html, "message_id": f"<digest.{name}@{domain}>", "user_id": digest.user_id,
        "connector": connector_of(profile),
    }  # fmt: skip
    return ActionRow(
        f"digest_{name}", "", None, None, "send_email", content, "", "rule:digest", now, now, "claimed"
    )  # fmt: skip
