"""The story of a deal as a person reads and prints it: each lapse on one axis, its cause, what is done now. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent_runtime.diagnosis.causes import Cause
from agent_runtime.diagnosis.page import CHANGES
from agent_runtime.diagnosis.story import FAILED, Line, Story
from agent_runtime.web.plain import action_words, cause_words, plain_words, rule_words, step_words

LEFT, RIGHT = 8.0, 632.0
_STANDINGS = {"won": "won", "lost": "lost", "disqualified": "not a case", "stalled": "standing still", "open": "open"}


@dataclass(frozen=True, slots=True)
class Dot:
    """One of the four times on the axis: x in the drawing's units."""

    name: str
    at: datetime
    x: float


@dataclass(frozen=True, slots=True)
class Told:
    """One lapse: what it was, its times on the axis, the stretch in which it was late, why, and what is done now."""

    what: str
    action: str
    due: datetime
    dots: tuple[Dot, ...]
    late: tuple[float, float]
    causes: tuple[tuple[str, str, tuple[str, ...]], ...]
    now_doing: str
    now_due_at: datetime | None
    owner: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A deal as it is told. `could`: by how many days it could have been known before it ended, None where not."""

    story: Story
    standing: str
    failed: bool
    lines: tuple[Told, ...]
    causes: tuple[str, ...]
    changes: tuple[str, ...]
    begins: datetime | None
    ends: datetime
    could: int | None


def chapter(story: Story, names: Mapping[str, str], now: datetime) -> Chapter:
    """One deal; `names`: of users, by id."""
    times = [x for line in story.lines for x in _times(line).values()]
    begins = min([*times, *([story.opened_at] if story.opened_at else [])], default=None)
    ends = story.ended_at or now
    span = (begins or now, max([*times, ends]))
    return Chapter(
        story=story,
        standing=_STANDINGS[story.standing],
        failed=story.standing in FAILED,
        lines=tuple(_told(line, span, ends, names) for line in story.lines),
        causes=tuple(cause_words(x) for x in story.causes),
        changes=tuple(CHANGES[x] for x in story.causes),
        begins=begins,
        ends=ends,
        could=_could(story),
    )


def _could(story: Story) -> int | None:
    known, ended = story.first_knowable_at, story.ended_at
    days = (ended - known).days if known and ended and ended > known else 0
    return days or None


def _times(line: Line) -> dict[str, datetime]:
    found = {"due": line.due_at, "knowable": line.knowable_at, "seen": line.seen_at, "acted": line.acted_at}
    return {name: at for name, at in found.items() if at is not None}


def _told(line: Line, span: tuple[datetime, datetime], ends: datetime, names: Mapping[str, str]) -> Told:
    step = (line.now_doing or "").partition(":")[0]
    return Told(
        what=plain_words(rule_words(line.rule)),
        action=action_words(line.action),
        due=line.due_at,
        dots=tuple(Dot(name, at, _place(at, span)) for name, at in _times(line).items()),
        late=(_place(line.due_at, span), _place(line.acted_at or max(ends, line.due_at), span)),
        causes=tuple((cause_words(x.cause), x.because, x.activity_ids) for x in line.judgements),
        now_doing=step_words(step) if step else "",
        now_due_at=line.now_due_at,
        owner=names.get(line.owner_id or "", line.owner_id or ""),
    )


def _place(at: datetime, span: tuple[datetime, datetime]) -> float:
    whole = max(span[1] - span[0], timedelta(hours=1))
    share = min(1.0, max(0.0, (at - span[0]) / whole))
    return round(LEFT + (RIGHT - LEFT) * share, 1)


def in_words(counted: Mapping[Cause, int]) -> Iterator[str]:
    """How often each cause came first over several deals."""
    for cause, count in counted.items():
        yield f"{cause_words(cause)} ({count})"


def failures(told: Sequence[Chapter]) -> list[Chapter]:
    """The deals that went wrong."""
    return [x for x in told if x.failed and x.story.opportunity_id]
