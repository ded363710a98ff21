"""Every route lets in whom it should, for own, team, foreign and missing accounts; and no answer tells of others."""

import asyncio
import random
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, text

from agent_runtime.app.composition import ROUTERS
from agent_runtime.http.routing import GuardedRoute, Router
from agent_runtime.permissions import Policy, Right, Target
from tests.unit.agent_runtime.app.office import ACCOUNTS, STAFF, Office, away, canary, token
from tests.unit.agent_runtime.app.sight import Truth

ALL = {"rep", "csm", "manager", "admin", "auditor"}
CHANGERS = ALL - {"auditor"}
# Written by hand, not read from the code: (method, path) to roles, right and target.
DECLARED: dict[tuple[str, str], tuple[set[str], str, str]] = {
    ("DELETE", "/api/session"): (ALL, "read", "none"),
    ("GET", "/api/me"): (ALL, "read", "none"),
    ("GET", "/api/inbox"): (ALL, "read", "none"),
    ("GET", "/api/inbox/counts"): (ALL, "read", "none"),
    ("GET", "/api/inbox/suppressed"): (ALL, "read", "none"),
    ("POST", "/api/inbox/bulk"): (CHANGERS, "decide", "none"),
    ("GET", "/api/inbox/{item_id}"): (ALL, "read", "item"),
    ("GET", "/api/inbox/{item_id}/trace"): (ALL, "read", "item"),
    ("POST", "/api/inbox/{item_id}/decide"): (CHANGERS, "decide", "item"),
    ("GET", "/api/accounts"): (ALL, "read", "none"),
    ("GET", "/api/accounts/{account_id}"): (ALL, "read", "account"),
    ("GET", "/api/accounts/{account_id}/timeline"): (ALL, "read", "account"),
    ("GET", "/api/accounts/{account_id}/interactions"): (ALL, "read", "account"),
    ("GET", "/api/accounts/{account_id}/audit"): (ALL, "read", "account"),
    ("GET", "/api/accounts/{account_id}/brief"): (ALL, "read", "account"),
    ("POST", "/api/accounts/{account_id}/brief/read"): (CHANGERS, "decide", "account"),
    ("GET", "/api/accounts/{account_id}/prepared/{kind}"): (ALL, "read", "account"),
    ("GET", "/api/accounts/{account_id}/facts"): (ALL, "read", "account"),
    ("GET", "/api/accounts/{account_id}/recall"): (ALL, "read", "account"),
    ("POST", "/api/accounts/{account_id}/facts/{fact_id}"): (CHANGERS, "decide", "account"),
    ("POST", "/api/accounts/{account_id}/ask"): (ALL, "read", "account"),
    ("POST", "/api/ask"): (ALL, "read", "none"),
    ("GET", "/api/accounts/{account_id}/conversation"): (ALL, "read", "account"),
    ("POST", "/api/accounts/{account_id}/proposals/{proposal_id}/confirm"): (CHANGERS, "decide", "account"),
    ("GET", "/api/backlog"): ({"manager", "admin", "auditor"}, "read", "none"),
    ("GET", "/api/backlog/{backlog_id}"): ({"manager", "admin", "auditor"}, "read", "none"),
    ("POST", "/api/backlog/{backlog_id}/judge"): ({"manager", "admin"}, "decide", "none"),
    ("POST", "/api/ownership/transfer"): ({"manager", "admin"}, "decide", "none"),
    ("GET", "/api/audit"): ({"manager", "admin", "auditor"}, "read", "none"),
    ("GET", "/api/audit/verify"): ({"admin", "auditor"}, "read", "none"),
    ("GET", "/api/audit/export.jsonl"): ({"admin", "auditor"}, "read", "none"),
    ("GET", "/api/switches"): ({"manager", "admin", "auditor"}, "read", "none"),
    ("POST", "/api/switches"): ({"manager", "admin"}, "decide", "none"),
    ("DELETE", "/api/switches/{switch_id}"): ({"manager", "admin"}, "decide", "none"),
    ("GET", "/api/connectors"): ({"manager", "admin", "auditor"}, "read", "none"),
    ("POST", "/api/connectors/{name}/read"): ({"manager", "admin"}, "decide", "none"),
    ("GET", "/api/calls/week"): ({"manager", "admin", "auditor"}, "read", "none"),
    ("GET", "/api/calls/live"): ({"manager", "admin", "auditor"}, "read", "none"),
    ("POST", "/api/calls/verify"): ({"manager", "admin"}, "decide", "none"),
    ("GET", "/api/reports/counts"): ({"manager", "admin", "auditor"}, "read", "none"),
    ("GET", "/api/playbook"): (ALL, "read", "none"),
    ("GET", "/metrics"): ({"admin", "auditor"}, "read", "none"),
    ("GET", "/api/events"): (ALL, "read", "none"),
    ("GET", "/v1/models"): (ALL, "read", "none"),
    ("GET", "/v1/models/{name}"): (ALL, "read", "none"),
    ("GET", "/v1/models/account/{account_id}"): (ALL, "read", "account"),
    ("POST", "/v1/chat/completions"): (ALL, "read", "none"),
    ("POST", "/mcp"): (ALL, "read", "none"),
    ("GET", "/api/webhooks"): ({"admin", "auditor"}, "read", "none"),
    ("POST", "/api/webhooks"): ({"admin"}, "administer", "none"),
    ("POST", "/api/webhooks/{webhook_id}/rotate"): ({"admin"}, "administer", "none"),
    ("POST", "/api/webhooks/{webhook_id}/resume"): ({"admin"}, "administer", "none"),
    ("DELETE", "/api/webhooks/{webhook_id}"): ({"admin"}, "administer", "none"),
    ("GET", "/api/webhooks/{webhook_id}/deliveries"): ({"admin", "auditor"}, "read", "none"),
    ("POST", "/api/webhooks/{webhook_id}/redeliver"): ({"admin"}, "administer", "none"),
}
# Pages: for people, and so not in the description for programs.
PAGES: dict[tuple[str, str], tuple[set[str], str, str]] = {
    ("GET", "/inbox"): (ALL, "read", "none"),
    ("GET", "/inbox/held"): (ALL, "read", "none"),
    ("GET", "/backlog/{backlog_id}"): ({"manager", "admin", "auditor"}, "read", "none"),
    ("POST", "/backlog/{backlog_id}/judge"): ({"manager", "admin"}, "decide", "none"),
    ("POST", "/inbox/bulk"): (CHANGERS, "decide", "none"),
    ("POST", "/inbox/held/lift"): (CHANGERS, "decide", "none"),
    ("POST", "/inbox/{item_id}/decide"): (CHANGERS, "decide", "item"),
    ("GET", "/settings"): (ALL, "read", "none"),
    ("POST", "/settings"): (ALL, "read", "none"),
    ("POST", "/settings/views"): (ALL, "read", "none"),
    ("POST", "/settings/told"): (ALL, "read", "none"),
    ("POST", "/settings/keys"): (ALL, "read", "none"),
    ("POST", "/sign-out"): (ALL, "read", "none"),
}
_OVERSEERS, _LEADERS, _ALL_SEEING = {"manager", "admin", "auditor"}, {"manager", "admin"}, {"admin", "auditor"}
PAGES |= {
    ("GET", "/accounts"): (ALL, "read", "none"),
    ("GET", "/accounts.csv"): (ALL, "read", "none"),
    ("GET", "/accounts/{account_id}"): (ALL, "read", "account"),
    ("GET", "/accounts/{account_id}/story"): (ALL, "read", "account"),
    ("POST", "/accounts/{account_id}/ask"): (CHANGERS, "decide", "account"),
    ("POST", "/accounts/{account_id}/facts/{fact_id}"): (CHANGERS, "decide", "account"),
    ("POST", "/accounts/{account_id}/proposals/{proposal_id}"): (CHANGERS, "decide", "account"),
    ("POST", "/accounts/{account_id}/read"): (CHANGERS, "decide", "account"),
    ("GET", "/handover"): (ALL, "read", "none"),
    ("GET", "/handover/{item_id}"): (ALL, "read", "item"),
    ("GET", "/audit"): (_OVERSEERS, "read", "none"),
    ("GET", "/audit.csv"): (_OVERSEERS, "read", "none"),
    ("GET", "/audit.jsonl"): (_OVERSEERS, "read", "none"),
    ("GET", "/audit/items/{item_id}"): (ALL, "read", "item"),
    ("GET", "/audit/sample"): (_OVERSEERS, "read", "none"),
    ("POST", "/audit/sample/{action_id}"): (_LEADERS, "decide", "none"),
    ("POST", "/audit/switches"): (_LEADERS, "decide", "none"),
    ("POST", "/audit/switches/{switch_id}/lift"): (_LEADERS, "decide", "none"),
    ("GET", "/reports"): (_OVERSEERS, "read", "none"),
    ("GET", "/reports.csv"): (_OVERSEERS, "read", "none"),
    ("GET", "/reports/calls"): (_OVERSEERS, "read", "none"),
    ("GET", "/reports/calls/now"): (_OVERSEERS, "read", "none"),
    ("POST", "/reports/calls/mail"): (_OVERSEERS, "read", "none"),
    ("POST", "/reports/calls/verify"): (_OVERSEERS - {"auditor"}, "decide", "none"),
    ("GET", "/reports/stories"): (_OVERSEERS, "read", "none"),
    ("GET", "/reports/rows/{name}"): (_OVERSEERS, "read", "none"),
    ("GET", "/reports/rows/{name}.csv"): (_OVERSEERS, "read", "none"),
    ("GET", "/evals"): (_OVERSEERS, "read", "none"),
    ("GET", "/evals/{suite}"): (_OVERSEERS, "read", "none"),
    ("GET", "/evals/{suite}/case"): (_OVERSEERS, "read", "none"),
    ("GET", "/admin"): (_OVERSEERS, "read", "none"),
    ("GET", "/admin/playbook"): (_OVERSEERS, "read", "none"),
    ("POST", "/admin/playbook/{rule}/full"): ({"admin"}, "administer", "none"),
    ("GET", "/admin/doctor"): (_ALL_SEEING, "read", "none"),
    ("GET", "/admin/people"): (_ALL_SEEING, "read", "none"),
    ("POST", "/admin/people"): ({"admin"}, "administer", "none"),
    ("POST", "/admin/people/{user_id}/password"): ({"admin"}, "administer", "none"),
    ("POST", "/admin/people/{user_id}/disable"): ({"admin"}, "administer", "none"),
    ("POST", "/admin/keys"): ({"admin"}, "administer", "none"),
    ("POST", "/admin/keys/{token_id}/revoke"): ({"admin"}, "administer", "none"),
    ("GET", "/admin/transfer"): (_LEADERS, "decide", "none"),
    ("POST", "/admin/transfer"): (_LEADERS, "decide", "none"),
    ("GET", "/view-as"): (_LEADERS, "read", "none"),
    ("POST", "/view-as"): (_LEADERS, "read", "none"),
    ("POST", "/view-as/end"): (ALL, "read", "none"),
    ("POST", "/admin/connectors/{name}/read"): (_LEADERS, "decide", "none"),
    ("POST", "/admin/connectors/{name}/look"): ({"admin"}, "administer", "none"),
    ("POST", "/admin/webhooks"): ({"admin"}, "administer", "none"),
    ("POST", "/admin/webhooks/{webhook_id}/rotate"): ({"admin"}, "administer", "none"),
    ("POST", "/admin/webhooks/{webhook_id}/remove"): ({"admin"}, "administer", "none"),
    ("POST", "/admin/hooks/{name}/retry"): ({"admin"}, "administer", "none"),
    ("GET", "/admin/webhooks"): (_ALL_SEEING, "read", "none"),
    ("GET", "/admin/webhooks/{webhook_id}"): (_ALL_SEEING, "read", "none"),
    ("POST", "/admin/webhooks/{webhook_id}/redeliver"): ({"admin"}, "administer", "none"),
    ("POST", "/admin/webhooks/{webhook_id}/resume"): ({"admin"}, "administer", "none"),
}
PUBLIC_PAGES = {
    ("GET", "/"), ("GET", "/sign-in"), ("POST", "/sign-in"), ("POST", "/sign-in/as"), ("GET", "/sign-in/company"),
    ("GET", "/sign-in/company/back"),
}  # fmt: skip
DECLARED |= PAGES
PUBLIC = PUBLIC_PAGES | {
    ("POST", "/api/session"),
    ("GET", "/readyz"),
    ("POST", "/hooks/{name}"),
    ("POST", "/hooks/vendors/{name}"),
}
PLAIN = {"/static", "/healthz", "/openapi.json", "/api/docs"}
# What else a path may name; none of these exists.
OTHERS = {"kind": "meeting"} | dict.fromkeys(
    ("webhook_id", "fact_id", "name", "proposal_id", "user_id", "token_id", "action_id", "suite", "rule"), "none"
)  # fmt: skip
# A stream has no end, a key that is revoked would be missed by the next request.
NOT_ASKED = {("GET", "/api/events"), ("DELETE", "/api/session"), ("POST", "/sign-out")}


def _routes() -> list[GuardedRoute]:
    found = [route for router in ROUTERS for route in router.api.routes]
    assert all(isinstance(route, GuardedRoute) for route in found)
    return [route for route in found if isinstance(route, GuardedRoute)]


def _key(route: GuardedRoute) -> tuple[str, str]:
    return "".join(route.methods or ()), route.path


def test_every_route_declares_what_was_agreed() -> None:
    declared = {
        _key(x): ({str(role) for role in x.policy.roles}, x.policy.right.value, x.policy.target.value)
        for x in _routes()
        if not x.policy.public
    }
    assert declared == DECLARED
    assert {_key(x) for x in _routes() if x.policy.public} == PUBLIC


def test_the_application_has_no_other_routes(office: Office) -> None:
    described = set(office.get("ada", "/openapi.json")["paths"])
    pages = {path for _, path in (*PAGES, *PUBLIC_PAGES)}
    assert described == {path for _, path in (*DECLARED, *PUBLIC)} - pages
    plain = {getattr(x, "path", None) for x in office.app.router.routes} - {None}
    assert plain - described - pages == PLAIN


def test_a_route_without_a_policy_does_not_import() -> None:
    with pytest.raises(TypeError, match="policy"):
        Router("x").get("/api/x")  # type: ignore[call-arg]


def test_a_policy_with_a_target_needs_it_in_the_path() -> None:
    with pytest.raises(TypeError, match="names no account"):
        Router("x").get("/api/x", policy=Policy(target=Target.ACCOUNT))(lambda: None)


@pytest.mark.parametrize("user", [x[0] for x in STAFF])
def test_each_role_at_each_route_for_each_account(office: Office, user: str) -> None:
    truth = Truth()
    for (method, path), (roles, _, target) in DECLARED.items():
        if (method, path) in NOT_ASKED:
            continue
        for name in [*(x[0] for x in ACCOUNTS), "acc-missing"] if target != "none" else [""]:
            short = name.removeprefix("acc-")
            place = path.format(account_id=name, item_id=f"item-{short}", switch_id="none", backlog_id="none", **OTHERS)
            answer = office.ask(user, method, place, json={} if method == "POST" else None)
            there = target == "none" or (name in truth.owner and (target == "account" or bool(truth.holder[name])))
            may = truth.role[user] in roles and there and (target == "none" or truth.sees(user, name))
            assert (answer.status_code != 403) == may, (user, method, place, answer.text)
            assert answer.status_code < 500
            if not may:
                assert answer.json()["done"] == "nothing was changed"


@pytest.mark.parametrize(("method", "path"), [x for x in DECLARED if x not in NOT_ASKED])
def test_nobody_gets_in_without_a_key(house: Office, method: str, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer tenure_0_x"}, {"Authorization": "Basic YTpi"}):
        place = path.format(account_id="acc-anna", item_id="item-anna", switch_id="x", backlog_id="x", **OTHERS)
        answer = house.client.request(method, place, headers=headers)
        assert answer.status_code == 401, answer.text
        assert answer.json()["code"] == "sign_in_needed"


def test_a_foreign_and_a_missing_account_get_the_same_answer(office: Office) -> None:
    def told(path: str) -> dict[str, Any]:
        return {k: v for k, v in office.ask("ben", "GET", path).json().items() if k != "request_id"}

    assert told("/api/accounts/acc-anna") == told("/api/accounts/acc-missing")
    assert told("/api/inbox/item-anna") == told("/api/inbox/item-missing")


def test_a_key_goes_no_further_than_its_right(office: Office) -> None:
    with office.engine.begin() as connection:
        office.tokens["anna"] = token(connection, "anna", Right.READ)
    assert office.ask("anna", "GET", "/api/inbox/item-anna").status_code == 200
    assert office.approve("anna", "item-anna").status_code == 403
    with office.engine.begin() as connection:
        office.tokens["anna"] = token(connection, "anna", Right.DECIDE)
    assert office.approve("anna", "item-anna").status_code == 200


def test_a_transfer_counts_at_the_next_request(office: Office) -> None:
    assert office.ask("ben", "GET", "/api/accounts/acc-ben/timeline").status_code == 200
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE tenure_account SET owner_id = 'anna' WHERE id = 'acc-ben'"))
        connection.execute(text("UPDATE tenure_item SET state = 'renewed' WHERE id = 'item-ben'"))
    assert office.ask("ben", "GET", "/api/accounts/acc-ben/timeline").status_code == 403
    assert office.ask("ben", "GET", "/api/inbox/item-ben").status_code == 403
    assert office.ask("anna", "GET", "/api/accounts/acc-ben/timeline").status_code == 200


def test_whoever_stands_in_sees_it_until_they_do_not(office: Office) -> None:
    with office.engine.begin() as connection:
        away(connection, "ben", "anna")
    assert office.ask("anna", "GET", "/api/accounts/acc-ben").status_code == 200
    office.clock.move_to(office.clock.now().replace(day=9))
    assert office.ask("anna", "GET", "/api/accounts/acc-ben").status_code == 403


def test_what_is_approved_stays_in_sight_until_it_is_over(office: Office) -> None:
    assert office.approve("anna", "item-lent").status_code == 200
    assert office.ask("anna", "GET", "/api/inbox/item-lent").status_code == 200
    undo = office.ask("anna", "POST", "/api/inbox/item-lent/decide", json={"verb": "undo"})
    assert undo.status_code == 200, undo.text


def test_one_foreign_item_stops_the_whole_batch(office: Office) -> None:
    def one(name: str) -> dict[str, Any]:
        return {"item_id": name, "decision": {"verb": "dismiss", "reason": "bad_timing"}}

    answer = office.ask("anna", "POST", "/api/inbox/bulk", json={"items": [one("item-anna"), one("item-ben")]})
    assert answer.status_code == 403
    assert office.get("anna", "/api/inbox/item-anna")["state"] == "open"


def test_random_requests_tell_nothing_of_other_accounts(office: Office) -> None:
    found = asyncio.run(_wander(office, 2_000))
    assert found == []


READINGS = (
    "/api/inbox?view=mine", "/api/inbox?view=all", "/api/inbox?view=all&state=approved", "/api/inbox?view=all&q=canary",
    "/api/inbox?view=all&account={account}", "/api/inbox?view=all&owner={other}&limit=2", "/api/inbox/counts?view=all",
    "/api/inbox/suppressed", "/api/inbox/suppressed?account={account}", "/api/inbox/{item}", "/api/inbox/{item}/trace",
    "/api/accounts", "/api/accounts?q=canary&limit=3", "/api/accounts?owner={other}", "/api/accounts/{account}",
    "/api/accounts/{account}/timeline", "/api/accounts/{account}/interactions", "/api/accounts/{account}/audit",
    "/api/audit", "/api/audit?account={account}", "/api/audit?subject={item}", "/api/reports/counts", "/api/me",
)  # fmt: skip


async def _wander(office: Office, requests: int) -> list[str]:
    """Random people read at random while owners, holders and absences change; what was told against the truth."""
    rng, truth, leaks = random.Random(11), Truth(), []
    people, names = sorted(truth.role), sorted(truth.owner)
    transport = httpx.ASGITransport(app=office.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        for number in range(requests):
            if number % 100 == 99:
                with office.engine.begin() as connection:
                    _shuffle(connection, truth, rng)
            user, account = rng.choice(people), rng.choice(names)
            item = f"item-{account.removeprefix('acc-')}"
            path = rng.choice(READINGS).format(account=account, item=item, other=rng.choice(people))
            answer = await client.get(path, headers={"Authorization": f"Bearer {office.tokens[user]}"})
            assert answer.status_code in (200, 403), answer.text
            foreign = [x for x in truth.owner if not truth.sees(user, x)]
            leaks += [f"{user} {path}: {x}" for x in foreign if canary(x) in answer.text]
            if "{account}/" in path and truth.sees(user, account):
                assert answer.status_code == 200
    return leaks


def _shuffle(connection: Connection, truth: Truth, rng: random.Random) -> None:
    account = rng.choice(sorted(truth.owner))
    somebody = [*truth.role, None]
    truth.owner[account], truth.csm[account] = rng.choice(somebody), rng.choice(somebody)
    values = {"o": truth.owner[account], "c": truth.csm[account], "a": account}
    connection.execute(text("UPDATE tenure_account SET owner_id = :o, csm_id = :c WHERE id = :a"), values)
    if truth.holder[account]:
        state = rng.choice(("open", "snoozed", "approved", "done", "renewed"))
        holder = rng.choice([*truth.role, *truth.team.values(), "nobody-knows"])
        truth.holder[account], truth.live[account] = holder, state in ("open", "snoozed", "approved")
        values = {"o": holder, "s": state, "a": account}
        connection.execute(text("UPDATE tenure_item SET owner_id = :o, state = :s WHERE account_id = :a"), values)
    connection.execute(text("DELETE FROM tenure_absence"))
    absent, delegate = rng.sample(sorted(truth.role), 2)
    truth.stands_in = {absent: delegate}
    away(connection, absent, delegate)
