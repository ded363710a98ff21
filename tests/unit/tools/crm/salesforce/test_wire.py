"""Our requests are those of the client that Python's users of Salesforce have, and it reads our stand-in."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceError,
    SalesforceMalformedRequest,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from tests.unit.tools.crm.salesforce.org import ACME, DAY, NORTHWIND, PILOT, ROLLOUT, WRITER, org
from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.loopback import served
from tools.base import NotAllowed
from tools.crm.salesforce.kinds import KINDS
from tools.crm.salesforce.wire import VENDOR, SalesforceWire, open_client
from tools.fakes.salesforce import SalesforceFake
from tools.fakes.salesforce_fields import FIELDS
from tools.fakes.wire import Asked
from tools.http import Buckets
from tools.http.oauth import ClientSecret, SignedStatement

_PRIVATE = rsa.generate_private_key(65537, 2048)
KEY = _PRIVATE.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = (
    _PRIVATE.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
CLAIMS = {"iss": "signing", "sub": "ops@ours.example", "aud": "https://org.my.salesforce.com"}


class Loopback(HTTPAdapter):
    """Leads their client, which knows only https, to the loopback port."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        told = urlsplit(str(request.url))
        host = urlsplit(self._address)
        request.url = urlunsplit((host.scheme, host.netloc, told.path, told.query, ""))
        return super().send(request, *args, **kwargs)


Done = tuple[SalesforceFake, SalesforceWire, Any, str]


@pytest.fixture(scope="module")
def both() -> Iterator[Done]:
    fake = org(Hands())
    fake.apps = {**fake.apps, "signing": PUBLIC}
    fake.batch = 1
    with served(fake) as address:
        proof = ClientSecret(WRITER[0], SecretStr(WRITER[1]))
        client, tokens = open_client(address, proof, Buckets(), fake.now, rates={"": (1000.0, 1000.0)})
        session = requests.Session()
        session.trust_env = False
        session.mount("https://", Loopback(address))
        theirs = Salesforce(
            consumer_key=WRITER[0], consumer_secret=WRITER[1], domain="org.my", version="66.0", session=session
        )
        yield fake, SalesforceWire(client, person=True), theirs, address
        session.close()
        client.close()
        tokens.close()


SOQL = f"SELECT Id, Name FROM Opportunity WHERE AccountId IN ('{NORTHWIND}', '{ACME}') ORDER BY SystemModstamp, Id"
CHANGED = (
    "SELECT Id, SystemModstamp, IsDeleted, Name FROM Opportunity WHERE (SystemModstamp > 2026-01-01T00:00:00.000Z OR "
    f"(SystemModstamp = 2026-01-01T00:00:00.000Z AND Id > '{ROLLOUT}')) ORDER BY SystemModstamp, Id LIMIT 2000"
)
HISTORY = (
    f"SELECT OpportunityId, StageName FROM OpportunityHistory WHERE OpportunityId IN ('{PILOT}') "
    "ORDER BY CreatedDate, Id"
)
TASK = {"Subject": "Call", "WhatId": NORTHWIND}
Pair = tuple[Callable[[SalesforceWire], Any], Callable[[Any], Any]]
CALLS: dict[str, Pair] = {
    "query": (lambda ours: ours.query(SOQL), lambda sdk: sdk.query(SOQL)),
    "with the bin": (
        lambda ours: ours.query(SOQL, deleted=True), lambda sdk: sdk.query(SOQL, include_deleted=True),
    ),
    "count": (
        lambda ours: ours.count("Account", "IsDeleted = false"),
        lambda sdk: sdk.query("SELECT COUNT() FROM Account WHERE IsDeleted = false"),
    ),
    "org": (
        lambda ours: ours.organization(),
        lambda sdk: sdk.query("SELECT Id, Name, IsSandbox FROM Organization LIMIT 1"),
    ),
    "changes of a kind": (
        lambda ours: ours.query(CHANGED, deleted=True), lambda sdk: sdk.query(CHANGED, include_deleted=True),
    ),
    "history": (lambda ours: list(ours.every(HISTORY)), lambda sdk: sdk.query(HISTORY)),
    "find by key": (
        lambda ours: ours.query("SELECT Id FROM Task WHERE Agent_Key__c = 'k1'"),
        lambda sdk: sdk.query("SELECT Id FROM Task WHERE Agent_Key__c = 'k1'"),
    ),
    "deleted": (
        lambda ours: ours.deleted("Opportunity", NOON - DAY, NOON),
        lambda sdk: sdk.Opportunity.deleted(NOON - DAY, NOON),
    ),
    "describe": (lambda ours: ours.fields("Account"), lambda sdk: sdk.Account.describe()),
    "upsert": (
        lambda ours: ours.upsert("Task", "Agent_Key__c", "k1", TASK),
        lambda sdk: sdk.Task.upsert("Agent_Key__c/k1", TASK),
    ),
    "create": (lambda ours: ours.create("Task", TASK), lambda sdk: sdk.Task.create(TASK)),
    "update": (
        lambda ours: ours.update("Opportunity", ROLLOUT, {"StageName": "Proposal"}),
        lambda sdk: sdk.Opportunity.update(ROLLOUT, {"StageName": "Proposal"}),
    ),
}  # fmt: skip


def _shown(asked: Asked) -> tuple[Any, ...]:
    return asked.method, asked.path, sorted(asked.query), asked.json()


@pytest.mark.parametrize("name", CALLS)
def test_same_request_as_their_client(both: Done, name: str) -> None:
    fake, ours, sdk, _ = both
    ours.query(SOQL)
    begun = len(fake.asked)
    CALLS[name][0](ours)
    between = len(fake.asked)
    CALLS[name][1](sdk)
    mine, theirs = fake.asked[begun:between], fake.asked[between:]
    assert [_shown(one) for one in mine] == [_shown(one) for one in theirs]
    assert mine
    assert mine[0].headers["authorization"].startswith("Bearer token-writer")


def test_every_call_of_ours_is_compared() -> None:
    ours = {name for name, made in vars(SalesforceWire).items() if callable(made) and not name.startswith("_")}

    class Noted:
        """Says which calls were made of it."""

        def __init__(self) -> None:
            self.names: set[str] = set()

        def __getattr__(self, name: str) -> Callable[..., list[None]]:
            self.names.add(name)
            return lambda *_, **__: []

    noted = Noted()
    for mine, _ in CALLS.values():
        mine(noted)  # type: ignore[arg-type]
    # These two stand in the test below: their address is the vendor's own word or an id that was just made.
    assert noted.names | {"more", "delete"} == ours


def test_next_answer_and_removal_too(both: Done) -> None:
    fake, ours, sdk, _ = both
    _, link = ours.query(SOQL)
    _, other = ours.query(SOQL)
    assert link is not None
    assert other is not None
    made = ours.create("Task", TASK)["id"]
    second = ours.create("Task", TASK)["id"]
    begun = len(fake.asked)
    ours.more(link)
    ours.delete("Task", made)
    between = len(fake.asked)
    sdk.query_more(other, identifier_is_url=True)
    sdk.Task.delete(second)
    mine, theirs = fake.asked[begun:between], fake.asked[between:]
    assert [one.method for one in mine] == [one.method for one in theirs]
    assert [one.path.rpartition("/")[0] for one in mine] == [one.path.rpartition("/")[0] for one in theirs]


def test_token_request_is_that_of_their_client(both: Done) -> None:
    fake, _, _, address = both
    first, second = [one for one in fake.asked if one.path == "/services/oauth2/token"][:2]
    assert first.form() == second.form() == {"grant_type": "client_credentials"}
    assert first.headers["authorization"] == second.headers["authorization"]
    begun = len(fake.asked)
    proof = SignedStatement(VENDOR, CLAIMS, SecretStr(KEY))
    client, tokens = open_client(address, proof, Buckets(), lambda: NOON)
    assert SalesforceWire(client).organization()["Name"] == "Ours"
    client.close()
    tokens.close()
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", Loopback(address))
    # Their client signs for now; the stand-in's clock is another.
    fake.now = Hands()
    Salesforce(username=CLAIMS["sub"], consumer_key="signing", privatekey=KEY, domain="org.my", session=session)
    session.close()
    mine, theirs = [one.form() for one in fake.asked[begun:] if "oauth2" in one.path]
    assert mine["grant_type"] == theirs["grant_type"]
    said = [jwt.decode(one["assertion"], RSAKey.import_key(PUBLIC)).claims for one in (mine, theirs)]
    assert {name: said[0][name] for name in CLAIMS} == {name: said[1][name] for name in CLAIMS}


def test_key_that_is_none_is_told_and_not_shown() -> None:
    proof = SignedStatement(VENDOR, CLAIMS, SecretStr("canary-broken-key"))
    with pytest.raises(NotAllowed, match="cannot be read") as told:
        proof.form(NOON)
    assert "canary" not in str(told.value)
    escaped = SignedStatement(VENDOR, CLAIMS, SecretStr(KEY.replace("\n", "\\n")))
    assert "assertion" in escaped.form(NOON)


def test_their_client_reads_the_stand_in(both: Done) -> None:
    fake, _, sdk, _ = both
    found = sdk.query_all(SOQL, include_deleted=False)
    assert (found["totalSize"], [one["Name"] for one in found["records"]]) == (2, ["Pilot", "Rollout"])
    assert sdk.Account.get(NORTHWIND)["Name"] == "Northwind"
    assert "Agent_Key__c" in {one["name"] for one in sdk.Task.describe()["fields"]}
    assert sdk.api_usage["api-usage"].total == fake.allowed


@pytest.mark.parametrize("stream", KINDS)
def test_their_client_reads_every_kind_answer_by_answer(both: Done, stream: str) -> None:
    fake, ours, sdk, _ = both
    kind = KINDS[stream].object
    made = {fake.add(kind, {}) for _ in range(3)}
    if "IsDeleted" in FIELDS[kind]:
        removed = fake.add(kind, {})
        fake.remove(kind, removed)
        made.add(removed)
    names = ", ".join(name for name in KINDS[stream].asked if name in FIELDS[kind])
    soql = f"SELECT {names} FROM {kind} ORDER BY SystemModstamp, Id"
    # One record an answer.
    theirs = list(sdk.query_all_iter(soql, include_deleted=True))
    found, link = ours.query(soql, deleted=True)
    while link:
        more, link = ours.more(link)
        found += more
    assert [one["Id"] for one in theirs] == [one["Id"] for one in found]
    assert made <= {one["Id"] for one in theirs}
    assert {one["attributes"]["type"] for one in theirs} == {kind}


def test_their_client_reads_deletions(both: Done) -> None:
    fake, _, sdk, _ = both
    gone = fake.add("Opportunity", {"Name": "Gone"})
    fake.purge("Opportunity", gone, NOON - timedelta(hours=3))
    told = sdk.Opportunity.deleted(NOON - DAY, NOON)
    assert [one["id"] for one in told["deletedRecords"]] == [gone]
    assert told["latestDateCovered"].startswith("2026-03-02T12:00")


REFUSALS: dict[str, tuple[type[SalesforceError], str, Callable[[Any], Any]]] = {
    "malformed": (SalesforceMalformedRequest, "MALFORMED_QUERY", lambda sdk: sdk.query("SELECT FROM")),
    "no such field": (SalesforceMalformedRequest, "INVALID_FIELD", lambda sdk: sdk.query("SELECT Odd FROM Task")),
    "no such kind": (SalesforceMalformedRequest, "INVALID_TYPE", lambda sdk: sdk.query("SELECT Id FROM Odd")),
    "not there": (SalesforceResourceNotFound, "NOT_FOUND", lambda sdk: sdk.Account.get("001000000000999AAA")),
    "too long ago": (
        SalesforceMalformedRequest, "INVALID_REPLICATION_DATE",
        lambda sdk: sdk.Account.deleted(NOON - 40 * DAY, NOON),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_their_client_reads_refusals(both: Done, name: str) -> None:
    _, _, sdk, _ = both
    kind, code, ask = REFUSALS[name]
    with pytest.raises(kind) as told:
        ask(sdk)
    assert _codes(told.value) == [code]


def _codes(error: SalesforceError) -> list[str]:
    content: Any = error.content
    return [one["errorCode"] for one in content]


def test_their_client_reads_that_the_day_is_used_up_and_that_a_right_is_missing(both: Done) -> None:
    fake, _, sdk, _ = both
    allowed, fake.allowed = fake.allowed, fake.used
    with pytest.raises(SalesforceRefusedRequest) as told:
        sdk.query(SOQL)
    assert (told.value.status, _codes(told.value)) == (403, ["REQUEST_LIMIT_EXCEEDED"])
    fake.allowed, writers, fake.writers = allowed, fake.writers, frozenset()
    with pytest.raises(SalesforceRefusedRequest) as told:
        sdk.Task.create(TASK)
    assert _codes(told.value) == ["INSUFFICIENT_ACCESS"]
    fake.writers = writers
