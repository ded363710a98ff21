"""What an account's memory says over HTTP: cited, as of a moment, and that somebody read it is in the audit."""

from tests.unit.agent_runtime.app.office import Office, canary


def test_the_brief_is_cited_and_named_by_its_content(office: Office) -> None:
    page = office.get("anna", "/api/accounts/acc-anna/brief")
    assert page["lines"]
    assert all(line["citations"] for line in page["lines"])
    assert len(page["digest"]) == 64
    before = office.get("anna", "/api/accounts/acc-anna/brief", as_of="2026-01-01")
    assert before["digest"] != page["digest"]


def test_that_a_brief_was_read_is_in_the_audit(office: Office) -> None:
    digest = office.get("anna", "/api/accounts/acc-anna/brief")["digest"]
    path = "/api/accounts/acc-anna/brief/read"
    assert office.ask("anna", "POST", path, json={"digest": digest}).json() == {"present": True}
    assert office.ask("anna", "POST", path, json={"digest": "0" * 64}).json() == {"present": False}
    assert office.ask("anna", "POST", path, json={"digest": "x"}).status_code == 422
    assert office.ask("ben", "POST", path, json={"digest": digest}).status_code == 403
    told = office.get("anna", "/api/accounts/acc-anna/audit", event="brief.read")["entries"]
    assert [(x["actor_id"], x["payload"]["digest"]) for x in told][-1] == ("anna", digest)


def test_recall_answers_word_for_word_and_says_when_it_cannot(office: Office) -> None:
    found = office.get("anna", "/api/accounts/acc-anna/recall", q=f"When {canary('acc-anna')}?")
    assert [x["source_id"] for x in found["results"]] == ["m-acc-anna"]
    assert canary("acc-anna") in found["results"][0]["quote"]
    nothing = office.get("anna", "/api/accounts/acc-anna/recall", q="xyzzy plugh")
    assert (nothing["results"], nothing["abstained"]) == ([], True)
    assert office.ask("ben", "GET", "/api/accounts/acc-anna/recall", params={"q": "x"}).status_code == 403


def test_facts_and_times_that_cannot_be_used(office: Office) -> None:
    assert office.get("anna", "/api/accounts/acc-anna/facts", as_of="2026-01-01") == {"facts": []}
    for wrong in ("soon", "2027-01-01", "0001-01-01T00:00+23:00"):
        answer = office.ask("anna", "GET", "/api/accounts/acc-anna/brief", params={"as_of": wrong})
        assert answer.status_code == 400, answer.text
