"""A changed playbook shows what it would have said lately: rule by rule, gained and lost, with examples."""

import tomllib
from dataclasses import replace
from typing import Any

from agent_runtime.playbook import Playbook
from agent_runtime.playbook.load import PRESETS
from agent_runtime.tuning.difference import Comparison, changes, difference_text
from tests.unit.agent_runtime.watchtower.story import Story, at, company, playbook, seen

NOW, SINCE = "mon4 09:00", "mon 00:00"


def source() -> dict[str, Any]:
    return tomllib.loads((PRESETS / "b2b_sales.toml").read_text(encoding="utf-8"))


def changed(**rule: Any) -> Playbook:
    """The default with one rule changed: `answer_owed` = {...}."""
    plain = source()
    for name, values in rule.items():
        plain["rules"][name] |= values
    return Playbook.model_validate(plain)


def compared(other: Playbook, *stories: Story, since: str = SINCE) -> Comparison:
    found = Comparison(company(), replace(company(), playbook=other), at(since))
    for story in stories:
        found.look(story.view(NOW))
    return found


def slow(hours: int = 5) -> Story:
    story = Story()
    story.asks("mon 10:00")
    story.mails(f"mon {10 + hours}:00")
    return story


def test_the_same_playbook_gains_and_loses_nothing() -> None:
    late = Story()
    late.asks("mon 10:00")
    [rule] = compared(playbook(), late).rules()
    assert (rule.rule, rule.before, rule.after, rule.gained, rule.lost) == ("answer_owed", 1, 1, 0, 0)
    assert changes(playbook(), playbook()) == []


def test_a_shorter_window_would_have_fired_more_often() -> None:
    other = changed(answer_owed={"window": "2 business hours"})
    [rule] = compared(other, slow()).rules()
    assert (rule.before, rule.after, rule.gained) == (0, 1, 1)
    [example] = rule.gained_examples
    assert (example.account_id, example.action, example.due_at) == ("acc", "answer_the_customer", at("mon 12:00"))
    [change] = changes(playbook(), other)
    assert (change.place, change.before, change.after) == (
        "rules.answer_owed.window", "1 business day", "2 business hours")  # fmt: skip


def test_a_rule_that_is_switched_off_loses_what_it_said() -> None:
    late = Story()
    late.asks("mon 10:00")
    [rule] = compared(changed(answer_owed={"enabled": False}), late).rules()
    assert (rule.before, rule.after, rule.lost, len(rule.lost_examples)) == (1, 0, 1, 1)


def test_what_was_due_before_the_time_or_is_not_due_yet_does_not_count() -> None:
    late = Story()
    late.asks("mon 10:00")
    assert compared(playbook(), late, since="wed 00:00").rules() == []
    young = Story()
    young.asks("mon4 08:00")
    assert compared(playbook(), young).rules() == []


def test_what_could_not_be_seen_is_not_said() -> None:
    other = changed(answer_owed={"window": "2 business hours"})
    blind = (seen("email", "", "sun 00:00", "mon 00:00"),)
    found = Comparison(company(*blind), replace(company(*blind), playbook=other), at(SINCE))
    story = Story()
    story.asks("mon 10:00")
    found.look(story.view(NOW))
    assert found.rules() == []


def test_three_examples_are_shown_and_the_rest_counted() -> None:
    other = changed(answer_owed={"window": "2 business hours"})
    story = Story()
    for number in range(5):
        story.asks(f"mon {10 + number}:00", who=f"c{number}", subject=f"S{number}", thread=f"t{number}")
        story.mails(f"tue {9 + number}:30", who=f"c{number}", thread=f"t{number}")
    found = compared(other, story).rules()
    text = difference_text(changes(playbook(), other), found)
    assert "rules.answer_owed.window: 1 business day → 2 business hours" in text
    assert f"answer_owed: would have fired {found[0].after} times in the last 30 days (now {found[0].before})" in text
    assert found[0].gained == 5
    assert len(found[0].gained_examples) == 3
    assert "      and 2 more" in text
    assert difference_text([], []).startswith("No value differs.")


def test_a_changed_ladder_is_told_step_by_step() -> None:
    plain = source()
    plain["ladders"]["chance"]["steps"] = plain["ladders"]["chance"]["steps"][:1]
    plain["segments"] = []
    found = {x.place: x for x in changes(playbook(), Playbook.model_validate(plain))}
    assert found["ladders.chance.steps"].after == "remind after 3 business days"
    assert "ask_outcome after 10 business days" in found["ladders.chance.steps"].before
    assert found["segments"].after == "none"
