"""A mailbox over IMAP is opened with access tokens: asked for once, anew when they end or are refused."""

from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from tests.unit.tools.crm.salesforce.org import still
from tests.unit.tools.hands import Hands
from tests.unit.tools.mail.imap.mailboxes import ANNA, Post, post_office
from tests.unit.tools.mail.mailbox import PUBLIC, READER, key_of
from tools.adapter import Opening
from tools.base import NotAllowed, State, Unreachable
from tools.fakes.token_office import TokenOffice
from tools.fakes.wire import FakeTransport, Faults
from tools.http import Buckets
from tools.http.oauth import JWT_BEARER
from tools.mail.bearer import Grant, token_of, xoauth2
from tools.mail.imap.adapter import ADAPTER

LOGIN = "https://login.example/tenant/oauth2/v2.0/token"
REFRESH = {"client_id": "app", "client_secret": "canary-app", "refresh_token": "canary-refresh"}
APP = {"client_id": "app", "client_secret": "canary-own", "scope": "https://outlook.office365.com/.default"}


def _office(post: Post, grant: str, wanted: dict[str, str]) -> TokenOffice:
    """Gives tokens that open the mailbox, the last one alone."""

    def given(token: str) -> None:
        post.box.secret = token

    return TokenOffice(grant, wanted, given)


def _opening(post: Post, office: TokenOffice, hands: Hands, buckets: Buckets, faults: Faults | None = None) -> Opening:
    way = "refresh" if office.grant == "refresh_token" else "client"
    told = {"host": "127.0.0.1", "port": str(post.port), "security": "plain", "user": ANNA, "sign_in": way,
            "token_address": LOGIN, "client_id": "app"}  # fmt: skip
    secrets = {"secret": SecretStr("canary-refresh" if way == "refresh" else "canary-own")}
    if way == "refresh":
        secrets["client_secret"] = SecretStr("canary-app")
    since = hands.at - timedelta(days=30)
    return Opening(told, secrets, since, hands, buckets, FakeTransport(office, faults), post.closing)


@pytest.mark.parametrize(("grant", "wanted"), [("refresh_token", REFRESH), ("client_credentials", APP)])
def test_a_token_is_asked_for_once_until_it_ends(grant: str, wanted: dict[str, str]) -> None:
    with post_office() as post:
        office, hands, buckets = _office(post, grant, wanted), Hands(), still()
        for _ in range(3):
            assert ADAPTER.source(_opening(post, office, hands, buckets)).check().state is State.WELL
        assert (office.tokens, office.asked[0].path) == (1, "/tenant/oauth2/v2.0/token")
        hands.on(minutes=59, seconds=30)
        assert ADAPTER.source(_opening(post, office, hands, buckets)).check().state is State.WELL
        assert office.tokens == 2


def test_a_token_that_ended_early_is_renewed_in_the_same_session() -> None:
    with post_office() as post:
        office, hands, buckets = _office(post, "refresh_token", REFRESH), Hands(), still()
        assert ADAPTER.source(_opening(post, office, hands, buckets)).check().state is State.WELL
        post.box.secret = "revoked by the provider"
        assert ADAPTER.source(_opening(post, office, hands, buckets)).check().state is State.WELL
        assert office.tokens == 2


def test_what_is_not_accepted_is_told_without_a_secret() -> None:
    with post_office() as post:
        office, hands = _office(post, "refresh_token", REFRESH | {"refresh_token": "another"}), Hands()
        health = ADAPTER.source(_opening(post, office, hands, still())).check()
        assert health.state is State.NOT_ALLOWED
        assert "canary" not in health.said + health.fix
        silent = Faults({"dropped": 100}, in_a_row=999)
        health = ADAPTER.source(_opening(post, office, hands, still(), silent)).check()
        assert health.state is State.UNREACHABLE


def test_a_service_account_acts_for_the_user() -> None:
    office = TokenOffice(JWT_BEARER, {}, lambda _: None)
    hands, transport = Hands(), FakeTransport(office)
    grant = Grant("service_account", "https://oauth2.googleapis.com/token")
    assert token_of(grant, ANNA, SecretStr(key_of(READER)), still(), hands, transport)("") == "canary-token-1"
    assertion = office.asked[0].form()["assertion"]
    claims = jwt.decode(assertion, RSAKey.import_key(PUBLIC)).claims
    assert (claims["iss"], claims["sub"], claims["scope"]) == (READER, ANNA, "https://mail.google.com/")
    with pytest.raises(NotAllowed, match="cannot be read") as told:
        token_of(grant, ANNA, SecretStr("canary"), still(), hands, transport)
    assert "canary" not in str(told.value)


def test_tokens_are_asked_for_over_a_safe_line_alone() -> None:
    token = token_of(Grant("refresh", "http://login.example/token"), ANNA, SecretStr("x"), still(), Hands())
    with pytest.raises(NotAllowed, match="https"):
        token("")
    silent = FakeTransport(TokenOffice("refresh_token", {}, lambda _: None), Faults({"dropped": 100}, in_a_row=99))
    with pytest.raises(Unreachable):
        token_of(Grant("refresh", LOGIN), ANNA, SecretStr("x"), still(), Hands(), silent)("")


def test_what_is_said_to_the_server_is_as_the_providers_write_it() -> None:
    # The example of both providers' pages.
    assert xoauth2("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg") == (
        "user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\x01\x01"
    )
