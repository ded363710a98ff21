"""Every page can be seen and used by everybody: light, dark, on a phone, full, on the first day, without scripts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from agent_runtime.web.door import POLICIES
from tests.browser.conftest import looked_at, visits
from tests.browser.places import NO_PAGES, PLACES, Place, Shown, busy, new

Viewer = Callable[[Place], Page]
NEW = [x for x in PLACES if x.alone and "{" not in x.path and x.name not in ("error", "no-such-item")]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with busy(tmp_path_factory.mktemp("busy")) as shown:
        yield shown


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with new(tmp_path_factory.mktemp("new")) as shown:
        yield shown


@pytest.fixture(scope="module")
def at(chromium: Browser, full: Shown) -> Iterator[Viewer]:
    """Opens a page of the full company."""
    with viewed(chromium, full) as viewer:
        yield viewer


@pytest.fixture(scope="module")
def at_new(chromium: Browser, empty: Shown) -> Iterator[Viewer]:
    """Opens a page of the new company."""
    with viewed(chromium, empty) as viewer:
        yield viewer


@contextmanager
def viewed(chromium: Browser, shown: Shown, *, scripts: bool = True) -> Iterator[Viewer]:
    """Opens places, each person in one window that stays."""
    with visits(chromium, shown.firm.address) as opened:
        windows: dict[str, Page] = {}

        def viewer(place: Place) -> Page:
            if place.who not in windows:
                windows[place.who] = opened(shown.user(place) or "ada", "/settings", scripts=scripts)
            page = windows[place.who]
            if not place.who:
                page.context.clear_cookies()
            page.goto(f"{shown.firm.address}{shown.path(place)}")
            expect(page.locator("h1:visible").first).to_be_visible()
            return page

        yield viewer


def test_every_registered_page_is_looked_at() -> None:
    routes = {x for x in POLICIES if not x.startswith("/demo")}
    assert {x.route for x in PLACES} == routes - NO_PAGES


@pytest.mark.parametrize("place", PLACES, ids=lambda x: x.name)
def test_a_page_shuts_nobody_out(at: Viewer, axe: Axe, place: Place) -> None:
    looked_at(at(place), axe, place.name)


@pytest.mark.parametrize("place", NEW, ids=lambda x: x.name)
def test_a_page_of_the_first_day_shuts_nobody_out(at_new: Viewer, axe: Axe, place: Place) -> None:
    looked_at(at_new(place), axe, f"{place.name}-empty")


def test_every_page_reads_without_scripts(chromium: Browser, full: Shown) -> None:
    with viewed(chromium, full, scripts=False) as viewer:
        for place in PLACES:
            page = viewer(place)
            assert page.locator(".js-only:visible").count() == 0, place.name
