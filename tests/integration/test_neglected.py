"""Accounts that nobody works are looked after all the same: each has its next look, and what is owed lies ready."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, select

from agent_runtime import db
from agent_runtime.brief.opening import company_of
from agent_runtime.demo.generator import DEFAULT_END, generate
from agent_runtime.inbox import reading
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.loop.propose import Desk, eligible, propose
from agent_runtime.loop.run import Evaluated, look, run_account
from agent_runtime.permissions import Principal, Right, Role, reach_of, rights_up_to
from agent_runtime.replay.importing import import_world
from agent_runtime.watchtower.contact import is_ours_to_customer
from agent_runtime.watchtower.evaluate import account_owner
from agent_runtime.watchtower.outlook import Outlook
from memory.records import Account

KEY = SecretStr("a key of this test")
WORKED, LOOKED_BACK = 10, timedelta(days=30)
_account = Account.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Rep:
    """The colleague with the most accounts: what a run left of those that they do not work, and the items there."""

    engine: Engine
    user_id: str
    neglected: dict[str, Evaluated]
    items: list[ItemRow]


def _worked(found: Evaluated, user_id: str) -> int:
    """How often they turned to this customer of late."""
    since = found.view.now - LOOKED_BACK
    return sum(is_ours_to_customer(x) and x.user_id == user_id and x.occurred_at >= since for x in found.view.events)


@pytest.fixture(scope="module")
def rep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rep]:
    folder: Path = tmp_path_factory.mktemp("neglected")
    generate(7, folder / "world", accounts=120)
    import_world(folder / "world", folder / "company.db", "b2b_sales")
    engine = db.make_engine(f"sqlite:///{folder / 'company.db'}")
    with engine.connect() as connection:
        company = company_of(connection, DEFAULT_END)
        owned = connection.execute(select(_account.c.owner_id, _account.c.id).order_by(_account.c.id)).all()
    user_id = Counter(owner for owner, _ in owned if owner).most_common(1)[0][0]
    mine = (key for owner, key in owned if owner == user_id)
    runs = {key: found for key in mine if (found := run_account(engine, company, key, DEFAULT_END, KEY))}
    book = {key: x for key, x in runs.items() if account_owner(x.view) == user_id}
    busy = sorted(book, key=lambda x: -_worked(book[x], user_id))[:WORKED]
    neglected = {key: x for key, x in book.items() if key not in busy}
    desk = Desk(engine, company, KEY, Outlook(company))
    items = [item for key in neglected for item in _proposed(desk, key, DEFAULT_END)]
    yield Rep(engine, user_id, neglected, items)
    engine.dispose()


def _proposed(desk: Desk, account_id: str, now: datetime) -> Iterator[ItemRow]:
    with desk.engine.connect() as connection:
        found = look(connection, desk.company, account_id, now)
        troubles = eligible(connection, found) if found else []
    for trouble in troubles:
        assert found
        if isinstance(item := propose(desk, found, trouble), ItemRow):
            yield item


def test_every_account_is_watched_though_nobody_asked(rep: Rep) -> None:
    assert len(rep.neglected) >= 3 * WORKED
    for found in rep.neglected.values():
        for interaction in (x for x in found.book.interactions if x.state == "open"):
            assert interaction.owner_id
            assert interaction.next_due_at
            assert interaction.recovery


def test_what_is_owed_there_lies_ready_with_its_evidence(rep: Rep) -> None:
    owed = {key for key, x in rep.neglected.items() if any(_is_owed(x))}
    ready = {x.account_id for x in rep.items}
    assert len(owed) >= WORKED
    assert len(ready) >= 0.5 * len(owed)
    for item in rep.items:
        assert item.evidence, item.id
        assert item.action["subject"] or item.action["body"], item.id
        assert item.beside["why_now"], item.id


def _is_owed(found: Evaluated) -> Iterator[bool]:
    for rows in found.book.expectations.values():
        yield from (x.state == "breached" for x in rows)


def test_their_manager_sees_all_of_it(rep: Rep) -> None:
    above = Principal("someone", Role.ADMIN, None, rights_up_to(Right.READ), "web", "")
    with rep.engine.connect() as connection:
        today = reading.today_of(connection, rep.user_id, DEFAULT_END)
        reach = reach_of(connection, above, DEFAULT_END)
        lines = reading.lines(connection, reading.Wanted(reach=reach, today=today, own_only=False), None, 500)
    assert {x.id for x in rep.items} <= {x.id for x in lines}
