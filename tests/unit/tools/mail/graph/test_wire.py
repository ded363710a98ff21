"""Each request of ours is one that the vendor's pages describe, and the stand-in refuses what they do not."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Lock, Thread
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from tests.unit.tools.crm.salesforce.org import still
from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.mail.mailbox import ADA, APP, SENDING, graph, graph_wire
from tools.base import BadAnswer
from tools.fakes.graph import GraphFake
from tools.fakes.wire import FakeTransport
from tools.http import Call
from tools.mail.graph.wire import FIELDS, PREFER, GraphWire, application, open_client

USER = f"/v1.0/users/{ADA}"
UNTIL = NOON + timedelta(days=6)
_SELECTED = [("$select", FIELDS)]
_SUBSCRIPTION = {
    "changeType": "created,updated,deleted", "notificationUrl": "https://t.example/h",
    "lifecycleNotificationUrl": "https://t.example/h", "resource": f"users/{ADA}/messages",
    "expirationDateTime": "2026-03-08T12:00:00Z", "clientState": "word",
}  # fmt: skip
Shape = tuple[Callable[[GraphWire], Any], str, str, list[tuple[str, str]], Any]
# What is called, and how its page describes the request: method, path, query and body.
SHAPES: dict[str, Shape] = {
    "messages: delta": (
        lambda wire: wire.mails("inbox", None), "GET", f"{USER}/mailFolders/inbox/messages/delta", _SELECTED, None,
    ),
    "event: delta": (
        lambda wire: wire.meetings(None, NOON, UNTIL), "GET", f"{USER}/calendarView/delta",
        [("startDateTime", "2026-03-02T12:00:00Z"), ("endDateTime", "2026-03-08T12:00:00Z")], None,
    ),
    "list messages": (
        lambda wire: wire.named("<m1@mail.example>", "sentitems"), "GET", f"{USER}/mailFolders/sentitems/messages",
        [("$filter", "internetMessageId eq '<m1@mail.example>'"), *_SELECTED, ("$top", "1")], None,
    ),
    "get message": (lambda wire: wire.message("AAMail1"), "GET", f"{USER}/messages/AAMail1", _SELECTED, None),
    "get MIME content": (lambda wire: wire.mime("AAMail1"), "GET", f"{USER}/messages/AAMail1/$value", [], None),
    "get mailFolder": (
        lambda wire: wire.folder("junkemail"), "GET", f"{USER}/mailFolders/junkemail", [("$select", "id")], None,
    ),
    "get event": (lambda wire: wire.event("s1"), "GET", f"{USER}/events/s1", [], None),
    "create message": (
        lambda wire: wire.make_draft({"subject": "Hello", "internetMessageId": "<n1@mail.example>"}), "POST",
        f"{USER}/messages", [], {"subject": "Hello", "internetMessageId": "<n1@mail.example>"},
    ),
    "message: createReply": (
        lambda wire: wire.make_reply("AAMail1", {"internetMessageId": "<n2@mail.example>"}), "POST",
        f"{USER}/messages/AAMail1/createReply", [], {"message": {"internetMessageId": "<n2@mail.example>"}},
    ),
    "update message": (
        lambda wire: wire.change_draft("AAMail5", "CQ5", {"subject": "Hi"}), "PATCH", f"{USER}/messages/AAMail5", [],
        {"subject": "Hi"},
    ),
    "message: send": (lambda wire: wire.send_draft("AAMail5"), "POST", f"{USER}/messages/AAMail5/send", [], None),
    "delete message": (
        lambda wire: wire.delete_draft("AAMail5", "CQ5"), "DELETE", f"{USER}/messages/AAMail5", [], None,
    ),
    "create subscription": (
        lambda wire: wire.subscribe("messages", "https://t.example/h", "word", UNTIL), "POST", "/v1.0/subscriptions",
        [], _SUBSCRIPTION,
    ),
    "update subscription": (
        lambda wire: wire.prolong("sub-1", UNTIL), "PATCH", "/v1.0/subscriptions/sub-1", [],
        {"expirationDateTime": "2026-03-08T12:00:00Z"},
    ),
    "delete subscription": (
        lambda wire: wire.unsubscribe("sub-1"), "DELETE", "/v1.0/subscriptions/sub-1", [], None,
    ),
}  # fmt: skip


@pytest.fixture
def fake() -> GraphFake:
    found = graph(Hands())
    found.subscriptions.held["sub-1"] = {"id": "sub-1", "expirationDateTime": "2026-03-03T12:00:00Z"}
    return found


@pytest.mark.parametrize("name", SHAPES)
def test_request_is_as_its_page_describes_it(fake: GraphFake, name: str) -> None:
    call, method, path, query, body = SHAPES[name]
    wire = graph_wire(fake, app=SENDING)
    wire.folder("inbox")
    begun = len(fake.asked)
    call(wire)
    (asked,) = fake.asked[begun:]
    assert (asked.method, asked.path, list(asked.query), asked.json()) == (method, path, query, body)
    assert asked.headers["prefer"] == PREFER
    versioned = name in ("update message", "delete message")
    assert asked.headers.get("if-match") == ("CQ5" if versioned else None)


@pytest.mark.parametrize(
    "call",
    [
        Call("GET", f"{USER}/mailFolders/inbox/messages/delta", {"$seletc": "id"}),
        Call("GET", f"{USER}/mailFolders/inbox/messages/delta", {"$select": "id,body2"}),
        Call("GET", f"{USER}/calendarView/delta", {"startDateTime": "2026-03-02T12:00:00Z", "$top": "5"}),
        Call("GET", f"{USER}/mailFolders/inbox", headers={"X-Other": "1"}),
        Call("GET", f"{USER}/mailFolders/inbox", headers={"Prefer": "everything"}),
        Call("POST", f"{USER}/messages", json={"Subject": "Hello"}, writes=True),
        Call("POST", "/v1.0/subscriptions", json=_SUBSCRIPTION | {"until": "x"}, writes=True),
        Call("PATCH", "/v1.0/subscriptions/sub-1", json=_SUBSCRIPTION, writes=True),
    ],
)
def test_what_no_page_describes_is_refused(fake: GraphFake, call: Call) -> None:
    with pytest.raises(BadAnswer, match="400"):
        graph_wire(fake, app=SENDING).client.json(call)


class Counting(httpx.BaseTransport):
    """Four at a time meet here, or wait for one another in vain; counts how many are under way at once."""

    def __init__(self, fake: GraphFake) -> None:
        self._inner, self._lock, self._meet = FakeTransport(fake), Lock(), Barrier(4)
        self.present = self.most = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            return self._inner.handle_request(request)
        with self._lock:
            self.present += 1
            self.most = max(self.most, self.present)
        self._meet.wait(20)
        with self._lock:
            self.present -= 1
        return self._inner.handle_request(request)


def test_no_more_than_four_at_a_time_whoever_asks(fake: GraphFake) -> None:
    transport, buckets = Counting(fake), still()
    clients = [
        open_client("t", application(one[0], SecretStr(one[1])), buckets, fake.now, owner=ADA, transport=transport)[0]
        for one in (APP, SENDING)
    ]
    wires = [GraphWire(one, ADA) for one in clients]
    threads = [Thread(target=wires[place % 2].folder, args=("inbox",)) for place in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert (transport.most, transport.present) == (4, 0)
    assert len([one for one in fake.asked if one.path.endswith("/inbox")]) == 12


def test_shapes_name_every_call() -> None:
    calls = {name for name in vars(GraphWire) if not name.startswith("_") and callable(getattr(GraphWire, name))}
    code = " ".join(str(one[0].__code__.co_names) for one in SHAPES.values())
    assert [name for name in sorted(calls) if f"'{name}'" not in code] == []
