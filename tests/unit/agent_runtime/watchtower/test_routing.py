"""A new lead has one owner at once: by type and hour, by region, and of a team one who can take it."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from agent_runtime.playbook.models import Routing
from agent_runtime.watchtower.company import Company, Person
from agent_runtime.watchtower.evaluate import terms
from agent_runtime.watchtower.view import AccountInfo
from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, CUSTOMER, MANAGER, Story, at, company

OWNED = AccountInfo("acc", "Acme", owner_id=ANNA)
NOBODYS = AccountInfo("new", "New Ltd")
TEAM = [Person(name, name.title(), f"{name}@ours.example", "rep", MANAGER, "london") for name in ("dot", "eve", "fay")]
STAFF = [*company().people.values(), *TEAM]


def routing(**places: Any) -> Company:
    made = company(people=STAFF)
    every = dict.fromkeys(("phone", "web", "after_hours", "referral", "event", "stale"), "owner")
    return replace(made, playbook=made.playbook.model_copy(update={"routing": Routing(**(every | places))}))


def owner(made: Company, lead_type: str | None, account: AccountInfo = OWNED, when: str = "tue 10:00") -> str:
    story = Story(made, account)
    story.add(when, "lead.created", contact_id=CUSTOMER, lead_id="l1", lead_type=lead_type)
    [begun] = story.begun("wed 09:00", "lead_response")
    return terms(story.view("wed 09:00")).owner(begun)


@pytest.mark.parametrize(
    ("place", "account", "goes_to"),
    [
        ("owner", OWNED, ANNA),
        ("owner", NOBODYS, BELA),
        ("fallback", OWNED, BELA),
        ("manager", OWNED, MANAGER),
        ("eve", OWNED, "eve"),
        ("nobody we know", OWNED, BELA),
    ],
)
def test_a_lead_goes_where_its_type_says(place: str, account: AccountInfo, goes_to: str) -> None:
    assert owner(routing(web=place), "web", account) == goes_to


def test_what_comes_when_nobody_is_at_work_is_after_hours_unless_its_type_is_named() -> None:
    made = routing(web="eve", after_hours="fay")
    assert owner(made, None, when="mon 20:00") == "fay"
    assert owner(made, None, when="tue 10:00") == "eve"
    assert owner(made, "web", when="mon 20:00") == "eve"


def test_a_region_has_its_team_and_what_has_none_goes_to_the_fallback() -> None:
    made = routing(web="region", regions={"GB": "london"})
    assert owner(made, "web", NOBODYS._replace(country="GB")) in {x.id for x in TEAM}
    assert owner(made, "web", NOBODYS._replace(country="FR")) == BELA


def test_a_team_shares_its_leads_evenly_and_leaves_out_who_is_away() -> None:
    made = routing(web="london")
    shares = Counter(owner(made, "web", AccountInfo(f"acc-{number}", "")) for number in range(300))
    assert set(shares) == {"dot", "eve", "fay"}
    assert min(shares.values()) > 60
    away = replace(made, absences={"dot": [(at("mon 00:00"), at("fri 00:00"), "eve")]})
    assert {owner(away, "web", AccountInfo(f"acc-{number}", "")) for number in range(50)} == {"eve", "fay"}


def test_who_has_spoken_to_a_lead_keeps_it() -> None:
    story = Story(routing(web="fallback"), OWNED)
    story.add("tue 10:00", "lead.created", contact_id=CUSTOMER, lead_id="l1", lead_type="web")
    story.calls("tue 10:20")
    [begun] = story.begun("wed 09:00", "lead_response")
    assert terms(story.view("wed 09:00")).owner(begun) == ANNA
