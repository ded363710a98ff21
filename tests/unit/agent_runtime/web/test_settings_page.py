"""What people choose for themselves, kept in their browser."""

from datetime import datetime
from urllib.parse import parse_qsl

from httpx2 import Response
from sqlalchemy import text

from agent_runtime.web.views import MOST
from tests.unit.agent_runtime.app.office import NOW, Office, canary

HTML = {"Accept": "text/html"}


def send(office: Office, path: str, cookies: str = "", **fields: str) -> Response:
    headers = HTML | ({"Cookie": cookies} if cookies else {})
    return office.ask("anna", "POST", path, data=fields, headers=headers, follow_redirects=False)


def get(office: Office, path: str, user: str = "anna") -> str:
    return str(office.ask(user, "GET", path, headers=HTML).text)


def cookie_of(answer: Response) -> str:
    return str(answer.headers["set-cookie"].partition(";")[0])


def test_what_is_chosen_holds_on_every_page(office: Office) -> None:
    kept = cookie_of(send(office, "/settings", theme="dark", density="dense", keys="off", undo="60", other="x"))
    page = office.ask("anna", "GET", "/inbox", headers=HTML | {"Cookie": kept}).text
    assert 'data-theme="dark" data-density="dense" data-keys="off"' in page


def test_what_is_no_choice_changes_nothing(office: Office) -> None:
    kept = cookie_of(send(office, "/settings", theme="purple", undo="0"))
    assert dict(parse_qsl(kept.partition("=")[2].strip('"'))) == {
        "theme": "system", "density": "roomy", "keys": "on", "undo": "rule",
    }  # fmt: skip
    broken = office.ask("anna", "GET", "/inbox", headers=HTML | {"Cookie": "tenure_view=theme%3D%22%3E"}).text
    assert 'data-theme="system"' in broken


def test_a_longer_time_to_undo_is_taken_and_never_a_shorter_one(office: Office) -> None:
    kept = cookie_of(send(office, "/settings", undo="60"))
    seen = office.get("ada", "/api/inbox/item-anna")
    send(office, "/inbox/item-anna/decide", kept, verb="approve", draft_version="1", hash=seen["hash"])
    trace = office.get("ada", "/api/inbox/item-anna/trace")["steps"]
    action = next(step for step in trace if step["what"] == "action")
    assert (datetime.fromisoformat(action["detail"]["execute_at"]) - NOW).total_seconds() == 60


def test_a_view_of_the_inbox_is_kept_with_the_person_and_forgotten(office: Office) -> None:
    answer = send(office, "/settings/views", name="Lent ones", place="/inbox", query="view=all&q=lent&sla=late&x=1")
    assert answer.headers["location"] == "/inbox?view=all&q=lent&sla=late"
    link = '<a href="/inbox?view=all&amp;q=lent&amp;sla=late"'
    assert f'{link} aria-current="page">Lent ones</a>' in get(office, "/inbox?view=all&q=lent&sla=late")
    assert f"{link}>Lent ones</a>" in get(office, "/accounts")
    assert "Lent ones" not in get(office, "/accounts", "ben")
    assert send(office, "/settings/views", forget="Lent ones", back="/accounts").headers["location"] == "/accounts"
    assert "Lent ones" not in get(office, "/inbox")


def test_a_view_of_the_accounts_is_kept_too(office: Office) -> None:
    answer = send(office, "/settings/views", name="Soon", place="/accounts", query="renewal=90&trouble=late&evil=1")
    assert answer.headers["location"] == "/accounts?renewal=90&trouble=late"
    assert '<a href="/accounts?renewal=90&amp;trouble=late">Soon</a>' in get(office, "/settings")


def test_a_view_leads_nowhere_but_to_a_list(office: Office) -> None:
    answer = send(office, "/settings/views", name="x", place="https://evil.test", query="q=//evil.test")
    assert answer.headers["location"] == "/inbox?q=%2F%2Fevil.test"
    assert send(office, "/settings/views", forget="x", back="//evil.test").headers["location"] == "/settings"


def test_a_view_needs_a_name_and_there_are_not_too_many(office: Office) -> None:
    assert send(office, "/settings/views", name=" ", query="q=x").status_code == 400
    for number in range(MOST):
        assert send(office, "/settings/views", name=f"v{number}", query=f"q={number}").status_code == 303
    assert send(office, "/settings/views", name="one more").status_code == 400


def test_when_one_is_told_is_kept_with_the_person(office: Office) -> None:
    told = {"channel": "mail", "digest": "on", "digest_at": "06:45", "quiet_from": "20:00", "quiet_until": "07:00"}
    assert send(office, "/settings/told", **told).status_code == 303
    page = get(office, "/settings")
    assert 'name="digest_at" value="06:45"' in page
    assert 'name="quiet_from" value="20:00"' in page
    assert 'data-notices="off"' in page
    assert send(office, "/settings/told", digest_at="25:00").status_code == 400


def test_a_key_is_changed_for_one_person_and_back(office: Office) -> None:
    assert send(office, "/settings/keys", key="done", stroke="y").status_code == 303
    page = get(office, "/inbox")
    assert 'data-key-row="done" data-strokes="y"' in page
    assert 'Done elsewhere <kbd class="js-only">y</kbd>' in page
    assert 'data-key-row="done" data-strokes="m"' in get(office, "/inbox", "ben")
    assert send(office, "/settings/keys", key="edit", stroke="m").status_code == 303
    for key, stroke in (
        ("snooze", "y"),
        ("snooze", "1"),
        ("snooze", "g"),
        ("snooze", ""),
        ("palette", "b"),
        ("x", "b"),
    ):
        assert send(office, "/settings/keys", key=key, stroke=stroke).status_code == 400, (key, stroke)
    send(office, "/settings/keys", as_before="yes")
    assert 'data-key-row="done" data-strokes="m"' in get(office, "/inbox")


def test_the_list_can_be_narrowed_to_what_is_late(office: Office) -> None:
    assert canary("acc-anna") in get(office, "/inbox?sla=late")
    assert "No item fits" not in get(office, "/inbox?sla=today")
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE tenure_item SET due_at = '2026-03-05 09:00:00.000000'"))
    assert "No item fits" in get(office, "/inbox?sla=late")
    assert canary("acc-anna") in get(office, "/inbox?sla=week")


def test_an_address_that_is_not_there_is_a_page_for_people(office: Office) -> None:
    answer = office.ask("anna", "GET", "/nowhere", headers=HTML)
    assert (answer.status_code, "To the inbox" in answer.text) == (404, True)
    assert office.ask("anna", "GET", "/nowhere").json()["code"] == "no_such_page"
