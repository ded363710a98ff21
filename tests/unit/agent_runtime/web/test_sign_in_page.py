"""Coming in by the page: with a password, or in the demo by choosing who one is."""

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from agent_runtime.app import create_app
from agent_runtime.users import service as users
from tests.unit.agent_runtime.app.office import PASSWORD, Office

HTML = {"Accept": "text/html", "Origin": "http://testserver"}


def send(office: Office, path: str, headers: dict[str, str] = HTML, **fields: str) -> Response:
    found: Response = office.client.post(path, data=fields, headers=headers, follow_redirects=False)
    return found


def test_a_password_opens_and_leads_where_one_wanted_to_go(office: Office) -> None:
    answer = send(office, "/sign-in", user="anna@we.test", password=PASSWORD, next="/inbox?state=snoozed")
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox?state=snoozed")
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert office.client.get("/inbox", headers=HTML).status_code == 200
    assert send(office, "/sign-out").headers["location"] == "/sign-in"
    assert office.client.get("/inbox", headers=HTML, follow_redirects=False).status_code == 303


def test_a_wrong_password_is_counted_and_said(office: Office) -> None:
    for _ in range(users.MOST_FAILURES):
        answer = send(office, "/sign-in", user="anna", password="wrong")
        assert (answer.status_code, "do not fit together" in answer.text) == (401, True)
    assert send(office, "/sign-in", user="anna", password=PASSWORD).status_code == 429


@pytest.mark.parametrize("there", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)", ""])
def test_after_signing_in_one_is_still_here(office: Office, there: str) -> None:
    answer = send(office, "/sign-in", user="anna", password=PASSWORD, next=there)
    assert answer.headers["location"] == "/inbox"


def test_another_page_cannot_sign_anybody_in(office: Office) -> None:
    answer = send(office, "/sign-in", HTML | {"Origin": "http://evil.test"}, user="anna", password=PASSWORD)
    assert answer.status_code == 403


def test_nobody_is_chosen_outside_of_the_demo(office: Office) -> None:
    assert send(office, "/sign-in/as", user="anna").status_code == 403
    assert "Who are you today" not in office.client.get("/sign-in", headers=HTML).text


@pytest.mark.parametrize(
    ("host", "client", "may"),
    [("127.0.0.1:8000", "127.0.0.1", True), ("localhost", "127.0.0.1", True),
     ("demo.example.com", "127.0.0.1", False), ("127.0.0.1", "192.0.2.7", False)],
)  # fmt: skip
def test_in_the_demo_one_chooses_on_its_own_machine_only(office: Office, host: str, client: str, may: bool) -> None:
    app = create_app(office.installation, office.clock, choose_person=True)
    with TestClient(app, base_url=f"http://{host}", client=(client, 50_000)) as browser:
        headers = HTML | {"Origin": f"http://{host}"}
        answer = browser.post("/sign-in/as", data={"user": "anna"}, headers=headers, follow_redirects=False)
        assert answer.status_code == (303 if may else 403)
        assert (browser.get("/inbox", headers=HTML, follow_redirects=False).status_code == 200) is may
