"""Facts out of texts as they are stored: trust, spans, and whose word they are."""

from typing import Any

from agent_runtime.permissions import agent_scope
from memory import facts, timeline
from memory.facts import KnownFact
from tests.unit.agent_runtime.ingest.company import Company, call, email, source_record


def known(company: Company, account: str = "a1") -> dict[str, KnownFact]:
    return {x.slot: x for x in facts.known(company.connection, agent_scope(account))}


def test_a_customers_word_is_external_and_its_span_is_what_they_wrote(company: Company) -> None:
    text = "Hello Ann,\n\nour budget is\n50,000 EUR for this.\nCy decides that.\n"
    company.take(email("m1", text=text))
    found = known(company)
    assert {x.trust for x in found.values()} == {"external"}
    assert found["role.decides"].value == "c1"
    (source,) = found["answer.budget"].sources
    stored = timeline.texts(company.connection, agent_scope("a1"), [source.activity_id])[source.activity_id]
    assert source.span
    assert " ".join(stored[slice(*source.span)].split()) == "our budget is 50,000 EUR for this."


def test_what_we_write_to_a_customer_states_nothing(company: Company) -> None:
    mail: dict[str, Any] = {"from": "ann@seller.example", "to": ["cy@acme.example"], "direction": "outbound"}
    company.take(email("m1", **mail, text="I understand that your budget is 50,000 EUR and that Cy decides."))
    assert known(company) == {}


def test_in_a_call_only_the_customers_words_count(company: Company) -> None:
    transcript = [
        {"speaker": "agent", "start_s": 0, "text": "So our budget is 10,000 EUR."},
        {"speaker": "customer", "start_s": 4, "text": "No, our budget is 50,000 EUR."},
    ]
    spoken: dict[str, Any] = {"status": "completed", "consent": "all_party", "transcript": transcript}
    company.take(call("k1", **spoken))
    found = known(company)
    assert found["answer.budget"].value == "50000 EUR"
    (source,) = found["answer.budget"].sources
    text = timeline.texts(company.connection, agent_scope("a1"), [source.activity_id])[source.activity_id]
    assert source.span
    assert text[slice(*source.span)] == "No, our budget is 50,000 EUR."


def test_a_note_of_ours_stands_against_a_customers_word(company: Company) -> None:
    note = {"kind": "note", "user_id": "u1", "text": "Cy decides, whatever they say."}
    company.take(source_record("crm", "n1", "a1", **note))
    company.take(email("m1", text="Petra Lang decides about that."))
    both = [x for x in facts.known(company.connection, agent_scope("a1")) if x.slot == "role.decides"]
    assert {(x.value, x.trust, x.conflict) for x in both} == {
        ("c1", "user", True),
        ("name:Petra Lang", "external", True),
    }


def test_a_promise_of_theirs_is_kept_apart_from_ours(company: Company) -> None:
    event = company.only(email("m1", text="I will send you the signed order by Friday."))
    assert event.data["promises"] == []
    (promise,) = event.data["their_promises"]
    assert promise["due_at"].startswith("2026-03-13")
