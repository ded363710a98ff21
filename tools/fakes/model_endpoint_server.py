"""Serves the stub endpoint on this machine: until it is told to end, or for as long as a block lasts."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn

from tools.fakes.model_endpoint import Stub, stub_app

HOST = "127.0.0.1"


def serve_stub(stub: Stub, port: int) -> None:
    """Serves until SIGINT or SIGTERM."""
    uvicorn.run(stub_app(stub), host=HOST, port=port, log_level="warning")


@contextmanager
def served(stub: Stub) -> Iterator[str]:
    """The address (…/v1) of the stub, served by a thread as long as the block lasts."""
    listening = socket.create_server((HOST, 0), backlog=1024)
    config = uvicorn.Config(stub_app(stub), log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{listening.getsockname()[1]}/v1"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
