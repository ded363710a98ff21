"""Texts of customers are texts: through every field that shows them no script runs and nobody is asked for anything."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opened
from tests.browser.firm import Firm


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


@pytest.mark.parametrize("number", range(5))
def test_what_customers_write_stays_text(
    firm: Firm, opened: Opened, canary: tuple[str, list[str]], number: int
) -> None:
    host, asked = canary
    attack = _attacks(host)[number]
    told = dict.fromkeys(("name", "account", "subject", "text", "why", "body"), attack)
    desk = firm.desk(("send_email", "call_card", "task"), **told)
    page = opened(desk.user)
    for key, item_id in zip(("", "j", "j"), desk.items, strict=True):
        if key:
            page.keyboard.press(key)
        expect(page.locator(".item")).to_have_attribute("data-item", item_id)
        expect(page.locator(".item-head h2")).to_have_text(attack)
        assert page.locator(_FOREIGN).count() == 0
    page.keyboard.press("Control+k")
    page.keyboard.type(attack[:12])
    page.keyboard.press("Escape")
    assert asked == []


def test_an_address_that_somebody_made_up(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    page = opened(desk.user)
    page.goto(f"{firm.address}/inbox?q=%3Cscript%3Ealert(1)%3C/script%3E&sel=%22%3E%3Cimg%20src=x%3E&told=%3Cb%3E")
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    assert page.locator("main img, main script").count() == 0
    page.goto(f"{firm.address}/sign-in?next=//evil.test/")
    page.locator(f"button[value='{desk.user}']").click()
    expect(page).to_have_url(f"{firm.address}/inbox")
