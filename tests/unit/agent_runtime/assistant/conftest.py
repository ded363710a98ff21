"""One desk for all tests of a file that only read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_runtime import db
from tests.unit.agent_runtime.assistant.desk import Desk, seated


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Three accounts with a year behind them; nothing may be written."""
    folder: Path = tmp_path_factory.mktemp("desk")
    engine = db.make_engine(f"sqlite:///{folder / 'desk.db'}")
    db.create_schema(engine)
    with engine.connect() as connection:
        yield seated(connection, 3)
    engine.dispose()
