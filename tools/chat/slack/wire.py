"""Slack's requests, as its own client makes them: each function is one call and its answer."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import orjson
from pydantic import SecretStr

from tools.base import BadAnswer, NotAllowed, VendorError
from tools.crm.hubspot.wire import Bearer
from tools.http import Buckets, Call, Manners, VendorClient
from tools.http.signals import Limit, limit_of, retry_after

VENDOR = "slack"
ADDRESS = "https://slack.com/api"
PAGE = 200
# What Slack answers with 200 and ok: false, by what it means for us.
_NOT_ALLOWED = frozenset({
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission",
    "missing_scope", "not_allowed_token_type", "org_login_required", "ekm_access_denied", "not_in_channel",
})  # fmt: skip
_REFUSED, _TOO_OFTEN = re.compile(rb'"ok"\s*:\s*false'), re.compile(rb'"error"\s*:\s*"rate_?limited"')
# Where Slack does not say how long to wait, so many seconds; and where in an answer it says why it did nothing.
_AGAIN, _BEGINS = 30.0, 500

Object = dict[str, Any]


class SlackRefused(BadAnswer):
    """Slack answered ok: false; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(VENDOR, f"the request was refused ({code})")
        self.code = code


class SlackWire:
    """The calls of one workspace. Messages to one channel go out at most one a second."""

    def __init__(
        self, token: SecretStr, buckets: Buckets, *, base_url: str = ADDRESS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._rates: dict[str, tuple[float, float]] = {"": (20.0, 0.8)}
        self.client = VendorClient(
            VENDOR, base_url.rstrip("/") + "/", auth=Bearer(token), buckets=buckets, rates=self._rates,
            manners=Manners(limit_of=slack_limit), transport=transport,
        )  # fmt: skip

    def me(self) -> Object:
        """Whose token it is."""
        return self._post("auth.test", {})

    def users(self, cursor: str) -> tuple[list[Object], str]:
        """One page of the people of the workspace, and the cursor of the next ("": that was all)."""
        return self._page("users.list", "members", {"limit": PAGE}, cursor)

    def history(self, channel: str, oldest: str, cursor: str, limit: int = PAGE) -> tuple[list[Object], str]:
        """One page of what was said in a channel after a time stamp, the newest first, and the next page's cursor."""
        query = {"channel": channel, "oldest": oldest, "limit": limit, "include_all_metadata": "1"}
        return self._page("conversations.history", "messages", query, cursor)

    def replies(self, channel: str, thread: str) -> list[Object]:
        """What was said in a thread, its first message included."""
        found, cursor = self._page("conversations.replies", "messages", {"channel": channel, "ts": thread}, "")
        while cursor:
            more, cursor = self._page("conversations.replies", "messages", {"channel": channel, "ts": thread}, cursor)
            found += more
        return found

    def open(self, user: str) -> str:
        """The channel between us and a person; a second time it is the same."""
        # A second time it is the same channel, so that it may be asked again.
        answer = _accepted(self.client.json(Call("POST", "conversations.open", form={"users": user})))
        return str(_inside(answer, "channel")["id"])

    def post(self, channel: str, text: str, blocks: Sequence[Object], key: str) -> str:
        """Says something; gives its time stamp. Slack knows no key: it stands in the message for whoever looks."""
        body = _message(channel, text, blocks) | {
            "metadata": {"event_type": "tenure_notice", "event_payload": {"key": key}}
        }
        return str(self._post("chat.postMessage", body, bucket=self._lane(channel), once=True)["ts"])

    def update(self, channel: str, ts: str, text: str, blocks: Sequence[Object]) -> None:
        """Puts something else in the place of what was said; a second time changes nothing."""
        self._post("chat.update", _message(channel, text, blocks) | {"ts": ts}, bucket=self._lane(channel))

    def _lane(self, channel: str) -> str:
        name = f"send {channel}"
        self._rates.setdefault(name, (1.0, 1.0))
        return name

    def _page(self, method: str, key: str, query: Mapping[str, Any], cursor: str) -> tuple[list[Object], str]:
        asked = {name: str(value) for name, value in {**query, "cursor": cursor}.items() if value != ""}
        answer = _accepted(self.client.json(Call("POST", method, form=asked)))
        found = answer.get(key)
        if not isinstance(found, list):
            raise BadAnswer(VENDOR, f"the answer has no list of {key}")
        return found, str((answer.get("response_metadata") or {}).get("next_cursor") or "")

    def _post(self, method: str, body: Mapping[str, Any], *, bucket: str = "", once: bool = False) -> Object:
        call = Call("POST", method, json=dict(body), bucket=bucket, writes=True, repeatable=not once)
        return _accepted(self.client.json(call))


def slack_limit(response: httpx.Response) -> Limit | None:
    """429, or an answer with status 200 that says the same."""
    begins = response.content[:_BEGINS]
    # Words of a message cannot look so: their quotation marks are escaped.
    if response.status_code == 200 and _REFUSED.search(begins) and _TOO_OFTEN.search(begins):
        return Limit(retry_after(response) or _AGAIN)
    return limit_of(response)


def _message(channel: str, text: str, blocks: Sequence[Object]) -> Object:
    # What stands in a message is never turned into mentions or previews.
    return {
        "channel": channel, "text": text, "blocks": list(blocks), "unfurl_links": False, "unfurl_media": False,
        "parse": "none",
    }  # fmt: skip


def _accepted(answer: Any) -> Object:
    """The answer; a VendorError where Slack says with status 200 that it did nothing."""
    if not isinstance(answer, dict):
        raise BadAnswer(VENDOR, "the answer is no object")
    if answer.get("ok") is True:
        return answer
    raise _refusal(str(answer.get("error") or "unknown"))


def _refusal(code: str) -> VendorError:
    code = code if code.replace("_", "").isalnum() and len(code) < 60 else "unknown"
    if code in _NOT_ALLOWED:
        return NotAllowed(VENDOR, f"not allowed ({code})", fix="Check the app's token and scopes, then connect again.")
    return SlackRefused(code)


def _inside(answer: Object, key: str) -> Object:
    found = answer.get(key)
    if not isinstance(found, dict):
        raise BadAnswer(VENDOR, f"the answer has no {key}")
    return found


def packed(cursor: Mapping[str, Any]) -> str:
    """A cursor as text."""
    return orjson.dumps(cursor, option=orjson.OPT_SORT_KEYS).decode()
