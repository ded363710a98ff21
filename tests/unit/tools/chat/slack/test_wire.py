"""Our requests are those of Slack's own client, and that client reads the answers of our stand-in."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr
from slack_sdk import WebClient

from tests.unit.tools.chat.workspace import SHARED, WRITE, workspace
from tests.unit.tools.hands import Hands
from tests.unit.tools.loopback import served
from tools.chat.slack.wire import SlackWire
from tools.fakes.slack import SlackFake
from tools.fakes.wire import Asked
from tools.http import Buckets

Done = tuple[SlackFake, SlackWire, WebClient]
BLOCKS = [{"type": "section", "text": {"type": "plain_text", "text": "x"}}]
PLAIN: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False, "parse": "none"}


@pytest.fixture(scope="module")
def both() -> Iterator[Done]:
    fake = workspace(Hands(), most=2)
    fake.channels["DUADA"] = [{"type": "message", "user": "UBOT", "text": "before", "ts": "1.5"}]
    with served(fake) as address:
        ours = SlackWire(SecretStr(WRITE), Buckets(), base_url=f"{address}/api")
        yield fake, ours, WebClient(WRITE, base_url=f"{address}/api/")
        ours.client.close()


META = {"event_type": "tenure_notice", "event_payload": {"key": "k"}}
CALLS: dict[str, tuple[Callable[[SlackWire], Any], Callable[[WebClient], Any]]] = {
    "me": (lambda ours: ours.me(), lambda sdk: sdk.auth_test()),
    "users": (lambda ours: ours.users(""), lambda sdk: sdk.users_list(limit=200)),
    "history": (
        lambda ours: ours.history(SHARED, "5.000000", "2"),
        lambda sdk: sdk.conversations_history(
            channel=SHARED, oldest="5.000000", cursor="2", limit=200, include_all_metadata=True
        ),
    ),
    "replies": (
        lambda ours: ours.replies(SHARED, "1772193600.000001"),
        lambda sdk: sdk.conversations_replies(channel=SHARED, ts="1772193600.000001"),
    ),
    "update": (
        lambda ours: ours.update("DUADA", "1.5", "x", BLOCKS),
        lambda sdk: sdk.chat_update(channel="DUADA", ts="1.5", text="x", blocks=BLOCKS, **PLAIN),
    ),
    "open": (lambda ours: ours.open("UADA"), lambda sdk: sdk.conversations_open(users="UADA")),
    "post": (
        lambda ours: ours.post("DUADA", "x", BLOCKS, "k"),
        lambda sdk: sdk.chat_postMessage(channel="DUADA", text="x", blocks=BLOCKS, metadata=META, **PLAIN),
    ),
}


def _shown(asked: Asked) -> tuple[Any, ...]:
    kind = asked.headers.get("content-type", "").partition(";")[0]
    body = (asked.json() or {}) if kind == "application/json" else asked.form()
    return asked.method, asked.path, asked.query, kind, body, asked.headers["authorization"]


@pytest.mark.parametrize("name", CALLS)
def test_same_request_as_the_vendors_own_client(both: Done, name: str) -> None:
    fake, ours, sdk = both
    begun = len(fake.asked)
    CALLS[name][0](ours)
    CALLS[name][1](sdk)
    mine, theirs = fake.asked[begun:]
    assert _shown(mine) == _shown(theirs)


def test_the_vendors_own_client_reads_the_stand_in_page_by_page(both: Done) -> None:
    fake, ours, sdk = both
    theirs = [one["ts"] for page in sdk.conversations_history(channel=SHARED, limit=2) for one in page["messages"]]
    found, cursor = ours.history(SHARED, "0", "")
    while cursor:
        more, cursor = ours.history(SHARED, "0", cursor)
        found += more
    assert [one["ts"] for one in found] == theirs
    assert len(theirs) == len([x for x in fake.channels[SHARED] if x.get("thread_ts", x["ts"]) == x["ts"]])
