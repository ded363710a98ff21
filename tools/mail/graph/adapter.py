"""A mailbox and calendar of Microsoft 365 as they are connected: what is asked for, and how they are opened."""

from tools.adapter import Adapter, Ask, Opening
from tools.mail.graph.calls import Calls, GraphCalls
from tools.mail.graph.source import MEETINGS, GraphSource
from tools.mail.graph.wire import ADDRESS, LOGIN_ADDRESS, RATES, VENDOR, GraphWire, application, open_client
from tools.mail.graph.write import GraphDrafts, GraphWriter
from tools.mail.told import STREAM, Holder

_STREAMS = f"{STREAM},{MEETINGS}"


def _wire(opening: Opening, prefix: str = "") -> GraphWire:
    told, rates = opening.told, dict(RATES)
    if told.get("requests_per_second"):
        rates[""] = (rates[""][0], float(told["requests_per_second"]))
    proof = application(told.get(f"{prefix}client_id") or told["client_id"], opening.secrets[f"{prefix}client_secret"])
    mailbox = told["mailbox"].lower()
    client, tokens = open_client(
        told["tenant"], proof, opening.buckets, opening.now, base_url=told.get("address") or ADDRESS,
        login_url=told.get("login_address") or LOGIN_ADDRESS, owner=mailbox, rates=rates, transport=opening.transport,
    )  # fmt: skip
    opening.closing.callback(client.close)
    opening.closing.callback(tokens.close)
    return GraphWire(client, mailbox, person=bool(prefix))


def _source(opening: Opening) -> GraphSource:
    told = opening.told
    domains = frozenset(one.strip().lower() for one in told.get("own_domains", "").split(",") if one.strip())
    wanted = [one.strip() for one in (told.get("streams") or _STREAMS).split(",")]
    address, secret = told.get("call_address"), opening.secrets.get("call_secret")
    calls = Calls(address, secret) if address and secret else None
    holder = Holder(told["mailbox"].lower(), domains)
    return GraphSource(_wire(opening), opening.now, opening.since, holder, wanted, calls)


def _writer(opening: Opening) -> GraphWriter | None:
    if "write_client_secret" not in opening.secrets:
        return None
    return GraphWriter(_wire(opening, "write_"), opening.told["mailbox"].lower())


def _drafts(opening: Opening) -> GraphDrafts | None:
    """The drafts of the mailbox; None without the credential for writing."""
    writer = _writer(opening)
    return GraphDrafts(writer.wire) if writer else None


def _verifier(opening: Opening) -> GraphCalls | None:
    live = [opening.secrets[name] for name in ("call_secret", "call_secret_before") if name in opening.secrets]
    return GraphCalls(live) if live else None


ADAPTER = Adapter(
    name=VENDOR,
    title="Microsoft 365 mail and calendar",
    page="https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade",
    asks=(
        Ask("mailbox", "the address of the mailbox"),
        Ask("tenant", "the directory (tenant) id", where="the app's overview"),
        Ask("client_id", "the application (client) id of an app that may only read",
            where="application permissions Mail.Read and Calendars.Read, limited to the mailboxes that Tenure may see "
            "by an application access policy"),
        Ask("client_secret", "its client secret", secret=True, where="Certificates and secrets; shown once"),
        Ask("write_client_id", "the id of another app, if approved mails and drafts shall go out from here",
            needed=False, where="application permissions Mail.ReadWrite and Mail.Send, limited likewise"),
        Ask("write_client_secret", "its client secret", secret=True, needed=False),
        Ask("streams", "what is read", needed=False, default=_STREAMS),
        Ask("own_domains", "further domains from which colleagues write, with commas", needed=False),
        Ask("call_address", "our public address, if Microsoft shall tell us at once", needed=False,
            where="https://YOUR-TENURE/hooks/vendors/graph:anna"),
        Ask("call_secret", "a long random word that Microsoft repeats in each call", secret=True, needed=False),
        Ask("call_secret_before", "the word before, while it is being changed", secret=True, needed=False),
        Ask("requests_per_second", "how fast, if another pace is allowed", needed=False),
        Ask("address", "another address, for a gateway of yours or a national cloud", needed=False),
        Ask("login_address", "another address for tokens", needed=False),
    ),
    reads="the mails of inbox and sent items, of which only those with people whom Tenure knows, or to an intake "
    "address, are kept; the calendar with who takes part, without what is marked as private. Nothing is marked as "
    "read. One mailbox is one connection: tenure connect graph:anna",
    writes="nothing, until you give it a second app; then mails that a person approved, from this mailbox and in their "
    "conversation, and drafts",
    undo="tenure disconnect graph stops reading and sending at once; with --remove-written its untouched drafts "
    "go too; a mail that was sent cannot be taken back",
    source=_source,
    writer=_writer,
    verifier=_verifier,
    drafts=_drafts,
    proven="stand-in",
)  # fmt: skip
