"""Whatever a world folder holds: what can be read is taken, the rest is told, once more changes nothing."""

import gzip
import json
from dataclasses import astuple
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from agent_runtime.ingest.context import IngestContext
from agent_runtime.ingest.directory import take_directory
from agent_runtime.ingest.service import Ingest, Taken, write_rejects
from tools.base import UnreadableSource
from tools.world import World

HEAD = """
start = 2026-01-01T00:00:00Z
end = 2026-03-01T00:00:00Z
timezone = "Europe/Berlin"
currency = "EUR"
default_region = "DE"
own_domains = ["seller.example"]
"""
AT = "2026-01-05T09:00:00Z"
TABLES = ("account", "contact", "handle", "activity", "episode", "fact", "fact_evidence", "reject", "letter")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "world"
    made.mkdir()
    (made / "world.toml").write_text(HEAD)
    (made / "accounts.csv").write_text("id,name,domain,phone\na1,Acme,acme.example,\na2,Beta,,\n")
    (made / "contacts.csv").write_text("id,account_id,email,phone\nc1,a1,cy@acme.example,030 901822\n")
    return made


def write(path: Path, *rows: dict[str, Any]) -> None:
    path.write_text("".join(json.dumps({"at": AT, **row}) + "\n" for row in rows))


def mail(key: str, **fields: Any) -> dict[str, Any]:
    return {"id": key, "from": "cy@acme.example", "to": ["ann@seller.example"], "text": "Hello", **fields}


def take_in(engine: Engine, folder: Path) -> Taken:
    world = World.open(folder)
    context = IngestContext(
        ZoneInfo(world.settings.timezone),
        world.settings.default_region,
        frozenset(world.settings.own_domains),
    )
    with engine.begin() as connection:
        take_directory(connection, world.directory(), world.coverage(), context)
        taken = Ingest(context).take(connection, world.ordered(), world.settings.end)
        write_rejects(connection, "world", world.rejects, world.settings.end)
    return taken


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            table: sorted(tuple(map(str, row)) for row in connection.execute(text(f"SELECT * FROM tenure_{table}")))
            for table in TABLES
        }


def rejects(engine: Engine) -> list[tuple[str, int, str]]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT file, line, field FROM tenure_reject ORDER BY file, line"))
        return [(row[0], row[1], row[2]) for row in rows]


def taken_twice(engine: Engine, folder: Path) -> Taken:
    """Takes the folder in, and once more to see that this changes nothing; gives what came first."""
    first = take_in(engine, folder)
    before = contents(engine)
    second = take_in(engine, folder)
    assert (second.added, second.revised) == (0, 0)
    assert contents(engine) == before
    return first


def test_a_packed_file_that_breaks_off(sqlite_engine: Engine, folder: Path) -> None:
    rows = [{"at": AT, "id": str(n), "account_id": "a1", "kind": "note", "text": f"n{n * 7919}"} for n in range(4000)]
    packed = gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())
    (folder / "crm.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    taken = taken_twice(sqlite_engine, folder)
    assert 100 < taken.added < 4000
    assert rejects(sqlite_engine) == [("crm.jsonl.gz", taken.added + 1, "")]


def test_wrong_columns_naive_times_and_bad_bytes(sqlite_engine: Engine, folder: Path) -> None:
    (folder / "users.csv").write_text("identity,mail\nu1,ann@seller.example\n")
    (folder / "contacts.csv").write_bytes(b"id,account_id,email\nc1,a1,cy@acme.example\nc2,a1,\xe4@acme.example\n")
    write(folder / "crm.jsonl", {"id": "1", "account_id": "a1", "kind": "note", "at": "2026-01-05T09:00:00"})
    (folder / "emails.jsonl").write_bytes(b'\xff\xfe{"id": 1}\n' + json.dumps({"at": AT, **mail("2")}).encode())
    taken = taken_twice(sqlite_engine, folder)
    assert taken.added == 1
    assert rejects(sqlite_engine) == [
        ("contacts.csv", 3, "email"), ("crm.jsonl", 1, "at"), ("emails.jsonl", 1, ""), ("users.csv", 1, "id"),
    ]  # fmt: skip


def test_an_unknown_account(sqlite_engine: Engine, folder: Path) -> None:
    write(folder / "emails.jsonl", mail("1", account_id="a9"), mail("2"))
    taken = taken_twice(sqlite_engine, folder)
    assert taken.added == 1
    assert rejects(sqlite_engine) == [("emails", 0, "account_id")]


def test_two_accounts_with_one_phone(sqlite_engine: Engine, folder: Path) -> None:
    (folder / "accounts.csv").write_text("id,name,phone\na1,Acme,030 901833\na2,Beta,+49 30 901833\n")
    ringing = {"direction": "inbound", "status": "no_answer", "from": "030/901833", "to": "+4930901820"}
    write(folder / "calls.jsonl", {"id": "1", **ringing}, {"id": "2", "account_id": "a2", **ringing})
    taken = taken_twice(sqlite_engine, folder)
    assert (taken.added, taken.ambiguous) == (2, [("calls", "1")])
    beta, nobody_s = taken.accounts
    assert beta == "a2"
    assert nobody_s.startswith("prov_"), "whose call it is, is not guessed: it stands with a caller of its own"


def test_a_mail_of_fifty_megabytes(sqlite_engine: Engine, folder: Path) -> None:
    write(folder / "emails.jsonl", mail("1", text="Could you help? " + "x > y\n" * 9_000_000), mail("2"))
    assert taken_twice(sqlite_engine, folder).added == 2
    with sqlite_engine.connect() as connection:
        assert connection.scalar(text("SELECT max(length(text)) FROM tenure_episode")) <= 1024 * 1024


def test_mails_that_refer_to_each_other_in_a_circle(sqlite_engine: Engine, folder: Path) -> None:
    write(
        folder / "emails.jsonl",
        mail("1", message_id="<1>", in_reply_to="<2>", references=["<2>", "<1>"]),
        mail("2", message_id="<2>", in_reply_to="<1>", references=["<1>", "<2>"]),
    )
    assert taken_twice(sqlite_engine, folder).added == 2
    with sqlite_engine.connect() as connection:
        found = connection.execute(text("SELECT data FROM tenure_activity")).scalars()
        assert {json.loads(data)["thread"] for data in found} == {"<2>"}


def test_empty_files(sqlite_engine: Engine, folder: Path) -> None:
    for name in ("users.csv", "coverage.csv", "stages.csv", "crm.jsonl", "emails.jsonl", "calls.jsonl"):
        (folder / name).write_text("")
    (folder / "usage.jsonl.gz").write_bytes(b"")
    assert astuple(taken_twice(sqlite_engine, folder))[:6] == (0,) * 6
    assert [one[0] for one in rejects(sqlite_engine)] == ["coverage.csv", "stages.csv", "users.csv"]


@pytest.mark.parametrize("damage", ["title = ", "version = 9\n" + HEAD, ""])
def test_a_head_that_cannot_be_read_takes_nothing_in(sqlite_engine: Engine, folder: Path, damage: str) -> None:
    (folder / "world.toml").write_text(damage)
    with pytest.raises(UnreadableSource, match=r"world\.toml"):
        take_in(sqlite_engine, folder)
    assert not any(contents(sqlite_engine).values())


def test_real_records_come_in_whole_and_once(sqlite_engine: Engine, tenure_data: Path) -> None:
    folder = tenure_data / "worlds" / "pipeline"
    taken = taken_twice(sqlite_engine, folder)
    assert taken.added == len(World.open(folder).ordered())
    assert (taken.rejected, taken.ambiguous) == ([], [])
