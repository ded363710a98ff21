"""The command line."""

from agent_runtime.cli.main import EXIT_BAD_INPUT, EXIT_FAILED, app, main

__all__ = ["EXIT_BAD_INPUT", "EXIT_FAILED", "app", "main"]
