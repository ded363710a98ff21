"""What the playbook says of one case: which rule, which window, due when, who has it, and the ladder with its times.

A case is told in words: "web lead Fri 17:50", "missed call commercial Sat 11:00", "answer_owed enterprise Tue 16:00".
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent_runtime.calendars import WEEKDAYS, BusinessCalendar, Window
from agent_runtime.errors import BadInput
from agent_runtime.playbook.check import CALL_INTENTS, HOLDING, did_you_mean
from agent_runtime.playbook.models import LEAD_TYPES, RULES, Classification, Do, Playbook

_EXAMPLE = 'Write, for example, "web lead Fri 17:50".'
# What people call a case, longest first; anything else is the name of a rule.
_SPOKEN = {
    "missed call": "missed_call",
    "close date": "close_date_pushed",
    "no show": "no_show",
    "no-show": "no_show",
    "lead": "lead_response",
    "call": "missed_call",
    "question": "answer_owed",
    "mail": "answer_owed",
    "email": "answer_owed",
    "proposal": "proposal_response",
    "estimate": "estimate_response",
    "promise": "promise_due",
    "meeting": "meeting_follow_up",
    "renewal": "renewal_ahead",
}
_RUNGS: dict[Do, str] = {
    "remind": "the owner gets it again, higher up",
    "other_channel": "the owner gets it prepared for another channel or person",
    "reassign": "a colleague who can act takes it",
    "manager": "the manager decides",
    "ask_outcome": "the owner is asked how it ended",
}
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


@dataclass(frozen=True, slots=True)
class Case:
    """A rule, the keys by which its window may differ, and when it began (aware)."""

    rule: str
    keys: tuple[str, ...]
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Rung:
    """What is done at `at` if nothing happened until then; `who`: the owner, a colleague or the manager."""

    do: Do
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Explained:
    """How the playbook runs one case. `key`: the one whose own window was taken, None for that of the rule itself.

    `goes_to`: as the routing says for a lead; "owner" for everything else. `policy_owner`: who answers for the rule.
    `weight`: the part of its severity with which it counts, after what people answered to it.
    """

    rule: str
    enabled: bool
    window: Window
    key: str | None
    began_at: datetime
    due_at: datetime
    goes_to: str
    policy_owner: str
    classification: Classification
    severity: float
    ladder: str
    rungs: tuple[Rung, ...]
    weight: float = 1.0


def read_case(text: str, playbook: Playbook, calendar: BusinessCalendar, now: datetime) -> Case:
    """The case that `text` tells; a weekday is the next one from `now` on, in the calendar's zone.

    Raises BadInput that names the word which cannot be read.
    """
    words = " ".join(text.lower().split())
    rule, words = _take_rule(words)
    known = (*LEAD_TYPES, *CALL_INTENTS, HOLDING, *(x.lower() for x in playbook.segments))
    keys, day, at = [], None, None
    for word in words.split():
        if clock := _CLOCK.fullmatch(word):
            at = _time(clock, word)
        elif found := _day(word, calendar, now):
            day = found
        elif word in known:
            keys.append(next((x for x in playbook.segments if x.lower() == word), word))
        else:
            raise BadInput(f'"{word}" cannot be read here.', fix=f"{did_you_mean(word, known)} {_EXAMPLE}")
    local = now.astimezone(calendar.zone)
    began = datetime.combine((day or local).date(), at or local.time(), tzinfo=calendar.zone)
    return Case(rule, tuple(keys), began.astimezone(now.tzinfo))


def explain(case: Case, playbook: Playbook, calendar: BusinessCalendar, *, one_person: bool) -> Explained:
    """What happens in this case and when; times are in the zone of `case.began_at`."""
    rule, own = playbook.rule(case.rule), playbook.windows.of(case.rule)
    key = next((x for x in case.keys if x in own), None)
    window = own[key] if key else rule.window
    due_at = window.due(case.began_at, calendar)
    ladder = playbook.ladder_for(case.rule, one_person)
    lead_type = next((x for x in case.keys if x in LEAD_TYPES), None)
    routed = playbook.routing.of(lead_type) if lead_type and case.rule == "lead_response" else "owner"
    return Explained(
        rule=case.rule,
        enabled=rule.enabled,
        window=window,
        key=key,
        began_at=case.began_at,
        due_at=due_at,
        goes_to=playbook.fallback.owner if routed == "fallback" else routed,
        policy_owner=getattr(playbook.owners, rule.owner),
        classification=rule.classification,
        severity=rule.severity,
        ladder=next(name for name, x in playbook.ladders.items() if x is ladder),
        rungs=tuple(_rungs(case.rule, due_at, playbook, calendar, one_person=one_person)),
    )


def explained_text(found: Explained, calendar: BusinessCalendar) -> str:
    """The same as lines for a person, in the company's own time."""
    zone = calendar.zone
    by = f"the window for {found.key}" if found.key else "the rule's own window"
    whose = "the owner of the account" if found.goes_to == "owner" else found.goes_to
    lines = [
        f"{found.rule}{'' if found.enabled else ' (switched off)'}: {found.window} ({by})",
        f"began  {_moment(found.began_at, zone)}{_closed(found.began_at, calendar)}",
        f"due    {_moment(found.due_at, zone)}, with {whose}",
    ]
    lines.append("If nothing has happened by then:")
    lines += [f"then   {_moment(x.at, zone)}  {_RUNGS[x.do]}" for x in found.rungs]
    lines.append(f"The last step repeats until the matter has ended. The steps stand in [ladders.{found.ladder}].")
    lines.append(
        f"The {found.policy_owner} answers for this rule. It counts as a {found.classification} and weighs"
        f" {found.severity:g} (0 to 1) in the order of the inbox."
    )
    if found.weight < 1:
        lines.append(f"People dismissed much of it lately: it counts with {found.weight:.0%} of that severity.")
    return "\n".join(lines)


def _take_rule(words: str) -> tuple[str, str]:
    """The rule of the case, and the words without it."""
    for name in (*RULES, *(x.replace("_", " ") for x in RULES), *_SPOKEN):
        found = re.search(rf"(?<!\S){re.escape(name)}(?!\S)", words)
        if found:
            rest = f"{words[: found.start()]} {words[found.end() :]}"
            return _SPOKEN.get(name, name.replace(" ", "_")), " ".join(rest.split())
    raise BadInput("This names no rule.", fix=f"{_EXAMPLE} Rules: {', '.join(RULES)}.")


def _time(clock: re.Match[str], word: str) -> time:
    if int(clock[1]) > 23 or int(clock[2]) > 59:
        raise BadInput(f'"{word}" is no time of day.', fix="Use 00:00 to 23:59.")
    return time(int(clock[1]), int(clock[2]))


def _day(word: str, calendar: BusinessCalendar, now: datetime) -> datetime | None:
    local = now.astimezone(calendar.zone)
    if word[:3] in WEEKDAYS and len(word) > 2 and (len(word) == 3 or word.endswith("day")):
        return local + timedelta(days=(WEEKDAYS.index(word[:3]) - local.weekday()) % 7)
    if _DAY.fullmatch(word):
        try:
            return datetime.fromisoformat(word)
        except ValueError:
            raise BadInput(f'"{word}" is no day.', fix="Write it as 2026-03-13.") from None
    return None


def _rungs(
    rule: str, due_at: datetime, playbook: Playbook, calendar: BusinessCalendar, *, one_person: bool
) -> list[Rung]:
    ladder, at, found = playbook.ladder_for(rule, one_person), due_at, []
    for number, step in enumerate(ladder.steps):
        at = ladder.next_due(number, at, calendar)
        who = {"reassign": "a colleague who can act", "manager": "the manager"}.get(step.do, "the owner")
        found.append(Rung(step.do, at, who))
    return found


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"


def _closed(moment: datetime, calendar: BusinessCalendar) -> str:
    if calendar.is_open(moment):
        return ""
    opens = calendar.next_open(moment).astimezone(calendar.zone)
    return f" (closed; opens {opens:%a %H:%M})"
