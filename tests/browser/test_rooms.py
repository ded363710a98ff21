"""The rooms beside the inbox as people walk through them: from a sent mail to its signs, a book that changed hands,
a fact forgotten, a deal told on paper; with scripts and without."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, text

from agent_runtime import events
from agent_runtime.connectors.models import ConnectedSystem
from agent_runtime.doors.webhooks import service
from agent_runtime.doors.webhooks.policy import GONE, Result
from agent_runtime.doors.webhooks.service import Change
from memory.facts import Statement, record
from memory.records import User
from memory.timeline import NewActivity, add
from tests.browser.conftest import Opened
from tests.browser.firm import KEY, NOW, Desk, Firm

LETTER = "Can you install while we stay open?"


def boss(firm: Firm, desk: Desk) -> str:
    """The manager of somebody's team."""
    user = f"boss-of-{desk.user}"
    team = f"team{desk.user.removeprefix('rep')}"
    row = {"id": user, "name": user.title(), "email": "boss@we.test", "role": "manager", "team": team, "custom": {}}
    with firm.engine.begin() as connection:
        connection.execute(insert(User), row)
    return user


def account_of(firm: Firm, desk: Desk) -> str:
    """The account of somebody's first item."""
    with firm.engine.connect() as connection:
        query = text("SELECT account_id FROM tenure_item WHERE id = :id")
        return str(connection.execute(query, {"id": desk.items[0]}).scalar_one())


def known(firm: Firm, account: str, slot: str = "concern.price", value: str = "open") -> None:
    """Something that memory holds of the account, read in a letter of theirs."""
    when = NOW - timedelta(days=2)
    letter = NewActivity(
        "mail", "mail", f"known-{account}-{slot}", "email", when, when, account_id=account, direction="inbound",
        subject="Price", text=f"That is more than we can pay. {LETTER}", speaker="Kim",
    )  # fmt: skip
    with firm.engine.begin() as connection:
        [added] = add(connection, [letter])
        said = Statement(account, slot, value, "external", when, when, added.activity_id, letter.source_id, (0, 29))
        record(connection, [said])


def passage(page: Page) -> str:
    """The words that a followed source has highlighted."""
    marked = page.locator(".entry.here mark")
    expect(marked).to_be_visible()
    return marked.inner_text()


def test_a_manager_traces_a_mail_to_its_signs(firm: Firm, opened: Opened) -> None:
    desk = firm.desk(("send_email",))
    page = opened(desk.user)
    page.keyboard.press("a")
    expect(page.locator(".notice")).to_contain_text("approved")
    page = opened(boss(firm, desk), "/audit")
    page.locator("#a-event").select_option("item.approved")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="the whole way").first.click()
    way = page.locator(".trace")
    for step in ("Question of theirs began", "It was not done in time", "Draft written", "Decided: approve"):
        expect(way).to_contain_text(step)
    expect(page.locator(".room")).to_contain_text("no answer from us since Friday")
    expect(page.locator(".letter").last).to_contain_text("you will have the answer by Wednesday")


def test_an_answer_cites_and_its_source_opens_with_its_words_marked(firm: Firm, opened: Opened) -> None:
    desk = firm.desk(("send_email",))
    page = opened(desk.user, f"/accounts/{account_of(firm, desk)}?tab=assistant")
    page.get_by_label("Ask about").fill("When did we last hear from them?")
    page.keyboard.press("Enter")
    turn = page.locator(".turn[id]").first
    expect(turn.locator(".asked")).to_have_text("When did we last hear from them?")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    turn.locator("a.cite").first.click()
    page.wait_for_url("**ev=*")
    assert passage(page) in LETTER
    expect(page.locator(".entry.here")).to_be_in_viewport()
    expect(page.locator(".turn .asked").first).to_be_visible()


def test_the_next_owner_reads_what_was_asked(firm: Firm, opened: Opened) -> None:
    desk = firm.desk(("task",))
    account = account_of(firm, desk)
    page = opened(desk.user, f"/accounts/{account}?tab=assistant", scripts=False)
    page.get_by_role("button", name="Who decides?").click()
    expect(page.locator(".turn .asked")).to_have_text("Who decides?")
    other = opened(boss(firm, desk), f"/accounts/{account}?tab=assistant")
    expect(other.locator(".turn")).to_contain_text("Who decides?")
    expect(other.locator(".panel")).to_contain_text("whoever owns it next can read it")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_fact_is_corrected_and_forgotten(firm: Firm, opened: Opened, scripts: bool) -> None:
    desk = firm.desk(("task",))
    account = account_of(firm, desk)
    known(firm, account)
    page = opened(desk.user, f"/accounts/{account}?tab=memory", scripts=scripts)
    fact = page.locator(".fact")
    expect(fact).to_contain_text("said by them")
    fact.locator("a.cite").first.click()
    assert passage(page) == "That is more than we can pay."
    fact.get_by_text("Change").click()
    fact.get_by_label("What is right instead").fill("settled")
    fact.get_by_role("button", name="Correct").click()
    expect(page.locator(".fact")).to_contain_text("settled")
    expect(page.locator(".fact")).to_contain_text("said by us")
    page.locator(".fact").get_by_text("Change").click()
    page.locator(".fact").get_by_role("button", name="Forget it").click()
    expect(page.locator(".done-note")).to_contain_text("Forgotten")
    page = opened(boss(firm, desk), f"/audit?account={account}")
    expect(page.locator("table")).to_contain_text("had a fact forgotten")


def test_an_inherited_book_is_one_page_in_the_order_in_which_it_breaks(firm: Firm, opened: Opened) -> None:
    leaver, heir = firm.desk(("send_email", "task", "task")), firm.desk(())
    page = opened(firm.staff("admin"), "/admin/transfer")
    page.get_by_label("From", exact=True).select_option(leaver.user)
    page.get_by_label("To", exact=True).select_option(heir.user)
    page.get_by_role("button", name="Show which").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_role("button", name="Give these 3").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hand-overs")
    page = opened(heir.user, "/handover")
    page.get_by_role("link", name="3 accounts to").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 accounts handed over to you")
    first = page.locator("tbody tr").first
    expect(first).to_contain_text("they asked and nobody answered")
    expect(first).to_contain_text(leaver.user.replace("rep", "Lea Hartmann "))
    first.get_by_role("link", name="Read it").click()
    page.get_by_role("button", name="I have read this brief").click()
    page.goto(page.url.partition("/accounts")[0] + "/handover")
    page.get_by_role("link", name="3 accounts to").click()
    expect(page.locator(".facts-line")).to_contain_text("1 of 3 briefs read")


def test_the_story_of_a_deal_goes_on_paper(firm: Firm, opened: Opened) -> None:
    desk = firm.desk(("send_email",))
    page = opened(boss(firm, desk), f"/accounts/{account_of(firm, desk)}/story")
    expect(page.locator(".story-line").first).to_contain_text("Could be known")
    page.emulate_media(media="print")
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.locator(".story").first).to_be_visible()
    assert page.pdf().startswith(b"%PDF")


def test_a_number_opens_to_its_rows_and_a_row_to_its_account(firm: Firm, opened: Opened) -> None:
    desk = firm.desk(("send_email", "task"))
    page = opened(boss(firm, desk), "/reports")
    expect(page.locator(".lede")).to_contain_text("0 missing")
    page.locator(".card.bad .figure").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("tbody tr a").first.click()
    expect(page.locator(".matter").first).to_contain_text("If nothing happens")


def test_an_old_entry_is_found_by_its_link_alone(firm: Firm, opened: Opened) -> None:
    desk = firm.desk(("task",))
    account = account_of(firm, desk)
    many = [
        NewActivity("crm", "notes", f"n-{account}-{x}", "note", NOW - timedelta(days=x), NOW, account_id=account,
                    text=f"note {x}")
        for x in range(1, 120)
    ]  # fmt: skip
    with firm.engine.begin() as connection:
        oldest = add(connection, many)[-1].activity_id
    page = opened(desk.user, f"/accounts/{account}")
    expect(page.locator(f"#ev-{oldest}")).to_have_count(0)
    page.goto(f"{firm.address}/accounts/{account}#ev-{oldest}")
    page.wait_for_url(f"**ev={oldest}*")
    expect(page.locator(f"#ev-{oldest}")).to_be_in_viewport()


def test_a_connector_that_fails_says_what_to_do(firm: Firm, opened: Opened) -> None:
    system = {"name": "twilio", "adapter": "twilio", "told": {}, "secrets": {}, "since": NOW, "connected_by": "ada",
              "connected_at": NOW, "checked_at": NOW, "state": "connected", "health": "not_allowed",
              "said": "Twilio does not know this key.", "fix": "Make a new one."}  # fmt: skip
    with firm.engine.begin() as connection:
        connection.execute(insert(ConnectedSystem), system)
    page = opened(firm.staff("admin"), "/admin")
    expect(page.locator("#connector-twilio")).to_contain_text("Twilio does not know this key. Make a new one.")
    expect(page.locator("#connector-twilio")).to_contain_text("not allowed")


def test_a_receiver_is_added_its_secret_shown_once_and_what_failed_is_told_again(firm: Firm, opened: Opened) -> None:
    page = opened(firm.staff("admin"), "/admin/webhooks")
    page.get_by_text("Add a receiver").click()
    page.get_by_label("Address").fill("https://ops.example.com/x")
    page.get_by_label("What it is").fill("Ops board")
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".done-note code")).to_contain_text("whsec_")
    change = Change("ada", NOW, KEY)
    with firm.engine.begin() as connection:
        [receiver] = service.webhooks(connection)
        events.publish(connection, "item.delivered", "none", "none", NOW)
        service.spread(connection, receiver.id, NOW)
        delivery = service.claim(connection, receiver.id, NOW, NOW)
        assert delivery
        service.settle(connection, delivery, Result(GONE, "gone"), change)
    page.get_by_role("link", name="ops.example.com").click()
    page.get_by_role("button", name="Tell item.delivered").click()
    expect(page.locator(".done-note")).to_contain_text("To be told again: 1")
