"""The pages of the inbox over HTTP: whole and in parts, decided by forms, refused in words."""

from httpx2 import Response

from tests.unit.agent_runtime.app.office import Office, canary

HTML = {"Accept": "text/html"}


def read(office: Office, user: str, path: str, **headers: str) -> Response:
    return office.ask(user, "GET", path, headers=HTML | headers, follow_redirects=False)


def send(office: Office, user: str, path: str, **fields: str) -> Response:
    return office.ask(user, "POST", path, data=fields, headers=HTML, follow_redirects=False)


def bound(office: Office, item: str) -> dict[str, str]:
    """What a form of an item carries."""
    page = office.get("ada", f"/api/inbox/{item}")
    return {"draft_version": str(page["draft_version"]), "hash": page["hash"]}


def test_a_page_shows_what_is_ones_own_and_nothing_else(office: Office) -> None:
    answer = read(office, "anna", "/inbox")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert canary("acc-anna") in answer.text
    assert canary("acc-ben") not in answer.text
    foreign = read(office, "anna", "/inbox?sel=item-ben&told=item-ben")
    assert canary("acc-ben") not in foreign.text
    assert "no such item" in foreign.text


def test_a_part_of_a_page_is_only_that_part(office: Office) -> None:
    part = read(office, "anna", "/inbox?sel=item-anna", **{"X-Fragment": "detail"})
    assert part.text.startswith('<template data-region="detail"')
    assert "<html" not in part.text
    assert 'id="rows"' not in part.text
    whole = read(office, "anna", "/inbox?sel=item-anna", **{"X-Fragment": "1"})
    assert 'data-region="main"' in whole.text
    assert 'id="rows"' in whole.text


def test_a_form_decides_and_the_page_goes_on(office: Office) -> None:
    answer = send(office, "anna", "/inbox/item-anna/decide", verb="approve", back="view=mine", after="item-lent",
                  **bound(office, "item-anna"))  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox?sel=item-lent&told=item-anna")
    told = read(office, "anna", answer.headers["location"])
    assert "approved; happens" in told.text
    decided = office.get("anna", "/api/inbox/item-anna")["decisions"][0]
    assert (decided["verb"], decided["channel"], decided["decided_by"]) == ("approve", "web", "anna")


def test_what_cannot_be_decided_is_said_and_changes_nothing(office: Office) -> None:
    stale = send(office, "anna", "/inbox/item-anna/decide", verb="approve", draft_version="1", hash="0" * 64)
    assert stale.status_code == 409
    assert "nothing was approved" in stale.text
    for fields in ({"verb": "snooze", "until": "whenever"}, {"verb": "dismiss", "reason": "no"}, {"verb": "explode"}):
        answer = send(office, "anna", "/inbox/item-anna/decide", **fields)
        assert answer.status_code == 400
    assert office.get("anna", "/api/inbox/item-anna")["decisions"] == []


def test_the_way_back_of_a_form_leads_nowhere_else(office: Office) -> None:
    answer = send(office, "anna", "/inbox/item-anna/decide", verb="dismiss", reason="other",
                  back="view=all&x=1&split=%22&next=//evil.test", after="//evil.test")  # fmt: skip
    assert answer.headers["location"].startswith("/inbox?sel=%2F%2Fevil.test&told=")


def test_several_at_once_by_a_form(office: Office) -> None:
    seen = bound(office, "item-anna")
    fields = {"item": f"item-anna {seen['draft_version']} {seen['hash']}", "verb": "dismiss", "reason": "bad_timing"}
    answer = send(office, "anna", "/inbox/bulk", **fields)
    assert answer.status_code == 200
    assert "1 dismissed." in answer.text
    foreign = send(office, "anna", "/inbox/bulk", **(fields | {"item": f"item-ben 1 {'0' * 64}"}))
    assert foreign.status_code == 403


def test_an_auditor_reads_and_is_offered_nothing_to_decide(office: Office) -> None:
    page = read(office, "otto", "/inbox?view=all&sel=item-ben")
    assert canary("acc-ben") in page.text
    assert 'class="verbs"' not in page.text
    assert send(office, "otto", "/inbox/item-ben/decide", verb="dismiss", reason="other").status_code == 403


def test_nobody_is_sent_to_the_sign_in_and_comes_back(office: Office) -> None:
    answer = office.client.get("/inbox?sel=item-anna", headers=HTML, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Finbox%3Fsel%3Ditem-anna"
    program = office.client.get("/inbox", follow_redirects=False)
    assert (program.status_code, program.json()["code"]) == (401, "sign_in_needed")


def test_a_body_that_is_no_form_is_refused(office: Office) -> None:
    path = "/inbox/item-anna/decide"
    assert office.ask("anna", "POST", path, json={"verb": "undo"}).status_code == 400
    body = b"verb=dismiss&reason=other&note=%00"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert office.ask("anna", "POST", path, content=body, headers=headers).status_code == 400


def test_what_does_not_fit_the_address_is_said_in_words(office: Office) -> None:
    answer = read(office, "anna", "/inbox?view=nobody")
    assert answer.status_code == 400
    assert "nothing was sent" in answer.text


def test_the_files_of_the_pages_may_be_kept_and_change_their_path(office: Office) -> None:
    page = read(office, "anna", "/inbox").text
    path = page.partition('href="/static/')[2].partition('"')[0]
    assert "immutable" in office.client.get(f"/static/{path}").headers["cache-control"]
    _, _, name = path.partition("/")
    assert office.client.get(f"/static/before/{name}").headers["cache-control"] == "no-cache"
    assert office.client.get("/static/x/../../page.py").status_code == 404


def test_a_first_page_is_small(office: Office) -> None:
    assert len(read(office, "anna", "/inbox").content) < 100_000
