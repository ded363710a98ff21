"""The queues, held by DBOS in the same database: what waits, who has begun it, what ended; ids only, never content."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatus
from sqlalchemy import Connection, Engine, event, text

from agent_runtime.jobs.dispatch import Run
from agent_runtime.jobs.work import DueAction

ACCOUNTS, ACTIONS = "account", "actions"
# One for all releases whose jobs have the same name and input; DBOS gives a job only to workers of its version.
APPLICATION_VERSION = "tenure-1"
# How many runs one worker takes at once for its threads to do one after the other: at its start, and at most.
AHEAD_AT_FIRST, MOST_AHEAD = 32, 256
# Of each provider: at once over all workers, and in a minute. What is sent by hand is far below.
SENDS_AT_ONCE, SENDS_A_MINUTE = 4, 120
_NAME = "tenure"
_RUN, _EXECUTE = "run_account", "execute_action"
_DRAIN_SECONDS = 30
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
# DBOS is one for a process, so these are too; they are set at `start`.
_runner: dict[str, Callable[[str], None]] = {}


# No step inside: whatever a job is given it may be given again, so a step's record would only cost four statements.
@DBOS.workflow(name=_RUN)
def _run_account(account_id: str) -> None:
    _runner[_RUN](account_id)


@DBOS.workflow(name=_EXECUTE)
def _execute_action(action_id: str) -> None:
    _runner[_EXECUTE](action_id)


class _Job(NamedTuple):
    """What is put into a queue under an id of its own; of a partition so many run at once as the queue allows."""

    name: str
    queue: str
    id: str
    subject: str
    partition: str


# DBOS's own way in by SQL, all jobs in one statement; SQLite has no such function.
_ENQUEUE = text(
    "SELECT dbos.enqueue_workflow(job.name, job.queue, ARRAY[to_json(job.subject)], workflow_id => job.id,"
    " queue_partition_key => job.partition, app_version => :version, application_name => :application)"
    " FROM json_to_recordset(CAST(:rows AS json))"
    " AS job(name text, queue text, id text, subject text, partition text)"
)
# Its transactions do not wait for the disk.
_NO_WAIT = "-c synchronous_commit=off"


class Queues:
    """Both queues as one worker sees them. `busy` and `idle`: seconds between two looks for work, as work is about."""

    def __init__(self, engine: Engine, *, threads: int, busy: float, idle: float) -> None:
        self._engine = engine
        self._threads = threads
        self._pauses = {True: busy, False: idle}
        self._is_busy = True
        self._ahead = AHEAD_AT_FIRST
        self._client: DBOSClient | None = None

    def start(self, executor_id: str, run: Callable[[str], None], execute: Callable[[str], None]) -> None:
        """Begins to take work: `run` gets account ids, `execute` action ids, each in one of the threads."""
        _runner.update({_RUN: run, _EXECUTE: execute})
        # The queues stand there before the launch, because whoever looks for work first waits as long as they say.
        DBOS.migrate(self._url())
        self._client = DBOSClient(
            system_database_engine=self._engine, serializer=DBOSPortableJSONSerializer(), application_name=_NAME
        )
        self._client.register_queue(
            ACCOUNTS,
            partition_concurrency=1,
            worker_concurrency=AHEAD_AT_FIRST,
            polling_interval_sec=self._pauses[True],
        )
        self._client.register_queue(
            ACTIONS,
            partition_concurrency=SENDS_AT_ONCE,
            partition_limiter={"limit": SENDS_A_MINUTE, "period": 60},
            polling_interval_sec=self._pauses[True],
        )
        self._is_busy, self._ahead = True, AHEAD_AT_FIRST
        DBOS(config=self._config(executor_id))
        DBOS.launch()

    def set_busy(self, busy: bool) -> None:
        """Looks for work often or seldom: each look costs some milliseconds, and an idle worker should cost nothing."""
        if busy != self._is_busy:
            for name in (ACCOUNTS, ACTIONS):
                if queue := DBOS.retrieve_queue(name):
                    queue.set_polling_interval_sec(self._pauses[busy])
            self._is_busy = busy

    def set_ahead(self, run_seconds: float) -> None:
        """Takes at once what the threads do in about a second: less would make them wait, more keep it from others."""
        wanted = min(max(self._threads / max(run_seconds, 1e-6), self._threads), MOST_AHEAD)
        if not self._ahead / 2 < wanted < self._ahead * 2:
            self._ahead = int(wanted)
            if queue := DBOS.retrieve_queue(ACCOUNTS):
                queue.set_worker_concurrency(self._ahead)

    def stop(self) -> None:
        """Takes no more work, and waits for what is running; what this worker had only claimed stays for the others."""
        if self._client is not None:
            self._client.destroy()
            self._client = None
        DBOS.destroy(workflow_completion_timeout_sec=_DRAIN_SECONDS)

    def put_runs(self, connection: Connection, runs: Sequence[Run]) -> None:
        """Puts runs into the queue, in the caller's transaction; one that is there already stays as it is."""
        self._put(connection, [_Job(_RUN, ACCOUNTS, run.workflow_id, run.account_id, run.account_id) for run in runs])

    def put_actions(self, connection: Connection, actions: Sequence[DueAction]) -> None:
        """Puts steps of actions into the queue of their provider, in the caller's transaction."""
        jobs = [
            _Job(_EXECUTE, ACTIONS, action_workflow(action), action.action_id, action.connector or "inside")
            for action in actions
        ]
        self._put(connection, jobs)

    def take_over(self, living: Callable[[], Sequence[str]]) -> int:
        """Gives the queue back what was begun by workers that are none of the `living`; gives how much that is.

        The workers are asked after the jobs: whoever has a job then has entered before it took it.
        """
        begun = DBOS.list_workflows(status="PENDING", queue_name=[ACCOUNTS, ACTIONS], **_WITHOUT_CONTENT)
        known = set(living()) if begun else set()
        lost = [job for job in begun if job.executor_id not in known]
        for queue in (ACCOUNTS, ACTIONS):
            if ids := [job.workflow_id for job in lost if job.queue_name == queue]:
                DBOS.resume_workflows(ids, queue_name=queue)
        return len(lost)

    def gone(self, workflow_ids: Sequence[str]) -> list[str]:
        """Those that the queue does not have, or has as finished."""
        living: set[str] = set()
        for ids in _parts(workflow_ids):
            jobs = DBOS.list_workflows(workflow_ids=ids, **_WITHOUT_CONTENT)
            living.update(job.workflow_id for job in jobs if job.status not in _FINISHED)
        return [name for name in workflow_ids if name not in living]

    def forget(self, workflow_ids: Sequence[str]) -> None:
        """Clears finished jobs away, so that the same names can be put into the queue again."""
        for ids in _parts(workflow_ids):
            DBOS.delete_workflows(ids)

    def withdraw(self, workflow_ids: Sequence[str]) -> None:
        """Takes jobs out of the queue that did not end."""
        DBOS.cancel_workflows(list(workflow_ids))

    def collect(self, before: datetime) -> int:
        """Clears away what finished before then; gives how many jobs that were."""
        collected = 0
        while finished := self._finished(before):
            DBOS.delete_workflows([job.workflow_id for job in finished])
            collected += len(finished)
        return collected

    def begun(self) -> int:
        """How many jobs of both queues are begun or wait."""
        waiting: list[WorkflowStatus] = DBOS.list_workflows(
            status=["PENDING", "ENQUEUED"], queue_name=[ACCOUNTS, ACTIONS], limit=1, **_WITHOUT_CONTENT
        )
        return len(waiting)

    def _finished(self, before: datetime) -> list[WorkflowStatus]:
        return DBOS.list_workflows(
            status=_FINISHED, completed_before=before.isoformat(), limit=_PART, **_WITHOUT_CONTENT
        )

    def _put(self, connection: Connection, jobs: Sequence[_Job]) -> None:
        if connection.dialect.name == "postgresql":
            rows = orjson.dumps([job._asdict() for job in jobs]).decode()
            connection.execute(_ENQUEUE, {"rows": rows, "version": APPLICATION_VERSION, "application": _NAME})
            return
        if self._client is None:
            raise RuntimeError("The queues are not started.")
        for job in jobs:
            self._client.enqueue_in_transaction(connection, _options(job), job.subject)

    def _config(self, executor_id: str) -> DBOSConfig:
        config: DBOSConfig = {
            "name": _NAME,
            "executor_id": executor_id,
            "application_version": APPLICATION_VERSION,
            "serializer": DBOSPortableJSONSerializer(),
            "max_executor_threads": self._threads,
            "log_level": "WARNING",
            "enable_otlp": False,
            "scheduler_polling_interval_sec": 600,
            "run_migrations": False,  # they were run just before
        }
        if self._engine.dialect.name == "sqlite":
            # With its own engine, which knows no write-ahead log, it is ten times slower.
            config["system_database_engine"] = _one_at_a_time(self._engine)
        else:
            config["system_database_url"] = self._hasty_url()
            # A line that broke is noticed at its next use, which DBOS repeats; asking before each use costs a fourth.
            config["db_engine_kwargs"] = {"pool_pre_ping": False}
        return config

    def _hasty_url(self) -> str:
        """PostgreSQL's own crash may cost the queue its last moments, which the accounts' rows then ask for anew."""
        options = " ".join(str(part) for part in (self._engine.url.query.get("options"), _NO_WAIT) if part)
        return self._engine.url.update_query_dict({"options": options}).render_as_string(hide_password=False)

    def _url(self) -> str:
        return self._engine.url.render_as_string(hide_password=False)


def _one_at_a_time(engine: Engine) -> Engine:
    """The same connections, whose transactions lock SQLite from their first statement on.

    The driver begins one only before a write, so two workers that count what is begun, and then take as much as the
    limit leaves, would both take it.
    """
    locking = engine.execution_options()
    event.listen(locking, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return locking


def _options(job: _Job) -> EnqueueOptions:
    return {
        "workflow_name": job.name,
        "queue_name": job.queue,
        "workflow_id": job.id,
        "queue_partition_key": job.partition,
        "app_version": APPLICATION_VERSION,
    }


def action_workflow(action: DueAction) -> str:
    """The name in the queue of one step of an action."""
    return f"{action.action_id}:{action.turn}"


_WITHOUT_CONTENT: dict[str, Any] = {"load_input": False, "load_output": False}
_PART = 500


def _parts(names: Sequence[str]) -> list[list[str]]:
    return [list(names[start : start + _PART]) for start in range(0, len(names), _PART)]
