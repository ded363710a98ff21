"""What holds for every request: one form of errors, limits, headers, and changes that happen once."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import text

from agent_runtime.http.middleware import MOST_BODY
from tests.unit.agent_runtime.app.office import NOW, Office

FORM = {"code", "what", "done", "fix", "request_id"}


def _decide(office: Office, body: Any, *, user: str = "anna", key: str | None = None) -> Response:
    headers = {"Idempotency-Key": key} if key else {}
    headers["Content-Type"] = "application/json"
    return office.ask(user, "POST", "/api/inbox/item-anna/decide", content=json.dumps(body), headers=headers)


def _approval(office: Office) -> dict[str, Any]:
    page = office.get("anna", "/api/inbox/item-anna")
    return {"verb": "approve", "draft_version": page["draft_version"], "hash": page["hash"]}


def _count(office: Office, table: str) -> int:
    with office.engine.connect() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM tenure_{table}")) or 0)


def test_every_error_has_the_same_form(office: Office) -> None:
    errors = [
        office.client.get("/api/me"),
        office.client.get("/nothing/here"),
        office.ask("anna", "GET", "/api/accounts/acc-ben"),
        office.ask("anna", "PUT", "/api/inbox"),
        office.ask("anna", "GET", "/api/inbox", params={"limit": 0}),
        office.ask("anna", "GET", "/api/inbox", params={"cursor": "???"}),
        office.ask("ada", "DELETE", "/api/switches/none"),
        office.ask("anna", "POST", "/api/inbox/bulk", content=b"{"),
        office.ask("anna", "POST", "/api/inbox/bulk", content=b"x" * (MOST_BODY + 1)),
        _decide(office, {"verb": "approve", "draft_version": 9, "hash": "0" * 64}),
    ]
    assert [x.status_code for x in errors] == [401, 404, 403, 405, 422, 400, 404, 422, 413, 409]
    for answer in errors:
        assert set(answer.json()) >= FORM
        assert answer.json()["done"] == "nothing was changed"
        assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_a_stale_decision_tells_how_it_stands(office: Office) -> None:
    body = _approval(office)
    changed = {**body, "verb": "edit", "draft": {"body": "Another text."}}
    assert _decide(office, changed).status_code == 200
    answer = _decide(office, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert answer.json()["present"]["draft_version"] == 2
    assert [x["made_by"] for x in office.get("anna", "/api/inbox/item-anna")["versions"]] == ["agent", "anna"]


def test_every_answer_carries_the_headers_and_none_of_the_api_is_kept(office: Office) -> None:
    for path in ("/api/me", "/api/docs", "/healthz", "/nothing"):
        headers = office.ask("anna", "GET", path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
    assert office.ask("anna", "GET", "/api/me").headers["cache-control"] == "no-store"


def test_the_page_of_routes_loads_nothing_and_names_every_route(office: Office) -> None:
    page = office.client.get("/api/docs").text
    assert not any(x in page for x in ("<script", "<style", "src=", "http://", "https://"))
    assert all(path in page for path in office.client.get("/openapi.json").json()["paths"])


def test_a_change_with_the_same_key_happens_once(office: Office) -> None:
    body = _approval(office)
    first, second = _decide(office, body, key="k1"), _decide(office, body, key="k1")
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert _decide(office, body).status_code == 409
    assert _count(office, "action") == 1


def test_a_key_does_not_stand_for_another_request_or_person(office: Office) -> None:
    body = {"verb": "snooze", "until": "2026-03-05T09:00:00Z"}
    assert _decide(office, body, key="k1").status_code == 200
    other = _decide(office, {**body, "until": "2026-03-06T09:00:00Z"}, key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert "idempotent-replayed" not in _decide(office, body, user="cleo", key="k1").headers


def test_an_error_leaves_its_key_free(office: Office) -> None:
    wrong = {"verb": "approve", "draft_version": 9, "hash": "0" * 64}
    assert _decide(office, wrong, key="k1").status_code == 409
    assert _decide(office, _approval(office), key="k1").status_code == 200


def test_a_key_is_forgotten_after_a_day(office: Office) -> None:
    body = {"verb": "snooze", "until": "2026-03-05T09:00:00Z"}
    _decide(office, body, key="k1")
    office.clock.move_to(NOW.replace(day=3, hour=10))
    assert "idempotent-replayed" not in _decide(office, body, key="k1").headers


def test_a_right_that_was_lost_meanwhile_is_not_given_back_by_a_key(office: Office) -> None:
    body = {"verb": "dismiss", "reason": "bad_timing"}
    assert _decide(office, body, key="k1").status_code == 200
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE tenure_account SET owner_id = 'ben' WHERE id = 'acc-anna'"))
    assert _decide(office, body, key="k1").status_code == 403


@pytest.mark.parametrize("kind", ["office", "postgres_office"])
def test_fifty_at_once_with_one_key_are_one_change(request: pytest.FixtureRequest, kind: str) -> None:
    office: Office = request.getfixturevalue(kind)
    body = _approval(office)
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: _decide(office, body, key="k1"), range(50)))
    assert {x.status_code for x in answers} == {200}
    assert len({x.text for x in answers}) == 1
    assert _count(office, "action") == 1
    assert _count(office, "decision") == 1


@pytest.mark.parametrize("kind", ["office", "postgres_office"])
def test_fifty_approvals_at_once_are_one_action(request: pytest.FixtureRequest, kind: str) -> None:
    office: Office = request.getfixturevalue(kind)
    body = _approval(office)
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: _decide(office, body), range(50)))
    assert sorted(x.status_code for x in answers) == [200] + [409] * 49
    assert _count(office, "action") == 1
    assert office.get("otto", "/api/audit/verify")["whole"]


@pytest.mark.parametrize(
    "body",
    [
        {"verb": "snooze", "until": "9999-12-31T23:59:59-23:59"},
        {"verb": "snooze", "until": "0001-01-01T00:00:00+23:59"},
        {"verb": "snooze", "until": 1e300},
        {"verb": "snooze", "until": "2026-03-05T09:00:00"},
        {"verb": "done", "how": "met", "at": "0001-01-01T00:00:00+14:00"},
        {"verb": "outcome", "outcome": "deferred", "reason": "later", "wake_at": "9999-12-31T23:59:59-12:00"},
        {"verb": "approve", "draft_version": 2**70, "hash": "0" * 64},
        {"verb": "approve", "draft_version": 1, "hash": "0" * 64, "execute_at": "9999-12-31T23:59:59-12:00"},
        {"verb": "dismiss", "reason": "other", "note": "a\0b"},
        {"verb": "dismiss", "reason": "other", "note": "\ud800"},
        {"verb": "reassign", "to": "x" * 201},
        {"verb": "fire"},
        {"verb": ["approve"]},
        [],
        None,
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_and_changes_nothing(office: Office, body: Any) -> None:
    answer = _decide(office, body)
    assert 400 <= answer.status_code < 500, answer.text
    assert office.get("anna", "/api/inbox/item-anna")["state"] == "open"


@pytest.mark.parametrize("kind", ["office", "postgres_office"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/inbox/a%00b", "/api/inbox?q=%00", "/api/inbox?q=%ED%A0%80", "/api/inbox?q=%25_%27%22",
        "/api/audit?since=9999-12-31T23:59:59-12:00", "/api/audit?since=0001-01-01T00:00:00%2B14:00",
        "/api/inbox?limit=99999999999999999999", "/api/accounts?renewal_before=9999-12-31",
        "/api/accounts/%2e%2e/timeline",
    ],
)  # fmt: skip
def test_odd_questions_are_answered(request: pytest.FixtureRequest, kind: str, path: str) -> None:
    office: Office = request.getfixturevalue(kind)
    assert office.ask("ada", "GET", path).status_code < 500


@pytest.mark.parametrize("kind", ["office", "postgres_office"])
def test_lists_go_on_where_the_page_before_ended(request: pytest.FixtureRequest, kind: str) -> None:
    office: Office = request.getfixturevalue(kind)
    for path, name, key in (
        ("/api/inbox?view=all", "items", "id"), ("/api/accounts?x=1", "accounts", "id"),
        ("/api/inbox/suppressed?x=1", "suppressed", "expectation_id"), ("/api/audit?x=1", "entries", "entry_hash"),
    ):  # fmt: skip
        whole = [x[key] for x in office.get("ada", f"{path}&limit=200")[name]]
        parts, cursor = [], ""
        while True:
            page = office.get("ada", f"{path}&limit=2{cursor}")
            parts += [x[key] for x in page[name]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert parts == whole
        assert len(whole) == len(set(whole)) > 4
