"""The deal story as plain text that can be printed: a line for each lapse, then the cause and what follows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from agent_runtime.diagnosis.causes import Cause
from agent_runtime.diagnosis.story import FAILED, Line, Story, in_common

CAUSE_WORDS: Mapping[Cause, str] = {
    "signal_missed": "signal missed",
    "recognised_too_late": "recognised too late",
    "context_lost": "context lost",
    "work_never_happened": "work never happened",
    "cannot_tell": "cannot tell",
}
# What a company would change about its system, never about a person.
CHANGES: Mapping[Cause, str] = {
    "signal_missed": "Such signs must come before somebody: switch the rule for them on, deliver its items.",
    "recognised_too_late": "Shorten the way from the sign to a desk: the rule's window, or its first step.",
    "context_lost": "Hand over with what is open: the brief on the first day, and take it up in its window.",
    "work_never_happened": "Give the duty a recovery step that another can take: the ladder of the rule, or capacity.",
    "cannot_tell": "Connect what could not be seen; until then nobody can say whether the work happened.",
}
_COLUMNS = ("what", "due", "knowable", "seen", "acted on")
_WIDTHS = (26, 14, 14, 14, 14)


def story_text(story: Story, zone: ZoneInfo, names: Mapping[str, str]) -> str:
    """One story as text; `names`: how users are called, by id."""
    return "\n".join(line.rstrip() for line in _lines(story, zone, names))


def common_text(told: Sequence[Story]) -> str:
    """One line over the lost and stalled deals: the same cause, or several; empty for fewer than two."""
    wanted = [x for x in told if x.opportunity_id and x.standing in ("lost", "stalled")]
    if len(wanted) < 2:
        return ""
    causes = in_common(wanted)
    counted = ", ".join(f"{CAUSE_WORDS[cause]} ({count})" for cause, count in causes.items())
    rest = len(wanted) - sum(causes.values())
    none = f"none of the four ({rest})" if rest else ""
    return f"Of {len(wanted)} deals lost or stalled, the first cause: {', '.join(x for x in (counted, none) if x)}."


def _lines(story: Story, zone: ZoneInfo, names: Mapping[str, str]) -> Iterator[str]:
    yield f"{story.account_name}: {story.name}"
    yield _header(story, zone)
    yield from (f"Close date moved from {x.before} to {x.after} on {_day(x.at, zone)}" for x in story.slips)
    if story.lines:
        yield ""
        yield _row(_COLUMNS)
    for line in story.lines:
        moments = (line.due_at, line.knowable_at, line.seen_at, line.acted_at)
        yield _row((line.rule, *(_moment(x, zone) for x in moments)))
        yield from _under(line, zone, names)
    yield ""
    yield from _verdict(story, zone)


def _header(story: Story, zone: ZoneInfo) -> str:
    amount = f"{story.amount:,.0f} {story.currency or ''}".strip() if story.amount is not None else ""
    opened = f"opened {_day(story.opened_at, zone)}" if story.opened_at else ""
    ended = f"{story.standing} on {_day(story.ended_at, zone)}" if story.ended_at else story.standing
    stage = f"last stage {story.stage}" if story.stage else ""
    reason = f"reason given: {story.reason}" if story.reason else ""
    return " · ".join(x for x in (amount, opened, ended, stage, reason) if x)


def _row(cells: Sequence[str]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True))


def _under(line: Line, zone: ZoneInfo, names: Mapping[str, str]) -> Iterator[str]:
    for judgement in line.judgements:
        yield f"    {CAUSE_WORDS[judgement.cause]}: {judgement.because}"
    if line.now_doing:
        owner = names.get(line.owner_id or "", line.owner_id or "")
        action = line.now_doing.replace("_", " ").replace(":", ": ")
        yield f"    now: {action}, with {owner}, next {_moment(line.now_due_at, zone)}"


def _verdict(story: Story, zone: ZoneInfo) -> Iterator[str]:
    if story.causes:
        yield f"Cause: {', then '.join(CAUSE_WORDS[x] for x in story.causes)}."
        yield from (f"To change: {CHANGES[x]}" for x in story.causes)
    elif story.standing in FAILED:
        yield "Cause: none of the four; nothing that was due was missed."
    yield from (f"Not seen: {x}" for x in story.blind)
    if story.first_knowable_at:
        known = _day(story.first_knowable_at, zone)
        if story.ended_at and story.ended_at > story.first_knowable_at:
            days = (story.ended_at - story.first_knowable_at).days
            yield f"It could be known on {known}, {days} days before it ended on {_day(story.ended_at, zone)}."
        else:
            yield f"It could be known on {known}."


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    if moment is None:
        return "-"
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %y %H:%M}"


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    if moment is None:
        return "-"
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B %Y}"
