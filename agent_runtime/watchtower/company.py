"""What rules must know of the company itself: playbook, users, stages, calendars and sight."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from agent_runtime.calendars import BusinessCalendar, Window
from agent_runtime.ledger.policy import Step
from agent_runtime.playbook import Playbook
from agent_runtime.watchtower.sight import Sight

# Stage names that speak for themselves, for an export that brings no list of stages.
_PLAIN_CATEGORIES = {"closed_won": "won", "won": "won", "closed_lost": "lost", "lost": "lost"}
_ACT = "act"
_RECHECK = Window.parse("1 business day")
# A cache is emptied when it holds more than so much.
_KEPT = 200_000


@dataclass(frozen=True, slots=True)
class Person:
    """One of ours, as far as ownership needs it."""

    id: str
    name: str
    email: str = ""
    role: str = "rep"
    manager_id: str | None = None
    team: str | None = None
    timezone: str | None = None
    language: str | None = None
    leaves_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StageInfo:
    """A stage of the pipeline as the source lists it."""

    category: str
    position: int
    probability: float | None
    expected_days: float | None


@dataclass(slots=True)
class Company:
    """The company: values that hold for every account. Methods are pure; windows are cached.

    `lines`: by phone queue and by number of ours, the user or team whose line it is now. `distrusted`: the checks of
    the calls that fail at present. `switched_off`: the rules that the playbook does not ask.
    """

    playbook: Playbook
    calendar: BusinessCalendar
    people: dict[str, Person]
    stages: dict[str, StageInfo]
    sight: Sight
    fallback_owner: str
    manager: str
    currency: str | None = None
    absences: dict[str, list[tuple[datetime, datetime, str | None]]] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    distrusted: frozenset[str] = frozenset()
    switched_off: frozenset[str] = field(init=False)
    _due: dict[tuple[Window, datetime], datetime] = field(default_factory=dict, init=False)
    _windows: dict[tuple[str | None, ...], Window] = field(default_factory=dict, init=False)
    # Of a breach: steps taken, what is done since when, and until when; time goes on from there.
    _walked: dict[tuple[str, datetime], tuple[int, str, datetime, datetime]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.switched_off = frozenset(name for name, rule in self.playbook.rules if not rule.enabled)

    @property
    def one_person(self) -> bool:
        """A business of one has nobody to reassign to."""
        return len(self.people) <= 1

    def zone_of(self, user_id: str | None) -> ZoneInfo:
        """The zone of a user, else the company's."""
        person = self.people.get(user_id or "")
        return ZoneInfo(person.timezone) if person and person.timezone else self.calendar.zone

    def category(self, stage: str) -> str:
        """open, won, lost or disqualified."""
        known = self.stages.get(stage)
        return known.category if known else _PLAIN_CATEGORIES.get(stage, "open")

    def due(self, window: Window, start: datetime) -> datetime:
        """When `window` that begins at `start` is over."""
        key = (window, start)
        found = self._due.get(key)
        if found is None:
            if len(self._due) > _KEPT:
                self._due.clear()
            found = self._due[key] = window.due(start, self.calendar)
        return found

    def window(self, rule: str, start: datetime, *keys: str | None) -> datetime:
        """When the window of `rule` is over, by the first of `keys` (lead type, intent, segment) with its own."""
        asked = (rule, *keys)
        window = self._windows.get(asked)
        if window is None:
            window = self._windows[asked] = self.playbook.window_for(rule, *keys)
        return self.due(window, start)

    def step(self, rule: str, due_at: datetime, now: datetime) -> Step:
        """Where a breach of `rule` stands on its ladder at `now`: the prepared action first, then the steps.

        The last step repeats: its number stays, only the time at which it is looked at again moves on.
        """
        steps = self.playbook.ladder_for(rule, self.one_person).steps
        last = len(steps) - 1
        walked = self._walked.get((rule, due_at))
        if walked is None or walked[2] > now:
            walked = (0, _ACT, due_at, steps[0].after.due(due_at, self.calendar))
        taken, do, at, following = walked
        while following <= now:
            do, at, taken = steps[min(taken, last)].do, following, taken + 1
            following = steps[min(taken, last)].after.due(at, self.calendar)
        if len(self._walked) > _KEPT:
            self._walked.clear()
        self._walked[rule, due_at] = (taken, do, at, following)
        return Step(min(taken, last + 1), do, following, steps[min(taken, last)].do, at)

    def first_step(self, rule: str) -> str:
        """What is done first when the rule's window is over and nothing happened."""
        return self.playbook.ladder_for(rule, self.one_person).step(0).do

    def review_at(self, now: datetime) -> datetime:
        """When something without a date of its own is looked at again."""
        return self.window("next_step", now)

    def recheck_at(self, now: datetime) -> datetime:
        """When a source that was blind is asked again."""
        return self.due(_RECHECK, now)

    def is_working(self, day: date) -> bool:
        """Whether anybody is at work on that day."""
        zone = self.calendar.zone
        opens = self.calendar.next_open(datetime.combine(day, time(), zone).astimezone(UTC))
        return opens.astimezone(zone).date() == day

    def has_left(self, user_id: str, now: datetime) -> bool:
        """Whether the user is one of ours no more."""
        person = self.people.get(user_id)
        return person is not None and person.leaves_at is not None and person.leaves_at <= now

    def present_owner(self, user_id: str | None, now: datetime) -> str:
        """Who has it now: the user, the manager of one who left, the delegate of one who is away, the fallback."""
        person = self.people.get(user_id or "")
        if person is None:
            return user_id if user_id == self.fallback_owner else self.fallback_owner
        if person.leaves_at and person.leaves_at <= now:
            return self._manager_of(person, now)
        for begins, ends, delegate in self.absences.get(person.id, ()):
            if begins <= now < ends and delegate and delegate in self.people:
                return delegate
        return person.id

    def has_team(self, name: str) -> bool:
        """Whether anybody is of this team."""
        return any(x.team == name for x in self.people.values())

    def pool_of(self, queue: str | None, number: str | None) -> str | None:
        """The user or team that returns the calls of a queue or number of ours; None where nobody is named."""
        named = self.playbook.calls.queues
        for place in (queue, number):
            if place and (found := named.get(place) or self.lines.get(place)):
                return found
        return None

    def _manager_of(self, person: Person, now: datetime) -> str:
        manager = self.people.get(person.manager_id or "")
        gone = manager is None or (manager.leaves_at is not None and manager.leaves_at <= now)
        return self.manager if gone or manager is None else manager.id

    def stand_in(self, do: str, owner: str, now: datetime) -> str:
        """Who has a breach at a step of the ladder: the owner, a colleague who can act now, or the manager."""
        if do not in ("reassign", "manager"):
            return owner
        person = self.people.get(owner)
        if person is None:
            return self.manager
        if do == "manager":
            return self._manager_of(person, now)
        return self._colleague(person, now) or self._manager_of(person, now)

    def _colleague(self, person: Person, now: datetime) -> str | None:
        """The next of the same team and role in a fixed order, so that the same replay reassigns alike."""
        team = sorted(
            x.id
            for x in self.people.values()
            if x.id != person.id and x.role == person.role and x.team == person.team and person.team
        )
        able = [x for x in team if self.present_owner(x, now) == x]
        return next((x for x in able if x > person.id), able[0] if able else None)
