"""Who has something now, and where a breach stands on its ladder."""

from dataclasses import replace

import pytest

from agent_runtime.watchtower.company import Person
from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, MANAGER, at, company

MONA = Person(MANAGER, "Mona", role="manager")


def person(name: str, leaves: str | None = None, team: str | None = "north", manager: str | None = MANAGER) -> Person:
    return Person(name, name.title(), "", "rep", manager, team, leaves_at=at(leaves) if leaves else None)


@pytest.mark.parametrize(
    ("user", "now", "owner"),
    [
        (ANNA, "mon", ANNA),
        ("nobody", "mon", BELA),
        (None, "mon", BELA),
        ("cora", "tue 23:00", "cora"),
        ("cora", "wed 00:00", MANAGER),
        ("dora", "mon", MANAGER),
        (BELA, "mon 23:00", BELA),
        (BELA, "tue 00:00", ANNA),
        (BELA, "thu 00:00", BELA),
    ],
    ids=["there", "unknown", "nobody", "before leaving", "left", "left without a manager", "before the holiday",
         "on holiday", "back"],
)  # fmt: skip
def test_the_present_owner(user: str | None, now: str, owner: str) -> None:
    staff = (person(ANNA), person(BELA), person("cora", "wed 00:00"), person("dora", "sun 00:00", manager=None), MONA)
    staff = (*staff[:3], replace(staff[3], leaves_at=at("mon 00:00")), MONA)
    house = company(people=staff)
    house.absences[BELA] = [(at("tue 00:00"), at("thu 00:00"), ANNA)]
    assert house.present_owner(user, at(now)) == owner


@pytest.mark.parametrize(
    ("do", "owner", "stand_in"),
    [
        ("act", ANNA, ANNA),
        ("remind", ANNA, ANNA),
        ("other_channel", ANNA, ANNA),
        ("reassign", ANNA, BELA),
        ("reassign", BELA, ANNA),
        ("reassign", "lone", MANAGER),
        ("manager", ANNA, MANAGER),
        ("manager", "nobody", MANAGER),
        ("ask_outcome", ANNA, ANNA),
    ],
)
def test_who_has_it_at_a_step(do: str, owner: str, stand_in: str) -> None:
    staff = (person(ANNA), person(BELA), person("cora", "mon 00:00"), person("lone", team="south"), MONA)
    assert company(people=staff).stand_in(do, owner, at("tue")) == stand_in


@pytest.mark.parametrize(
    ("now", "index", "do", "following"),
    [
        ("tue 10:00", 0, "act", "remind"),
        ("tue 13:59", 0, "act", "remind"),
        ("tue 14:00", 1, "remind", "reassign"),
        ("wed 14:00", 2, "reassign", "manager"),
        ("fri 14:00", 3, "manager", "manager"),
        ("tue3 14:00", 3, "manager", "manager"),
    ],
)
def test_a_breach_climbs_its_ladder_and_the_last_step_repeats(now: str, index: int, do: str, following: str) -> None:
    step = company().step("answer_owed", at("tue 10:00"), at(now))
    assert (step.index, step.do, step.next_do) == (index, do, following)
    assert step.next_at > at(now)


def test_a_business_of_one_is_not_told_to_hand_it_to_somebody() -> None:
    alone = company(people=(person(ANNA, manager=None, team=None),))
    moments = [at(f"{day}{week} 12:00") for week in range(1, 5) for day in ("mon", "wed", "fri")]
    done = {alone.step(rule, at("mon 09:00"), now).do for rule in ("answer_owed", "next_step") for now in moments}
    assert alone.one_person
    assert done.isdisjoint({"reassign", "manager"})
    assert not company().one_person


@pytest.mark.parametrize(
    ("stage", "category"), [("offer", "open"), ("won", "won"), ("closed_lost", "lost"), ("unheard of", "open")]
)
def test_stages_that_nobody_listed_speak_for_themselves(stage: str, category: str) -> None:
    assert company().category(stage) == category
