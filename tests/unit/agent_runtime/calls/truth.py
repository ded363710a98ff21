"""A phone history with its truth, and the check of one against the other."""

from dataclasses import dataclass
from typing import Any

import pytest

from agent_runtime.calls.models import CallLeg, Message
from tests.unit.agent_runtime.calls.phone import lines


@dataclass(frozen=True)
class Case:
    """A history and, for every inbound call in it, what its line must say."""

    kind: str
    records: tuple[CallLeg | Message, ...]
    truth: dict[str, dict[str, Any]]


def case(kind: str, *records: CallLeg | Message, **truth: dict[str, Any]) -> Any:
    return pytest.param(Case(kind, records, truth), id=kind)


def ends(resolution: str, by: str | None = None, minutes: float | None = None, **more: Any) -> dict[str, Any]:
    latency = None if minutes is None else minutes * 60
    return {"missed": True, "resolution": resolution, "resolved_by": by, "latency_s": latency, **more}


NOT_MISSED = {
    "missed": False,
    "resolution": "not_missed",
    "missed_reason": None,
    "need_id": None,
    "latency_s": None,
}


def assert_true_lines(case: Case) -> None:
    """Compares what the truth names, of every inbound call; a line too many or too few fails as well."""
    said = {
        call_id: {name: getattr(line, name) for name in case.truth.get(call_id, {})}
        for call_id, line in lines(*case.records).items()
    }
    assert said == case.truth
