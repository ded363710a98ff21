"""An office for each test of the application."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from agent_runtime import db
from tests.unit.agent_runtime.app.office import Office, opened


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    """A small company on SQLite."""
    with opened(sqlite_engine, tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One company for all tests of a file that change nothing in it."""
    folder = tmp_path_factory.mktemp("house")
    engine = db.make_engine(f"sqlite:///{shutil.copyfile(sqlite_template, folder / 'tenure.db')}")
    with opened(engine, folder) as found:
        yield found
    engine.dispose()


@pytest.fixture
def postgres_office(postgres_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    """The same on PostgreSQL."""
    with opened(postgres_engine, tmp_path) as found:
        yield found
