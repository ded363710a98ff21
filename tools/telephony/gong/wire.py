"""Gong's requests: each function is one call and its answer. There is no usable client of the vendor."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
from pydantic import SecretStr

from tools.base import BadAnswer
from tools.http import Buckets, Call, VendorClient
from tools.http.client import Refused

VENDOR = "gong"
ADDRESS = "https://api.gong.io"
# Three a second, ten thousand a day.
RATES: Mapping[str, tuple[float, float]] = {"": (3.0, 2.5)}
# How many calls are asked for by their ids at once.
BATCH = 50

Object = dict[str, Any]


class GongWire:
    """The calls of one company, at the address that the vendor gave it."""

    def __init__(
        self, access_key: str, secret: SecretStr, buckets: Buckets, *, base_url: str = ADDRESS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        auth = httpx.BasicAuth(access_key, secret.get_secret_value())
        self.client = VendorClient(VENDOR, base_url, auth=auth, buckets=buckets, rates=RATES, transport=transport)

    def users(self, cursor: str = "") -> tuple[list[Object], str]:
        """One page of the people, and the cursor of the next ("": that was all)."""
        query = {"cursor": cursor} if cursor else None
        return _page(self._found(Call("GET", "/v2/users", query)), "users")

    def calls(self, since: datetime, until: datetime, cursor: str) -> tuple[list[Object], str]:
        """One page of the calls that began between two moments, with who took part, and the next page's cursor."""
        body = {
            "filter": {"fromDateTime": _stamp(since), "toDateTime": _stamp(until)},
            "contentSelector": {"exposedFields": {"parties": True}},
        }
        return self._asked("/v2/calls/extensive", body, cursor, "calls")

    def transcripts(self, ids: Sequence[str]) -> dict[str, list[Object]]:
        """By call what was said in it, as far as the vendor has written it down."""
        found: dict[str, list[Object]] = {}
        for start in range(0, len(ids), BATCH):
            body, cursor = {"filter": {"callIds": list(ids[start : start + BATCH])}}, ""
            while True:
                told, cursor = self._asked("/v2/calls/transcript", body, cursor, "callTranscripts")
                for one in told:
                    found.setdefault(str(one["callId"]), []).extend(one.get("transcript") or [])
                if not cursor:
                    break
        return found

    def _asked(self, path: str, body: Mapping[str, Any], cursor: str, key: str) -> tuple[list[Object], str]:
        asked = {**body, "cursor": cursor} if cursor else dict(body)
        return _page(self._found(Call("POST", path, json=asked)), key)

    def _found(self, call: Call) -> Object | None:
        """The answer; None where the vendor says with 404 that nothing fits."""
        try:
            answer = self.client.json(call)
        except Refused as error:
            if error.status == 404:
                return None
            raise
        if not isinstance(answer, dict):
            raise BadAnswer(VENDOR, "the answer is no object")
        return answer


def _stamp(moment: datetime) -> str:
    """A moment as the vendor reads it, to the second."""
    return moment.isoformat(timespec="seconds")


def _page(answer: Object | None, key: str) -> tuple[list[Object], str]:
    if answer is None:
        return [], ""
    found = answer.get(key)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadAnswer(VENDOR, f"the answer has no list of {key}")
    return found, str((answer.get("records") or {}).get("cursor") or "")
