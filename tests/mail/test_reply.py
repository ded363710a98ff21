"""A mail arrives at a real server, becomes an item, is approved, and the answer stands once wherever it should."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from email.utils import format_datetime
from threading import Event
from threading import enumerate as threads
from time import monotonic

from agent_runtime.audit.service import verify_all
from agent_runtime.connectors import service
from agent_runtime.connectors.listening import Listening
from tests.integration.firm import DAY
from tests.mail.office import KIM, LEA, Office
from tests.mail.servers import PASSWORD
from tools.mail.imap.source import PAGE

QUESTION = "Can you tell me what delivery would cost?"


def test_a_mail_that_arrives_is_answered_once_in_the_thread_and_once_in_sent_mail(office: Office) -> None:
    asked = office.kim_writes(QUESTION)
    office.work()
    item = office.item()
    action = office.action_of(item)
    assert (item.account_id, item.owner_id, action["kind"], action["to"]) == ("acme", "lea", "send_email", [KIM])
    assert action["in_reply_to"] == asked
    office.approve(item)
    assert office.carry_out() == ["sent"]
    office.work()
    office.work()
    answered = action["message_id"]
    assert office.thread() == [("inbound", asked), ("outbound", answered)]
    assert [name for _, name, _ in office.letters(LEA, "Sent")] == [answered]
    assert [name for _, name, _ in office.letters(KIM, "INBOX")] == [answered]
    assert office.item("done").id == item.id
    with office.firm.engine.connect() as connection:
        assert verify_all(connection) == []


def test_her_answer_to_our_answer_stands_in_the_same_thread(office: Office) -> None:
    asked = office.kim_writes(QUESTION)
    office.work()
    item = office.item()
    office.approve(item)
    office.carry_out()
    again = office.kim_writes("Thank you!", "thanks", office.action_of(item)["message_id"], office.firm.clock.now())
    office.work()
    assert [name for _, name in office.thread()] == [asked, office.action_of(item)["message_id"], again]
    threads = {row.thread for row in office.firm.query("SELECT data ->> 'thread' AS thread FROM tenure_activity"
                                                       " WHERE kind = 'email'")}  # fmt: skip
    assert threads == {asked}


def test_a_process_killed_between_sending_and_recording_sends_nothing_twice(office: Office) -> None:
    asked = office.kim_writes(QUESTION)
    office.work()
    item = office.item()
    decided = office.approve(item)
    _killed_while_sending(office, str(decided.action_id))
    office.servers.settle()
    answered = office.action_of(item)["message_id"]
    assert [name for _, name, _ in office.letters(KIM, "INBOX")] == [answered]
    (row,) = office.firm.query("SELECT state FROM tenure_action WHERE id = :x", x=decided.action_id)
    assert row.state == "claimed"
    for _ in range(3):
        office.firm.clock.move_to(office.firm.clock.now() + timedelta(minutes=6))
        office.work()
        office.carry_out()
    office.work()
    (row,) = office.firm.query("SELECT state, attempts FROM tenure_action WHERE id = :x", x=decided.action_id)
    assert (row.state, row.attempts) == ("confirmed", 1)
    assert office.thread() == [("inbound", asked), ("outbound", answered)]
    assert [name for _, name, _ in office.letters(LEA, "Sent")] == [answered]
    assert [name for _, name, _ in office.letters(KIM, "INBOX")] == [answered]


def test_a_mailbox_whose_mails_were_numbered_anew_changes_nothing(office: Office) -> None:
    for number in range(3):
        office.kim_writes(QUESTION, f"question-{number}")
    office.work()
    before = office.thread()
    assert len(before) == 3
    was = office.servers.validity(LEA)
    office.servers.renumber(LEA)
    assert office.servers.validity(LEA) != was
    report = office.sync()
    assert (report.records, report.added, report.revised) == (3, 0, 0)
    assert office.thread() == before


def test_a_first_read_that_is_killed_at_every_page_takes_each_mail_once_in_their_order(office: Office) -> None:
    sent = []
    with office.servers.box(LEA) as box:
        for number in range(2 * PAGE + 9):
            at = office.firm.clock.now() - timedelta(days=9) + timedelta(minutes=number)
            ours = number % 4 == 0
            head = {"From": LEA if ours else KIM, "To": KIM if ours else LEA, "Date": format_datetime(at),
                    "Message-ID": f"<{number}@acme.test>", "Subject": "Offer"}  # fmt: skip
            mail = "\r\n".join([*(f"{name}: {value}" for name, value in head.items()), "", "Thank you.", ""])
            box.append("Sent" if ours else "INBOX", mail, (), at)
            sent.append(("outbound" if ours else "inbound", f"<{number}@acme.test>"))
    reads = 1
    while not office.sync(pages=1).complete:
        reads += 1
    assert reads == 4
    assert office.thread() == sent


def test_the_server_tells_that_a_mail_came_and_the_mailbox_is_read_at_once(office: Office) -> None:
    clock, engine = office.firm.clock, office.firm.engine
    with engine.begin() as connection:
        service.set_due(connection, "imap:lea", clock.now() + DAY)
    listening = Listening(office.house, clock, "one", timedelta(seconds=2))
    listening.step(clock.now())
    end, number = monotonic() + 30, 0
    # What comes before the thread has opened the mailbox is for the next read in turn.
    while not _due(office):
        assert monotonic() < end
        number += 1
        office.kim_writes(QUESTION, f"question-{number}")
        Event().wait(0.3)
    another = Listening(office.house, clock, "another", timedelta(seconds=2))
    another.step(clock.now())
    assert len([one for one in threads() if one.name == "tenure-imap:lea"]) == 1
    listening.close()
    another.close()


def _due(office: Office) -> list[str]:
    with office.firm.engine.connect() as connection:
        return service.due_names(connection, office.firm.clock.now())


def _killed_while_sending(office: Office, action_id: str) -> None:
    url = office.firm.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.mail.dying", url, action_id, office.firm.clock.now().isoformat()]
    ports = [str(office.servers.smtp), str(office.servers.imap)]
    done = subprocess.run([*command, *ports], capture_output=True, text=True, timeout=60, env=os.environ, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert PASSWORD not in done.stderr
