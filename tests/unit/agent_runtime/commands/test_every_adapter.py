"""What holds for each adapter that is registered: how it presents itself, is looked at, connected, read and let go."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Table, create_engine, select

from agent_runtime.clock import SystemClock
from agent_runtime.commands.connecting import connect_command, disconnect_command, sync_command
from agent_runtime.connectors import service
from agent_runtime.connectors.models import ConnectedSystem
from agent_runtime.connectors.registry import HOUSE, adapter_of
from agent_runtime.installation import open_installation
from agent_runtime.settings import load
from tests.unit.agent_runtime.commands.stands import STANDS, Stand, standing

_connection: Table = ConnectedSystem.__table__  # type: ignore[attr-defined]
Standing = tuple[str, Stand]


@pytest.fixture(params=sorted(HOUSE))
def stand(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, Stand]]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("TENURE_EMBEDDER", "none")
    with standing(request.param) as found:
        yield request.param, found


def test_each_has_a_stand_in() -> None:
    assert set(HOUSE) == STANDS


@pytest.mark.parametrize("name", sorted(HOUSE))
def test_it_says_where_its_credential_is_made_what_it_does_and_how_to_undo(name: str) -> None:
    adapter = adapter_of(name)
    assert len(adapter.page) > 10
    assert len(adapter.reads) > 20
    assert adapter.writes.startswith("nothing")
    assert f"tenure disconnect {name}" in adapter.undo
    # Whatever can be undone by taking it back is promised, and nothing else.
    goes_back = adapter.writer is not None and "cannot be taken back" not in adapter.undo
    assert ("--remove-written" in adapter.undo) == (goes_back or adapter.drafts is not None)
    asks = {one.name: one for one in adapter.asks}
    assert any(one.secret for one in asks.values()) or name == "ics"
    may_write = adapter.writer or adapter.notifier or adapter.drafts
    assert bool(may_write) == any(one.startswith("write_") for one in asks)
    assert not any(one.needed for key, one in asks.items() if key.startswith("write_"))


def test_it_is_looked_at_connected_read_and_let_go(
    stand: Standing, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    name, how = stand
    given = [f"{key}={value}" for key, value in how.answers.items()]
    connect_command(name, given, how.since, dry_run=True, sure=True, reach=how.reach)
    looked = capfd.readouterr().out
    for word in ("  reads   ", "  writes  ", "  undo    ", "So it would be taken", "Nothing was kept."):
        assert word in looked
    connect_command(name, given, how.since, dry_run=False, sure=True, reach=how.reach)
    secrets = {one.name for one in adapter_of(name).asks if one.secret}
    stored = _stored(tmp_path, name)
    assert set(stored) == secrets & set(how.answers)
    assert all(value.startswith("sealed:") for value in stored.values())
    sync_command(name, full=False, as_json=False, reach=how.reach)
    read = capfd.readouterr()
    assert "read until" in read.out
    assert "not taken" in read.err
    assert "connected. Everything was read." in read.out
    disconnect_command(name, remove_written=True, reach=how.reach)
    gone = capfd.readouterr().out
    assert "Nothing was written there." in gone
    assert _stored(tmp_path, name) == {}
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for key in secrets & set(how.answers):
        assert how.answers[key].encode() not in files
        assert how.answers[key] not in looked + read.out + read.err + gone


def test_what_reads_does_not_write(stand: Standing, tmp_path: Path) -> None:
    """Without a credential of its own there is nothing that writes, tells or keeps drafts."""
    name, how = stand
    installation = open_installation(load())
    means = service.Means(installation.settings, installation.install_key, SystemClock(), transport=how.reach)
    with installation.engine.begin() as connection:
        made = service.connect(connection, means, name, how.answers, SystemClock().now(), "ops")
    assert (made.writer(), made.notifier(), made.drafts()) == (None, None, None)
    made.close()
    installation.engine.dispose()


def _stored(folder: Path, name: str) -> dict[str, str]:
    engine = create_engine(f"sqlite:///{folder / 'var' / 'tenure.db'}")
    with engine.connect() as connection:
        found: dict[str, str] = connection.scalar(select(_connection.c.secrets).where(_connection.c.name == name)) or {}
    engine.dispose()
    return found
