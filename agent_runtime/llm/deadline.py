"""An HTTP transport that ends at a moment, however slowly the other side talks, and at once when it is told to stop."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from socket import SOCK_STREAM, getaddrinfo
from ssl import SSLContext
from time import monotonic
from typing import Any

import httpcore2
import httpx2

# How often a waiting read looks whether it should stop.
_LOOK_EACH = 0.1


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Bound:
    until: float
    stop: Callable[[], bool]


_bound: ContextVar[_Bound | None] = ContextVar("tenure_model_bound", default=None)


@contextmanager
def within(until: float, stop: Callable[[], bool] = _never) -> Iterator[None]:
    """Inside, every connect, read and write of the transport ends at `until` (time.monotonic), or when `stop` says so.

    httpx's own timeouts are for one read each, so a server that sends a byte now and then would outlast them.
    """
    token = _bound.set(_Bound(until, stop))
    try:
        yield
    finally:
        _bound.reset(token)


class BoundedTransport(httpx2.BaseTransport):
    """HTTP/1.1 to where the request says, without proxies; see `within`. Raises httpx2.TimeoutException when over."""

    def __init__(self, ssl_context: SSLContext | None = None, *, most_connections: int = 100) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context or httpx2.create_ssl_context(),
            max_connections=most_connections,
            max_keepalive_connections=20,
            keepalive_expiry=10.0,
            network_backend=_Network(),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One exchange; the body is read as it comes."""
        assert isinstance(request.stream, httpx2.SyncByteStream)
        url = request.url
        # The time may be over before anything is sent; that is told like any other end of it.
        with _translated():
            core = httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions | {"timeout": {"pool": _left(None)}},
            )
            response = self._pool.handle_request(core)
        assert isinstance(response.stream, Iterable)
        body = _Body(response.stream)
        return httpx2.Response(
            status_code=response.status, headers=response.headers, stream=body, extensions=response.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _translated():
            yield from self._stream

    def close(self) -> None:
        self._stream.close()


class _Network(httpcore2.NetworkBackend):
    def __init__(self) -> None:
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        """Resolves the name once, and connects to what it found there."""
        trouble: httpcore2.NetworkError = httpcore2.ConnectError("The name leads nowhere that may be connected to.")
        for address in _addresses(host, port):
            try:
                plain = self._plain.connect_tcp(address, port, _left(timeout), local_address, socket_options)
            except httpcore2.ConnectError as error:
                trouble = error
            else:
                return _Stream(plain)
        raise trouble


class _Stream(httpcore2.NetworkStream):
    def __init__(self, plain: httpcore2.NetworkStream) -> None:
        self._plain = plain

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            left = _left(timeout)
            try:
                return self._plain.read(max_bytes, _LOOK_EACH if left is None else min(left, _LOOK_EACH))
            except httpcore2.ReadTimeout:
                # A slice of the wait is over, not the wait; `_left` raises when that is.
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._plain.write(buffer, _left(timeout))

    def close(self) -> None:
        self._plain.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Stream(self._plain.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._plain.get_extra_info(info)


def _addresses(host: str, port: int) -> list[str]:
    """Where a name leads, without the link-local addresses at which clouds hand out their keys."""
    try:
        found = getaddrinfo(host, port, type=SOCK_STREAM)
    except OSError as error:
        raise httpcore2.ConnectError(str(error)) from error
    addresses = dict.fromkeys(str(row[4][0]) for row in found)
    return [one for one in addresses if not ip_address(one.partition("%")[0]).is_link_local]


def _left(timeout: float | None) -> float | None:
    """Seconds until the bound, and no more than `timeout`; raises ReadTimeout when it is reached."""
    bound = _bound.get()
    if bound is None:
        return timeout
    left = bound.until - monotonic()
    if left <= 0 or bound.stop():
        raise httpcore2.ReadTimeout("The time that was set for the model is over.")
    return left if timeout is None else min(left, timeout)


@contextmanager
def _translated() -> Iterator[None]:
    """The openai client knows httpx2's errors, not those of the layer below."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise httpx2.ReadTimeout(str(error)) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise httpx2.NetworkError(str(error)) from error
