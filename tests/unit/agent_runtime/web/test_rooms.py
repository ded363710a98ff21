"""The rooms beside the inbox: who sees what, each change by a plain form, nothing of others in any page."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from httpx2 import Response
from sqlalchemy import Engine, text

from agent_runtime import db
from tests.unit.agent_runtime.app.office import ACCOUNTS, Office, canary, opened

HTML = {"Accept": "text/html"}
PAGES = (
    "/accounts", "/handover", "/audit", "/audit/sample", "/reports", "/reports/calls", "/reports/rows/late",
    "/reports/rows/next_step", "/reports/rows/causes?of=none", "/reports/rows/matters?of=open_question",
    "/reports/rows/slipped", "/reports/stories", "/admin",
    "/admin/playbook", "/admin/people", "/admin/transfer", "/admin/doctor", "/admin/webhooks", "/evals",
)  # fmt: skip


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A small company that is only looked at."""
    folder = tmp_path_factory.mktemp("rooms")
    engine = db.make_engine(f"sqlite:///{folder / 'tenure.db'}")
    db.create_schema(engine)
    with opened(engine, folder) as found:
        yield found
    engine.dispose()


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    """One that is changed."""
    with opened(sqlite_engine, tmp_path) as found:
        yield found


def read(office: Office, user: str, path: str, **headers: str) -> Response:
    return office.ask(user, "GET", path, headers=HTML | headers, follow_redirects=False)


def send(office: Office, user: str, path: str, **fields: str) -> Response:
    return office.ask(user, "POST", path, data=fields, headers=HTML, follow_redirects=False)


@pytest.mark.parametrize("path", PAGES)
def test_a_room_opens_for_those_who_may_and_tells_others_in_words(seen: Office, path: str) -> None:
    answers = {user: read(seen, user, path) for user in ("anna", "mona", "ada", "otto")}
    assert {x.status_code for x in answers.values()} <= {200, 403}
    # The form by which accounts are given away changes something, and an auditor changes nothing.
    assert answers["ada"].status_code == 200
    for answer in answers.values():
        assert "<h1" in answer.text
        assert answer.headers["cache-control"] == "no-store"
    assert answers["anna"].status_code == (200 if path in ("/accounts", "/handover") else 403)


@pytest.mark.parametrize("path", ["/accounts", "/accounts.csv", "/audit", "/reports", "/reports/rows/late"])
def test_a_list_names_only_the_accounts_that_one_sees(seen: Office, path: str) -> None:
    answer = read(seen, "mona", path)
    assert canary("acc-ben") not in answer.text
    assert canary("acc-dora") in answer.text or path in ("/audit", "/reports")


@pytest.mark.parametrize("tab", ["brief", "prepared", "memory", "assistant", "open", "memory&q=when"])
def test_an_account_shows_its_own_words_on_each_tab(seen: Office, tab: str) -> None:
    answer = read(seen, "anna", f"/accounts/acc-anna?tab={tab}")
    assert answer.status_code == 200
    assert canary("acc-anna") in answer.text
    assert not any(canary(name) in answer.text for name, *_ in ACCOUNTS if name != "acc-anna")


def test_a_foreign_and_a_missing_account_look_alike(seen: Office) -> None:
    def told(path: str) -> str:
        answer = read(seen, "ben", path)
        assert answer.status_code == 403
        page = answer.text.replace(answer.headers["x-request-id"], "")
        return page.replace("acc-anna", "…").replace("acc-missing", "…")

    for rest in ("", "/story", "?tab=memory"):
        assert told(f"/accounts/acc-anna{rest}") == told(f"/accounts/acc-missing{rest}")


def test_a_link_to_a_passage_shows_it_with_its_words_marked(seen: Office) -> None:
    with seen.engine.connect() as connection:
        query = text("SELECT id FROM tenure_activity WHERE account_id = 'acc-anna' AND kind = 'email'")
        activity = connection.execute(query).scalar_one()
    answer = read(seen, "anna", f"/accounts/acc-anna?ev={activity}&words=When?")
    assert f'id="ev-{activity}"' in answer.text
    assert '<mark id="words">When?</mark>' in answer.text


def test_the_timeline_shows_what_is_asked_for(seen: Office) -> None:
    mails, calls = (read(seen, "anna", f"/accounts/acc-anna?show={x}").text for x in ("mail", "calls"))
    assert "When? canary" in mails
    assert "Nothing of this kind happened" in calls


def test_the_audit_checks_its_chains_and_filters_by_its_address(seen: Office) -> None:
    assert "Every line of every chain is as it was written" in read(seen, "ada", "/audit?check=now").text
    assert "No entry fits" in read(seen, "mona", "/audit?event=item.approved").text
    lines = read(seen, "ada", "/audit.jsonl?account=acc-anna").content.splitlines()
    assert {orjson.loads(x)["account_id"] for x in lines} == {"acc-anna"}
    assert read(seen, "ada", "/audit?since=never").status_code == 400


def test_an_item_is_traced_from_its_sign_to_its_draft(seen: Office) -> None:
    answer = read(seen, "mona", "/audit/items/item-anna")
    for words in ("Question of theirs began", "It was not done in time", "Put before somebody", "Draft written"):
        assert words in answer.text
    assert read(seen, "mira", "/audit/items/item-anna").status_code == 403


def test_a_fact_is_forgotten_by_a_form(office: Office) -> None:
    office.get("anna", "/api/accounts/acc-anna/facts")
    answer = send(office, "anna", "/accounts/acc-anna/facts/fact_none", verb="forget")
    assert answer.status_code == 404
    assert "There is no such fact" in answer.text


def test_a_question_is_asked_by_a_form_and_kept(office: Office) -> None:
    answer = send(office, "anna", "/accounts/acc-anna/ask", text="What did they ask?")
    assert answer.status_code == 303, answer.text
    there = answer.headers["location"]
    assert there.startswith("/accounts/acc-anna?tab=assistant#turn_")
    page = read(office, "anna", there.partition("#")[0])
    assert "What did they ask?" in page.text
    assert "Kept with the account" in page.text
    assert send(office, "anna", "/accounts/acc-anna/ask", text=" ").status_code == 400


def test_everything_is_stopped_and_goes_on_by_forms(office: Office) -> None:
    assert send(office, "ada", "/audit/switches", scope="all", reason="a test").status_code == 303
    page = read(office, "mona", "/audit").text
    assert "Everything" in page
    assert "a test" in page
    assert send(office, "mona", "/audit/switches", scope="all", reason="no right").status_code == 403
    switch = office.get("ada", "/api/switches")["switches"][0]["id"]
    assert send(office, "ada", f"/audit/switches/{switch}/lift").status_code == 303
    assert "Nothing is stopped" in read(office, "ada", "/audit").text


def test_accounts_are_shown_first_and_given_away_when_one_is_sure(office: Office) -> None:
    shown = send(office, "ada", "/admin/transfer", from_user="ben", to_user="anna")
    assert "Give these 2 to Anna" in shown.text
    assert office.get("ada", "/api/accounts/acc-ben")["owner_id"] == "ben"
    done = send(office, "ada", "/admin/transfer", from_user="ben", to_user="anna", sure="yes")
    assert (done.status_code, done.headers["location"]) == (303, "/handover")
    [item] = [x["id"] for x in office.get("anna", "/api/inbox")["items"] if x["signal"] == "handover"]
    page = read(office, "anna", f"/handover/{item}").text
    assert "2 accounts handed over to you" in page
    assert "0 of 2 briefs read" in page


def test_a_key_is_shown_once(office: Office) -> None:
    made = send(office, "ada", "/admin/keys", user_id="anna", right="read", label="a script", days="30")
    assert "tenure_" in made.text
    again = read(office, "ada", "/admin/people").text
    assert "a script" in again
    assert "It is shown this once" not in again
    assert send(office, "mona", "/admin/keys", user_id="anna", right="read").status_code == 403


def test_nobody_shuts_out_themselves(office: Office) -> None:
    assert send(office, "ada", "/admin/people/ada/disable").status_code == 400
    assert send(office, "ada", "/admin/people/ben/disable").status_code == 303
    assert read(office, "ben", "/accounts").status_code == 303


def test_the_evaluation_reads_what_was_run_and_survives_a_broken_file(office: Office, tmp_path: Path) -> None:
    assert "Nothing was evaluated yet" in read(office, "mona", "/evals").text
    folder = tmp_path / "evals"
    folder.mkdir()
    run = {"at": "2026-03-01T09:00:00+00:00", "open": True, "suites": {"recall": {"passed": 3, "cases": 4}}}
    (folder / "history.jsonl").write_bytes(orjson.dumps(run) + b"\n{cut o")
    (folder / "report.json").write_text("{not json")
    page = read(office, "mona", "/evals").text
    assert "3 of 4" in page
    assert "not in the last run" in page
