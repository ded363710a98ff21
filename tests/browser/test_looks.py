"""How a page looks while somebody is in the middle of something, and whether everybody can go on with it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Opened, looked_at
from tests.browser.firm import Firm
from tests.browser.test_rooms import account_of, boss


def test_a_decision_that_is_being_made(firm: Firm, opened: Opened, axe: Axe) -> None:
    page = opened(firm.desk().user)
    page.locator("summary", has_text="Done elsewhere").click()
    looked_at(page, axe, "done-elsewhere")
    page.locator("summary", has_text="More").click()
    looked_at(page, axe, "more")


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


def test_an_answer_that_was_given(firm: Firm, opened: Opened, axe: Axe) -> None:
    desk = firm.desk(("send_email",))
    page = opened(desk.user, f"/accounts/{account_of(firm, desk)}?tab=assistant")
    page.get_by_role("button", name="What comes next?").click()
    expect(page.locator(".turn[id] .asked").first).to_have_text("What comes next?")
    looked_at(page, axe, "assistant-answered")


def test_the_pages_of_somebody_else(firm: Firm, opened: Opened, axe: Axe) -> None:
    desk = firm.desk()
    page = opened(boss(firm, desk), "/view-as")
    page.get_by_role("button", name="See it as they do").click()
    expect(page.locator(".viewing-bar")).to_contain_text("You see the pages as Lea Hartmann")
    expect(page.locator(".row")).to_have_count(4)
    expect(page.locator(".verbs")).to_have_count(0)
    looked_at(page, axe, "viewed")
    page.get_by_role("button", name="Be yourself again").click()
    expect(page.locator(".viewing-bar")).to_have_count(0)
