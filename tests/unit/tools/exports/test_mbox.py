"""Mailbox files: malformed mails are rejects, everything else goes on."""

from pathlib import Path

from tests.corpus import exports
from tests.corpus.exports import DANA, RUTH, mail
from tools.exports import Export


def read(folder: Path) -> Export:
    return Export.read(folder, "Europe/London", "GB")


def test_a_mail_without_sender_or_date_is_a_reject_with_its_line(tmp_path: Path) -> None:
    path = exports.mailbox(tmp_path / "in.mbox")
    broken = b"From x\nSubject: no sender\n\nhello\n\nFrom x\nFrom: a@b.example\nDate: soon\n\nhello\n"
    path.write_bytes(path.read_bytes() + broken)
    export = read(tmp_path)
    assert [x.field for x in export.rejects] == ["from", "date"]
    assert len(export.ordered()) == 5


def test_encoded_words_and_bodies_are_read(tmp_path: Path) -> None:
    made = mail(RUTH, DANA, "Mon, 02 Mar 2026 09:10:00 +0000", "Größe", "Können Sie liefern?", 1)
    exports.write_mbox(tmp_path / "in.mbox", [made])
    fields = read(tmp_path).ordered()[0].fields
    assert fields["subject"] == "Größe"
    assert fields["text"].strip() == "Können Sie liefern?"


def test_a_marked_up_mail_keeps_its_markup_and_names_its_attachments(tmp_path: Path) -> None:
    made = mail(RUTH, DANA, "Mon, 02 Mar 2026 09:10:00 +0000", "Plan", "", 1)
    made.set_content("<p>Plan?</p>", subtype="html")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    exports.write_mbox(tmp_path / "in.mbox", [made])
    fields = read(tmp_path).ordered()[0].fields
    assert fields["html"].strip() == "<p>Plan?</p>"
    assert [x["name"] for x in fields["attachments"]] == ["plan.pdf"]


def test_a_colleague_in_the_mailbox_is_neither_in_nor_out(tmp_path: Path) -> None:
    mails = [
        mail(RUTH, DANA, "Mon, 02 Mar 2026 09:10:00 +0000", "One", "Hello", 1),
        mail("Oskar <oskar@vendor.example>", DANA, "Mon, 02 Mar 2026 10:10:00 +0000", "Two", "Hello", 2),
        mail(DANA, RUTH, "Mon, 02 Mar 2026 11:10:00 +0000", "Three", "Hello", 3),
    ]
    exports.write_mbox(tmp_path / "in.mbox", mails)
    directions = [record.fields.get("direction") for record in read(tmp_path).ordered()]
    assert directions == ["inbound", None, "outbound"]


def test_two_people_of_one_free_host_are_no_colleagues(tmp_path: Path) -> None:
    owner, customer = "shop@gmail.com", "customer@gmail.com"
    mails = [
        mail(customer, owner, "Mon, 02 Mar 2026 09:10:00 +0000", "One", "Hello?", 1),
        mail("other@firm.example", owner, "Mon, 02 Mar 2026 10:10:00 +0000", "Two", "Hello?", 2),
    ]
    exports.write_mbox(tmp_path / "in.mbox", mails)
    assert {record.fields["direction"] for record in read(tmp_path).ordered()} == {"inbound"}
