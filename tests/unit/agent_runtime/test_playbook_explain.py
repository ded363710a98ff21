"""A case in words becomes a rule, a window, a due time and a ladder with its times."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.calendars import BusinessCalendar
from agent_runtime.errors import BadInput
from agent_runtime.playbook import RULES, load, preset_names
from agent_runtime.playbook.explain import Explained, explain, explained_text, read_case

PLAYBOOK = load("b2b_sales")
CALENDAR: BusinessCalendar = PLAYBOOK.calendar.build(range(2024, 2029))
# A Wednesday.
NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)


def explained(text: str, preset: str = "b2b_sales", *, one_person: bool = False) -> Explained:
    playbook = load(preset)
    calendar = playbook.calendar.build(range(2024, 2029))
    return explain(read_case(text, playbook, calendar, NOW), playbook, calendar, one_person=one_person)


def berlin(found: datetime) -> str:
    return f"{found.astimezone(CALENDAR.zone):%a %d %H:%M}"


def test_a_web_lead_on_friday_evening_is_due_on_monday_morning() -> None:
    found = explained("web lead Fri 17:50")
    assert (found.rule, found.key, str(found.window)) == ("lead_response", "web", "1 business hour")
    assert (berlin(found.began_at), berlin(found.due_at)) == ("Fri 13 17:50", "Mon 16 10:00")
    assert (found.goes_to, found.policy_owner, found.ladder) == ("owner", "head of marketing", "new_lead")
    assert [(x.do, berlin(x.at)) for x in found.rungs] == [
        ("remind", "Mon 16 11:00"),
        ("reassign", "Mon 16 14:30"),
        ("manager", "Tue 17 14:30"),
        ("ask_outcome", "Tue 24 14:30"),
    ]


@pytest.mark.parametrize(
    ("text", "rule", "key"),
    [
        ("missed call commercial Sat 11:00", "missed_call", "commercial"),
        ("call service", "missed_call", None),
        ("answer_owed enterprise Tue 16:00", "answer_owed", "enterprise"),
        ("Stage age", "stage_age", None),
        ("no-show tuesday 10:00", "no_show", None),
        ("qbr follow up", "qbr_follow_up", None),
        ("after_hours LEAD", "lead_response", "after_hours"),
        ("proposal small 2026-03-20 09:30", "proposal_response", "small"),
        ("lead", "lead_response", None),
    ],
)
def test_cases_as_people_say_them(text: str, rule: str, key: str | None) -> None:
    found = explained(text)
    assert (found.rule, found.key) == (rule, key)


def test_without_a_day_it_begins_now_and_a_date_is_that_day() -> None:
    assert explained("lead").began_at == NOW
    assert berlin(explained("lead 2026-03-20 09:30").began_at) == "Fri 20 09:30"
    assert berlin(explained("lead Wed 08:00").began_at) == "Wed 11 08:00"


def test_an_after_hours_lead_goes_where_the_routing_says() -> None:
    assert explained("after_hours lead").goes_to == "sales-desk"
    assert explained("web answer_owed").goes_to == "owner"


def test_a_business_of_one_has_its_own_ladder() -> None:
    found = explained("web lead", one_person=True)
    assert found.ladder == "one_person"
    assert {x.who for x in found.rungs} == {"the owner"}


@pytest.mark.parametrize("text", ["", "hello", "wep lead", "lead 25:00", "lead 2026-13-40", "lead friday-ish"])
def test_what_cannot_be_read_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        explained(text)
    assert caught.value.fix


def test_the_text_says_it_to_a_person() -> None:
    text = explained_text(explained("web lead Fri 17:50"), CALENDAR)
    assert "due    Mon 16 Mar 2026 10:00, with the owner of the account" in text
    assert "(closed; opens Mon 09:00)" in text
    off = explained_text(explained("appointment_confirm"), CALENDAR)
    assert off.startswith("appointment_confirm (switched off): 0 min (the rule's own window)")


@given(
    rule=st.sampled_from(RULES),
    preset=st.sampled_from(preset_names()),
    one_person=st.booleans(),
    day=st.dates(datetime(2025, 1, 1).date(), datetime(2026, 12, 1).date()),  # noqa: DTZ001
)
def test_the_steps_of_every_case_come_one_after_the_other(
    rule: str, preset: str, one_person: bool, day: object
) -> None:
    found = explained(f"{rule} {day} 11:00", preset, one_person=one_person)
    moments = [found.began_at, found.due_at, *(x.at for x in found.rungs)]
    assert moments == sorted(moments)
    assert len(set(moments[1:])) == len(moments) - 1
