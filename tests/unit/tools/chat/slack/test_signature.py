"""Slack's signature as its own verifier sees it: tampering, replays, clocks and changed secrets."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import orjson
import pytest
from pydantic import SecretStr
from slack_sdk.signature import Clock, SignatureVerifier

from tools.base import Forged, Verified
from tools.chat.slack.signature import SlackSignature, signature

# As the vendor publishes it: https://docs.slack.dev/authentication/verifying-requests-from-slack
SECRET = SecretStr("8f742231b10e8888abcd99yyyzzz85a5")
STAMP = "1531420618"
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
    b"%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
PUBLISHED = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
NOW = datetime.fromtimestamp(int(STAMP), UTC)
URL = "https://tenure.example/hooks/vendors/slack"


def _headers(given: str, stamp: str = STAMP, kind: str = "application/json") -> dict[str, str]:
    return {"X-Slack-Signature": given, "X-Slack-Request-Timestamp": stamp, "Content-Type": kind}


def _pressed(**action: object) -> bytes:
    payload = {
        "type": "block_actions", "user": {"id": "UADA"}, "channel": {"id": "D1"}, "message": {"ts": "1.2"},
        "actions": [{"action_id": "press_0", "action_ts": "9.1"} | action],
    }  # fmt: skip
    return urlencode({"payload": orjson.dumps(payload).decode()}).encode()


def _form(body: bytes, secret: SecretStr = SECRET) -> dict[str, str]:
    return _headers(signature(secret, body, STAMP), kind="application/x-www-form-urlencoded")


def test_the_published_signature() -> None:
    assert signature(SECRET, BODY, STAMP) == PUBLISHED


class At(Clock):
    """The vendor's clock at a moment of ours."""

    def now(self) -> float:
        return float(STAMP)


@pytest.mark.parametrize("body", [b"", b"{}", BODY, "ü".encode()])
def test_as_the_vendors_own_verifier(body: bytes) -> None:
    theirs = SignatureVerifier(SECRET.get_secret_value(), At())
    assert theirs.is_valid(body, STAMP, signature(SECRET, body, STAMP))


def test_a_press_tells_who_what_and_where() -> None:
    body = _pressed(value='{"verb":"approve"}')
    told = SlackSignature([SECRET]).verify(_form(body), body, URL, NOW)
    assert isinstance(told, Verified)
    assert told.pressed is not None
    assert (told.pressed.who, told.pressed.value, told.pressed.place) == ("UADA", '{"verb":"approve"}', "D1:1.2")
    again = SlackSignature([SECRET]).verify(_form(body), body, URL, NOW)
    assert isinstance(again, Verified)
    assert again.event_id == told.event_id


def test_a_link_that_was_opened_decides_nothing() -> None:
    body = _pressed(action_id="open")
    told = SlackSignature([SECRET]).verify(_form(body), body, URL, NOW)
    assert isinstance(told, Verified)
    assert told.pressed is None


def test_the_handshake_is_answered() -> None:
    body = orjson.dumps({"type": "url_verification", "challenge": "abc"})
    told = SlackSignature([SECRET]).verify(_headers(signature(SECRET, body, STAMP)), body, URL, NOW)
    assert isinstance(told, Verified)
    assert told.echo == "abc"


@pytest.mark.parametrize("seconds", [-301, 301, -86400, 86400])
def test_clock_too_far_either_way(seconds: int) -> None:
    body = _pressed(value="x")
    moment = NOW + timedelta(seconds=seconds)
    assert isinstance(SlackSignature([SECRET]).verify(_form(body), body, URL, moment), Forged)


@pytest.mark.parametrize("seconds", [-299, 0, 299])
def test_clock_near_enough(seconds: int) -> None:
    body = _pressed(value="x")
    moment = NOW + timedelta(seconds=seconds)
    assert isinstance(SlackSignature([SECRET]).verify(_form(body), body, URL, moment), Verified)


@pytest.mark.parametrize(
    ("body", "stamp", "given"),
    [
        (BODY + b" ", STAMP, PUBLISHED),
        (BODY, str(int(STAMP) + 1), PUBLISHED),
        (BODY, STAMP, PUBLISHED[:-1] + "0"),
        (BODY, STAMP, PUBLISHED.removeprefix("v0=")),
        (BODY, STAMP, PUBLISHED.replace("v0", "v1")),
        (BODY, STAMP, ""),
        (BODY, "", PUBLISHED),
        (BODY, "٣", PUBLISHED),
        (BODY, "9" * 40, PUBLISHED),
    ],
)
def test_tampered(body: bytes, stamp: str, given: str) -> None:
    assert isinstance(SlackSignature([SECRET]).verify(_headers(given, stamp), body, URL, NOW), Forged)


def test_a_changed_secret_counts_beside_the_one_before_and_no_other() -> None:
    body, other = _pressed(value="x"), SecretStr("another")
    headers = _form(body)
    assert isinstance(SlackSignature([other, SECRET]).verify(headers, body, URL, NOW), Verified)
    assert isinstance(SlackSignature([other]).verify(headers, body, URL, NOW), Forged)
    assert isinstance(SlackSignature([]).verify(headers, body, URL, NOW), Forged)


@pytest.mark.parametrize(
    "body", [b"payload=%7B", b"payload=%5B%5D", b"", b"payload=%7B%22type%22%3A%22block_actions%22%7D"]
)
def test_signed_rubbish_does_nothing(body: bytes) -> None:
    told = SlackSignature([SECRET]).verify(_form(body), body, URL, NOW)
    assert isinstance(told, Forged) or told.pressed is None
