"""A month of the demo world, told by the stand-ins of its vendors with their faults, gives the ledger of its folder."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent_runtime.clock import ShiftedClock
from agent_runtime.connectors.status import connector_lines
from agent_runtime.db import make_engine
from agent_runtime.demo.vendors import connected
from agent_runtime.installation import Installation
from agent_runtime.playbook import load
from agent_runtime.replay.setting import REPLAY_KEY, open_world
from agent_runtime.settings import Settings
from tests.acceptance.vendor_months import ASKED, ENDS, Told, month, told_twice
from tests.acceptance.worlds import query
from tools.base import SourceRecord
from tools.fakes.lived import Lived


@pytest.fixture(scope="module")
def ledgers(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("month")
    return told_twice(month(world, folder / "month"), folder)


@pytest.mark.parametrize("asked", ASKED)
def test_the_vendors_tell_what_the_folder_tells(ledgers: Told, asked: str) -> None:
    assert ledgers.differences(ASKED[asked]) == ([], [])


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
