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
from agent_runtime.jobs.turns import begin_visit, end_visit, forget_visits, take_turn

__all__ = [
    "AccountLoop",
    "Checkpoint",
    "Letter",
    "all_accounts",
    "begin_run",
    "begin_visit",
    "checkpoint",
    "end_visit",
    "forget_visits",
    "hold",
    "latest_run",
    "post",
    "set_checkpoint",
    "take_turn",
    "wake",
    "woken",
]
