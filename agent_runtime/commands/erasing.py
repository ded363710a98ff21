"""`tenure erase`, `tenure export`, `tenure merge` and `tenure unmerge`: who is forgotten, told, or one with another."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from sqlalchemy import Engine

from agent_runtime.accounts.erasure import By, Erasure, erase_account, erase_person, revoke_source, scrub
from agent_runtime.accounts.merging import merge_accounts, merge_contacts, undo_merge
from agent_runtime.accounts.person_export import export_person
from agent_runtime.brief.opening import open_database, reading
from agent_runtime.clock import SystemClock
from agent_runtime.embedding import embedder_of, portfolio_of
from agent_runtime.errors import BadInput
from agent_runtime.installation import install_key
from agent_runtime.settings import load as load_settings

# Who did it, in the audit: whoever has a shell on this machine.
OPERATOR = "operator"
_ERASE = {"account": erase_account, "person": erase_person, "source": revoke_source}
_OUTBOX = "outbox"


def erase_command(kind: str, subject: str, database: str | None, *, sure: bool, as_json: bool) -> None:
    """Erases an account, a person or a source, then overwrites what the deleted rows left in the file."""
    if kind not in _ERASE:
        raise BadInput(f"{kind} cannot be erased.", fix="Say account, person or source.")
    if not sure:
        raise BadInput(f"This erases {kind} {subject} for good.", fix="Say --yes as well.")
    by = By(OPERATOR, SystemClock().now(), install_key(load_settings().data_dir))
    engine = open_database(database)
    try:
        with engine.begin() as connection:
            erasure = _ERASE[kind](connection, subject, by)
        scrub(engine)
        if database is None:
            _renew_index(engine)
    finally:
        engine.dispose()
    files = _delete_files(load_settings().data_dir / _OUTBOX, erasure)
    told = asdict(erasure) | {"files": files}
    line = f"Erased {kind} {subject}: {erasure.activities} activities, {len(erasure.ended)} interactions ended."
    _print(told, line, as_json)


def _renew_index(engine: Engine) -> None:
    """The index across accounts holds ids and vectors of what was erased; whatever model made it, it is made anew."""
    settings = load_settings()
    chosen = embedder_of(settings)
    model = chosen.embedder.model if chosen else ""
    with engine.connect() as connection:
        portfolio_of(settings, model).renew(connection)


def _delete_files(folder: Path, erasure: Erasure) -> int:
    """Deletes what the file outbox wrote for the erased actions; gives how many files went."""
    found = [path for one in erasure.action_ids for path in folder.glob(f"{one}.*")]
    for path in found:
        path.unlink()
    return len(found)


def export_command(contact_id: str, database: str | None) -> None:
    """Prints, as JSON, everything that is stored of one person."""
    with reading(database) as connection:
        told = export_person(connection, contact_id)
    _print(told, "", True)


def merge_command(kind: str, loser: str, winner: str, database: str | None, *, as_json: bool) -> None:
    """Merges two accounts or contacts and prints the merge's id, by which it can be undone."""
    merging = {"account": merge_accounts, "contact": merge_contacts}.get(kind)
    if merging is None:
        raise BadInput(f"{kind} cannot be merged.", fix="Say account or contact.")
    engine = open_database(database)
    with engine.begin() as connection:
        key = install_key(load_settings().data_dir)
        merge_id = merging(connection, loser, winner, OPERATOR, SystemClock().now(), key)
    engine.dispose()
    line = f"Merged {loser} into {winner}. To undo it: tenure unmerge {merge_id}"
    _print({"merge_id": merge_id, "loser": loser, "winner": winner}, line, as_json)


def unmerge_command(merge_id: str, database: str | None) -> None:
    """Undoes a merge."""
    engine = open_database(database)
    with engine.begin() as connection:
        undo_merge(connection, merge_id, OPERATOR, SystemClock().now(), install_key(load_settings().data_dir))
    engine.dispose()
    _print({}, f"Merge {merge_id} is undone.", False)


def _print(plain: dict[str, Any], line: str, as_json: bool) -> None:
    if as_json:
        written = orjson.dumps(plain, option=orjson.OPT_INDENT_2, default=str).decode()
        Console(soft_wrap=True).out(written, highlight=False)
    else:
        Console().print(line, highlight=False, markup=False)
