"""Twilio as it is connected: what it asks for, and how it is opened."""

from tools.adapter import Adapter, Ask, Opening
from tools.telephony.consent import CONSENTING, consent_in
from tools.telephony.twilio.signature import TwilioSignature
from tools.telephony.twilio.source import TwilioSource
from tools.telephony.twilio.wire import ADDRESS, VENDOR, WORDS_ADDRESS, TwilioWire, open_client
from tools.telephony.twilio.write import TwilioWriter


def _wire(opening: Opening, secret: str, user: str) -> TwilioWire:
    told, account = opening.told, opening.told["account_sid"]
    username, key = told.get(user) or account, opening.secrets[secret]
    address = told.get("address") or ADDRESS
    client = open_client(username, key, opening.buckets, address, opening.transport)
    opening.closing.callback(client.close)
    words = None
    if consent_in(told, VENDOR) in CONSENTING:
        words_address = told.get("words_address") or WORDS_ADDRESS
        words = open_client(username, key, opening.buckets, words_address, opening.transport)
        opening.closing.callback(words.close)
    return TwilioWire(client, account, words)


def _source(opening: Opening) -> TwilioSource:
    told = opening.told
    wire = _wire(opening, "secret", "api_key")
    consent = consent_in(told, VENDOR)
    return TwilioSource(wire, opening.now, opening.since, consent, recorded=told.get("recorded") == "yes")


def _writer(opening: Opening) -> TwilioWriter | None:
    sender = opening.told.get("registered_number")
    if not sender or "write_secret" not in opening.secrets:
        return None
    return TwilioWriter(_wire(opening, "write_secret", "write_api_key"), sender)


def _verifier(opening: Opening) -> TwilioSignature | None:
    live = [opening.secrets[name] for name in ("auth_token", "auth_token_before") if name in opening.secrets]
    return TwilioSignature(live) if live else None


ADAPTER = Adapter(
    name=VENDOR,
    title="Twilio",
    page="https://console.twilio.com/us1/account/keys-credentials/api-keys",
    asks=(
        Ask("account_sid", "the account SID (AC…)", where="the console's first page"),
        Ask("api_key", "the SID of an API key (SK…) that may only read; the account itself by default", needed=False),
        Ask("secret", "the secret of that key", secret=True, where="shown once when the key is made"),
        Ask("consent", "what callers are told of recording: all_party, one_party, none or unknown", needed=False,
            default="unknown", where="only with all_party or one_party is anything asked for that was said"),
        Ask("recorded", "whether messages that callers leave are recorded and written down: yes or no", needed=False,
            default="no"),
        Ask("auth_token", "the auth token, if Twilio shall call us when something changes", secret=True, needed=False),
        Ask("auth_token_before", "the token before, while it is being changed", secret=True, needed=False),
        Ask("registered_number", "the number from which messages may be sent, if it is registered for that",
            needed=False),
        Ask("write_api_key", "the SID of another API key that may send", needed=False),
        Ask("write_secret", "the secret of that key", secret=True, needed=False),
        Ask("address", "another address, for a gateway of yours", needed=False),
        Ask("words_address", "another address for transcripts", needed=False),
    ),
    reads="your numbers, calls with all their legs, and text messages; what was said in a call only if callers are "
    "told and you say so here, a message that a caller left only if it is written down",
    writes="nothing, until you name a registered number and give a second key; then text messages that a person "
    "approved, never to somebody who said STOP",
    undo="tenure disconnect twilio stops reading and sending at once; a message that was sent cannot be taken back",
    source=_source,
    writer=_writer,
    verifier=_verifier,
)  # fmt: skip
