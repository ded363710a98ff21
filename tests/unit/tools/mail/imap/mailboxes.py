"""A stand-in mail server with one person's mailbox, and mails for it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from tools.base import Page, SourceRecord
from tools.fakes.imap import FakeMailbox, ImapFake
from tools.fakes.imap_server import serving
from tools.mail.imap.source import ImapSource
from tools.mail.imap.wire import ImapWire, Mailbox

ANNA, KIM = "anna@ours.example", "kim@them.example"
SECRET = "canary-mailbox-password-77"
NOW = datetime(2026, 5, 10, 9, tzinfo=UTC)


def written(number: int, sender: str = KIM, to: str = ANNA, **more: str) -> bytes:
    """A mail with Message-ID <NUMBER@test>, an hour after the one with the number before."""
    at = NOW - timedelta(days=8) + timedelta(hours=number)
    head = {
        "From": sender, "To": to, "Date": f"{at:%a, %d %b %Y %H:%M:%S +0000}", "Message-ID": f"<{number}@test>",
        "Subject": f"Matter {number}",
    } | {name.replace("_", "-"): value for name, value in more.items() if name != "text"}  # fmt: skip
    lines = [f"{name}: {value}" for name, value in head.items()]
    return "\r\n".join([*lines, "", more.get("text", f"Words of {number}."), ""]).encode()


def came(number: int) -> datetime:
    """When the server got that mail."""
    return NOW - timedelta(days=8) + timedelta(hours=number)


@dataclass(slots=True)
class Post:
    """The server, its port, and Anna's mailbox."""

    fake: ImapFake
    port: int
    now: datetime = NOW
    closing: ExitStack = field(default_factory=ExitStack)
    box: FakeMailbox = field(init=False)

    def __post_init__(self) -> None:
        self.box = self.fake.mailboxes[ANNA]

    def source(self, *further: str, secret: str = SECRET, bearer: bool = False) -> ImapSource:
        """The mailbox as a source; its session is closed with the server."""
        place = Mailbox("127.0.0.1", self.port, "plain", ANNA, SecretStr(secret), bearer)
        since = NOW - timedelta(days=30)
        wire = ImapWire(place, timeout=5)
        self.closing.callback(wire.close)
        return ImapSource(wire, lambda: self.now, since, ANNA, further=further)

    def receive(self, number: int, folder: str = "INBOX", **more: str) -> int:
        """Puts a mail of Kim's, or in the folder of sent mail one to Kim, into a folder; gives its uid."""
        sender, to = (ANNA, KIM) if folder == "Sent" else (KIM, ANNA)
        return self.box[folder].put(written(number, **({"sender": sender, "to": to} | more)), came(number))


@contextmanager
def post_office() -> Iterator[Post]:
    """A server with Anna's empty mailbox."""
    fake = ImapFake({ANNA: FakeMailbox(SECRET)})
    with serving(fake) as port, ExitStack() as closing:
        yield Post(fake, port, closing=closing)


def read(source: ImapSource, cursor: str | None = None) -> tuple[list[SourceRecord], str]:
    """Everything after `cursor`, and where that ends."""
    pages: list[Page] = list(source.read("emails", cursor))
    source.wire.close()
    return [record for page in pages for record in page.records], pages[-1].cursor
