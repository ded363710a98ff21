"""Seeing the pages as somebody else: their sight and no more, no change, in plain sight, and in the audit."""

from httpx2 import Response
from pydantic import SecretStr

from agent_runtime.users import service as users
from tests.unit.agent_runtime.app.office import NOW, PASSWORD, Office, canary

HTML = {"Accept": "text/html", "Origin": "http://testserver"}


def signed_in(office: Office, user: str) -> None:
    with office.engine.begin() as connection:
        users.set_password(connection, user, SecretStr(PASSWORD), NOW)
    answer = post(office, "/sign-in", user=user, password=PASSWORD)
    assert answer.status_code == 303


def post(office: Office, path: str, **fields: str) -> Response:
    found: Response = office.client.post(path, data=fields, headers=HTML, follow_redirects=False)
    return found


def get(office: Office, path: str) -> Response:
    found: Response = office.client.get(path, headers=HTML)
    return found


def told(office: Office) -> list[tuple[str, str, str]]:
    entries = office.get("ada", "/api/audit")["entries"]
    return [(x["event"], x["actor_id"], x["subject_id"]) for x in entries if x["event"].startswith("view.")][::-1]


def test_a_manager_sees_what_a_rep_sees_and_changes_nothing(office: Office) -> None:
    signed_in(office, "mona")
    assert canary("acc-stray") in get(office, "/accounts").text
    assert post(office, "/view-as", user_id="anna").headers["location"] == "/inbox"
    page = get(office, "/inbox").text
    assert "You see the pages as <strong>Anna</strong> does" in page
    assert 'value="approve"' not in page
    assert canary("acc-stray") not in get(office, "/accounts").text
    assert canary("acc-anna") in get(office, "/accounts").text
    item = office.get("ada", "/api/inbox/item-anna")
    for path, fields in (
        ("/inbox/item-anna/decide", {"verb": "approve", "draft_version": "1", "hash": item["hash"]}),
        ("/accounts/acc-anna/ask", {"text": "Who decides?"}),
        ("/settings", {"theme": "dark"}),
    ):
        answer = post(office, path, **fields)
        assert (answer.status_code, "nothing is decided so" in answer.text) == (403, True), path
    assert office.get("ada", "/api/inbox/item-anna")["state"] == "open"
    assert post(office, "/view-as/end").status_code == 303
    assert "You see the pages as" not in get(office, "/inbox").text
    assert told(office) == [("view.begun", "mona", "anna"), ("view.ended", "mona", "anna")]


def test_nobody_sees_as_whom_they_do_not_lead(office: Office) -> None:
    signed_in(office, "mona")
    for other in ("ben", "ada", "otto", "mona", "nobody"):
        assert post(office, "/view-as", user_id=other).status_code == 403
    assert "Anna" in get(office, "/view-as").text
    assert "Ben" not in get(office, "/view-as").text
    signed_in(office, "anna")
    assert post(office, "/view-as", user_id="ben").status_code == 403
    assert told(office) == []


def test_who_leads_no_more_is_themselves_at_the_next_request(office: Office) -> None:
    signed_in(office, "mira")
    post(office, "/view-as", user_id="ben")
    assert get(office, "/api/me").json()["user_id"] == "ben"
    with office.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tenure_user SET team = 'north', manager_id = 'mona' WHERE id = 'ben'")
    assert get(office, "/api/me").json()["user_id"] == "mira"


def test_signing_out_ends_the_view_as_well(office: Office) -> None:
    signed_in(office, "ada")
    post(office, "/view-as", user_id="mona")
    assert post(office, "/sign-out").status_code == 303
    assert told(office) == [("view.begun", "ada", "mona"), ("view.ended", "ada", "mona")]
