"""What a playbook could say, out of the company's own history: stage ages and windows, with how many cases. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from agent_runtime.calendars import BusinessCalendar, Window
from agent_runtime.ledger.book import Begun, Expected
from agent_runtime.playbook import LEAD_TYPES
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.evaluate import stated
from agent_runtime.watchtower.view import View

# What four of five cases kept is a habit of the company; from fewer than ten nothing is learned.
SHARE, LEAST = 0.8, 10
LEARNED_FROM = timedelta(days=365)
_RULES = ("lead_response", "answer_owed", "missed_call", "proposal_response", "estimate_response", "meeting_follow_up")
# Where the answer is ours to give; how long customers take is nobody's habit here.
_OURS = frozenset({"lead_response", "answer_owed", "missed_call", "meeting_follow_up"})
_MINUTES = (15, 30)
_HOURS = (1, 2, 4)
_DAYS = (1, 2, 3, 4, 5, 8, 10, 15, 20, 30)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value of the playbook: where it stands, what it is, what four of five cases say, from how many.

    `suggested` is None where it is refused; `why` says on what it rests, or why it is refused.
    """

    place: str
    present: str
    suggested: str | None
    n: int
    why: str


@dataclass(slots=True)
class Suggestions:
    """Collects, account by account, how long things took; gives what the playbook could say."""

    company: Company
    _stages: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _replies: dict[tuple[str, str], list[float | None]] = field(default_factory=lambda: defaultdict(list))

    def look(self, view: View) -> None:
        """Takes one account; only what began within the last year counts."""
        since = view.now - LEARNED_FROM
        for stage, days in _won_stages(view, since):
            self._stages[stage].append(days)
        events = {x.id: x for x in view.events}
        for begun in stated(view):
            opened = events.get(begun.opened_by)
            lead_type = str(opened.data.get("lead_type") or "") if opened else ""
            for expected in begun.expected:
                if expected.rule in _RULES and expected.opened_at > since and expected.action != _RESULT:
                    self._reply(view, begun, expected, lead_type)

    def _reply(self, view: View, begun: Begun, expected: Expected, lead_type: str) -> None:
        """How many open minutes it took; None for what is overdue or was given up. What may still come is left out."""
        settled_at = expected.met_at or (begun.end.at if begun.end else view.now)
        if expected.met_at is None and settled_at <= expected.due_at:
            return
        taken = None
        if expected.met_at is not None:
            taken = self.company.calendar.minutes_between(expected.opened_at, expected.met_at)
        self._replies[expected.rule, ""].append(taken)
        if expected.rule == "lead_response" and lead_type in LEAD_TYPES:
            self._replies[expected.rule, lead_type].append(taken)

    def found(self) -> list[Suggestion]:
        """Stages in the order of the pipeline, then windows by rule."""
        position = {name: x.position for name, x in self.company.stages.items()}
        stages = sorted(self._stages, key=lambda x: (position.get(x, len(position)), x))
        windows = sorted(self._replies, key=lambda x: (_RULES.index(x[0]), x[1]))
        return [*(self._stage(x) for x in stages), *(self._window(*x) for x in windows)]

    def _stage(self, stage: str) -> Suggestion:
        place = f"[stages.expected_days] {stage}"
        known = self.company.stages.get(stage)
        own = self.company.playbook.stages.expected_days.get(stage, self.company.playbook.stages.other_days)
        told = known.expected_days if known else None
        present = f"{own:g}" if told is None else f"{told:g} (the source's own)"
        days = sorted(self._stages[stage])
        if len(days) < LEAST:
            return Suggestion(place, present, None, len(days), f"fewer than {LEAST} won deals went through it")
        taken = _quantile(days)
        return Suggestion(
            place, present, f"{max(1, round(taken))}", len(days), f"{SHARE:.0%} left it within {taken:.1f} days"
        )

    def _window(self, rule: str, key: str) -> Suggestion:
        place = f"[windows.{rule}] {key}" if key else f"[rules.{rule}] window"
        present = str(self.company.playbook.window_for(rule, key))
        every = self._replies[rule, key]
        closed = sorted(x for x in every if x is not None)
        if len(every) < LEAST:
            return Suggestion(place, present, None, len(every), f"fewer than {LEAST} cases")
        if len(closed) < ceil(SHARE * len(every)):
            share = 1 - len(closed) / len(every)
            why = f"{share:.0%} were never settled, so no habit can be read: set what you want"
            return Suggestion(place, present, None, len(every), why)
        minutes, calendar = closed[ceil(SHARE * len(every)) - 1], self.company.calendar
        window = next_window(minutes, calendar)
        why = f"{SHARE:.0%} came within {_words(minutes, calendar)}"
        if rule in _OURS and _minutes(window, calendar) > _minutes(
            self.company.playbook.window_for(rule, key), calendar
        ):
            why += "; slower than the window is: your habit, not a goal"
        return Suggestion(place, present, str(window), len(every), why)


_LEAD = (
    "What your own last year says, value by value of the playbook. n is the number of cases; a value is suggested where"
    f" at least {LEAST} cases speak and four of five kept it."
)
_REST = (
    "Nothing was changed. Copy what you want into your playbook, then see what it would do: tenure playbook diff FILE"
)
# The second half of a lead's rule is about its result, not about the answer.
_RESULT = "bring_the_lead_to_a_result"


def _won_stages(view: View, since: datetime) -> Iterator[tuple[str, float]]:
    """How many days each won deal stood in each of its stages."""
    for deal in view.deals.values():
        for life in deal.lives:
            if life.ended is None or life.outcome != "converted" or life.ended.at <= since:
                continue
            ends = [*(x.at for x in life.changes[1:]), life.ended.at]
            for entered, left in zip(life.changes, ends, strict=True):
                yield entered.stage, (left - entered.at) / timedelta(days=1)


def _quantile(ordered: list[float]) -> float:
    return ordered[ceil(SHARE * len(ordered)) - 1]


def next_window(minutes: float, calendar: BusinessCalendar) -> Window:
    """The shortest round window of opening time that is not shorter than so many open minutes."""
    for amount in _MINUTES:
        if minutes <= amount:
            return Window(amount, "min", True)
    for amount in _HOURS:
        if minutes <= amount * 60:
            return Window(amount, "hour", True)
    days = minutes / _open_minutes(calendar)
    return Window(next((x for x in _DAYS if days <= x), ceil(days)), "day", True)


def _minutes(window: Window, calendar: BusinessCalendar) -> float:
    """How many open minutes a window is about; a day round the clock counts as a working day."""
    return window.amount * {"min": 1.0, "hour": 60.0, "day": _open_minutes(calendar)}[window.unit]


def _open_minutes(calendar: BusinessCalendar) -> float:
    """How long a working day is open, on the average of a week."""
    days = {x.weekday for x in calendar.hours}
    return sum(x.closes - x.opens for x in calendar.hours) / len(days)


def _words(minutes: float, calendar: BusinessCalendar) -> str:
    if minutes < 60:
        return f"{minutes:.0f} open minutes"
    if minutes < _open_minutes(calendar):
        return f"{minutes / 60:.1f} open hours"
    return f"{minutes / _open_minutes(calendar):.1f} working days"


def suggestions_text(found: Iterable[Suggestion]) -> str:
    """Each as a line that can go into the file, or why there is none."""
    lines: list[str] = []
    for x in found:
        same = x.suggested in (None, x.present)
        value = f"stays {x.present}" if same else f"{x.suggested} instead of {x.present}"
        lines.append(f"{x.place}: {value} (n = {x.n}; {x.why})")
    if not lines:
        return "There is no history to learn from."
    return "\n".join((_LEAD, *lines, _REST))
