"""An export folder as a whole: its files are recognised one by one, and read as a world."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tools.base import Rejected, SourceRecord, UnreadableSource
from tools.exports.cdr import read_calls
from tools.exports.gathered import Gathered
from tools.exports.lists import List, read_list
from tools.exports.mbox import read_mbox
from tools.exports.snapshots import take_lists
from tools.world import Directory, World, WorldSettings
from tools.world.tables import Row

MAILBOXES = frozenset({".mbox", ".mbx"})
# How customers are mostly answered: where an export has neither mails nor calls, that must not be taken for silence.
SOURCES = ("email", "phone")
MORNING = time(7, 0)
SATURDAY = 5


class Export(World):
    """An export, read once at its opening. `gathered` tells what each file was and what had to be assumed."""

    def __init__(self, path: Path, settings: WorldSettings, gathered: Gathered, rejects: list[Rejected]) -> None:
        super().__init__(path, settings)
        self.gathered = gathered
        for one in rejects:
            self._reject(one)

    @classmethod
    def read(cls, path: Path, zone: str, region: str) -> "Export":
        """Reads the folder; times without an offset were written in `zone`, national phone numbers in `region`.

        Raises UnreadableSource in one line where nothing in it is known.
        """
        if not path.is_dir():
            raise UnreadableSource(f"{path} is not a folder: nothing was read.")
        rejects: list[Rejected] = []
        try:
            gathered = Gathered(ZoneInfo(zone), rejects.append)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise UnreadableSource(f"There is no time zone {zone!r}: nothing was read.") from None
        _read_files(path, gathered)
        if not gathered.records:
            raise UnreadableSource(_nothing(path, gathered))
        _finish(gathered)
        return cls(path, _settings(path, gathered, zone, region), gathered, rejects)

    def directory(self) -> Directory:
        """Who is who, as the lists tell it."""
        return self.gathered.people.directory

    def records(self) -> Iterator[SourceRecord]:
        """Every record, file by file."""
        yield from self.gathered.records


def _read_files(path: Path, gathered: Gathered) -> None:
    files = sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith("."))
    lists: list[List] = []
    for file in files:
        if file.suffix.lower() == ".csv":
            if (found := read_list(file, gathered)) is not None:
                lists.append(found)
            elif not read_calls(file, gathered):
                gathered.reject(Rejected(file.name, 1, "", "the headings are those of no list that is known"))
        elif file.suffix.lower() not in MAILBOXES:
            gathered.reject(Rejected(file.name, 0, "", "not a .csv or .mbox file; it was not read"))
    take_lists(lists, gathered)
    for file in files:
        if file.suffix.lower() in MAILBOXES:
            read_mbox(file, gathered)


def _nothing(path: Path, gathered: Gathered) -> str:
    if gathered.read:
        return f"{path} has files that are known, and not one deal, mail or call in them: nothing was read."
    return (
        f"{path} has no world.toml, no list of deals (CSV of HubSpot, Salesforce or Pipedrive), no .mbox and no call "
        "list: nothing was read."
    )


def _finish(gathered: Gathered) -> None:
    directory = gathered.people.directory
    gathered.people.fill_domains()
    rows = enumerate(gathered.categories.items(), 1)
    directory.stages = [{"stage": stage, "order": n, "category": kind, "custom": {}} for n, (stage, kind) in rows]
    directory.coverage = list(_coverage(gathered))


def _coverage(gathered: Gathered) -> Iterator[Row]:
    """What the files show, and a stretch of no length for what they cannot show at all."""
    start = min(record.at for record in gathered.records)
    for source in SOURCES:
        if source == "email" and gathered.holders:
            for row in gathered.people.directory.users:
                yield _stretch("email", row["id"], *gathered.holders.get(row["id"], (start, start)))
        else:
            yield _stretch(source, "", *gathered.seen.get(source, (start, start)))
    if seen := gathered.seen.get("crm"):
        yield _stretch("crm", "", *seen)


def _stretch(source: str, user: str, begins: datetime, ends: datetime) -> Row:
    row: Row = {"source": source, "visible_from": begins, "visible_until": ends, "custom": {}}
    return row | ({"user_id": user} if user else {})


def _settings(path: Path, gathered: Gathered, zone: str, region: str) -> WorldSettings:
    directory = gathered.people.directory
    # Whoever calls a number of the company may be a customer; without a list of accounts, whoever writes as well.
    intake = [*([] if directory.accounts else gathered.own_addresses), *gathered.own_numbers]
    times = [record.at for record in gathered.records]
    return WorldSettings(
        title=path.resolve().name,
        start=min(times) - timedelta(minutes=1),
        end=_next_morning(max(times), gathered.zone),
        timezone=zone,
        currency=_currency(gathered),
        default_region=region,
        business_hours="Mon-Fri 09:00-17:00",
        holidays=None,
        own_domains=(),
        intake=tuple(dict.fromkeys(one.lower() for one in intake)),
        fallback_owner=None,
        fallback_manager=None,
        note="",
    )


def _next_morning(moment: datetime, zone: ZoneInfo) -> datetime:
    """The first morning of a working day after the last record: then the last of it has been looked at."""
    day = moment.astimezone(zone).date() + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)


def _currency(gathered: Gathered) -> str:
    told = [record.fields["currency"] for record in gathered.records if record.fields.get("currency")]
    return max(sorted(set(told)), key=told.count, default="")
