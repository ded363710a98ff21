"""Every room can be seen and used by everybody: light, dark and on a phone, full and empty, without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Opened, looked_at
from tests.browser.firm import Desk, Firm
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


def test_every_room_reads_without_scripts(firm: Firm, desk: Desk, opened: Opened) -> None:
    here = f"/accounts/{account_of(firm, desk)}"
    page = opened(firm.staff("admin"), "/accounts", scripts=False)
    paths = [*LISTS.values(), *ADMIN.values(), "/reports/calls", *(f"{here}{x}" for x in TABS.values())]
    for path in [*paths, f"/audit/items/{desk.items[0]}"]:
        page.goto(f"{firm.address}{path}")
        expect(page.locator("h1")).to_be_visible()
        assert page.locator(".js-only:visible").count() == 0, path
