"""A Gmail mailbox is read whole, then by its history: nothing is missed; what is spam is withdrawn."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.mail.mailbox import ADA, KIM, SENDER, gmail, gmail_source, gmail_wire, letter
from tools.base import BadAnswer, CursorTooOld, NotAllowed, SourceRecord, State, Unreachable
from tools.fakes.gmail import GmailFake
from tools.fakes.wire import Faults
from tools.mail.gmail.source import GmailSource
from tools.mail.gmail.wire import READ_SCOPE, service_account
from tools.mail.told import Holder

Found = dict[str, SourceRecord]


@pytest.fixture
def fake() -> GmailFake:
    return gmail(Hands())


def _read(fake: GmailFake, cursor: str | None = None) -> tuple[Found, str]:
    found: Found = {}
    for page in gmail_source(fake).read("emails", cursor):
        assert page.rejected == ()
        found |= {one.source_id: one for one in page.records}
        cursor = page.cursor
    assert cursor is not None
    return found, cursor


def test_mails_are_told_with_direction_and_thread(fake: GmailFake) -> None:
    found, _ = _read(fake)
    told = {name: (one.fields.get("direction"), one.fields["in_reply_to"]) for name, one in found.items()}
    assert told == {
        "<m1@mail.example>": ("inbound", None),
        "<m2@mail.example>": ("outbound", "<m1@mail.example>"),
        "<m3@mail.example>": ("inbound", "<m2@mail.example>"),
        "<m4@mail.example>": (None, None),
    }
    assert found["<m1@mail.example>"].fields["text"].startswith("About The price list")


def test_what_comes_while_all_is_listed_is_not_missed(fake: GmailFake) -> None:
    fake.page = 2
    found: Found = {}
    for place, page in enumerate(gmail_source(fake).read("emails", None)):
        found |= {one.source_id: one for one in page.records}
        if place == 0:
            fake.add(letter("new", KIM, ADA, "New", "Now", at=NOON), at=NOON)
    assert "<new@mail.example>" in found
    assert len(found) == 5


def test_only_what_changed_is_read_again(fake: GmailFake) -> None:
    _, cursor = _read(fake)
    fake.now.on(minutes=5)  # type: ignore[attr-defined]
    key = fake.add(letter("n1", KIM, ADA, "Next", "Hello", at=NOON, answers="m3"))
    fake.add(letter("n2", ADA, KIM, "Draft", "Not yet", at=NOON), ("DRAFT",))
    fake.label(key, add=["STARRED"])
    begun = len(fake.asked)
    found, cursor = _read(fake, cursor)
    assert set(found) == {"<n1@mail.example>"}
    assert len([one for one in fake.asked[begun:] if "/messages/" in one.path]) == 2
    assert _read(fake, cursor)[0] == {}


def test_spam_is_withdrawn_and_comes_back_and_deletion_changes_nothing(fake: GmailFake) -> None:
    key = fake.add(letter("n1", KIM, ADA, "Next", "Hello", at=NOON))
    _, cursor = _read(fake)
    fake.label(key, add=["SPAM"], remove=["INBOX"])
    found, cursor = _read(fake, cursor)
    assert found["<n1@mail.example>"].deleted
    fake.label(key, add=["INBOX"], remove=["SPAM"])
    found, cursor = _read(fake, cursor)
    assert not found["<n1@mail.example>"].deleted
    fake.delete(key)
    assert _read(fake, cursor)[0] == {}


def test_draft_that_the_person_sends_is_told_once_sent(fake: GmailFake) -> None:
    _, cursor = _read(fake)
    wire = gmail_wire(fake, account=SENDER)
    draft = wire.make_draft(letter("n3", ADA, KIM, "Hello", "Here", at=NOON, answers="m3"), None)
    found, cursor = _read(fake, cursor)
    assert found == {}
    fake.send_draft(str(draft["id"]))
    found, _ = _read(fake, cursor)
    assert found["<n3@mail.example>"].fields["direction"] == "outbound"


def test_history_that_is_forgotten_and_foreign_cursors_are_too_old(fake: GmailFake) -> None:
    fake.remembers = 3
    _, cursor = _read(fake)
    for place in range(9):
        fake.add(letter(f"x{place}", KIM, ADA, "More", "More", at=NOON))
    for one in (cursor, "{}", "nonsense", '{"x": 1}'):
        with pytest.raises(CursorTooOld):
            _read(fake, one)


def test_old_token_of_a_page_begins_the_list_anew(fake: GmailFake) -> None:
    fake.page = 2
    pages = gmail_source(fake).read("emails", None)
    cursor = next(pages).cursor
    gone = cursor.split('"page":"')[1].split('"')[0]
    fake.delete(gone)
    found, _ = _read(fake, cursor)
    assert len(found) == 3


def test_it_is_asked_to_tell_us_for_a_week_and_to_stop(fake: GmailFake) -> None:
    source = gmail_source(fake, topic="projects/p/topics/t")
    assert source.called_for() == ["emails"]
    assert source.keep_calling("emails", "").until == NOON + timedelta(days=7)
    source.end_calling("emails", "")
    assert fake.watches == ["projects/p/topics/t", ""]
    assert gmail_source(fake).called_for() == []
    refusing = Faults({"error": 100}, in_a_row=999, only=lambda asked: asked.path.endswith("/watch"))
    with pytest.raises(Unreachable):
        gmail_source(fake, refusing, "projects/p/topics/t").keep_calling("emails", "")


def test_one_mail_sight_and_estimate(fake: GmailFake) -> None:
    source = gmail_source(fake)
    page = source.get("emails", "<m1@mail.example>")
    assert page is not None
    assert page.records[0].source_id == "<m1@mail.example>"
    assert source.get("emails", "<none@mail.example>") is None
    seen = source.sight(NOON - timedelta(days=1), NOON)
    assert [(one.source, one.holder) for one in seen] == [("email", ADA), ("calendar", ADA)]
    assert source.estimate("emails", None) == 4
    with pytest.raises(BadAnswer):
        source.estimate("meetings", None)


def test_mail_that_cannot_be_read_is_told_without_its_words(fake: GmailFake) -> None:
    fake.add(b"Subject: canary words\r\n\r\ncanary", at=NOON)
    pages = list(gmail_source(fake).read("emails", None))
    (reject,) = [one for page in pages for one in page.rejected]
    assert reject.field == "from"
    assert "canary" not in str(reject)


@pytest.mark.parametrize(
    ("mailbox", "faults", "state"),
    [
        (ADA, None, State.WELL),
        ("bob@ours.example", None, State.NOT_ALLOWED),
        (ADA, Faults({"dropped": 100}, in_a_row=999), State.UNREACHABLE),
        (ADA, Faults({"limit": 100}, in_a_row=999, only=lambda x: x.path != "/token"), State.LIMITED),
    ],
)
def test_check_says_how_it_stands(fake: GmailFake, mailbox: str, faults: Faults | None, state: State) -> None:
    fake.address = mailbox
    health = GmailSource(gmail_wire(fake, faults), fake.now, NOON, Holder(ADA)).check()
    assert health.state is state
    assert health.said


@pytest.mark.parametrize("key", ["canary", "{}", '{"client_email": "x"}', "[]"])
def test_key_that_is_none_is_told_and_not_shown(key: str) -> None:
    with pytest.raises(NotAllowed, match="cannot be read") as told:
        service_account(SecretStr(key), ADA, READ_SCOPE)
    assert "canary" not in str(told.value)
