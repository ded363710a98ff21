"""What the lists say of leads beside what was seen: by team or pool, each number with its rows, never by person."""

from dataclasses import asdict, replace

import orjson

from agent_runtime.diagnosis.two_views import POOL, SMALLER, Sighted, sighted, two_views
from agent_runtime.watchtower.company import Person
from agent_runtime.watchtower.view import AccountInfo
from tests.unit.agent_runtime.diagnosis.case import ALL, record
from tests.unit.agent_runtime.diagnosis.case import sighted as sighted_story
from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, CUSTOMER, NUMBER, Story, company

NORTH = [Person(name, name.title(), team="north") for name in (ANNA, BELA, "carl")]


def story(**more: object) -> Story:
    return replace(sighted_story(), company=company(*ALL, people=NORTH), **more)  # type: ignore[arg-type]


def lead(told: Story, when: str = "mon 10:00") -> None:
    told.crm(when, "lead.created", None, lead_id="l1", lead_type="web", contact_id=CUSTOMER)


def status(told: Story, said: str, when: str = "mon 11:00") -> None:
    told.crm(when, "lead.status", None, lead_id="l1", status=said, caused_by="person", contact_id=CUSTOMER)


def found(told: Story, *moments: str) -> list[tuple[str, str]]:
    return [(x.kind, x.group) for x in sighted(record(told, *(moments or ("fri 10:00",))))]


def test_a_lead_that_nobody_works_stands_in_both_views_while_the_crm_calls_it_new() -> None:
    told = story()
    lead(told)
    assert found(told) == [("listed_leads", "north"), ("unworked", "north")]


def test_a_status_takes_it_off_the_list_and_not_out_of_sight() -> None:
    told = story()
    lead(told)
    status(told, "contacted")
    assert ("listed_leads", "north") not in found(told)
    assert ("said_not_seen", "north") in found(told)
    told.mails("mon 11:30")
    assert ("said_not_seen", "north") not in found(told)


def test_nothing_is_claimed_of_a_contact_that_could_not_be_seen() -> None:
    told = story().seen()
    lead(told)
    status(told, "contacted")
    assert "said_not_seen" not in {kind for kind, _ in found(told)}


def test_a_stranger_who_called_stands_in_no_list() -> None:
    told = story(account=AccountInfo("prov", NUMBER, provisional=True))
    told.misses("mon 10:00", None)
    kinds = {x.kind for x in sighted(record(told, "fri 10:00"))}
    assert kinds == {"in_no_list"}
    known = story()
    known.misses("mon 10:00")
    assert sighted(record(known, "fri 10:00")) == []


def test_interest_that_nobody_took_up_is_seen() -> None:
    told = story()
    told.add("mon 10:00", "intent", topic="cold rooms", strength=0.9)
    assert found(told, "fri3 10:00") == [("interest", "north")]


def test_an_open_task_stands_in_the_lists_until_it_is_done() -> None:
    told = story()
    told.crm("mon 10:00", "task.created", None, task_id="t", user_id=ANNA)
    assert found(told) == [("listed_tasks", "north")]
    told.crm("tue 10:00", "task.completed", None, task_id="t", user_id=ANNA)
    assert found(told) == []


def test_no_new_leads_is_visible_while_some_wait() -> None:
    quiet, waits = story(account=AccountInfo("prov", NUMBER, provisional=True)), story()
    quiet.misses("mon 10:00", None)
    lead(waits)
    views = two_views([*sighted(record(quiet, "fri 10:00")), *sighted(record(waits, "fri 10:00"))])
    assert {x.group: (x.claims_none, x.waiting) for x in views}["north"] == (False, 1)
    assert [x.claims_none for x in views if x.group != "north"] == [True]


def test_a_team_of_two_is_not_shown_by_its_name_and_nobody_ever_is() -> None:
    two = replace(story(), company=company(*ALL, people=NORTH[:2]))
    lead(two)
    every: list[Sighted] = sighted(record(two, "fri 10:00"))
    assert {x.group for x in every} == {SMALLER}
    orphan = replace(two, account=AccountInfo("acc", "Acme"))
    assert {x.group for x in sighted(record(orphan, "fri 10:00"))} <= {SMALLER, POOL}
    assert ANNA not in orjson.dumps([asdict(x) for x in two_views(every)]).decode()
