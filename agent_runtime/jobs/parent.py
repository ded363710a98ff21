"""The parent of a worker: has everything imported, forks the process that works, and another when that is killed."""

import gc
import logging
import os
import signal
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic, sleep

_logger = logging.getLogger("tenure.jobs")
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# A worker killed sooner than this was perhaps killed by what it does first: the next one waits, longer each time.
_SHORT_LIFE = 10.0
_FIRST_PAUSE, _LAST_PAUSE = 0.5, 30.0


def become_worker(stop: Event) -> None:
    """Returns in a fork of this process, which is to work until `stop` is set: by SIGTERM, SIGINT, or its parent's end.

    The process that called never returns: it forks another each time that one is killed, at once the first time, and
    raises SystemExit when one ends by itself. It needs everything imported, and no thread and no connection open.
    """
    parent = _Parent()
    gc.freeze()  # so that collecting garbage in the fork does not copy what both share
    pause = 0.0
    while True:
        begun = monotonic()
        status = parent.fork(stop)
        if status is None:
            return
        code = os.waitstatus_to_exitcode(status)
        if code >= 0 or parent.ending:
            raise SystemExit(code if code >= 0 else 128 - code)
        if monotonic() - begun > _SHORT_LIFE:
            pause = 0.0
        _logger.warning("the worker was killed by signal %d; another begins in %.1f s", -code, pause)
        parent.wait(pause)
        pause = min(max(2 * pause, _FIRST_PAUSE), _LAST_PAUSE)


class _Parent:
    """Knows its child's id, to pass on what it is told, and nothing else."""

    def __init__(self) -> None:
        self.ending = False
        self._child = 0

    def fork(self, stop: Event) -> int | None:
        """None in the child, at once; how the child ended, once it has, in the parent."""
        # What is told between the fork and the handlers waits until both are ready for it.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        alive, held = os.pipe()
        self._child = os.fork()
        _on_signals(stop.set if self._child == 0 else self._end)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        if self._child == 0:
            os.close(held)
            Thread(target=_stop_with, args=(alive, stop), name="tenure-parent", daemon=True).start()
            return None
        os.close(alive)
        _, status = os.waitpid(self._child, 0)
        self._child = 0
        os.close(held)
        return status

    def wait(self, seconds: float) -> None:
        """Passes the time, unless it is told to end."""
        until = monotonic() + seconds
        while monotonic() < until and not self.ending:
            sleep(0.05)
        if self.ending:
            raise SystemExit(0)

    def _end(self) -> None:
        self.ending = True
        if self._child:
            os.kill(self._child, signal.SIGTERM)


def _on_signals(do: Callable[[], None]) -> None:
    for number in _SIGNALS:
        signal.signal(number, lambda *_: do())


def _stop_with(alive: int, stop: Event) -> None:
    """Waits for the end of the pipe, which comes when the parent is gone, however it went."""
    os.read(alive, 1)
    stop.set()
