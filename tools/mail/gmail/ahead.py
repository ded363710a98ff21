"""Asks for one thing after the other without waiting for each: several are under way, and they come in order."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Asked = TypeVar("_Asked")
_Found = TypeVar("_Found")
# The vendor counts what runs at a time for a mailbox and does not say how much it allows; its clients stay below ten.
AT_ONCE = 6


def in_order(ask: Callable[[_Asked], _Found], wanted: Sequence[_Asked], at_once: int = AT_ONCE) -> Iterator[_Found]:
    """What `ask` gives for each that is wanted, in their order; no more than `at_once` are under way or wait here.

    The first error, in that order, is raised, and what was not begun by then is not asked for.
    """
    pool = ThreadPoolExecutor(at_once, "tenure-gmail")
    try:
        ahead: deque[Future[_Found]] = deque()
        for one in wanted:
            if len(ahead) == at_once:
                yield ahead.popleft().result()
            ahead.append(pool.submit(ask, one))
        while ahead:
            yield ahead.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
