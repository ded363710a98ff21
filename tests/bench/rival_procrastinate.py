"""Procrastinate alone, a job for each event; runs in a Python of its own, where nothing of ours is installed."""

import sys
from time import perf_counter

import psycopg
import psycopg_pool  # type: ignore[import-not-found]
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector  # type: ignore[import-not-found]


def _app(url: str, *, waits: bool) -> App:
    app = App(connector=(PsycopgConnector if waits else SyncPsycopgConnector)(conninfo=url))
    effects = psycopg_pool.ConnectionPool(url, min_size=1, max_size=4, open=True)

    @app.task(name="one_event", queue="events")  # type: ignore[untyped-decorator]
    def one_event(account_id: str, activity_id: str) -> None:
        with effects.connection() as connection:
            connection.execute("INSERT INTO rival_effect VALUES (%s, %s)", (activity_id, account_id))

    return app


def prepare(url: str) -> None:
    """Makes the tables."""
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE rival_effect (activity_id text, account_id text)")
    with _app(url, waits=False).open() as app:
        app.schema_manager.apply_schema()


def put(url: str, events: int, accounts: int) -> None:
    """Defers a job for each event; those of one account are done one after the other."""
    with _app(url, waits=False).open() as app:
        print("ready", flush=True)
        sys.stdin.readline()
        begun = perf_counter()
        for number in range(events):
            account_id = f"a-{number % accounts}"
            task = app.tasks["one_event"].configure(lock=account_id)
            task.defer(account_id=account_id, activity_id=f"act-{number}")
        print(perf_counter() - begun, flush=True)


def work(url: str) -> None:
    """Works until it is killed."""
    app = _app(url, waits=True)
    print("ready", flush=True)
    app.run_worker(queues=["events"], concurrency=4, delete_jobs="never")


if __name__ == "__main__":
    what, where, *numbers = sys.argv[1:]
    if what == "prepare":
        prepare(where)
    elif what == "put":
        put(where, *map(int, numbers))
    else:
        work(where)
