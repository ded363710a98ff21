"""A stand-in for Gong: talks, some private, pages by cursor, 404 for nothing, and transcripts that come later."""

import re
from base64 import b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tools.fakes.wire import Answered, Asked

Clock = Callable[[], datetime]
Object = dict[str, Any]
# How this vendor says that its limit is used up.
LIMITED = Answered(429, {"requestId": "r", "errors": ["Too many requests"]}, {"retry-after": "2"})
# What its pages name for the body of each question, as far as it goes; anything else is refused.
_CALLS: Object = {
    "cursor": str,
    "filter": {"fromDateTime": "time", "toDateTime": "time", "workspaceId": str, "callIds": list,
               "primaryUserIds": list},
    "contentSelector": {"context": str, "contextTiming": list,
                        "exposedFields": {"parties": bool, "content": dict, "interaction": dict,
                                          "collaboration": dict, "media": bool}},
}  # fmt: skip
_TRANSCRIPTS: Object = {"cursor": str, "filter": _CALLS["filter"]}
# With an offset or Z, and no parts of a second.
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


@dataclass(slots=True)
class GongFake:
    """One company. `most`: how many talks stand on a page at most."""

    now: Clock
    access_key: str
    secret: str
    most: int = 100
    users: list[Object] = field(default_factory=list)
    talks: list[Object] = field(default_factory=list)
    transcripts: dict[str, list[Object]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    _at: list[datetime] = field(default_factory=list)

    def add_user(self, user_id: str, name: str, email: str) -> None:
        """One of the people."""
        first, _, last = name.partition(" ")
        self.users.append({"id": user_id, "firstName": first, "lastName": last, "emailAddress": email, "active": True})

    def add_talk(
        self, title: str, at: datetime, *, owner: str = "", private: bool | None = False, seconds: int = 1800,
        direction: str = "Conference", parties: tuple[Object, ...] = (),
    ) -> str:  # fmt: skip
        """A recorded talk; gives its id."""
        talk_id = str(7_000_000_000 + len(self.talks))
        told: Object = {
            "id": talk_id, "title": title, "started": at.isoformat(), "duration": seconds, "direction": direction,
            "primaryUserId": owner or None, "system": "Zoom", "scope": "External", "media": "Video",
        }  # fmt: skip
        talk = {"metaData": told if private is None else told | {"isPrivate": private}, "parties": list(parties)}
        place = bisect_right(self._at, at)
        self._at.insert(place, at)
        self.talks.insert(place, talk)
        return talk_id

    def write_down(self, talk_id: str, *said: tuple[str, str]) -> None:
        """What was said is written down now; `said`: (speaker, sentence)."""
        self.transcripts[talk_id] = [
            {
                "speakerId": speaker,
                "topic": None,
                "sentences": [{"start": 1000 * x, "end": 1000 * x + 900, "text": text}],
            }
            for x, (speaker, text) in enumerate(said)
        ]

    def answer(self, asked: Asked) -> Answered:
        """Does what the vendor would do."""
        pair = b64encode(f"{self.access_key}:{self.secret}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {pair}":
            return Answered(401, {"requestId": "r", "errors": ["Unauthorized"]})
        if not _is_known(asked):
            return Answered(400, {"requestId": "r", "errors": ["Unknown parameter"]})
        match [asked.method, asked.path]:
            case ["GET", "/v2/users"]:
                return self._page("users", self.users, asked.value("cursor"))
            case ["POST", "/v2/calls/extensive"]:
                return self._calls(asked.json())
            case ["POST", "/v2/calls/transcript"]:
                wanted = asked.json()["filter"]["callIds"]
                found = [{"callId": x, "transcript": self.transcripts[x]} for x in wanted if x in self.transcripts]
                return self._page("callTranscripts", found, asked.json().get("cursor") or "")
        return Answered(404, {"requestId": "r", "errors": ["Not found"]})

    def set_private(self, talk_id: str) -> None:
        """Somebody makes a talk private."""
        next(x for x in self.talks if x["metaData"]["id"] == talk_id)["metaData"]["isPrivate"] = True

    def _calls(self, body: Object) -> Answered:
        begins, ends = (datetime.fromisoformat(body["filter"][x]) for x in ("fromDateTime", "toDateTime"))
        found = self.talks[bisect_left(self._at, begins) : bisect_left(self._at, ends)]
        return self._page("calls", found, body.get("cursor") or "")

    def _page(self, key: str, found: list[Object], cursor: str) -> Answered:
        if not found:
            return Answered(
                404, {"requestId": "r", "errors": [f"No {key} found corresponding to the provided filters"]}
            )
        start = int(cursor or 0)
        page, more = found[start : start + self.most], start + self.most < len(found)
        records = {"totalRecords": len(found), "currentPageSize": len(page), "currentPageNumber": 0}
        return Answered(200, {
            "requestId": "r", key: page, "records": records | ({"cursor": str(start + self.most)} if more else {}),
        })  # fmt: skip


def _is_known(asked: Asked) -> bool:
    if asked.method == "GET":
        return {name for name, _ in asked.query} <= {"cursor", "includeAvatars"} and not asked.body
    known = _TRANSCRIPTS if asked.path.endswith("/transcript") else _CALLS
    return not asked.query and _fits(asked.json(), known)


def _fits(told: Any, known: Any) -> bool:
    if isinstance(known, dict):
        return isinstance(told, dict) and all(name in known and _fits(one, known[name]) for name, one in told.items())
    if known == "time":
        return isinstance(told, str) and _TIME.fullmatch(told) is not None
    return isinstance(told, known)
