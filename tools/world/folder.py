"""The world folder as a whole: opened once, checked, and read without ever being changed."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from tools.base import Rejected, SourceRecord, UnreadableSource
from tools.world.coverage import Stretch, stretches
from tools.world.lines import SOURCES, read_lines
from tools.world.settings import WorldSettings, read_settings
from tools.world.tables import TABLES, Directory, read_table


class World:
    """A folder of exported files. The truth of outcomes.csv is for scoring and is not read here."""

    def __init__(self, path: Path, settings: WorldSettings) -> None:
        self.path = path
        self.settings = settings
        self._rejects: dict[Rejected, None] = {}

    @classmethod
    def open(cls, path: Path | str) -> "World":
        """Opens the folder and reads its head; UnreadableSource in one line where that cannot be done."""
        folder = Path(path)
        if not folder.is_dir():
            raise UnreadableSource(f"{folder} is not a folder: nothing was read.")
        settings = read_settings(folder)
        if not (folder / "accounts.csv").is_file():
            raise UnreadableSource(f"{folder / 'accounts.csv'} is missing: a world folder needs it.")
        return cls(folder, settings)

    @property
    def rejects(self) -> list[Rejected]:
        """What could not be read so far, each thing once, in the order in which it was met."""
        return list(self._rejects)

    def directory(self) -> Directory:
        """The rows of the .csv files."""
        return self._directory

    def records(self) -> Iterator[SourceRecord]:
        """Every readable record as a stream, file by file, in the order of the files."""
        for stem in SOURCES:
            yield from read_lines(self.path, stem, self._reject)

    def ordered(self) -> list[SourceRecord]:
        """Every readable record in the order in which it could be known: at, occurred_at, stream, source_id.

        Revisions of one moment keep the order of their file.
        """
        return self._ordered

    def coverage(self) -> list[Stretch]:
        """What can be seen, in a fixed order."""
        directory = self.directory()
        addresses = {row["id"]: row.get("email", "") for row in directory.users}
        return stretches(directory.coverage, self._ordered, self.settings, addresses)

    @cached_property
    def _directory(self) -> Directory:
        return Directory(**{stem: read_table(self.path, stem, self._reject) for stem in TABLES})

    @cached_property
    def _ordered(self) -> list[SourceRecord]:
        return sorted(self.records(), key=lambda one: (one.at, one.occurred_at, one.stream, one.source_id))

    def _reject(self, rejected: Rejected) -> None:
        self._rejects[rejected] = None
