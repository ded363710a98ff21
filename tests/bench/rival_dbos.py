"""DBOS alone, a workflow for each event: a worker that writes one row for each, and what puts the events in."""

import logging
import sys
from collections.abc import Iterable
from itertools import islice
from threading import Event

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions
from sqlalchemy import Column, Engine, MetaData, String, Table, insert

from agent_runtime import db

QUEUE, _VERSION, _AHEAD = "events", "rival", 64
_metadata = MetaData()
effect = Table("rival_effect", _metadata, Column("activity_id", String), Column("account_id", String))
_engines: list[Engine] = []


@DBOS.workflow(name="one_event")
def _one_event(account_id: str, activity_id: str) -> None:
    DBOS.run_step({"name": "effect"}, _write, account_id, activity_id)


def _write(account_id: str, activity_id: str) -> None:
    with _engines[0].begin() as connection:
        connection.execute(insert(effect), {"account_id": account_id, "activity_id": activity_id})


def prepare(engine: Engine) -> DBOSClient:
    """Makes the tables and the queue; events of one account are to be done one after the other."""
    _metadata.create_all(engine)
    DBOS.migrate(engine.url.render_as_string(hide_password=False))
    client = DBOSClient(system_database_engine=engine)
    client.register_queue(QUEUE, partition_concurrency=1, worker_concurrency=_AHEAD, polling_interval_sec=0.25)
    return client


def put(client: DBOSClient, engine: Engine, letters: Iterable[tuple[str, str]]) -> None:
    """Enqueues a workflow for each event, a hundred in a transaction."""
    rest = iter(letters)
    while part := list(islice(rest, 100)):
        with engine.begin() as connection:
            for account_id, activity_id in part:
                options: EnqueueOptions = {
                    "workflow_name": "one_event",
                    "queue_name": QUEUE,
                    "queue_partition_key": account_id,
                    "app_version": _VERSION,
                }
                client.enqueue_in_transaction(connection, options, account_id, activity_id)


def work(url: str, name: str) -> None:
    """Works until it is killed."""
    logging.disable(logging.WARNING)
    engine = db.make_engine(url)
    _engines.append(engine)
    config: DBOSConfig = {
        "name": "rival",
        "executor_id": name,
        "application_version": _VERSION,
        "max_executor_threads": 4,
        "log_level": "ERROR",
        "run_migrations": False,
    }
    if engine.dialect.name == "sqlite":
        config["system_database_engine"] = engine
    else:
        config["system_database_url"] = url
    DBOS(config=config)
    DBOS.launch()
    print("ready", flush=True)
    Event().wait()


if __name__ == "__main__":
    work(*sys.argv[1:])
