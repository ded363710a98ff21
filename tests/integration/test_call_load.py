"""Ten times as many missed calls as a small company has: none is without somebody, a next step and a time."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from agent_runtime import db
from agent_runtime.errors import Refused
from agent_runtime.inbox.decide import Deciding, decide
from agent_runtime.inbox.verbs import Claim
from agent_runtime.replay.setting import REPLAY_KEY
from agent_runtime.watchtower.company import Company
from evals.phone.history import START, USERS, History, write_world
from tests.acceptance.worlds import query, run
from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, company

ACCOUNTS = 200
EACH = 15
UNKNOWN = 100
WITHHELD = 200
BEGINS = (START + timedelta(days=7)).astimezone(UTC)
DAYS = 3
LOOKED_AT = BEGINS + timedelta(days=DAYS, hours=10)
LEASE = timedelta(minutes=20)


@dataclass(frozen=True)
class Played:
    """Where the replay left its database; `waiting`: accounts whose last call nobody returned."""

    database: Path
    waiting: frozenset[str]


def told(history: History) -> frozenset[str]:
    """Tells 3,000 misses of customers; every third is called back after the last. Half have no owner but the pool.

    Beside them 100 of numbers that nobody knows, and 200 of callers without a number, half of them with a message.
    """
    waiting = set()
    for number in range(ACCOUNTS):
        who = history.person()
        history.accounts[-1]["owner_id"] = "u1" if number % 2 else ""
        offsets = sorted(history.rng.uniform(0, DAYS * 24) for _ in range(EACH))
        for offset in offsets:
            at = BEGINS + timedelta(hours=offset)
            history.call(at, caller=who.numbers[0], user_id=None, known=arrival(at))
        if number % 3 == 0:
            back = BEGINS + timedelta(hours=offsets[-1] + 1)
            history.answered(back, "outbound", to=who.numbers[0], known=arrival(back))
        else:
            waiting.add(str(who.account_id))
    for number in range(UNKNOWN + WITHHELD):
        at = BEGINS + timedelta(hours=history.rng.uniform(0, DAYS * 24))
        caller = history.person(listed=False).numbers[0] if number < UNKNOWN else None
        said = {} if number % 2 else {"answered_by": "voicemail", "voicemail_text": "Mrs Kay here, about the pump."}
        history.call(at, caller=caller, user_id=None, known=arrival(at), **said)
    return frozenset(waiting)


def arrival(at: datetime) -> datetime:
    """The phone system delivers in two loads: what happened in the first half, then all the rest at once."""
    half, whole = (BEGINS + timedelta(days=days) for days in (DAYS / 2, DAYS + 0.25))
    return half if at < half - timedelta(hours=1) else whole


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("load")
    history = History(Random(3))
    waiting = told(history)
    assert len(history.files["calls"]) >= ACCOUNTS * EACH
    run(write_world(history, folder / "world"), folder, until=LOOKED_AT)
    return Played(folder / "replay.db", waiting)


def test_every_open_miss_has_somebody_a_next_action_and_a_time(played: Played) -> None:
    violations = """
        SELECT count(*) FROM tenure_interaction WHERE kind = 'missed_call' AND state = 'open' AND account_id IS NOT NULL
        AND (coalesce(owner_id, '') = '' OR coalesce(next_action, '') = '' OR next_due_at IS NULL)"""
    assert query(played.database, violations) == [(0,)]
    open_ones = "SELECT account_id, owner_id FROM tenure_interaction WHERE kind = 'missed_call' AND state = 'open'"
    found = query(played.database, open_ones)
    assert {account for account, _ in found if not account.startswith("prov_")} == played.waiting
    assert {owner for _, owner in found} <= {*USERS, "pool"}


def test_a_miss_of_nobody_known_is_open_as_long_as_anybody_can_return_it(played: Played) -> None:
    states = """
        SELECT i.state, i.reason, count(*) FROM tenure_interaction i JOIN tenure_account a ON a.id = i.account_id
        WHERE i.kind = 'missed_call' AND a.provisional GROUP BY i.state, i.reason"""
    found = {(state, reason): number for state, reason, number in query(played.database, states)}
    lost = found.pop(("ended", "no number and no message: nobody can call back"), 0)
    assert found == {("open", None): UNKNOWN + WITHHELD - lost}
    assert 0 < lost <= WITHHELD / 2


def test_no_miss_is_outside_of_every_interaction(played: Played) -> None:
    lost = """
        SELECT count(*) FROM tenure_activity a WHERE a.kind = 'call' AND a.direction = 'inbound' AND a.current
        AND NOT EXISTS (
        SELECT 1 FROM tenure_interaction i JOIN tenure_expectation e ON e.interaction_id = i.id
        WHERE i.kind = 'missed_call' AND i.account_id = a.account_id AND instr(e.evidence, a.id) > 0)"""
    assert query(played.database, lost) == [(0,)]


def test_two_who_take_from_the_pool_at_once_never_take_the_same(played: Played) -> None:
    pooled = "SELECT id FROM tenure_item WHERE state = 'open' AND owner_id = 'pool' ORDER BY id"
    items = [row[0] for row in query(played.database, pooled)]
    assert len(items) > 30
    engine, ours = db.make_engine(f"sqlite:///{played.database}"), replace(company(), fallback_owner="pool")
    with ThreadPoolExecutor(2) as agents:
        first = agents.submit(taken, engine, ours, items, ANNA, LOOKED_AT)
        other = agents.submit(taken, engine, ours, items[::-1], BELA, LOOKED_AT)
        mine, theirs = first.result(60), other.result(60)
    assert Counter(chain(mine, theirs)) == Counter(items)
    held = "SELECT id, claimed_by FROM tenure_item WHERE claimed_by IS NOT NULL"
    assert dict(query(played.database, held)) == dict.fromkeys(mine, ANNA) | dict.fromkeys(theirs, BELA)
    later = taken(engine, ours, mine[:3], BELA, LOOKED_AT + LEASE)
    assert later == mine[:3], "a lease that is over binds nobody"
    engine.dispose()


def taken(engine: Engine, ours: Company, items: list[str], who: str, now: datetime) -> list[str]:
    """What `who` could claim of `items`."""
    got = []
    for item in items:
        try:
            with engine.begin() as connection:
                decide(connection, ours, item, Claim(verb="claim"), Deciding(who, "web", now, REPLAY_KEY, LEASE))
        except Refused:
            continue
        got.append(item)
    return got
