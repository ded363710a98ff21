"""The demo world: an invented company whose six months of records are made from a seed."""

from agent_runtime.demo.generator import DEFAULT_END, generate
from agent_runtime.demo.truth import DemoTruth, Planted

__all__ = ["DEFAULT_END", "DemoTruth", "Planted", "generate"]
