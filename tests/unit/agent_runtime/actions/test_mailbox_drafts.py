"""One draft an item in the sender's mailbox: renewed while untouched, and a person's own words are never lost."""

from sqlalchemy import Engine

from agent_runtime.actions import reasons, service
from agent_runtime.actions.mailbox_drafts import MailboxDrafts, Placed
from tests.unit.agent_runtime.actions.desk import Desk, people
from tests.unit.agent_runtime.actions.prepared import NOW
from tests.unit.agent_runtime.actions.providers import FakeDrafts

KIND = "draft_in_mailbox"


def _desk(engine: Engine) -> tuple[Desk, FakeDrafts, MailboxDrafts]:
    people(engine)
    mailbox = FakeDrafts()

    def placed(item_id: str) -> Placed | None:
        with engine.connect() as connection:
            found = service.last_result(connection, item_id, KIND)
        return Placed(found["draft_id"], found["version"]) if found else None

    drafts = MailboxDrafts(mailbox, placed)
    return Desk(engine, drafts), mailbox, drafts


def _work(desk: Desk, version: int, body: str) -> str:
    desk.decide(f"it_1:{version}", kind=KIND, body=body)
    (state,) = desk.work()
    return state


def test_a_draft_is_placed_and_renewed_while_nobody_touched_it(sqlite_engine: Engine) -> None:
    desk, mailbox, _ = _desk(sqlite_engine)
    assert _work(desk, 1, "first") == "confirmed"
    assert _work(desk, 2, "second") == "confirmed"
    ((version, mail),) = mailbox.held.values()
    assert version == 2
    assert b"second" in mail
    assert b"first" not in mail


def test_an_edited_draft_is_never_overwritten_nor_withdrawn(sqlite_engine: Engine) -> None:
    desk, mailbox, drafts = _desk(sqlite_engine)
    _work(desk, 1, "first")
    mailbox.edit("it_1", b"my own words")
    assert _work(desk, 2, "second") == "failed"
    assert desk.ends[-1][2] == reasons.DRAFT_EDITED
    assert drafts.withdraw("u1", "it_1") == reasons.DRAFT_EDITED
    assert mailbox.held["it_1"][1] == b"my own words"


def test_a_draft_that_was_sent_or_thrown_away_is_not_made_again(sqlite_engine: Engine) -> None:
    desk, mailbox, drafts = _desk(sqlite_engine)
    _work(desk, 1, "first")
    del mailbox.held["it_1"]
    assert _work(desk, 2, "second") == "failed"
    assert desk.ends[-1][2] == reasons.DRAFT_GONE
    assert drafts.withdraw("u1", "it_1") == reasons.DRAFT_GONE
    assert mailbox.held == {}


def test_an_untouched_draft_is_withdrawn_when_the_item_clears(sqlite_engine: Engine) -> None:
    desk, mailbox, drafts = _desk(sqlite_engine)
    assert drafts.withdraw("u1", "it_1") == ""
    _work(desk, 1, "first")
    assert drafts.withdraw("u1", "it_1") == ""
    assert mailbox.held == {}


def test_a_mailbox_that_is_away_is_tried_again(sqlite_engine: Engine) -> None:
    desk, mailbox, _ = _desk(sqlite_engine)
    mailbox.away = True
    assert _work(desk, 1, "first") == "pending"
    mailbox.away = False
    desk.until_quiet()
    assert desk.now > NOW
    assert list(mailbox.held) == ["it_1"]
