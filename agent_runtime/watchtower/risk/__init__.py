"""Risk: what silence means at this company, learned from its own ended opportunities."""

from agent_runtime.watchtower.risk.model import Factor, Model, Risk, due, priority
from agent_runtime.watchtower.risk.path import Path, observe, path_of
from agent_runtime.watchtower.risk.readings import Reading, Usual, read
from agent_runtime.watchtower.risk.samples import End, Sample, end_of, samples
from agent_runtime.watchtower.risk.stake import Stake, stake

__all__ = [
    "End",
    "Factor",
    "Model",
    "Path",
    "Reading",
    "Risk",
    "Sample",
    "Stake",
    "Usual",
    "due",
    "end_of",
    "observe",
    "path_of",
    "priority",
    "read",
    "samples",
    "stake",
]
