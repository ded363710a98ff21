"""A stand-in for a CalDAV server with one calendar; what it holds can also be fetched whole, as one text."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from tools.fakes.wire import Answered, Asked

_DAV, _CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_XML = {"content-type": "application/xml; charset=utf-8"}
HOME = "/calendars/ada/work/"


@dataclass(slots=True)
class CalendarFake:
    """One calendar. `syncs`: it can tell what changed (RFC 6578). `forgotten`: up to where it does not know any more.

    `most`: how many changes it tells at a time.
    """

    now: Callable[[], datetime]
    user: str
    password: str
    syncs: bool = True
    forgotten: int = -1
    most: int = 1000
    entries: dict[str, str] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    _changes: dict[str, int] = field(default_factory=dict)
    _point: int = 0

    def put(self, name: str, events: str) -> None:
        """An entry comes, or is another from now on; `events`: its VEVENT parts."""
        self.entries[HOME + name + ".ics"] = events
        self._note(HOME + name + ".ics")

    def remove(self, name: str) -> None:
        """An entry is deleted."""
        del self.entries[HOME + name + ".ics"]
        self._note(HOME + name + ".ics")

    def answer(self, asked: Asked) -> Answered:
        """Does what a server would do."""
        if asked.method == "GET":
            return Answered(200, _calendar("".join(self.entries.values())), {"content-type": "text/calendar"})
        given = b64encode(f"{self.user}:{self.password}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {given}":
            return Answered(401, b"", _XML)
        if asked.path != HOME:
            return Answered(404, b"", _XML)
        body = ElementTree.fromstring(asked.body)
        match body.tag.rpartition("}")[2]:
            case "propfind" if asked.headers.get("depth") == "1":
                return _answered("".join(self._version(href) for href in self.entries) + self._version(HOME))
            case "propfind":
                return _answered(self._collection())
            case "sync-collection":
                return self._sync((body.findtext(f"{_DAV}sync-token") or "").strip())
            case "calendar-multiget":
                wanted = [one.text or "" for one in body.findall(f"{_DAV}href")]
                return _answered("".join(self._entry(href) for href in wanted))
        return Answered(501, b"", _XML)

    def _sync(self, token: str) -> Answered:
        if not self.syncs:
            return Answered(501, b"", _XML)
        since = int(token.rpartition("/")[2]) if token else 0
        if token and since < self.forgotten:
            return Answered(403, b'<d:error xmlns:d="DAV:"><d:valid-sync-token/></d:error>', _XML)
        changed = sorted((point, href) for href, point in self._changes.items() if point > since)
        page = changed[: self.most]
        shown = "".join(self._version(href) for _, href in page if token or href in self.entries)
        point = self._point
        if len(changed) > self.most:
            point = page[-1][0]
            status = "<d:status>HTTP/1.1 507 Insufficient Storage</d:status>"
            shown += f"<d:response><d:href>{HOME}</d:href>{status}</d:response>"
        return _answered(f"{shown}<d:sync-token>https://cal.example/sync/{point}</d:sync-token>")

    def _collection(self) -> str:
        props = f"<d:displayname>Work</d:displayname><cs:getctag>c{self._point}</cs:getctag>"
        return _found(HOME, props)

    def _version(self, href: str) -> str:
        if href not in self.entries and href != HOME:
            return (
                f"<d:response><d:href>{escape(href)}</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>"
            )
        return _found(href, f"<d:getetag>&quot;v{self._changes.get(href, 0)}&quot;</d:getetag>")

    def _entry(self, href: str) -> str:
        if href not in self.entries:
            return self._version(href)
        text = escape(_calendar(self.entries[href]).decode())
        tag = f"<d:getetag>&quot;v{self._changes[href]}&quot;</d:getetag>"
        return _found(href, f"{tag}<c:calendar-data>{text}</c:calendar-data>")

    def _note(self, href: str) -> None:
        self._point += 1
        self._changes[href] = self._point


def event(uid: str, starts: datetime, *lines: str, guests: tuple[tuple[str, str], ...] = (), subject: str = "") -> str:
    """One VEVENT of half an hour; `guests`: (address, answer); `lines`: what it says beside."""
    told = [
        "BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", f"DTSTART:{_stamp(starts)}",
        f"DTEND:{_stamp(starts + timedelta(minutes=30))}", f"SUMMARY:{subject or uid}", *lines,
        *(f"ATTENDEE;PARTSTAT={answer}:mailto:{address}" for address, answer in guests), "END:VEVENT",
    ]  # fmt: skip
    return "\r\n".join(told) + "\r\n"


def _calendar(events: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tenure//stand-in//EN\r\n{events}END:VCALENDAR\r\n".encode()


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _found(href: str, props: str) -> str:
    return (
        f"<d:response><d:href>{escape(href)}</d:href><d:propstat><d:prop>{props}</d:prop>"
        "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )


def _answered(inner: str) -> Answered:
    spaces = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/"'
    text = f'<?xml version="1.0" encoding="utf-8"?><d:multistatus {spaces}>{inner}</d:multistatus>'
    return Answered(207, text.encode(), _XML)
