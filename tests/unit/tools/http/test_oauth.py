"""Access tokens: asked for once, kept until they end, renewed after a 401, and shown nowhere."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import respx
from pydantic import SecretStr

from tests.unit.tools.crm.salesforce.org import still
from tools.base import NotAllowed, Unanswered, Unreachable
from tools.http import Buckets, Call, VendorClient
from tools.http.oauth import ClientSecret, TokenAuth, Tokens, token_client

HOST, LOGIN = "https://api.vendor.example", "https://login.vendor.example"
PROOF = ClientSecret("app", SecretStr("canary-secret"), "read", in_form=True)


class Day:
    """A clock that is moved by hand, and the vendor's tokens."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, tzinfo=UTC)
        self.given = 0

    def now(self) -> datetime:
        return self.at

    def give(self, _: httpx.Request) -> httpx.Response:
        self.given += 1
        return httpx.Response(200, json={"access_token": f"t{self.given}", "expires_in": 3600})


def _client(day: Day, buckets: Buckets | None = None, proof: ClientSecret = PROOF) -> VendorClient:
    buckets = buckets or still()
    tokens = token_client("vendor", LOGIN, proof, buckets, httpx.HTTPTransport())
    auth = TokenAuth(Tokens(tokens, "/token", proof, buckets, day.now))
    return VendorClient(
        "vendor", HOST, auth=auth, buckets=buckets, rates={"": (1000.0, 1000.0)}, transport=httpx.HTTPTransport()
    )


READ, WRITE = Call("GET", "/things"), Call("POST", "/things", json={"a": 1}, writes=True)


@respx.mock
def test_token_is_asked_for_once_and_again_before_it_ends() -> None:
    day, buckets = Day(), still()
    login = respx.post(f"{LOGIN}/token").mock(side_effect=day.give)
    things = respx.get(f"{HOST}/things").mock(return_value=httpx.Response(200, json={}))
    for _ in range(3):
        _client(day, buckets).json(READ)
    assert login.call_count == 1
    assert b"client_secret=canary-secret&scope=read" in login.calls[0].request.content
    day.at += timedelta(minutes=59, seconds=30)
    _client(day, buckets).json(READ)
    assert login.call_count == 2
    assert things.calls.last.request.headers["authorization"] == "Bearer t2"
    other = ClientSecret("app", SecretStr("another"), in_form=True)
    _client(day, buckets, other).json(READ)
    assert login.call_count == 3


@respx.mock
@pytest.mark.parametrize("call", [READ, WRITE])
def test_refused_token_is_renewed_once(call: Call) -> None:
    day = Day()
    respx.post(f"{LOGIN}/token").mock(side_effect=day.give)
    things = respx.route(host="api.vendor.example").mock(
        side_effect=lambda asked: httpx.Response(200 if asked.headers["authorization"] == "Bearer t2" else 401)
    )
    _client(day).ask(call)
    assert (day.given, things.call_count) == (2, 2)


@respx.mock
def test_token_that_is_refused_for_good_is_told() -> None:
    day = Day()
    respx.post(f"{LOGIN}/token").mock(side_effect=day.give)
    respx.get(f"{HOST}/things").mock(return_value=httpx.Response(401))
    with pytest.raises(NotAllowed):
        _client(day).ask(READ)
    assert day.given == 2


def _silent(_: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("x")


@respx.mock
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda _: httpx.Response(400, json={"error": "invalid_client"}), NotAllowed),
        (lambda _: httpx.Response(401, json={"error": "invalid_client"}), NotAllowed),
        (_silent, Unreachable),
    ],
)
def test_without_a_token_nothing_is_sent(
    answer: Callable[[httpx.Request], httpx.Response], error: type[Exception]
) -> None:
    respx.post(f"{LOGIN}/token").mock(side_effect=answer)
    things = respx.post(f"{HOST}/things").mock(return_value=httpx.Response(200))
    with pytest.raises(error) as told:
        _client(Day()).ask(WRITE)
    assert "canary" not in str(told.value)
    assert not isinstance(told.value, Unanswered)
    assert things.call_count == 0
