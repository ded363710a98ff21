"""Precision and recall of each detector on the constructed cases of the tests."""

from tests.bench.figures import Figure
from tests.unit.agent_runtime.watchtower import detector_cases_customers, detector_cases_deals, detector_cases_duties
from tests.unit.agent_runtime.watchtower.detector_figures import figures


def detectors(_runs: int) -> list[Figure]:
    """Two figures a detector; the same cases give the same figures, so one run is enough."""
    found = figures([*detector_cases_deals.every(), *detector_cases_customers.every(), *detector_cases_duties.every()])
    return [
        Figure(f"{name}: {what} on {counted.cases} cases", "share", (value,), 1.0, at_least=True)
        for name, counted in found.items()
        for what, value in (("precision", counted.precision), ("recall", counted.recall))
    ]
