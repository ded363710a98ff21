"""A company that lives for many days: is anybody asked too much, forgotten, or told the same thing twice."""

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from agent_runtime.playbook import default
from tests.acceptance.many_days import Living
from tests.bench.figures import Figure


def many_days(runs: int, *, accounts: int = 1_000, days: int = 30, duplicates: int = 10_000) -> list[Figure]:
    """Lives through the days in steps of three hours as `tests/acceptance/test_many_days.py` does with a small company.

    Deterministic, so that a second run could only tell another time: it is lived through once, whatever `runs` says.
    Prints what one evaluation tells otherwise.
    """
    with TemporaryDirectory() as scratch:
        company = Living(Path(scratch), accounts=accounts, days=days)
        begun = perf_counter()
        lived = company.live(duplicates=duplicates)
        taken = perf_counter() - begun
        at_once = company.evaluated_at_once()
    if lived.end is None:
        raise ValueError("the company was not lived through to its end")
    differences = lived.end.differences(at_once)
    for difference in differences:
        print(f"days: {difference}")
    budget = default().budget
    most = budget.items_per_person_day + budget.urgent_per_person_day
    about = f"{accounts:,} accounts over {days} days"
    found = (
        ("most items that a person got on a day", "items", float(max(lived.shown.values())), float(most)),
        ("items that people got in all", "items", float(sum(lived.shown.values())), None),
        ("accounts that a day left without an evaluation", "accounts", float(len(lived.unvisited)), 0.0),
        (f"activities and items out of {duplicates:,} duplicates of a mail", "rows",
         float(lived.added_by_duplicates + lived.items_by_duplicates), 0.0),
        ("things that stand in the ledger twice", "rows", float(len(lived.end.doubled)), 0.0),
        ("ends that one evaluation of everything tells otherwise", "rows",
         float(len(differences)), 0.0),
        ("to live through it", "s", taken, None),
    )  # fmt: skip
    return [Figure(f"{about}: {name}", unit, (value,), target) for name, unit, value, target in found]
