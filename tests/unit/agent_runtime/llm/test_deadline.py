"""The transport below the client: it ends at its moment, hears a stop, and goes nowhere that it should not."""

import socket
from threading import Thread
from time import monotonic

import httpx2
import pytest

from agent_runtime.llm import deadline
from agent_runtime.llm.deadline import BoundedTransport, within

PATIENCE = 2.0


def test_a_server_that_drips_its_headers_is_left_in_time() -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        talking, _ = listening.accept()
        with talking:
            try:
                for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1000:
                    talking.send(bytes([byte]))
                    talking.settimeout(0.05)
                    try:
                        talking.recv(1000)
                    except TimeoutError:
                        continue
            except OSError:
                return

    thread = Thread(target=drip)
    thread.start()
    begun = monotonic()
    with (
        httpx2.Client(transport=BoundedTransport()) as client,
        within(begun + 0.3),
        pytest.raises(httpx2.TimeoutException),
    ):
        client.get(f"http://127.0.0.1:{listening.getsockname()[1]}/")
    assert monotonic() - begun < PATIENCE
    thread.join()
    listening.close()


def test_a_stop_is_heard_while_a_read_waits() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, httpx2.Client(transport=BoundedTransport()) as client:
        begun = monotonic()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with within(begun + 60, lambda: monotonic() - begun > 0.2), pytest.raises(httpx2.TimeoutException):
            client.get(url)
        assert monotonic() - begun < PATIENCE


def test_a_name_that_leads_to_a_link_local_address_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("169.254.169.254",)]
    monkeypatch.setattr(deadline, "getaddrinfo", lambda *_, **__: found)
    begun = monotonic()
    with httpx2.Client(transport=BoundedTransport()) as client, within(begun + 5), pytest.raises(httpx2.NetworkError):
        client.get("http://models.example/")
    assert monotonic() - begun < 1


def test_a_name_without_an_address_is_a_network_error() -> None:
    with httpx2.Client(transport=BoundedTransport()) as client, pytest.raises(httpx2.NetworkError):
        client.get("http://nowhere.invalid/")


def test_outside_of_a_bound_the_transport_just_works() -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        talking, _ = listening.accept()
        with talking:
            talking.recv(1000)
            talking.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    thread = Thread(target=answer)
    thread.start()
    with httpx2.Client(transport=BoundedTransport()) as client:
        assert client.get(f"http://127.0.0.1:{listening.getsockname()[1]}/").text == "ok"
    thread.join()
    listening.close()
