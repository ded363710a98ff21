"""What another playbook would have done lately: how often each rule would have fired, what it gains and loses. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from agent_runtime.ledger.book import Begun, Expected
from agent_runtime.playbook import RULES, Playbook, Step
from agent_runtime.playbook.fields import Policy
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.evaluate import stated, terms
from agent_runtime.watchtower.view import View

LOOKED_BACK = timedelta(days=30)
EXAMPLES = 3

Name = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Fired:
    """One time that a rule would have said something: about which account, what was due and when."""

    account_id: str
    subject: str
    action: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """How often a rule would have fired under each playbook; examples of what only one of them says."""

    rule: str
    before: int
    after: int
    gained: int
    lost: int
    gained_examples: tuple[Fired, ...]
    lost_examples: tuple[Fired, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs: where it stands in the file, and both as they are written."""

    place: str
    before: str
    after: str


@dataclass(slots=True)
class Comparison:
    """Collects, account by account, what each of two playbooks would have said between `since` and now."""

    before: Company
    after: Company
    since: datetime
    _before: dict[str, dict[Name, Fired]] = field(default_factory=dict)
    _after: dict[str, dict[Name, Fired]] = field(default_factory=dict)

    def look(self, view: View) -> None:
        """Takes one account, seen with either company."""
        for company, kept in ((self.before, self._before), (self.after, self._after)):
            same = View(view.account, view.events, company, view.now, view.contacts)
            for name, one in fired(same, self.since).items():
                kept.setdefault(name[0], {})[name] = one

    def rules(self) -> list[RuleDifference]:
        """Each rule that fired under either playbook, in the order of the playbook."""
        return [self._rule(x) for x in RULES if x in self._before or x in self._after]

    def _rule(self, rule: str) -> RuleDifference:
        before, after = self._before.get(rule, {}), self._after.get(rule, {})
        gained, lost = _only(after, before), _only(before, after)
        return RuleDifference(
            rule, len(before), len(after), len(gained), len(lost), tuple(gained[:EXAMPLES]), tuple(lost[:EXAMPLES])
        )


def _only(one: Mapping[Name, Fired], other: Mapping[Name, Fired]) -> list[Fired]:
    """What only one of them says, the latest first."""
    found = [fired for name, fired in one.items() if name not in other]
    return sorted(found, key=lambda x: (x.due_at, x.account_id, x.subject), reverse=True)


def fired(view: View, since: datetime) -> dict[Name, Fired]:
    """What the rules would have said of the account since then, by rule, account, interaction and expectation.

    What could not be seen is unverified, and not said.
    """
    unseen, found = terms(view).unseen, {}
    for begun in stated(view):
        for x in begun.expected:
            late = since < x.due_at + x.grace <= view.now and _is_late(begun, x)
            if late and (x.met_at is not None or not unseen(x).sources):
                subject = begun.opportunity_id or begun.key
                found[x.rule, view.account.id, begun.key, x.key] = Fired(view.account.id, subject, x.action, x.due_at)
    return found


def _is_late(begun: Begun, expected: Expected) -> bool:
    settled = [x for x in (expected.met_at, begun.end.at if begun.end else None) if x]
    return not settled or min(settled) > expected.due_at


def changes(before: Playbook, after: Playbook) -> list[Change]:
    """Every value that differs, in the order of the file; "-" where one of them has none."""
    old, new = dict(_values(before, "")), dict(_values(after, ""))
    places = [*old, *(x for x in new if x not in old)]
    return [Change(x, old.get(x, "-"), new.get(x, "-")) for x in places if old.get(x) != new.get(x)]


def _values(table: Policy | Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    """Each value below a table by its place in the file, as it is written there."""
    named = table.items() if isinstance(table, Mapping) else table
    for name, value in named:
        place = f"{above}.{name}" if above else name
        if isinstance(value, (Policy, Mapping)):
            yield from _values(value, place)
        elif isinstance(value, tuple):
            yield place, ", ".join(_written(x) for x in value) or "none"
        else:
            yield place, _written(value)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value.do} after {value.after}" if isinstance(value, Step) else str(value)


def difference_text(changed: Iterable[Change], rules: Iterable[RuleDifference]) -> str:
    """Both as lines for a person."""
    lines = [f"{x.place}: {x.before} → {x.after}" for x in changed] or ["No value differs."]
    lines.append("")
    for x in rules:
        lines.append(f"{x.rule}: would have fired {x.after} times in the last {LOOKED_BACK.days} days (now {x.before})")
        lines += [f"    + {_example(y)}" for y in x.gained_examples] + _more(x.gained)
        lines += [f"    - {_example(y)}" for y in x.lost_examples] + _more(x.lost)
    return "\n".join(lines)


def _example(one: Fired) -> str:
    return f"{one.account_id}  {one.subject}  {one.action}  due {one.due_at:%Y-%m-%d %H:%M} UTC"


def _more(count: int) -> list[str]:
    return [f"      and {count - EXAMPLES} more"] if count > EXAMPLES else []
