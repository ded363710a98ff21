"""The mailboxes of all accounts and the engine that works them."""

from agent_runtime.jobs.mailbox import (
    AccountLoop,
    Checkpoint,
    Letter,
    all_accounts,
    begin_run,
    checkpoint,
    hold,
    latest_run,
    post,
    set_checkpoint,
    wake,
    woken,
)
from agent_runtime.jobs.turns import take_turn, visit

__all__ = [
    "AccountLoop",
    "Checkpoint",
    "Letter",
    "all_accounts",
    "begin_run",
    "checkpoint",
    "hold",
    "latest_run",
    "post",
    "set_checkpoint",
    "take_turn",
    "visit",
    "wake",
    "woken",
]
