"""Ten ask at once while the model is silent, slow or broken: each is answered, and nothing is held for it."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Barrier
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from agent_runtime.http.site import ASKED_AT_ONCE
from agent_runtime.llm import Model, open_model
from agent_runtime.llm.opening import close_endpoints
from agent_runtime.llm.port import ModelRequest, NoReply, Reason
from tests.unit.agent_runtime.app.office import Office, canary
from tests.unit.agent_runtime.doors.conftest import serving
from tools.fakes.model_endpoint import Stub
from tools.fakes.model_endpoint_server import served

ASKERS = 10
ASKED = "When did they last write?"
ACCOUNT = "acc-anna"
BELOW = "Written without the language model: "
Ask = Callable[[str, str], dict[str, Any]]


def by_page(address: str, token: str) -> dict[str, Any]:
    """The answer over our own API."""
    found = httpx.post(
        f"{address}/api/accounts/{ACCOUNT}/ask", json={"question": ASKED}, headers=_bearer(token), timeout=30
    )
    found.raise_for_status()
    return dict(found.json())


def by_chat(address: str, token: str) -> dict[str, Any]:
    """The answer over the chat door."""
    body = {"model": f"account/{ACCOUNT}", "messages": [{"role": "user", "content": ASKED}]}
    found = httpx.post(f"{address}/v1/chat/completions", json=body, headers=_bearer(token), timeout=30)
    found.raise_for_status()
    return {"answer": found.json()["choices"][0]["message"]["content"]}


def by_tool(address: str, token: str) -> dict[str, Any]:
    """The answer over MCP."""

    async def use() -> dict[str, Any]:
        async with (
            httpx2.AsyncClient(headers=_bearer(token), timeout=30) as http,
            Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
        ):
            found = await client.call_tool("ask_account", {"account": ACCOUNT, "question": ASKED})
            assert not found.is_error
            return dict(found.structured_content or {})

    return asyncio.run(use())


WAYS: tuple[Ask, ...] = (by_page, by_chat, by_tool)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def _with(office: Office, model: Model | None) -> Iterator[str]:
    """The address of the office's server, which has this model."""
    office.app.state.site = replace(office.app.state.site, model=model)
    with serving(office) as address:
        yield address


def _crowd(office: Office, address: str) -> list[dict[str, Any]]:
    with ThreadPoolExecutor(ASKERS) as pool:
        return list(pool.map(lambda n: WAYS[n % 3](address, office.tokens["anna"]), range(ASKERS)))


@dataclass
class Meeting:
    """A model that replies to nobody before all ten have asked it."""

    office: Office
    name: str = "meeting"
    held: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.all_here = Barrier(ASKERS, action=self._count)

    def _count(self) -> None:
        pool: Any = self.office.engine.pool
        self.held.append(pool.checkedout())

    def ask(self, request: ModelRequest[Any]) -> NoReply:
        """No reply, once everybody is there."""
        assert request.deadline is not None
        self.all_here.wait(20)
        return NoReply(Reason.SLOW)

    def stream(self, request: ModelRequest[Any], stop: Callable[[], bool]) -> Iterator[str]:
        """Nothing asks for it."""
        raise AssertionError


def test_neither_a_place_at_the_door_nor_a_transaction_is_held_while_a_model_is_waited_for(office: Office) -> None:
    _patient(office)
    model = Meeting(office)
    with _with(office, model) as address:
        found = _crowd(office, address)
    assert all(canary(ACCOUNT) in x["answer"] for x in found)
    assert len(model.held) == 1
    assert model.held[0] < ASKED_AT_ONCE
    assert not office.app.state.site.wording.locked()


@pytest.mark.parametrize("fault", ["timeout", "drip", "500", "html", "invalid_json", "cut"])
def test_whatever_the_endpoint_does_the_composed_answer_comes(office: Office, fault: str) -> None:
    with _with(office, None) as address:
        composed = by_page(address, office.tokens["anna"])
    stub = Stub(always=fault, hang=3.0)
    try:
        with served(stub) as url, _with(office, _model(office, url)) as address:
            found = _crowd(office, address)
    finally:
        close_endpoints()
    assert stub.served
    for one in found:
        assert canary(ACCOUNT) in one["answer"]
        if "statements" in one:
            assert one["answer"] == composed["answer"]
            assert one["model"] is None
            assert one["notes"][0].startswith(BELOW)


def _model(office: Office, url: str) -> Model | None:
    settings = office.installation.settings.model_copy(update={"model_url": url, "model_name": "stub"})
    return open_model(settings, office.engine, lambda connection, call: None)


def _patient(office: Office) -> None:
    """The office gives its model so long that no busy machine makes the test another one."""
    site = office.app.state.site
    settings = office.installation.settings.model_copy(update={"model_deadline": 20.0})
    office.app.state.site = replace(site, premises=replace(site.premises, settings=settings))
