"""A morning in the inbox, by keyboard: what a person does all day works, and what went wrong can be undone."""

import re

from playwright.sync_api import expect
from sqlalchemy import text

from agent_runtime.inbox import service as inbox
from tests.browser.conftest import Opened
from tests.browser.firm import Firm

NOTICE = ".notice"


def test_a_morning_by_keyboard_alone(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user)
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    expect(page.locator(".list-head")).to_contain_text("4 items, about 12 minutes")
    page.keyboard.press("j")
    expect(page.locator(".call")).to_contain_text("Their clock")
    assert page.locator(".call a.primary").get_attribute("href") == "tel:+441134960522"
    page.keyboard.press("k")
    expect(page.locator(".draft .letter")).to_contain_text("you will have the answer")
    page.keyboard.press("Control+Enter")
    expect(page.locator(NOTICE)).to_contain_text("approved; happens in 10 s")
    assert firm.action_states(desk.items[0]) == ["pending"]
    expect(page.locator(".row")).to_have_count(3)
    expect(page.locator(".item")).to_have_attribute("data-item", desk.items[1])
    page.keyboard.press("z")
    expect(page.locator(NOTICE)).to_contain_text("it waits for you again")
    assert firm.action_states(desk.items[0]) == ["cancelled"]
    assert firm.state(desk.items[0]) == "open"


def test_undo_after_the_tab_was_closed(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user)
    page.keyboard.press("a")
    expect(page.locator(NOTICE)).to_contain_text("approved")
    page.close()
    again = opened(desk.user, "/inbox?state=approved")
    expect(again.locator(".item")).to_have_attribute("data-item", desk.items[0])
    again.keyboard.press("z")
    expect(again.locator(NOTICE)).to_contain_text("it waits for you again")
    assert firm.state(desk.items[0]) == "open"


def test_a_draft_that_changed_meanwhile_is_not_sent_but_shown(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    mine, other = opened(desk.user), opened(desk.user)
    other.keyboard.press("e")
    body = other.get_by_label("Text")
    expect(body).to_be_focused()
    body.fill("Hello Kim,\n\nyou will have the answer on Friday.\n\nLea")
    other.get_by_role("button", name="Keep, do not send").click()
    expect(other.locator(".changes ins").first).to_contain_text("on")
    mine.keyboard.press("Control+Enter")
    expect(mine.locator(NOTICE)).to_contain_text("nothing was approved")
    expect(mine.locator(".stale del").first).to_be_visible()
    expect(mine.locator(".stale")).to_contain_text("Friday")
    assert firm.action_states(desk.items[0]) == []


def test_no_key_works_while_one_types_and_nothing_typed_is_lost(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user)
    page.keyboard.press("e")
    page.get_by_label("Text").fill("")
    page.keyboard.type("jam and dhxz")
    expect(page.locator(".item")).to_have_attribute("data-item", desk.items[0])
    page.get_by_label("To", exact=True).fill("nobody")
    page.keyboard.press("Control+Enter")
    expect(page.locator(NOTICE)).to_contain_text("not a mail address")
    expect(page.get_by_label("Text")).to_have_value("jam and dhxz")
    assert firm.state(desk.items[0]) == "open"


def test_put_off_until_tuesday_and_back(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user)
    page.keyboard.press("h")
    page.get_by_label("Or until").fill("next tuesday 9am")
    page.keyboard.press("Enter")
    expect(page.locator(NOTICE)).to_contain_text("put off until 10 March")
    expect(page.locator(".row")).to_have_count(3)
    with firm.engine.begin() as connection:
        connection.execute(
            text("UPDATE tenure_item SET snoozed_until = :at WHERE id = :id"),
            {"at": "2026-03-03 08:00:00.000000", "id": desk.items[0]},
        )
        inbox.wake_snoozed(connection, firm.clock.now())
    page.reload()
    expect(page.locator(".row")).to_have_count(4)


def test_put_off_until_they_reply(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user)
    page.keyboard.press("h")
    page.keyboard.press("5")
    expect(page.locator(NOTICE)).to_contain_text("if they reply or what was missing comes")
    page.goto(f"{firm.address}/inbox?state=snoozed")
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator(NOTICE)).to_contain_text("it waits for you again")


def test_done_elsewhere_says_how_and_what_comes_next(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user)
    page.keyboard.press("m")
    panel = page.locator(".verb[open]")
    panel.get_by_text("They called").click()
    panel.get_by_label("What was said").fill("He rang my mobile on Friday.")
    panel.get_by_label("What comes next").fill("Send the drawing")
    panel.get_by_label("By when").fill("friday 10:00")
    page.keyboard.press("Control+Enter")
    expect(page.locator(NOTICE)).to_contain_text("noted")
    assert firm.state(desk.items[0]) == "done"
    assert firm.action_states(desk.items[0]) == []


def test_a_signal_is_muted_and_heard_again(firm: Firm, opened: Opened) -> None:
    desk = firm.desk(("call_card", "task"))
    with firm.engine.begin() as connection:
        connection.execute(text("UPDATE tenure_item SET signal = 'check_in' WHERE id = :id"), {"id": desk.items[1]})
    page = opened(desk.user)
    page.locator("summary", has_text="More").click()
    expect(page.locator(".verb[open]")).not_to_contain_text("Nothing of")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(".item")).to_have_attribute("data-item", desk.items[1])
    page.locator("summary", has_text="More").click()
    page.get_by_label("Nothing of").select_option(label="for a month")
    page.get_by_role("button", name="Mute").click()
    expect(page.locator(NOTICE)).to_contain_text("muted: nothing of “Long silence” comes from here")
    assert firm.state(desk.items[1]) == "snoozed"
    page.locator(NOTICE).get_by_role("link", name="what is held back").click()
    expect(page.get_by_role("cell", name="Long silence", exact=True)).to_be_visible()
    page.get_by_role("button", name="Hear Long silence").click()
    expect(page.get_by_role("cell", name="Long silence", exact=True)).to_have_count(0)


def test_dismissed_by_two_keys_with_its_reason(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user)
    page.keyboard.press("d")
    page.keyboard.press("3")
    expect(page.locator(NOTICE)).to_contain_text("dismissed. The matter stays open and returns")
    assert firm.state(desk.items[0]) == "dismissed"


def test_a_voicemail_needs_a_next_step(firm: Firm, opened: Opened) -> None:
    desk = firm.desk(("call_card",))
    page = opened(desk.user)
    page.get_by_role("button", name="Voicemail").click()
    expect(page.locator(NOTICE)).to_contain_text("voicemail needs a next step")
    page.get_by_label("What comes next").first.fill("Call again")
    page.get_by_label("By when").first.fill("tomorrow 10:00")
    page.get_by_role("button", name="Voicemail").click()
    expect(page.locator(".empty-title").first).to_have_text("Nothing needs you.")
    assert firm.state(desk.items[0]) == "done"


def test_several_at_once_leave_out_what_wants_a_look(firm: Firm, opened: Opened) -> None:
    desk = firm.desk(("send_email", "task", "task"))
    page = opened(desk.user)
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    expect(page.locator(".row input:checked")).to_have_count(3)
    page.keyboard.press("a")
    expect(page.locator(NOTICE)).to_contain_text("2 approved. 1 left as they were:")
    expect(page.locator(".notice-rows")).to_contain_text("flagged (makes_promise)")
    assert [firm.state(x) for x in desk.items] == ["open", "approved", "approved"]


def test_what_changes_elsewhere_appears_by_itself(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    mine, other = opened(desk.user), opened(desk.user)
    expect(mine.locator(".row")).to_have_count(4)
    other.keyboard.press("d")
    other.keyboard.press("1")
    expect(other.locator(NOTICE)).to_contain_text("dismissed")
    expect(mine.locator(".row")).to_have_count(3)


def test_everything_can_be_read_and_decided_without_scripts(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user, scripts=False)
    page.locator(f"[data-item='{desk.items[1]}'] a").first.click()
    expect(page.locator(".call")).to_contain_text("Opening line")
    page.locator(f"[data-item='{desk.items[2]}'] a").first.click()
    page.get_by_role("button", name="Approve & send").click()
    expect(page.locator(NOTICE)).to_contain_text("approved")
    page.locator(NOTICE).get_by_role("button", name="Undo").click()
    assert firm.state(desk.items[2]) == "open"
    page.locator("summary", has_text="Dismiss").click()
    page.get_by_role("button", name="Not worth it").click()
    assert firm.state(desk.items[2]) == "dismissed"


def test_one_item_at_a_time(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user)
    page.keyboard.press("f")
    expect(page.locator(".list")).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator(".item")).to_have_attribute("data-item", desk.items[1])
    page.keyboard.press("Escape")
    expect(page.locator(".list")).to_be_visible()


def test_the_sheet_of_keys_and_the_palette(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Done elsewhere")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("setti")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")


def test_keys_can_be_switched_off(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user, "/settings")
    page.get_by_label("Off").check()
    page.get_by_role("button", name="Keep").first.click()
    expect(page.locator(NOTICE)).to_have_text("Kept in this browser.")
    page.goto(f"{firm.address}/inbox")
    page.keyboard.press("d")
    page.keyboard.press("1")
    expect(page.locator(".verb[open]")).to_have_count(0)
    assert firm.state(desk.items[0]) == "open"


def test_signed_out_means_signed_out(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user)
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto(f"{firm.address}/inbox?sel={desk.items[0]}")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.locator(f"button[value='{desk.user}']").click()
    expect(page.locator(".item")).to_have_attribute("data-item", desk.items[0])
