"""Precision and recall of each detector on the constructed cases; printed by make bench ARGS=detectors."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.unit.agent_runtime.watchtower.detector_cases import Case


@dataclass(slots=True)
class Counted:
    """Cases of one detector: seen rightly, seen wrongly, missed, and all of them."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    cases: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def figures(cases: Sequence[Case]) -> dict[str, Counted]:
    """What each detector makes of its cases, by name. A claim about what could not be seen is a wrong one."""
    found: dict[str, Counted] = {}
    for case in cases:
        counted = found.setdefault(case.rule, Counted())
        said, true = case.told().outcome(case.rule, case.now) == "breach", case.seen == "breach"
        counted.cases += 1
        counted.right += said and true
        counted.wrong += said and not true
        counted.missed += true and not said
    return dict(sorted(found.items()))
