"""Months of whole invented companies through their vendors: does it come to the same as told by their folders."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from agent_runtime.demo.generator import generate
from tests.acceptance.vendor_months import ASKED, BEGINS, ENDS, month, told_twice
from tests.bench.figures import Figure

# Which company, and from when to when: the month of the tests, and one over Christmas.
MONTHS = (
    (7, BEGINS, ENDS),
    (8, datetime.fromisoformat("2025-12-01T00:00:00+01:00"), datetime.fromisoformat("2026-01-05T00:00:00+01:00")),
)


def vendor_month(runs: int) -> list[Figure]:
    """Counts what stands in only one of the two ledgers, and prints it.

    Deterministic, so that a second run could only tell another time: each month is told once, whatever `runs` says.
    """
    return [figure for seed, begins, ends in MONTHS for figure in _told(seed, begins, ends)]


def _told(seed: int, begins: datetime, ends: datetime) -> list[Figure]:
    begun = perf_counter()
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        generate(seed, folder / "world")
        told = told_twice(month(folder / "world", folder / "month", begins=begins, ends=ends, whole=True), folder)
        found = {name: told.differences(asked) for name, asked in ASKED.items()}
    about = f"company {seed} from {begins.date()} to {ends.date()} through its vendors"
    for name, pair in found.items():
        for teller, told_only in zip(("folder", "vendors"), pair, strict=True):
            for row in told_only:
                print(f"{about}: {name} only by its {teller}: {row}")
    rows = float(sum(len(one) for pair in found.values() for one in pair))
    return [
        Figure(f"{about}: chains, breaches, items, accounts and activities told otherwise", "rows", (rows,), 0),
        Figure(f"{about}: to tell it twice", "s", (perf_counter() - begun,)),
    ]
