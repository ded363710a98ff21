"""Mails sent by Microsoft 365 go out once, in their conversation; drafts are never taken from under a hand."""

from dataclasses import replace
from functools import partial

import pytest

from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.mail.mailbox import ADA, APP, KIM, SENDING, graph, graph_wire, letter
from tools.base import ApprovedWrite, BadAnswer, NotAllowed, Unanswered, VendorError
from tools.fakes.graph import GraphFake
from tools.fakes.wire import Faults
from tools.mail.drafts import DraftTouched
from tools.mail.graph.write import GraphDrafts, GraphWriter
from tools.mail.outgoing import packed, said

NAME = "<out1@mail.example>"
REPLY = letter("out1", ADA, KIM, "Re: The price list", "Here it is", at=NOON, answers="m3")
MAIL = ApprovedWrite("out_1", "mail", ("mailbox", ADA), packed(REPLY), "ada", "hash")
FIRST = replace(MAIL, key="out_2", fields=packed(letter("out2", ADA, KIM, "Hello", "New", at=NOON)))


@pytest.fixture
def fake() -> GraphFake:
    return graph(Hands())


def _writer(fake: GraphFake, faults: Faults | None = None, app: tuple[str, str] = SENDING) -> GraphWriter:
    return GraphWriter(graph_wire(fake, faults, app), ADA)


def _drafts(fake: GraphFake) -> GraphDrafts:
    return GraphDrafts(graph_wire(fake, app=SENDING))


def _sent(fake: GraphFake) -> list[str]:
    return [name for what, name in fake.writes if what == "sent"]


@pytest.mark.parametrize("approved", [MAIL, FIRST], ids=["reply", "first"])
def test_sent_once_and_found_again(fake: GraphFake, approved: ApprovedWrite) -> None:
    writer = _writer(fake)
    assert writer.find(approved) is None
    made = writer.write(approved)
    again = writer.write(approved)
    assert (made.existed, again.existed, again.source_id) == (False, True, made.source_id)
    assert len(_sent(fake)) == 1
    stored = fake.mails[made.source_id]
    assert (stored["folder"], stored["toRecipients"][0]["emailAddress"]["address"]) == ("sentitems", KIM)


def test_reply_stands_in_its_conversation(fake: GraphFake) -> None:
    made = _writer(fake).write(MAIL)
    answered = next(one for one in fake.mails.values() if one["internetMessageId"] == "<m3@mail.example>")
    assert fake.mails[made.source_id]["conversationId"] == answered["conversationId"]
    assert fake.mails[made.source_id]["body"]["content"].strip() == "Here it is"


@pytest.mark.parametrize("step", ["createReply", "send"])
def test_silence_is_unknown_and_nothing_goes_out_twice(fake: GraphFake, step: str) -> None:
    faults = Faults({"late": 100}, in_a_row=99, only=lambda asked: asked.path.endswith(step))
    with pytest.raises(Unanswered):
        _writer(fake, faults).write(MAIL)
    found = _writer(fake).find(MAIL)
    assert (found is not None) == (step == "send")
    _writer(fake).write(MAIL)
    assert len(_sent(fake)) == 1
    assert len([one for one in fake.writes if one[0] == "drafted"]) == 1


@pytest.mark.parametrize("seed", range(8))
def test_storm_sends_nothing_twice(fake: GraphFake, seed: int) -> None:
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


@pytest.mark.parametrize(
    "wrong",
    [replace(MAIL, op="task"), replace(MAIL, target=("mailbox", "bob@ours.example")), replace(MAIL, fields={})],
)
def test_what_is_not_sent_here_is_refused(fake: GraphFake, wrong: ApprovedWrite) -> None:
    with pytest.raises(BadAnswer):
        _writer(fake).write(wrong)


def test_reading_app_sends_nothing(fake: GraphFake) -> None:
    with pytest.raises(NotAllowed):
        _writer(fake, app=APP).write(MAIL)
    assert _sent(fake) == []


def test_draft_is_made_found_changed_in_place_and_removed(fake: GraphFake) -> None:
    drafts = _drafts(fake)
    drafts.add(REPLY)
    (first,) = drafts.found(NAME)
    assert said(first.raw) == said(REPLY)
    changed = REPLY.replace(b"Here it is", b"Here it is now")
    drafts.change(first, changed)
    (second,) = drafts.found(NAME)
    assert (second.draft_id, second.version != first.version) == (first.draft_id, True)
    assert said(second.raw) == said(changed) != said(REPLY)
    drafts.drop(second)
    assert drafts.found(NAME) == []
    with pytest.raises(DraftTouched) as told:
        drafts.change(second, REPLY)
    assert told.value.gone


def test_draft_that_was_edited_meanwhile_is_left_alone(fake: GraphFake) -> None:
    drafts = _drafts(fake)
    drafts.add(REPLY)
    (first,) = drafts.found(NAME)
    fake.edit(first.draft_id, {"body": {"contentType": "text", "content": "In my own words"}})
    for tries in (partial(drafts.change, first, REPLY), partial(drafts.drop, first)):
        with pytest.raises(DraftTouched):
            tries()
    assert fake.mails[first.draft_id]["body"]["content"] == "In my own words"


def test_what_was_approved_goes_out_and_not_the_draft_that_lay_there(fake: GraphFake) -> None:
    _drafts(fake).add(REPLY)
    made = _writer(fake).write(replace(MAIL, fields=packed(REPLY.replace(b"Here it is", b"As approved"))))
    assert fake.mails[made.source_id]["body"]["content"].strip() == "As approved"
    assert len(_sent(fake)) == 1
