"""The inbox under load: what the server needs for a request when fifty people read at once over 10,000 open items."""

import asyncio
import os
import random
import socket
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import httpx
from sqlalchemy import Connection, insert

from agent_runtime.inbox.models import Item
from agent_runtime.installation import open_installation
from agent_runtime.permissions import Right
from agent_runtime.settings import Settings
from agent_runtime.users import service as users
from agent_runtime.users.models import TokenKind
from memory.records import Account, User
from tests.bench.figures import Figure, p95

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SIGNALS = ("answer_owed", "missed_call", "stage_age", "lead_response", "next_step")
# What people ask for, and how often: own list, the whole team's list, counts, one item.
ASKED = ("mine",) * 5 + ("all",) * 2 + ("counts",) + ("item",) * 2


def inbox(runs: int, *, items: int = 10_000, people: int = 50, seconds: float = 20.0) -> list[Figure]:
    """p95 in the server, as its Server-Timing tells it: with a second between two requests of a person, and without."""
    calm: defaultdict[str, list[float]] = defaultdict(list)
    rates: list[float] = []
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        tokens = fill(folder, items, people)
        with server(folder) as address:
            for _ in range(runs):
                found = asyncio.run(_day(address, tokens, items, seconds, pause=1.0))
                for kind, times in found.items():
                    calm[kind].append(p95(times))
                calm["any"].append(p95([x for times in found.values() for x in times]))
                rush = asyncio.run(_day(address, tokens, items, seconds / 4, pause=0.0))
                rates.append(sum(map(len, rush.values())) / (seconds / 4))
    about = f"{items:,} open items, {people} people, 1 s between requests, p95 in the server"
    names = {"any": "any request", "mine": "own list", "all": "list of all", "counts": "counts", "item": "one item"}
    figures = [Figure(f"inbox: {names[x]}, {about}", "ms", tuple(calm[x]), 50) for x in names]
    return [*figures, Figure(f"inbox: requests a second, {people} people without a pause", "1/s", tuple(rates))]


def fill(folder: Path, items: int, people: int) -> list[str]:
    """An installation with so many open items of so many people; gives a key for each of them, one is an admin's."""
    installation = open_installation(Settings(data_dir=folder))
    staff = [f"person-{x:02}" for x in range(people)]
    with installation.engine.begin() as connection:
        rows: list[dict[str, Any]] = [
            {"id": name, "name": name, "email": "", "role": "rep", "custom": {}, "team": None} for name in staff
        ]
        rows[0]["role"] = "admin"
        connection.execute(insert(User), rows)
        for start in range(0, items, 1_000):
            _items(connection, range(start, min(start + 1_000, items)), staff)
        made = [
            users.make_token(connection, name, TokenKind.API, Right.READ.value, "", None, datetime.now(UTC))
            for name in staff
        ]
    installation.engine.dispose()
    return [x.secret.get_secret_value() for x in made]


def _items(connection: Connection, numbers: range, staff: list[str]) -> None:
    accounts: list[dict[str, Any]] = [
        {"id": f"account-{x:05}", "name": f"Company {x:05}", "owner_id": staff[x % len(staff)], "provisional": False,
         "custom": {}}
        for x in numbers
    ]  # fmt: skip
    connection.execute(insert(Account), accounts)
    connection.execute(insert(Item), [_item(x, staff[x % len(staff)]) for x in numbers])


def _item(number: int, owner: str) -> dict[str, Any]:
    action = {
        "kind": "send_email",
        "subject": f"About {number}",
        "body": "Lorem ipsum dolor sit amet. " * 30,
        "to": ["x@y.test"],
    }
    why = [{"factor": "no answer for 31 days", "weight": 1.2}] * 6
    beside = {"why_now": "They asked and nobody has answered.", "looked_in": ["mail"], "cannot_see": ["mobile"]}
    return {
        "id": f"item-{number:05}", "account_id": f"account-{number:05}", "interaction_id": f"int-{number}",
        "expectation_id": f"exp-{number}", "signal": SIGNALS[number % len(SIGNALS)], "classification": "delay",
        "step": 0, "verified": True, "state": "open", "delivered_at": NOW, "owner_id": owner,
        "due_at": NOW + timedelta(hours=number % 72), "priority": random.Random(number).random(), "risk": 0.5,
        "value_at_stake": {"low": 1, "base": 2, "high": 3}, "action": action, "draft_version": 1,
        "content_hash": f"{number:064x}", "evidence": [], "why": why, "beside": beside, "flags": [],
    }  # fmt: skip


@contextmanager
def server(folder: Path, **variables: str) -> Iterator[str]:
    """`tenure serve` in a process of its own, on a free port, with these variables in its environment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = "from agent_runtime.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, "TENURE_DATA_DIR": str(folder), **variables})
    address = f"http://127.0.0.1:{port}"
    try:
        _await(address)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _await(address: str, most: float = 120.0) -> None:
    begun = perf_counter()
    with httpx.Client(transport=httpx.HTTPTransport(retries=10)) as client:
        while perf_counter() - begun < most:
            try:
                client.get(f"{address}/readyz", timeout=5).raise_for_status()
            except httpx.TransportError:
                continue
            return
    raise TimeoutError(f"no server on {address} within {most} s")


async def _day(address: str, tokens: list[str], items: int, seconds: float, pause: float) -> dict[str, list[float]]:
    """Milliseconds in the server by what was asked, of everybody at once."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    async with httpx.AsyncClient(
        base_url=address, timeout=60, limits=httpx.Limits(max_connections=len(tokens))
    ) as client:
        people = (
            _person(client, number, token, len(tokens), items, seconds, pause, found)
            for number, token in enumerate(tokens)
        )
        await asyncio.gather(*people)
    return found


async def _person(
    client: httpx.AsyncClient, number: int, token: str, people: int, items: int, seconds: float, pause: float,
    found: dict[str, list[float]],
) -> None:  # fmt: skip
    rng, ends = random.Random(number), perf_counter() + seconds
    await asyncio.sleep(rng.random() * pause)
    while perf_counter() < ends:
        asked = rng.choice(ASKED)
        own = number + people * rng.randrange(items // people)
        path = {
            "mine": "/api/inbox", "all": "/api/inbox?view=all", "counts": "/api/inbox/counts",
            "item": f"/api/inbox/item-{own:05}",
        }[asked]  # fmt: skip
        answer = await client.get(path, headers={"Authorization": f"Bearer {token}"})
        answer.raise_for_status()
        found[asked].append(float(answer.headers["server-timing"].partition("dur=")[2]))
        await asyncio.sleep(pause * (0.5 + rng.random()))
