"""Looks at the installation and says what is right and how to mend what is not; also prints settings and chains."""

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from agent_runtime import db
from agent_runtime.audit.service import verify_all
from agent_runtime.errors import TenureError
from agent_runtime.playbook import load as load_playbook
from agent_runtime.settings import Settings, describe, load

OUR_NAMES = ("agent_runtime", "memory", "tools", "prompts")
GUARDED = ("tenure_interaction", "tenure_expectation", "tenure_breach", "tenure_audit_entry", "tenure_audit_head")
_NAME = re.compile(r"[\w.-]+")
LEAST_FREE_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `ok`, what was found, and the exact fix where it is not right."""

    name: str
    ok: bool
    found: str
    fix: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Looks at everything, in an order in which each finding explains the next."""
    yield _python()
    yield _packages()
    yield _names()
    yield _zones()
    yield _data_dir(settings.data_dir)
    yield _playbook(settings.playbook)
    yield from _database(settings.database_url)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= (3, 11), found, "Install Python 3.11 or later and run make setup.")


def _packages() -> Finding:
    missing = []
    for requirement in requires("tenure") or ():
        name = _NAME.match(requirement)
        if name and "extra ==" not in requirement and not _installed(name[0]):
            missing.append(name[0])
    return Finding(
        "packages", not missing, f"missing: {', '.join(missing)}" if missing else "all there", "Run make setup."
    )


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _names() -> Finding:
    owners = packages_distributions()
    others = {name: sorted(set(owners.get(name, ())) - {"tenure"}) for name in OUR_NAMES}
    taken = {name: other for name, other in others.items() if other}
    found = "; ".join(f"{name} is also in {', '.join(other)}" for name, other in taken.items())
    return Finding(
        "package names", not taken, found or "ours alone", "Uninstall the other package, or use an own .venv."
    )


def _zones() -> Finding:
    try:
        ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        return Finding("time zones", False, "no time zone data", "Install the tzdata package of your system.")
    return Finding("time zones", True, "known")


def _data_dir(folder: Path) -> Finding:
    fix = f"Make {folder} writable, or set TENURE_DATA_DIR to another folder."
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".writable").write_text("")
        (folder / ".writable").unlink()
    except OSError as error:
        return Finding("data folder", False, str(error), fix)
    free = shutil.disk_usage(folder).free
    enough = free >= LEAST_FREE_BYTES
    return Finding("data folder", enough, f"{folder}, {free / 1e9:.1f} GB free", "Free at least 1 GB of disk.")


def _playbook(name: str) -> Finding:
    try:
        playbook = load_playbook(name)
    except TenureError as error:
        return Finding("playbook", False, error.what, error.fix or "Mend the file, or set TENURE_PLAYBOOK.")
    return Finding("playbook", True, f"{playbook.name}, version {playbook.version}, {playbook.fingerprint[:12]}")


def _database(url: str) -> Iterator[Finding]:
    engine = db.make_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            tables = set(inspect(connection).get_table_names())
    except SQLAlchemyError as error:
        yield Finding(
            "database", False, str(error).splitlines()[0], "Set TENURE_DATABASE_URL to a database that answers."
        )
        return
    if "tenure_interaction" not in tables:
        yield Finding("database", True, "empty: the first import makes its tables")
        return
    yield Finding("database", True, f"{sum(name.startswith('tenure_') for name in tables)} tables")
    yield _guards(engine)
    yield _chains(engine)
    engine.dispose()


_TRIGGERS = {
    "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT event_object_table FROM information_schema.triggers",
}


def _guards(engine: Engine) -> Finding:
    with engine.connect() as connection:
        guarded = set(connection.scalars(text(_TRIGGERS[engine.dialect.name])))
    missing = [name for name in GUARDED if name not in guarded]
    found = f"missing on {', '.join(missing)}" if missing else "in place"
    return Finding("guards of ledger and audit", not missing, found, "Restore the database from a backup.")


def _chains(engine: Engine) -> Finding:
    with engine.connect() as connection:
        broken = verify_all(connection)
    found = "; ".join(map(str, broken[:3])) or "verify"
    return Finding("audit chains", not broken, found, "Compare with a backup; somebody changed the audit.")


def doctor_command(*, as_json: bool) -> int:
    """Prints all findings; gives 1 when something is not right, else 0."""
    findings = list(examine(load()))
    _print(findings, as_json, lambda: _table(findings))
    return 0 if all(finding.ok for finding in findings) else 1


def _table(findings: list[Finding]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        mark = "[green]✓[/green]" if finding.ok else "[red]✗[/red]"
        table.add_row(mark, finding.name, finding.found if finding.ok else f"{finding.found}\n→ {finding.fix}")
    return table


def config_command(*, as_json: bool) -> None:
    """Prints each setting with its value, masked where secret, and its origin."""
    lines = describe(load())
    table = Table("setting", "value", "from", box=None, pad_edge=False)
    for line in lines:
        table.add_row(*line)
    _print([line._asdict() for line in lines], as_json, lambda: table)


def audit_command(database: str | None, *, as_json: bool) -> int:
    """Verifies every chain; gives 1 when one does not verify."""
    engine = db.make_engine(f"sqlite:///{database}" if database else load().database_url)
    with engine.connect() as connection:
        if "tenure_audit_entry" not in inspect(connection).get_table_names():
            raise TenureError("There is no audit in this database.", fix="Name one with --db, or import first.")
        broken = verify_all(connection)
        accounts = connection.scalar(text("SELECT count(*) FROM tenure_audit_head"))
    said = "\n".join(map(str, broken)) or f"The chains of {accounts} accounts verify."
    _print([asdict(each) for each in broken], as_json, lambda: said)
    return 1 if broken else 0


def _print(plain: object, as_json: bool, shown: Callable[[], object]) -> None:
    if as_json:
        Console().out(orjson.dumps(plain, default=asdict, option=orjson.OPT_INDENT_2).decode(), highlight=False)
    else:
        Console().print(shown(), highlight=False)
