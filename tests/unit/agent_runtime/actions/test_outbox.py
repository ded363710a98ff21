"""The file outbox writes mails that every mail program reads, once each."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Confirmed, Found
from agent_runtime.actions.outbox import FileOutbox
from agent_runtime.actions.policy import bound_content, content_hash
from tests.unit.agent_runtime.actions.prepared import NOW, mail


def _action(**changed: Any) -> ActionRow:
    content = mail(**changed)
    return ActionRow(
        "out_1", "A", "it_1", "int_1", content["kind"], bound_content(content), content_hash(content), "u1", NOW, NOW,
        "claimed",
    )  # fmt: skip


def _read(folder: Path) -> EmailMessage:
    (path,) = folder.iterdir()
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_is_written_as_it_was_approved(tmp_path: Path) -> None:
    assert FileOutbox(tmp_path / "outbox").execute(_action()) == Confirmed({"file": "out_1.eml"})
    message = _read(tmp_path / "outbox")
    assert message.defects == []
    assert message["From"].addresses[0].display_name == "Ana Müller"
    assert [x.addr_spec for x in message["To"].addresses] == ["kim@them.test"]
    assert [x.addr_spec for x in message["Cc"].addresses] == ["lee@them.test"]
    assert message["Subject"] == "Grüße"
    assert (message["Message-ID"], message["In-Reply-To"]) == ("<a@we.test>", "<q@them.test>")
    assert message["References"] == "<q@them.test>"
    assert parsedate_to_datetime(message["Date"]) == NOW
    assert message.get_content() == "Hello Kim,\n\nhere it is: 100 €.\n"


def test_doing_it_twice_is_doing_it_once(tmp_path: Path) -> None:
    outbox = FileOutbox(tmp_path)
    first = outbox.execute(_action())
    before = (tmp_path / "out_1.eml").read_bytes()
    assert outbox.execute(_action()) == first
    assert [x.name for x in tmp_path.iterdir()] == ["out_1.eml"]
    assert (tmp_path / "out_1.eml").read_bytes() == before


def test_a_first_mail_of_a_thread_answers_nothing(tmp_path: Path) -> None:
    FileOutbox(tmp_path).execute(_action(in_reply_to=None, references=None, cc=None))
    message = _read(tmp_path)
    assert (message["In-Reply-To"], message["References"], message["Cc"]) == (None, None, None)


def test_a_card_is_a_text_for_a_person(tmp_path: Path) -> None:
    FileOutbox(tmp_path).execute(_action(kind="call_card", subject="Call Kim", to=["+49301"]))
    assert (tmp_path / "out_1.txt").read_text(encoding="utf-8").startswith("call_card for +49301\nCall Kim\n\nHello")


def test_a_broken_off_execution_is_read_back(tmp_path: Path) -> None:
    outbox = FileOutbox(tmp_path)
    assert outbox.find(_action()) is Found.ABSENT
    outbox.execute(_action())
    assert outbox.find(_action()) is Found.THERE
