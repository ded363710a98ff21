"""One draft an item in the sender's mailbox: renewed while untouched, and a person's own words are never lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import Engine

from agent_runtime.actions import reasons
from agent_runtime.actions.executors import Found
from agent_runtime.actions.imap_drafts import ImapDrafts
from agent_runtime.actions.mailbox_drafts import DRAFT, WITHDRAW, MailboxDrafts, placed_in
from agent_runtime.actions.senders import Profile
from agent_runtime.settings import MailServer
from tests.unit.agent_runtime.actions.desk import Desk, people
from tests.unit.agent_runtime.actions.prepared import NOW
from tools.fakes.imap import FakeMailbox, ImapFake
from tools.fakes.imap_server import serving

ANA, SECRET = "ana@we.test", "canary-drafts-31"


@dataclass(slots=True)
class Office:
    """A desk whose drafts go into Ana's mailbox on a stand-in server."""

    desk: Desk
    fake: ImapFake
    drafts: MailboxDrafts

    @property
    def box(self) -> FakeMailbox:
        return self.fake.mailboxes[ANA]

    def work(self, version: int, body: str = "", kind: str = DRAFT) -> str:
        """Decides and executes the version's draft, or its withdrawal; gives the state."""
        self.desk.now += timedelta(minutes=1)
        name = f"it_1:{version}" if kind == DRAFT else f"it_1:{version}:{kind}"
        self.desk.decide(name, kind=kind, body=body or "x", message_id=f"<it_1.{version}@we.test>")
        (state,) = self.desk.work()
        return state

    def held(self) -> list[str]:
        """The words of the drafts in the mailbox."""
        mails = [message_from_bytes(one.raw, policy=default) for one in self.box["Drafts"].mails.values()]
        return [str(mail.get_content()).strip() for mail in mails]

    def edit(self, words: str) -> None:
        """Ana writes something else into the only draft, as a mail program keeps it: a new mail for the old one."""
        (kept,) = self.box["Drafts"].mails.values()
        mail = message_from_bytes(kept.raw, policy=default)
        mail.set_content(words)
        self.box["Drafts"].drop([kept.uid])
        self.box["Drafts"].put(mail.as_bytes(), kept.came_at, kept.flags)


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    people(sqlite_engine)
    fake = ImapFake({ANA: FakeMailbox(SECRET)})
    (tmp_path / "secret").write_text(SECRET)
    profile = Profile("u1", "Ana", ANA, "office", username=ANA, password_ref=f"file:{tmp_path / 'secret'}")
    with serving(fake) as port:
        server = MailServer(host="127.0.0.1", port=25, security="plain", imap_host="127.0.0.1", imap_port=port)
        mailbox = ImapDrafts(lambda user: profile if user == "u1" else None, {"office": server})
        drafts = MailboxDrafts(mailbox, placed_in(sqlite_engine))
        yield Office(Desk(sqlite_engine, drafts), fake, drafts)


def test_a_draft_is_placed_as_read_and_renewed_while_nobody_touched_it(office: Office) -> None:
    assert office.work(1, "first") == "confirmed"
    (kept,) = office.box["Drafts"].mails.values()
    assert kept.flags == {"\\Draft", "\\Seen"}
    assert office.held() == ["first"]
    assert office.work(2, "second") == "confirmed"
    assert office.held() == ["second"]


def test_a_draft_that_was_only_looked_at_and_written_in_another_form_is_untouched(office: Office) -> None:
    office.work(1, "first")
    (kept,) = office.box["Drafts"].mails.values()
    office.box["Drafts"].drop([kept.uid])
    again = kept.raw.replace(b"Subject:", b"X-Mailer: another\r\nSubject:") + b"\r\n"
    office.box["Drafts"].put(again, kept.came_at, {"\\Seen", "\\Flagged"})
    assert office.work(2, "second") == "confirmed"
    assert office.held() == ["second"]


def test_an_edited_draft_is_never_overwritten_nor_withdrawn(office: Office) -> None:
    office.work(1, "first")
    office.edit("my own words")
    assert office.work(2, "second") == "failed"
    assert office.desk.ends[-1][2] == reasons.DRAFT_EDITED
    assert office.work(2, kind=WITHDRAW) == "confirmed"
    assert office.held() == ["my own words"]


def test_a_draft_that_was_sent_or_thrown_away_is_not_made_again(office: Office) -> None:
    office.work(1, "first")
    office.box["Drafts"].drop(list(office.box["Drafts"].mails))
    assert office.work(2, "second") == "failed"
    assert office.desk.ends[-1][2] == reasons.DRAFT_GONE
    assert office.work(2, kind=WITHDRAW) == "confirmed"
    assert office.held() == []


def test_an_untouched_draft_is_withdrawn_and_may_be_placed_anew(office: Office) -> None:
    office.work(1, "first")
    assert office.work(1, kind=WITHDRAW) == "confirmed"
    assert office.held() == []
    assert office.work(2, "second") == "confirmed"
    assert office.held() == ["second"]


def test_other_drafts_are_left_alone(office: Office) -> None:
    office.box["Drafts"].put(b"Subject: mine\r\nMessage-ID: <own@we.test>\r\n\r\nown\r\n", NOW, {"\\Draft"})
    office.box["Drafts"].put(b"Subject: old\r\nMessage-ID: <old@we.test>\r\n\r\nold\r\n", NOW, {"\\Deleted"})
    office.work(1, "first")
    office.work(2, "second")
    office.work(2, kind=WITHDRAW)
    assert office.held() == ["own", "old"]


@pytest.mark.parametrize("commands", range(1, 16))
def test_a_connection_that_breaks_at_any_step_leaves_one_draft_in_the_end(office: Office, commands: int) -> None:
    office.work(1, "first")
    office.fake.commands_until_drop = commands
    office.work(2, "second")
    office.desk.until_quiet()
    assert office.held() == ["second"]


def test_a_mailbox_that_is_away_is_tried_again(office: Office) -> None:
    office.fake.commands_until_drop = 0
    assert office.work(1, "first") == "pending"
    office.desk.until_quiet()
    assert office.desk.now > NOW
    assert office.held() == ["first"]


def test_what_a_dead_worker_may_have_done_is_looked_for(office: Office) -> None:
    action = office.desk.decide("it_1:1", kind=DRAFT, message_id="<it_1.1@we.test>")
    gone = office.desk.decide("it_1:1:w", kind=WITHDRAW, message_id="<it_1.1@we.test>")
    assert office.drafts.find(action) is Found.ABSENT
    assert office.drafts.find(gone) is Found.THERE
    office.drafts.execute(action)
    assert office.drafts.find(action) is Found.THERE
    assert office.drafts.find(gone) is Found.ABSENT
    office.fake.commands_until_drop = 0
    assert office.drafts.find(action) is Found.UNSEEN


@pytest.mark.parametrize(
    ("user", "secret", "reason"),
    [("u2", SECRET, reasons.NO_PROFILE), ("u1", "another", reasons.SIGN_IN)],
)
def test_a_mailbox_that_can_never_be_opened_is_told_and_not_tried_again(
    office: Office, user: str, secret: str, reason: str
) -> None:
    office.box.secret = secret
    office.desk.decide("it_1:1", kind=DRAFT, user_id=user, message_id="<it_1.1@we.test>")
    assert office.desk.work() == ["failed"]
    assert office.desk.ends[-1][2] == reason
