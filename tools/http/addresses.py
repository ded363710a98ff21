"""Where a request may go: the address behind a name is looked at before, and is the one that is connected to."""

import ipaddress
import socket
from collections.abc import Callable, Iterable

import httpx

# A name to its addresses; tests give their own.
Lookup = Callable[[str, int], Iterable[str]]
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
# For protocols of the network itself; older lists of what is global leave some of it out.
_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")
# Addresses that carry another one inside: what counts is where they lead.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class ForbiddenAddress(ValueError):
    """A host that nothing is sent to; the text names the host and the reason."""


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system resolves it."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether an address is on the public internet: not private, loopback, link-local, shared or reserved."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    elif found in _PROTOCOLS:
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def is_loopback(host: str) -> bool:
    """Whether a host as written is this machine; an operator may name it, for a fake or a gateway of their own."""
    return host.lower().strip("[]") in _LOOPBACK


def refuse_unsafe(base_url: str) -> None:
    """Raises ForbiddenAddress for a base address that is neither https nor on this machine, or that holds a secret."""
    url = httpx.URL(base_url)
    if not url.host or url.userinfo:
        raise ForbiddenAddress("An address needs a host and holds no user name or password.")
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host)):
        raise ForbiddenAddress(f"{url.host} must be reached over https.")


class Pinned(httpx.BaseTransport):
    """Resolves a name once for each request, refuses what is not public, and connects to that very address."""

    def __init__(self, inner: httpx.BaseTransport, lookup: Lookup = look_up) -> None:
        self._inner, self._lookup = inner, lookup

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request to the checked address; the certificate is still checked against the name."""
        host = request.url.host
        if not is_loopback(host):
            address = self._address(host, request.url.port or 443)
            request.extensions = {**request.extensions, "sni_hostname": host}
            request.url = request.url.copy_with(host=address)
        return self._inner.handle_request(request)

    def _address(self, host: str, port: int) -> str:
        try:
            found = list(self._lookup(host, port))
        except OSError as error:
            raise httpx.ConnectError(f"{host} has no address") from error
        if not found or not all(is_public(one) for one in found):
            raise ForbiddenAddress(f"{host} leads to an address that is not on the public internet.")
        return found[0]

    def close(self) -> None:
        """Closes the connections."""
        self._inner.close()
