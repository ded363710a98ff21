"""The one client: what is tried again and what never, where it goes, how long it waits, and what it says."""

import logging
from collections.abc import Callable

import httpx
import pytest
import respx
from pydantic import SecretStr

from tools.base import BadAnswer, LimitReached, NotAllowed, Unanswered, Unreachable, VendorError
from tools.crm.hubspot.wire import Bearer
from tools.http import Buckets, Call, Manners, VendorClient
from tools.http.signals import LimitOf, aircall_limit, google_limit, hubspot_limit, limit_of, salesforce_limit

HOST = "https://api.vendor.example"
TOKEN = "canary-token-3c9e"


class Pauses:
    """Pauses that pass at once and are noted."""

    def __init__(self) -> None:
        self.at, self.taken = 0.0, list[float]()

    def wait(self, seconds: float) -> None:
        self.at += seconds
        self.taken.append(seconds)


def _client(pauses: Pauses | None = None, **manners: object) -> VendorClient:
    pauses = pauses or Pauses()
    return VendorClient(
        "vendor", HOST, auth=Bearer(SecretStr(TOKEN)), rates={"": (1000.0, 1000.0)},
        buckets=Buckets(monotonic=lambda: pauses.at, wait=pauses.wait), monotonic=lambda: pauses.at,
        manners=Manners(**manners), transport=httpx.HTTPTransport(),  # type: ignore[arg-type]
    )  # fmt: skip


READ, WRITE = Call("GET", "/things"), Call("POST", "/things", json={"a": 1}, writes=True)
AGAIN = Call("PUT", "/things/1", writes=True, repeatable=True)


@respx.mock
@pytest.mark.parametrize("first", [httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.Response(503)])
@pytest.mark.parametrize("call", [READ, AGAIN])
def test_read_and_repeatable_write_are_tried_again(first: httpx.Response | Exception, call: Call) -> None:
    route = respx.route(host="api.vendor.example").mock(side_effect=[first, httpx.Response(200, json={"ok": 1})])
    assert _client().json(call) == {"ok": 1}
    assert route.call_count == 2


@respx.mock
@pytest.mark.parametrize("silence", [httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x"), httpx.Response(502)])
def test_write_without_an_answer_is_never_sent_again(silence: httpx.Response | Exception) -> None:
    route = respx.post(f"{HOST}/things").mock(side_effect=[silence, httpx.Response(200, json={})])
    with pytest.raises(Unanswered):
        _client().json(WRITE)
    assert route.call_count == 1


@respx.mock
@pytest.mark.parametrize("refused", [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.Response(429)])
def test_write_that_did_not_arrive_is_sent_again(refused: httpx.Response | Exception) -> None:
    route = respx.post(f"{HOST}/things").mock(side_effect=[refused, httpx.Response(200, json={})])
    assert _client().json(WRITE) == {}
    assert route.call_count == 2


@respx.mock
def test_garbled_answer_of_a_write_is_unknown_and_of_a_read_is_none() -> None:
    respx.route(host="api.vendor.example").mock(return_value=httpx.Response(200, content=b"{"))
    with pytest.raises(Unanswered):
        _client().json(WRITE)
    with pytest.raises(Unreachable):
        _client().json(READ)


@respx.mock
def test_waits_as_long_as_the_vendor_asks() -> None:
    answers = [httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(200, json=1)]
    respx.get(f"{HOST}/things").mock(side_effect=answers)
    pauses = Pauses()
    assert _client(pauses).json(READ) == 1
    assert pauses.at >= 7


@respx.mock
def test_gives_up_at_once_when_the_vendor_asks_for_hours() -> None:
    route = respx.get(f"{HOST}/things").mock(return_value=httpx.Response(429, headers={"Retry-After": "7200"}))
    with pytest.raises(LimitReached) as told:
        _client().json(READ)
    assert (route.call_count, told.value.wait and told.value.wait.total_seconds()) == (1, 7200)


@respx.mock
def test_gives_up_at_its_deadline() -> None:
    respx.get(f"{HOST}/things").mock(return_value=httpx.Response(503))
    pauses = Pauses()
    with pytest.raises(Unreachable):
        _client(pauses, deadline=3.0, attempts=50).json(READ)
    assert pauses.at <= 3


@respx.mock
def test_longest_answer_is_cut_off() -> None:
    respx.get(f"{HOST}/things").mock(return_value=httpx.Response(200, content=b"[" + b"1," * 5000))
    with pytest.raises(BadAnswer, match="longer"):
        _client(most_bytes=1000).json(READ)


@respx.mock
def test_redirect_and_foreign_link_are_not_followed() -> None:
    foreign = respx.route(host="evil.example").mock(return_value=httpx.Response(200, json={}))
    respx.get(f"{HOST}/things").mock(return_value=httpx.Response(302, headers={"Location": "https://evil.example/"}))
    with pytest.raises(BadAnswer, match="elsewhere"):
        _client().json(READ)
    for link in (
        "https://evil.example/next",
        "https://api.vendor.example.evil.example/next",
        "https://api.vendor.example:444/next",
    ):
        with pytest.raises(BadAnswer, match="another host"):
            _client().json(Call("GET", link))
    assert foreign.call_count == 0


@respx.mock
def test_link_to_the_own_host_is_followed() -> None:
    respx.get(f"{HOST}/things?page=2").mock(return_value=httpx.Response(200, json=2))
    assert _client().json(Call("GET", f"{HOST}/things?page=2")) == 2


@pytest.mark.parametrize(
    ("signal", "response", "seconds"),
    [
        (limit_of, httpx.Response(429, headers={"Retry-After": "3"}), 3.0),
        (limit_of, httpx.Response(429, headers={
            "Retry-After": "Mon, 02 Mar 2026 12:00:30 GMT", "Date": "Mon, 02 Mar 2026 12:00:00 GMT"}), 30.0),
        (limit_of, httpx.Response(429), 10.0),
        (limit_of, httpx.Response(403), None),
        (hubspot_limit, httpx.Response(429, json={"policyName": "DAILY"}), 900.0),
        (salesforce_limit, httpx.Response(403, json=[{"errorCode": "REQUEST_LIMIT_EXCEEDED"}]), 3600.0),
        (salesforce_limit, httpx.Response(403, json=[{"errorCode": "INSUFFICIENT_ACCESS"}]), None),
        (google_limit, httpx.Response(403, json={"error": {"errors": [{"reason": "userRateLimitExceeded"}]}}), 10.0),
        (google_limit, httpx.Response(403, json={"error": {"errors": [{"reason": "forbidden"}]}}), None),
        (aircall_limit, httpx.Response(429, headers={"X-AircallApi-Reset": "42"}), 42.0),
    ],
)  # fmt: skip
def test_each_vendor_says_its_limit_in_its_own_way(
    signal: LimitOf, response: httpx.Response, seconds: float | None
) -> None:
    found = signal(response)
    assert (found.seconds if found else None) == seconds


@respx.mock
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500])
@pytest.mark.parametrize("call", [READ, WRITE, AGAIN])
def test_no_secret_and_no_customer_in_what_is_said(
    status: int, call: Call, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    body = {"message": f"kim@customer.example {TOKEN}", "category": f"of kim@customer.example {TOKEN}"}
    respx.route(host="api.vendor.example").mock(return_value=httpx.Response(status, json=body))
    caplog.set_level(logging.DEBUG)
    asked = Call(call.method, f"{call.path}?email=kim@customer.example", json=call.json, writes=call.writes)
    with pytest.raises(VendorError) as told:
        _client(attempts=2).json(asked)
    chain = [told.value, told.value.__cause__, told.value.fix, *told.value.args]
    seen = " ".join(map(repr, chain)) + caplog.text + "".join(capfd.readouterr())
    assert "customer" not in seen
    assert "canary" not in seen


@respx.mock
def test_lost_credential_says_what_helps() -> None:
    respx.get(f"{HOST}/things").mock(return_value=httpx.Response(401, json={"category": "EXPIRED"}))
    with pytest.raises(NotAllowed, match="EXPIRED") as told:
        _client().json(READ)
    assert told.value.fix


def test_people_find_a_token_where_the_background_waits() -> None:
    pauses = Pauses()
    bucket = Buckets(monotonic=lambda: pauses.at, wait=pauses.wait).of("vendor", "", 10, 1)
    waited = [bucket.take() for _ in range(9)]
    assert waited[:8] == [0] * 8
    assert waited[8] > 0
    assert bucket.take(for_person=True) == 0


def test_bucket_of_one_token_is_no_dead_end() -> None:
    pauses = Pauses()
    bucket = Buckets(monotonic=lambda: pauses.at, wait=pauses.wait).of("vendor", "send", 1, 1)
    assert [round(bucket.take()) for _ in range(3)] == [0, 1, 1]


def test_bucket_learns_from_refusals() -> None:
    pauses = Pauses()
    bucket = Buckets(monotonic=lambda: pauses.at, wait=pauses.wait).of("vendor", "", 5, 10)
    bucket.refused(4)
    assert bucket.take(for_person=True) >= 4
    slow = sum(bucket.take() for _ in range(10))
    for _ in range(100):
        bucket.answered()
    assert sum(bucket.take() for _ in range(10)) < slow


@pytest.mark.parametrize("make", [lambda b: b.of("a", "", 5, 1), lambda b: b.of("a", "search", 5, 1)])
def test_all_share_the_bucket_of_a_credential(make: Callable[[Buckets], object]) -> None:
    buckets = Buckets()
    assert make(buckets) is make(buckets)
    assert buckets.of("a", "", 5, 1) is not buckets.of("b", "", 5, 1)
