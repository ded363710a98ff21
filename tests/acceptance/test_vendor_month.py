"""A month of the demo world, told by the stand-ins of its vendors with their faults, gives the ledger of its folder."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent_runtime.clock import ShiftedClock
from agent_runtime.connectors.status import connector_lines
from agent_runtime.db import make_engine
from agent_runtime.demo.vendors import MAIL_STORM, connected, feed_of
from agent_runtime.installation import Installation
from agent_runtime.playbook import load
from agent_runtime.replay.engine import Replay
from agent_runtime.replay.options import ReplayOptions
from agent_runtime.replay.setting import REPLAY_KEY, open_world
from agent_runtime.settings import Settings
from tests.acceptance.worlds import EVERY_LARGE, EVERY_SMALL, changed, query, table, write_table
from tools.base import SourceRecord
from tools.fakes.lived import Lived, numbered, rest_of
from tools.fakes.wire import Faults

BEGINS = datetime.fromisoformat("2026-01-20T00:00:00+01:00")
ENDS = datetime.fromisoformat("2026-02-20T00:00:00+01:00")
STORM = {"limit": 3, "error": 3, "dropped": 2, "late": 2, "broken": 1}
Record = dict[str, Any]
# Nothing but the ids that a phone system, a mailbox or a CRM gives tells the two apart.
CHAINS = (
    "SELECT account_id, kind, opened_at, coalesce(outcome, state), owner_id FROM tenure_interaction i"
    " WHERE NOT EXISTS (SELECT 1 FROM tenure_interaction n WHERE n.continues_id = i.id)"
)
BREACHES = (
    "SELECT b.account_id, b.rule, i.kind, b.due_at FROM tenure_breach b"
    " JOIN tenure_interaction i ON i.id = b.interaction_id WHERE b.retracted_at IS NULL"
)
ITEMS = (
    "SELECT account_id, signal, classification, step, verified, state, owner_id, delivered_at, due_at FROM tenure_item"
)
WHO = "SELECT id, name, domain, owner_id, csm_id, segment, renewal_date, arr, lifecycle FROM tenure_account"
DID = (
    "SELECT stream, kind, account_id, contact_id, occurred_at, user_id FROM tenure_activity WHERE current"
    " AND stream IN ('messages', 'meetings', 'emails', 'forms') AND NOT deleted"
)


def month(world: Path, folder: Path, *, whole: bool = False) -> Path:
    """One month of a world, of the accounts that something happens on, or of the `whole` of it.

    What was told of renewals before stays told, and stands in the list of accounts, as in a CRM. Of a mail is told what
    mailboxes know: not which deal it is about, and the same mail once.
    """
    begun = BEGINS.isoformat()
    renewals: list[Record] = []

    def within(stem: str, records: list[Record]) -> list[Record]:
        early = [x | {"at": begun} for x in records if x.get("kind") == "renewal" and _at(x) < BEGINS]
        told = early + [x for x in records if BEGINS <= _at(x) < ENDS]
        renewals.extend(x for x in told if x.get("kind") == "renewal")
        if stem != "emails":
            return told
        once = {x["message_id"]: x for x in reversed(told)}
        return [x | {"opportunity_id": None} for x in reversed(once.values())]

    made = changed(world, folder.with_name("cut"), within)
    head = (made / "world.toml").read_text(encoding="utf-8").splitlines()
    bounds = {"start": begun, "end": ENDS.isoformat()}
    lines = [f"{x.split(' ')[0]} = {bounds[x.split(' ')[0]]}" if x.split(" ")[0] in bounds else x for x in head]
    (made / "world.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    last = {x["account_id"]: {"renewal_date": x["renewal_date"], "arr": x["arr"]} for x in renewals}
    write_table(made, "accounts", [x | last.get(x["id"], {}) for x in table(made, "accounts")])
    if not whole:
        _keep_some(made)
    return numbered(made, folder)


def _keep_some(world: Path) -> None:
    accounts = table(world, "accounts")
    large, small = ([x["id"] for x in accounts if (x["segment"] == "large") is y] for y in (True, False))
    kept = {*large[::EVERY_LARGE], *small[::EVERY_SMALL]}
    write_table(world, "accounts", [x for x in accounts if x["id"] in kept])
    write_table(world, "contacts", [x for x in table(world, "contacts") if x["account_id"] in kept])


def _at(record: Record) -> datetime:
    return datetime.fromisoformat(record["at"])


@dataclass(frozen=True)
class Told:
    """What the same month came to: told by its `folder` and by its `vendors`, databases; with what went wrong."""

    month: Path
    folder: Path
    vendors: Path
    faults: Faults
    mail_faults: Faults

    def differences(self, asked: str) -> tuple[list[str], list[str]]:
        """What stands only in the one, and only in the other."""
        here, there = Counter(query(self.folder, asked)), Counter(query(self.vendors, asked))
        assert sum(here.values()) > 10
        return sorted(map(str, (here - there).elements())), sorted(map(str, (there - here).elements()))


def told_twice(month: Path, folder: Path) -> Told:
    """Replays a month as its folder tells it, and as its vendors do with their faults."""
    faults, mail_faults = Faults(STORM, seed=3), Faults(MAIL_STORM, seed=5)
    plain, vendors = folder / "plain", folder / "vendors"
    replay(month, plain)
    with feed_of(Lived(open_world(month)), faults, mail_faults) as feed:
        replay(rest_of(month, folder / "rest"), vendors, feed=feed)
    return Told(month, plain / "replay.db", vendors / "replay.db", faults, mail_faults)


@pytest.fixture(scope="module")
def ledgers(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("month")
    return told_twice(month(world, folder / "month"), folder)


def replay(world: Path, folder: Path, **how: Any) -> None:
    folder.mkdir()
    options = ReplayOptions(out=folder / "out", database=folder / "replay.db")
    summary: dict[str, Any] = Replay(world, options, **how).run()
    assert summary["violations"] == {}


@pytest.mark.parametrize(
    "asked", [CHAINS, BREACHES, ITEMS, WHO, DID], ids=["chains", "breaches", "items", "accounts", "activities"]
)
def test_the_vendors_tell_what_the_folder_tells(ledgers: Told, asked: str) -> None:
    assert ledgers.differences(asked) == ([], [])


def test_nothing_was_rejected_though_much_went_wrong(ledgers: Told) -> None:
    assert query(ledgers.vendors, "SELECT source, reason FROM tenure_reject") == []
    for faults in (ledgers.faults, ledgers.mail_faults):
        assert set(faults.counts) == set(faults.percent)
        assert min(faults.counts.values()) > 5


def test_each_person_has_a_mailbox_that_is_read_as_long_as_it_lets_us_in(ledgers: Told) -> None:
    asked = "SELECT name, health FROM tenure_connection WHERE adapter = 'imap'"
    health = dict(query(ledgers.vendors, asked))
    assert {name for name, found in health.items() if found != "well"} == {"imap:marc-feldner", "imap:katrin-ebel"}
    assert len(health) > 10
    sources = {stream for (stream,) in query(ledgers.vendors, "SELECT DISTINCT source || stream FROM tenure_activity")}
    assert "emailemails" in sources


def test_the_stand_ins_are_served_and_read_on_over_the_network(ledgers: Told) -> None:
    lived = Lived(open_world(ledgers.month))
    lived.live_until(ENDS)
    engine = make_engine(f"sqlite:///{ledgers.vendors}")
    installation = Installation(Settings(), engine, REPLAY_KEY, load("b2b_sales"))
    clock = ShiftedClock(ENDS + timedelta(hours=1))
    with connected(installation, clock, lived) as reads:
        company = next(iter(lived.hubspot.objects["companies"]))
        note = {"hs_note_body": "Said over the network.", "hs_timestamp": clock.now().isoformat()}
        lived.hubspot.link("notes", lived.hubspot.add("notes", note, clock.now()), "companies", company)
        assert lived.post(_mail(ledgers.month, clock.now()))
        for _ in range(6):
            clock.move_to(clock.now() + timedelta(minutes=6))
            reads(installation, clock)
    with engine.connect() as connection:
        lines = connector_lines(connection, clock.now())
    engine.dispose()
    open_lines = [one for one in lines if one.health != "not_allowed"]
    assert {one.title for one in open_lines} == {"HubSpot", "Twilio", "Mailbox (IMAP)"}
    assert all(one.lag_s is not None and one.lag_s < 3600 for one in open_lines)
    said = "SELECT text FROM tenure_episode WHERE text LIKE 'Said over the network%' ORDER BY 1"
    assert query(ledgers.vendors, said) == [("Said over the network by mail.",), ("Said over the network.",)]


def _mail(month: Path, at: datetime) -> SourceRecord:
    """A mail of somebody whom the company knows to one of its people."""
    last = [x for x in open_world(month).ordered() if x.stream == "emails" and x.fields["direction"] == "inbound"][-1]
    words = {
        "message_id": "<network@test>",
        "text": "Said over the network by mail.",
        "in_reply_to": None,
        "html": None,
    }
    return replace(last, at=at, occurred_at=at, fields=last.fields | words | {"references": []})
