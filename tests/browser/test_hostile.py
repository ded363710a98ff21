"""Texts of customers are texts: through every field that shows them no script runs and nobody is asked for anything."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Opened, visits
from tests.browser.firm import Firm
from tests.browser.places import ADMIN, PLACES, Shown, busy


@pytest.fixture(scope="module")
def canary() -> Iterator[tuple[str, list[str]]]:
    """A host that notes whoever asks it for anything: its address, and what was asked."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


_FOREIGN = "iframe, img, base, main script, main link, main style, [onload], [onerror], a[href^='javascript']"


def _attacks(host: str) -> list[str]:
    return [
        f"<script src='{host}/s'></script><script>alert(1)</script>",
        f'"><img src="{host}/i" onerror="alert(2)">',
        f"![x]({host}/m) [y](javascript:alert(3)) {{{{ 7*7 }}}} {{% include 'x' %}}",
        f"</textarea></template><iframe src='{host}/f'></iframe><svg onload=alert(4)>",
        f"<link rel=stylesheet href='{host}/c'><style>@import url({host}/d)</style><base href='{host}/'>",
    ]


def test_what_others_write_stays_text_on_every_page(
    chromium: Browser, canary: tuple[str, list[str]], tmp_path: Path
) -> None:
    host, asked = canary
    attack = " ".join(_attacks(host))
    with busy(tmp_path, attack) as shown, visits(chromium, shown.firm.address) as opened:
        windows = {who: opened(user, "/settings") for who, user in (("rep", shown.names["rep"]), (ADMIN, ADMIN))}
        for place in (x for x in PLACES if x.who):
            page = windows.get(place.who, windows[ADMIN])
            page.goto(f"{shown.firm.address}{shown.path(place)}")
            expect(page.locator("h1:visible").first).to_be_visible()
            assert page.locator(_FOREIGN).count() == 0, place.name
        _use_it(windows["rep"], shown, attack)
    assert asked == []


def _use_it(page: Page, shown: Shown, attack: str) -> None:
    """What scripts fetch and put in is text as well: the next item, the palette, an answer, a form that came back."""
    page.goto(f"{shown.firm.address}/inbox")
    for _ in range(3):
        page.keyboard.press("j")
        expect(page.locator(".item-head h2")).to_have_text(attack)
        assert page.locator(_FOREIGN).count() == 0
    page.keyboard.press("Control+k")
    page.keyboard.type("<script")
    expect(page.locator("#palette-found li small", has_text="account").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    expect(page.locator(".draft")).to_be_visible()
    page.keyboard.press("e")
    page.get_by_label("To", exact=True).fill(attack)
    page.locator("#edit-body").fill(attack)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#edit-body")).to_have_value(attack)
    assert page.locator(_FOREIGN).count() == 0
    page.goto(f"{shown.firm.address}/accounts/{shown.names['account']}?tab=assistant")
    page.locator("#ask-text").fill(attack)
    page.keyboard.press("Enter")
    expect(page.locator(".turn[id] .asked").first).to_have_text(attack)
    assert page.locator(_FOREIGN).count() == 0


def test_an_address_that_somebody_made_up(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user)
    page.goto(f"{firm.address}/inbox?q=%3Cscript%3Ealert(1)%3C/script%3E&sel=%22%3E%3Cimg%20src=x%3E&told=%3Cb%3E")
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    assert page.locator("main img, main script").count() == 0
    page.goto(f"{firm.address}/sign-in?next=//evil.test/")
    page.locator(f"button[value='{desk.user}']").click()
    expect(page).to_have_url(f"{firm.address}/inbox")
