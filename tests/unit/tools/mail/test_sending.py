"""What every provider's mailbox keeps: a mail goes out once whatever goes wrong; a touched draft is left alone."""

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.tools.mail.sending import FIRST, MAIL, NAME, REPLY, VENDORS, Outbox, outbox
from tests.unit.tools.scripts import Script
from tools.base import ApprovedWrite, BadAnswer, NotAllowed, Unanswered, VendorError
from tools.fakes.wire import KINDS, Faults
from tools.mail.drafts import DraftTouched
from tools.mail.outgoing import said

every = pytest.mark.parametrize("vendor", VENDORS)
SCRIPTS = st.lists(st.sampled_from([*KINDS, None]), max_size=30)


@pytest.fixture(params=VENDORS)
def box(request: pytest.FixtureRequest) -> Outbox:
    return outbox(request.param)


@pytest.mark.parametrize("approved", [MAIL, FIRST], ids=["reply", "first"])
def test_sent_once_and_found_again(box: Outbox, approved: ApprovedWrite) -> None:
    writer = box.writer()
    assert writer.find(approved) is None
    made = writer.write(approved)
    again = writer.write(approved)
    assert (made.existed, again.existed, again.source_id) == (False, True, made.source_id)
    assert len(box.sent()) == 1


@every
@settings(max_examples=60, deadline=None)
@given(script=SCRIPTS)
def test_whatever_goes_wrong_it_goes_out_once(vendor: str, script: list[str | None]) -> None:
    box, faults = outbox(vendor), Script(script)
    assert _delivered(box, faults, MAIL)
    assert box.sent() == [NAME]
    writer = box.writer()
    assert writer.write(MAIL).existed
    assert box.sent() == [NAME]


def _delivered(box: Outbox, faults: Faults, approved: ApprovedWrite) -> bool:
    """As the executor does it: after silence it is looked for, and written only where it surely is not there."""
    unknown, writer = False, box.writer(faults)
    for _ in range(80):
        try:
            if unknown and writer.find(approved):
                return True
            unknown = False
            writer.write(approved)
            return True
        except Unanswered:
            unknown = True
        except VendorError:
            continue
    return False


@every
@settings(max_examples=40, deadline=None)
@given(script=SCRIPTS)
def test_one_draft_a_mail_whatever_goes_wrong(vendor: str, script: list[str | None]) -> None:
    box, faults = outbox(vendor), Script(script)
    store = box.drafts()
    store.wire = box.writer(faults).wire  # type: ignore[attr-defined]
    for _ in range(80):
        try:
            if not store.found(NAME):
                store.add(REPLY)
            break
        except VendorError:
            continue
    (one,) = box.drafts().found(NAME)
    assert said(one.raw) == said(REPLY)
    assert box.sent() == []


@pytest.mark.parametrize(
    "wrong",
    [replace(MAIL, op="task"), replace(MAIL, target=("mailbox", "bob@ours.example")), replace(MAIL, fields={}),
     replace(MAIL, fields={"mail": "%%"})],
)  # fmt: skip
def test_what_is_not_sent_here_is_refused(box: Outbox, wrong: ApprovedWrite) -> None:
    with pytest.raises(BadAnswer):
        box.writer().write(wrong)
    assert box.sent() == []


def test_reading_credential_sends_nothing(box: Outbox) -> None:
    with pytest.raises(NotAllowed):
        box.writer(may_send=False).write(MAIL)
    assert box.sent() == []


def test_draft_is_made_found_changed_in_place_and_removed(box: Outbox) -> None:
    drafts = box.drafts()
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


def test_draft_that_was_edited_meanwhile_is_left_alone(box: Outbox) -> None:
    drafts = box.drafts()
    drafts.add(REPLY)
    (first,) = drafts.found(NAME)
    box.edit(first.draft_id, first.raw, "In my own words")
    for tries in (partial(drafts.change, first, REPLY), partial(drafts.drop, first)):
        with pytest.raises(DraftTouched) as told:
            tries()
        assert not told.value.gone
    (present,) = drafts.found(NAME)
    assert b"In my own words" in present.raw
