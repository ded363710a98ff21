"""Calls to the outside that must be back by a deadline."""

from collections.abc import Callable
from datetime import timedelta
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from agent_runtime.actions import reasons
from agent_runtime.actions.executors import Unknown

Answer = TypeVar("Answer")


def within(deadline: timedelta, work: Callable[[], Answer]) -> Answer | Unknown:
    """What `work` gives; Unknown when it raises, or is not back in time.

    It runs in a thread of its own, which is left behind when it hangs: whatever it still does, its action is looked
    for before anything is done again.
    """
    answers: SimpleQueue[Answer | Unknown] = SimpleQueue()
    Thread(target=_answer, args=(work, answers), daemon=True, name="tenure-outside").start()
    try:
        return answers.get(timeout=deadline.total_seconds())
    except Empty:
        return Unknown(reasons.LOST, {"error": "deadline"})


def _answer(work: Callable[[], Answer], answers: "SimpleQueue[Answer | Unknown]") -> None:
    try:
        answers.put(work())
    except Exception as error:  # noqa: BLE001  (recorded: whatever broke, it may have gone out)
        # Only the kind of error: its text may hold addresses or secrets.
        answers.put(Unknown(reasons.BROKE, {"error": type(error).__name__}))
