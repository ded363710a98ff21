"""`tenure recall`, `tenure memory reembed` and `tenure memory rebuild`."""

from collections.abc import Iterator
from typing import Any

import orjson
from rich.console import Console
from sqlalchemy import Engine

from agent_runtime import db
from agent_runtime.brief.opening import account_named, moment_of, open_database, reading
from agent_runtime.clock import SystemClock
from agent_runtime.embedding import embedder_of, portfolio_of
from agent_runtime.errors import BadInput
from agent_runtime.permissions import agent_scope
from agent_runtime.settings import load as load_settings
from memory import vectors
from memory.embed import Chosen
from memory.recall import embedded, read, recall_from

# Some three seconds of one core: what a person waits for; the rest is found by its words.
AT_ONCE = 400
BATCH = 32
LOOK_FOR = 5_000


def recall_command(
    account: str, query: str, database: str | None, as_of: str | None, *, k: int, as_json: bool
) -> None:  # fmt: skip
    """Prints the best results for a question to one account's memory."""
    chosen = embedder_of(load_settings())
    embedder = chosen.embedder if chosen else None
    with reading(database) as connection:
        scope = agent_scope(account_named(connection, account))
        moment = moment_of(as_of, SystemClock().now()) if as_of else None
        corpus = read(connection, scope, moment, embedder)
    if embedder:
        corpus = embedded(corpus, embedder, AT_ONCE)
    found = recall_from(corpus, query, k=k, embedder=embedder)
    results = [result._asdict() for result in found.results]
    _warn(chosen.warning if chosen and chosen.warning else found.warning)
    if as_json:
        _print_json({"account_id": scope.account_id, "results": results, "abstained": found.abstained})
        return
    console = Console()
    for one in found.results:
        said = " ".join(one.quote.split())
        console.print(f"{one.at:%Y-%m-%d} {one.speaker} [{one.source_id}]: {said}", highlight=False, markup=False)
        console.print(f"    {'; '.join(one.why)}", highlight=False, markup=False, style="dim")
    if not found.results:
        console.print("Nothing in this account's memory answers that.", highlight=False)


def reembed_command(database: str | None, *, as_json: bool) -> None:
    """Embeds what is not embedded yet, then drops what other models left; stopped, it goes on at the next call."""
    chosen = _embedder()
    engine = open_database(database)
    db.create_schema(engine)
    done = 0
    with Console(stderr=True).status("Embedding") as status:
        for ids in _parts(engine, chosen.embedder.model):
            with engine.begin() as connection:
                done += vectors.embed(connection, chosen.embedder, ids)
            status.update(f"Embedding: {done:,} texts so far")
    with engine.begin() as connection:
        dropped = vectors.drop_other_models(connection, chosen.embedder.model)
        reached = vectors.progress(connection, chosen.embedder.model)
    engine.dispose()
    counts = {"model": chosen.embedder.model, "added": done, **reached._asdict(), "dropped_vectors": dropped}
    _tell(counts, f"{done:,} texts embedded; {reached.episodes:,} in all.", as_json)


def rebuild_command(database: str | None, *, as_json: bool) -> None:
    """Makes the index across accounts anew out of the vectors in the database."""
    with reading(database) as connection:
        model = _embedder().embedder.model
        count = portfolio_of(load_settings(), model).rebuild(connection)
        reached = vectors.progress(connection, model)
    counts = {"model": model, "passages": count, **reached._asdict()}
    _tell(counts, f"{count:,} passages of {reached.embedded:,} of {reached.episodes:,} texts indexed.", as_json)


def _parts(engine: Engine, model: str) -> Iterator[list[str]]:
    """The ids of all episodes that wait, BATCH at a time; looking for them costs as much for many as for few."""
    while True:
        with engine.connect() as connection:
            ids = vectors.waiting(connection, model, LOOK_FOR)
        if not ids:
            return
        for start in range(0, len(ids), BATCH):
            yield ids[start : start + BATCH]


def _embedder() -> Chosen:
    chosen = embedder_of(load_settings())
    if chosen is None:
        raise BadInput("Embedding is switched off.", fix='Set embedder to "minilm", or leave it out.')
    _warn(chosen.warning)
    return chosen


def _warn(warning: str) -> None:
    if warning:
        Console(stderr=True).print(f"Warning: {warning}", highlight=False, markup=False)


def _tell(counts: dict[str, Any], line: str, as_json: bool) -> None:
    if as_json:
        _print_json(counts)
    else:
        Console().print(line, highlight=False)


def _print_json(plain: Any) -> None:
    Console(soft_wrap=True).out(orjson.dumps(plain, option=orjson.OPT_INDENT_2).decode(), highlight=False)
