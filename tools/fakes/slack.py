"""A stand-in for Slack: people, channels with threads, messages that are updated, and ok: false with status 200."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from tools.fakes.wire import Answered, Asked

Clock = Callable[[], datetime]
Object = dict[str, Any]
# How this vendor says that its limit is used up: mostly with 429, here with 200, which is easier to miss.
LIMITED = Answered(200, {"ok": False, "error": "ratelimited"}, {"retry-after": "1"})


@dataclass(slots=True)
class SlackFake:
    """One workspace. `tokens`: what each may do: read, write. `most`: how much stands on a page at most."""

    now: Clock
    tokens: Mapping[str, frozenset[str]]
    most: int = 200
    people: list[Object] = field(default_factory=list)
    channels: dict[str, list[Object]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    _count: Any = field(default_factory=lambda: count(1))

    def add_person(self, user_id: str, name: str, email: str, *, stranger: bool = False) -> None:
        """Somebody of the workspace, or of another one that shares a channel with it."""
        profile = {"email": email, "real_name": name}
        self.people.append(
            {"id": user_id, "name": name, "real_name": name, "profile": profile, "is_stranger": stranger}
        )

    def say(self, channel: str, user: str, text: str, *, thread: str = "", at: datetime | None = None) -> str:
        """Something that somebody says; gives its time stamp."""
        ts = f"{(at or self.now()).timestamp():.0f}.{next(self._count):06d}"
        said = {"type": "message", "user": user, "text": text, "ts": ts}
        if thread:
            first = next(one for one in self.channels[channel] if one["ts"] == thread)
            first["reply_count"] = first.get("reply_count", 0) + 1
            first["thread_ts"] = thread
            first["latest_reply"] = ts
            said["thread_ts"] = thread
        self.channels.setdefault(channel, []).append(said)
        return ts

    def remove(self, channel: str, ts: str) -> None:
        """Somebody takes back what they said: a message is gone, of the first of a thread its place stays."""
        said = next(one for one in self.channels[channel] if one["ts"] == ts)
        if said.get("reply_count"):
            said |= {"subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted."}
        else:
            self.channels[channel].remove(said)

    def told(self, channel: str) -> list[Object]:
        """What the app said there, as it reads now."""
        return [one for one in self.channels.get(channel, []) if one.get("bot_id")]

    def answer(self, asked: Asked) -> Answered:
        """Does what the vendor would do."""
        may = self.tokens.get(asked.headers.get("authorization", "").removeprefix("Bearer "))
        if may is None:
            return _refused("invalid_auth")
        method = asked.path.rpartition("/")[2]
        told = _arguments(asked)
        if method in ("chat.postMessage", "chat.update", "conversations.open") and "write" not in may:
            return _refused("missing_scope")
        match method:
            case "auth.test":
                return _done({"team": "Ours", "team_id": "T1", "user_id": "UBOT", "url": "https://ours.slack.com/"})
            case "users.list":
                return self._listed("members", self.people, told)
            case "conversations.history":
                return self._history(told)
            case "conversations.replies":
                return self._replies(told)
            case "conversations.open":
                channel = f"D{told['users']}"
                self.channels.setdefault(channel, [])
                return _done({"channel": {"id": channel}})
            case "chat.postMessage":
                return self._post(told)
            case "chat.update":
                return self._update(told)
        return _refused("unknown_method")

    def _history(self, told: Mapping[str, Any]) -> Answered:
        if told["channel"] not in self.channels:
            return _refused("channel_not_found")
        oldest = float(told.get("oldest") or 0)
        said = [x for x in self.channels[told["channel"]] if x.get("thread_ts", x["ts"]) == x["ts"]]
        found = sorted((x for x in said if float(x["ts"]) > oldest), key=lambda x: float(x["ts"]), reverse=True)
        return self._listed("messages", found, told)

    def _replies(self, told: Mapping[str, Any]) -> Answered:
        found = [x for x in self.channels[told["channel"]] if told["ts"] in (x["ts"], x.get("thread_ts"))]
        return self._listed("messages", sorted(found, key=lambda x: float(x["ts"])), told)

    def _post(self, told: Mapping[str, Any]) -> Answered:
        if told["channel"] not in self.channels:
            return _refused("channel_not_found")
        ts = self.say(told["channel"], "UBOT", told["text"])
        said = self.channels[told["channel"]][-1]
        said |= {"bot_id": "B1", "blocks": told["blocks"], "metadata": told.get("metadata") or {}}
        return _done({"channel": told["channel"], "ts": ts, "message": said})

    def _update(self, told: Mapping[str, Any]) -> Answered:
        found = next((x for x in self.channels.get(told["channel"], []) if x["ts"] == told["ts"]), None)
        if found is None:
            return _refused("message_not_found")
        found |= {"text": told["text"], "blocks": told["blocks"], "edited": {"ts": found["ts"]}}
        return _done({"channel": told["channel"], "ts": told["ts"], "text": told["text"]})

    def _listed(self, key: str, found: list[Object], told: Mapping[str, Any]) -> Answered:
        start, size = int(told.get("cursor") or 0), min(int(told.get("limit") or 100), self.most)
        following = str(start + size) if start + size < len(found) else ""
        page = found[start : start + size]
        return _done({key: page, "has_more": bool(following), "response_metadata": {"next_cursor": following}})


def _arguments(asked: Asked) -> dict[str, Any]:
    """What was asked, in whichever way it came: query, form or JSON."""
    told: dict[str, Any] = dict(asked.query)
    if "json" in asked.headers.get("content-type", ""):
        return told | (asked.json() or {})
    return told | asked.form()


def _done(body: Mapping[str, Any]) -> Answered:
    return Answered(200, {"ok": True, **body})


def _refused(code: str) -> Answered:
    return Answered(200, {"ok": False, "error": code})
