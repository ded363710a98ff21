"""How a replay is to be run."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent_runtime.errors import BadInput


@dataclass(frozen=True, slots=True)
class Approval:
    """How many items a day the scripted person approves; `most` None is all of them."""

    most: int | None = 0

    @classmethod
    def parse(cls, text: str) -> "Approval":
        """Reads none, all or first:N."""
        if text == "none":
            return cls(0)
        if text == "all":
            return cls(None)
        head, _, number = text.partition(":")
        if head == "first" and number.isdigit():
            return cls(int(number))
        raise BadInput(f'"{text}" is no way to approve.', fix="Write none, all or first:5.")


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """The options of `tenure replay`; times are aware UTC. `files`: whether the output files are written, or the
    summary is all that is wanted."""

    out: Path
    until: datetime | None = None
    daily_cap: int | None = None
    daily_scores: bool = False
    approval: Approval = Approval()
    database: Path | None = None
    resume: bool = False
    pause: tuple[datetime, datetime] | None = None
    playbook: str = "b2b_sales"
    files: bool = True


def moment(text: str) -> datetime:
    """A time of the command line; without an offset it is UTC, a date is its midnight."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f'"{text}" is no time.', fix="Write 2026-03-01 or 2026-03-01T08:00:00+01:00.") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def stretch(text: str) -> tuple[datetime, datetime]:
    """FROM..TO as two times."""
    begins, dots, ends = text.partition("..")
    if not dots:
        raise BadInput(f'"{text}" is no stretch of time.', fix="Write FROM..TO, two times.")
    first, last = moment(begins), moment(ends)
    if last <= first:
        raise BadInput(f'"{text}" ends before it begins.', fix="Write the earlier time first.")
    return first, last
