"""The chat door under load: how long fifty people who ask at once wait for the first byte and for the first word."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

import httpx
import orjson
from sqlalchemy import insert

from agent_runtime.installation import open_installation
from agent_runtime.permissions import Right
from agent_runtime.settings import Settings
from agent_runtime.users import service as users
from agent_runtime.users.models import TokenKind
from memory import timeline
from memory.records import Account, Contact, User
from memory.timeline import NewActivity
from tests.bench.figures import Figure, p95
from tests.bench.inbox import server

QUESTIONS = ("When did they last write?", "What is open?", "Who owns this account?", "What did we promise?")
PAUSE = 1.0


class Waited(NamedTuple):
    """How long one asker waited, in milliseconds: for the first byte, the first word, and the whole answer."""

    byte: float
    word: float
    whole: float


def doors(runs: int, *, people: int = 50, mails: int = 30, rounds: int = 4) -> list[Figure]:
    """p95 over all askers of a run, each on an account of their own, with a second between two questions."""
    found: list[list[Waited]] = []
    with TemporaryDirectory() as scratch:
        tokens = filled(Path(scratch), people, mails)
        with server(Path(scratch)) as address:
            asyncio.run(_crowd(address, tokens[:4], 1))
            found += [asyncio.run(_crowd(address, tokens, rounds)) for _ in range(runs)]
    about = f"{people} askers at once, {mails} mails an account, no model, p95"
    return [
        Figure(f"chat door: first streamed byte, {about}", "ms", _p95s(found, 0), 50),
        Figure(f"chat door: first word, {about}", "ms", _p95s(found, 1)),
        Figure(f"chat door: whole answer, {about}", "ms", _p95s(found, 2)),
    ]


def _p95s(runs: Sequence[Sequence[Waited]], place: int) -> tuple[float, ...]:
    return tuple(p95([one[place] for one in run]) for run in runs)


def filled(folder: Path, people: int, mails: int) -> list[str]:
    """An installation in which each person has one account with so many mails; gives a key for each person."""
    installation = open_installation(Settings(data_dir=folder))
    now = datetime.now(UTC)
    with installation.engine.begin() as connection:
        keys = []
        for number in range(people):
            connection.execute(insert(User), _row("person", number, email="", role="rep"))
            account = _row("account", number, owner_id=f"person-{number}", provisional=False)
            connection.execute(insert(Account), account)
            contact = {"account_id": account["id"], "email": f"kim{number}@them.test", "status": "active"}
            connection.execute(insert(Contact), _row("contact", number, title="", role="", **contact))
            timeline.add(connection, [_mail(number, place, now) for place in range(mails)])
            made = users.make_token(connection, f"person-{number}", TokenKind.API, Right.READ.value, "", None, now)
            keys.append(made.secret.get_secret_value())
    installation.engine.dispose()
    return keys


def _row(kind: str, number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"{kind}-{number}", "name": f"{kind.title()} {number}", "custom": {}} | more


def _mail(number: int, place: int, now: datetime) -> NewActivity:
    at = now - timedelta(days=place, hours=number % 7)
    theirs = place % 2 == 0
    return NewActivity(
        source="email", stream="emails", source_id=f"mail-{number}-{place}", account_id=f"account-{number}",
        kind="email", direction="inbound" if theirs else "outbound", occurred_at=at, known_at=at,
        contact_id=f"contact-{number}", user_id=None if theirs else f"person-{number}", subject=f"Delivery {place}",
        text=f"Can you deliver {place} units by the end of the month? We had {number} last time.", speaker="Kim",
    )  # fmt: skip


async def _crowd(address: str, tokens: Sequence[str], rounds: int) -> list[Waited]:
    limits = httpx.Limits(max_connections=len(tokens), keepalive_expiry=2.0)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        found = await asyncio.gather(*(_asker(client, n, token, rounds) for n, token in enumerate(tokens)))
    return [one for each in found for one in each]


async def _asker(client: httpx.AsyncClient, number: int, token: str, rounds: int) -> list[Waited]:
    found = []
    for turn in range(rounds):
        await asyncio.sleep(PAUSE * ((number * 37) % 50) / 50)
        body = {
            "model": f"account/account-{number}", "stream": True,
            "messages": [{"role": "user", "content": QUESTIONS[(number + turn) % len(QUESTIONS)]}],
        }  # fmt: skip
        found.append(await _ask(client, token, body))
        await asyncio.sleep(PAUSE * (1 - ((number * 37) % 50) / 50))
    return found


async def _ask(client: httpx.AsyncClient, token: str, body: dict[str, Any]) -> Waited:
    begun, marks = perf_counter(), [0.0, 0.0]
    headers = {"Authorization": f"Bearer {token}"}
    async with client.stream("POST", "/v1/chat/completions", json=body, headers=headers) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            marks[0] = marks[0] or perf_counter()
            if not marks[1] and _has_words(line):
                marks[1] = perf_counter()
    return Waited(*((moment - begun) * 1_000 for moment in (*marks, perf_counter())))


def _has_words(line: str) -> bool:
    return line.startswith("data: {") and bool(orjson.loads(line[6:])["choices"][0]["delta"].get("content"))
