"""What people choose for themselves, kept in their browser."""

from datetime import datetime
from urllib.parse import parse_qsl, quote

from httpx2 import Response

from tests.unit.agent_runtime.app.office import NOW, Office

HTML = {"Accept": "text/html"}


def send(office: Office, path: str, cookies: str = "", **fields: str) -> Response:
    headers = HTML | ({"Cookie": cookies} if cookies else {})
    return office.ask("anna", "POST", path, data=fields, headers=headers, follow_redirects=False)


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


def test_a_view_is_kept_and_forgotten(office: Office) -> None:
    answer = send(office, "/settings/views", name="Lent ones", back="view=all&q=lent&x=1")
    assert answer.headers["location"] == "/inbox?view=all&q=lent"
    kept = cookie_of(answer)
    page = office.ask("anna", "GET", "/inbox", headers=HTML | {"Cookie": kept}).text
    assert '<a href="/inbox?view=all&amp;q=lent">Lent ones</a>' in page
    gone = send(office, "/settings/views", kept, forget="Lent ones")
    assert quote("Lent") not in cookie_of(gone)


def test_a_view_needs_a_name_and_there_are_not_too_many(office: Office) -> None:
    assert send(office, "/settings/views", name=" ", back="q=x").status_code == 400
    many = "tenure_views=" + quote("&".join(f"v{number}=q%3D{number}" for number in range(8)), safe="=&%")
    assert send(office, "/settings/views", f'tenure_views="{many.partition("=")[2]}"', name="ninth").status_code == 400


def test_an_address_that_is_not_there_is_a_page_for_people(office: Office) -> None:
    answer = office.ask("anna", "GET", "/nowhere", headers=HTML)
    assert (answer.status_code, "To the inbox" in answer.text) == (404, True)
    assert office.ask("anna", "GET", "/nowhere").json()["code"] == "no_such_page"
