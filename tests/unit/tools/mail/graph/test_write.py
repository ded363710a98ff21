"""Mails sent by Microsoft 365 go out once, in their conversation, and as they were approved."""

from dataclasses import replace

import pytest

from tests.unit.tools.mail.mailbox import KIM
from tests.unit.tools.mail.sending import MAIL, REPLY, Outbox, outbox
from tools.base import Unanswered
from tools.fakes.wire import Faults
from tools.mail.outgoing import packed


@pytest.fixture
def box() -> Outbox:
    return outbox("graph")


def test_reply_stands_in_its_conversation(box: Outbox) -> None:
    made = box.writer().write(MAIL)
    answered = next(one for one in box.fake.mails.values() if one["internetMessageId"] == "<m3@mail.example>")
    stored = box.fake.mails[made.source_id]
    assert stored["conversationId"] == answered["conversationId"]
    assert stored["body"]["content"].strip() == "Here it is"
    assert (stored["folder"], stored["toRecipients"][0]["emailAddress"]["address"]) == ("sentitems", KIM)


@pytest.mark.parametrize("step", ["createReply", "send"])
def test_silence_is_unknown_and_nothing_goes_out_twice(box: Outbox, step: str) -> None:
    faults = Faults({"late": 100}, in_a_row=99, only=lambda asked: asked.path.endswith(step))
    with pytest.raises(Unanswered):
        box.writer(faults).write(MAIL)
    found = box.writer().find(MAIL)
    assert (found is not None) == (step == "send")
    box.writer().write(MAIL)
    assert len(box.sent()) == 1
    assert len([one for one in box.fake.writes if one[0] == "drafted"]) == 1


def test_what_was_approved_goes_out_and_not_the_draft_that_lay_there(box: Outbox) -> None:
    box.drafts().add(REPLY)
    made = box.writer().write(replace(MAIL, fields=packed(REPLY.replace(b"Here it is", b"As approved"))))
    assert box.fake.mails[made.source_id]["body"]["content"].strip() == "As approved"
    assert len(box.sent()) == 1
