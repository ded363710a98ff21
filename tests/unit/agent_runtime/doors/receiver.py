"""A web server of this machine that is told things, and answers as badly as it is asked to."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


class Receiver:
    """Keeps every message; answers the statuses in turn, 204 in the end. 0 stands for no answer at all."""

    def __init__(self, *answers: int, retry_after: str = "") -> None:
        self.answers = list(answers)
        self.retry_after = retry_after
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.over = Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.posts.append(({name.lower(): value for name, value in self.headers.items()}, body))
                status = receiver.answers.pop(0) if receiver.answers else 204
                if status == 0:
                    receiver.drip(self.connection)
                    return
                self.send_response(status)
                self.send_header("content-length", "0")
                if receiver.retry_after:
                    self.send_header("retry-after", receiver.retry_after)
                if status in (301, 302, 307, 308):
                    self.send_header("location", receiver.url)
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/told"

    def drip(self, connection: socket.socket) -> None:
        """Begins an answer and lets a byte of it out now and then, so that no pause is long and no end comes."""
        try:
            while not self.over.wait(0.05):
                connection.sendall(b"H" if not self.over.is_set() else b"")
        except OSError:
            return

    @property
    def ids(self) -> list[str]:
        """The ids of the messages as they came."""
        return [headers["webhook-id"] for headers, _ in self.posts]


@contextmanager
def receiving(*answers: int, retry_after: str = "") -> Iterator[Receiver]:
    """A receiver that runs."""
    receiver = Receiver(*answers, retry_after=retry_after)
    thread = Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.over.set()
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()
