"""The presets load, and each mistake in a playbook is refused with its line and a way to mend it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from agent_runtime.calendars import Window
from agent_runtime.errors import BadPlaybook
from agent_runtime.playbook import LEAD_TYPES, RULES, Playbook, default, load, preset_names
from agent_runtime.playbook.load import PRESETS

SOURCE = (PRESETS / "b2b_sales.toml").read_text()
LOADED = {name: load(name) for name in preset_names()}
moments = st.datetimes(datetime(2024, 6, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ours.toml"


def refusal(file: Path, old: str, new: str) -> str:
    """What is said about the default playbook in which the first `old` has become `new`."""
    assert old in SOURCE
    file.write_text(SOURCE.replace(old, new, 1))
    with pytest.raises(BadPlaybook) as caught:
        load(file)
    return str(caught.value)


def line_with(text: str, source: str = SOURCE, after: str = "") -> str:
    start = source.index(text, source.index(after))
    return f"ours.toml, line {source.count(chr(10), 0, start) + 1}: "


def windows_of(playbook: Playbook) -> list[Window]:
    found = [playbook.rule(name).window for name in RULES]
    found += [window for name in RULES for window in playbook.windows.of(name).values()]
    return found + [step.after for ladder in playbook.ladders.values() for step in ladder.steps]


@pytest.mark.parametrize("name", preset_names())
def test_presets_load_and_answer_every_question(name: str) -> None:
    playbook = load(name)
    for rule in RULES:
        assert playbook.ladder_for(rule, one_person=False).steps
        assert not playbook.ladder_for(rule, one_person=True).needs_second_person
    assert all(getattr(playbook.routing, lead_type) for lead_type in LEAD_TYPES)
    assert playbook.calendar.build([2025]).is_open(datetime(2025, 6, 3, 8, 0, tzinfo=UTC))


@pytest.mark.parametrize("name", preset_names())
@settings(max_examples=25)
@given(start=moments)
def test_every_window_of_a_preset_ends_after_it_begins(name: str, start: datetime) -> None:
    playbook = LOADED[name]
    calendar = playbook.calendar.build(range(2024, 2028))
    for window in windows_of(playbook):
        due = window.due(start, calendar)
        assert due > start if window.amount else due == start


@given(start=moments, taken=st.integers(0, 50), rule=st.sampled_from(RULES), one_person=st.booleans())
def test_a_ladder_always_has_a_next_due_time(start: datetime, taken: int, rule: str, one_person: bool) -> None:
    calendar = default().calendar.build(range(2024, 2028))
    assert default().ladder_for(rule, one_person).next_due(taken, start, calendar) > start


def test_the_last_step_of_a_ladder_repeats() -> None:
    ladder = default().ladder_for("lead_response", one_person=False)
    assert [ladder.step(taken).do for taken in range(6)] == [
        "remind",
        "reassign",
        "manager",
        "ask_outcome",
        "ask_outcome",
        "ask_outcome",
    ]


def test_a_business_of_one_tries_another_way_and_then_asks() -> None:
    steps = default().ladder_for("lead_response", one_person=True).steps
    assert [step.do for step in steps] == ["remind", "other_channel", "ask_outcome"]
    debt = default().ladder_for("promise_due", one_person=True)
    assert debt == default().ladders["one_person_debt"]
    assert load("one_person").ladder_for("promise_due", True) == load("one_person").ladders["my_debt"]


def test_the_first_key_with_its_own_window_counts() -> None:
    assert str(default().window_for("lead_response", "phone", "enterprise")) == "15 business min"
    assert str(default().window_for("answer_owed", None, "enterprise")) == "4 business hours"
    assert default().window_for("answer_owed", "small") == default().rule("answer_owed").window
    assert str(default().window_for("missed_call", "commercial")) == "30 business min"


def test_a_stage_is_allowed_its_expected_days_times_the_tolerance() -> None:
    stages = default().stages
    assert stages.allowed_days("qualified") == 7.5
    assert stages.allowed_days("qualified", source_days=2) == 3
    assert stages.allowed_days("a stage of ours") == 21


def test_addresses_that_are_never_logged(file: Path) -> None:
    file.write_text(SOURCE.replace("never_log = []", 'never_log = ["Doc@Mail.example.com", "law.example"]'))
    assert load(file).never_log == ("doc@mail.example.com", "law.example")


def test_the_fingerprint_is_of_the_content(file: Path) -> None:
    file.write_text("# a comment\n" + SOURCE.replace("tolerance = 1.5", "tolerance=1.50"))
    assert load(file).fingerprint == default().fingerprint
    file.write_text(SOURCE.replace("tolerance = 1.5", "tolerance = 1.6"))
    assert load(file).fingerprint != default().fingerprint
    file.write_text(SOURCE.replace('phone = "15 business min"', 'phone = "16 business min"'))
    assert load(file).fingerprint != default().fingerprint


def test_a_playbook_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        default().budget.items_per_person_day = 99  # type: ignore[misc]
    with pytest.raises(TypeError):
        default().ladders["mine"] = default().ladders["explain"]  # type: ignore[index]
    with pytest.raises(TypeError):
        default().windows.lead_response["web"] = Window(1, "day", False)  # type: ignore[index]


def test_an_unknown_rule_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        default().rule("lead_respond")


@pytest.mark.parametrize(
    ("old", "new", "at", "after", "said"),
    [
        ('ladder = "new_lead"\n', "", "[rules.lead_response]", "", "has no recovery ladder. Add ladder ="),
        ('"new_lead"', '"new_laed"', 'ladder = "new_lead"', "", 'Did you mean "new_lead"?'),
        ('owner = "marketing"\n', "", "[rules.lead_response]", "", "has no owner. Add owner ="),
        ('owner = "marketing"', 'owner = "markting"', 'owner = "marketing"', "", 'Did you mean "marketing"?'),
        ('owner = "sales-desk"\n', "", "[fallback]", "", '[fallback] does not say "owner"'),
        ('manager = "sales-lead"', 'manager = " "', "manager = ", "", "[fallback] manager"),
        ("items_per_person_day", "items_per_persn_day", "items_per", "", 'mean "items_per_person_day"?'),
        ("[budget]", "[budgets]", "[budget]", "", 'Did you mean "budget"?'),
        ('"3 business hours"', '"3 busines hours"', '"3 business hours"', "[ladders.", '"4 business hours"'),
        ('"5 business days"', '"5 days ago"', '"5 business days"', "", "is no length of time"),
        ('"30 business min" },', '"0 min" },', '"30 business min" }', "", "would never stop"),
        ('do = "reassign"', 'do = "reasign"', 'do = "reassign"', "", 'Did you mean "reassign"?'),
        ('phone = "15', 'fone = "15', 'phone = "15', "", 'Did you mean "phone"?'),
        ('send_email = "approve"', 'send_email = "auto"', "send_email", "", 'Write "approve" or "never".'),
        ('holidays = "DE"', 'holidays = "XX"', "holidays = ", "", '"US"'),
        ("Mon-Fri 13:00", "Mon-Fry 13:00", "hours = ", "", '"Fry"'),
        ("Europe/Berlin", "Europe/Berln", "zone = ", "", 'Did you mean "Europe/Berlin"?'),
        ("severity = 0.9", "severity = 9", "severity = 0.9", "", "less than or equal to 1"),
        ("severity = 0.9", "severity = ", "severity = 0.9", "", "this is not TOML"),
        ("never_log = []", 'never_log = ["foo"]', "never_log", "", '"foo" is neither'),
        (
            'ladder = "one_person"',
            'ladder = "our_debt"',
            'do = "reassign"',
            "[ladders.our_debt]",
            "second person",
        ),
    ],
)
def test_a_mistake_is_refused_with_its_line(file: Path, old: str, new: str, at: str, after: str, said: str) -> None:
    told = refusal(file, old, new)
    assert line_with(at, after=after) in told
    assert said in told


def test_an_empty_ladder_is_refused(file: Path) -> None:
    start = SOURCE.index("steps", SOURCE.index("[ladders.explain]"))
    end = SOURCE.index("]\n", start) + 1
    told = refusal(file, SOURCE[start:end], "steps = []")
    assert line_with("steps", after="[ladders.explain]") in told
    assert "has no step" in told


def test_a_rule_that_is_left_out_is_refused(file: Path) -> None:
    told = refusal(file, "[rules.next_step]", "[rules.next_stop]")
    assert "[rules.next_step] is missing." in told
    assert line_with("[rules.next_step]") + '[rules] has no key "next_stop". Did you mean "next_step"?' in told


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(file: Path) -> None:
    file.write_text(SOURCE.replace("severity = 0.9", "severity = 9").replace("[priority]", "[prority]"))
    with pytest.raises(BadPlaybook) as caught:
        load(file)
    numbers = [int(part.partition(":")[0]) for part in str(caught.value).split("line ")[1:]]
    assert len(numbers) == 4
    assert numbers == sorted(numbers)


def test_the_line_is_found_with_windows_line_ends_and_a_byte_order_mark(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + SOURCE.replace("cut_days", "cut_day").replace("\n", "\r\n").encode())
    with pytest.raises(BadPlaybook, match="Did you mean") as caught:
        load(file)
    assert line_with("cut_days") in str(caught.value)


def test_files_that_cannot_be_read_are_refused(file: Path) -> None:
    with pytest.raises(BadPlaybook, match="cannot be read"):
        load(file)
    file.write_bytes(b"version = 1\nname = '\xff'")
    with pytest.raises(BadPlaybook, match="line 2: this is not UTF-8"):
        load(file)
    with pytest.raises(BadPlaybook, match="b2b_sales"):
        load("b2b_sale")


def test_grace_of_a_promise_is_over_when_the_promise_is_due() -> None:
    due = datetime(2025, 6, 3, 22, 0, tzinfo=UTC)
    calendar = default().calendar.build([2025])
    assert default().window_for("promise_due").due(due, calendar) == due
    assert default().window_for("next_step").due(due, calendar) > due + timedelta(days=5)
