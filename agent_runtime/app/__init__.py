"""The web server: puts the routes of all domains on one installation."""

from agent_runtime.app.composition import create_app

__all__ = ["create_app"]
