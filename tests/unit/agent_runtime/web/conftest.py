"""A small company behind the pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from agent_runtime.users import service as users
from tests.unit.agent_runtime.app.office import NOW, PASSWORD, Office, opened


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    """The company; Anna has a password."""
    with opened(sqlite_engine, tmp_path) as found:
        with sqlite_engine.begin() as connection:
            users.set_password(connection, "anna", SecretStr(PASSWORD), NOW)
        yield found
