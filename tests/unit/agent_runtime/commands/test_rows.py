"""A call list with a mapping goes into the database once, however often it is read."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select

from agent_runtime.commands import rows
from agent_runtime.commands.rows import import_rows
from agent_runtime.errors import BadInput
from agent_runtime.ingest.service import Ingest
from agent_runtime.installation import Installation
from agent_runtime.playbook import load
from agent_runtime.settings import Settings
from memory.records import Account, Activity, Handle, Reject
from tests.unit.agent_runtime.connectors.house import KEY, HandClock
from tests.unit.tools.exports.test_mapped import MAPPING, ROWS
from tests.unit.tools.hands import Hands
from tools.base import SourceRecord
from tools.exports.mapped import read_mapped


@pytest.fixture
def installation(sqlite_engine: Engine) -> Installation:
    with sqlite_engine.begin() as connection:
        connection.execute(insert(Account), {"id": "a1", "name": "Them", "provisional": False, "custom": {}})
        known = {"kind": "phone", "value": "+4930999001", "account_id": "a1", "contact_id": ""}
        connection.execute(insert(Handle), known)
    return Installation(Settings(), sqlite_engine, KEY, load("b2b_sales"))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "m.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "c.csv").write_text(ROWS + "02.03.2026 09:20:00;1;2;HOLD;0\n", encoding="utf-8")
    return tmp_path / "c.csv", tmp_path / "m.toml"


def test_rows_are_taken_and_a_second_time_changes_nothing(installation: Installation, files: tuple[Path, Path]) -> None:
    clock = HandClock(Hands())
    first = import_rows(installation, *files, clock)
    clock.hands.on(days=3)
    second = import_rows(installation, *files, clock)
    assert (first["read"], first["added"], first["rejected"]) == (3, 2, 1)
    assert (second["added"], second["revised"], second["duplicated"]) == (0, 0, 2)
    assert first["rejects"][0]["line"] == 4
    activity, reject = Activity.__table__, Reject.__table__  # type: ignore[attr-defined]
    with installation.engine.connect() as connection:
        told = connection.execute(select(activity.c.account_id, activity.c.data).order_by(activity.c.occurred_at)).all()
        assert connection.scalar(select(func.count()).select_from(reject)) == 1
    assert told[0].account_id == "a1"
    assert told[0].data["from"] == "+4930999001"


def test_what_cannot_be_used_is_said_and_nothing_is_written(
    installation: Installation, files: tuple[Path, Path], tmp_path: Path
) -> None:
    for file, mapping in ((tmp_path / "none.csv", files[1]), (files[0], tmp_path / "none.toml")):
        with pytest.raises(BadInput):
            import_rows(installation, file, mapping, HandClock(Hands()))


class Killed(Exception):
    """The process ends here."""


class Mortal(HandClock):
    """A clock whose process ends when it is looked at so often."""

    def __init__(self, hands: Hands, looks: int) -> None:
        super().__init__(hands)
        object.__setattr__(self, "left", iter(range(looks)))

    def now(self) -> datetime:
        """The time, as long as the process lives."""
        if next(self.left, None) is None:  # type: ignore[attr-defined]
            raise Killed
        return super().now()


def test_killed_at_every_batch_and_begun_again_it_ends_as_whole(
    installation: Installation, tmp_path: Path, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "BATCH", 2)
    lines = [f"02.03.2026 10:{minute:02}:00;030 999001;030 12345670;BUSY;0" for minute in range(9)]
    (tmp_path / "c.csv").write_text(f"{ROWS}02.03.2026 09:20:00;1;2;HOLD;0\n" + "\n".join(lines) + "\n", "utf-8")
    for looks in range(1, 14):
        with pytest.raises(Killed):
            import_rows(installation, *files, Mortal(Hands(), looks))
    last = import_rows(installation, *files, HandClock(Hands()))
    assert (last["read"], last["rejected"]) == (12, 1)
    activity, reject = Activity.__table__, Reject.__table__  # type: ignore[attr-defined]
    with installation.engine.connect() as connection:
        keys = connection.scalars(select(activity.c.source_id).where(activity.c.current)).all()
        assert connection.scalar(select(func.count()).select_from(reject)) == 1
    assert len(keys) == len(set(keys)) == 11


def test_a_file_is_never_held_as_a_whole(
    installation: Installation, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "BATCH", 1)
    seen = list[int]()
    take = Ingest.take

    def watched(ingest: Any, connection: Any, records: Any, now: Any) -> Any:
        seen.append(handed)
        return take(ingest, connection, records, now)

    handed = 0

    def counted(*how: Any) -> Iterator[SourceRecord]:
        nonlocal handed
        for record in read_mapped(*how):
            handed += 1
            yield record

    monkeypatch.setattr(Ingest, "take", watched)
    monkeypatch.setattr(rows, "read_mapped", counted)
    import_rows(installation, *files, HandClock(Hands()))
    assert seen == [1, 2]
