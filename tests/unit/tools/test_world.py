"""A world folder is read as it stands: every readable row, and a reason for every other."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tools.base import UnreadableSource
from tools.world import World

HEAD = """
start = 2026-01-01T00:00:00Z
end = 2026-03-01T00:00:00Z
timezone = "Europe/Berlin"
currency = "EUR"
default_region = "DE"
own_domains = ["Seller.example"]
intake = ["Sales@seller.example"]
[fallback]
owner = "desk"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "world.toml").write_text(HEAD)
    (tmp_path / "accounts.csv").write_text("id,name,colour\na1,Acme,red\n")
    return tmp_path


def write_lines(path: Path, *rows: dict[str, Any]) -> None:
    path.write_text("".join(json.dumps(row) + "\n\n" for row in rows))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_head_is_typed(folder: Path) -> None:
    settings = World.open(folder).settings
    assert settings.start == moment("2026-01-01")
    assert settings.own_domains == ("seller.example",)
    assert settings.intake == ("sales@seller.example",)
    assert (settings.fallback_owner, settings.fallback_manager, settings.holidays) == ("desk", None, None)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("start = 2026-01-01T00:00:00Z", "start = 2026-01-01T00:00:00"), "offset"),
        (("Europe/Berlin", "Europe/Berlim"), "timezone"),
        (('currency = "EUR"', ""), "currency"),
        (("currency", "version = 2\ncurrency"), "version"),
        (("currency =", "currency"), "world.toml"),
        (("end = 2026", "end = 2025"), "before start"),
    ],
)
def test_a_head_that_cannot_be_used_ends_with_one_line(folder: Path, change: tuple[str, str], named: str) -> None:
    (folder / "world.toml").write_text(HEAD.replace(*change))
    with pytest.raises(UnreadableSource, match=named) as caught:
        World.open(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("missing", ["world.toml", "accounts.csv"])
def test_a_missing_required_file_is_named(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(UnreadableSource, match=missing):
        World.open(folder)


def test_accounts_without_an_id_column_stop_everything(folder: Path) -> None:
    (folder / "accounts.csv").write_text("name\nAcme\n")
    with pytest.raises(UnreadableSource, match="no column 'id'"):
        World.open(folder).directory()


def test_unknown_columns_are_kept(folder: Path) -> None:
    assert World.open(folder).directory().accounts == [{"id": "a1", "name": "Acme", "custom": {"colour": "red"}}]


def test_rows_that_cannot_be_read_are_named_and_the_rest_goes_on(folder: Path) -> None:
    (folder / "users.csv").write_bytes(
        b"id,name,leaves_at\nu1,Ann,\n,Bob,\nu2,\xff,\nu3,Cy,2026-01-05\nu1,Dan,\nu4,E,,x\nu5,Eve,\n"
    )
    (folder / "stages.csv").write_text("name\nopen\n")
    world = World.open(folder)
    assert [row["id"] for row in world.directory().users] == ["u1", "u5"]
    told = [(one.file, one.line, one.field) for one in world.rejects]
    assert told == [
        ("users.csv", 3, "id"),
        ("users.csv", 4, "name"),
        ("users.csv", 5, "leaves_at"),
        ("users.csv", 6, "id"),
        ("users.csv", 7, ""),
        ("stages.csv", 1, "stage"),
    ]


def test_a_record_keeps_its_fields_and_its_times(folder: Path) -> None:
    write_lines(
        folder / "calls.jsonl",
        {"id": 7, "at": "2026-01-02T10:00:00+01:00", "started_at": "2026-01-02T08:50:00Z", "status": "busy"},
    )
    write_lines(folder / "crm.jsonl", {"id": "x", "at": "2026-01-02T09:00:00Z", "account_id": "a1", "new": 1})
    call, event = sorted(World.open(folder).records(), key=lambda one: one.stream)
    assert (call.source, call.source_id, call.at) == ("phone", "7", moment("2026-01-02T09:00:00"))
    assert call.occurred_at == moment("2026-01-02T08:50:00")
    assert (event.source, event.account_id, event.fields) == ("crm", "a1", {"new": 1})
    assert event.occurred_at == event.at


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (b'{"id": "x", "at": "2026-01-02T09:00:00"}', "at"),
        (b'{"id": "x", "at": "2026-01-02T09:00:00Z", "occurred_at": "yesterday"}', "occurred_at"),
        (b'{"at": "2026-01-02T09:00:00Z"}', "id"),
        (b'{"id": "x", "at": "2026-01-02T09:00:00Z", "deleted": "yes"}', "deleted"),
        (b'{"id": "x", "at": "2026-01-02T09:00:00Z", "account_id": ["a1"]}', "account_id"),
        (b'{"id": "x", "at": "2026-01-02T09:00:00Z", "text": "\xff"}', ""),
        (b'["x"]', ""),
        (b'{"id": "x"', ""),
    ],
)
def test_a_line_that_cannot_be_read_is_a_reject(folder: Path, row: bytes, field: str) -> None:
    good = b'{"id": "y", "at": "2026-01-02T09:00:00Z"}'
    (folder / "crm.jsonl").write_bytes(row + b"\n" + good + b"\n")
    world = World.open(folder)
    assert [one.source_id for one in world.ordered()] == ["y"]
    assert [(one.file, one.line, one.field) for one in world.rejects] == [("crm.jsonl", 1, field)]
    assert world.rejects[0].reason


def test_reading_twice_tells_of_each_reject_once(folder: Path) -> None:
    (folder / "crm.jsonl").write_text("{}\n")
    world = World.open(folder)
    list(world.records())
    list(world.records())
    assert len(world.rejects) == 1


def test_records_come_in_the_order_in_which_they_could_be_known(folder: Path) -> None:
    rows = [("c", "2026-01-03", "2026-01-03"), ("b", "2026-01-03", "2026-01-02"), ("a", "2026-01-02", None)]
    write_lines(
        folder / "crm.jsonl",
        *({"id": key, "at": f"{at}T00:00:00Z", "occurred_at": on and f"{on}T00:00:00Z"} for key, at, on in rows),
    )
    write_lines(folder / "forms.jsonl", {"id": "b", "at": "2026-01-03T00:00:00Z"})
    ordered = World.open(folder).ordered()
    assert [(one.stream, one.source_id) for one in ordered] == [
        ("crm", "a"), ("crm", "b"), ("crm", "c"), ("forms", "b"),
    ]  # fmt: skip


def test_a_packed_file_that_breaks_off_gives_what_it_has(folder: Path) -> None:
    rows = [{"id": str(number), "at": "2026-01-02T09:00:00Z", "x": number * 7919} for number in range(5000)]
    packed = gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())
    (folder / "crm.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    world = World.open(folder)
    read = [one.source_id for one in world.ordered()]
    assert 100 < len(read) < 5000
    assert set(read) == {str(number) for number in range(len(read))}
    (reject,) = world.rejects
    assert (reject.file, reject.line) == ("crm.jsonl.gz", len(read) + 1)
    assert "breaks off" in reject.reason


def test_one_stream_in_two_forms_is_refused(folder: Path) -> None:
    (folder / "crm.jsonl").write_text("")
    (folder / "crm.jsonl.gz").write_bytes(gzip.compress(b""))
    with pytest.raises(UnreadableSource, match="keep one"):
        World.open(folder).ordered()


def test_a_very_long_text_is_cut_and_the_cut_is_noted(folder: Path) -> None:
    write_lines(folder / "emails.jsonl", {"id": "m", "at": "2026-01-02T09:00:00Z", "text": "x" * 3_000_000, "to": []})
    (record,) = World.open(folder).ordered()
    assert len(record.fields["text"]) == 1024 * 1024
    assert record.fields["cut"] == {"text": 3_000_000}


def test_the_truth_is_not_read(folder: Path) -> None:
    (folder / "outcomes.csv").write_bytes(b"\xff\xff broken")
    world = World.open(folder)
    world.directory()
    assert world.ordered() == []
    assert world.rejects == []


def test_without_a_coverage_file_a_source_is_seen_from_its_first_record(folder: Path) -> None:
    write_lines(
        folder / "emails.jsonl",
        {"id": "1", "at": "2026-01-09T00:00:00Z", "occurred_at": "2026-01-04T00:00:00Z"},
        {"id": "2", "at": "2026-01-08T00:00:00Z"},
    )
    (stretch,) = World.open(folder).coverage()
    begins = moment("2026-01-04")
    assert stretch == ("email", "", begins, moment("2026-03-01"), begins)


def test_a_hole_that_was_read_back_is_seen_from_then_on(folder: Path) -> None:
    (folder / "users.csv").write_text("id,email\nu1,ann@seller.example\nu2,bob@seller.example\n")
    (folder / "coverage.csv").write_text(
        "source,user_id,visible_from,visible_until\n"
        "email,u1,2026-01-01T00:00:00Z,2026-01-10T00:00:00Z\nemail,u1,2026-01-20T00:00:00Z,\n"
        "email,u2,2026-01-01T00:00:00Z,2026-01-10T00:00:00Z\nemail,u2,2026-01-20T00:00:00Z,\n"
    )
    write_lines(
        folder / "emails.jsonl",
        {"id": "1", "at": "2026-01-22T00:00:00Z", "occurred_at": "2026-01-12T00:00:00Z",
         "mailbox": "Ann@seller.example"},
        {"id": "2", "at": "2026-01-21T00:00:00Z", "occurred_at": "2026-01-13T00:00:00Z", "user_id": "u1"},
        {"id": "3", "at": "2026-01-11T00:00:00Z", "occurred_at": "2026-01-11T00:00:00Z", "user_id": "u2"},
    )  # fmt: skip
    told = World.open(folder).coverage()
    filled = [one for one in told if one.known_at > one.visible_from]
    assert filled == [("email", "u1", moment("2026-01-10"), moment("2026-01-20"), moment("2026-01-21"))]
    assert len(told) == 5
