"""Every page there is, by its route, and a company in which each of them has something to show; and one that is new."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert, text

from agent_runtime import events
from agent_runtime.connectors.models import ConnectedSystem
from agent_runtime.doors.webhooks import service
from agent_runtime.doors.webhooks.policy import GONE, Result
from agent_runtime.doors.webhooks.service import Change
from agent_runtime.inbox import backlog
from memory import timeline
from memory.facts import Statement, record
from memory.records import User
from memory.timeline import NewActivity
from tests.browser.conftest import PATIENCE_MS
from tests.browser.firm import KEY, NOW, Desk, Firm, served
from tests.unit.agent_runtime.web.test_evals_page import ran

ADMIN, BOSS = "ada", "mona"
# The texts of an item, its account and its people that others write.
FOREIGN = ("name", "account", "subject", "text", "why", "body", "user")


@dataclass(frozen=True, slots=True)
class Place:
    """One page to look at: its route, its address with what the company calls things, and as whom."""

    name: str
    route: str
    path: str
    who: str = ADMIN

    @property
    def alone(self) -> bool:
        """Whether it is there without anything that happened."""
        return "{" not in self.route


PLACES = (
    Place("inbox", "/inbox", "/inbox", "rep"),
    Place("mail", "/inbox", "/inbox?sel={mail}", "rep"),
    Place("call-card", "/inbox", "/inbox?sel={card}", "rep"),
    Place("task", "/inbox", "/inbox?sel={task}", "rep"),
    Place("focus", "/inbox", "/inbox?sel={mail}&focus=1", "rep"),
    Place("no-such-item", "/inbox", "/inbox?sel=none", "rep"),
    Place("error", "/inbox", "/inbox?view=nobody", "rep"),
    Place("held", "/inbox/held", "/inbox/held", "rep"),
    Place("backlog", "/backlog/{backlog_id}", "/backlog/{backlog}"),
    Place("accounts", "/accounts", "/accounts", "rep"),
    Place("account", "/accounts/{account_id}", "/accounts/{account}", "rep"),
    Place("account-prepared", "/accounts/{account_id}", "/accounts/{account}?tab=prepared", "rep"),
    Place("account-memory", "/accounts/{account_id}", "/accounts/{account}?tab=memory&q=install", "rep"),
    Place("account-assistant", "/accounts/{account_id}", "/accounts/{account}?tab=assistant", "rep"),
    Place("account-open", "/accounts/{account_id}", "/accounts/{account}?tab=open", "rep"),
    Place("story", "/accounts/{account_id}/story", "/accounts/{account}/story", "rep"),
    Place("handovers", "/handover", "/handover", "heir"),
    Place("handover", "/handover/{item_id}", "/handover/{handover}", "heir"),
    Place("audit", "/audit", "/audit"),
    Place("trace", "/audit/items/{item_id}", "/audit/items/{mail}"),
    Place("sample", "/audit/sample", "/audit/sample"),
    Place("reports", "/reports", "/reports"),
    Place("calls", "/reports/calls", "/reports/calls"),
    Place("calls-now", "/reports/calls/now", "/reports/calls/now"),
    Place("stories", "/reports/stories", "/reports/stories"),
    Place("report-rows", "/reports/rows/{name}", "/reports/rows/late"),
    Place("evals", "/evals", "/evals"),
    Place("suite", "/evals/{suite}", "/evals/signals"),
    Place("case", "/evals/{suite}/case", "/evals/signals/case?id=rule/one"),
    Place("connectors", "/admin", "/admin"),
    Place("rules", "/admin/playbook", "/admin/playbook"),
    Place("doctor", "/admin/doctor", "/admin/doctor"),
    Place("people", "/admin/people", "/admin/people"),
    Place("transfer", "/admin/transfer", "/admin/transfer"),
    Place("webhooks", "/admin/webhooks", "/admin/webhooks"),
    Place("deliveries", "/admin/webhooks/{webhook_id}", "/admin/webhooks/{webhook}"),
    Place("view-as", "/view-as", "/view-as"),
    Place("settings", "/settings", "/settings", "rep"),
    Place("sign-in", "/sign-in", "/sign-in", ""),
)
# What is registered as a page and is none to look at: tables for other programs, and ways that only lead elsewhere.
NO_PAGES = frozenset(
    {
        "/", "/accounts.csv", "/audit.csv", "/audit.jsonl", "/reports.csv", "/reports/rows/{name}.csv",
        "/sign-in/company", "/sign-in/company/back",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A company that is served, and how it calls what the places name."""

    firm: Firm
    names: dict[str, str]

    def path(self, place: Place) -> str:
        """The address of a place in this company."""
        return place.path.format(**self.names)

    def user(self, place: Place) -> str:
        """As whom it is looked at."""
        return self.names.get(place.who, place.who)


@contextmanager
def busy(folder: Path, words: str = "") -> Iterator[Shown]:
    """A company in which everything has happened once; `words`: what stands in every field that others fill."""
    told: dict[str, Any] = dict.fromkeys(FOREIGN, words) if words else {}
    with served(folder) as firm:
        rep, leaver, heir = firm.desk(**told), firm.desk(("send_email", "task"), **told), firm.desk(())
        _staff(firm)
        ran(folder, words)
        _connect(firm, words)
        _heard(firm, rep, words)
        names = {
            "rep": rep.user, "heir": heir.user, "mail": rep.items[0], "card": rep.items[1], "task": rep.items[3],
            "account": f"acc-{rep.items[0].removeprefix('item-')}", "webhook": _webhook(firm, words),
        }  # fmt: skip
        names["handover"] = _handed_over(firm, leaver, heir)
        with firm.engine.begin() as connection:
            batch = backlog.inherit(connection, BOSS, NOW + timedelta(days=1), NOW + timedelta(days=9), NOW)
        assert batch
        yield Shown(firm, names | {"backlog": batch.id})


@contextmanager
def new(folder: Path) -> Iterator[Shown]:
    """A company on its first day: people, and nothing else."""
    with served(folder) as firm:
        _staff(firm)
        yield Shown(firm, {"rep": firm.staff("rep"), "heir": firm.staff("rep")})


def _staff(firm: Firm) -> None:
    rows = [
        {"id": name, "name": name.title(), "email": f"{name}@we.test", "role": role, "custom": {}}
        for name, role in ((ADMIN, "admin"), (BOSS, "manager"))
    ]
    with firm.engine.begin() as connection:
        connection.execute(insert(User), rows)


def _heard(firm: Firm, desk: Desk, words: str) -> None:
    """What else is known of somebody's first account: a call, a note, a message, a form, a deal, facts."""
    account, before = f"acc-{desk.items[0].removeprefix('item-')}", NOW - timedelta(days=2)
    kinds = {"call": "calls", "note": "notes", "message": "messages", "form": "forms", "meeting": "meetings",
             "opportunity.stage": "deals", "task.created": "tasks"}  # fmt: skip
    said = words or "Can you install while we stay open?"
    data = {"name": said, "stage": said, "title": said, "file": said, "page": said, "status": "completed", "talk_s": 60}
    events = [
        NewActivity("world", stream, f"x-{kind}", kind, before, before, account, direction="inbound", subject=said,
                    text=f"{said} That is more than we can pay.", speaker=said, opportunity_id="d1", data=data)
        for kind, stream in kinds.items()
    ]  # fmt: skip
    with firm.engine.begin() as connection:
        added = timeline.add(connection, events)
        known = [
            Statement(account, slot, said, "external", before, before, added[0].activity_id, "x-call", (0, len(said)))
            for slot in ("concern.price", "answer.budget", "opportunity.d1.name", "person.name:kim.title")
        ]
        record(connection, known)


def _connect(firm: Firm, words: str) -> None:
    system = {"name": "hubspot", "adapter": "hubspot", "told": {}, "secrets": {}, "since": NOW, "connected_by": ADMIN,
              "connected_at": NOW, "checked_at": NOW, "state": "connected", "health": "not_allowed",
              "said": words or "HubSpot does not know this token.", "fix": words or "Make a new one."}  # fmt: skip
    with firm.engine.begin() as connection:
        connection.execute(insert(ConnectedSystem), system)


def _webhook(firm: Firm, words: str) -> str:
    """A receiver to which one event was told in vain."""
    change = Change(ADMIN, NOW, KEY)
    with firm.engine.begin() as connection:
        webhook = service.add(
            connection, "https://ops.example.com/x", ["*"], words[:200] or "Ops board", change, private=True
        ).id
        events.publish(connection, "item.delivered", "none", "none", NOW)
        service.spread(connection, webhook, NOW)
        delivery = service.claim(connection, webhook, NOW, NOW)
        assert delivery
        service.settle(connection, delivery, Result(GONE, words[:200] or "gone"), change)
    return webhook


def _handed_over(firm: Firm, leaver: Desk, heir: Desk) -> str:
    """The item of a hand-over, made by the page as an admin does it."""
    with httpx.Client(base_url=firm.address, headers={"Origin": firm.address}, timeout=PATIENCE_MS / 1000) as client:
        client.post("/sign-in/as", data={"user": ADMIN})
        fields = {"from_user": leaver.user, "to_user": heir.user, "sure": "yes"}
        assert client.post("/admin/transfer", data=fields).status_code == 303
    with firm.engine.connect() as connection:
        query = text("SELECT id FROM tenure_item WHERE owner_id = :heir AND signal = 'handover'")
        return str(connection.execute(query, {"heir": heir.user}).scalar_one())
