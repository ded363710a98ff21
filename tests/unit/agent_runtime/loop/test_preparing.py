"""A prepared brief comes before the meeting, goes with it, is renewed, and is done when its owner takes it."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, insert

from agent_runtime.inbox.policy import ItemRow
from agent_runtime.watchtower.company import Company
from memory.facts import Statement, record
from memory.records import Contact
from memory.timeline import NewActivity, add
from tests.unit.agent_runtime.inbox.office import Office
from tests.unit.agent_runtime.watchtower.story import ANNA, CUSTOMER, at, company

BOSS = "c-boss"
WANTED = ("executive_brief", "renewal_ahead", "qbr_follow_up")


def house(language: str | None = None) -> Company:
    """The company with only the rules for which something is prepared."""
    made = company()
    rules = made.playbook.rules
    on = rules.model_copy(update={x: y.model_copy(update={"enabled": x in WANTED}) for x, y in rules})
    people = {**made.people, ANNA: replace(made.people[ANNA], language=language)}
    return replace(made, playbook=made.playbook.model_copy(update={"rules": on}), people=people)


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return opened(sqlite_engine)


def opened(engine: Engine, language: str | None = None) -> Office:
    office = Office(engine, house(language)).open()
    with engine.begin() as connection:
        row = {"id": BOSS, "account_id": "acc", "name": "Vera Holm", "title": "Managing Director", "role": ""}
        connection.execute(insert(Contact), row | {"email": "vera@acme.example", "status": "active"})
    return office


def meets(office: Office, status: str = "scheduled") -> str:
    data = {"starts_at": at("fri 10:00").isoformat(), "status": status}
    return office.told("meeting", "meetings", subject="Steering meeting", contact_id=BOSS, data=data)


def worries(office: Office, words: str) -> None:
    activity = office.told("email", "emails", direction="inbound", contact_id=CUSTOMER, subject="Price", text=words,
                           data={"thread": "t5"})  # fmt: skip
    said = Statement("acc", "concern.price", "open", "external", office.now, office.now, activity, "s-price",
                     (0, len(words)))  # fmt: skip
    with office.engine.begin() as connection:
        record(connection, [said])


def ready(engine: Engine, language: str | None = None) -> tuple[Office, ItemRow]:
    """The brief for a meeting of Friday, as it is before Anna on Thursday."""
    office = opened(engine, language).pass_to("mon 10:00")
    meets(office)
    office.run()
    assert office.items() == []
    office.pass_to("thu 10:30")
    return office, office.item("executive_brief")


def test_the_brief_is_before_its_owner_ahead_of_the_meeting(sqlite_engine: Engine) -> None:
    _, item = ready(sqlite_engine)
    assert (item.action["kind"], item.owner_id, item.action["to"]) == ("brief", ANNA, [ANNA])
    assert item.action["subject"] == "Brief: “Steering meeting”, Friday, 13 Mar 2026, 10:00"
    assert "Vera Holm (Managing Director). [1][2]" in item.action["body"]
    shown = item.beside["prepared"]
    assert [source["number"] for source in shown["sources"]] == list(range(1, len(shown["sources"]) + 1))
    assert all(line["citations"] for part in shown["sections"] for line in part["lines"])


def test_their_mail_about_the_meeting_does_not_hold_the_preparation(office: Office) -> None:
    office.pass_to("mon 10:00")
    meets(office)
    office.run().pass_to("tue 09:00")
    office.writes()
    office.run().pass_to("thu 10:30")
    assert office.item("executive_brief").action["kind"] == "brief"


def test_a_brief_that_is_taken_is_done_and_stays_on_the_timeline(sqlite_engine: Engine) -> None:
    office, item = ready(sqlite_engine)
    office.decide(item, "approve")
    assert office.later(seconds=11).work() == ["sent"]
    office.later(minutes=1).run()
    assert office.items() == []
    [interaction] = office.interactions("preparation")
    assert (interaction.state, interaction.outcome) == ("ended", "converted")
    rows = office.rows("SELECT subject FROM tenure_activity WHERE kind = 'action.brief'")
    assert [x.subject for x in rows] == [item.action["subject"]]


def test_it_goes_when_the_meeting_is_canceled(sqlite_engine: Engine) -> None:
    office, item = ready(sqlite_engine)
    with office.engine.begin() as connection:
        data = {"starts_at": at("fri 10:00").isoformat(), "status": "canceled"}
        add(connection, [NewActivity("world", "meetings", "s1", "meeting", office.now, office.now, "acc",
                                     subject="Steering meeting", contact_id=BOSS, data=data)])  # fmt: skip
    office.later(minutes=5).run()
    assert office.again(item).state == "cleared"
    assert office.items() == []


def test_a_new_concern_renews_it_and_nothing_else_does(sqlite_engine: Engine) -> None:
    office, item = ready(sqlite_engine)
    office.later(minutes=30).writes()
    office.run()
    assert office.again(item).state == "open"
    office.later(minutes=30)
    worries(office, "The yearly price is too high for us.")
    office.run()
    assert office.again(item).state == "renewed"
    renewed = office.item("executive_brief")
    assert "“The yearly price is too high for us.”" in renewed.action["body"]
    assert renewed.id != item.id
    office.later(minutes=30).run()
    assert office.item("executive_brief").id == renewed.id


def test_another_time_of_the_meeting_renews_it(sqlite_engine: Engine) -> None:
    office, item = ready(sqlite_engine)
    data = {"starts_at": at("fri 09:00").isoformat(), "status": "scheduled"}
    with office.engine.begin() as connection:
        add(connection, [NewActivity("world", "meetings", "s1", "meeting", at("mon 10:00"), office.now, "acc",
                                     subject="Steering meeting", contact_id=BOSS, data=data)])  # fmt: skip
    office.later(minutes=5).run()
    assert office.again(item).state == "renewed"
    assert office.item("executive_brief").action["subject"].endswith("13 Mar 2026, 9:00")


def test_what_a_person_wrote_into_it_is_not_taken_away(sqlite_engine: Engine) -> None:
    office, item = ready(sqlite_engine)
    office.decide(item, "edit", draft={"body": "My own notes."})
    office.later(minutes=30)
    worries(office, "The yearly price is too high for us.")
    office.run()
    assert office.item("executive_brief").action["body"] == "My own notes."


def test_a_reader_of_german_gets_it_in_german_and_takes_it_all_the_same(sqlite_engine: Engine) -> None:
    office, item = ready(sqlite_engine, "de")
    assert item.action["subject"].startswith("Vorbereitung: „Steering meeting“")
    office.decide(item, "approve")
    office.later(seconds=11).work()
    office.later(minutes=1).run()
    assert [x.outcome for x in office.interactions("preparation")] == ["converted"]


def test_a_renewal_comes_with_its_plan_and_taking_it_is_no_talk(office: Office) -> None:
    office.pass_to("mon 10:00").told("renewal", "crm", data={"renewal_date": "2026-05-31"})
    office.run().pass_to("tue3 18:00")
    item = office.item("renewal_ahead")
    assert item.action["kind"] == "brief"
    assert "Renewal plan: Acme, contract until 31 May 2026" in item.action["subject"]
    assert "By 16 Apr 2026: send the offer for the next term." in item.action["body"]
    office.decide(item, "approve")
    office.later(seconds=11).work()
    office.run()
    assert [x.state for x in office.interactions("renewal")] == ["open"]


def test_a_review_without_follow_up_stays_a_task_with_its_material(office: Office) -> None:
    office.pass_to("mon 10:00")
    data = {"starts_at": at("mon 14:00").isoformat(), "status": "scheduled"}
    office.told("meeting", "meetings", subject="QBR Acme", contact_id=CUSTOMER, data=data)
    office.run().pass_to("fri 16:00")
    item = office.item("qbr_follow_up")
    assert item.action["kind"] == "task"
    assert "Follow-up material: “QBR Acme” of 9 Mar 2026" in item.action["body"]
    assert item.beside["prepared"]["kind"] == "follow_up"


def test_an_account_without_such_matters_gets_nothing_prepared(office: Office) -> None:
    office.pass_to("mon 10:00").asks()
    office.run().pass_to("thu 10:30")
    assert office.items() == []
