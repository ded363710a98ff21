"""Our requests are those of Google's own client, and that client reads our stand-in; the token request too."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
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
        signed_in = Credentials(token=given)  # type: ignore[no-untyped-call]
        http = google_auth_httplib2.AuthorizedHttp(signed_in, http=httplib2.Http(proxy_info=None))
        service = build("gmail", "v1", http=http, client_options={"api_endpoint": address}, static_discovery=True)
        yield fake, ours, service.users(), address
        service.close()
        client.close()
        tokens.close()


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


def test_drafts_too(both: Done) -> None:
    fake, ours, sdk, _ = both
    first, second = (str(ours.make_draft(MAIL, None)["id"]) for _ in range(2))
    begun = len(fake.asked)
    ours.draft(first)
    ours.renew_draft(first, MAIL, "t1")
    between = len(fake.asked)
    sdk.drafts().get(userId="me", id=second, format="raw").execute()
    sdk.drafts().update(userId="me", id=second, body={"message": PACKED}).execute()
    mine, theirs = fake.asked[begun:between], fake.asked[between:]
    told = [(one.method, one.path.replace(first, second), (one.json() or {}).get("message")) for one in mine]
    assert told == [(one.method, one.path, (one.json() or {}).get("message")) for one in theirs]
    third = str(ours.make_draft(MAIL, None)["id"])
    ours.delete_draft(third)
    ours.delete_draft(third)
    assert third not in fake.drafts


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
