"""Gong's talks are read with what was said, private ones never, and once more until they are written down."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr

from tests.unit.tools.hands import NOON, Hands
from tools.base import Forged, SourceRecord, State, Verified
from tools.fakes.gong import LIMITED, GongFake
from tools.fakes.wire import FakeTransport, Faults
from tools.http import Buckets, Call
from tools.http.client import Refused
from tools.telephony.gong.signature import GongSignature
from tools.telephony.gong.source import GongSource
from tools.telephony.gong.wire import GongWire

SECRET, URL = "canary-gong-5e11", "https://tenure.example/hooks/vendors/gong"
ADA = {"speakerId": "s1", "affiliation": "Internal", "name": "Ada", "emailAddress": "ada@ours.example", "userId": "u1"}
KIM = {
    "speakerId": "s2", "affiliation": "External", "name": "Kim", "emailAddress": "Kim@northwind.example",
    "phoneNumber": "+4930999001",
}  # fmt: skip


@pytest.fixture
def fake() -> GongFake:
    made = GongFake(Hands(), "key", SECRET)
    made.add_user("u1", "Ada Reed", "Ada@ours.example")
    first = made.add_talk("Yearly review", NOON - timedelta(days=9), owner="u1", parties=(ADA, KIM))
    made.write_down(first, ("s2", "The second unit is late."), ("s1", "I will call on Friday."))
    made.add_talk("Salary", NOON - timedelta(days=8), owner="u1", private=True, parties=(ADA,))
    made.add_talk("Unsaid", NOON - timedelta(days=7), owner="u1", private=None, parties=(ADA,))
    made.add_talk("Call", NOON - timedelta(days=6), owner="u1", direction="Outbound", parties=(ADA, KIM))
    return made


def _source(
    fake: GongFake, faults: Faults | None = None, *, calls: bool = False, consent: str = "all_party"
) -> GongSource:
    moments = [0.0]

    def wait(seconds: float) -> None:
        moments[0] += seconds

    buckets = Buckets(monotonic=lambda: moments[0], wait=wait)
    wire = GongWire("key", SecretStr(SECRET), buckets, transport=FakeTransport(fake, faults, LIMITED))
    return GongSource(wire, fake.now, NOON - timedelta(days=30), consent, calls=calls)


def _read(source: GongSource, cursor: str | None = None) -> tuple[dict[str, SourceRecord], str]:
    found: dict[str, SourceRecord] = {}
    last = ""
    for page in source.read("talks", cursor):
        found.update((one.source_id, one) for one in page.records)
        last = page.cursor
        assert not page.rejected
    return found, last


def test_a_meeting_tells_who_took_part_and_what_was_said(fake: GongFake) -> None:
    found, _ = _read(_source(fake))
    (meeting,) = [one for one in found.values() if not one.deleted]
    assert (meeting.stream, meeting.fields["status"], meeting.fields["user_id"]) == ("meetings", "held", "u1")
    assert meeting.fields["attendees"] == ["ada@ours.example", "kim@northwind.example"]
    assert meeting.fields["notes"] == "Kim: The second unit is late.\nAda: I will call on Friday."


def test_a_private_talk_is_not_even_asked_for(fake: GongFake) -> None:
    found, _ = _read(_source(fake, calls=True))
    private = {x["metaData"]["id"] for x in fake.talks if x["metaData"].get("isPrivate") is not False}
    asked = b"".join(one.body for one in fake.asked if one.path.endswith("/transcript"))
    assert len(private) == 2
    assert not any(one.encode() in asked for one in private)
    assert all(found[f"gong-{one}"].deleted and not found[f"gong-{one}"].fields for one in private)


@pytest.mark.parametrize(("consent", "asked"), [("one_party", True), ("none", False), ("unknown", False)])
def test_what_was_said_is_asked_for_only_under_consent(fake: GongFake, consent: str, asked: bool) -> None:
    found, _ = _read(_source(fake, consent=consent))
    assert any(one.path.endswith("/transcript") for one in fake.asked) is asked
    assert any(one.fields.get("notes") for one in found.values()) is asked


def test_a_talk_that_is_made_private_later_is_withdrawn(fake: GongFake) -> None:
    talk = fake.add_talk("Late", NOON - timedelta(days=1), owner="u1", parties=(ADA, KIM))
    before, cursor = _read(_source(fake))
    assert not before[f"gong-{talk}"].deleted
    fake.set_private(talk)
    fake.now.on(hours=2)  # type: ignore[attr-defined]
    assert _read(_source(fake), cursor)[0][f"gong-{talk}"].deleted


def test_a_round_a_minute_leaves_the_day_its_limit(fake: GongFake) -> None:
    """Ten thousand requests a day are all that there are."""
    for talk in range(200):
        at = NOON - timedelta(minutes=13 * talk)
        fake.write_down(fake.add_talk(f"t{talk}", at, parties=(ADA, KIM)), ("s2", "By when?"))
    _, cursor = _read(_source(fake))
    fake.asked.clear()
    for _ in range(60):
        fake.now.on(minutes=1)  # type: ignore[attr-defined]
        _, cursor = _read(_source(fake), cursor)
    assert len(fake.asked) * 24 < 5000


@pytest.mark.parametrize("body", [{"filter": {"since": "2026"}}, {"cursr": ""}, {"filter": {"fromDateTime": "2026"}}])
def test_the_stand_in_refuses_what_the_vendors_pages_do_not_name(fake: GongFake, body: dict[str, Any]) -> None:
    client = _source(fake).wire.client
    with pytest.raises(Refused, match="400"):
        client.json(Call("POST", "/v2/calls/extensive", json=body))


def test_calls_are_read_where_they_are_wanted(fake: GongFake) -> None:
    call = next(one for one in _read(_source(fake, calls=True))[0].values() if one.stream == "calls")
    assert (call.fields["to"], call.fields["direction"], call.fields["talk_s"]) == ("+4930999001", "outbound", 1800)


def test_nothing_there_is_no_error() -> None:
    empty = GongFake(Hands(), "key", SECRET)
    assert _read(_source(empty))[0] == {}
    assert _source(empty).check().state is State.WELL


def test_what_is_written_down_later_is_read_later(fake: GongFake) -> None:
    talk = fake.add_talk("Late words", NOON - timedelta(hours=2), owner="u1", parties=(ADA, KIM))
    before, cursor = _read(_source(fake))
    assert "notes" not in before[f"gong-{talk}"].fields
    fake.now.on(hours=30)  # type: ignore[attr-defined]
    fake.write_down(talk, ("s2", "Now it is here."))
    assert _read(_source(fake), cursor)[0][f"gong-{talk}"].fields["notes"] == "Kim: Now it is here."


def test_broken_off_at_any_page_and_gone_on(fake: GongFake) -> None:
    for hour in range(9):
        fake.add_talk(f"t{hour}", NOON - timedelta(days=2, hours=hour), parties=(ADA, KIM))
    fake.most = 2
    whole, _ = _read(_source(fake))
    for stop in range(len(list(_source(fake).read("talks", None)))):
        found: dict[str, SourceRecord] = {}
        cursor = None
        for place, page in enumerate(_source(fake).read("talks", None)):
            found.update((one.source_id, one) for one in page.records)
            cursor = page.cursor
            if place == stop:
                break
        found.update(_read(_source(fake), cursor)[0])
        assert found.keys() == whole.keys()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_storm_of_faults_ends_as_without(fake: GongFake, seed: int) -> None:
    storm = Faults({"limit": 15, "error": 15, "dropped": 10, "late": 5}, seed=seed, in_a_row=3)
    assert _read(_source(fake, storm))[0] == _read(_source(fake))[0]


def test_no_sight_is_claimed(fake: GongFake) -> None:
    assert _source(fake).sight(NOON, NOON) == []


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


BODY = orjson.dumps({"callData": {"metaData": {"id": "7001"}}})


def _pem(key: RSAPrivateKey) -> SecretStr:
    return SecretStr(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def _token(key: RSAPrivateKey, *, alg: str = "RS256", **claims: Any) -> str:
    made = {
        "webhook_url": URL, "body_sha256": sha256(BODY).hexdigest(), "iat": NOON.timestamp(),
        "exp": NOON.timestamp() + 60,
    }  # fmt: skip
    parts = [{"alg": alg, "typ": "JWT"}, {x: y for x, y in (made | claims).items() if y is not None}]
    signed = b".".join(urlsafe_b64encode(orjson.dumps(x)).rstrip(b"=") for x in parts)
    signature = urlsafe_b64encode(key.sign(signed, PKCS1v15(), SHA256())).rstrip(b"=")
    return f"Bearer {(signed + b'.' + signature).decode()}"


def test_their_own_call_is_believed(key: RSAPrivateKey) -> None:
    told = GongSignature([_pem(key)]).verify({"Authorization": _token(key)}, BODY, URL, NOON)
    assert isinstance(told, Verified)
    assert [(one.stream, one.source_id) for one in told.hints] == [("talks", "7001")]


@pytest.mark.parametrize(
    "claims",
    [
        {"webhook_url": "https://other.example"}, {"webhook_url": None}, {"body_sha256": sha256(b"x").hexdigest()},
        {"body_sha256": None}, {"iat": NOON.timestamp() - 301}, {"iat": NOON.timestamp() + 301},
        {"exp": NOON.timestamp() - 301}, {"exp": NOON.timestamp() + 90_000}, {"iat": None, "exp": None},
        {"alg": "none"}, {"alg": "HS256"},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_not_believed(key: RSAPrivateKey, claims: dict[str, Any]) -> None:
    told = GongSignature([_pem(key)]).verify({"Authorization": _token(key, **claims)}, BODY, URL, NOON)
    assert isinstance(told, Forged)


def test_another_key_another_body_and_rubbish(key: RSAPrivateKey) -> None:
    other = generate_private_key(65537, 2048)
    verifier = GongSignature([_pem(key)])
    for given, body in (
        (_token(other), BODY), (_token(key), BODY + b" "), ("", BODY), ("Bearer a.b", BODY), ("Bearer a.b.c", BODY),
        (_token(key)[:-6] + "AAAAAA", BODY),
    ):  # fmt: skip
        assert isinstance(verifier.verify({"Authorization": given}, body, URL, NOON), Forged)
    both = GongSignature([_pem(other), _pem(key)])
    assert isinstance(both.verify({"authorization": _token(key)}, BODY, URL, NOON), Verified)
    assert isinstance(
        GongSignature([SecretStr("no key")]).verify({"authorization": _token(key)}, BODY, URL, NOON), Forged
    )


def test_a_small_key_counts_for_nothing() -> None:
    small = generate_private_key(65537, 1024)
    told = GongSignature([_pem(small)]).verify({"Authorization": _token(small)}, BODY, URL, NOON)
    assert isinstance(told, Forged)
