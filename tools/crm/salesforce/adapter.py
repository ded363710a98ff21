"""Salesforce as it is connected: what it asks for, and how it is opened."""

from tools.adapter import Adapter, Ask, Opening
from tools.base import NotAllowed
from tools.crm.salesforce.kinds import KINDS
from tools.crm.salesforce.source import SalesforceSource
from tools.crm.salesforce.wire import RATES, VENDOR, VERSION, SalesforceWire, open_client
from tools.crm.salesforce.write import SalesforceWriter
from tools.http.oauth import ClientSecret, Proof, SignedStatement

_STREAMS = ",".join(name for name in KINDS if name != "emails")
_LOGIN = "https://login.salesforce.com"


def _proof(opening: Opening, prefix: str = "") -> Proof:
    """The credential for reading, or with a prefix that for writing; one with a secret, or one with a signed key."""
    told, secrets = opening.told, opening.secrets
    client_id = told.get(f"{prefix}client_id") or ""
    if f"{prefix}private_key" in secrets:
        claims = {
            "iss": client_id, "sub": told.get(f"{prefix}username") or "", "aud": told.get("login_address") or _LOGIN,
        }  # fmt: skip
        return SignedStatement(VENDOR, claims, secrets[f"{prefix}private_key"])
    if f"{prefix}client_secret" in secrets:
        return ClientSecret(client_id, secrets[f"{prefix}client_secret"])
    fix = "Give client_secret, or private_key and username."
    raise NotAllowed(VENDOR, "neither a secret nor a private key was given", fix=fix)


def _wire(opening: Opening, proof: Proof, *, person: bool = False) -> SalesforceWire:
    told, rates = opening.told, dict(RATES)
    if told.get("requests_per_second"):
        rates[""] = (rates[""][0], float(told["requests_per_second"]))
    client, tokens = open_client(
        told["address"].rstrip("/"), proof, opening.buckets, opening.now, transport=opening.transport, rates=rates
    )
    opening.closing.callback(client.close)
    opening.closing.callback(tokens.close)
    return SalesforceWire(client, told.get("version") or VERSION, person=person)


def _source(opening: Opening) -> SalesforceSource:
    wanted = [one.strip() for one in (opening.told.get("streams") or _STREAMS).split(",")]
    wire = _wire(opening, _proof(opening))
    return SalesforceSource(wire, opening.now, opening.since, wanted, opening.told.get("currency") or "")


def _writer(opening: Opening) -> SalesforceWriter | None:
    if not {"write_client_secret", "write_private_key"} & set(opening.secrets):
        return None
    return SalesforceWriter(_wire(opening, _proof(opening, "write_"), person=True))


ADAPTER = Adapter(
    name=VENDOR,
    title="Salesforce",
    page="https://help.salesforce.com/s/articleView?id=xcloud.connected_app_client_credentials_setup.htm",
    asks=(
        Ask("address", "your org's own address (My Domain): https://….my.salesforce.com",
            where="Setup, My Domain; for a sandbox …--name.sandbox.my.salesforce.com"),
        Ask("client_id", "the consumer key of a connected app whose user may only read",
            where="Setup, App Manager, the app, Manage consumer details"),
        Ask("client_secret", "its consumer secret, where the app uses the client credentials flow", secret=True,
            needed=False, where="the same page; not needed with a private key"),
        Ask("private_key", "or the private key (PEM) of the certificate that the app knows", secret=True,
            needed=False, where="file:/path/to/key.pem"),
        Ask("username", "with a private key: the user as whom is read", needed=False),
        Ask("login_address", "with a private key: https://test.salesforce.com for a sandbox", needed=False,
            default=_LOGIN),
        Ask("write_client_id", "the consumer key of another app whose user may write, if Tenure shall write tasks",
            needed=False),
        Ask("write_client_secret", "its consumer secret", secret=True, needed=False),
        Ask("write_private_key", "or its private key (PEM)", secret=True, needed=False),
        Ask("write_username", "with a private key: the user as whom is written", needed=False),
        Ask("streams", "what is read", needed=False, default=_STREAMS,
            where="emails only where the mailboxes themselves are not connected"),
        Ask("currency", "the currency of an org that has only one, such as EUR", needed=False),
        Ask("requests_per_second", "how fast, if your limit allows another pace", needed=False),
        Ask("version", "the version of the interface", needed=False, default=VERSION),
    ),
    reads="users, stages, accounts and who had them when, contacts, leads, opportunities with every stage, sum and "
    "close date, tasks, logged calls (not what was said), meetings and cases; never more than four fifths of a day's "
    "requests",
    writes="nothing, until you give it a second app; then tasks, opportunity stages and owners that a person approved. "
    "With a unique external id Agent_Key__c on Task the vendor itself refuses a second one; without it the key stands "
    "in the last line of the task",
    undo="tenure disconnect salesforce stops reading at once; with --remove-written the tasks that Tenure wrote go "
    "into the recycle bin",
    source=_source,
    writer=_writer,
)  # fmt: skip
