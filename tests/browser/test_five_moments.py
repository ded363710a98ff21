"""The five moments of the demo as a visitor goes through them, on a small company of the demo that lives on."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from agent_runtime.demo.company import SMALL_OWNER
from agent_runtime.demo.living import LivingDemo
from agent_runtime.demo.serving import living
from agent_runtime.demo.tour import Moment, moments
from agent_runtime.replay.setting import open_world
from tests.acceptance.worlds import cut, demo_world, run, table
from tests.browser.conftest import Opened, grave, keep_picture, looked_at, visits
from tests.browser.firm import on_loopback

TRIAGE = re.compile("//[^/?]+/handover/item")
ANSWER = "We went through it yesterday"
ANYBODY = "birgit-sommer"
# With a promise said on the phone that is late at the end, and with a deal that was lost.
SHOWN = ("ardleigh-florists-group", "meridian-cold-storage")


@dataclass(frozen=True, slots=True)
class Visit:
    """A demo that is served: its moments as the tour names them, its company, and how its pages are opened."""

    moments: list[Moment]
    company: LivingDemo
    open: Opened

    def at(self, number: int) -> Page:
        """The page of a moment, as the person whom the tour names."""
        moment = self.moments[number - 1]
        return self.open(moment.person or ANYBODY, moment.path or "")


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("moments")
    whole = demo_world(folder / "whole")
    book = [x["id"] for x in table(whole, "accounts") if x["owner_id"] == SMALL_OWNER][:3]
    world = cut(whole, folder / "world", {*book, *SHOWN}, table(whole, "contacts"), strangers=False)
    run(world, folder)
    (folder / "replay.db").rename(folder / "tenure.db")
    return folder


@pytest.fixture
def visit(chromium: Browser, replayed: Path, tmp_path: Path) -> Iterator[Visit]:
    shutil.copy(replayed / "tenure.db", tmp_path)
    settings = open_world(replayed / "world").settings
    with (
        living(tmp_path, settings, "b2b_sales") as app,
        on_loopback(app) as address,
        visits(chromium, address) as opened,
    ):
        yield Visit(_moments(app), app.state.company, opened)


def _moments(app: FastAPI) -> list[Moment]:
    company: LivingDemo = app.state.company
    here, now = company.installation, company.clock.now()
    with here.engine.connect() as connection:
        return moments(connection, here.company(connection, now), now)


def test_the_sentence_nobody_kept(visit: Visit, axe: Axe) -> None:
    page = visit.at(1)
    looked_at(page, axe, "demo-inbox")
    item_id = page.locator(".item").get_attribute("data-item")
    # The bar takes room from the panes, not from the verbs at their foot.
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator(".verbs")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    page.keyboard.press("w")
    sentence = page.locator("[data-evidence]").first
    expect(sentence).to_be_focused()
    said = sentence.inner_text().strip('“”"')
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/*#ev-*")
    expect(page.locator(":target")).to_contain_text(said)
    expect(page.locator(":target")).to_be_in_viewport()
    keep_picture(page, "demo-sentence")
    page.go_back()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("approved")
    page.keyboard.press("z")
    expect(page.locator(".notice")).to_contain_text("it waits for you again")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("approved")
    page.get_by_role("button", name="+1 day").click()
    page.goto(f"{page.url.partition('/inbox')[0]}/inbox?sel={item_id}")
    expect(page.locator(".item")).to_have_attribute("data-state", re.compile("done|cleared"))
    expect(page.locator(".history")).to_contain_text("took it back")
    expect(page.locator(".history")).to_contain_text("Done for certain")
    keep_picture(page, "demo-answered")
    page.locator("#item-title a").click()
    expect(page.locator("main")).to_contain_text(ANSWER)


def test_the_plug_is_pulled(visit: Visit, axe: Axe) -> None:
    page = visit.at(2)
    expect(page.locator("main")).to_contain_text("Nothing was stopped yet")
    page.get_by_role("button", name="Stop the worker for three days").click()
    expect(page.locator("main")).to_contain_text("Both companies noticed the same")
    rows = page.locator("main tbody tr")
    assert rows.count() > 0
    for row in rows.all():
        expect(row.locator("td").filter(has_text="noticed")).to_have_count(2)
    looked_at(page, axe, "demo-twins")


def test_a_book_is_given_away_and_stands_on_one_page(visit: Visit, axe: Axe) -> None:
    page = visit.at(3)
    page.get_by_role("button", name="Give away").click()
    expect(page).to_have_url(TRIAGE)
    expect(page.locator("main")).to_contain_text("Anna Wolff")
    looked_at(page, axe, "demo-handover")
    stranger = visit.open("lea-hartmann", "/inbox")
    stranger.get_by_role("button", name="Give away").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Who are you today?")
    stranger.locator("button[value='hanna-lindt']").click()
    expect(stranger).to_have_url(TRIAGE)


def test_the_story_of_a_lost_deal_is_printed_on_paper(visit: Visit, axe: Axe) -> None:
    page = visit.at(4)
    expect(page.locator(".story")).to_have_count(1)
    expect(page.locator(".could").last).to_contain_text("before it ended")
    assert grave(axe, page) == []
    keep_picture(page, "demo-story")
    page.emulate_media(media="print")
    for gone in (".rail", ".demo-bar", "[data-print]"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(".story")).to_be_visible()
    keep_picture(page, "demo-story-printed")
