"""A source that is frozen for two days: no absence is claimed to a customer meanwhile, and nothing is lost after."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.worlds import EndState, end_state, frozen, query, run

CHANNELS = {"email": "email", "phone": "call"}
OUTWARD = {"send_email", "message", "meeting", "call_card"}
ITEMS = """
    SELECT t.signal, t.verified, json_extract(t.action, '$.kind'), e.channels
    FROM tenure_item t JOIN tenure_expectation e ON e.id = t.expectation_id
    WHERE t.delivered_at >= ? AND t.delivered_at < ?"""


@pytest.fixture(scope="module")
def twin(world: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, EndState]:
    folder = tmp_path_factory.mktemp("twin")
    run(world, folder)
    return folder / "replay.db", end_state(folder / "replay.db")


@pytest.mark.parametrize(
    ("source", "stream", "begins"),
    [
        ("email", "emails", datetime(2025, 11, 4, 7, tzinfo=UTC)),
        ("phone", "calls", datetime(2026, 2, 3, 7, tzinfo=UTC)),
    ],
)
def test_a_frozen_source(
    world: Path, twin: tuple[Path, EndState], tmp_path: Path, source: str, stream: str, begins: datetime
) -> None:
    ends = begins + timedelta(days=2)
    run(frozen(world, tmp_path / "world", source, stream, begins, ends), tmp_path)
    blind = about(tmp_path / "replay.db", source, begins, ends)
    assert [x for x in blind if x[1] or x[2] in OUTWARD] == []
    assert [x for x in blind if x[2] == "task"]
    state = end_state(tmp_path / "replay.db")
    assert state.doubled == []
    assert state.differences(twin[1]) == []


def about(database: Path, source: str, begins: datetime, ends: datetime) -> list[tuple[Any, ...]]:
    """The items delivered between two moments about an absence that `source` would show."""
    rows = query(database, ITEMS, f"{begins:%F %T}", f"{ends:%F %T}")
    return [x for x in rows if f'"{CHANNELS[source]}"' in x[3]]
