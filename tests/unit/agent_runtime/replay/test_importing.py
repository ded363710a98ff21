"""An import takes what can be read, lists what cannot, changes nothing the second time, and is never half a batch."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from agent_runtime.db import create_schema, make_engine
from agent_runtime.errors import BadInput
from agent_runtime.replay.importing import BATCH, SHOWN, import_world

HEAD = 'start = 2026-01-01T00:00:00Z\nend = 2026-03-01T00:00:00Z\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n'
TABLES = ("account", "contact", "activity", "episode", "fact", "reject", "letter", "coverage")
NOTES = BATCH + 20


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A world of one account with more notes than one batch holds."""
    folder = tmp_path / "world"
    folder.mkdir()
    (folder / "world.toml").write_text(HEAD)
    (folder / "accounts.csv").write_text("id,name,domain\na1,Acme,acme.example\n")
    (folder / "crm.jsonl").write_text("".join(f"{json.dumps(note(number))}\n" for number in range(NOTES)))
    return folder


def note(number: int, **fields: object) -> dict[str, object]:
    at = f"2026-01-{1 + number // 100:02}T{number % 24:02}:00:00Z"
    return {"id": f"n{number}", "at": at, "account_id": "a1", "kind": "note", "text": f"Note {number}", **fields}


def contents(database: Path) -> dict[str, list[str]]:
    engine = make_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        found = {x: sorted(map(str, connection.execute(text(f"SELECT * FROM tenure_{x}")))) for x in TABLES}
    engine.dispose()
    return found


def test_the_second_import_changes_nothing(world: Path, tmp_path: Path) -> None:
    database = tmp_path / "tenure.db"
    first = import_world(world, database, "b2b_sales")
    before = contents(database)
    assert (first["read"], first["added"], len(before["activity"])) == (NOTES, NOTES, NOTES)
    second = import_world(world, f"sqlite:///{database}", "b2b_sales")
    assert (second["added"], second["revised"], second["duplicated"]) == (0, 0, NOTES)
    assert contents(database) == before


def test_rejects_are_counted_and_the_first_of_them_listed(world: Path, tmp_path: Path) -> None:
    with (world / "crm.jsonl").open("a") as file:
        for number in range(SHOWN + 5):
            file.write(f"{json.dumps(note(number, id=f'bad{number}', at='yesterday'))}\n")
        file.write(f"{json.dumps(note(1, id='lost', account_id='a9'))}\n")
    summary = import_world(world, tmp_path / "tenure.db", "b2b_sales")
    assert (summary["added"], summary["rejected"], len(summary["rejects"])) == (NOTES, SHOWN + 6, SHOWN)
    assert summary["rejects"][0] == {
        "file": "crm.jsonl", "line": NOTES + 1, "field": "at",
        "reason": "not a time: 'yesterday'; wanted: 2025-03-01T09:00:00+01:00",
    }  # fmt: skip
    assert len(contents(tmp_path / "tenure.db")["reject"]) == SHOWN + 6


def refuse_one_note(engine: Engine) -> None:
    create_schema(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TRIGGER refuse BEFORE INSERT ON tenure_activity WHEN NEW.source_id = 'n510'"
                " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
            )
        )


def test_what_fails_leaves_no_half_batch_and_goes_on_later(world: Path, tmp_path: Path) -> None:
    database = tmp_path / "tenure.db"
    engine = make_engine(f"sqlite:///{database}")
    refuse_one_note(engine)
    with pytest.raises(IntegrityError, match="disk is full"):
        import_world(world, database, "b2b_sales")
    assert len(contents(database)["activity"]) % BATCH == 0
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER refuse"))
    engine.dispose()
    summary = import_world(world, database, "b2b_sales")
    assert summary["added"] + summary["duplicated"] == NOTES
    assert len(contents(database)["activity"]) == NOTES


def test_a_database_that_cannot_be_opened(world: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no folder"):
        import_world(world, tmp_path / "nowhere" / "tenure.db", "b2b_sales")
    (tmp_path / "text.db").write_text("This is no database, but a text that is long enough to be one." * 20)
    with pytest.raises(BadInput, match="cannot be used: file is not a database"):
        import_world(world, tmp_path / "text.db", "b2b_sales")
