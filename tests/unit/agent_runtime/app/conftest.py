"""An office for each test of the application."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.unit.agent_runtime.app.office import Office, opened


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    """A small company on SQLite."""
    with opened(sqlite_engine, tmp_path) as found:
        yield found


@pytest.fixture
def postgres_office(postgres_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    """The same on PostgreSQL."""
    with opened(postgres_engine, tmp_path) as found:
        yield found
