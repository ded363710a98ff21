"""Nothing is sent to an address that is not public, whatever name it hides behind."""

import httpx
import pytest

from tools.http.addresses import ForbiddenAddress, Pinned, is_public, refuse_unsafe

FORBIDDEN = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.1.1",
    "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200", "192.0.0.8", "192.0.2.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "100::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "nonsense", "", "2130706433",
    "0x7f000001", "127.1",
)  # fmt: skip
PUBLIC = ("1.1.1.1", "8.8.8.8", "104.16.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


class Sent(httpx.BaseTransport):
    """Notes what would be sent."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200)


@pytest.mark.parametrize("address", FORBIDDEN)
def test_forbidden_address_is_never_connected_to(address: str) -> None:
    assert not is_public(address)
    inner = Sent()
    with pytest.raises(ForbiddenAddress):
        httpx.Client(transport=Pinned(inner, lambda *_: [address])).get("https://vendor.example/")
    assert inner.requests == []


def test_one_private_address_among_public_ones_is_enough() -> None:
    inner = Sent()
    with pytest.raises(ForbiddenAddress):
        httpx.Client(transport=Pinned(inner, lambda *_: ["8.8.8.8", "10.0.0.1"])).get("https://vendor.example/")
    assert inner.requests == []


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_connected_to_under_its_name(address: str) -> None:
    inner = Sent()
    httpx.Client(transport=Pinned(inner, lambda *_: [address])).get("https://vendor.example/path?a=1")
    sent = inner.requests[0]
    assert sent.url.host == address
    assert (sent.headers["host"], sent.extensions["sni_hostname"]) == ("vendor.example", "vendor.example")


def test_name_is_looked_up_once_for_each_request() -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    inner = Sent()
    client = httpx.Client(transport=Pinned(inner, lambda *_: next(answers)))
    client.get("https://vendor.example/")
    with pytest.raises(ForbiddenAddress):
        client.get("https://vendor.example/")
    assert [one.url.host for one in inner.requests] == ["8.8.8.8"]


@pytest.mark.parametrize(
    "base", ["http://vendor.example", "ftp://vendor.example", "https://user:pass@vendor.example", "vendor.example",
             "http://10.0.0.1", "http://127.0.0.1.evil.example"],
)  # fmt: skip
def test_unsafe_base_address_is_refused(base: str) -> None:
    with pytest.raises(ForbiddenAddress):
        refuse_unsafe(base)


@pytest.mark.parametrize(
    "base", ["https://api.hubapi.com", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1"]
)
def test_https_and_this_machine_are_allowed(base: str) -> None:
    refuse_unsafe(base)
