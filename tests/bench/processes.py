"""What is measured as a process of its own: replays of whole worlds with their memory, and the start of the command."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.bench.figures import Figure

TENURE = (sys.executable, "-c", "from agent_runtime.cli import main; main()")
MEGABYTE = 1024**2


def command_start(runs: int) -> list[Figure]:
    """How long `tenure --help` takes."""
    samples = tuple(_measure(["--help"])[0] * 1000 for _ in range(runs))
    return [Figure("tenure --help", "ms", samples, 300)]


def replay(world: Path, options: list[str], runs: int, seconds: float) -> list[Figure]:
    """Time and peak memory of `tenure replay` over a world folder."""
    with TemporaryDirectory() as scratch:
        taken = [
            _measure(["replay", str(world), "--out", f"{scratch}/{run}", "--json", *options]) for run in range(runs)
        ]
    name = f"replay of {world.name}"
    return [
        Figure(name, "s", tuple(x[0] for x in taken), seconds),
        Figure(f"{name}, peak memory", "MB", tuple(x[1] / MEGABYTE for x in taken), 1024),
    ]


def _measure(arguments: list[str]) -> tuple[float, float]:
    """Seconds and peak bytes of one `tenure` command; CalledProcessError when it fails."""
    begun = perf_counter()
    process = subprocess.Popen([*TENURE, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    # Linux counts in kilobytes, macOS in bytes.
    return perf_counter() - begun, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
