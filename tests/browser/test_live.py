"""What changes elsewhere appears by itself: in ten tabs at once, and after the worker or the server was killed."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from agent_runtime import db
from agent_runtime.clock import VirtualClock
from tests.browser.conftest import Opened, visits
from tests.browser.firm import NOW, Firm
from tests.browser.processes import delivering, serving

COMES = 30_000


def test_ten_tabs_load_and_stay_live(firm: Firm, opened: Opened) -> None:
    desk = firm.desk()
    first = opened(desk.user)
    tabs = [first, *(first.context.new_page() for _ in range(9))]
    for tab in tabs[1:]:
        tab.goto(f"{firm.address}/inbox")
    for tab in tabs:
        expect(tab.locator(".row")).to_have_count(4)
    firm.deliver(desk)
    for tab in tabs:
        expect(tab.locator(".row")).to_have_count(5, timeout=COMES)
    # The tab that listened for all is gone: another one takes over.
    tabs.pop(0).close()
    expect(tabs[0].locator(".row")).to_have_count(5)
    firm.deliver(desk)
    for tab in tabs:
        expect(tab.locator(".row")).to_have_count(6, timeout=COMES)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Firm, Path, int]]:
    """A company without a server, and a port for one."""
    engine = db.make_engine(f"sqlite:///{tmp_path / 'tenure.db'}")
    db.create_schema(engine)
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
    yield Firm(f"http://127.0.0.1:{port}", engine, VirtualClock(NOW)), tmp_path, port
    engine.dispose()


@contextmanager
def served(firm: Firm, folder: Path, port: int) -> Iterator[None]:
    """A server that answers; at the end it is killed, not asked to stop."""
    process = serving(folder, port)
    try:
        for attempt in Retrying(
            retry=retry_if_exception_type(httpx.TransportError), stop=stop_after_delay(120), wait=wait_fixed(0.1)
        ):
            with attempt:
                httpx.get(f"{firm.address}/healthz", timeout=5).raise_for_status()
        yield
    finally:
        process.kill()
        process.join()


def test_a_stream_goes_on_after_the_worker_and_after_the_server_were_killed(
    chromium: Browser, place: tuple[Firm, Path, int]
) -> None:
    firm, folder, port = place
    desk = firm.desk()
    with visits(chromium, firm.address) as opened:
        with served(firm, folder, port):
            page = opened(desk.user)
            expect(page.locator(".row")).to_have_count(4)
            worker = delivering(folder, desk.user)
            worker.join()
            assert worker.exitcode == -signal.SIGKILL
            expect(page.locator(".row")).to_have_count(5, timeout=COMES)
        # Nobody serves now; what happens meanwhile is told afterwards, without anybody loading the page anew.
        firm.deliver(desk)
        with served(firm, folder, port):
            expect(page.locator(".row")).to_have_count(6, timeout=COMES)
            firm.deliver(desk)
            expect(page.locator(".row")).to_have_count(7, timeout=COMES)
            page.close()
