"""Hand-over, kill switches, the trace and the counts over HTTP; people and keys by the command line."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from agent_runtime.cli import app
from tests.unit.agent_runtime.app.office import Office

TRANSFER = "/api/ownership/transfer"


def _transfer(office: Office, user: str, **body: Any) -> tuple[int, Any]:
    answer = office.ask(user, "POST", TRANSFER, json=body)
    return answer.status_code, answer.json()


def test_a_manager_hands_over_what_they_see_and_it_counts_at_once(office: Office) -> None:
    assert office.approve("anna", "item-anna").status_code == 200
    wish = {"from_user": "anna", "to_user": "dora"}
    code, told = _transfer(office, "mona", **wish, dry_run=True)
    assert (code, told["done"], told["moved"]) == (200, False, ["acc-anna"])
    assert office.ask("dora", "GET", "/api/accounts/acc-anna").status_code == 403
    code, told = _transfer(office, "mona", **wish)
    assert (code, told["moved"], len(told["cancelled"])) == (200, ["acc-anna"], 1)
    assert office.ask("dora", "GET", "/api/accounts/acc-anna").status_code == 200
    assert office.ask("anna", "GET", "/api/accounts/acc-anna").status_code == 403
    assert office.get("otto", "/api/audit/verify")["whole"]


def test_a_manager_hands_over_nothing_of_others(office: Office) -> None:
    assert _transfer(office, "mona", account_ids=["acc-anna", "acc-ben"], to_user="dora")[0] == 403
    assert _transfer(office, "mona", from_user="ben", to_user="dora")[0] == 403
    assert office.get("ada", "/api/accounts/acc-anna")["owner_id"] == "anna"


@pytest.mark.parametrize(
    "body",
    [{}, {"account_ids": []}, {"account_ids": ["acc-anna"], "from_user": "anna"},
     {"account_ids": ["acc-anna"], "where": {"segment": "x"}}, {"from_user": "anna", "where": {"id": "1 OR 1"}}],
)  # fmt: skip
def test_a_transfer_names_what_it_is_about_in_one_way(office: Office, body: dict[str, Any]) -> None:
    assert _transfer(office, "ada", to_user="dora", **body)[0] == 422


def test_a_manager_stops_the_own_team_and_seen_accounts(office: Office) -> None:
    def stop(user: str, scope: str, value: str) -> int:
        body = {"scope": scope, "value": value, "reason": "something is wrong"}
        return int(office.ask(user, "POST", "/api/switches", json=body).status_code)

    assert stop("mona", "team", "north") == stop("mona", "account", "acc-anna") == stop("ada", "all", "") == 200
    foreign = (("team", "south"), ("account", "acc-ben"), ("connector", "smtp"), ("all", ""))
    assert {stop("mona", *x) for x in foreign} == {403}
    set_ones = office.get("otto", "/api/switches")["switches"]
    assert {x["scope"] for x in set_ones} == {"team", "account", "all"}
    lifted = {x["scope"]: office.ask("mona", "DELETE", f"/api/switches/{x['id']}").status_code for x in set_ones}
    assert lifted == {"team": 200, "account": 200, "all": 403}


def test_the_trace_leads_from_the_signal_to_the_action(office: Office) -> None:
    assert office.approve("anna", "item-anna").status_code == 200
    steps = office.get("anna", "/api/inbox/item-anna/trace")["steps"]
    told = list(dict.fromkeys(x["what"] for x in steps))
    assert told == ["interaction", "expectation", "breach", "item", "draft", "decision", "action", "audit"]


def test_counts_add_up_over_what_one_sees(office: Office) -> None:
    for user, begun in (("ada", 7), ("mona", 5), ("mira", 3)):
        (found,) = office.get(user, "/api/reports/counts")["interactions"].values()
        ends = [found[x] for x in ("open", "converted", "lost", "disqualified", "deferred")]
        assert found["begun"] == sum(ends) == begun, user
    assert not any(user in office.ask("ada", "GET", "/api/reports/counts").text for user in ("anna", "ben", "mona"))


def test_the_inbox_shows_the_day_first_and_says_how_much_it_is(office: Office) -> None:
    mine = office.get("anna", "/api/inbox")["items"]
    assert [(x["id"], x["today"], x["minutes"]) for x in mine] == [
        ("item-anna", True, 2), ("item-lent", True, 2), ("item-pool", True, 2),
    ]  # fmt: skip
    found = office.get("anna", "/api/inbox/counts")
    assert (found["open"], found["today"], found["minutes"], found["splits"]["replies"]) == (3, 3, 6, 3)


def test_figures_for_prometheus_name_routes_and_no_ids(office: Office) -> None:
    office.get("ada", "/api/inbox/item-anna")
    text = office.ask("ada", "GET", "/metrics").text
    assert 'route="/api/inbox/{item_id}"' in text
    assert 'tenure_items{state="open"} 6.0' in text
    assert "item-anna" not in text


def test_people_and_keys_at_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path))
    runner = CliRunner()

    def run(*words: str, given: str = "") -> str:
        result = runner.invoke(app, words, input=given, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    run("user", "add", "anna", "--name", "Anna", "--email", "anna@we.test", "--role", "admin")
    run("user", "password", "anna", given="correct horse battery\n")
    made = orjson.loads(run("token", "create", "anna", "--right", "decide", "--days", "30", "--json"))
    (listed,) = orjson.loads(run("token", "list", "--json"))
    assert (listed["id"], listed["user_id"], listed["right"]) == (made["id"], "anna", "decide")
    assert made["token"] not in run("token", "list")
    run("token", "revoke", made["id"])
    assert orjson.loads(run("token", "list", "--json")) == []
    run("user", "disable", "anna")
    assert orjson.loads(run("user", "list", "--json"))[0]["disabled"] is True
