"""What reads much is read once in ten minutes, for each reader by themselves."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, true

from agent_runtime.permissions import Reach, within
from agent_runtime.web.measured import LASTS, Kept, Measured, measure
from memory.records import Account
from tests.unit.agent_runtime.app.office import NOW, Office, opened


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    """A small company."""
    with opened(sqlite_engine, tmp_path) as found:
        yield found


def measured(
    office: Office, kept: Kept[Measured], key: str, minutes: float = 0, *, anna_only: bool = False
) -> Measured:
    reach = Reach(everything=False, own=frozenset({"anna"}))
    clause = within(reach, Account.__table__.c) if anna_only else true()  # type: ignore[attr-defined]
    now = NOW + timedelta(minutes=minutes)
    with office.engine.connect() as connection:
        company = office.installation.company(connection, now)
        return kept.of(key, now, lambda: measure(connection, company, clause, now))


def test_it_is_kept_for_a_while(office: Office) -> None:
    kept = Kept[Measured]()
    first = measured(office, kept, "ada")
    assert (first.accounts, first.left_out) == (7, 0)
    assert measured(office, kept, "ada", 9) is first
    later = measured(office, kept, "ada", LASTS / timedelta(minutes=1))
    assert later is not first
    assert later.at == NOW + LASTS


def test_each_reader_has_their_own(office: Office) -> None:
    kept = Kept[Measured]()
    everything = measured(office, kept, "ada")
    own = measured(office, kept, "anna", anna_only=True)
    assert set(own.names) < set(everything.names)
    assert measured(office, kept, "ada") is everything
