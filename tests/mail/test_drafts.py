"""The mail of an item among its owner's drafts on a real server: edited and sent there, it is her own decision."""

import pytest

from agent_runtime.audit.service import verify_all
from tests.mail.office import KIM, LEA, Office
from tests.mail.test_reply import QUESTION


@pytest.fixture
def placed(office: Office) -> Office:
    """Kim's question is an item, and its answer stands among Lea's drafts."""
    office.kim_writes(QUESTION)
    office.work()
    assert office.tend() == ["confirmed"]
    office.firm.settle()
    return office


def _decisions(office: Office) -> list[tuple[str, str, str, int]]:
    query = "SELECT verb, decided_by, channel, draft_version FROM tenure_decision ORDER BY decided_at"
    return [tuple(row) for row in office.firm.query(query)]


def test_the_draft_is_there_once_answers_the_mail_and_nothing_has_gone_out(placed: Office) -> None:
    item = placed.item()
    assert placed.tend() == []
    ((_, name, words),) = placed.letters(LEA, "Drafts")
    assert name == placed.action_of(item)["message_id"]
    assert words.split() == placed.action_of(item)["body"].split()
    assert placed.letters(KIM, "INBOX") == []
    assert placed.letters(LEA, "Sent") == []


def test_a_draft_that_is_edited_and_sent_there_is_her_own_decision_with_what_she_changed(placed: Office) -> None:
    item = placed.item()
    asked = placed.action_of(item)["in_reply_to"]
    sent = placed.lea_sends_her_draft("Hello Kim,\n\ndelivery costs 40 EUR.\n\nLea\n", "<of-her-program@firm.test>")
    placed.work()
    placed.tend()
    placed.work()
    assert placed.thread() == [("inbound", asked), ("outbound", sent)]
    assert [name for _, name, _ in placed.letters(LEA, "Sent")] == [sent]
    assert [name for _, name, _ in placed.letters(KIM, "INBOX")] == [sent]
    assert placed.letters(LEA, "Drafts") == []
    done = placed.item("done")
    assert (done.id, done.closed_reason) == (item.id, "sent from the mailbox")
    assert _decisions(placed) == [("approve", "lea", "mail", 2)]
    versions = placed.firm.query(
        "SELECT version, made_by, action ->> 'body' AS body FROM tenure_draft ORDER BY version"
    )
    assert [(row.version, row.made_by) for row in versions] == [(1, "agent"), (2, "lea")]
    assert "40 EUR" in versions[1].body
    assert placed.firm.items() == []
    with placed.firm.engine.connect() as connection:
        assert verify_all(connection) == []


def test_a_draft_that_is_sent_as_it_is_is_an_approval_of_it(placed: Office) -> None:
    placed.lea_sends_her_draft()
    placed.work()
    assert _decisions(placed) == [("approve", "lea", "mail", 1)]
    assert placed.item("done").draft_version == 1


def test_an_approval_in_the_inbox_takes_the_draft_away(placed: Office) -> None:
    item = placed.item()
    placed.approve(item)
    placed.tend()
    placed.work()
    placed.tend()
    assert placed.letters(LEA, "Drafts") == []
    assert [name for _, name, _ in placed.letters(KIM, "INBOX")] == [placed.action_of(item)["message_id"]]
    assert _decisions(placed) == [("approve", "lea", "web", 1)]


def test_a_draft_is_withdrawn_when_the_matter_is_settled_elsewhere_and_kept_once_edited(placed: Office) -> None:
    with placed.servers.box(LEA) as box:
        box.select_folder("Drafts")
        ((uid, found),) = box.fetch(box.search(), ["BODY.PEEK[]"]).items()
        box.append("Drafts", found[b"BODY[]"].replace(b"Hello", b"Dear"), ("\\Draft",))
        box.delete_messages([uid], silent=True)
        box.expunge()
    placed.kim_writes("It is settled, thank you!", "settled", at=placed.firm.clock.now())
    placed.work()
    placed.tend()
    ((_, _, words),) = placed.letters(LEA, "Drafts")
    assert words.startswith("Dear")


def test_an_untouched_draft_goes_when_the_customer_wrote_again(placed: Office) -> None:
    before = placed.item()
    placed.kim_writes("It is settled, thank you!", "settled", at=placed.firm.clock.now())
    placed.work()
    placed.tend()
    assert before.id not in [row.id for row in placed.firm.items()]
    assert placed.action_of(before)["message_id"] not in [name for _, name, _ in placed.letters(LEA, "Drafts")]
