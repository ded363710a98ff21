"""What the tests of the mailbox, the dispatcher and the workers share."""

import pytest
from sqlalchemy import Engine


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An empty database of each kind."""
    engine: Engine = request.getfixturevalue(request.param)
    return engine
