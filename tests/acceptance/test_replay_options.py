"""Options and folders that cannot be used: one clear line, exit code 2, nothing written."""

import sqlite3
import sys
from pathlib import Path

import pytest

from agent_runtime.cli import EXIT_BAD_INPUT, main

HEAD = 'start = 2026-01-01T00:00:00Z\nend = 2026-01-03T00:00:00Z\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n'


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A world of one account, in which nothing happens."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "world.toml").write_text(HEAD)
    (folder / "accounts.csv").write_text("id,name\na1,Acme\n")
    return folder


def called(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["tenure", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(stopped.value.code or 0)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(x): x.read_bytes() if x.is_file() else b"" for x in folder.rglob("*")}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--approve", "some"], "no way to approve"),
        (["--approve", "first:-1"], "no way to approve"),
        (["--until", "tomorrow"], "no time"),
        (["--pause-sweeps", "2026-01-01"], "FROM..TO"),
        (["--pause-sweeps", "2026-01-02..2026-01-01"], "ends before it begins"),
        (["--scores", "hourly"], "no way to write scores"),
        (["--resume"], "--db"),
        (["--resume", "--db", "missing.db"], "missing.db is missing"),
        (["--db", "old.db"], "old.db exists already"),
        (["--resume", "--db", "text.db"], "no SQLite database"),
        (["--resume", "--db", "foreign.db"], "holds no replay"),
        (["--db", "nowhere/new.db"], "no folder"),
        (["--playbook", "unknown"], "unknown"),
    ],
)
def test_options_that_cannot_be_used(
    tiny: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(tiny.parent)
    Path("old.db").write_bytes(b"")
    Path("text.db").write_text("This is no database.")
    with sqlite3.connect("foreign.db") as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    connection.close()
    before = everything(tiny.parent)
    assert called(monkeypatch, "replay", tiny, "--out", "out", *options) == EXIT_BAD_INPUT
    written = capsys.readouterr()
    assert written.out == ""
    assert told in " ".join(written.err.split())
    assert "Traceback" not in written.err
    assert everything(tiny.parent) == before


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda folder: (folder / "world.toml").unlink(), "world.toml is missing"),
        (lambda folder: (folder / "world.toml").write_text("start = "), "world.toml cannot be read"),
        (lambda folder: (folder / "accounts.csv").unlink(), "accounts.csv is missing"),
        (lambda folder: (folder / "accounts.csv").write_text("name\nAcme\n"), "no column"),
    ],
)
@pytest.mark.parametrize("command", ["replay", "import"])
def test_folders_that_are_no_world(
    tiny: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    damage: object,
    told: str,
    command: str,
) -> None:
    assert callable(damage)
    damage(tiny)
    monkeypatch.chdir(tiny.parent)
    before = everything(tiny.parent)
    options = ["--out", "out", "--db", "new.db"] if command == "replay" else ["--db", "new.db"]
    assert called(monkeypatch, command, tiny, *options) == EXIT_BAD_INPUT
    assert told in capsys.readouterr().err
    assert everything(tiny.parent) == before


def test_another_world_is_not_gone_on_with(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tiny.parent)
    assert called(monkeypatch, "replay", tiny, "--out", "out", "--db", "new.db", "--json") == 0
    (tiny / "world.toml").write_text(f'title = "Another"\n{HEAD}')
    before = Path("new.db").read_bytes()
    assert called(monkeypatch, "replay", tiny, "--out", "out", "--db", "new.db", "--resume") == EXIT_BAD_INPUT
    assert "another world" in capsys.readouterr().err
    assert Path("new.db").read_bytes() == before
