"""Signing in at the company's provider: only whom it names, only who is one of ours, only in the browser that left."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from joserfc.jwk import RSAKey
from sqlalchemy import Engine, text

from agent_runtime.app import create_app
from agent_runtime.errors import BadSetting
from agent_runtime.http.entry import COOKIE
from agent_runtime.settings import Settings
from agent_runtime.users import service as users
from agent_runtime.web.company_sign_in import provider_of
from tests.unit.agent_runtime.app.office import NOW, Office, opened
from tests.unit.agent_runtime.web.provider import CLIENT, SECRET, FakeProvider, provided, shared_key

HTML = {"Accept": "text/html"}
HERE = "https://tenure.we.test"


@pytest.fixture(scope="module")
def running() -> Iterator[FakeProvider]:
    with provided(NOW) as fake:
        yield fake


@pytest.fixture
def fake(running: FakeProvider) -> FakeProvider:
    """The provider that tells the truth: it is Anna."""
    running.claims, running.described, running.asked = {"email": "Anna@we.test", "email_verified": True}, {}, []
    running.signed_by, running.algorithm, running.broken = None, "RS256", False
    return running


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    with opened(sqlite_engine, tmp_path) as found:
        yield found


def browser(office: Office, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> TestClient:
    """A browser at an installation that knows the provider."""
    monkeypatch.setenv("OIDC", SECRET)
    known = {"oidc_issuer": fake.address, "oidc_client_id": CLIENT, "oidc_client_secret": "env:OIDC"}
    chosen = Settings(data_dir=office.installation.settings.data_dir, public_url=HERE, **known | settings)
    app = create_app(replace(office.installation, settings=chosen), office.clock)
    return TestClient(app, base_url=HERE, follow_redirects=False, headers=HTML)


def there_and_back(client: TestClient, there: str = "/inbox?state=snoozed") -> Response:
    """The whole way: to the provider, through it, and back."""
    left = client.get("/sign-in/company", params={"next": there})
    assert left.status_code == 303, left.text
    back = httpx.get(left.headers["location"]).headers["location"]
    assert back.startswith(f"{HERE}/sign-in/company/back?")
    return client.get(back.removeprefix(HERE))


def test_somebody_of_ours_comes_in_and_goes_where_they_wanted(
    office: Office, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(office, fake, monkeypatch)
    assert 'href="/sign-in/company?next=/inbox"' in client.get("/sign-in").text
    answer = there_and_back(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox?state=snoozed")
    assert client.get("/api/me").json()["user_id"] == "anna"
    assert fake.asked == ["/.well-known/openid-configuration", "/authorize", "/token", "/keys"]
    told = office.get("ada", "/api/audit", event="session.begun")["entries"]
    assert [x["payload"] for x in told] == [{"how": "company account"}]


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email": "stranger@we.test"}, "nobody here has this address"),
        ({"email": "anna@we.test", "email_verified": False}, "not confirmed"),
        ({"email": None}, "did not tell your email"),
    ],
)
def test_who_is_not_one_of_ours_is_told_what_to_do(
    office: Office, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch, claims: dict[str, Any], said: str
) -> None:
    fake.claims |= claims
    client = browser(office, fake, monkeypatch)
    answer = there_and_back(client)
    assert (answer.status_code, said in answer.text) == (403, True)
    assert "Ask an admin" in answer.text or "Confirm the address" in answer.text
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://other.test"}, {"aud": "another"}, {"nonce": "x"}, {"nonce": None}, {"azp": "another"},
        {"exp": int(NOW.timestamp()) - 600}, {"iat": int(NOW.timestamp()) + 6000}, {"aud": [CLIENT, "another"]},
    ],
)  # fmt: skip
def test_a_token_that_is_not_of_this_errand_opens_nothing(
    office: Office, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch, lie: dict[str, Any]
) -> None:
    fake.claims |= lie
    client = browser(office, fake, monkeypatch)
    answer = there_and_back(client)
    assert (answer.status_code, "could not be checked" in answer.text) == (403, True)
    assert COOKIE not in client.cookies


@pytest.mark.parametrize("way", ["another key", "shared secret"])
def test_a_token_that_somebody_else_signed_opens_nothing(
    office: Office, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    fake.signed_by = RSAKey.generate_key(2048, {"kid": "one"}) if way == "another key" else shared_key()
    fake.algorithm = "RS256" if way == "another key" else "HS256"
    assert there_and_back(browser(office, fake, monkeypatch)).status_code == 403


def test_new_keys_of_the_provider_are_fetched(
    office: Office, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(office, fake, monkeypatch)
    assert there_and_back(client).status_code == 303
    before, fake.key = fake.key, RSAKey.generate_key(2048, {"kid": "two"})
    answer = there_and_back(client)
    fake.key = before
    assert (answer.status_code, fake.asked.count("/keys")) == (303, 2)


def test_it_ends_in_the_browser_in_which_it_began_and_soon(
    office: Office, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(office, fake, monkeypatch)
    back = httpx.get(client.get("/sign-in/company").headers["location"]).headers["location"].removeprefix(HERE)
    other = browser(office, fake, monkeypatch)
    assert other.get(back).status_code == 403
    other.get("/sign-in/company")
    assert other.get(back).status_code == 403
    office.clock.move_to(NOW + timedelta(minutes=11))
    assert "too long ago" in client.get(back).text


def test_a_refusal_there_is_said_here(office: Office, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(office, fake, monkeypatch)
    client.get("/sign-in/company")
    answer = client.get("/sign-in/company/back", params={"error": "access_denied", "state": "x"})
    assert (answer.status_code, "was not finished" in answer.text) == (403, True)


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ({"issuer": "https://other.test"}, "as another one"),
        ({"token_endpoint": "http://other.test/token"}, "unsafe address"),
        ({"jwks_uri": "http://169.254.169.254/keys"}, "unsafe address"),
        ({"jwks_uri": None}, "as another one"),
    ],
)
def test_a_provider_that_leads_elsewhere_is_not_followed(
    office: Office, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch, described: dict[str, Any], said: str
) -> None:
    fake.described = described
    answer = browser(office, fake, monkeypatch).get("/sign-in/company")
    assert (answer.status_code, said in answer.text) == (502, True)


def test_a_provider_that_fails_leaves_the_password(
    office: Office, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.broken = True
    answer = browser(office, fake, monkeypatch).get("/sign-in/company")
    assert (answer.status_code, 'name="password"' in answer.text) == (502, True)


def test_groups_say_the_role_and_who_is_in_none_stays_outside(
    office: Office, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(office, fake, monkeypatch, oidc_roles={"sales-leads": "manager", "sales": "rep"})
    fake.claims |= {"groups": ["everybody", "sales", "sales-leads"]}
    assert there_and_back(client).status_code == 303
    assert client.get("/api/me").json()["role"] == "manager"
    assert office.get("ada", "/api/audit", event="user.role_set")["entries"][0]["payload"]["before"] == "rep"
    fake.claims |= {"groups": ["everybody"]}
    answer = there_and_back(browser(office, fake, monkeypatch, oidc_roles={"sales": "rep"}))
    assert (answer.status_code, "none of the groups" in answer.text) == (403, True)


def test_who_was_shut_out_stays_outside(office: Office, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    with office.engine.begin() as connection:
        users.disable(connection, "anna", NOW)
        connection.execute(text("UPDATE tenure_user SET leaves_at = '2026-01-01 00:00:00.000000' WHERE id = 'ben'"))
    for who in ("anna", "ben"):
        fake.claims["email"] = f"{who}@we.test"
        assert there_and_back(browser(office, fake, monkeypatch)).status_code == 403


def test_without_a_provider_there_is_no_such_door(office: Office) -> None:
    assert "/sign-in/company" not in office.client.get("/sign-in", headers=HTML).text
    assert office.client.get("/sign-in/company", headers=HTML).status_code == 404


def test_a_setting_that_leads_nowhere_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="public_url"):
        Settings(data_dir=tmp_path, oidc_issuer="https://id.we.test")
    settings = Settings(
        data_dir=tmp_path, oidc_issuer="https://id.we.test", oidc_client_id="t", public_url=HERE,
        oidc_client_secret="env:NOWHERE_AT_ALL",
    )  # fmt: skip
    with pytest.raises(BadSetting, match="NOWHERE_AT_ALL"):
        provider_of(settings)
