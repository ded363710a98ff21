"""CalDAV's requests (RFC 4791, RFC 6578): what changed in a collection, and the entries themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import httpx
from pydantic import SecretStr

from tools.base import BadAnswer
from tools.http import Buckets, Call, VendorClient

VENDOR = "caldav"
RATES = {"": (10.0, 5.0)}
GET_MOST = 50
_DAV, _CAL, _CS = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_SPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/"'
_ASKED = f"{_HEAD}<d:propfind {_SPACES}><d:prop><d:displayname/><cs:getctag/><d:sync-token/></d:prop></d:propfind>"
_VERSIONS = f"{_HEAD}<d:propfind {_SPACES}><d:prop><d:getetag/></d:prop></d:propfind>"


@dataclass(frozen=True, slots=True)
class Collection:
    """A calendar as its server describes it; what it does not have is empty."""

    name: str
    token: str
    tag: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed: versions by resource, None where it was removed; the next token; whether more is to be asked."""

    versions: dict[str, str | None]
    token: str
    more: bool


class CalDavWire:
    """The calls to one collection. `path`: its path at the client's host."""

    def __init__(self, client: VendorClient, path: str) -> None:
        self.client, self._path = client, path.rstrip("/") + "/"

    def collection(self) -> Collection:
        """How the calendar stands."""
        for one in _responses(self._ask("PROPFIND", _ASKED, "0")):
            return Collection(
                _text(one, f"{_DAV}displayname"), _text(one, f"{_DAV}sync-token"), _text(one, f"{_CS}getctag")
            )
        raise BadAnswer(VENDOR, "the answer describes no calendar")

    def changes(self, token: str) -> Changes:
        """What changed since a token (empty: everything there is)."""
        body = (
            f"{_HEAD}<d:sync-collection {_SPACES}><d:sync-token>{escape(token)}</d:sync-token>"
            "<d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>"
        )
        tree = self._ask("REPORT", body, "0")
        versions: dict[str, str | None] = {}
        more = False
        for one in _responses(tree):
            href, status = _href(one), _status(one)
            if status == 507:
                more = True
            elif self._is_entry(href):
                versions[href] = None if status == 404 else _text(one, f"{_DAV}getetag")
        return Changes(versions, (tree.findtext(f"{_DAV}sync-token") or "").strip(), more)

    def versions(self) -> dict[str, str]:
        """The version of every entry, for servers that cannot tell what changed."""
        told = {_href(one): _text(one, f"{_DAV}getetag") for one in _responses(self._ask("PROPFIND", _VERSIONS, "1"))}
        return {href: version for href, version in told.items() if self._is_entry(href)}

    def entries(self, hrefs: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        """Version and text of entries, those that are there."""
        wanted = "".join(f"<d:href>{escape(one)}</d:href>" for one in hrefs)
        body = (
            f"{_HEAD}<c:calendar-multiget {_SPACES}><d:prop><d:getetag/><c:calendar-data/></d:prop>{wanted}"
            "</c:calendar-multiget>"
        )
        found = {}
        for one in _responses(self._ask("REPORT", body, "1")):
            text = _text(one, f"{_CAL}calendar-data")
            if text:
                found[_href(one)] = (_text(one, f"{_DAV}getetag"), text.encode())
        return found

    def _is_entry(self, href: str) -> bool:
        return href.rstrip("/") != self._path.rstrip("/") and href.startswith(self._path)

    def _ask(self, method: str, body: str, depth: str) -> ElementTree.Element:
        headers = {"Depth": depth, "Content-Type": "application/xml; charset=utf-8"}
        content = self.client.ask(Call(method, self._path, content=body.encode(), headers=headers)).content
        # A document that defines words of its own is no answer of a calendar server.
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise BadAnswer(VENDOR, "the answer is no plain XML")
        try:
            return ElementTree.fromstring(content)
        except ElementTree.ParseError:
            raise BadAnswer(VENDOR, "the answer is no XML") from None


def open_wire(
    address: str, user: str, password: SecretStr, buckets: Buckets, transport: httpx.BaseTransport | None = None
) -> CalDavWire:
    """The calls to the calendar at an address, signed in with a password."""
    told = urlsplit(address)
    auth = httpx.BasicAuth(user, password.get_secret_value())
    client = VendorClient(
        VENDOR, f"{told.scheme}://{told.netloc}", auth=auth, buckets=buckets, rates=RATES, owner=user,
        transport=transport,
    )  # fmt: skip
    return CalDavWire(client, told.path)


def _responses(tree: ElementTree.Element) -> list[ElementTree.Element]:
    return tree.findall(f"{_DAV}response")


def _href(one: ElementTree.Element) -> str:
    told = (one.findtext(f"{_DAV}href") or "").strip()
    return urlsplit(told).path if "://" in told else told


def _status(one: ElementTree.Element) -> int:
    parts = (one.findtext(f"{_DAV}status") or "").split()
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 200


def _text(one: ElementTree.Element, name: str) -> str:
    return (next((found.text for found in one.iter(name)), "") or "").strip()
