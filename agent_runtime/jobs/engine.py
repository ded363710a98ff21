"""The engine of one worker: puts what is due into the queues, runs what they give, and takes over from the dead."""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import uniform
from secrets import token_hex
from threading import Event, Thread
from time import monotonic, perf_counter

from sqlalchemy import Engine

from agent_runtime.clock import Clock
from agent_runtime.errors import TenureError
from agent_runtime.jobs import deaths, dispatch, liveness, metrics
from agent_runtime.jobs.liveness import Lock
from agent_runtime.jobs.pace import Pace
from agent_runtime.jobs.queues import Queues, action_workflow
from agent_runtime.jobs.work import DueAction, Work

_logger = logging.getLogger("tenure.jobs")


class JobFailed(TenureError):
    """A run or an action's step raised; what it was stands in the log, not in the queue's book."""


class Withdrawn(BaseException):
    """Leaves a job as it is, begun and not ended, for the worker that takes over; nothing may catch it on the way."""


@dataclass(slots=True)
class _Duty:
    name: str
    every: float
    do: Callable[[], None]
    due: float = 0.0


# How many accounts wait in the queue at most, over all workers: the rest waits in its own rows, which is cheaper.
WINDOW = 1024
_SMOOTHED_OVER = 20


class JobEngine:
    """One worker. `start`, then `turn` again and again, then `drain`; or `serve`, which is all three."""

    def __init__(
        self, engine: Engine, work: Work, clock: Clock, lock: Lock, folder: Path, *, pace: Pace, threads: int = 4
    ) -> None:
        self._engine = engine
        self._work = work
        self._clock = clock
        self._lock = lock
        self._pace = pace
        self._queues = Queues(engine, threads=threads, busy=self._pace.busy, idle=self._pace.idle)
        self._in_hand = deaths.InHand(folder, threads)
        self._suspects: set[str] = set()
        self._executor_id = ""
        self._seen = 0.0
        self._lost = Event()
        self._stopping = Event()
        self._beating: Thread | None = None
        self._busy_at = monotonic()
        self._pause = pace.dispatch
        self._round = ""
        self._put: set[DueAction] = set()
        self._run_seconds = 0.1
        self._duties = self._plan()
        liveness.end_idle_transactions(engine)

    @property
    def executor_id(self) -> str:
        """The name under which this worker is entered; a new one after it was taken for dead."""
        return self._executor_id

    def start(self) -> None:
        """Takes the lock, enters this worker, begins to take work, and at once what a dead one left behind."""
        self._executor_id = f"{os.uname().nodename}-{os.getpid()}-{token_hex(4)}"
        self._lock.take(self._executor_id)
        self._in_hand.open(self._executor_id)
        with self._engine.begin() as connection:
            liveness.register(connection, self._executor_id, self._clock.now())
        self._seen = monotonic()
        self._lost.clear()
        self._stopping.clear()
        self._beating = Thread(target=self._keep_beating, name="tenure-heartbeat", daemon=True)
        self._beating.start()
        self._queues.start(self._executor_id, self._run, self._execute)

    def turn(self) -> None:
        """Does those of the worker's duties that are due; one that fails is logged, counted, and tried again."""
        if self._lost.is_set() and not self._attempt("restart", self._restart):
            return
        for duty in self._duties:
            if monotonic() >= duty.due:
                self._attempt(duty.name, duty.do)
                duty.due = monotonic() + duty.every

    def serve(self, stop: Event, *, once: bool = False) -> None:
        """Works until `stop` is set, with `once` until nothing is left to do now, and finishes what is running."""
        self.start()
        try:
            while not stop.is_set():
                self.turn()
                if once and self.is_idle() and self._stays_idle():
                    break
                stop.wait(self._pause * uniform(0.8, 1.2))
        finally:
            self.drain()

    def drain(self) -> None:
        """Begins nothing more, finishes what is running, and signs off."""
        self._stopping.set()
        self._queues.stop()
        if self._beating is not None:
            self._beating.join()
        with self._engine.begin() as connection:
            liveness.sign_off(connection, self._executor_id)
        self._in_hand.close()
        self._lock.release()

    def _stays_idle(self) -> bool:
        """Some things begin only when nothing waits any more, as the first day does."""
        self._tick()
        return self.is_idle()

    def is_idle(self) -> bool:
        """Whether nothing is left to do now: no account is woken, no action is due, nothing is begun."""
        now = self._clock.now()
        with self._engine.connect() as connection:
            waits = dispatch.waits(connection, now)
        return not waits and not self._work.due_actions(now) and not self._queues.begun()

    def _plan(self) -> list[_Duty]:
        pace = self._pace
        return [
            # First, so that a new worker goes on at once with what a dead one left.
            _Duty("reap", pace.reap, self._reap),
            _Duty("dispatch", pace.dispatch, self._dispatch),
            _Duty("tick", pace.tick, self._tick),
            _Duty("send", pace.tick, self._put_actions),
            _Duty("settle", pace.settle, self._settle, due=monotonic() + pace.settle),
            _Duty("collect", pace.collect, self._collect, due=monotonic() + pace.collect),
        ]

    def _attempt(self, name: str, do: Callable[[], None]) -> bool:
        """Whether it succeeded; the database may be away for a while, and the worker outlives that."""
        try:
            do()
        except Exception:
            _logger.exception("%s failed", name)
            metrics.DUTY_FAILURES.labels(name).inc()
            return False
        return True

    def _restart(self) -> None:
        _logger.warning("%s stood still, may be taken for dead, and begins anew", self._executor_id)
        self.drain()
        self.start()

    def _tick(self) -> None:
        self._queues.set_ahead(self._run_seconds)
        self._work.tick(self._clock.now())

    def _dispatch(self) -> None:
        """Fills the queue up to the window, going round the accounts, so that none waits behind busier ones."""
        with self._engine.connect() as connection:
            asked, waiting = dispatch.asked(connection), dispatch.queued(connection)
        metrics.QUEUED.set(waiting)
        self._mark(busy=asked or waiting > 0)
        if asked and waiting < WINDOW:
            self._fill(WINDOW - waiting)

    def _fill(self, room: int) -> None:
        now = self._clock.now()
        with self._engine.begin() as connection:
            runs = dispatch.take(connection, now, room, after=self._round)
            self._queues.put_runs(connection, runs)
        self._round = runs[-1].account_id if runs else ""
        metrics.DISPATCHED.labels("account").inc(len(runs))

    def _put_actions(self) -> None:
        due = set(self._work.due_actions(self._clock.now()))
        self._put &= due
        if new := sorted(due - self._put):
            with self._engine.begin() as connection:
                self._queues.put_actions(connection, new)
            self._put.update(new)
            self._mark(busy=True)
            metrics.DISPATCHED.labels("actions").inc(len(new))

    def _mark(self, *, busy: bool) -> None:
        if busy:
            self._busy_at = monotonic()
        is_calm = not busy and monotonic() - self._busy_at >= self._pace.calm
        self._pause = self._pace.calm_dispatch if is_calm else self._pace.dispatch
        self._queues.set_busy(not is_calm)

    def _reap(self) -> None:
        self._count_deaths()
        frozen = timedelta(seconds=self._pace.frozen)
        for name in liveness.strike_off_lost(self._engine, self._lock, self._executor_id, self._clock.now(), frozen):
            _logger.warning("worker %s is dead or stands still; its work goes on elsewhere", name)
            self._work.lost(name, self._clock.now())
        taken = self._queues.take_over(self._living)
        metrics.TAKEN_OVER.inc(taken)

    def _count_deaths(self) -> None:
        for account_id in self._in_hand.left_behind():
            self._count_death(account_id, self._clock.now())
        with self._engine.connect() as connection:
            self._suspects = deaths.suspects(connection)

    def _count_death(self, account_id: str, now: datetime) -> None:
        """Holds the account back where its runs have killed one process after the other."""
        with self._engine.begin() as connection:
            count = deaths.note(connection, account_id, now)
            rest = deaths.rest_after(account_id, count, self._pace.rest)
            if rest is None:
                return
            run = dispatch.rest(connection, account_id, count, now + rest)
            self._work.held_back(connection, account_id, count, now + rest)
        _logger.error("%d processes died in a run of %s; it is held back for %s", count, account_id, rest)
        metrics.HELD_BACK.inc()
        self._queues.withdraw([run.workflow_id])

    def _living(self) -> list[str]:
        with self._engine.connect() as connection:
            return [*liveness.workers(connection), self._executor_id]

    def _settle(self) -> None:
        """Asks again for what is due and what the queue has lost or has as finished: the queue is only a hint."""
        with self._engine.connect() as connection:
            runs = {run.workflow_id: run for run in dispatch.find_queued(connection)}
        for name in self._queues.gone(list(runs)):
            with self._engine.begin() as connection:
                dispatch.give_back(connection, runs[name])
        actions = {action_workflow(action): action for action in self._put}
        gone = self._queues.gone(list(actions))
        self._queues.forget(gone)
        self._put.difference_update(actions[name] for name in gone)

    def _collect(self) -> None:
        metrics.COLLECTED.inc(self._queues.collect(self._clock.now() - self._pace.keep))

    def _run(self, account_id: str) -> None:
        self._refuse_in_doubt()
        begun = perf_counter()
        try:
            with self._in_hand.holding(account_id):
                self._work.run(account_id)
        except Exception as error:
            _logger.exception("the run of %s failed", account_id)
            metrics.RUNS.labels("failed").inc()
            with self._engine.begin() as connection:
                dispatch.hold_back(connection, account_id, self._clock.now())
            raise JobFailed(f"The run of {account_id} failed: {type(error).__name__}.") from None
        if account_id in self._suspects:
            with self._engine.begin() as connection:
                deaths.clear(connection, account_id)
        taken = perf_counter() - begun
        self._run_seconds += (taken - self._run_seconds) / _SMOOTHED_OVER
        metrics.RUNS.labels("done").inc()
        metrics.RUN_SECONDS.observe(taken)

    def _execute(self, action_id: str) -> None:
        self._refuse_in_doubt()
        try:
            self._work.execute(action_id, self._executor_id)
        except Exception as error:
            _logger.exception("the action %s failed", action_id)
            metrics.ACTIONS.labels("failed").inc()
            raise JobFailed(f"The action {action_id} failed: {type(error).__name__}.") from None
        metrics.ACTIONS.labels("done").inc()

    def _refuse_in_doubt(self) -> None:
        """Leaves the job to others when this worker ends, or may have been taken for dead; then it begins anew."""
        if monotonic() - self._seen > self._pace.doubtful:
            self._lost.set()
        if self._stopping.is_set() or self._lost.is_set():
            raise Withdrawn

    def _keep_beating(self) -> None:
        """Shows in the database that this process moves, and looks whether it was taken for dead."""
        while not self._stopping.wait(self._pace.beat):
            try:
                if not self._beat():
                    self._lost.set()
                    return
            except Exception:
                _logger.exception("the heartbeat failed")
                metrics.DUTY_FAILURES.labels("beat").inc()

    def _beat(self) -> bool:
        begun = monotonic()
        with self._engine.begin() as connection:
            entered = liveness.beat(connection, self._executor_id, self._clock.now())
        if entered and self._lock.held():
            self._seen = begun
            return True
        return False
