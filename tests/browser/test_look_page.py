"""The page of `tenure look`, opened as a file: for everybody, light and dark, on a phone and on paper, and alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from agent_runtime.look.gather import look_through
from agent_runtime.look.page import render
from tests.browser.conftest import NARROW, WIDE, keep_picture
from tests.corpus import exports

CRMS: dict[str, Callable[[Path], Path]] = {
    "hubspot": exports.hubspot, "salesforce": exports.salesforce, "pipedrive": exports.pipedrive,
}  # fmt: skip


@pytest.fixture(scope="module", params=list(CRMS))
def looked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The page of one export, with a mailbox and a call list beside the one that has most."""
    folder = tmp_path_factory.mktemp(request.param)
    CRMS[request.param](folder)
    if request.param == "hubspot":
        exports.mailbox(folder / "dana.mbox")
        exports.call_list(folder / "calls.csv")
    page = tmp_path_factory.mktemp("page") / "look.html"
    page.write_text(render(look_through(folder, "Europe/London", "b2b_sales", lambda replay: replay.run())))
    return request.param, page


@pytest.fixture
def page(chromium: Browser, looked: tuple[str, Path]) -> Iterator[Page]:
    """The file in a window that fails where anything but the file itself is asked for."""
    asked: list[str] = []
    # The policy of the page lets no script in; the checker is one, and stands outside of what is looked at.
    context = chromium.new_context(viewport=WIDE, bypass_csp=True)  # type: ignore[arg-type]
    found = context.new_page()
    found.on("request", lambda request: asked.append(request.url))
    found.goto(looked[1].as_uri())
    yield found
    context.close()
    assert asked == [looked[1].as_uri()]


def test_nobody_is_shut_out_light_dark_or_on_a_phone(page: Page, axe: Axe, looked: tuple[str, Path]) -> None:
    page.evaluate(axe.axe_script)
    for shape, size, theme in (("", WIDE, "light"), ("", WIDE, "dark"), ("-390", NARROW, "light")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(x["id"], [y["html"][:120] for y in x["nodes"][:3]]) for x in found] == [], f"{theme}{shape}"
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        keep_picture(page, f"look-{looked[0]}-{theme}{shape}")


def test_it_prints_with_what_is_folded_and_without_what_only_a_screen_needs(page: Page) -> None:
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    fold = page.locator("details:not(.older) table").first
    assert fold.evaluate("table => table.checkVisibility({contentVisibilityAuto: true})")
    assert fold.bounding_box() is not None
    assert page.pdf(format="A4").startswith(b"%PDF")
