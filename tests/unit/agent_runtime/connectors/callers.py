"""Everybody who may call us, each signing in their own way, for the tests of what is believed."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import orjson
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from agent_runtime.connectors.registry import adapter_of
from agent_runtime.http.signatures import BadSignature, key_of, secret_text, signed_headers, verified
from tests.unit.tools.crm.salesforce.org import still
from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.mail.mailbox import gmail
from tools.adapter import Opening
from tools.base import Forged, Verified
from tools.chat.slack import signature as slack
from tools.crm.hubspot import signature as hubspot
from tools.fakes.wire import FakeTransport
from tools.telephony.twilio import signature as twilio

URL = "https://tenure.example/hooks/vendors/x?team=a"
Signed = tuple[dict[str, str], bytes]
Told = Verified | Forged
# Verifies a call with the secrets that live now.
Verify = Callable[[Sequence[str], Mapping[str, str], bytes, str, datetime], Told]


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls. `keys`: the live one, the one before, and one of somebody else.

    `sign`: a call of theirs, signed with a key, of an address, at a moment. `proof`: where the signature stands in it
    (a header; "" for the body). `binds_body`, `binds_url`: whether it counts for that body and address alone.
    `past`, `future`: for how many seconds it counts; None where it carries no time.
    """

    keys: tuple[str, str, str]
    sign: Callable[[str, bytes, str, datetime], Signed]
    verify: Verify
    body: bytes
    proof: str
    binds_body: bool = True
    binds_url: bool = False
    past: int | None = 300
    future: int | None = 300


def _verify(name: str, asks: tuple[str, str], given: Callable[[str], str] = str, **told: str) -> Verify:
    """By the adapter itself, so that how it is wired is tried too. `asks`: the secret, and the one before."""

    def verify(live: Sequence[str], headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> Told:
        secrets = {ask: SecretStr(given(key)) for ask, key in zip(asks, live, strict=False)}
        opening = Opening(told, secrets, NOON, lambda: NOON, still())
        make = adapter_of(name).verifier
        verifier = make(opening) if make else None
        return verifier.verify(headers, body, url, now) if verifier else Forged("no secret")

    return verify


def _stamp(at: datetime) -> str:
    return str(int(at.timestamp()))


def _hubspot(key: str, body: bytes, url: str, at: datetime) -> Signed:
    stamp = str(int(at.timestamp() * 1000))
    made = hubspot.signature(SecretStr(key), body, url, stamp)
    return {"X-HubSpot-Signature-v3": made, "X-HubSpot-Request-Timestamp": stamp}, body


def _slack(key: str, body: bytes, _url: str, at: datetime) -> Signed:
    made = slack.signature(SecretStr(key), body, _stamp(at))
    return {"X-Slack-Signature": made, "X-Slack-Request-Timestamp": _stamp(at)}, body


def _twilio(key: str, body: bytes, url: str, _at: datetime) -> Signed:
    form = {name: [value] for name, _, value in (x.partition("=") for x in body.decode().split("&"))}
    return {"X-Twilio-Signature": twilio.signature(SecretStr(key), url, form)}, body


def _aircall(key: str, body: bytes, _url: str, at: datetime) -> Signed:
    return {}, orjson.dumps(orjson.loads(body) | {"token": key, "timestamp": int(at.timestamp())})


def _graph(key: str, body: bytes, _url: str, _at: datetime) -> Signed:
    return {}, orjson.dumps({"value": [{"clientState": key, **one} for one in orjson.loads(body)["value"]]})


def _hook(key: str, body: bytes, _url: str, at: datetime) -> Signed:
    return signed_headers([key_of(SecretStr(key), "")], "m1", body, at), body


def _hook_verified(live: Sequence[str], headers: Mapping[str, str], body: bytes, _url: str, now: datetime) -> Told:
    try:
        keys = [key_of(SecretStr(one), "") for one in live]
        told = verified(keys, {name.lower(): value for name, value in headers.items()}, body, now)
    except BadSignature as error:
        return Forged(error.what)
    return Verified(told.id)


def _token(key: str, claims: Mapping[str, Any], key_id: str) -> str:
    private = load_pem_private_key(key.encode(), None)
    assert isinstance(private, RSAPrivateKey)
    parts: list[Mapping[str, Any]] = [{"alg": "RS256", "typ": "JWT", "kid": key_id}, claims]
    signed = b".".join(urlsafe_b64encode(orjson.dumps(x)).rstrip(b"=") for x in parts)
    made = urlsafe_b64encode(private.sign(signed, PKCS1v15(), SHA256())).rstrip(b"=")
    return f"Bearer {(signed + b'.' + made).decode()}"


def _gong(key: str, body: bytes, url: str, at: datetime) -> Signed:
    claims = {"webhook_url": url, "body_sha256": sha256(body).hexdigest(), "iat": int(at.timestamp())}
    return {"Authorization": _token(key, claims, "k")}, body


def _public(key: str) -> str:
    public = load_pem_private_key(key.encode(), None).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


_GMAIL = {"mailbox": "ada@ours.example", "push_audience": URL, "push_account": "push@ours.example"}


def _gmail(key: str, body: bytes, url: str, at: datetime) -> Signed:
    claims = {
        "iss": "https://accounts.google.com", "aud": url, "email": _GMAIL["push_account"], "email_verified": True,
        "iat": int(at.timestamp()), "exp": int(at.timestamp()) + 3600,
    }  # fmt: skip
    return {"Authorization": _token(key, claims, sha256(key.encode()).hexdigest())}, body


def _gmail_verified(live: Sequence[str], headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> Told:
    """The vendor shows its keys itself, those that live now."""
    fake = gmail(Hands())
    fake.certificates = {"keys": [
        {**RSAKey.import_key(_public(one)).as_dict(private=False), "kid": sha256(one.encode()).hexdigest()}
        for one in live
    ]}  # fmt: skip
    make = adapter_of("gmail").verifier
    assert make
    with ExitStack() as closing:
        opening = Opening(_GMAIL, {}, NOON, lambda: NOON, still(), FakeTransport(fake), closing)
        verifier = make(opening)
        assert verifier
        return verifier.verify(headers, body, url, now)


def _pem() -> str:
    key = generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


WORDS = ("canary-call-live", "canary-call-before", "canary-call-of-another")
PEMS = (_pem(), _pem(), _pem())
SECRETS = tuple(secret_text(bytes([number]) * 32).get_secret_value() for number in (1, 2, 3))
CHANGED = orjson.dumps([{"eventId": 7, "subscriptionType": "deal.propertyChange", "objectId": 701}])
EVENT = orjson.dumps({"event_id": "Ev1", "event": {"type": "message", "channel": "C1", "ts": "1.5"}})
FORM = urlencode({"CallSid": "CA1", "CallStatus": "completed"}).encode()
ENDED = orjson.dumps({"resource": "call", "event": "call.ended", "data": {"id": 812}})
TALK = orjson.dumps({"callData": {"metaData": {"id": "7001"}}})
PUSHED = orjson.dumps({
    "message": {"data": b64encode(orjson.dumps({"emailAddress": "a@b.example", "historyId": 7})).decode(),
                "messageId": "m-1"},
})  # fmt: skip
GRAPHED = orjson.dumps({"value": [{"resource": "users/a/messages/x", "resourceData": {"id": "x"}}]})

CALLERS: dict[str, Caller] = {
    "hubspot": Caller(WORDS, _hubspot, _verify("hubspot", ("app_secret", "app_secret_before")), CHANGED,
                      "X-HubSpot-Signature-v3", binds_url=True),
    "slack": Caller(WORDS, _slack, _verify("slack", ("signing_secret", "signing_secret_before")), EVENT,
                    "X-Slack-Signature"),
    # No time is in it: what comes twice has the same event id, and is only a hint.
    "twilio": Caller(WORDS, _twilio, _verify("twilio", ("auth_token", "auth_token_before")), FORM,
                     "X-Twilio-Signature", binds_url=True, past=None, future=None),
    # A word in the body: whoever has it can write the rest, so that nothing of the rest is believed.
    "aircall": Caller(WORDS, _aircall, _verify("aircall", ("webhook_token", "webhook_token_before")), ENDED, "",
                      binds_body=False),
    "graph": Caller(WORDS, _graph, _verify("graph", ("call_secret", "call_secret_before")), GRAPHED, "",
                    binds_body=False, past=None, future=None),
    "gong": Caller(PEMS, _gong, _verify("gong", ("public_key", "public_key_before"), _public), TALK,
                   "Authorization", binds_url=True),
    # Made for an audience that is set beforehand, not for the address of one call.
    "gmail": Caller(PEMS, _gmail, _gmail_verified, PUSHED, "Authorization", binds_body=False,
                    past=int(timedelta(hours=1, minutes=5).total_seconds())),
    "hook": Caller((SECRETS[0], SECRETS[1], SECRETS[2]), _hook, _hook_verified, b'{"a": 1}', "webhook-signature"),
}  # fmt: skip
