"""A stand-in for Twilio: calls with legs that end later, recordings with words, messages, STOP, pages by link."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from itertools import count
from typing import Any

from tools.fakes.wire import Answered, Asked

Clock = Callable[[], datetime]
Object = dict[str, Any]
# How this vendor says that its limit is used up, without a word about how long.
LIMITED = Answered(429, {"code": 20429, "message": "Too Many Requests", "more_info": "", "status": 429})


@dataclass(slots=True)
class TwilioFake:
    """One account. `secrets`: the secret of each user name. `most`: how many stand on a page at most."""

    now: Clock
    account: str
    secrets: Mapping[str, str]
    most: int = 1000
    lines: list[Object] = field(default_factory=list)
    calls: list[Object] = field(default_factory=list)
    messages: list[Object] = field(default_factory=list)
    recordings: dict[str, list[str]] = field(default_factory=dict)
    voicemails: dict[str, str] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    sentences: dict[str, list[Object]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    _count: Any = field(default_factory=lambda: count(1))

    def add_line(self, number: str, name: str) -> None:
        """One of our numbers."""
        self.lines.append({"sid": self._sid("PN"), "phone_number": number, "friendly_name": name})

    def add_call(
        self, sender: str, to: str, *, direction: str = "inbound", status: str = "completed", seconds: int = 0,
        parent: str | None = None, at: datetime | None = None,
    ) -> str:  # fmt: skip
        """A call or a leg of one; gives its id."""
        at, sid = at or self.now(), self._sid("CA")
        self.calls.append({
            "sid": sid, "account_sid": self.account, "parent_call_sid": parent, "from": sender, "to": to,
            "status": status, "start_time": _dated(at), "end_time": _dated(at), "date_created": _dated(at),
            "date_updated": _dated(at), "duration": str(seconds), "direction": direction, "answered_by": None,
            "forwarded_from": None, "group_sid": None, "queue_time": "0", "uri": f"/Calls/{sid}.json",
        })  # fmt: skip
        return sid

    def end_call(self, sid: str, status: str, seconds: int) -> None:
        """A call that was under way ends."""
        one = next(one for one in self.calls if one["sid"] == sid)
        one.update(status=status, duration=str(seconds), end_time=_dated(self.now()), date_updated=_dated(self.now()))

    def record(self, call: str, *, voicemail: str = "", sentences: Sequence[Object] = (), talk: bool = False) -> str:
        """A recording of a call, with a message that was left or with what was said.

        `talk`: what `voicemail` writes down was said in a talk.
        """
        sid = self._sid("RE")
        self.recordings.setdefault(call, []).append(sid)
        if voicemail and not talk:
            self.left.add(sid)
        self.voicemails[sid], self.sentences[sid] = voicemail, list(sentences)
        return sid

    def add_message(self, sender: str, to: str, body: str, direction: str = "inbound") -> str:
        """A text message."""
        sid, at = self._sid("SM"), _dated(self.now())
        self.messages.append({
            "sid": sid, "account_sid": self.account, "from": sender, "to": to, "body": body, "direction": direction,
            "status": "received" if direction == "inbound" else "sent", "date_sent": at, "date_created": at,
            "date_updated": at, "num_segments": "1", "num_media": "0",
        })  # fmt: skip
        return sid

    def answer(self, asked: Asked) -> Answered:
        """Does what the vendor would do."""
        if not self._may(asked):
            return _error(401, 20003)
        match asked.path.strip("/").split("/"):
            case ["2010-04-01", "Accounts", name]:
                return Answered(200, {"sid": name.removesuffix(".json"), "status": "active"})
            case ["2010-04-01", "Accounts", _, name] if asked.method == "POST":
                return self._send(asked) if name == "Messages.json" else _error(404, 20404)
            case ["2010-04-01", "Accounts", _, name]:
                return self._list(name.removesuffix(".json"), asked)
            case ["2010-04-01", "Accounts", _, "Calls", name]:
                return self._single(name.removesuffix(".json"))
            case ["2010-04-01", "Accounts", _, "Calls", call, "Recordings.json"]:
                told = [self._recording(one, call) for one in self.recordings.get(call, ())]
                return Answered(200, {"recordings": told, "next_page_uri": None})
            case ["2010-04-01", "Accounts", _, "Recordings", recording, "Transcriptions.json"]:
                text = self.voicemails.get(recording)
                told = [{"sid": self._sid("TR"), "transcription_text": text}] if text else []
                return Answered(200, {"transcriptions": told, "next_page_uri": None})
            case ["v2", "Transcripts"]:
                source = asked.value("SourceSid")
                told = [{"sid": f"GT{source}"}] if self.sentences.get(source) else []
                return Answered(200, {"transcripts": told, "meta": {"key": "transcripts"}})
            case ["v2", "Transcripts", transcript, "Sentences"]:
                found = self.sentences.get(transcript.removeprefix("GT"), [])
                return Answered(200, {"sentences": found, "meta": {"key": "sentences"}})
        return _error(404, 20404)

    def _may(self, asked: Asked) -> bool:
        pairs = (b64encode(f"{name}:{secret}".encode()).decode() for name, secret in self.secrets.items())
        return asked.headers.get("authorization", "").removeprefix("Basic ") in pairs

    def _list(self, name: str, asked: Asked) -> Answered:
        keys = {"Calls": ("calls", "start_time", "StartTime>"), "Messages": ("messages", "date_sent", "DateSent>")}
        if name == "IncomingPhoneNumbers":
            return Answered(200, {"incoming_phone_numbers": self.lines, "next_page_uri": None})
        if name not in keys:
            return _error(404, 20404)
        key, dated, since = keys[name]
        found = [one for one in getattr(self, key) if _is_asked(one, asked, dated, since)]
        found.sort(key=lambda one: (_moment(one[dated]), one["sid"]), reverse=True)
        # The token names the last of the page before, so that what came since does not shift the pages.
        token = asked.value("PageToken")
        start = next((place + 1 for place, one in enumerate(found) if one["sid"] == token), 0) if token else 0
        size = min(int(asked.value("PageSize", "50")), self.most)
        page, more = found[start : start + size], len(found) > start + size
        query = "&".join(f"{_quoted(k)}={_quoted(v)}" for k, v in asked.query if k != "PageToken")
        link = f"{asked.path}?{query}&PageToken={page[-1]['sid']}" if more else None
        return Answered(200, {key: page, "next_page_uri": link, "page_size": size})

    def _single(self, sid: str) -> Answered:
        found = next((one for one in self.calls if one["sid"] == sid), None)
        return Answered(200, found) if found else _error(404, 20404)

    def _recording(self, sid: str, call: str) -> Object:
        """A recording; whoever follows its link hears what was said."""
        source = "RecordVerb" if sid in self.left else "DialVerb"
        link = f"https://api.twilio.com/2010-04-01/Accounts/{self.account}/Recordings/{sid}"
        return {"sid": sid, "call_sid": call, "source": source, "media_url": link, "status": "completed"}

    def _send(self, asked: Asked) -> Answered:
        form = asked.form()
        words = [one["body"].lower() for one in self.messages if one["from"] == form["To"]]
        if "stop" in words:
            return _error(400, 21610)
        sid = self.add_message(form["From"], form["To"], form["Body"], "outbound-api")
        return Answered(201, next(one for one in self.messages if one["sid"] == sid))

    def _sid(self, kind: str) -> str:
        return f"{kind}{next(self._count):032d}"


def _is_asked(one: Object, asked: Asked, dated: str, since: str) -> bool:
    begins = asked.value(since)
    if begins and _moment(one[dated]) < datetime.fromisoformat(begins.replace("Z", "+00:00")):
        return False
    return all(not asked.value(name) or one[name.lower()] == asked.value(name) for name in ("To", "From"))


def _quoted(text: str) -> str:
    return text.replace("%", "%25").replace("+", "%2B").replace(">", "%3E").replace(":", "%3A")


def _dated(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC))


@lru_cache(maxsize=500_000)
def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%a, %d %b %Y %H:%M:%S %z")


def _error(status: int, code: int) -> Answered:
    return Answered(status, {"code": code, "message": "It was refused.", "more_info": "", "status": status})
