"""A stand-in for Gong: talks, some private, pages by cursor, 404 for nothing, and transcripts that come later."""

from base64 import b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tools.fakes.wire import Answered, Asked

Clock = Callable[[], datetime]
Object = dict[str, Any]


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
