"""Replays a world on a virtual clock through the same code as the live service, and writes down what it did."""

from agent_runtime.replay.engine import Replay
from agent_runtime.replay.options import Approval, ReplayOptions

__all__ = ["Approval", "Replay", "ReplayOptions"]
