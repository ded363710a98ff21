"""What a benchmark gives: samples with a target, and the table in which they are shown."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `target`: the most (or with `at_least` the least) that its median should be, or None."""

    name: str
    unit: str
    samples: tuple[float, ...]
    target: float | None = None
    at_least: bool = False

    @property
    def median(self) -> float:
        return median(self.samples)

    @property
    def reached(self) -> bool | None:
        """Whether the median lies within its target."""
        if self.target is None:
            return None
        return self.median >= self.target if self.at_least else self.median <= self.target

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "unit": self.unit,
            "median": self.median,
            "least": min(self.samples),
            "most": max(self.samples),
            "runs": len(self.samples),
            "target": self.target,
            "reached": self.reached,
        }


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured."""

    cores: int = field(default_factory=lambda: os.cpu_count() or 1)
    python: str = field(default_factory=platform.python_version)
    system: str = field(default_factory=lambda: f"{platform.system()} {platform.machine()}")
    load: float = field(default_factory=lambda: round(os.getloadavg()[0], 2))

    def to_json(self) -> dict[str, object]:
        return {"cores": self.cores, "python": self.python, "system": self.system, "load_at_start": self.load}


def p95(samples: Sequence[float]) -> float:
    """The 95th percentile of at least two samples."""
    return quantiles(samples, n=20, method="inclusive")[-1]


def show(figures: Sequence[Figure], machine: Machine) -> None:
    """Prints the table: median, least and most of the runs, target."""
    cores = f"{machine.cores} cores, Python {machine.python}, {machine.system}, load {machine.load} at the start"
    table = Table(title=f"Benchmarks ({cores})", title_justify="left")
    for heading in ("figure", "median", "least", "most", "runs", "target", ""):
        table.add_column(heading, justify="left" if heading in ("figure", "") else "right")
    for figure in figures:
        values = (figure.median, min(figure.samples), max(figure.samples))
        sign = "≥" if figure.at_least else "≤"
        target = "" if figure.target is None else f"{sign} {_number(figure.target)} {figure.unit}"
        mark = {True: "reached", False: "missed", None: ""}[figure.reached]
        cells = [f"{_number(value)} {figure.unit}" for value in values]
        table.add_row(figure.name, *cells, str(len(figure.samples)), target, mark)
    Console().print(table)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
