"""Aircall as it is connected: what it asks for, and how it is opened."""

from tools.adapter import Adapter, Ask, Opening
from tools.telephony.aircall.source import AircallSource
from tools.telephony.aircall.token import AircallToken
from tools.telephony.aircall.wire import ADDRESS, VENDOR, AircallWire
from tools.telephony.consent import consent_in


def _source(opening: Opening) -> AircallSource:
    told = opening.told
    wire = AircallWire(
        told["api_id"], opening.secrets["api_token"], opening.buckets, base_url=told.get("address") or ADDRESS,
        transport=opening.transport,
    )  # fmt: skip
    opening.closing.callback(wire.client.close)
    return AircallSource(wire, opening.now, opening.since, consent_in(told, VENDOR))


def _verifier(opening: Opening) -> AircallToken | None:
    live = [opening.secrets[name] for name in ("webhook_token", "webhook_token_before") if name in opening.secrets]
    return AircallToken(live) if live else None


ADAPTER = Adapter(
    name=VENDOR,
    title="Aircall",
    page="https://dashboard.aircall.io/integrations/api-keys",
    asks=(
        Ask("api_id", "the API ID", where="Integrations & API, API Keys"),
        Ask("api_token", "the API token", secret=True, where="shown once when the key is made"),
        Ask("consent", "what callers are told of recording: all_party, one_party, none or unknown", needed=False,
            default="unknown", where="only with all_party or one_party is anything asked for that was said"),
        Ask("webhook_token", "the token of a webhook, if Aircall shall call us when a call has ended", secret=True,
            needed=False, where="Integrations & API, Webhook; event call.ended; "
            "URL https://YOUR-ADDRESS/hooks/vendors/aircall"),
        Ask("webhook_token_before", "its token before, while it is being changed", secret=True, needed=False),
        Ask("address", "another address, for a gateway of yours", needed=False),
    ),
    reads="your numbers, whose phone is whose, calls with why nobody answered; what was said only if callers are told "
    "and you say so here; recordings never",
    writes="nothing",
    undo="tenure disconnect aircall stops reading at once",
    source=_source,
    verifier=_verifier,
    proven="stand-in",
)  # fmt: skip
