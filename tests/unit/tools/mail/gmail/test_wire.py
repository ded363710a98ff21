"""Each request of ours is that of Google's own client, which reads our stand-in; the token request too."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import google_auth_httplib2
import httplib2
import pytest
import requests
from google.auth.transport.requests import Request
from google.oauth2 import service_account as theirs_account
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.loopback import served
from tests.unit.tools.mail.mailbox import ADA, KIM, PRIVATE, PUBLIC, READER, SENDER, gmail, key_of, letter
from tools.fakes.gmail import GmailFake
from tools.fakes.wire import Asked
from tools.http import Buckets
from tools.mail.gmail.calendar import SCOPE as CALENDAR_SCOPE
from tools.mail.gmail.calendar import CalendarWire
from tools.mail.gmail.wire import READ_SCOPE, WRITE_SCOPE, GmailWire, open_client, service_account

MAIL = letter("w1", ADA, KIM, "Hello", "Here", at=NOON)
PACKED = {"raw": urlsafe_b64encode(MAIL).decode(), "threadId": "t1"}
Done = tuple[GmailFake, GmailWire, Any, str]


@pytest.fixture(scope="module")
def both() -> Iterator[Done]:
    fake = gmail(Hands())
    with served(fake) as address:
        proof = service_account(SecretStr(key_of(SENDER)), ADA, f"{WRITE_SCOPE} {READ_SCOPE}")
        client, tokens = open_client(
            proof, Buckets(), fake.now, base_url=address, token_url=address, rates={"": (1000.0, 1000.0)}
        )
        ours = GmailWire(client, person=True)
        ours.profile()
        given = next(iter(fake.tokens))
        service = _theirs("gmail", "v1", given, address)
        yield fake, ours, service.users(), address
        service.close()
        client.close()
        tokens.close()


def _theirs(name: str, version: str, token: str, address: str) -> Any:
    """The vendor's own client, from the description of the service that it brings along."""
    signed_in = Credentials(token=token)  # type: ignore[no-untyped-call]
    http = google_auth_httplib2.AuthorizedHttp(signed_in, http=httplib2.Http(proxy_info=None))
    return build(name, version, http=http, client_options={"api_endpoint": address}, static_discovery=True)


Pair = tuple[Callable[[GmailWire], Any], Callable[[Any], Any]]
_WATCH = {"topicName": "projects/p/topics/t", "labelIds": ["INBOX", "SENT"], "labelFilterBehavior": "INCLUDE"}
_HISTORY = {"startHistoryId": "1001", "historyTypes": ["messageAdded", "labelAdded", "labelRemoved"]}
CALLS: dict[str, Pair] = {
    "profile": (lambda ours: ours.profile(), lambda sdk: sdk.getProfile(userId="me")),
    "list": (
        lambda ours: ours.listed("after:0"),
        lambda sdk: sdk.messages().list(userId="me", q="after:0", maxResults=50),
    ),
    "get": (
        lambda ours: ours.message("0000000000000001"),
        lambda sdk: sdk.messages().get(userId="me", id="0000000000000001", format="raw"),
    ),
    "list on": (
        lambda ours: ours.listed("after:0", "0000000000000002"),
        lambda sdk: sdk.messages().list(userId="me", q="after:0", maxResults=50, pageToken="0000000000000002"),
    ),
    "history on": (
        lambda ours: ours.history("1001", "1"),
        lambda sdk: sdk.history().list(userId="me", maxResults=100, pageToken="1", **_HISTORY),
    ),
    "find draft": (
        lambda ours: ours.drafts("<w1@mail.example>"),
        lambda sdk: sdk.drafts().list(userId="me", q="rfc822msgid:w1@mail.example"),
    ),
    "stop": (lambda ours: ours.stop(), lambda sdk: sdk.stop(userId="me")),
    "history": (
        lambda ours: ours.history("1001"),
        lambda sdk: sdk.history().list(userId="me", maxResults=100, **_HISTORY),
    ),
    "search": (
        lambda ours: ours.named("<m1@mail.example>", sent=True),
        lambda sdk: sdk.messages().list(userId="me", q="rfc822msgid:m1@mail.example in:sent", maxResults=1),
    ),
    "send": (lambda ours: ours.send(MAIL, "t1"), lambda sdk: sdk.messages().send(userId="me", body=PACKED)),
    "draft": (
        lambda ours: ours.make_draft(MAIL, "t1"),
        lambda sdk: sdk.drafts().create(userId="me", body={"message": PACKED}),
    ),
    "watch": (
        lambda ours: ours.watch("projects/p/topics/t"), lambda sdk: sdk.watch(userId="me", body=_WATCH),
    ),
}  # fmt: skip


def _shown(asked: Asked) -> tuple[Any, ...]:
    query = sorted(one for one in asked.query if one != ("alt", "json"))
    return asked.method, asked.path, query, asked.json(), asked.headers["authorization"]


@pytest.mark.parametrize("name", CALLS)
def test_same_request_as_the_vendors_own_client(both: Done, name: str) -> None:
    fake, ours, sdk, _ = both
    begun = len(fake.asked)
    CALLS[name][0](ours)
    between = len(fake.asked)
    CALLS[name][1](sdk).execute()
    mine, theirs = fake.asked[begun:between], fake.asked[between:]
    assert [_shown(one) for one in mine] == [_shown(one) for one in theirs]


CHANGES: dict[str, tuple[Callable[[GmailWire, str], Any], Callable[[Any, str], Any]]] = {
    "get": (
        lambda ours, one: ours.draft(one),
        lambda sdk, one: sdk.drafts().get(userId="me", id=one, format="raw"),
    ),
    "look": (
        lambda ours, one: ours.draft(one, "minimal"),
        lambda sdk, one: sdk.drafts().get(userId="me", id=one, format="minimal"),
    ),
    "update": (
        lambda ours, one: ours.renew_draft(one, MAIL, "t1"),
        lambda sdk, one: sdk.drafts().update(userId="me", id=one, body={"message": PACKED}),
    ),
    "delete": (
        lambda ours, one: ours.delete_draft(one), lambda sdk, one: sdk.drafts().delete(userId="me", id=one),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_drafts_too(both: Done, name: str) -> None:
    fake, ours, sdk, _ = both
    first, second = (str(ours.make_draft(MAIL, None)["id"]) for _ in range(2))
    begun = len(fake.asked)
    CHANGES[name][0](ours, first)
    between = len(fake.asked)
    CHANGES[name][1](sdk, second).execute()
    mine, theirs = fake.asked[begun:between], fake.asked[between:]
    assert [_shown(replace(one, path=one.path.replace(first, second))) for one in mine] == list(map(_shown, theirs))


def test_draft_that_is_gone_stays_gone(both: Done) -> None:
    fake, ours, _, _ = both
    one = str(ours.make_draft(MAIL, None)["id"])
    ours.delete_draft(one)
    ours.delete_draft(one)
    assert one not in fake.drafts


_WINDOW = {"timeMin": "2025-03-02T12:00:00+00:00", "timeMax": "2026-08-29T12:00:00+00:00"}


@pytest.fixture(scope="module")
def calendars(both: Done) -> Iterator[tuple[GmailFake, CalendarWire, Any]]:
    """The calendar with our calls to it and those of the vendor's own client."""
    fake, _, _, address = both
    proof = service_account(SecretStr(key_of(READER)), ADA, CALENDAR_SCOPE)
    client, tokens = open_client(
        proof, Buckets(), fake.now, base_url=address, token_url=address, rates={"": (1000.0, 1000.0)}
    )
    wire = CalendarWire(client)
    wire.events({})
    given = next(one for one in fake.scopes if "calendar" in fake.scopes[one])
    # The service stands below a path of its own, which goes with the address.
    service = _theirs("calendar", "v3", given, f"{address}/calendar/v3/")
    yield fake, wire, service.events()
    for one in (service, client, tokens):
        one.close()


@pytest.mark.parametrize("asked", ["window", "next page", "changes"])
def test_calendar_too(calendars: tuple[GmailFake, CalendarWire, Any], asked: str) -> None:
    fake, ours, sdk = calendars
    fake.calendar.page = 2500
    token = ours.events(_WINDOW)["nextSyncToken"]
    fake.calendar.page = 2
    following = ours.events(_WINDOW)["nextPageToken"]
    fake.calendar.put("e1", {"summary": "Another"})
    query = {
        "window": _WINDOW, "next page": _WINDOW | {"pageToken": following}, "changes": {"syncToken": token}
    }[asked]  # fmt: skip
    begun = len(fake.asked)
    mine = ours.events(query)
    theirs = sdk.list(calendarId="primary", maxResults=250, singleEvents=True, **query).execute()
    requests = fake.asked[begun:]
    assert _shown(requests[0]) == _shown(requests[1])
    assert mine == theirs
    assert len(theirs["items"]) == (1 if asked == "changes" else 2)


def test_token_request_is_that_of_the_vendors_own_client(both: Done) -> None:
    fake, _, _, address = both
    told = {"client_email": READER, "private_key": PRIVATE, "private_key_id": "k1", "token_uri": f"{address}/token"}
    made = theirs_account.Credentials.from_service_account_info
    theirs = made(told, scopes=[READ_SCOPE], subject=ADA)  # type: ignore[no-untyped-call]
    begun = len(fake.asked)
    session = requests.Session()
    session.trust_env = False
    with pytest.raises(Exception, match="invalid_grant"):
        # Their client signs for now, which is not the stand-in's time; what matters is what was asked.
        theirs.refresh(Request(session=session))
    session.close()
    asked = fake.asked[begun].form()
    mine = service_account(SecretStr(key_of(READER)), ADA, READ_SCOPE).form(NOON)
    assert asked["grant_type"] == mine["grant_type"]
    said = [jwt.decode(one["assertion"], RSAKey.import_key(PUBLIC)) for one in (asked, mine)]
    assert said[0].header == said[1].header
    names = {"iss", "sub", "scope"}
    assert {x: said[0].claims[x] for x in names} == {x: said[1].claims[x] for x in names}
    assert set(said[0].claims) == set(said[1].claims)


def test_the_vendors_own_client_reads_the_stand_in(both: Done) -> None:
    _, _, sdk, _ = both
    assert sdk.getProfile(userId="me").execute()["emailAddress"] == ADA
    first = sdk.messages().list(userId="me", q="after:0", maxResults=2)
    page = first.execute()
    following = sdk.messages().list_next(first, page).execute()
    ids = [one["id"] for one in page["messages"] + following["messages"]]
    assert len(set(ids)) == 4
    assert sdk.messages().get(userId="me", id=ids[0], format="raw").execute()["raw"]
    events = sdk.history().list(userId="me", startHistoryId="1001").execute()
    assert events["history"][0]["messagesAdded"][0]["message"]["id"]
