"""The small firm with Lea's real mailbox connected for reading, her sender profile, and Kim on the other side."""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as policy
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Self

import orjson
from sqlalchemy import Engine

from agent_runtime.actions import service as actions
from agent_runtime.actions.execute import execute
from agent_runtime.actions.recheck import Recheck
from agent_runtime.actions.senders import Profile, set_profile
from agent_runtime.connectors import service
from agent_runtime.connectors.sync import Reading, StreamReport
from agent_runtime.housekeeping import Housekeeping
from agent_runtime.inbox.decide import Decided, Deciding, decide
from agent_runtime.inbox.verbs import Approve
from agent_runtime.installation import Installation, about, context_of
from agent_runtime.playbook import default
from agent_runtime.playbook.models import AutonomyPolicy
from agent_runtime.settings import MailServer, Settings
from agent_runtime.worker import executors_of
from tests.integration.firm import DAY, KEY, Firm, world
from tests.mail.servers import OURS, PASSWORD, THEIRS, MailServers

LEA, KIM = f"lea@{OURS}", f"kim@{THEIRS}"


def last_tuesday() -> datetime:
    """09:00 of last Tuesday: everything here happens before the present, so that no server doubts a date."""
    today = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0)
    return today - timedelta(days=(today.weekday() - 1) % 7 or 7)


@dataclass(slots=True)
class Office:
    """The firm and its servers; `house` is its installation, whose playbook puts drafts into mailboxes."""

    servers: MailServers
    firm: Firm
    means: service.Means
    house: Installation
    keeping: Housekeeping

    @classmethod
    def opened(cls, servers: MailServers, engine: Engine, folder: Path) -> Self:
        """The firm at work for a while, with nothing owed to anybody."""
        firm = Firm(engine, world(folder / "world", []), last_tuesday() - 2 * DAY)
        means = service.Means(Settings(), KEY, firm.clock)
        secret = folder / "password"
        secret.write_text(PASSWORD + "\n")
        told = {"host": "127.0.0.1", "port": str(servers.imap), "security": "plain", "user": LEA,
                "secret": f"file:{secret}"}  # fmt: skip
        profile = Profile("lea", "Lea Kern", LEA, "office", username=LEA, password_ref=f"file:{secret}")
        with engine.begin() as connection:
            service.connect(connection, means, "imap:lea", told, last_tuesday() - 30 * DAY, "ops")
            set_profile(connection, profile, "ops", firm.clock.now(), KEY)
        server = MailServer(
            host="127.0.0.1", port=servers.smtp, security="plain", imap_host="127.0.0.1", imap_port=servers.imap
        )
        playbook = default().model_copy(update={"autonomy": AutonomyPolicy(draft_in_mailbox="auto")})
        house = Installation(Settings(data_dir=folder, mail_servers={"office": server}), engine, KEY, playbook)
        made = cls(servers, firm, means, house, Housekeeping(house, "one"))
        made.sync()
        firm.settle()
        firm.clock.move_to(last_tuesday())
        return made

    def kim_writes(self, text: str, name: str = "question", answers: str = "", at: datetime | None = None) -> str:
        """Kim sends a mail to Lea, and it arrives; gives its Message-ID."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"Kim Adler <{KIM}>", LEA, "Offer"
        mail["Date"] = format_datetime(at or self.firm.clock.now() - timedelta(hours=26))
        mail["Message-ID"] = f"<{name}@{THEIRS}>"
        if answers:
            mail["In-Reply-To"] = mail["References"] = answers
        mail.set_content(text)
        with smtplib.SMTP("127.0.0.1", self.servers.smtp, timeout=10) as session:
            session.send_message(mail)
        self.servers.settle()
        return f"<{name}@{THEIRS}>"

    def sync(self, pages: int | None = None) -> StreamReport:
        """Lea's mailbox is read, or so many pages of it."""
        with self.firm.engine.begin() as connection:
            connected = service.opened(connection, self.means, "imap:lea")
            context = context_of(about(connection), default())
        taken: list[StreamReport] = []
        broken = (lambda: len(taken) >= pages) if pages else (lambda: False)
        (report,) = Reading(self.firm.engine, connected, context, self.firm.clock, taken.append, broken).run()
        assert not report.problem, report
        return report

    def work(self) -> None:
        """The mailbox is read and all that follows is worked off, as a worker does."""
        self.sync()
        self.firm.settle()

    def item(self, state: str = "open") -> Any:
        """The one item in that state, with its action."""
        (row,) = self.firm.query("SELECT * FROM tenure_item WHERE state = :state", state=state)
        return row

    def action_of(self, row: Any) -> dict[str, Any]:
        """What an item proposes."""
        found: dict[str, Any] = orjson.loads(row.action)
        return found

    def approve(self, row: Any) -> Decided:
        """Lea approves it in the inbox."""
        command = Approve(verb="approve", draft_version=row.draft_version, hash=row.content_hash)
        by = Deciding("lea", "web", self.firm.clock.now(), KEY, timedelta(0))
        with self.firm.engine.begin() as connection:
            return decide(connection, self.firm.company(connection), row.id, command, by)

    def tend(self) -> list[str]:
        """What a worker does each minute: drafts are put into Lea's mailbox and taken away; the states then."""
        self.firm.clock.move_to(self.firm.clock.now() + timedelta(minutes=1))
        self.keeping.step(self.firm.clock.now())
        return self.carry_out()

    def carry_out(self) -> list[str]:
        """The next step of everything that is decided and due; the states then."""
        now, engine = self.firm.clock.now(), self.firm.engine
        executors = executors_of(self.house)
        with engine.connect() as connection:
            due = actions.due(connection, now)
        recheck = Recheck(now, self.house.playbook.autonomy)
        states = [execute(engine, x.id, now, executors, recheck, self.firm.live.ended, KEY, "w") for x in due]
        self.servers.settle()
        return states

    def letters(self, user: str, folder: str) -> Sequence[tuple[int, str, str]]:
        """(uid, Message-ID, words) of each mail in somebody's folder."""
        with self.servers.box(user) as box:
            box.select_folder(folder, readonly=True)
            found = box.fetch(box.search(), ["BODY.PEEK[]"])
        mails = [(uid, message_from_bytes(x[b"BODY[]"], policy=policy)) for uid, x in found.items()]
        return [(uid, str(mail["Message-ID"]), _words(mail)) for uid, mail in sorted(mails)]

    def lea_sends_her_draft(self, words: str = "", message_id: str = "") -> str:
        """Lea opens the only draft in her mail program, edits it, and sends it from there; gives its Message-ID."""
        with self.servers.box(LEA) as box:
            box.select_folder("Drafts")
            ((uid, found),) = box.fetch(box.search(), ["BODY.PEEK[]"]).items()
            mail = message_from_bytes(found[b"BODY[]"], policy=policy)
            if words:
                mail.set_content(words)
            for name, value in (("Message-ID", message_id), ("Date", format_datetime(self.firm.clock.now()))):
                if value:
                    mail.replace_header(name, value)
            with smtplib.SMTP("127.0.0.1", self.servers.smtp, timeout=10) as session:
                session.send_message(mail)
            box.append("Sent", mail.as_bytes(), ("\\Seen",))
            box.delete_messages([uid], silent=True)
            box.expunge()
        self.servers.settle()
        return str(mail["Message-ID"])

    def thread(self) -> list[tuple[str, str]]:
        """(direction, Message-ID) of the mails that stand on the account's timeline, in their order."""
        rows = self.firm.query(
            "SELECT direction, data FROM tenure_activity WHERE kind = 'email' AND current AND NOT deleted"
            " ORDER BY occurred_at, id"
        )
        return [(row.direction, orjson.loads(row.data)["message_id"]) for row in rows]


def _words(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part else ""
