"""A mailbox over IMAP as it is connected: what it asks for, and how it is opened."""

from typing import cast

from tools.adapter import Adapter, Ask, Opening
from tools.mail.imap.source import ImapSource
from tools.mail.imap.wire import VENDOR, ImapWire, Mailbox, Security

_PORTS: dict[Security, int] = {"ssl": 993, "starttls": 143, "plain": 143}


def mailbox_of(opening: Opening) -> Mailbox:
    """Where the mailbox is and how to come in, as it was answered."""
    told = opening.told
    security = cast(Security, told["security"] if told.get("security") in _PORTS else "ssl")
    port = int(told["port"]) if told.get("port", "").isdigit() else _PORTS[security]
    bearer = told.get("sign_in") == "oauth"
    return Mailbox(told["host"], port, security, told["user"], opening.secrets["secret"], bearer)


def _source(opening: Opening) -> ImapSource:
    told = opening.told
    wire = ImapWire(mailbox_of(opening))
    opening.closing.callback(wire.close)
    domains = frozenset(one.lower() for one in _listed(told.get("own_domains", "")))
    address = told.get("address") or told["user"]
    return ImapSource(wire, opening.now, opening.since, address, domains, _listed(told.get("folders", "")))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


ADAPTER = Adapter(
    name=VENDOR,
    title="Mailbox (IMAP)",
    page="your mail provider's page for app passwords, or for access over IMAP",
    asks=(
        Ask("host", "the mail server, as imap.example.com", where="your mail provider's page on IMAP"),
        Ask("user", "the user name, mostly the mail address"),
        Ask("secret", "the password for programs (app password), or an access token", secret=True,
            where="a token is best given as file:/path that something keeps fresh"),
        Ask("sign_in", "how to sign in: password or oauth (XOAUTH2, with an access token)", needed=False,
            default="password"),
        Ask("address", "the mail address of the mailbox, if the user name is another", needed=False),
        Ask("security", "ssl, starttls, or plain for a server on this machine", needed=False, default="ssl"),
        Ask("port", "the port, if not 993 (ssl) or 143", needed=False),
        Ask("folders", "further folders into which rules file what comes in, with commas", needed=False),
        Ask("own_domains", "further domains from which colleagues write, with commas", needed=False),
    ),
    reads="the inbox and the folder of sent mail; of it only mails with people whom Tenure knows, or to an intake "
    "address, are kept. Mails among colleagues, with strangers and with addresses of the never-log list are counted "
    "and not kept, and nothing is marked as read. One mailbox is one connection: tenure connect imap:anna",
    writes="nothing: mails and drafts go out through the sender profiles (tenure sender), with their own password",
    undo="tenure disconnect imap stops reading at once; in the mailbox nothing was changed",
    source=_source,
    proven="server",
)  # fmt: skip
