"""Breaches that come again at one place go to the manager once, and the item closes when they have ended."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine

from agent_runtime.loop.patterns import Lapse, patterns
from tests.integration.firm import DAY, NOW, Firm, mail, world

ASKED = "Can you tell me what delivery would cost?"
PEOPLE = ("kim", "uli", "pat")


def _firm(engine: Engine, folder: Path, since: float, count: int) -> Firm:
    emails = [
        mail(
            f"m{number}",
            NOW - timedelta(days=since, hours=number),
            "inbound",
            PEOPLE[number % 3],
            f"{ASKED} ({number})",
        )
        | {"subject": f"Question {number}"}
        for number in range(count)
    ]
    return Firm(engine, world(folder, emails))


def test_a_pattern_is_told_once_without_a_name_and_closes_when_it_has_ended(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    firm = _firm(sqlite_engine, tmp_path / "world", since=5, count=9)
    firm.settle()
    firm.settle()
    (item,) = firm.query("SELECT id, owner_id, action, account_id FROM tenure_item WHERE signal = 'pattern'")
    names = {x.id: x.name for x in firm.query("SELECT id, name FROM tenure_account")}
    assert names.pop(item.account_id) in item.action
    assert not [x for x in names.values() if x in item.action], "who may see this account need not see the others"
    assert item.owner_id == "mona"
    assert "at team sales" in item.action
    assert not {"Lea", "Tom"} & set(item.action.replace('"', " ").split())
    firm.pass_time(DAY)
    assert len(firm.query("SELECT id FROM tenure_item WHERE signal = 'pattern'")) == 1
    firm.pass_time(15 * DAY)
    assert [x.state for x in firm.query("SELECT state FROM tenure_item WHERE signal = 'pattern'")] == ["done"]


def test_few_breaches_or_those_of_one_account_are_no_pattern() -> None:
    spread = [_lapse(number, f"account-{number % 3}") for number in range(4)]
    assert patterns(spread, 5) == []
    assert patterns([_lapse(number, "one") for number in range(9)], 5) == []
    (found,) = patterns([*spread, _lapse(9, "account-0")], 5)
    assert (found.rule, found.place, len(found.lapses)) == ("missed_call", "queue sales", 5)


def test_each_breach_counts_at_the_narrowest_place_that_is_known_of_it() -> None:
    lapses = [_lapse(number, f"account-{number}", queue="") for number in range(5)]
    (found,) = patterns(lapses, 5)
    assert found.place == "source web"


def _lapse(number: int, account: str, queue: str = "sales") -> Lapse:
    at = NOW + timedelta(hours=number)
    return Lapse(account, account.title(), "missed_call", at, f"act-{number}", queue, "web", "north")
