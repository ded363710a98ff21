"""Mails sent by Gmail go out once, in their thread; drafts are never taken from under somebody's hands."""

from dataclasses import replace
from functools import partial

import pytest

from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.mail.mailbox import ADA, KIM, READER, SENDER, gmail, gmail_wire, letter
from tools.base import ApprovedWrite, BadAnswer, NotAllowed, Unanswered, VendorError
from tools.fakes.gmail import GmailFake
from tools.fakes.wire import Asked, Faults
from tools.mail.drafts import DraftTouched
from tools.mail.gmail.write import GmailDrafts, GmailWriter
from tools.mail.outgoing import packed, said

NAME = "<out1@mail.example>"
REPLY = letter("out1", ADA, KIM, "Re: The price list", "Here it is", at=NOON, answers="m3")
MAIL = ApprovedWrite("out_1", "mail", ("mailbox", ADA), packed(REPLY), "ada", "hash")


@pytest.fixture
def fake() -> GmailFake:
    return gmail(Hands())


def _writer(fake: GmailFake, faults: Faults | None = None, account: str = SENDER) -> GmailWriter:
    return GmailWriter(gmail_wire(fake, faults, account), ADA)


def _drafts(fake: GmailFake) -> GmailDrafts:
    return GmailDrafts(gmail_wire(fake, account=SENDER))


def _sent(fake: GmailFake) -> list[tuple[str, str]]:
    return [one for one in fake.writes if one[0] == "sent"]


def test_sent_once_in_its_thread_and_found_again(fake: GmailFake) -> None:
    writer = _writer(fake)
    assert writer.find(MAIL) is None
    made = writer.write(MAIL)
    again = writer.write(MAIL)
    assert (made.existed, again.existed, again.source_id) == (False, True, made.source_id)
    assert _sent(fake) == [("sent", "out1@mail.example")]
    first = next(one for one in fake.mails.values() if one["name"] == "m1@mail.example")
    assert fake.mails[made.source_id]["threadId"] == first["threadId"]


@pytest.mark.parametrize("kind", ["late", "broken"])
def test_silence_after_sending_is_unknown_and_found_by_looking(fake: GmailFake, kind: str) -> None:
    with pytest.raises(Unanswered):
        _writer(fake, Faults({kind: 100}, in_a_row=99, only=_sends)).write(MAIL)
    found = _writer(fake).find(MAIL)
    assert found is not None
    assert found.existed
    assert len(_sent(fake)) == 1


def _sends(asked: Asked) -> bool:
    return asked.path.endswith("/messages/send")


@pytest.mark.parametrize("seed", range(8))
def test_storm_sends_nothing_twice(fake: GmailFake, seed: int) -> None:
    faults = Faults({"limit": 10, "error": 10, "dropped": 10, "late": 15, "broken": 10}, seed=seed, in_a_row=4)
    looks = done = False
    for _ in range(60):
        writer = _writer(fake, faults)
        try:
            done = bool(looks and writer.find(MAIL)) or bool(writer.write(MAIL))
        except Unanswered:
            looks = True
        except VendorError:
            pass
        if done:
            break
    assert done
    assert len(_sent(fake)) == 1


def test_draft_of_the_same_mail_does_not_count_as_sent(fake: GmailFake) -> None:
    _drafts(fake).add(REPLY)
    assert _writer(fake).find(MAIL) is None


@pytest.mark.parametrize(
    "wrong",
    [replace(MAIL, op="task"), replace(MAIL, target=("mailbox", "bob@ours.example")), replace(MAIL, fields={}),
     replace(MAIL, fields={"mail": "%%"})],
)  # fmt: skip
def test_what_is_not_sent_here_is_refused(fake: GmailFake, wrong: ApprovedWrite) -> None:
    with pytest.raises(BadAnswer):
        _writer(fake).write(wrong)
    assert _sent(fake) == []


def test_reading_key_sends_nothing(fake: GmailFake) -> None:
    with pytest.raises(NotAllowed):
        _writer(fake, account=READER).write(MAIL)
    assert _sent(fake) == []


def test_draft_is_made_found_changed_in_place_and_removed(fake: GmailFake) -> None:
    drafts = _drafts(fake)
    drafts.add(REPLY)
    (first,) = drafts.found(NAME)
    assert said(first.raw) == said(REPLY)
    changed = REPLY.replace(b"Here it is", b"Here it is now")
    drafts.change(first, changed)
    (second,) = drafts.found(NAME)
    assert (second.draft_id, second.version != first.version) == (first.draft_id, True)
    assert said(second.raw) == said(changed) != said(REPLY)
    answered = next(one for one in fake.mails.values() if one["name"] == "m3@mail.example")
    assert fake.mails[second.version]["threadId"] == answered["threadId"]
    drafts.drop(second)
    assert (fake.drafts, drafts.found(NAME)) == ({}, [])
    with pytest.raises(DraftTouched) as told:
        drafts.change(second, REPLY)
    assert told.value.gone


def test_draft_that_was_edited_meanwhile_is_left_alone(fake: GmailFake) -> None:
    drafts = _drafts(fake)
    drafts.add(REPLY)
    (first,) = drafts.found(NAME)
    mine = REPLY.replace(b"Here it is", b"In my own words")
    fake.edit_draft(first.draft_id, mine)
    for tries in (partial(drafts.change, first, REPLY), partial(drafts.drop, first)):
        with pytest.raises(DraftTouched) as told:
            tries()
        assert not told.value.gone
    assert fake.mails[fake.drafts[first.draft_id]]["raw"] == mine
