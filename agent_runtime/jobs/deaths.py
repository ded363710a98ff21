"""Which accounts were being run when a worker died: one whose run kills its process every time is to be held back."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from zlib import crc32

from sqlalchemy import Connection, Table, delete, select

from agent_runtime.jobs.mailbox import Checkpoint, checkpoint, set_checkpoint

# So many deaths without a run that ended between them, and the account is held back.
MOST_DEATHS = 3
# Deaths further apart than this have nothing to do with each other.
_FORGOTTEN_AFTER = timedelta(days=1)
_LONGEST_REST = timedelta(days=1)
# The length of a place in the file, in bytes: longer than any id of ours.
_PLACE = 512
_SUFFIX = ".hand"
_NAME = "deaths:"
_checkpoint: Table = Checkpoint.__table__  # type: ignore[attr-defined]


class InHand:
    """A locked file in `folder` with the accounts that this process is running; whoever finds it free reads it.

    A file and not the database, because the note is made twice for each run and must outlast the process alone.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        self._folder = folder
        self._threads = threads
        self._places: SimpleQueue[int] = SimpleQueue()
        self._descriptor = -1
        self._path = folder

    def open(self, executor_id: str) -> None:
        """Begins the file of this process."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path = self._folder / f"{executor_id}{_SUFFIX}"
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._places = SimpleQueue()
        for place in range(self._threads):
            self._places.put(place)

    def close(self) -> None:
        """Takes the file away; nothing is running any more."""
        if self._descriptor >= 0:
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = -1

    @contextmanager
    def holding(self, account_id: str) -> Iterator[None]:
        """Notes the account for as long as it is run."""
        place = self._places.get()
        self._write(place, account_id)
        try:
            yield
        finally:
            self._write(place, "")
            self._places.put(place)

    def left_behind(self) -> list[str]:
        """The accounts that dead workers on this machine were running; each is told once."""
        return [account for path in sorted(self._folder.glob(f"*{_SUFFIX}")) for account in _left_in(path)]

    def _write(self, place: int, account_id: str) -> None:
        os.pwrite(self._descriptor, account_id.encode()[:_PLACE].ljust(_PLACE, b"\0"), place * _PLACE)


def note(connection: Connection, account_id: str, now: datetime) -> int:
    """Counts a death in a run of the account; gives how many there were with no ended run between them."""
    name = _NAME + account_id
    found = checkpoint(connection, name)
    recent = found is not None and now - datetime.fromisoformat(found["at"]) < _FORGOTTEN_AFTER
    count = 1 + (int(found["count"]) if found is not None and recent else 0)
    set_checkpoint(connection, name, {"count": count, "at": now.isoformat()})
    return count


def suspects(connection: Connection) -> set[str]:
    """The accounts in whose run a process died, and whose run has not ended since."""
    names = connection.scalars(select(_checkpoint.c.name).where(_checkpoint.c.name.startswith(_NAME)))
    return {name.removeprefix(_NAME) for name in names}


def clear(connection: Connection, account_id: str) -> None:
    """A run of the account ended: what died before died of something else."""
    connection.execute(delete(_checkpoint).where(_checkpoint.c.name == _NAME + account_id))


def rest_after(account_id: str, deaths: int, first: timedelta) -> timedelta | None:
    """How long the account is held back after so many deaths, twice as long each time; None: it is run at once.

    Up to half as long again, by its name: one that was only beside a deadly one comes back without it.
    """
    if deaths < MOST_DEATHS:
        return None
    rest: timedelta = first * 2 ** min(deaths - MOST_DEATHS, 20)
    apart = 1 + crc32(account_id.encode()) % 1000 / 2000
    return min(rest * apart, _LONGEST_REST)


def _left_in(path: Path) -> list[str]:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return []
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_nlink == 0:
            return []  # somebody else has just told it
        text = os.read(descriptor, os.fstat(descriptor).st_size)
        path.unlink()
    except BlockingIOError:
        return []  # it works
    finally:
        os.close(descriptor)
    places = (text[start : start + _PLACE] for start in range(0, len(text), _PLACE))
    return [account for place in places if (account := place.rstrip(b"\0").decode(errors="replace"))]
