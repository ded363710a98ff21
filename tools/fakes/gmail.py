"""A stand-in for Gmail: mails with labels and threads, a history that is forgotten, drafts, and what was sent."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from itertools import count
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from tools.fakes.google_calendar import GoogleCalendarFake
from tools.fakes.wire import Answered, Asked

Stored = dict[str, Any]
_HIDDEN = {"SPAM", "TRASH"}
_GRANTED = ("gmail.readonly", "gmail.compose", "calendar.events.readonly")
_EVENTS = {"messageAdded": "messagesAdded", "messageDeleted": "messagesDeleted", "labelAdded": "labelsAdded",
           "labelRemoved": "labelsRemoved"}  # fmt: skip
_LIMIT = {"errors": [{"domain": "usageLimits", "reason": "rateLimitExceeded"}], "code": 403}
# What it says when too much is asked: 403, as often as 429.
LIMITED = Answered(403, {"error": _LIMIT | {"message": "It was refused.", "status": "PERMISSION_DENIED"}})


@dataclass(slots=True)
class GmailFake:
    """One mailbox. `keys`: the public key (PEM) of each service account; `senders`: those that may write.

    `remembers`: how many changes its history holds. `page`: how many entries a page has at most. `granted`: the scopes
    that an admin gave; a token for any other is refused. `watches`: each topic that was asked for, empty for an end.
    """

    now: Callable[[], datetime]
    address: str
    keys: Mapping[str, str]
    senders: frozenset[str] = frozenset()
    remembers: int = 100_000
    page: int = 500
    granted: frozenset[str] = frozenset(f"https://www.googleapis.com/auth/{one}" for one in _GRANTED)
    calendar: GoogleCalendarFake = field(default_factory=GoogleCalendarFake)
    mails: dict[str, Stored] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    events: list[tuple[int, Stored]] = field(default_factory=list)
    watches: list[str] = field(default_factory=list)
    tokens: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    scopes: dict[str, str] = field(default_factory=dict)
    certificates: dict[str, Any] = field(default_factory=lambda: {"keys": []})
    asked: list[Asked] = field(default_factory=list)
    writes: list[tuple[str, str]] = field(default_factory=list)
    _ids: Any = field(default_factory=lambda: count(1))
    _point: int = 1000
    _ids_by_name: dict[str, list[str]] = field(default_factory=dict)
    _threads: dict[str, str] = field(default_factory=dict)
    _subjects: dict[str, str] = field(default_factory=dict)

    def add(self, raw: bytes, labels: Sequence[str] = ("INBOX",), at: datetime | None = None, thread: str = "") -> str:
        """A mail comes to stand in the mailbox; gives its id."""
        key = f"{next(self._ids):016x}"
        mail = message_from_bytes(raw)
        name = str(mail.get("Message-ID") or "")
        answered = str(mail.get("In-Reply-To") or "")
        thread = thread if thread and self._belongs(mail, thread) else self._threads.get(answered) or key
        self._threads.setdefault(name, thread)
        self._subjects.setdefault(thread, _bare(mail))
        self._point += 1
        self.mails[key] = {
            "id": key, "threadId": thread, "labelIds": list(labels), "historyId": str(self._point),
            "internalDate": str(int((at or self.now()).timestamp() * 1000)), "raw": raw, "name": name.strip("<>"),
        }  # fmt: skip
        self._ids_by_name.setdefault(name.strip("<>"), []).append(key)
        self._note("messagesAdded", {"message": _about(self.mails[key])})
        return key

    def _belongs(self, mail: Message, thread: str) -> bool:
        """A thread takes a mail whose headers name one of it and whose subject is that of the thread."""
        named = f"{mail.get('References') or ''} {mail.get('In-Reply-To') or ''}".split()
        is_named = any(self._threads.get(one) == thread for one in named)
        return is_named and self._subjects.get(thread) == _bare(mail)

    def label(self, key: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Labels of a mail change."""
        stored = self.mails[key]
        stored["labelIds"] = [one for one in stored["labelIds"] if one not in remove] + list(add)
        for kind, names in (("labelsAdded", add), ("labelsRemoved", remove)):
            if names:
                self._note(kind, {"message": _about(stored), "labelIds": list(names)})

    def delete(self, key: str) -> None:
        """A mail is deleted for good."""
        stored = self.mails.pop(key)
        self._ids_by_name[stored["name"]].remove(key)
        self._note("messagesDeleted", {"message": _about(stored)})

    def edit_draft(self, draft_id: str, raw: bytes) -> None:
        """The person edits a draft."""
        self._put_draft(draft_id, raw, self.mails[self.drafts[draft_id]]["threadId"])

    def send_draft(self, draft_id: str) -> None:
        """The person sends a draft."""
        stored = self.mails[self.drafts.pop(draft_id)]
        self.delete(stored["id"])
        self._send(stored["raw"], stored["threadId"])

    def answer(self, asked: Asked) -> Answered:
        """Does what the vendor would do."""
        if asked.path == "/token":
            return self._token(asked)
        if asked.path == "/oauth2/v3/certs":
            return Answered(200, self.certificates)
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        account, until = self.tokens.get(token, ("", None))
        if until is None or self.now() >= until:
            return _error(401, "authError")
        of_calendar = asked.path.startswith("/calendar/")
        if ("/auth/calendar" if of_calendar else "/auth/gmail") not in self.scopes[token]:
            return _error(403, "insufficientPermissions")
        if of_calendar:
            return self.calendar.answer(asked)
        parts = asked.path.strip("/").split("/")[4:]
        if asked.method != "GET" and account not in self.senders and parts not in (["watch"], ["stop"]):
            return _error(403, "insufficientPermissions")
        return self._read(parts, asked) if asked.method == "GET" else self._write(asked.method, parts, asked)

    def _read(self, parts: Sequence[str], asked: Asked) -> Answered:
        match parts:
            case ["profile"]:
                told = {"emailAddress": self.address, "messagesTotal": len(self.mails), "historyId": str(self._point)}
                return Answered(200, told)
            case ["messages"]:
                return self._list(asked)
            case ["messages", key]:
                return self._message(key, asked.value("format", "full"))
            case ["history"]:
                return self._history(asked)
            case ["drafts"]:
                wanted = asked.value("q").removeprefix("rfc822msgid:")
                found = [one for one, key in self.drafts.items() if self.mails[key]["name"] == wanted]
                return Answered(200, {"drafts": [self._draft(one) for one in found], "resultSizeEstimate": len(found)})
            case ["drafts", key] if key in self.drafts:
                return Answered(200, self._draft(key, asked.value("format")))
        return _error(404, "notFound")

    def _write(self, method: str, parts: Sequence[str], asked: Asked) -> Answered:
        body = asked.json() or {}
        match [method, *parts]:
            case ["POST", "messages", "send"]:
                return Answered(200, self._send(_raw(body), body.get("threadId") or ""))
            case ["POST", "drafts"]:
                draft_id = f"r{next(self._ids)}"
                self._put_draft(draft_id, _raw(body["message"]), body["message"].get("threadId") or "")
                self.writes.append(("drafted", draft_id))
                return Answered(200, self._draft(draft_id))
            case ["PUT", "drafts", draft_id] if draft_id in self.drafts:
                self._put_draft(draft_id, _raw(body["message"]), body["message"].get("threadId") or "")
                self.writes.append(("redrafted", draft_id))
                return Answered(200, self._draft(draft_id))
            case ["DELETE", "drafts", draft_id] if draft_id in self.drafts:
                self.delete(self.drafts.pop(draft_id))
                return Answered(204)
            case ["POST", "watch"]:
                self.watches.append(str(body["topicName"]))
                until = self.now() + timedelta(days=7)
                told = {"historyId": str(self._point), "expiration": str(int(until.timestamp() * 1000))}
                return Answered(200, told)
            case ["POST", "stop"]:
                self.watches.append("")
                return Answered(204)
        return _error(404, "notFound")

    def _token(self, asked: Asked) -> Answered:
        for account, key in self.keys.items():
            try:
                claims = jwt.decode(asked.form()["assertion"], RSAKey.import_key(key), algorithms=["RS256"]).claims
            except (JoseError, ValueError, KeyError):
                continue
            fresh = float(claims["iat"]) - 300 <= self.now().timestamp() < float(claims["exp"])
            granted = set(claims["scope"].split()) <= self.granted
            if claims["iss"] == account and claims["sub"] == self.address and granted and fresh:
                token = f"ya29.{account}-{next(self._ids)}"
                self.tokens[token] = (account, self.now() + timedelta(hours=1))
                self.scopes[token] = claims["scope"]
                return Answered(200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})
        return Answered(400, {"error": "invalid_grant", "error_description": "it was refused"})

    def _list(self, asked: Asked) -> Answered:
        query = asked.value("q")
        if query.startswith("rfc822msgid:"):
            name, _, place = query.removeprefix("rfc822msgid:").partition(" in:")
            found = [self.mails[key] for key in self._ids_by_name.get(name, [])]
            found = [one for one in found if not place or place.upper() in one["labelIds"]]
        else:
            since = float(query.split()[0].removeprefix("after:")) * 1000
            found = [one for one in self.mails.values() if float(one["internalDate"]) >= since]
            found = [one for one in found if not {"DRAFT", "CHAT"} & set(one["labelIds"])]
        found = sorted((one for one in found if not _HIDDEN & set(one["labelIds"])), key=_age)
        size = min(int(asked.value("maxResults", "100")), self.page)
        # The token names the last one of the page before, so that what comes meanwhile shifts nothing.
        token = asked.value("pageToken")
        if token and token not in self.mails:
            return _error(400, "invalidArgument")
        start = next((place + 1 for place, one in enumerate(found) if one["id"] == token), 0) if token else 0
        page = found[start : start + size]
        told: Stored = {"resultSizeEstimate": len(found)}
        if page:
            told["messages"] = [{"id": one["id"], "threadId": one["threadId"]} for one in page]
        if start + size < len(found):
            told["nextPageToken"] = page[-1]["id"]
        return Answered(200, told)

    def _message(self, key: str, form: str) -> Answered:
        stored = self.mails.get(key)
        if stored is None:
            return _error(404, "notFound")
        told = {name: value for name, value in stored.items() if name not in ("raw", "name")}
        if form == "raw":
            told["raw"] = urlsafe_b64encode(stored["raw"]).decode()
        return Answered(200, told | {"sizeEstimate": len(stored["raw"])})

    def _history(self, asked: Asked) -> Answered:
        since = int(asked.value("startHistoryId"))
        if since > self._point or (self.events and since < self.events[0][0] - 1):
            return _error(404, "notFound")
        names = {_EVENTS[one] for one in asked.values("historyTypes")} or set(_EVENTS.values())
        found = [(point, told) for point, told in self.events if point > since and names & set(told)]
        start = int(asked.value("pageToken", "0") or 0)
        size = min(int(asked.value("maxResults", "100")), self.page)
        told: Stored = {"historyId": str(self._point)}
        if page := found[start : start + size]:
            told["history"] = [{"id": str(point), **event} for point, event in page]
        if start + size < len(found):
            told["nextPageToken"] = str(start + size)
        return Answered(200, told)

    def _send(self, raw: bytes, thread: str) -> Stored:
        key = self.add(raw, ("SENT",), thread=thread)
        self.writes.append(("sent", self.mails[key]["name"]))
        return _about(self.mails[key])

    def _put_draft(self, draft_id: str, raw: bytes, thread: str) -> None:
        if draft_id in self.drafts:
            self.delete(self.drafts[draft_id])
        self.drafts[draft_id] = self.add(raw, ("DRAFT",), thread=thread)

    def _draft(self, draft_id: str, form: str = "") -> Stored:
        stored = self.mails[self.drafts[draft_id]]
        told = {"raw": urlsafe_b64encode(stored["raw"]).decode()} if form == "raw" else {}
        return {"id": draft_id, "message": _about(stored) | told}

    def _note(self, kind: str, told: Stored) -> None:
        self._point += 1
        self.events.append((self._point, {kind: [told]}))
        del self.events[: max(0, len(self.events) - self.remembers)]


def _about(stored: Stored) -> Stored:
    return {name: stored[name] for name in ("id", "threadId", "labelIds")}


def _bare(mail: Message) -> str:
    """The subject without what marks an answer."""
    return re.sub(r"^(?:\s*re\s*:)+", "", str(mail.get("Subject") or ""), flags=re.IGNORECASE).strip().lower()


def _age(stored: Stored) -> tuple[int, str]:
    return -int(stored["internalDate"]), stored["id"]


def _raw(body: Mapping[str, Any]) -> bytes:
    return urlsafe_b64decode(body["raw"])


def _error(status: int, reason: str) -> Answered:
    told = {"code": status, "message": "It was refused.", "errors": [{"domain": "global", "reason": reason}]}
    return Answered(status, {"error": told})
