"""Mails sent by Gmail go out once and in their thread, for which id, headers and subject have to fit together."""

import pytest

from tests.unit.tools.hands import NOON
from tests.unit.tools.mail.mailbox import ADA, KIM, letter
from tests.unit.tools.mail.sending import MAIL, NAME, REPLY, Outbox, outbox
from tools.base import ApprovedWrite, Unanswered
from tools.fakes.wire import Asked, Faults
from tools.mail.outgoing import packed


@pytest.fixture
def box() -> Outbox:
    return outbox("gmail")


def _thread_of(box: Outbox, name: str) -> str:
    return str(next(one for one in box.fake.mails.values() if one["name"] == f"{name}@mail.example")["threadId"])


@pytest.mark.parametrize(
    ("raw", "is_in_it"),
    [
        (REPLY, True),
        (letter("out1", ADA, KIM, "Re: The price list", "Here it is", at=NOON), False),
        (letter("out1", ADA, KIM, "Another matter", "Here it is", at=NOON), False),
    ],
    ids=["an answer", "names no mail", "another subject"],
)
def test_only_an_answer_stands_in_the_thread(box: Outbox, raw: bytes, is_in_it: bool) -> None:
    made = box.writer().write(ApprovedWrite("out_1", "mail", ("mailbox", ADA), packed(raw), "ada", "hash"))
    sent = box.fake.mails[made.source_id]
    assert (sent["threadId"] == _thread_of(box, "m1")) is is_in_it
    assert b"Re: The price list" in sent["raw"] or not is_in_it


def test_the_draft_stands_in_the_thread_too_and_stays_there(box: Outbox) -> None:
    drafts = box.drafts()
    drafts.add(REPLY)
    (first,) = drafts.found(NAME)
    drafts.change(first, REPLY.replace(b"Here it is", b"Here it is now"))
    (second,) = drafts.found(NAME)
    assert {box.fake.mails[one]["threadId"] for one in (second.version,)} == {_thread_of(box, "m3")}


@pytest.mark.parametrize("kind", ["late", "broken"])
def test_silence_after_sending_is_unknown_and_found_by_looking(box: Outbox, kind: str) -> None:
    with pytest.raises(Unanswered):
        box.writer(Faults({kind: 100}, in_a_row=99, only=_sends)).write(MAIL)
    found = box.writer().find(MAIL)
    assert found is not None
    assert found.existed
    assert box.sent() == [NAME]


def _sends(asked: Asked) -> bool:
    return asked.path.endswith("/messages/send")


def test_draft_of_the_same_mail_does_not_count_as_sent(box: Outbox) -> None:
    box.drafts().add(REPLY)
    assert box.writer().find(MAIL) is None
