"""The inbox page under load: what the server needs for it, how large it is, how quick a key is, what listeners cost."""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.bench.figures import Figure, p95
from tests.bench.inbox import fill, server

ITEMS, PEOPLE, ASKED, STROKES, LISTENERS = 10_000, 50, 200, 40, 200
_KEY_TO_MARK = """async () => {
  const before = document.querySelector("#rows > .row.selected");
  const begun = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "j", bubbles: true, cancelable: true}));
  while (document.querySelector("#rows > .row.selected") === before) await new Promise(requestAnimationFrame);
  const marked = performance.now() - begun;
  const wanted = document.querySelector("#rows > .row.selected").dataset.item;
  while (document.querySelector(".item")?.dataset.item !== wanted) await new Promise(requestAnimationFrame);
  return [marked, performance.now() - begun];
}"""


def pages(runs: int) -> list[Figure]:
    """p95 in the server over 10,000 open items, bytes of the first page, and where there is a Chromium the keys."""
    whole: list[float] = []
    every: list[float] = []
    part: list[float] = []
    sizes: list[float] = []
    memory: list[float] = []
    keys: list[tuple[float, float]] = []
    with TemporaryDirectory() as scratch:
        tokens = fill(Path(scratch), ITEMS, PEOPLE)
        with server(Path(scratch)) as address:
            for _ in range(runs):
                with httpx.Client(base_url=address, timeout=60) as client:
                    whole.append(p95([_asked(client, tokens[x % PEOPLE], "/inbox") for x in range(ASKED)]))
                    every.append(p95([_asked(client, tokens[0], "/inbox?view=all") for _ in range(ASKED // 4)]))
                    part.append(p95([_part(client, tokens, x) for x in range(ASKED)]))
                    sizes.append(_first_page(client, tokens[1]) / 1024)
                memory.append(_listening(address, tokens))
                keys += _strokes(address, tokens[1])
    about = f"{ITEMS:,} open items, p95 in the server"
    found = [
        Figure(f"pages: inbox, {about}", "ms", tuple(whole), 50),
        Figure(f"pages: inbox of everybody, {about}", "ms", tuple(every), 50),
        Figure(f"pages: one item as a part of the page, {about}", "ms", tuple(part), 25),
        Figure("pages: first page with all its files", "KB", tuple(sizes), 100),
        Figure(f"pages: memory for {LISTENERS} live clients", "MB", tuple(memory), 40),
    ]
    if keys:
        marked, shown = p95([x[0] for x in keys]), p95([x[1] for x in keys])
        found.append(Figure("pages: key j until the row is marked, p95", "ms", (marked,), 50))
        found.append(Figure("pages: key j until the item is shown, p95", "ms", (shown,), None))
    return found


def _headers(token: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "text/html"} | more


def _asked(client: httpx.Client, token: str, path: str, **more: str) -> float:
    answer = client.get(path, headers=_headers(token, **more))
    answer.raise_for_status()
    return float(answer.headers["server-timing"].partition("dur=")[2])


def _part(client: httpx.Client, tokens: list[str], number: int) -> float:
    person = number % PEOPLE
    item = f"item-{person + PEOPLE * (number % (ITEMS // PEOPLE)):05}"
    return _asked(client, tokens[person], f"/inbox?sel={item}", **{"X-Fragment": "detail"})


def _first_page(client: httpx.Client, token: str) -> int:
    """Bytes of the page and of every file that it loads, as they go over the line."""
    page = client.get("/inbox", headers=_headers(token)).text
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    known: set[str] = set()
    total = len(page.encode())
    while files - known:
        path = (files - known).pop()
        known.add(path)
        text = client.get(path).text
        total += len(text.encode())
        folder = path.rpartition("/")[0]
        files |= {
            f"{folder}/{name}"
            for name in re.findall(r'from "\./([a-z]+\.js)"|import "\./([a-z]+\.js)"', text)
            for name in name
            if name
        }
    return total


@contextmanager
def _stream(address: str, token: str) -> Iterator[None]:
    with (
        httpx.Client(timeout=60) as client,
        client.stream("GET", f"{address}/api/events", headers=_headers(token)) as answer,
    ):
        # Kept, because a stream that nobody reads from any more is closed.
        chunks = answer.iter_bytes()
        next(chunks)
        yield


def _listening(address: str, tokens: list[str]) -> float:
    """Megabytes that the server grows by while so many listen."""
    process = _server_process(address)
    before = _resident(process)
    with ExitStack() as streams:
        for number in range(LISTENERS):
            streams.enter_context(_stream(address, tokens[number % len(tokens)]))
        return max(0.0, _resident(process) - before)


def _server_process(address: str) -> int:
    """The process that listens on the address's port, from what the kernel tells."""
    port = f"{int(address.rpartition(':')[2]):04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inode = next(row[9] for row in lines if row[1].endswith(f":{port}") and row[3] == "0A")
    for folder in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(folder.readlink()) == f"socket:[{inode}]":
                return int(folder.parts[2])
        except OSError:
            continue
    raise LookupError(f"no process listens on {address}")


def _resident(process: int) -> float:
    text = Path(f"/proc/{process}/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


def _strokes(address: str, token: str) -> list[tuple[float, float]]:
    """Milliseconds from a key to the mark and to the item, of so many strokes; none without a Chromium."""
    path = shutil.which("chromium")
    if path is None:
        print("pages: keys left out, there is no chromium.")
        return []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(extra_http_headers={"Authorization": f"Bearer {token}"}).new_page()
        page.goto(f"{address}/inbox", wait_until="networkidle")
        found = []
        for _ in range(STROKES):
            marked, shown = page.evaluate(_KEY_TO_MARK)
            found.append((float(marked), float(shown)))
            page.wait_for_timeout(300)
        browser.close()
    return found
