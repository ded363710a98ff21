"""The playbook: a company's policy of windows, ladders, owners and budgets, as one versioned file."""

from agent_runtime.playbook.load import default, load, preset_names
from agent_runtime.playbook.models import (
    ACTION_KINDS,
    LEAD_TYPES,
    RULES,
    Autonomy,
    Classification,
    Do,
    Ladder,
    Playbook,
    Rule,
    Step,
)

__all__ = [
    "ACTION_KINDS",
    "LEAD_TYPES",
    "RULES",
    "Autonomy",
    "Classification",
    "Do",
    "Ladder",
    "Playbook",
    "Rule",
    "Step",
    "default",
    "load",
    "preset_names",
]
