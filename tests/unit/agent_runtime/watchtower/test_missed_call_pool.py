"""A missed call of a customer of nobody's has a pool and a time, and what nobody can return ends as what it is."""

from dataclasses import replace
from typing import Any

import pytest

from agent_runtime.playbook.call_policy import CallPolicy
from agent_runtime.watchtower.company import Company, Person
from agent_runtime.watchtower.view import AccountInfo
from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, MANAGER, NUMBER, Story, at, company

NOBODYS = AccountInfo("acc", NUMBER, provisional=True)
LINE = "+49301000001"
DESK = [Person(name, name.title(), f"{name}@ours.example", "rep", MANAGER, "desk") for name in ("dot", "eve")]


def house(queues: dict[str, str] | None = None, lines: dict[str, str] | None = None) -> Company:
    made = company(people=[*company().people.values(), *DESK])
    playbook = made.playbook.model_copy(update={"calls": CallPolicy(queues=queues or {})})
    return replace(made, playbook=playbook, lines=lines or {})


WITHHELD: dict[str, Any] = {"from": None}


def missed(made: Company, account: AccountInfo = NOBODYS, **more: Any) -> Story:
    story = Story(made, account)
    story.misses("tue 10:00", None, **({"queue": "sales", "to": LINE} | more))
    return story


def owner(story: Story, *moments: str) -> str | None:
    (row,) = story.ledger(*(moments or ("tue 10:00",))).interactions
    return row.owner_id


@pytest.mark.parametrize(
    ("made", "goes_to"),
    [
        (house({"sales": "desk"}), "desk"),
        (house({"sales": "eve"}), "eve"),
        (house(lines={LINE: "desk"}), "desk"),
        (house(lines={"sales": "dot", LINE: "desk"}), "dot"),
        (house({"sales": "desk"}, {"sales": "dot"}), "desk"),
        (house({"sales": "nobody we know"}), BELA),
        (house({"service": "desk"}), BELA),
    ],
)
def test_the_queue_then_the_line_say_who_returns_it(made: Company, goes_to: str) -> None:
    assert owner(missed(made)) == goes_to


def test_a_customer_with_an_owner_is_the_owners() -> None:
    assert owner(missed(house({"sales": "desk"}), NOBODYS._replace(owner_id=ANNA))) == ANNA


def test_who_tried_goes_on_with_it() -> None:
    story = missed(house({"sales": "desk"}))
    story.calls("tue 10:10", None, user="eve", talk=0)
    assert owner(story, "tue 10:00", "tue 10:20") == "eve"


def test_a_breach_of_a_pool_climbs_to_the_manager() -> None:
    story = missed(house({"sales": "desk"}))
    book = story.ledger("tue 10:00", "thu2 10:00")
    assert book.interactions[0].owner_id == MANAGER
    assert len(book.breaches) == 1


def test_a_caller_without_number_and_message_is_lost_when_the_window_is_over() -> None:
    story = missed(house({"sales": "desk"}), **WITHHELD)
    (waiting,) = story.ledger("tue 10:00").interactions
    assert (waiting.state, waiting.owner_id) == ("open", "desk")
    assert waiting.next_due_at
    book = story.ledger("tue 10:00", "fri2 10:00")
    (ended,) = book.interactions
    assert (ended.outcome, ended.evidence) == ("lost", ["act_1"])
    assert not book.breaches


def test_a_message_without_a_number_is_owed_an_answer() -> None:
    said = WITHHELD | {"voicemail": True, "words": "Mrs Kay, ring me about the pump."}
    story = missed(house({"sales": "desk"}), **said)
    book = story.ledger("tue 10:00", "fri2 10:00")
    assert [x.state for x in book.interactions] == ["open"]
    assert len(book.breaches) == 1


def test_two_callers_without_a_number_are_two_matters() -> None:
    story = missed(house({"sales": "desk"}), **WITHHELD)
    story.misses("tue 10:03", None, **{"from": None, "queue": "sales"})
    story.calls("tue 10:10", None, user="eve", to="+49309999")
    assert [x.owner_id for x in story.ledger("tue 10:20").interactions] == ["desk", "desk"]


def test_again_and_again_from_one_unknown_number_is_one_matter_that_a_callback_ends() -> None:
    story = missed(house({"sales": "desk"}))
    story.misses("tue 10:05", None, queue="service")
    assert len(story.ledger("tue 10:06").interactions) == 1
    story.calls("tue 10:20", None, user="eve")
    (row,) = story.ledger("tue 10:06", "tue 10:30").interactions
    assert (row.outcome, row.ended_at) == ("converted", at("tue 10:20"))


def test_while_labels_drift_everybody_is_called_back_as_soon_as_a_buyer() -> None:
    made = house({"sales": "desk"})
    said: dict[str, Any] = {"voicemail": True, "words": "When are you open on Saturday?"}
    (usual,) = missed(made, **said).expected("tue 10:01", "missed_call")
    (soon,) = missed(replace(made, distrusted=frozenset({"labels"})), **said).expected("tue 10:01", "missed_call")
    (same,) = missed(replace(made, distrusted=frozenset({"clock"})), **said).expected("tue 10:01", "missed_call")
    assert soon.due_at == at("tue 10:30") < usual.due_at == same.due_at


@pytest.mark.parametrize("idle", [ANNA, BELA, "dot", "eve"])
def test_who_never_calls_back_does_not_decide_what_becomes_of_it(idle: str) -> None:
    story = missed(house(), NOBODYS._replace(owner_id=idle))
    assert owner(story) == idle
    (waiting,) = story.ledger("tue 10:00", "thu2 10:00").interactions
    assert waiting.owner_id not in (None, idle)
    story.calls("thu2 11:00", None, user=str(waiting.owner_id))
    (row,) = story.ledger("tue 10:00", "thu2 10:00", "thu2 12:00").interactions
    assert row.outcome == "converted"
