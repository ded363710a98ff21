"""A Gmail mailbox as it is connected: what it asks for, and how it is opened."""

from tools.adapter import Adapter, Ask, Opening
from tools.http import Manners, VendorClient
from tools.http.signed import PublicKeys
from tools.mail.gmail.calendar import ADDRESS as CALENDAR_ADDRESS
from tools.mail.gmail.calendar import SCOPE as CALENDAR_SCOPE
from tools.mail.gmail.calendar import CalendarWire, GoogleCalendar
from tools.mail.gmail.calendar_map import MEETINGS
from tools.mail.gmail.push import KEYS_ADDRESS, KEYS_PATH, GooglePush
from tools.mail.gmail.source import GmailSource
from tools.mail.gmail.wire import (
    ADDRESS,
    RATES,
    READ_SCOPE,
    TOKEN_ADDRESS,
    VENDOR,
    WRITE_SCOPE,
    GmailWire,
    open_client,
    service_account,
)
from tools.mail.gmail.write import GmailDrafts, GmailWriter
from tools.mail.told import STREAM, Holder

_STREAMS = f"{STREAM},{MEETINGS}"
# Somebody waits for the answer, and a call that is not believed now comes again.
_KEYS_MANNERS = Manners(attempts=1, timeout=3.0, deadline=5.0)


def _client(opening: Opening, secret: str, scope: str, address: str = "") -> VendorClient:
    """The client of one of Google's services for this person, with a token for what it needs and no more."""
    told, rates = opening.told, dict(RATES)
    if told.get("requests_per_second"):
        rates[""] = (rates[""][0], float(told["requests_per_second"]))
    proof = service_account(opening.secrets[secret], told["mailbox"].lower(), scope)
    client, tokens = open_client(
        proof, opening.buckets, opening.now, base_url=told.get("address") or address or ADDRESS,
        token_url=told.get("token_address") or TOKEN_ADDRESS, rates=rates, transport=opening.transport,
    )  # fmt: skip
    opening.closing.callback(client.close)
    opening.closing.callback(tokens.close)
    return client


def _source(opening: Opening) -> GmailSource:
    told = opening.told
    holder = Holder(told["mailbox"].lower(), frozenset(one.lower() for one in _listed(told.get("own_domains", ""))))
    wire = GmailWire(_client(opening, "service_account", READ_SCOPE))
    calendar = None
    if MEETINGS in _listed(told.get("streams") or _STREAMS):
        asked = CalendarWire(_client(opening, "service_account", CALENDAR_SCOPE, CALENDAR_ADDRESS))
        calendar = GoogleCalendar(asked, opening.now, opening.since, holder.address)
    return GmailSource(wire, opening.now, opening.since, holder, told.get("topic") or "", calendar)


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _writer(opening: Opening) -> GmailWriter | None:
    if "write_service_account" not in opening.secrets:
        return None
    client = _client(opening, "write_service_account", f"{WRITE_SCOPE} {READ_SCOPE}")
    return GmailWriter(GmailWire(client, person=True), opening.told["mailbox"].lower())


def _drafts(opening: Opening) -> GmailDrafts | None:
    """The drafts of the mailbox; None without the credential for writing."""
    writer = _writer(opening)
    return GmailDrafts(writer.wire) if writer else None


def _verifier(opening: Opening) -> GooglePush | None:
    told = opening.told
    if not told.get("push_audience") or not told.get("push_account"):
        return None
    client = VendorClient(
        VENDOR, told.get("keys_address") or KEYS_ADDRESS, auth=None, buckets=opening.buckets, rates={"": (5.0, 1.0)},
        owner="keys", transport=opening.transport, manners=_KEYS_MANNERS,
    )  # fmt: skip
    opening.closing.callback(client.close)
    keys = PublicKeys(client, KEYS_PATH, opening.buckets, opening.now)
    return GooglePush(keys, told["push_audience"], told["push_account"])


ADAPTER = Adapter(
    name=VENDOR,
    title="Gmail and Google Calendar",
    page="https://console.cloud.google.com/iam-admin/serviceaccounts",
    asks=(
        Ask("mailbox", "the address of the mailbox"),
        Ask("service_account", "the key of a service account that may read mail for this mailbox", secret=True,
            where="file:/path/to/key.json; in the Admin console, Security, API controls, Domain-wide delegation, give "
            f"its client id the scopes {READ_SCOPE} and {CALENDAR_SCOPE}"),
        Ask("write_service_account", "the key of another one, if approved mails and drafts shall go out from here",
            secret=True, needed=False, where=f"the same pages, with the scopes {WRITE_SCOPE} and {READ_SCOPE}"),
        Ask("streams", "what is read; without the calendar: emails", needed=False, default=_STREAMS),
        Ask("own_domains", "further domains from which colleagues write, with commas", needed=False),
        Ask("topic", "a Pub/Sub topic (projects/…/topics/…), if Google shall tell us at once", needed=False),
        Ask("push_audience", "the audience of its push subscription", needed=False,
            where="the subscription pushes to https://YOUR-TENURE/hooks/vendors/gmail:anna, with authentication"),
        Ask("push_account", "the service account that the push subscription signs with", needed=False),
        Ask("requests_per_second", "how fast, if your quota allows another pace", needed=False),
        Ask("address", "another address, for a gateway of yours", needed=False),
        Ask("token_address", "another address for tokens", needed=False),
        Ask("keys_address", "another address for Google's public keys", needed=False),
    ),
    reads="the mails that came and went, without drafts, chats, spam and trash; of them only mails with people whom "
    "Tenure knows, or to an intake address, are kept; the main calendar with who takes part, without what is marked as "
    "private. Nothing is marked as read. One person is one connection: tenure connect gmail:anna",
    writes="nothing, until you give it a second key; then mails that a person approved, from this mailbox and in their "
    "thread, and drafts",
    undo="tenure disconnect gmail stops reading and sending at once; with --remove-written its untouched drafts "
    "go too; a mail that was sent cannot be taken back",
    source=_source,
    writer=_writer,
    verifier=_verifier,
    drafts=_drafts,
)  # fmt: skip
