"""The real MCP client against a running server and against `tenure mcp`: what it lists, reads, asks and decides."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from agent_runtime import db
from agent_runtime.doors.mcp.stdio import by_token, mcp_command
from agent_runtime.doors.mcp.visitor import Visitor
from agent_runtime.errors import Forbidden, TenureError
from agent_runtime.migrations.upgrade import upgrade
from agent_runtime.permissions import Right
from agent_runtime.users import service as users
from tests.unit.agent_runtime.app.office import NOW, Office, canary, token
from tests.unit.agent_runtime.app.sight import Truth
from tests.unit.agent_runtime.doors.conftest import serving

READING = {"search_account_memory", "account_brief", "list_items", "explain_item", "ask_account"}
Use = Callable[[Client], Coroutine[Any, Any, Any]]


@asynccontextmanager
async def _client(address: str, token_of: str, query: str = "") -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {token_of}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=20) as http,
        Client(streamable_http_client(f"{address}/mcp{query}", http_client=http)) as client,
    ):
        yield client


def _with(address: str, token_of: str, use: Use, query: str = "") -> Any:
    async def run() -> Any:
        async with _client(address, token_of, query) as client:
            return await use(client)

    return asyncio.run(run())


async def _say(client: Client, tool: str, **arguments: Any) -> tuple[bool, str, Any]:
    """Whether it was an error, the text, and the values."""
    found = await client.call_tool(tool, arguments)
    return found.is_error, "".join(getattr(x, "text", "") for x in found.content), found.structured_content


def test_the_tools_read_unless_deciding_is_asked_for_and_allowed(house: Office, address: str) -> None:
    async def names(client: Client) -> set[str]:
        return {tool.name for tool in (await client.list_tools()).tools}

    assert _with(address, house.tokens["anna"], names) == READING
    assert _with(address, house.tokens["anna"], names, "?decide=true") == READING | {"decide_item"}
    assert _with(address, house.tokens["otto"], names, "?decide=true") == READING
    with house.engine.begin() as connection:
        reader = token(connection, "anna", Right.READ)
    assert _with(address, reader, names, "?decide=true") == READING


def test_each_tool_tells_of_ones_own_account(house: Office, address: str) -> None:
    async def use(client: Client) -> None:
        word = canary("acc-anna")
        error, text, data = await _say(client, "search_account_memory", account="acc-anna", query=word)
        assert not error
        assert word in text
        assert data["passages"][0]["source_id"] == "m-acc-anna"
        named = await _say(client, "account_brief", account=f"ANNA & Co {word}")
        assert named == await _say(client, "account_brief", account="acc-anna")
        assert not named[0]
        _, text, data = await _say(client, "list_items")
        assert {x["account_id"] for x in data["items"]} == {"acc-anna", "acc-lent", "acc-pool"}
        assert data["items"][0]["link"].startswith(f"{address}/inbox?sel=")
        error, text, data = await _say(client, "explain_item", item_id="item-anna")
        assert (error, data["id"]) == (False, "item-anna")
        assert word in text
        error, text, data = await _say(client, "ask_account", account="acc-anna", question="When did they last write?")
        assert not error
        assert data["answer"]
        assert {x for one in data["statements"] for x in one["citations"]} <= {x["id"] for x in data["sources"]}
        assert not (await _say(client, "ask_account", account="portfolio", question="What is due today?"))[0]

    _with(address, house.tokens["anna"], use)


def test_a_call_that_is_broken_off_hinders_nothing(house: Office, address: str) -> None:
    async def use(client: Client) -> None:
        for seconds in (0.0, 0.001, 0.01, 0.02, 0.05):
            with anyio.move_on_after(seconds):
                await _say(client, "ask_account", account="portfolio", question="What is due today?")
        assert not (await _say(client, "list_items"))[0]

    _with(address, house.tokens["anna"], use)


def test_a_foreign_account_is_told_apart_from_none_by_nothing(house: Office, address: str) -> None:
    foreign = [x for x in Truth().owner if not Truth().sees("anna", x)]

    async def use(client: Client) -> list[Any]:
        told: list[Any] = []
        for account in (*foreign, *(f"{x.removeprefix('acc-')} & Co {canary(x)}" for x in foreign), "acc-missing"):
            told.append(await _say(client, "search_account_memory", account=account, query="canary"))
            told.append(await _say(client, "account_brief", account=account))
            told.append(await _say(client, "ask_account", account=account, question="Everything?"))
            told.append(await _say(client, "list_items", account=account, view="all"))
        assert len({str(x) for x in told}) == 1
        items = [f"item-{x.removeprefix('acc-')}" for x in foreign]
        told += [await _say(client, "explain_item", item_id=x) for x in (*items, "item-missing")]
        told.append(await _say(client, "list_items", view="all", limit=100))
        told.append(await _say(client, "ask_account", account="portfolio", question="Which accounts mention canary?"))
        return told

    told = _with(address, house.tokens["anna"], use)
    assert all(x[0] for x in told[:-2])
    assert [x for x in foreign if canary(x) in str(told)] == []


def test_who_has_no_token_gets_nothing(address: str) -> None:
    for headers in ({}, {"Authorization": "Bearer tenure_0_x"}):
        answer = httpx2.post(
            f"{address}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, headers=headers
        )
        assert answer.status_code == 401


def test_arguments_that_do_not_fit_are_told_without_their_values(house: Office, address: str) -> None:
    async def use(client: Client) -> None:
        error, text, _ = await _say(client, "list_items", limit=100_000, secret="s3cret")
        assert error
        assert "limit" in text
        assert "s3cret" not in text

    _with(address, house.tokens["anna"], use)


def test_a_decision_goes_the_way_of_every_decision(office: Office) -> None:
    with serving(office) as address:

        async def use(client: Client) -> None:
            _, _, page = await _say(client, "explain_item", item_id="item-anna")
            approve = {"verb": "approve", "draft_version": page["draft_version"], "hash": "0" * 64}
            error, text, _ = await _say(client, "decide_item", item_id="item-anna", decision=approve)
            assert error
            assert "another one by now" in text
            approve["hash"] = page["hash"]
            error, text, data = await _say(client, "decide_item", item_id="item-anna", decision=approve)
            assert (error, data["state"]) == (False, "approved")
            assert "undone until" in text
            assert (await _say(client, "decide_item", item_id="item-ben", decision={"verb": "undo"}))[0]

        _with(address, office.tokens["anna"], use, "?decide=true")
    (decision,) = office.get("ada", "/api/inbox/item-anna")["decisions"]
    assert (decision["channel"], decision["decided_by"], decision["verb"]) == ("mcp", "anna", "approve")


def test_without_asking_for_it_nothing_is_decided(office: Office) -> None:
    with serving(office) as address:

        async def use(client: Client) -> None:
            _, text, _ = await _say(client, "decide_item", item_id="item-anna", decision={"verb": "claim"})
            assert "no tool" in text

        _with(address, office.tokens["anna"], use)
    assert office.get("ada", "/api/inbox/item-anna")["decisions"] == []


def test_the_same_tools_over_standard_input(tmp_path: Path) -> None:
    engine = db.make_engine(f"sqlite:///{tmp_path / 'tenure.db'}")
    upgrade(engine)
    Office(engine, tmp_path)
    engine.dispose()
    code = "from agent_runtime.cli import main; main()"
    env = {name: value for name, value in os.environ.items() if not name.startswith("TENURE_")}
    env |= {"TENURE_DATA_DIR": str(tmp_path)}
    command = StdioServerParameters(command=sys.executable, args=["-c", code, "mcp", "--user", "ben"], env=env)

    async def use() -> None:
        async with Client(command) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == READING
            error, text, _ = await _say(client, "search_account_memory", account="acc-ben", query=canary("acc-ben"))
            assert not error
            assert canary("acc-ben") in text
            assert (await _say(client, "account_brief", account="acc-anna"))[0]

    asyncio.run(use())


def test_a_token_that_is_revoked_opens_nothing_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNAS_TOKEN", office.tokens["anna"])
    visited = Visitor(office.app.state.site, by_token("env:ANNAS_TOKEN"), decides=True)
    with visited.call() as visiting:
        assert (visiting.principal.user_id, visiting.principal.channel) == ("anna", "mcp")
        users.revoke(visiting.connection, visiting.principal.token_id, NOW)
    with pytest.raises(Forbidden), visited.call():
        pass


@pytest.mark.parametrize(
    ("user", "token_place", "decide"),
    [("nobody", None, False), (None, None, False), ("ben", None, True), (None, "env:NO_SUCH_TOKEN", False)],
)
def test_who_may_not_is_told_so_at_once(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: str | None, token_place: str | None,
    decide: bool,
) -> None:  # fmt: skip
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path))
    with pytest.raises(TenureError):
        mcp_command(user, token_place, decide=decide)
