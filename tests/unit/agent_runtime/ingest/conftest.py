"""A small company in a database that holds only what ingest writes."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from agent_runtime import jobs
from memory import merge, records, tombstones
from tests.unit.agent_runtime.ingest.company import Company

TABLES = {
    model.__table__: None
    for module in (records, merge, tombstones, jobs)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, SQLModel) and hasattr(model, "__table__")
}


@pytest.fixture
def company() -> Iterator[Company]:
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine, tables=list(TABLES))
    with engine.begin() as connection:
        yield Company(connection)
