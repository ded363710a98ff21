"""A month of an invented company, told once by its folder and once by the stand-ins of its vendors, with faults."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from agent_runtime.demo.vendors import MAIL_STORM, feed_of
from agent_runtime.replay.engine import Replay
from agent_runtime.replay.options import ReplayOptions
from agent_runtime.replay.setting import open_world
from tests.acceptance.worlds import EVERY_LARGE, EVERY_SMALL, changed, query, table, write_table
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
ASKED = {"chains": CHAINS, "breaches": BREACHES, "items": ITEMS, "accounts": WHO, "activities": DID}


def month(world: Path, folder: Path, *, begins: datetime = BEGINS, ends: datetime = ENDS, whole: bool = False) -> Path:
    """One month of a world, of the accounts that something happens on, or of the `whole` of it.

    What was last told of a renewal before stays told, and stands in the list of accounts, as in a CRM. Of a mail is
    told what mailboxes know: not which deal it is about.
    """
    begun = begins.isoformat()
    renewals: list[Record] = []

    def within(stem: str, records: list[Record]) -> list[Record]:
        before = sorted((x for x in records if x.get("kind") == "renewal" and _at(x) < begins), key=_at)
        early = [x | {"at": begun} for x in {x["account_id"]: x for x in before}.values()]
        told = early + [x for x in records if begins <= _at(x) < ends]
        renewals.extend(x for x in told if x.get("kind") == "renewal")
        if stem != "emails":
            return told
        return [x | {"opportunity_id": None} for x in told]

    made = changed(world, folder.with_name("cut"), within)
    head = (made / "world.toml").read_text(encoding="utf-8").splitlines()
    bounds = {"start": begun, "end": ends.isoformat()}
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
    _replay(month, plain)
    with feed_of(Lived(open_world(month)), faults, mail_faults) as feed:
        _replay(rest_of(month, folder / "rest"), vendors, feed=feed)
    return Told(month, plain / "replay.db", vendors / "replay.db", faults, mail_faults)


def _replay(world: Path, folder: Path, **how: Any) -> None:
    folder.mkdir()
    options = ReplayOptions(out=folder / "out", database=folder / "replay.db")
    summary: dict[str, Any] = Replay(world, options, **how).run()
    assert summary["violations"] == {}
