"""Twilio's signature: the published vector, equal to its own client's, and nothing else is believed."""

from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from twilio.request_validator import RequestValidator

from tools.base import Forged, Verified
from tools.telephony.twilio.signature import TwilioSignature, signature

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE", "Digits": "1234", "From": "+14158675309", "To": "+18005551212",
    "Caller": "+14158675309",
}  # fmt: skip
TOKEN, OLD = SecretStr("12345"), SecretStr("before")
PUBLISHED = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
BODY = urlencode(FORM).encode()
VERIFIER = TwilioSignature([TOKEN, OLD])


def _listed(form: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in form.items()}


def test_published_vector() -> None:
    assert signature(TOKEN, URL, _listed(FORM)) == PUBLISHED
    told = VERIFIER.verify({"X-Twilio-Signature": PUBLISHED}, BODY, URL, NOW)
    assert isinstance(told, Verified)
    assert told.hints[0].source_id == "CA1234567890ABCDE"


@given(st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=40), max_size=8), st.text(min_size=1))
def test_signature_is_that_of_the_vendors_client(form: dict[str, str], token: str) -> None:
    assert signature(SecretStr(token), URL, _listed(form)) == RequestValidator(token).compute_signature(URL, form)


def test_json_body_is_bound_by_its_hash() -> None:
    body = b'{"a": 1}'
    url = f"https://mycompany.com/hook?bodySHA256={sha256(body).hexdigest()}"
    headers = {"X-Twilio-Signature": signature(TOKEN, url, {}), "Content-Type": "application/json"}
    assert RequestValidator("12345").validate(url, body.decode(), headers["X-Twilio-Signature"])
    assert isinstance(VERIFIER.verify(headers, body, url, NOW), Verified)
    assert isinstance(VERIFIER.verify(headers, b'{"a": 2}', url, NOW), Forged)
    assert isinstance(VERIFIER.verify(headers, body, "https://mycompany.com/hook", NOW), Forged)


@pytest.mark.parametrize("signed", [URL, URL.replace(".com/", ".com:443/")])
@pytest.mark.parametrize("called", [URL, URL.replace(".com/", ".com:443/")])
def test_port_may_stand_or_not(signed: str, called: str) -> None:
    headers = {"X-Twilio-Signature": signature(TOKEN, signed, _listed(FORM))}
    assert isinstance(VERIFIER.verify(headers, BODY, called, NOW), Verified)


def test_both_tokens_live_while_one_is_changed() -> None:
    headers = {"X-Twilio-Signature": signature(OLD, URL, _listed(FORM))}
    assert isinstance(VERIFIER.verify(headers, BODY, URL, NOW), Verified)
    assert isinstance(TwilioSignature([TOKEN]).verify(headers, BODY, URL, NOW), Forged)
    assert isinstance(TwilioSignature([]).verify(headers, BODY, URL, NOW), Forged)


@pytest.mark.parametrize(
    ("headers", "body", "url"),
    [
        ({"X-Twilio-Signature": PUBLISHED}, BODY.replace(b"1234", b"1235"), URL),
        ({"X-Twilio-Signature": PUBLISHED}, BODY + b"&More=1", URL),
        ({"X-Twilio-Signature": PUBLISHED}, BODY, URL + "&more=1"),
        ({"X-Twilio-Signature": "ü"}, BODY, URL),
        ({}, BODY, URL),
        ({"X-Twilio-Signature": PUBLISHED}, b"\xff\xfe", URL),
        ({"X-Twilio-Signature": PUBLISHED, "Content-Type": "application/json"}, BODY, URL),
    ],
)
def test_tampered_is_refused(headers: dict[str, str], body: bytes, url: str) -> None:
    assert isinstance(VERIFIER.verify(headers, body, url, NOW), Forged)


def test_event_is_the_same_for_every_delivery() -> None:
    headers = {"X-Twilio-Signature": PUBLISHED, "I-Twilio-Idempotency-Token": "t-1"}
    first, second = (VERIFIER.verify(headers, BODY, URL, NOW) for _ in range(2))
    assert isinstance(first, Verified)
    assert isinstance(second, Verified)
    assert first.event_id == second.event_id == "t-1"
