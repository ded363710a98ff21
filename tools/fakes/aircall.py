"""A stand-in for Aircall: calls that end later, a query that ends at ten thousand, pages by link, transcripts."""

from base64 import b64encode
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tools.fakes.wire import Answered, Asked

Clock = Callable[[], datetime]
Object = dict[str, Any]
# How this vendor says that its limit is used up: the moment until which, and never Retry-After.
LIMITED = Answered(
    429, {"error": "Too many requests", "troubleshoot": "60 requests a minute"},
    {"x-aircallapi-limit": "60", "x-aircallapi-remaining": "0", "x-aircallapi-reset": "20"},
)  # fmt: skip
# What its pages name for lists; anything else is refused, as is a page that is too long.
_ASKED = frozenset({"order", "page", "per_page", "from", "to"})
_MOST_ON_A_PAGE = 50


@dataclass(slots=True)
class AircallFake:
    """One company. `most`: at how many calls one query ends."""

    now: Clock
    api_id: str
    token: str
    most: int = 10_000
    users: list[Object] = field(default_factory=list)
    numbers: list[Object] = field(default_factory=list)
    calls: list[Object] = field(default_factory=list)
    transcripts: dict[str, list[Object]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def add_user(self, user_id: int, name: str, email: str) -> None:
        """One of the people."""
        self.users.append({"id": user_id, "name": name, "email": email, "available": True})

    def add_number(self, number_id: int, digits: str, name: str) -> None:
        """One of our numbers."""
        self.numbers.append({"id": number_id, "digits": digits, "name": name, "country": "DE"})

    def add_call(
        self, digits: str | None, *, direction: str = "inbound", at: datetime | None = None, ring: int = 10,
        talk: int = 0, user: int | None = None, missed: str | None = None, voicemail: str | None = None,
        done: bool = True,
    ) -> str:  # fmt: skip
        """A call; gives its id."""
        began = int((at or self.now()).timestamp())
        call_id = 100_000 + len(self.calls)
        made = {
            "id": call_id, "sid": f"CA{call_id}", "direction": direction, "status": "done" if done else "answered",
            "missed_call_reason": missed, "started_at": began, "answered_at": began + ring if talk else None,
            "ended_at": began + ring + talk if done else None, "duration": ring + talk,
            "raw_digits": digits or "anonymous", "user": next((x for x in self.users if x["id"] == user), None),
            "number": self.numbers[0] if self.numbers else None, "tags": [], "comments": [], "contact": None,
            "recording": f"https://recordings.example/{call_id}?signature=canary" if talk else None,
            "voicemail": voicemail, "asset": None, "archived": False,
        }  # fmt: skip
        insort(self.calls, made, key=_began)
        return str(call_id)

    def answer(self, asked: Asked) -> Answered:
        """Does what the vendor would do."""
        pair = b64encode(f"{self.api_id}:{self.token}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {pair}":
            return Answered(401, {"error": "Unauthorized", "troubleshoot": "Check your API key"})
        if wrong := _wrong(asked):
            return Answered(400, {"error": "Bad Request", "troubleshoot": wrong})
        match asked.path.strip("/").split("/"):
            case ["v1", "company"]:
                return Answered(200, {"company": {"name": "Ours", "users_count": len(self.users)}})
            case ["v1", "users"]:
                return self._listed("users", self.users, asked)
            case ["v1", "numbers"]:
                return self._listed("numbers", self.numbers, asked)
            case ["v1", "calls"]:
                return self._calls(asked)
            case ["v1", "calls", call_id]:
                found = next((x for x in self.calls if str(x["id"]) == call_id), None)
                return Answered(200, {"call": found}) if found else _missing()
            case ["v1", "calls", call_id, "transcription"]:
                said = self.transcripts.get(call_id)
                told = {"id": 1, "call_id": call_id, "content": {"language": "en", "utterances": said}}
                return Answered(200, {"transcription": told}) if said else _missing()
        return _missing()

    def _calls(self, asked: Asked) -> Answered:
        begins, ends = int(asked.value("from", "0")), int(asked.value("to", "99999999999"))
        first, last = bisect_left(self.calls, begins, key=_began), bisect_right(self.calls, ends, key=_began)
        found = self.calls[first:last]
        found = found[::-1] if asked.value("order") == "desc" else found
        return self._listed("calls", found[: self.most], asked)

    def _listed(self, key: str, found: list[Object], asked: Asked) -> Answered:
        page, size = int(asked.value("page", "1")), int(asked.value("per_page", "20"))
        shown = found[(page - 1) * size : page * size]
        following = None
        if page * size < len(found):
            query = "&".join(f"{name}={value}" for name, value in asked.query if name != "page")
            # As the vendor gives it: its own address, whatever stands before it.
            host = asked.headers.get("host", "api.aircall.io")
            scheme = "http" if host.startswith("127.") else "https"
            following = f"{scheme}://{host}{asked.path}?{query}&page={page + 1}"
        meta = {
            "count": len(shown), "total": len(found), "current_page": page, "per_page": size,
            "next_page_link": following, "previous_page_link": None,
        }  # fmt: skip
        return Answered(200, {key: shown, "meta": meta})


def _wrong(asked: Asked) -> str:
    """What of a request the vendor does not know; "" where all is as its pages say."""
    told = dict(asked.query)
    unknown = sorted(set(told) - (_ASKED if asked.path.count("/") == 2 else frozenset()))
    if asked.method != "GET" or unknown or len(told) != len(asked.query):
        return f"unknown: {asked.method} {unknown}"
    if told.get("order", "asc") not in ("asc", "desc"):
        return "order"
    numbers = [name for name in ("page", "per_page", "from", "to") if not told.get(name, "1").isdigit()]
    is_short = not numbers and 0 < int(told.get("per_page", "20")) <= _MOST_ON_A_PAGE
    return "" if is_short else f"no number, or too many a page: {numbers}"


def _began(one: Object) -> int:
    return int(one["started_at"])


def _missing() -> Answered:
    return Answered(404, {"error": "Not Found", "troubleshoot": "The record is not there"})
