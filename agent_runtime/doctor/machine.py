"""What the doctor looks at outside of the database: Python, packages, settings, folders, playbook, key, port."""

import re
import shutil
import socket
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent_runtime.doctor.finding import Finding
from agent_runtime.errors import TenureError
from agent_runtime.playbook import load as load_playbook
from agent_runtime.settings import Settings, describe

OUR_NAMES = ("agent_runtime", "memory", "tools", "prompts")
LEAST_FREE_BYTES = 1_000_000_000
HOST, PORT = "127.0.0.1", 8321
_NAME = re.compile(r"[\w.-]+")


def examine_machine(settings: Settings) -> Iterator[Finding]:
    """Looks at everything that needs no database."""
    yield _python()
    yield _packages()
    yield _names()
    yield _zones()
    yield _settings(settings)
    yield _data_dir(settings.data_dir)
    yield _playbook(settings.playbook)
    yield _port(PORT)


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


def _settings(settings: Settings) -> Finding:
    given = [line for line in describe(settings) if line.origin != "default"]
    found = ", ".join(f"{line.name} from {line.origin}" for line in given)
    return Finding("settings", True, found or "all defaults")


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


def _port(port: int) -> Finding:
    fix = "Nothing to do if it is tenure serve; else end the other program, or use tenure serve --port."
    try:
        with socket.create_server((HOST, port)):
            return Finding("port", True, f"{port} is free")
    except OSError as error:
        return Finding("port", False, f"{port} is taken: {error.strerror}", fix, needed=False)
