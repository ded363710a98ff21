"""Every room can be seen and used by everybody: light, dark and on a phone, full and empty, without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import insert

from agent_runtime import events
from agent_runtime.connectors.models import ConnectedSystem
from agent_runtime.doors.webhooks import service
from agent_runtime.doors.webhooks.policy import GONE, Result
from agent_runtime.doors.webhooks.service import Change
from tests.browser.conftest import Opened, looked_at
from tests.browser.firm import KEY, NOW, Desk, Firm
from tests.browser.test_rooms import account_of, boss, known

LISTS = {
    "accounts": "/accounts", "handovers": "/handover", "audit": "/audit", "sample": "/audit/sample",
    "reports": "/reports", "stories": "/reports/stories", "report-rows": "/reports/rows/late", "evals": "/evals",
}  # fmt: skip
ADMIN = {
    "connectors": "/admin", "rules": "/admin/playbook", "people": "/admin/people", "transfer": "/admin/transfer",
    "doctor": "/admin/doctor", "webhooks": "/admin/webhooks",
}  # fmt: skip
TABS = {
    "account": "", "account-memory": "?tab=memory&q=install", "account-assistant": "?tab=assistant",
    "account-open": "?tab=open", "story": "/story",
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(firm: Firm) -> Desk:
    """Somebody whose account is only looked at."""
    found = firm.desk(("send_email", "task"))
    known(firm, account_of(firm, found))
    return found


@pytest.mark.parametrize("rooms", [LISTS, ADMIN], ids=["lists", "admin"])
def test_a_full_room_shuts_nobody_out(
    firm: Firm, desk: Desk, opened: Opened, axe: Axe, rooms: dict[str, str]
) -> None:  # fmt: skip
    page = opened(firm.staff("admin"), "/accounts")
    for name, path in rooms.items():
        page.goto(f"{firm.address}{path}")
        looked_at(page, axe, name)


def test_an_account_shuts_nobody_out(firm: Firm, desk: Desk, opened: Opened, axe: Axe) -> None:
    here = f"/accounts/{account_of(firm, desk)}"
    page = opened(desk.user, f"{here}?tab=assistant")
    page.get_by_role("button", name="What comes next?").click()
    expect(page.locator(".turn[id] .asked").first).to_have_text("What comes next?")
    for name, rest in TABS.items():
        page.goto(f"{firm.address}{here}{rest}")
        looked_at(page, axe, name)
    page.goto(f"{firm.address}/audit/items/{desk.items[0]}")
    looked_at(page, axe, "trace")


def test_an_empty_room_says_why_and_shuts_nobody_out(firm: Firm, opened: Opened, axe: Axe) -> None:
    page = opened(boss(firm, firm.desk(())), "/accounts")
    for name, path in LISTS.items():
        page.goto(f"{firm.address}{path}")
        expect(page.locator(".empty-title").first).to_be_visible()
        looked_at(page, axe, f"{name}-empty")


def test_what_is_connected_and_who_is_told_shuts_nobody_out(firm: Firm, opened: Opened, axe: Axe) -> None:
    system = {"name": "hubspot", "adapter": "hubspot", "told": {}, "secrets": {}, "since": NOW, "connected_by": "ada",
              "connected_at": NOW, "checked_at": NOW, "state": "connected", "health": "not_allowed",
              "said": "HubSpot does not know this token.", "fix": "Make a new one."}  # fmt: skip
    change = Change("ada", NOW, KEY)
    with firm.engine.begin() as connection:
        connection.execute(insert(ConnectedSystem), system)
        webhook = service.add(connection, "https://ops.example.com/x", ["*"], "Ops board", change, private=True).id
        events.publish(connection, "item.delivered", "none", "none", NOW)
        service.spread(connection, webhook, NOW)
        delivery = service.claim(connection, webhook, NOW, NOW)
        assert delivery
        service.settle(connection, delivery, Result(GONE, "gone"), change)
    page = opened(firm.staff("admin"), "/admin")
    expect(page.locator("#connector-hubspot")).to_contain_text("HubSpot does not know this token. Make a new one.")
    looked_at(page, axe, "connector-failed")
    page.goto(f"{firm.address}/admin/webhooks")
    looked_at(page, axe, "webhooks-full")
    page.get_by_role("link", name="ops.example.com").click()
    looked_at(page, axe, "deliveries")
    page.get_by_role("button", name="Tell item.delivered").click()
    expect(page.locator(".done-note")).to_contain_text("To be told again: 1")


def test_every_room_reads_without_scripts(firm: Firm, desk: Desk, opened: Opened) -> None:
    here = f"/accounts/{account_of(firm, desk)}"
    page = opened(firm.staff("admin"), "/accounts", scripts=False)
    paths = [*LISTS.values(), *ADMIN.values(), "/reports/calls", *(f"{here}{x}" for x in TABS.values())]
    for path in [*paths, f"/audit/items/{desk.items[0]}"]:
        page.goto(f"{firm.address}{path}")
        expect(page.locator("h1")).to_be_visible()
        assert page.locator(".js-only:visible").count() == 0, path
