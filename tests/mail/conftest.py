"""Real mail servers for the tests of this folder: started once, emptied for each test."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import Engine

from tests.mail.office import Office
from tests.mail.servers import MailServers, missing, started, stopped


@pytest.fixture(scope="session")
def servers() -> Iterator[MailServers]:
    """Dovecot and Postfix; without them the test is skipped here and fails where CI is set."""
    why = missing()
    if why and os.environ.get("CI"):
        pytest.fail(f"mail servers are needed here: {why}")
    if why:
        pytest.skip(f"no mail servers: {why}")
    # Not below pytest's own folder: into that one no other user may look, and mail is delivered by another one.
    folder = Path(mkdtemp(prefix="tenure-mail-"))
    folder.chmod(0o755)
    running = started(folder)
    yield running
    stopped(running)


@pytest.fixture
def office(servers: MailServers, sqlite_engine: Engine, tmp_path: Path) -> Office:
    """The firm with Lea's mailbox connected, before any mail."""
    servers.empty()
    return Office.opened(servers, sqlite_engine, tmp_path)
