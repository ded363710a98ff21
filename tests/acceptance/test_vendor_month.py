"""A month of the demo world, told by the stand-ins of its vendors with their faults, gives the ledger of its folder."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent_runtime.clock import ShiftedClock
from agent_runtime.connectors.status import connector_lines
from agent_runtime.db import make_engine
from agent_runtime.demo.vendors import connected, feed_of
from agent_runtime.installation import Installation
from agent_runtime.playbook import load
from agent_runtime.replay.engine import Replay
from agent_runtime.replay.options import ReplayOptions
from agent_runtime.replay.setting import REPLAY_KEY, open_world
from agent_runtime.settings import Settings
from tests.acceptance.worlds import EVERY_LARGE, EVERY_SMALL, changed, query, table, write_table
from tools.fakes.lived import Lived, numbered, rest_of
from tools.fakes.wire import Faults

BEGINS = datetime.fromisoformat("2026-01-20T00:00:00+01:00")
ENDS = datetime.fromisoformat("2026-02-20T00:00:00+01:00")
STORM = {"limit": 3, "error": 3, "dropped": 2, "late": 2, "broken": 1}
Record = dict[str, Any]
# Nothing but the ids that a phone system or a CRM gives tells the two apart.
CHAINS = (
    "SELECT account_id, kind, opened_at, coalesce(outcome, state), owner_id FROM tenure_interaction i"
    " WHERE NOT EXISTS (SELECT 1 FROM tenure_interaction n WHERE n.continues_id = i.id)"
)
BREACHES = (
    "SELECT b.account_id, b.rule, i.kind, b.due_at FROM tenure_breach b"
    " JOIN tenure_interaction i ON i.id = b.interaction_id WHERE b.retracted_at IS NULL"
)
WHO = "SELECT id, name, domain, owner_id, csm_id, segment, renewal_date, arr, lifecycle FROM tenure_account"
DID = (
    "SELECT stream, kind, account_id, contact_id, occurred_at, user_id FROM tenure_activity WHERE current"
    " AND stream IN ('messages', 'meetings', 'emails', 'forms') AND NOT deleted"
)


def month(world: Path, folder: Path) -> Path:
    """One month of a world, of the accounts that something happens on; what was told of renewals before stays told."""
    begun = BEGINS.isoformat()

    def within(_: str, records: list[Record]) -> list[Record]:
        early = [x | {"at": begun} for x in records if x.get("kind") == "renewal" and _at(x) < BEGINS]
        return early + [x for x in records if BEGINS <= _at(x) < ENDS]

    made = changed(world, folder.with_name("cut"), within)
    head = (made / "world.toml").read_text(encoding="utf-8").splitlines()
    bounds = {"start": begun, "end": ENDS.isoformat()}
    lines = [f"{x.split(' ')[0]} = {bounds[x.split(' ')[0]]}" if x.split(" ")[0] in bounds else x for x in head]
    (made / "world.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    accounts = table(made, "accounts")
    large, small = ([x["id"] for x in accounts if (x["segment"] == "large") is y] for y in (True, False))
    kept = {*large[::EVERY_LARGE], *small[::EVERY_SMALL]}
    write_table(made, "accounts", [x for x in accounts if x["id"] in kept])
    write_table(made, "contacts", [x for x in table(made, "contacts") if x["account_id"] in kept])
    return numbered(made, folder)


def _at(record: Record) -> datetime:
    return datetime.fromisoformat(record["at"])


@pytest.fixture(scope="module")
def ledgers(world: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Faults]:
    folder = tmp_path_factory.mktemp("month")
    told = month(world, folder / "month")
    faults = Faults(STORM, seed=3)
    plain, vendors = folder / "plain", folder / "vendors"
    replay(told, plain)
    replay(rest_of(told, folder / "rest"), vendors, feed=feed_of(Lived(open_world(told)), faults))
    return plain / "replay.db", vendors / "replay.db", faults


def replay(world: Path, folder: Path, **how: Any) -> None:
    folder.mkdir()
    options = ReplayOptions(out=folder / "out", database=folder / "replay.db", daily_cap=0)
    summary: dict[str, Any] = Replay(world, options, **how).run()
    assert summary["violations"] == {}


@pytest.mark.parametrize("asked", [CHAINS, BREACHES, WHO, DID], ids=["chains", "breaches", "accounts", "activities"])
def test_the_vendors_tell_what_the_folder_tells(ledgers: tuple[Path, Path, Faults], asked: str) -> None:
    plain, vendors, _ = ledgers
    here, there = Counter(query(plain, asked)), Counter(query(vendors, asked))
    assert sum(here.values()) > 10
    assert (sorted(map(str, here - there)), sorted(map(str, there - here))) == ([], [])


def test_nothing_was_rejected_though_much_went_wrong(ledgers: tuple[Path, Path, Faults]) -> None:
    _, vendors, faults = ledgers
    assert query(vendors, "SELECT source, reason FROM tenure_reject") == []
    assert min(faults.counts.values()) > 5
    assert set(faults.counts) == set(STORM)


def test_the_stand_ins_are_served_and_read_on_over_the_network(ledgers: tuple[Path, Path, Faults]) -> None:
    _, vendors, _ = ledgers
    lived = Lived(open_world(vendors.parents[1] / "month"))
    lived.live_until(ENDS)
    engine = make_engine(f"sqlite:///{vendors}")
    installation = Installation(Settings(), engine, REPLAY_KEY, load("b2b_sales"))
    clock = ShiftedClock(ENDS + timedelta(hours=1))
    with connected(installation, clock, lived) as reads:
        company = next(iter(lived.hubspot.objects["companies"]))
        note = {"hs_note_body": "Said over the network.", "hs_timestamp": clock.now().isoformat()}
        lived.hubspot.link("notes", lived.hubspot.add("notes", note, clock.now()), "companies", company)
        for _ in range(12):
            clock.move_to(clock.now() + timedelta(minutes=6))
            reads(installation, clock)
    with engine.connect() as connection:
        lines = connector_lines(connection, clock.now())
    engine.dispose()
    assert {(one.name, one.state) for one in lines} == {("hubspot", "connected"), ("twilio", "connected")}
    assert all(one.lag_s is not None and one.lag_s < 3600 for one in lines)
    assert query(vendors, "SELECT count(*) FROM tenure_episode WHERE text = 'Said over the network.'") == [(1,)]
