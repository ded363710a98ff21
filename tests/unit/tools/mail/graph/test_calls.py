"""Calls of Microsoft Graph: known by a secret word alone, and never believed further than to read again."""

from datetime import timedelta

import orjson
import pytest
from pydantic import SecretStr

from tests.unit.tools.hands import NOON
from tools.base import Forged, Hint, Verified
from tools.mail.graph.calls import GraphCalls

URL = "https://tenure.example/api/hooks/graph"
VERIFIER = GraphCalls([SecretStr("the word"), SecretStr("the word before")])


def _body(*words: str, **other: object) -> bytes:
    calls = [
        {"subscriptionId": "s", "clientState": word, "changeType": "created", "resource": "users/ada/messages/AA1",
         "resourceData": {"id": "AA1"}, **other}
        for word in words
    ]  # fmt: skip
    return orjson.dumps({"value": calls})


def test_verified_says_what_changed_and_a_second_delivery_is_the_same() -> None:
    told = VERIFIER.verify({}, _body("the word"), URL, NOON)
    assert isinstance(told, Verified)
    assert told.hints == (Hint("emails", "AA1"),)
    assert VERIFIER.verify({}, _body("the word"), URL, NOON + timedelta(hours=9)) == told


def test_both_words_live_while_one_is_changed() -> None:
    assert isinstance(VERIFIER.verify({}, _body("the word before"), URL, NOON), Verified)
    assert isinstance(GraphCalls([SecretStr("the word")]).verify({}, _body("the word before"), URL, NOON), Forged)
    assert isinstance(GraphCalls([]).verify({}, _body("the word"), URL, NOON), Forged)


@pytest.mark.parametrize(
    "body",
    [_body("another"), _body("the word", "another"), _body(""), b"", b"[]", b'{"value": []}', b'{"value": [1]}',
     b'{"value": [{}]}'],
)  # fmt: skip
def test_anything_else_is_forged(body: bytes) -> None:
    assert isinstance(VERIFIER.verify({}, body, URL, NOON), Forged)


@pytest.mark.parametrize("event", ["missed", "subscriptionRemoved", "reauthorizationRequired"])
def test_what_was_missed_lets_everything_be_read(event: str) -> None:
    told = VERIFIER.verify({}, _body("the word", lifecycleEvent=event), URL, NOON)
    assert isinstance(told, Verified)
    assert {one.stream for one in told.hints} == {"emails", "meetings"}


def test_calendar_is_told_apart() -> None:
    told = VERIFIER.verify({}, _body("the word", resource="Users/ada/Events/AA2"), URL, NOON)
    assert isinstance(told, Verified)
    assert told.hints == (Hint("meetings", "AA1"),)


def test_token_that_tries_the_address_is_given_back_as_it_is() -> None:
    told = VERIFIER.verify({}, b"", f"{URL}?validationToken=Validation%3A+Testing+%3Cb%3E", NOON)
    assert isinstance(told, Verified)
    assert told.echo == "Validation: Testing <b>"
    assert isinstance(VERIFIER.verify({}, b"", f"{URL}?validationToken={'x' * 5000}", NOON), Forged)
    assert isinstance(VERIFIER.verify({}, b"", f"{URL}?validationToken=a%0Ab", NOON), Forged)
