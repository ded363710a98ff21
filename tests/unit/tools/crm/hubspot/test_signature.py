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
