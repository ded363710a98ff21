"""How the pages look and whether everybody can use them: light, dark, narrow, full and empty."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Opened, looked_at
from tests.browser.firm import Desk, Firm


@pytest.fixture(scope="module")
def desk(firm: Firm) -> Desk:
    """Somebody whose work is only looked at."""
    return firm.desk()


def test_the_inbox_and_its_items(firm: Firm, desk: Desk, opened: Opened, axe: Axe) -> None:
    page = opened(desk.user)
    looked_at(page, axe, "inbox")
    for name, item_id in (("mail", desk.items[0]), ("call-card", desk.items[1]), ("task", desk.items[3])):
        page.goto(f"{firm.address}/inbox?sel={item_id}")
        looked_at(page, axe, name)
    page.locator("summary", has_text="Done elsewhere").click()
    looked_at(page, axe, "done-elsewhere")


def test_what_stands_around_it(firm: Firm, opened: Opened, axe: Axe) -> None:
    page = opened(firm.staff("auditor"))
    expect(page.locator(".empty-title").first).to_have_text("Nothing needs you.")
    looked_at(page, axe, "inbox-empty")
    for name, path in (("settings", "/settings"), ("held", "/inbox/held"), ("error", "/inbox?view=nobody")):
        page.goto(f"{firm.address}{path}")
        looked_at(page, axe, name)
    page.context.clear_cookies()
    page.goto(f"{firm.address}/sign-in")
    looked_at(page, axe, "sign-in")


def test_a_draft_that_somebody_changed(firm: Firm, opened: Opened, axe: Axe) -> None:
    page = opened(firm.desk().user)
    page.keyboard.press("e")
    page.get_by_label("Text").fill("Hello Kim,\n\nyou will have the answer by Friday.\n\nBest regards\nLea")
    page.get_by_role("button", name="Keep, do not send").click()
    expect(page.locator(".changes ins").first).to_be_visible()
    looked_at(page, axe, "draft-changed")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    looked_at(page, axe, "keys")
