"""Small worlds for the acceptance tests: cut out of the demo world, changed as deliveries change, and compared."""

import csv
import gzip
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copytree
from typing import Any
from zlib import crc32

from agent_runtime.demo.generator import generate
from agent_runtime.ledger.policy import PART, WITHDRAWN
from agent_runtime.replay import Replay, ReplayOptions

Record = dict[str, Any]
Change = Callable[[str, list[Record]], Iterable[Record]]

# Of the demo world: deals that go well and badly, promises, a leaver's accounts, a mailbox that is blind for two
# weeks, small accounts of one rep; and of the callers and leads that nobody knows, one in so many.
EVERY_LARGE, EVERY_SMALL, EVERY_LEAD = 8, 16, 8
_ADDRESSES = ("email", "phone", "from")


@dataclass(frozen=True)
class EndState:
    """What a replay comes to, whatever order things became known in.

    `chains`: (account, kind, opportunity or key) → the outcome of the chain's last interaction, or "open".
    What turned out never to have begun, or to be part of another, is left out, like a retracted breach.
    `breaches`: (account, rule, due_at) of each breach that was not retracted, sorted; one entry a breach.
    """

    chains: dict[tuple[str, str, str], str]
    breaches: list[tuple[str, str, str]]

    def differences(self, other: "EndState") -> list[str]:
        """What is not the same in `other`, one line each."""
        names = sorted(x for x in self.chains | other.chains if self.chains.get(x) != other.chains.get(x))
        found = [f"{name}: {self.chains.get(name)} or {other.chains.get(name)}" for name in names]
        found += [f"only here: {x}" for x in self.breaches if x not in other.breaches]
        return found + [f"only there: {x}" for x in other.breaches if x not in self.breaches]

    @property
    def doubled(self) -> list[tuple[str, str, str]]:
        """Breaches that stand more than once."""
        return sorted({x for x, y in zip(self.breaches, self.breaches[1:], strict=False) if x == y})


def end_state(database: Path) -> EndState:
    """The end state that the ledger in a replay's database (SQLite) holds."""
    rows = query(
        database,
        "SELECT account_id, kind, key, coalesce(outcome, state) FROM tenure_interaction i WHERE NOT EXISTS"
        " (SELECT 1 FROM tenure_interaction n WHERE n.continues_id = i.id) AND coalesce(reason, '') NOT IN (?, ?)",
        PART,
        WITHDRAWN,
    )
    breaches = query(
        database,
        "SELECT b.account_id, b.rule, i.kind || ' ' || i.key || ' ' || b.due_at FROM tenure_breach b"
        " JOIN tenure_interaction i ON i.id = b.interaction_id WHERE b.retracted_at IS NULL",
    )
    chains = {(account, kind, key): state for account, kind, key, state in rows}
    assert len(chains) == len(rows), "a chain has two last rows"
    return EndState(chains, sorted((account, rule, due) for account, rule, due in breaches))


def demo_world(folder: Path, seed: int = 7) -> Path:
    """A generated company of 120 accounts."""
    generate(seed, folder)
    return folder


def small_world(folder: Path, *, seed: int = 7) -> Path:
    """About a dozen accounts and some strangers of the demo world, with all that was said to and by them."""
    whole = demo_world(folder.with_name(f"{folder.name}-whole"), seed)
    accounts, contacts = table(whole, "accounts"), table(whole, "contacts")
    large = [x["id"] for x in accounts if x["segment"] == "large"][::EVERY_LARGE]
    small = [x["id"] for x in accounts if x["segment"] != "large"][::EVERY_SMALL]
    return cut(whole, folder, {*large, *small}, contacts)


def cut(whole: Path, folder: Path, kept: set[str], contacts: list[dict[str, str]], *, strangers: bool = True) -> Path:
    """The accounts `kept` of a world, and one in EVERY_LEAD of the people who belong to no account, or none."""
    known = {address for x in contacts for address in addresses(x)}
    wanted = {address for x in contacts if x["account_id"] in kept for address in addresses(x)}

    def belongs(record: Record) -> bool:
        if record.get("account_id"):
            return record["account_id"] in kept
        named = {x for x in _people(record) if x}
        if named & known:
            return bool(named & wanted)
        lead = record.get("lead_id") or min(named, default="")
        return strangers and crc32(str(lead).encode()) % EVERY_LEAD == 0

    return changed(whole, folder, lambda _, records: [x for x in records if belongs(x)])


def addresses(row: dict[str, str]) -> set[str]:
    """The mail addresses and numbers of a contact."""
    return {x.strip().lower() for name in ("email", "phone") for x in row[name].split(";") if x.strip()}


def _people(record: Record) -> list[str]:
    """The address of the customer's side of a record."""
    if record.get("direction") == "outbound":
        to = record.get("to") or []
        return [str(x).lower() for x in (to if isinstance(to, list) else [to])]
    return [str(record.get(name) or "").lower() for name in _ADDRESSES]


def table(world: Path, stem: str) -> list[dict[str, str]]:
    """The rows of one .csv file of a world."""
    with (world / f"{stem}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_table(world: Path, stem: str, rows: list[dict[str, str]]) -> None:
    """Writes the rows of one .csv file."""
    with (world / f"{stem}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def changed(world: Path, folder: Path, change: Change) -> Path:
    """A copy of `world` in which each .jsonl file holds what `change(stem, records)` makes of it."""
    copytree(world, folder)
    for path in sorted(folder.glob("*.jsonl*")):
        packed = path.suffix == ".gz"
        content = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
        records = [json.loads(line) for line in content.splitlines()]
        path.unlink()
        text = "".join(json.dumps(x) + "\n" for x in change(path.name.partition(".")[0], records))
        (folder / f"{path.name.partition('.')[0]}.jsonl").write_text(text, encoding="utf-8")
    return folder


def twice(world: Path, folder: Path) -> Path:
    """Every record delivered two times."""
    return changed(world, folder, lambda _, records: [x for record in records for x in (record, record)])


def shuffled(world: Path, folder: Path, seed: int) -> Path:
    """Records of one second in another order, within each file."""
    chance = Random(seed)
    return changed(world, folder, lambda _, records: sorted(records, key=lambda x: (_second(x), chance.random())))


def _second(record: Record) -> datetime:
    return datetime.fromisoformat(record["at"]).replace(microsecond=0)


def late(world: Path, folder: Path, by: timedelta, which: Callable[[str, Record], bool] = lambda *_: True) -> Path:
    """Records known later than they happened."""

    def delay(stem: str, records: list[Record]) -> list[Record]:
        return [_delayed(stem, x, by) if which(stem, x) else x for x in records]

    return changed(world, folder, delay)


def _delayed(stem: str, record: Record, by: timedelta) -> Record:
    known = datetime.fromisoformat(record["at"])
    happened = record.get("occurred_at") or (record.get("started_at") if stem == "calls" else None) or record["at"]
    return record | {"at": (known + by).isoformat(), "occurred_at": happened}


def extended(world: Path, folder: Path, by: timedelta) -> Path:
    """The same world, watched for longer, with all that is visible to its end visible for longer too."""
    copytree(world, folder)
    head = (folder / "world.toml").read_text(encoding="utf-8")
    end = next(line for line in head.splitlines() if line.startswith("end"))
    before = end.partition("=")[2].strip().strip('"')
    after = (datetime.fromisoformat(before) + by).isoformat()
    (folder / "world.toml").write_text(head.replace(end, end.replace(before, after)), encoding="utf-8")
    rows = [
        x | {"visible_until": after if same_moment(x["visible_until"], before) else x["visible_until"]}
        for x in table(folder, "coverage")
    ]
    write_table(folder, "coverage", rows)
    return folder


def frozen(world: Path, folder: Path, source: str, stream: str, begins: datetime, ends: datetime) -> Path:
    """One source that gives nothing between two moments, and hands over what it held when it comes back."""

    def hold(stem: str, records: list[Record]) -> list[Record]:
        if stem != stream:
            return records
        held = [x for x in records if begins <= datetime.fromisoformat(x["at"]) < ends]
        return [_delayed(stem, x, ends - datetime.fromisoformat(x["at"])) if x in held else x for x in records]

    changed(world, folder, hold)
    rows = [part for row in table(folder, "coverage") for part in _interrupted(row, source, begins, ends)]
    write_table(folder, "coverage", rows)
    return folder


def _interrupted(row: dict[str, str], source: str, begins: datetime, ends: datetime) -> list[dict[str, str]]:
    first, last = (datetime.fromisoformat(row[name]) for name in ("visible_from", "visible_until"))
    if row["source"] != source or last <= begins or first >= ends:
        return [row]
    before, after = row | {"visible_until": begins.isoformat()}, row | {"visible_from": ends.isoformat()}
    return [*([before] if first < begins else []), *([after] if ends < last else [])]


def same_moment(one: str, other: str) -> bool:
    """Whether two times of a world are the same."""
    return bool(one) and datetime.fromisoformat(one) == datetime.fromisoformat(other)


def query(database: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """What a database (SQLite) holds, read only."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    rows = connection.execute(statement, values).fetchall()
    connection.close()
    return rows


class Died(Exception):
    """A replay that was made to die between two transactions."""


def run(world: Path, folder: Path, **options: Any) -> dict[str, Any]:
    """Replays `world` into `folder`/out with the database beside it; gives the summary, which must be clean."""
    folder.mkdir(exist_ok=True)
    passing = options.pop("passing", lambda point: None)
    chosen = ReplayOptions(out=folder / "out", database=folder / "replay.db", **options)
    summary: dict[str, Any] = Replay(world, chosen, passing=passing).run()
    assert summary["violations"] == {}
    return summary


def lines(path: Path) -> list[Record]:
    """The objects of a .jsonl file."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def outputs(out: Path, besides: Sequence[str] = ("timing.json",)) -> dict[str, bytes]:
    """Every file that a replay wrote, by its path inside `out`."""
    files = sorted(path for path in out.rglob("*") if path.is_file() and path.name not in besides)
    return {str(path.relative_to(out)): path.read_bytes() for path in files}
