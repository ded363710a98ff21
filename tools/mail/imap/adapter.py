"""A mailbox over IMAP as it is connected: what it asks for, and how it is opened."""

from typing import cast

from pydantic import SecretStr

from tools.adapter import Adapter, Ask, Opening
from tools.mail.bearer import GOOGLE, WAYS, Grant, TokenOf, token_of
from tools.mail.imap.source import ImapSource
from tools.mail.imap.wire import VENDOR, ImapWire, Mailbox, Security

_PORTS: dict[Security, int] = {"ssl": 993, "starttls": 143, "plain": 143}


def mailbox_of(opening: Opening) -> Mailbox:
    """Where the mailbox is and how to come in, as it was answered."""
    told = opening.told
    security = cast(Security, told["security"] if told.get("security") in _PORTS else "ssl")
    port = int(told["port"]) if told.get("port", "").isdigit() else _PORTS[security]
    way, secret = told.get("sign_in") or "password", opening.secrets["secret"]
    token = _token_of(opening, way, secret) if way in WAYS else None
    return Mailbox(told["host"], port, security, told["user"], secret, way == "oauth", token)


def _token_of(opening: Opening, way: str, secret: SecretStr) -> TokenOf:
    """Where tokens come from; the secret is what they are asked for with."""
    told = opening.told
    client_secret = opening.secrets.get("client_secret") or SecretStr("")
    grant = Grant(
        way, told.get("token_address") or GOOGLE, told.get("client_id", ""), client_secret, told.get("scope", "")
    )
    return token_of(
        grant, told["user"], secret, opening.buckets, opening.now, opening.transport, opening.rotated("secret")
    )


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
        Ask("secret", "the password for programs (app password), or what stands in its place (see sign_in)",
            secret=True, where="a refresh token, the app's secret, a service account's key, or a token as file:/path "
            "that something keeps fresh"),
        Ask("sign_in", "how to sign in: password; or with access tokens (XOAUTH2) that are asked for by a refresh "
            "token (refresh), by an app's own secret (client) or by a Google service account (service_account); or "
            "with a token that you keep fresh (oauth)", needed=False, default="password"),
        Ask("token_address", "where tokens are asked for, if not at Google", needed=False,
            where="Microsoft 365: https://login.microsoftonline.com/TENANT/oauth2/v2.0/token"),
        Ask("client_id", "the id of the app that asks for tokens", needed=False),
        Ask("client_secret", "its secret, for a refresh token of an app that has one", secret=True, needed=False),
        Ask("scope", "what the tokens are for, if not the usual", needed=False),
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
