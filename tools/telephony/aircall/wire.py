"""Aircall's requests: each function is one call and its answer. There is no client of the vendor for our Python."""

from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import SecretStr

from tools.base import BadAnswer
from tools.http import Buckets, Call, Manners, VendorClient
from tools.http.client import Refused
from tools.http.signals import aircall_limit

VENDOR = "aircall"
ADDRESS = "https://api.aircall.io"
# However many calls a query has, the vendor gives no more than this.
MOST = 10_000
PAGE = 50
RATES: Mapping[str, tuple[float, float]] = {"": (20.0, 0.9)}

Object = dict[str, Any]


class AircallWire:
    """The calls of one company."""

    def __init__(
        self, api_id: str, token: SecretStr, buckets: Buckets, *, base_url: str = ADDRESS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        auth = httpx.BasicAuth(api_id, token.get_secret_value())
        self.client = VendorClient(
            VENDOR, base_url, auth=auth, buckets=buckets, rates=RATES, manners=Manners(limit_of=aircall_limit),
            transport=transport,
        )  # fmt: skip

    def company(self) -> Object:
        """Whose credential it is."""
        answer = self.client.json(Call("GET", "/v1/company"))
        found = answer.get("company") if isinstance(answer, dict) else None
        return found if isinstance(found, dict) else {}

    def users(self, link: str | None = None) -> tuple[list[Object], str | None]:
        """One page of the people, and the link to the next."""
        return self._page("users", {"per_page": PAGE}, link)[:2]

    def numbers(self, link: str | None = None) -> tuple[list[Object], str | None]:
        """One page of our numbers, and the link to the next."""
        return self._page("numbers", {"per_page": PAGE}, link)[:2]

    def calls(self, since: int, until: int, link: str | None) -> tuple[list[Object], str | None, int]:
        """One page of the calls that began between two moments (seconds since 1970), the oldest first; the link to the
        next; how many the query has."""
        query = {"from": since, "to": until, "order": "asc", "per_page": PAGE}
        return self._page("calls", query, link)

    def call(self, call_id: str) -> Object | None:
        """One call; None where there is none."""
        answer = self._found(Call("GET", f"/v1/calls/{call_id}"))
        return (answer or {}).get("call")

    def transcription(self, call_id: str) -> list[Object]:
        """What was said in a call, as far as the vendor wrote it down."""
        told = (self._found(Call("GET", f"/v1/calls/{call_id}/transcription")) or {}).get("transcription") or {}
        found = (told.get("content") or {}).get("utterances")
        return found if isinstance(found, list) else []

    def _found(self, call: Call) -> Object | None:
        try:
            answer = self.client.json(call)
        except Refused as error:
            if error.status == 404:
                return None
            raise
        return answer if isinstance(answer, dict) else None

    def _page(self, key: str, query: Mapping[str, Any], link: str | None) -> tuple[list[Object], str | None, int]:
        answer = self.client.json(Call("GET", link) if link else Call("GET", f"/v1/{key}", query))
        found = answer.get(key) if isinstance(answer, dict) else None
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise BadAnswer(VENDOR, f"the answer has no list of {key}")
        meta = answer.get("meta") or {}
        return found, str(meta["next_page_link"]) if meta.get("next_page_link") else None, int(meta.get("total") or 0)
