"""Google's calls: its signature, our audience, the account that may call, and a time that is now."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

import orjson
import pytest
from google.auth import jwt as theirs
from google.auth.crypt import RSASigner
from joserfc.jwk import RSAKey

from tests.unit.tools.crm.salesforce.org import still
from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.mail.mailbox import PRIVATE, PUBLIC, gmail
from tools.base import Forged, Hint, Verified
from tools.fakes.gmail import GmailFake
from tools.fakes.wire import FakeTransport, Faults
from tools.http import VendorClient
from tools.http.signed import PublicKeys
from tools.mail.gmail.push import KEYS_ADDRESS, KEYS_PATH, GooglePush

URL, ACCOUNT = "https://tenure.example/hooks/gmail", "push@ours.iam.example"
DATA = b64encode(orjson.dumps({"emailAddress": "ada@ours.example", "historyId": 77})).decode()
BODY = orjson.dumps({"message": {"data": DATA, "messageId": "m-1"}, "subscription": "projects/p/subscriptions/s"})
OTHER = RSAKey.generate_key(2048).as_pem(private=True).decode()


def _certificate(key_id: str, pem: str = PUBLIC) -> dict[str, Any]:
    return {**RSAKey.import_key(pem).as_dict(private=False), "kid": key_id, "use": "sig", "alg": "RS256"}


@pytest.fixture
def fake() -> GmailFake:
    found = gmail(Hands())
    found.certificates = {"keys": [_certificate("g1")]}
    return found


def _verifier(fake: GmailFake, faults: Faults | None = None) -> GooglePush:
    buckets = still()
    client = VendorClient(
        "gmail", KEYS_ADDRESS, auth=None, buckets=buckets, rates={"": (9.0, 9.0)}, transport=FakeTransport(fake, faults)
    )
    return GooglePush(PublicKeys(client, KEYS_PATH, buckets, fake.now), URL, ACCOUNT)


def _token(key_id: str = "g1", key: str = PRIVATE, minutes: float = 0, **claims: Any) -> dict[str, str]:
    """A token as Google's own library makes it."""
    begins = (NOON + timedelta(minutes=minutes)).timestamp()
    told = {
        "iss": "https://accounts.google.com", "aud": URL, "email": ACCOUNT, "email_verified": True, "sub": "1",
        "iat": int(begins), "exp": int(begins) + 3600,
    }  # fmt: skip
    signed: bytes = theirs.encode(RSASigner.from_string(key, key_id), told | claims)  # type: ignore[no-untyped-call]
    return {"Authorization": f"Bearer {signed.decode()}"}


def test_verified_says_what_changed_and_again_the_same(fake: GmailFake) -> None:
    verifier = _verifier(fake)
    told = verifier.verify(_token(), BODY, URL, NOON)
    assert told == Verified("m-1", (Hint("emails", "77"),))
    assert verifier.verify(_token(minutes=1), BODY, URL, NOON) == told
    assert len([one for one in fake.asked if one.path == KEYS_PATH]) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic abc"},
        _token(key=OTHER),
        _token(aud="https://other.example"),
        _token(iss="https://accounts.example"),
        _token(email="somebody@ours.iam.example"),
        _token(email_verified=False),
        _token(email=None),
        _token(exp="soon"),
        {"Authorization": _token()["Authorization"][:-4] + "AAAA"},
    ],
)
def test_anything_else_is_forged(fake: GmailFake, headers: dict[str, str]) -> None:
    assert isinstance(_verifier(fake).verify(headers, BODY, URL, NOON), Forged)


def test_unsigned_and_self_signed_algorithms_are_forged(fake: GmailFake) -> None:
    parts = _token()["Authorization"].removeprefix("Bearer ").split(".")
    none = b64encode(b'{"alg":"none","kid":"g1"}').decode().rstrip("=")
    symmetric = b64encode(b'{"alg":"HS256","kid":"g1"}').decode().rstrip("=")
    for told in (f"{none}.{parts[1]}.", f"{symmetric}.{parts[1]}.{parts[2]}"):
        assert isinstance(_verifier(fake).verify({"Authorization": f"Bearer {told}"}, BODY, URL, NOON), Forged)


@pytest.mark.parametrize(("minutes", "kind"), [(-70, Forged), (-59, Verified), (4, Verified), (6, Forged)])
def test_time_is_looked_at_both_ways(fake: GmailFake, minutes: float, kind: type) -> None:
    assert isinstance(_verifier(fake).verify(_token(minutes=minutes), BODY, URL, NOON), kind)


def test_keys_rotate_without_a_gap_and_unknown_ones_do_not_make_us_ask_without_end(fake: GmailFake) -> None:
    verifier = _verifier(fake)
    assert isinstance(verifier.verify(_token(), BODY, URL, NOON), Verified)
    fake.certificates = {"keys": [_certificate("g2")]}
    assert isinstance(verifier.verify(_token("g2"), BODY, URL, NOON), Forged)
    asked = len(fake.asked)
    now = fake.now.on(minutes=6)  # type: ignore[attr-defined]
    assert isinstance(verifier.verify(_token("g2"), BODY, URL, now), Verified)
    for _ in range(3):
        assert isinstance(verifier.verify(_token("g9"), BODY, URL, now), Forged)
    assert len(fake.asked) == asked + 1
    assert isinstance(verifier.verify(_token("g1"), BODY, URL, now), Forged)


def test_without_keys_and_with_another_body_nothing_is_believed(fake: GmailFake) -> None:
    silent = _verifier(fake, Faults({"dropped": 100}, in_a_row=999))
    assert isinstance(silent.verify(_token(), BODY, URL, NOON), Forged)
    for body in (b"", b"[]", b'{"message": {}}', b'{"message": {"data": "%%", "messageId": "1"}}'):
        assert isinstance(_verifier(fake).verify(_token(), body, URL, NOON), Forged)
    fake.certificates = {"keys": [{"kid": "g1"}]}
    assert isinstance(_verifier(fake).verify(_token(), BODY, URL, NOON), Forged)
