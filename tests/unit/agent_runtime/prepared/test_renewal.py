"""A renewal plan has figures and dates out of the records and the calendar; the research says what is known."""

from collections.abc import Iterator
from datetime import datetime

import orjson
import pytest
from sqlalchemy import Connection, Engine
from typer.testing import CliRunner

from agent_runtime.cli import app
from agent_runtime.errors import BadInput, NotThere, TenureError
from agent_runtime.prepared.artefact import Prepared
from agent_runtime.prepared.service import Kind, text_of
from tests.unit.agent_runtime.prepared.world import KIM, Customer, texts, told_in_full
from tests.unit.agent_runtime.watchtower.story import BERLIN


@pytest.fixture
def connection(sqlite_engine: Engine) -> Iterator[Connection]:
    with sqlite_engine.connect() as connection:
        yield connection


@pytest.fixture
def customer(connection: Connection) -> Customer:
    return Customer(connection).begins()


def plan(customer: Customer, now: str = "wed 08:00", language: str = "en") -> Prepared:
    found = customer.prepared(Kind.RENEWAL, now, language)
    assert found is not None
    return found


def renews(customer: Customer, ends: str = "2026-05-31", told: str = "mon 08:00") -> None:
    customer.tell(told, "renewal", renewal_date=ends, key="r1")


def uses(customer: Customer, *values: float) -> None:
    for place, value in enumerate(values):
        year, month = divmod(2025 * 12 + 11 + place, 12)
        day = datetime(year, month + 1, 1, 8, tzinfo=BERLIN)
        customer.tell(day, "usage", "usage", metric="logins", value=value, period="month")


def test_the_plan_has_the_contract_the_trend_and_dated_steps(customer: Customer) -> None:
    renews(customer, told="mon 16:00")
    uses(customer, 120, 100, 90)
    told_in_full(customer)
    found = plan(customer)
    assert found.title == "Renewal plan: Acme, contract until 31 May 2026"
    assert texts(found, "contract") == ["It runs until 31 May 2026, in 80 days."]
    assert texts(found, "usage") == [
        "logins: 120 in Dec 2025, 100 in Jan 2026, 90 in Feb 2026; -25 % from the first to the last of these months."
    ]
    # 31 May is a Sunday: 45 days before it is a Thursday, 14 days before it a Sunday, so the Friday before.
    steps = texts(found, "steps")
    assert steps[0] == "By 23 Mar 2026: speak with Vera Holm about the renewal."
    assert steps[-2:] == ["By 16 Apr 2026: send the offer for the next term.", "By 15 May 2026: have their answer."]
    assert "settle what is open (1)" in steps[1]
    assert texts(found, "unknown") == [
        "Nobody who speaks for us there is in the records.", "What the contract is worth is not in the records.",
    ]  # fmt: skip


def test_what_is_not_known_is_said_and_nothing_is_made_up(customer: Customer) -> None:
    renews(customer)
    found = plan(customer)
    assert {part.key for part in found.sections} == {"contract", "steps", "unknown"}
    assert len(texts(found, "unknown")) == 4
    assert "somebody there" in texts(found, "steps")[0]
    assert all(line.citations == ("r1",) for part in found.sections for line in part.lines)


def test_what_the_contract_record_says_of_its_worth_is_told(customer: Customer) -> None:
    customer.tell("mon 08:00", "renewal", renewal_date="2026-05-31", arr=35200, key="r1")
    found = plan(customer)
    assert texts(found, "contract")[1] == "Yearly value: 35,200."
    assert "What the contract is worth is not in the records." not in texts(found, "unknown")


def test_a_talk_that_was_had_and_steps_that_are_past_are_told_so(customer: Customer) -> None:
    renews(customer)
    assert texts(plan(customer, "wed4 08:00"), "steps")[0].startswith("Now (it was due 23 Mar 2026): speak with")
    customer.mails("tue 10:00", "About your renewal.", subject="Your renewal")
    assert texts(plan(customer), "steps")[0] == "The talk has begun: mail of 10 Mar 2026."
    assert all("offer" not in step for step in texts(plan(customer, "fri7 08:00"), "steps"))


@pytest.mark.parametrize("values", [(120.0,), (0.0, 90.0)])
def test_no_trend_where_there_is_none_to_tell(customer: Customer, values: tuple[float, ...]) -> None:
    renews(customer)
    uses(customer, *values)
    assert "%" not in texts(plan(customer), "usage")[0]


def test_no_plan_for_a_contract_that_is_followed_or_over(customer: Customer) -> None:
    assert customer.prepared(Kind.RENEWAL, "wed 08:00") is None
    renews(customer, "2026-03-10")
    assert customer.prepared(Kind.RENEWAL, "wed 08:00") is None


def test_a_follower_is_planned_for_and_what_was_told_of_the_first_is_not(customer: Customer) -> None:
    renews(customer)
    customer.tell("tue 08:00", "renewal", renewal_date="2027-05-31", key="r2")
    assert plan(customer).about == "crm:r2"
    assert plan(customer, "mon 12:00").about == "crm:r1"


def test_the_research_tells_what_the_sources_hold(customer: Customer) -> None:
    told_in_full(customer)
    found = customer.prepared(Kind.RESEARCH, "thu 08:00")
    assert found is not None
    assert texts(found, "account") == ["Acme, strategic, owned by Anna."]
    assert "Calls: 1, the first on 9 Mar 2026, the last on 9 Mar 2026." in texts(found, "history")
    assert {"people", "deals", "rivals", "concerns", "asked", "changed", "sight"} <= {x.key for x in found.sections}
    german = customer.prepared(Kind.RESEARCH, "thu 08:00", "de")
    assert german is not None
    assert german.digest == found.digest
    assert "Was wir über Acme wissen" in german.title


def test_a_plan_for_a_reader_of_german(customer: Customer) -> None:
    renews(customer)
    assert "Bis 23. März 2026: mit jemand dort über die Verlängerung sprechen." in text_of(
        plan(customer, language="de")
    )


def test_it_is_composed_as_it_is_typed(customer: Customer, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    renews(customer)
    customer.connection.commit()
    database = str(customer.connection.engine.url.database)
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path))

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, ["prepare", *words, "--db", database])
        if isinstance(result.exception, TenureError):
            raise result.exception
        return result.stdout

    told = orjson.loads(run("acc", "renewal", "--as-of", "2026-03-11", "--json"))
    assert (told["account_id"], told["kind"], told["sources"][0]["id"]) == ("acc", "renewal", "r1")
    assert "It runs until 31 May 2026" in run("Acme", "renewal", "--as-of", "2026-03-11")
    with pytest.raises(BadInput):
        run("acc", "horoscope")
    with pytest.raises(NotThere):
        run("acc", "meeting", "--as-of", "2026-03-11")


def test_the_one_who_left_is_not_to_be_spoken_with(customer: Customer) -> None:
    renews(customer)
    gone = customer.tell("mon 09:00", "contact.changed", contact_id=KIM, status="left_company")
    customer.states(gone, f"person.{KIM}.status", "left_company")
    found = plan(customer)
    assert texts(found, "people") == ["9 Mar 2026: Kim Sorel: has left the company."]
    assert "Kim" not in texts(found, "steps")[0]
