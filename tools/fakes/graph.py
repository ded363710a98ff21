"""A stand-in for Microsoft Graph: folders and a calendar that tell what changed, drafts; it refuses unknown words."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import orjson

from tools.fakes.graph_form import is_in_form
from tools.fakes.graph_shapes import Stored, bare, error, json_of, mime_of, stamp, starts_between
from tools.fakes.graph_subscriptions import GraphSubscriptions
from tools.fakes.wire import Answered, Asked

_NAMED = re.compile(r"internetMessageId eq '(.*)'")
_SIZE = re.compile(r"odata\.maxpagesize=(\d+)")
_CALENDAR = "calendar"
LIMITED = Answered(
    429, {"error": {"code": "TooManyRequests", "message": "It was refused."}}, {"retry-after": "2"}
)  # fmt: skip


@dataclass(slots=True)
class GraphFake:
    """One mailbox with its calendar. `apps`: the secret of each app; `senders`: those that may write.

    `forgotten`: a point of the past of which nothing is known any more. `page`: how many entries a page has at most.
    """

    now: Callable[[], datetime]
    address: str
    apps: Mapping[str, str]
    senders: frozenset[str] = frozenset()
    base: str = "https://graph.microsoft.com"
    page: int = 1000
    forgotten: int = -1
    mails: dict[str, Stored] = field(default_factory=dict)
    events: dict[str, Stored] = field(default_factory=dict)
    subscriptions: GraphSubscriptions = field(init=False)
    tokens: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    writes: list[tuple[str, str]] = field(default_factory=list)
    _ids: Any = field(default_factory=lambda: count(1))
    _point: int = 0
    _changes: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    _last: dict[tuple[str, str], int] = field(default_factory=dict)
    _by_name: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.subscriptions = GraphSubscriptions(self.now)

    def add(self, raw: bytes, folder: str = "inbox", at: datetime | None = None) -> str:
        """A mail comes to stand in a folder; gives its id."""
        stored = json_of(raw, (at or self.now()).astimezone(UTC))
        return self._keep(stored | {"raw": raw, "isDraft": folder == "drafts"}, folder)

    def move(self, mail_id: str, folder: str) -> None:
        """A mail is put into another folder; its id stays."""
        stored = self.mails[mail_id]
        before, stored["folder"] = stored["folder"], folder
        self._note(before, mail_id)
        self._note(folder, mail_id)

    def delete(self, mail_id: str) -> None:
        """A mail is deleted for good."""
        stored = self.mails.pop(mail_id)
        self._by_name[stored["internetMessageId"]].remove(mail_id)
        self._note(stored["folder"], mail_id)

    def edit(self, mail_id: str, values: Mapping[str, Any]) -> None:
        """Fields of a mail change, as when a person edits a draft."""
        stored = self.mails[mail_id]
        self._by_name[stored["internetMessageId"]].remove(mail_id)
        stored.update(values)
        self._by_name.setdefault(stored["internetMessageId"], []).append(mail_id)
        self._note(stored["folder"], mail_id)

    def add_event(self, values: Mapping[str, Any], event_id: str = "") -> str:
        """An entry comes into the calendar, or is another from now on; gives its id."""
        key = event_id or f"AAEvent{next(self._ids)}"
        self.events[key] = {"type": "singleInstance", "isCancelled": False} | self.events.get(key, {}) | dict(values)
        self.events[key]["id"] = key
        self._note(_CALENDAR, key)
        return key

    def remove_event(self, event_id: str) -> None:
        """An entry is deleted."""
        del self.events[event_id]
        self._note(_CALENDAR, event_id)

    def answer(self, asked: Asked) -> Answered:
        """Does what the vendor would do."""
        if asked.path.endswith("/oauth2/v2.0/token"):
            return self._token(asked)
        app, until = self.tokens.get(asked.headers.get("authorization", "").removeprefix("Bearer "), ("", None))
        if until is None or self.now() >= until:
            return error(401, "InvalidAuthenticationToken")
        parts = asked.path.strip("/").split("/")[1:]
        if not is_in_form(asked, parts):
            return error(400, "BadRequest")
        if parts[0] == "subscriptions":
            return self.subscriptions.answer(asked.method, parts[1:], asked.json() or {})
        if parts[:2] != ["users", self.address]:
            return error(404, "ErrorInvalidUser")
        if asked.method != "GET" and app not in self.senders:
            return error(403, "ErrorAccessDenied")
        return self._read(parts[2:], asked) if asked.method == "GET" else self._write(parts[2:], asked)

    def _read(self, parts: Sequence[str], asked: Asked) -> Answered:
        match parts:
            case ["mailFolders", folder]:
                return Answered(200, {"id": f"folder-{folder}"})
            case ["mailFolders", folder, "messages", "delta"]:
                return self._delta(folder, asked)
            case ["calendarView", "delta"]:
                return self._delta(_CALENDAR, asked)
            case ["mailFolders", folder, "messages"]:
                return self._named(asked, folder)
            case ["messages"]:
                return self._named(asked, "")
            case ["messages", key] if key in self.mails:
                return Answered(200, self._shown(key))
            case ["messages", key, "$value"] if key in self.mails:
                return Answered(200, mime_of(self.mails[key]), {"content-type": "text/plain"})
            case ["events", key] if key in self.events:
                return Answered(200, self.events[key])
        return error(404, "ErrorItemNotFound")

    def _write(self, parts: Sequence[str], asked: Asked) -> Answered:
        match [asked.method, *parts]:
            case ["POST", "messages"]:
                return Answered(201, self._draft(asked.json(), ""))
            case ["POST", "messages", key, "createReply"] if key in self.mails:
                return Answered(201, self._draft(asked.json()["message"], key))
            case ["POST", "messages", key, "send"] if key in self.mails and self.mails[key]["isDraft"]:
                self.mails[key] |= {"isDraft": False, "sentDateTime": stamp(self.now())}
                self.move(key, "sentitems")
                self.writes.append(("sent", self.mails[key]["internetMessageId"]))
                return Answered(202)
            case [method, "messages", key] if key in self.mails and self.mails[key]["isDraft"]:
                if asked.headers.get("if-match", "*") not in ("*", self._version(key)):
                    return error(412, "ErrorIrresolvableConflict")
                if method == "DELETE":
                    self.delete(key)
                    return Answered(204)
                self.edit(key, asked.json())
                self.writes.append(("redrafted", key))
                return Answered(200, self._shown(key))
        return error(404, "ErrorItemNotFound")

    def _token(self, asked: Asked) -> Answered:
        form = asked.form()
        if self.apps.get(form.get("client_id", "")) != form.get("client_secret"):
            return Answered(401, {"error": "invalid_client", "error_description": "It was refused."})
        token = f"eyJ.{form['client_id']}.{next(self._ids)}"
        self.tokens[token] = (form["client_id"], self.now() + timedelta(hours=1))
        return Answered(200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _delta(self, place: str, asked: Asked) -> Answered:
        """What changed in a folder or the calendar behind a point, each thing once and as it is now."""
        token = asked.value("$skiptoken") or asked.value("$deltatoken")
        told = orjson.loads(urlsafe_b64decode(token)) if token else _window(asked)
        if told["again"] and told["after"] < self.forgotten:
            return error(410, "SyncStateNotFound")
        wanted = _SIZE.search(asked.headers.get("prefer", ""))
        size = min(int(wanted[1]) if wanted else 10, self.page)
        changes = self._changes.get(place, [])
        start = bisect_right(changes, (told["after"], "~"))
        shown: list[Stored] = []
        while start < len(changes) and len(shown) < size:
            point, key = changes[start]
            start += 1
            if self._last[place, key] == point and (one := self._changed(place, key, told)):
                shown.append(one)
        more = start < len(changes)
        told["after"] = changes[start - 1][0] if more else self._point
        told["again"] = told["again"] or not more
        packed = urlsafe_b64encode(orjson.dumps(told)).decode()
        name, link = ("nextLink", "$skiptoken") if more else ("deltaLink", "$deltatoken")
        return Answered(200, {"value": shown, f"@odata.{name}": f"{self.base}{asked.path}?{link}={packed}"})

    def _changed(self, place: str, key: str, told: Mapping[str, Any]) -> Stored | None:
        if place == _CALENDAR:
            event = self.events.get(key)
            if event is None or not starts_between(event, told["from"], told["to"]):
                return {"id": key, "@removed": {"reason": "deleted"}} if told["again"] else None
            return bare(event) if event["type"] == "occurrence" else event
        if key in self.mails and self.mails[key]["folder"] == place:
            return self._shown(key)
        reason = "changed" if key in self.mails else "deleted"
        return {"id": key, "@removed": {"reason": reason}} if told["again"] else None

    def _named(self, asked: Asked, folder: str) -> Answered:
        found = _NAMED.fullmatch(asked.value("$filter"))
        keys = self._by_name.get(found[1].replace("''", "'"), []) if found else list(self.mails)
        shown = [self._shown(key) for key in keys if not folder or self.mails[key]["folder"] == folder]
        return Answered(200, {"value": shown[: int(asked.value("$top", "10"))]})

    def _draft(self, values: Mapping[str, Any], answers: str) -> Stored:
        stored: Stored = {"receivedDateTime": stamp(self.now()), "sentDateTime": stamp(self.now()), "isDraft": True,
                  "from": {"emailAddress": {"address": self.address}}, "raw": b""} | dict(values)  # fmt: skip
        headers = []
        if answers:
            name = self.mails[answers]["internetMessageId"]
            headers = [{"name": "In-Reply-To", "value": name}, {"name": "References", "value": name}]
            stored["conversationId"] = self.mails[answers]["conversationId"]
        stored["internetMessageHeaders"] = headers
        key = self._keep(stored, "drafts")
        self.writes.append(("drafted", stored["internetMessageId"]))
        return self._shown(key)

    def _keep(self, stored: Stored, folder: str) -> str:
        key = f"AAMail{next(self._ids)}"
        self.mails[key] = {"conversationId": f"conversation-{key}"} | stored | {"id": key, "folder": folder}
        self._by_name.setdefault(stored["internetMessageId"], []).append(key)
        self._note(folder, key)
        return key

    def _note(self, place: str, key: str) -> None:
        self._point += 1
        self._changes.setdefault(place, []).append((self._point, key))
        self._last[place, key] = self._point

    def _version(self, key: str) -> str:
        return f"CQ{self._last[self.mails[key]['folder'], key]}"

    def _shown(self, key: str) -> Stored:
        stored = self.mails[key]
        told = {name: value for name, value in stored.items() if name not in ("raw", "folder")}
        return told | {"changeKey": self._version(key), "parentFolderId": f"folder-{stored['folder']}"}


def _window(asked: Asked) -> Stored:
    return {"after": 0, "again": False, "from": asked.value("startDateTime"), "to": asked.value("endDateTime")}
