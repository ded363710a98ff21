"""Signing in with a password, staying in by a cookie, and changes that a foreign page asks for."""

from pydantic import SecretStr

from agent_runtime.http.entry import COOKIE
from agent_runtime.users import service as users
from tests.unit.agent_runtime.app.office import NOW, PASSWORD, Office

OURS = {"Origin": "http://testserver"}
DISMISS = {"verb": "dismiss", "reason": "bad_timing"}


def _enter(office: Office, user: str = "anna", password: str = PASSWORD, **headers: str) -> int:
    body = {"user": user, "password": password}
    return int(office.client.post("/api/session", json=body, headers=headers).status_code)


def _with_password(office: Office) -> None:
    with office.engine.begin() as connection:
        users.set_password(connection, "anna", SecretStr(PASSWORD), NOW)


def test_a_session_begins_with_a_password_and_ends_with_sign_out(office: Office) -> None:
    _with_password(office)
    assert _enter(office, **OURS) == 200
    cookie = next(x for x in office.client.cookies.jar if x.name == COOKIE)
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"
    me = office.client.get("/api/me").json()
    assert (me["user_id"], me["role"], me["channel"]) == ("anna", "rep", "web")
    secret = cookie.value
    assert office.client.request("DELETE", "/api/session", headers=OURS).status_code == 200
    assert office.client.get("/api/me", headers={"Cookie": f"{COOKIE}={secret}"}).status_code == 401


def test_a_session_ends_after_its_time(office: Office) -> None:
    _with_password(office)
    _enter(office)
    office.clock.move_to(NOW + users.SESSION)
    assert office.client.get("/api/me").status_code == 401


def test_a_change_that_a_foreign_page_asks_for_is_refused(office: Office) -> None:
    _with_password(office)
    _enter(office)
    place = "/api/inbox/item-anna/decide"
    for headers in ({}, {"Origin": "https://evil.test"}, {"Origin": "null"}, {"Origin": "http://testserver.evil.test"}):
        answer = office.client.post(place, json=DISMISS, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert office.client.post(place, json=DISMISS, headers=OURS).status_code == 200


def test_a_foreign_page_cannot_sign_anybody_in(office: Office) -> None:
    _with_password(office)
    assert _enter(office, Origin="https://evil.test") == 403


def test_a_cookie_gives_nobody_a_key_of_another_kind(office: Office) -> None:
    answer = office.client.get("/api/me", headers={"Cookie": f"{COOKIE}=tenure_0_0"})
    assert answer.status_code == 401


def test_wrong_names_and_wrong_passwords_get_the_same_answer_and_are_counted(office: Office) -> None:
    _with_password(office)
    wrong = [office.client.post("/api/session", json={"user": x, "password": "wrong"}) for x in ("anna", "nobody")]
    assert [x.status_code for x in wrong] == [401, 401]
    assert {x.json()["what"] for x in wrong} == {"Name and password do not fit together."}
    for _ in range(users.MOST_FAILURES - 1):
        assert _enter(office, password="wrong") == 401
    assert _enter(office) == 429
    office.clock.move_to(NOW + users.FAILURES_COUNT)
    assert _enter(office) == 200


def test_signing_in_is_in_the_audit(office: Office) -> None:
    _with_password(office)
    _enter(office)
    found = office.get("ada", "/api/audit", account="installation")["entries"]
    assert [(x["event"], x["actor_id"]) for x in found] == [("session.begun", "anna")]
    assert office.get("otto", "/api/audit/verify") == {"whole": True, "broken": []}
