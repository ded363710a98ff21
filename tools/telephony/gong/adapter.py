"""Gong as it is connected: what it asks for, and how it is opened."""

from tools.adapter import Adapter, Ask, Opening
from tools.telephony.consent import consent_in
from tools.telephony.gong.signature import GongSignature
from tools.telephony.gong.source import GongSource
from tools.telephony.gong.wire import ADDRESS, VENDOR, GongWire


def _source(opening: Opening) -> GongSource:
    told = opening.told
    wire = GongWire(
        told["access_key"], opening.secrets["secret"], opening.buckets, base_url=told.get("address") or ADDRESS,
        transport=opening.transport,
    )  # fmt: skip
    opening.closing.callback(wire.client.close)
    consent = consent_in(told, VENDOR)
    return GongSource(wire, opening.now, opening.since, consent, calls=told.get("calls") == "yes")


def _verifier(opening: Opening) -> GongSignature | None:
    live = [opening.secrets[name] for name in ("public_key", "public_key_before") if name in opening.secrets]
    return GongSignature(live) if live else None


ADAPTER = Adapter(
    name=VENDOR,
    title="Gong",
    page="https://app.gong.io/company/api",
    asks=(
        Ask("access_key", "the access key", where="Company settings, API"),
        Ask("secret", "the access key's secret", secret=True, where="shown once when the key is made"),
        Ask("address", "the address that the page shows for your company (https://….api.gong.io)", needed=False),
        Ask("consent", "what people are told of recording: all_party, one_party, none or unknown", needed=False,
            default="unknown", where="only with all_party or one_party is anything asked for that was said"),
        Ask("calls", "whether calls are read too, not meetings alone: yes or no; no where the phone system itself is "
            "connected", needed=False, default="no"),
        Ask("public_key", "the public key (PEM) of the webhook's signature, if Gong shall call us: file:/path",
            secret=True, needed=False, where="Automation rules, Webhook; URL https://YOUR-ADDRESS/hooks/vendors/gong"),
        Ask("public_key_before", "the key before, while it is being changed", secret=True, needed=False),
    ),
    reads="recorded meetings with who took part; what was said only if people are told and you say so here; never one "
    "that is private, nor one of which Gong does not say that it is not; what is made private later is withdrawn",
    writes="nothing",
    undo="tenure disconnect gong stops reading at once",
    source=_source,
    verifier=_verifier,
    proven="stand-in",
)  # fmt: skip
