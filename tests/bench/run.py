"""Measures what the docs promise: python -m tests.bench.run [NAME …]; prints a table and writes JSON."""

import os
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson

from tests.bench.assistant import assistant
from tests.bench.boundaries import boundaries
from tests.bench.calls import calls
from tests.bench.connectors import connectors
from tests.bench.days import many_days
from tests.bench.detectors import detectors
from tests.bench.doors import doors
from tests.bench.engine import engine, procrastinate
from tests.bench.evaluation import gate, safety
from tests.bench.everything import everything
from tests.bench.figures import Figure, Machine, show
from tests.bench.inbox import inbox
from tests.bench.memory import memory
from tests.bench.model import model
from tests.bench.pages import pages
from tests.bench.path import full_ingest, one_event
from tests.bench.portfolio import portfolio
from tests.bench.processes import command_start, replay
from tests.bench.recall import embedding, recalling
from tests.bench.stake import stakes
from tests.bench.sweep import sweep
from tests.bench.vendor_month import vendor_month
from tests.bench.wording import wording

CHECKOUT = Path(__file__).parents[2]
WORLDS = Path(os.environ.get("TENURE_DATA", CHECKOUT.parent / "shared" / "data")) / "worlds"
DAILY = ["--daily-cap", "10", "--scores", "daily"]

# Each with how often it runs where --runs does not say.
BENCHMARKS: dict[str, tuple[Callable[[int], list[Figure]], int]] = {
    "help": (command_start, 5),
    "event": (one_event, 5),
    "ingest": (full_ingest, 3),
    "sweep": (sweep, 5),
    "detectors": (detectors, 1),
    "everything": (everything, 1),
    "days": (many_days, 1),
    "stakes": (stakes, 1),
    "vendor_month": (vendor_month, 1),
    "engine": (engine, 1),
    "procrastinate": (procrastinate, 1),
    "boundaries": (boundaries, 50),
    "recall": (recalling, 3),
    "embedding": (embedding, 3),
    "memory": (memory, 3),
    "inbox": (inbox, 3),
    "pages": (pages, 1),
    "calls": (calls, 1),
    "assistant": (assistant, 1),
    "portfolio": (portfolio, 3),
    "doors": (doors, 3),
    "wording": (wording, 3),
    "connectors": (connectors, 1),
    "model": (model, 3),
    "safety": (safety, 1),
    "gate": (gate, 50),
    "pipeline": (lambda runs: _replay("pipeline", [], runs, 60), 1),
    "lending": (lambda runs: _replay("lending", DAILY, runs, 150), 1),
}

# What has to be fetched first, or takes long, is measured only where it is named.
USUAL = [name for name in BENCHMARKS if name not in ("procrastinate", "everything", "days", "stakes", "vendor_month")]


def measure(names: Sequence[str], runs: int | None = None) -> list[Figure]:
    """The figures of the named benchmarks, in their order."""
    figures = []
    for name in names:
        benchmark, usual = BENCHMARKS[name]
        figures += benchmark(runs or usual)
    return figures


def write(figures: Sequence[Figure], machine: Machine, out: Path) -> None:
    """Writes machine and figures as JSON."""
    found = {"machine": machine.to_json(), "figures": [figure.to_json() for figure in figures]}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _replay(name: str, options: list[str], runs: int, seconds: float) -> list[Figure]:
    world = WORLDS / name
    if not world.is_dir():
        print(f"{name}: left out, no world in {world}; set TENURE_DATA to the folder of the data.")
        return []
    return replay(world, options, runs, seconds)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures what the command line names, everything where it names nothing."""
    parser = ArgumentParser(prog="make bench", description="Measures Tenure on this machine.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--runs", type=int, help="how often each is measured")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "var" / "bench.json", help="where the JSON goes")
    chosen = parser.parse_args(arguments)
    if unknown := sorted(set(chosen.names) - set(BENCHMARKS)):
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    machine = Machine()
    figures = measure(chosen.names or USUAL, chosen.runs)
    show(figures, machine)
    write(figures, machine, chosen.out)


if __name__ == "__main__":
    main()
