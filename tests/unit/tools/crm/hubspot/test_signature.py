"""HubSpot's signature: equal to its own client's, and nothing else is believed."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hubspot.utils.signature import Signature
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from tools.base import Forged, Hint, Verified
from tools.crm.hubspot.signature import HubSpotSignature, signature

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://tenure.example/api/hooks/hubspot?team=a%2Cb&x=1"
BODY = orjson.dumps([{"eventId": 7, "subscriptionType": "deal.propertyChange", "objectId": 701}])
SECRET, OLD = SecretStr("app secret"), SecretStr("app secret before")
VERIFIER = HubSpotSignature([SECRET, OLD])

# (secret, raw body, address, time, signature), computed with version 12.0.0 of the vendor's own client.
VECTORS = (
    (
        "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
        b'[{"eventId":1,"subscriptionType":"contact.creation","objectId":123}]',
        "https://www.example.com/webhook_uri",
        "1609459200000",
        "tZ57PvLbPZtZAmhuXNtMEf/Z9ufHquhMQxNxtSnbDvI=",
    ),
    (
        "secret",
        b"",
        "https://tenure.example/hooks/vendors/hubspot?a=1&b=%C3%BC",
        "1",
        "BjycXQ63Sn0bB+Hmqby+YN1hRUR9Y1fYuomWVRzi9u0=",
    ),
    (
        "geheim ü",
        '{"name":"Müller ✓"}'.encode(),
        "https://tenure.example/hooks/vendors/hubspot",
        "1772452800000",
        "VCH9zU3GyeVqudBrXofB00LYUUmOxpWn2gPQVqivanE=",
    ),
)


def _headers(
    secret: SecretStr = SECRET, body: bytes = BODY, url: str = URL, at: datetime = NOW, **other: str
) -> dict[str, str]:
    stamp = str(int(at.timestamp() * 1000))
    told = {"X-HubSpot-Signature-v3": signature(secret, body, url, stamp), "X-HubSpot-Request-Timestamp": stamp}
    return told | other


@given(st.text(max_size=200), st.text(alphabet="abcdefghij0123456789", min_size=1), st.integers(0, 2_000_000_000_000))
def test_signature_is_that_of_the_vendors_client(body: str, secret: str, stamp: int) -> None:
    theirs = Signature.get_signature(secret, body, "v3", URL, "POST", str(stamp))
    assert signature(SecretStr(secret), body.encode(), URL, str(stamp)) == theirs


def test_verified_says_what_changed() -> None:
    told = VERIFIER.verify(_headers(), BODY, URL, NOW)
    assert isinstance(told, Verified)
    assert told.hints == (Hint("deals", "701"),)
    again = VERIFIER.verify(_headers(at=NOW + timedelta(seconds=9)), BODY, URL, NOW)
    assert isinstance(again, Verified)
    assert again.event_id == told.event_id


def test_address_with_signs_decoded_is_verified_too() -> None:
    decoded = URL.replace("%2C", ",")
    assert isinstance(VERIFIER.verify(_headers(url=decoded), BODY, URL, NOW), Verified)


def test_both_secrets_live_while_one_is_changed() -> None:
    assert isinstance(VERIFIER.verify(_headers(OLD), BODY, URL, NOW), Verified)
    assert isinstance(HubSpotSignature([SECRET]).verify(_headers(OLD), BODY, URL, NOW), Forged)
    assert isinstance(HubSpotSignature([]).verify(_headers(), BODY, URL, NOW), Forged)


@pytest.mark.parametrize("minutes", [-600, -6, 6, 600])
def test_time_too_far_in_past_or_future_is_refused(minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes)
    assert isinstance(VERIFIER.verify(_headers(at=at), BODY, URL, NOW), Forged)


@pytest.mark.parametrize("minutes", [-4, 0, 4])
def test_time_within_the_window_is_believed(minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes)
    assert isinstance(VERIFIER.verify(_headers(at=at), BODY, URL, NOW), Verified)


@pytest.mark.parametrize(
    ("headers", "body", "url"),
    [
        (_headers(), BODY + b" ", URL),
        (_headers(), BODY, URL + "&y=2"),
        (_headers(SecretStr("another")), BODY, URL),
        ({}, BODY, URL),
        (_headers() | {"X-HubSpot-Signature-v3": ""}, BODY, URL),
        (_headers() | {"X-HubSpot-Request-Timestamp": "soon"}, BODY, URL),
        (_headers() | {"X-HubSpot-Request-Timestamp": "9" * 40}, BODY, URL),
        (_headers() | {"X-HubSpot-Request-Timestamp": "١٢٣"}, BODY, URL),
        (_headers() | {"X-HubSpot-Signature-v3": "ü"}, BODY, URL),
        (_headers(body=b"{"), b"{", URL),
    ],
)
def test_tampered_is_refused(headers: dict[str, str], body: bytes, url: str) -> None:
    assert isinstance(VERIFIER.verify(headers, body, url, NOW), Forged)


NEW = SecretStr("app secret after")
SIGNERS = {"now": SECRET, "before": OLD, "after": NEW, "stranger": SecretStr("another"), "empty": SecretStr("")}
LIVE = {"one": ("now",), "two": ("now", "before"), "changed": ("after", "now"), "none": ()}
CLOCKS = {minutes: abs(minutes) <= 5 for minutes in (-600.0, -5.01, -5.0, -4.9, 0.0, 4.9, 5.0, 5.01, 600.0)}
OTHER_BODY = BODY.replace(b"701", b"702")
# What somebody on the way may change, behind the signature.
TAMPERS: dict[str, tuple[dict[str, str], bytes, str]] = {
    "nothing": ({}, BODY, URL),
    "the body": ({}, OTHER_BODY, URL),
    "one byte behind it": ({}, BODY + b"\n", URL),
    "no body": ({}, b"", URL),
    "the address": ({}, BODY, URL.replace("hubspot", "salesforce")),
    "its query": ({}, BODY, URL + "&y=2"),
    "the scheme": ({}, BODY, URL.replace("https", "http")),
    "the time": ({"X-HubSpot-Request-Timestamp": str(int(NOW.timestamp() * 1000) + 1)}, BODY, URL),
    "the signature": ({"X-HubSpot-Signature-v3": "A" * 43 + "="}, BODY, URL),
    "an older kind of signature": ({"X-HubSpot-Signature-v3": "", "X-HubSpot-Signature": "a" * 64}, BODY, URL),
}


@pytest.mark.parametrize("tamper", TAMPERS)
@pytest.mark.parametrize("live", LIVE)
def test_matrix_of_tampering_rotation_replay_and_clock(tamper: str, live: str) -> None:
    verifier = HubSpotSignature([SIGNERS[name] for name in LIVE[live]])
    changed, body, url = TAMPERS[tamper]
    for signer, secret in SIGNERS.items():
        for minutes, is_timely in CLOCKS.items():
            headers = _headers(secret, at=NOW + timedelta(minutes=minutes)) | changed
            expected = tamper == "nothing" and signer in LIVE[live] and is_timely
            told = [verifier.verify(headers, body, url, NOW) for _ in range(2)]
            assert [isinstance(one, Verified) for one in told] == [expected] * 2, (signer, minutes)
            # What is sent again is the same event, so that it counts once; when its time is over it is not believed.
            assert told[0] == told[1]
            later = verifier.verify(headers, body, url, NOW + timedelta(minutes=minutes) + timedelta(minutes=5.01))
            assert isinstance(later, Forged)


def test_the_vendors_client_believes_what_we_believe_and_less_than_it_of_a_time_to_come() -> None:
    stamp = str(int(NOW.timestamp() * 1000))
    for secret, expected in ((SECRET, True), (NEW, False)):
        headers = _headers(secret)
        theirs = Signature.get_signature(SECRET.get_secret_value(), BODY.decode(), "v3", URL, "POST", stamp)
        ours = isinstance(HubSpotSignature([SECRET]).verify(headers, BODY, URL, NOW), Verified)
        assert (headers["X-HubSpot-Signature-v3"] == theirs, ours) == (expected, expected)
    assert isinstance(VERIFIER.verify(_headers(at=NOW + timedelta(days=1)), BODY, URL, NOW), Forged)


def test_vectors_that_were_computed_once_with_the_vendors_client() -> None:
    told = [signature(SecretStr(secret), body, url, stamp) for secret, body, url, stamp, _ in VECTORS]
    assert told == [expected for *_, expected in VECTORS]
