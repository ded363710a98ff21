"""What people do all day, by keyboard alone: from a sent mail to its signs, a book handed over, a source opened."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opened
from tests.browser.firm import Firm
from tests.browser.test_rooms import LETTER, account_of, boss, passage

MOST_TABS = 150


def tab_to(page: Page, wanted: Locator) -> None:
    """Goes from where one is to something by Tab alone."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.first.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached by Tab")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Goes to something by Tab, and presses it."""
    tab_to(page, wanted)
    page.keyboard.press(key)


def go_to(page: Page, words: str) -> None:
    """Goes to a page by its name."""
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def test_a_manager_traces_a_sent_mail_to_its_signs(firm: Firm, opened: Opened) -> None:
    desk = firm.desk(("send_email",))
    rep = opened(desk.user)
    rep.keyboard.press("Control+Enter")
    expect(rep.locator(".notice")).to_contain_text("approved")
    page = opened(boss(firm, desk))
    page.keyboard.press("g")
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_have_text("Audit")
    tab_to(page, page.locator("#a-event"))
    page.keyboard.type("approvals")
    page.keyboard.press("Enter")
    press(page, page.get_by_role("button", name="Show"))
    press(page, page.get_by_role("link", name="the whole way"))
    expect(page.locator(".trace")).to_contain_text("Decided: approve")
    expect(page.locator(".room")).to_contain_text("no answer from us since Friday")


def test_a_book_is_handed_over_and_read(firm: Firm, opened: Opened) -> None:
    leaver, heir = firm.desk(("send_email", "task")), firm.desk(())
    page = opened(firm.staff("admin"))
    go_to(page, "connectors")
    press(page, page.get_by_role("link", name="Give accounts away"))
    for label, name in (("From", leaver.user), ("To", heir.user)):
        tab_to(page, page.get_by_label(label, exact=True))
        page.keyboard.type(name.replace("rep", "Lea Hartmann "))
    press(page, page.get_by_role("button", name="Show which"))
    expect(page.locator("tbody tr")).to_have_count(2)
    press(page, page.get_by_role("button", name="Give these 2"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Hand-overs")
    page = opened(heir.user)
    page.keyboard.press("g")
    page.keyboard.press("a")
    press(page, page.get_by_role("link", name="Hand-overs"))
    press(page, page.get_by_role("link", name="2 accounts to"))
    press(page, page.get_by_role("link", name="Read it"))
    press(page, page.get_by_role("button", name="I have read this brief"))
    expect(page.locator(".done-note")).to_be_visible()


def test_why_opens_the_words_of_the_customer(firm: Firm, opened: Opened) -> None:
    desk = firm.desk(("send_email",))
    page = opened(desk.user)
    page.keyboard.press("w")
    page.keyboard.press("Enter")
    page.wait_for_url("**#ev-*")
    expect(page.locator(":target")).to_contain_text(LETTER)
    expect(page.locator(":target")).to_be_in_viewport()


def test_an_answer_leads_to_its_source(firm: Firm, opened: Opened) -> None:
    desk = firm.desk(("send_email",))
    page = opened(desk.user, f"/accounts/{account_of(firm, desk)}?tab=assistant")
    tab_to(page, page.get_by_label("Ask about"))
    page.keyboard.type("When did we last hear from them?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn[id] .asked").first).to_have_text("When did we last hear from them?")
    press(page, page.locator(".turn[id] a.cite"))
    page.wait_for_url("**ev=*")
    assert passage(page) in LETTER


def test_several_are_put_off_and_brought_back(firm: Firm, opened: Opened) -> None:
    desk = firm.desk(("task", "task", "task"))
    page = opened(desk.user)
    page.keyboard.press("Shift+J")
    page.keyboard.press("h")
    expect(page.locator(".notice")).to_contain_text("2 put off")
    assert [firm.state(x) for x in desk.items] == ["snoozed", "snoozed", "open"]
    press(page, page.get_by_role("link", name="Put off"))
    expect(page.locator(".row")).to_have_count(2)
    page.keyboard.press("z")
    expect(page.locator(".notice")).to_contain_text("it waits for you again")


def test_settings_and_a_view_of_ones_own(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user)
    press(page, page.get_by_role("link", name="Within a week"))
    press(page, page.locator("summary", has_text="Keep this view"))
    tab_to(page, page.get_by_label("Name of the view"))
    page.keyboard.type("My week")
    page.keyboard.press("Enter")
    view = page.get_by_role("link", name="My week")
    expect(view).to_have_attribute("aria-current", "page")
    press(page, page.get_by_role("button", name="Forget the view My week"))
    expect(view).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("/settings"))
    tab_to(page, page.get_by_label("As this device"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    press(page, page.get_by_role("button", name="Keep"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
