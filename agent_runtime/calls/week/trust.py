"""The gate: what was checked about the data, what each figure depends on, and what is therefore unverified."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

CheckName = Literal["clock", "zone", "numbers", "duplicates", "lines", "event_ids", "labels"]
FigureName = Literal["bridge", "misses", "completion", "waits", "intents", "sources", "conversion", "value"]


class CheckState(StrEnum):
    """What a check found; `unmeasured` where the data does not tell, which is no pass."""

    PASSED = "passed"
    FAILED = "failed"
    UNMEASURED = "unmeasured"


@dataclass(frozen=True, slots=True)
class Check:
    """One check over `n` records. `size` is how large the fault is, in `unit`; None where it was not measured.

    `where`: the queues, numbers or labels that are affected, at most a few.
    """

    name: CheckName
    state: CheckState
    size: float | None
    unit: str
    n: int
    words: str
    where: tuple[str, ...] = ()


TITLES: Final[Mapping[CheckName, str]] = MappingProxyType({
    "clock": "Clocks of phone system and CRM",
    "zone": "Time zones",
    "numbers": "Phone numbers that can be compared",
    "duplicates": "Customers recorded twice",
    "lines": "Numbers with a campaign",
    "event_ids": "Events without gaps",
    "labels": "Labels as before",
})  # fmt: skip

# The figures that are wrong when a check fails.
_TIMES: Final[tuple[CheckName, ...]] = ("clock", "zone")
_PEOPLE: Final[tuple[CheckName, ...]] = ("numbers", "duplicates")
DEPENDS: Final[Mapping[FigureName, tuple[CheckName, ...]]] = MappingProxyType({
    "bridge": ("event_ids",),
    "misses": ("event_ids", "numbers", "zone"),
    "completion": ("event_ids", *_PEOPLE, *_TIMES),
    "waits": ("event_ids", *_PEOPLE, *_TIMES),
    "intents": ("event_ids", "labels"),
    "sources": ("event_ids", "lines"),
    "conversion": ("event_ids", "labels", *_PEOPLE, *_TIMES),
    "value": ("event_ids", "labels", "lines", *_PEOPLE, *_TIMES),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gate:
    """All checks; `accepted` are those that could not be measured and that a person accepted with a verification."""

    checks: tuple[Check, ...]
    accepted: frozenset[str] = frozenset()

    @property
    def open(self) -> bool:
        """Whether no check failed."""
        return all(one.state is not CheckState.FAILED for one in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """What is to be repaired."""
        return tuple(one for one in self.checks if one.state is CheckState.FAILED)

    @property
    def unmeasured(self) -> tuple[Check, ...]:
        """What the data does not tell."""
        return tuple(one for one in self.checks if one.state is CheckState.UNMEASURED)

    def doubts(self, figure: FigureName) -> tuple[CheckName, ...]:
        """The checks because of which a figure is unverified; none where it may be relied on."""
        bad = {one.name for one in self.failed} | {one.name for one in self.unmeasured if one.name not in self.accepted}
        return tuple(name for name in DEPENDS[figure] if name in bad)


def share_check(name: CheckName, bad: int, n: int, most: float, words: str, where: Iterable[str] = ()) -> Check:
    """A check that fails where more than the share `most` of `n` records is bad; unmeasured without records."""
    if n == 0:
        return unmeasured(name, words)
    share = bad / n
    state = CheckState.FAILED if share > most else CheckState.PASSED
    return Check(name, state, share, "share", n, words, tuple(where))


def unmeasured(name: CheckName, words: str, n: int = 0) -> Check:
    """A check that the data does not allow."""
    return Check(name, CheckState.UNMEASURED, None, "", n, words)


@dataclass(frozen=True, slots=True)
class Verified:
    """That a person stood up for a segment: who, when, and which unmeasured checks they accepted."""

    segment: str
    user_id: str
    at: str
    accepted: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Pilot:
    """The segment whose figures are compared first, with the checks as they stand inside it; an empty `name`: nobody
    named one, and the checks are those of the whole company. `calls`: how many calls the checks looked at."""

    name: str
    gate: Gate
    calls: int

    @property
    def words(self) -> str:
        """How it is spoken of."""
        return f"the pilot segment {self.name}" if self.name else "the company"


@dataclass(frozen=True, slots=True)
class ExecutiveView:
    """Whether the figures may be shown as facts to those who decide on money."""

    locked: bool
    reason: str
    verified: tuple[Verified, ...]
    pilot: Pilot


def executive_view(pilot: Pilot, verified: Sequence[Verified]) -> ExecutiveView:
    """Locked until a person verified the pilot segment, and again whenever a check fails inside it.

    Where none is named, any segment that was verified counts, and the checks of the whole company.
    """
    standing = tuple(one for one in verified if not pilot.name or one.segment == pilot.name)
    if not standing:
        named = f"The pilot segment {pilot.name} has not" if pilot.name else "No pilot segment has"
        return ExecutiveView(True, f"{named} been verified by a person yet.", (), pilot)
    if not pilot.gate.open:
        names = ", ".join(TITLES[one.name].lower() for one in pilot.gate.failed)
        where = f" in {pilot.words}" if pilot.name else ""
        return ExecutiveView(True, f"A check fails{where}: {names}.", standing, pilot)
    return ExecutiveView(False, "", standing, pilot)
