"""What carries actions out: one protocol, five kinds of result, and who does what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from agent_runtime.actions.book import ActionRow
from agent_runtime.playbook.bounds import Sending

Evidence = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it. `evidence` holds ids and codes, no text."""

    evidence: Evidence = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """It is done, for certain."""

    evidence: Evidence = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """It was not done, and trying again would not help."""

    reason: str
    evidence: Evidence = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retry:
    """Nothing went out; later it may."""

    reason: str
    evidence: Evidence = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have gone out."""

    reason: str
    evidence: Evidence = field(default_factory=dict)


Result = Sent | Confirmed | Rejected | Retry | Unknown


class Found(StrEnum):
    """What a read-back says: it is there; it is surely not; it cannot be told now."""

    THERE = "there"
    ABSENT = "absent"
    UNSEEN = "unseen"


class Executor(Protocol):
    """Carries out one claimed action, outside of any transaction, within the deadline of its registry.

    Whatever it raises counts as Unknown. It logs nothing of the content.
    """

    def execute(self, action: ActionRow) -> Result:
        """What came of it."""
        ...


@runtime_checkable
class ReadsBack(Protocol):
    """An executor that can look whether an action had its effect.

    `settles_after`: how long after an attempt the provider may still show nothing although it went out.
    """

    settles_after: timedelta

    def find(self, action: ActionRow) -> Found:
        """Looks for the effect; ABSENT only where it would be seen."""
        ...


@dataclass(frozen=True, slots=True)
class Executors:
    """Who does what: by (connector, kind); an empty connector stands for all that have no executor of their own.

    `deadline`: how long one call may take. `lease`: how long a claim is left alone, so longer than the deadline.
    """

    routes: Mapping[tuple[str, str], Executor]
    sending: Sending = field(default_factory=Sending)
    deadline: timedelta = timedelta(minutes=2)
    lease: timedelta = timedelta(minutes=4)

    def of(self, action: ActionRow) -> Executor | None:
        """The executor of this action, or None."""
        # Of several connections of one vendor each has a word behind its name: gmail:anna.
        vendor = str(action.content.get("connector") or "").partition(":")[0]
        return self.routes.get((vendor, action.kind)) or self.routes.get(("", action.kind))
