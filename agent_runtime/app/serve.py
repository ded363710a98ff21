"""Runs the web server on a configured installation."""

from types import FrameType

import uvicorn

from agent_runtime.app.composition import create_app
from agent_runtime.app.feed import Feed
from agent_runtime.clock import SystemClock
from agent_runtime.installation import open_installation
from agent_runtime.settings import load

# What is being answered gets this long after a stop was asked for; event streams end at once.
GRACE_SECONDS = 10


class Server(uvicorn.Server):
    """A server that lets its event streams end when it is told to stop, instead of waiting for their readers."""

    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self.feed = feed

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Takes the signal that asks for the end."""
        self.feed.close()
        super().handle_exit(sig, frame)


def serve(host: str, port: int) -> None:
    """Serves until it is told to stop; raises what `open_installation` raises."""
    installation = open_installation(load())
    app = create_app(installation, SystemClock())
    # Paths carry ids of customers, so no line is written for each request; /metrics tells how many there were.
    config = uvicorn.Config(
        app, host=host, port=port, access_log=False, server_header=False, timeout_graceful_shutdown=GRACE_SECONDS,
        log_level="warning",
    )  # fmt: skip
    try:
        Server(config, app.state.feed).run()
    finally:
        installation.engine.dispose()
