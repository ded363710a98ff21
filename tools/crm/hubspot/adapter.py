"""HubSpot as it is connected: what it asks for, and how it is opened."""

from tools.adapter import Adapter, Ask, Opening
from tools.base import NotAllowed
from tools.crm.hubspot.kinds import KINDS, OWN
from tools.crm.hubspot.signature import HubSpotSignature
from tools.crm.hubspot.source import HubSpotSource
from tools.crm.hubspot.wire import ADDRESS, RATES, VENDOR, HubSpotWire, open_client
from tools.crm.hubspot.write import HubSpotWriter

_STREAMS = ",".join(name for name in KINDS if name != "emails")


def _wire(opening: Opening, secret: str) -> HubSpotWire:
    told = opening.told
    rates = dict(RATES)
    if told.get("requests_per_second"):
        rates[""] = (rates[""][0], float(told["requests_per_second"]))
    client = open_client(
        opening.secrets[secret], opening.buckets, base_url=told.get("address") or ADDRESS, rates=rates,
        transport=opening.transport,
    )  # fmt: skip
    opening.closing.callback(client.close)
    return HubSpotWire(client, told.get("objects_path") or "/crm/v3/objects")


def _source(opening: Opening) -> HubSpotSource:
    wanted = [one.strip() for one in (opening.told.get("streams") or _STREAMS).split(",")]
    own = {stream: _columns(stream, opening.told.get(f"{stream}_properties") or "") for stream in OWN}
    return HubSpotSource(_wire(opening, "token"), opening.now, wanted, own)


def _columns(stream: str, told: str) -> dict[str, str]:
    """By column the property that carries it, out of "renewal_date=contract_end, arr=yearly_sum"."""
    pairs = [one.partition("=") for one in told.split(",") if one.strip()]
    named = {column.strip(): name.strip() for column, _, name in pairs}
    wrong = next((one for one in named if one not in OWN[stream] or not named[one]), None)
    if wrong is not None:
        fix = f"Write column=property of: {', '.join(sorted(OWN[stream]))}."
        raise NotAllowed(VENDOR, f"{wrong} is nothing that {stream} can carry", fix=fix)
    return named


def _writer(opening: Opening) -> HubSpotWriter | None:
    return HubSpotWriter(_wire(opening, "write_token")) if "write_token" in opening.secrets else None


def _verifier(opening: Opening) -> HubSpotSignature | None:
    live = [opening.secrets[name] for name in ("app_secret", "app_secret_before") if name in opening.secrets]
    return HubSpotSignature(live) if live else None


ADAPTER = Adapter(
    name=VENDOR,
    title="HubSpot",
    page="https://app.hubspot.com/l/private-apps",
    asks=(
        Ask("token", "the access token of a private app that may only read", secret=True,
            where="Settings, Integrations, Private apps: read scopes of companies, contacts, deals and owners"),
        Ask("write_token", "the token of another private app that may write, if Tenure shall write tasks and notes",
            secret=True, needed=False, where="the same page: write scopes of deals, companies and contacts"),
        Ask("app_secret", "the client secret of the app, if HubSpot shall call us when something changes",
            secret=True, needed=False, where="the app's page, Auth"),
        Ask("app_secret_before", "its secret before, while it is being changed", secret=True, needed=False),
        Ask("streams", "what is read", needed=False, default=_STREAMS,
            where="emails only where the mailboxes themselves are not connected"),
        Ask("companies_properties", "properties of your own for companies: renewal_date=contract_end, arr=yearly_sum, "
            "csm_id=success_owner …", needed=False),
        Ask("contacts_properties", "properties of your own for contacts: lead_type=kind_of_lead, role=buying_role …",
            needed=False),
        Ask("requests_per_second", "how fast, if your tier allows another pace", needed=False),
        Ask("objects_path", "the version of the interface, if not /crm/v3/objects", needed=False),
        Ask("address", "another address, for a gateway of yours", needed=False),
    ),
    reads="companies, contacts, deals with the history of their stages, sums and close dates, owners, tasks, notes, "
    "logged calls (not what was said) and meetings",
    writes="nothing, until you give it a second token; then tasks, notes, deal stages and owners that a person "
    "approved",
    undo="tenure disconnect hubspot stops reading at once; with --remove-written the tasks and notes that Tenure "
    "wrote go into HubSpot's bin",
    source=_source,
    writer=_writer,
    verifier=_verifier,
)  # fmt: skip
