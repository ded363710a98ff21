"""Debian's Chromium on a served company. Nothing may leave the host, and no page may have an error."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.firm import Firm, served

CHECKOUT = Path(__file__).parents[2]
# On a busy machine a page may take its time; what is there at once is not waited for.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS / 2)
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; where there is none the tests are skipped, but never in continuous integration.

    It ends with each module: while it lives, an event loop runs in this thread, and tests after it could have none.
    """
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(path).exists():
        told = f"no Chromium at {path}: install it (apt-get install chromium) or name it in CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    """The company behind its server."""
    with served(tmp_path_factory.mktemp("firm")) as found:
        yield found


@pytest.fixture
def opened(chromium: Browser, firm: Firm) -> Iterator[Opened]:
    """Opens a page as somebody: `opened(user, "/inbox")`, with `theme`, `narrow`, `scripts` as wanted.

    After the test: no request went to another host, and no script failed.
    """
    with visits(chromium, firm.address) as open_page:
        yield open_page


@contextmanager
def visits(chromium: Browser, address: str) -> Iterator[Opened]:
    """Opens pages of the server at `address` as somebody, and looks that nothing left it and nothing failed."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on(
            "request", lambda request: None if _ours(request.url, address) else wrong.append(f"left: {request.url}")
        )
        page.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))

    def open_page(
        user: str, path: str = "/inbox", *, theme: str = "light", narrow: bool = False, scripts: bool = True
    ) -> Page:
        context = chromium.new_context(
            viewport=NARROW if narrow else WIDE, color_scheme=theme, java_script_enabled=scripts,  # type: ignore[arg-type]
        )  # fmt: skip
        contexts.append(context)
        context.on("page", watch)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(f"{address}/sign-in?next={path.replace('?', '%3F').replace('&', '%26')}")
        page.locator(f"button[value='{user}']").click()
        page.wait_for_url(f"**{path.partition('?')[0]}*")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture(scope="session")
def axe() -> Axe:
    """The checker of accessibility."""
    return Axe()


def looked_at(page: Page, axe: Axe, name: str) -> None:
    """Checks a page as it stands by every rule, light, dark and on a phone; keeps its pictures in var/screenshots.

    Nothing is seriously wrong for people who see or move otherwise, and nothing sticks out sideways.
    """
    page.evaluate(axe.axe_script)
    for shape, size, theme in (("", WIDE, "light"), ("", WIDE, "dark"), ("-390", NARROW, "light")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        assert _grave(page) == [], f"{name} {theme}{shape}"
        keep_picture(page, f"{name}-{theme}{shape}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name}{shape}"
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")


def grave(axe: Axe, page: Page) -> list[str]:
    """What is seriously or critically wrong with a page for people who see or move otherwise."""
    page.evaluate(axe.axe_script)
    return _grave(page)


def _grave(page: Page) -> list[str]:
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['id']} ({one['impact']}): {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def keep_picture(page: Page, name: str) -> None:
    """Keeps how a page looks in var/screenshots, for people to look at."""
    folder = CHECKOUT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")


def _ours(url: str, address: str) -> bool:
    return url.startswith((address, "data:", "about:", "blob:"))
