"""A connected mailbox sends what was approved once, also through silence and death, and keeps one draft an item."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from agent_runtime.actions import reasons
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Executor, Found, Result
from agent_runtime.actions.mailbox_drafts import DRAFT, WITHDRAW, MailboxDrafts, placed_in
from agent_runtime.actions.senders import Profile
from agent_runtime.connectors.drafts import ConnectedDrafts
from agent_runtime.connectors.executor import WriteExecutor
from agent_runtime.connectors.removal import Removed, sent_mails, standing_drafts, withdraw_drafts
from agent_runtime.errors import BadSetting
from tests.unit.agent_runtime.actions.desk import Desk, people
from tests.unit.tools.hands import Hands
from tests.unit.tools.mail.mailbox import ADA, SENDER, SENDING, gmail, gmail_wire, graph, graph_wire
from tools.base import Writer
from tools.fakes.wire import Asked, Faults
from tools.mail.drafts import Drafts
from tools.mail.gmail.write import GmailDrafts, GmailWriter
from tools.mail.graph.write import GraphDrafts, GraphWriter


@dataclass(slots=True)
class Office:
    """A desk, and a mailbox on a stand-in."""

    engine: Engine
    vendor: str
    fake: Any
    faults: Faults | None = None

    @contextmanager
    def writer_of(self, _: str) -> Iterator[Writer | None]:
        """The mailbox's writer."""
        if self.vendor == "gmail":
            yield GmailWriter(gmail_wire(self.fake, self.faults, SENDER), ADA)
        else:
            yield GraphWriter(graph_wire(self.fake, self.faults, SENDING), ADA)

    @contextmanager
    def drafts_of(self, _: str) -> Iterator[Drafts | None]:
        """The mailbox's drafts."""
        if self.vendor == "gmail":
            yield GmailDrafts(gmail_wire(self.fake, self.faults, SENDER))
        else:
            yield GraphDrafts(graph_wire(self.fake, self.faults, SENDING))

    def desk(self, executor: Executor | None = None) -> Desk:
        """A desk that sends from it."""
        return Desk(self.engine, executor or WriteExecutor(self.writer_of))

    def decide(self, desk: Desk, key: str = "it_1:1", **changed: Any) -> ActionRow:
        """An approved mail in Ada's name."""
        version = key.split(":")[1]
        told = {"connector": f"{self.vendor}:ada", "sender": {"name": "Ada", "email": ADA},
                "message_id": f"<it_1.{version}@ours.example>"}  # fmt: skip
        return desk.decide(key, **(told | changed))

    def sent(self) -> list[str]:
        """The Message-IDs of what went out."""
        return [name for what, name in self.fake.writes if what == "sent"]

    def held(self) -> list[str]:
        """The words of the drafts with our Message-IDs."""
        with self.drafts_of("") as drafts:
            assert drafts is not None
            found = [one for version in (1, 2, 3) for one in drafts.found(f"<it_1.{version}@ours.example>")]
        return [one.raw.decode().replace("\r\n", "\n").partition("\n\n")[2].strip() for one in found]

    def edit(self) -> None:
        """Ada writes something else into the draft."""
        with self.drafts_of("") as drafts:
            assert drafts is not None
            (found,) = drafts.found("<it_1.1@ours.example>")
        if self.vendor == "gmail":
            self.fake.edit_draft(found.draft_id, found.raw.replace(b"first", b"my own words"))
        else:
            self.fake.edit(found.draft_id, {"body": {"contentType": "text", "content": "my own words"}})


@pytest.fixture(params=["gmail", "graph"])
def office(request: pytest.FixtureRequest, sqlite_engine: Engine) -> Office:
    people(sqlite_engine)
    return Office(sqlite_engine, request.param, (gmail if request.param == "gmail" else graph)(Hands()))


def test_approved_mail_goes_out_once(office: Office) -> None:
    desk = office.desk()
    action = office.decide(desk)
    desk.execute(action.id)
    desk.until_quiet()
    assert desk.row(action.id).state == "confirmed"
    assert len(office.sent()) == 1
    assert desk.activities() == 1


def test_mail_without_an_answer_is_looked_for_and_never_repeated(office: Office) -> None:
    office.faults = Faults({"late": 100}, in_a_row=1, only=_sends)
    desk = office.desk()
    action = office.decide(desk)
    desk.execute(action.id)
    assert desk.row(action.id).state == "unknown"
    desk.until_quiet()
    assert desk.row(action.id).state == "confirmed"
    assert len(office.sent()) == 1


def _sends(asked: Asked) -> bool:
    return asked.path.endswith("/send")


class Dies:
    """The process ends between the sending and its record."""

    def __init__(self, inner: WriteExecutor) -> None:
        self._inner, self.settles_after = inner, inner.settles_after

    def execute(self, action: ActionRow) -> Result:
        self._inner.execute(action)
        raise SystemError("killed")

    def find(self, action: ActionRow) -> Found:
        return self._inner.find(action)


def test_death_between_sending_and_record_does_not_repeat_it(office: Office) -> None:
    desk = office.desk(Dies(WriteExecutor(office.writer_of)))
    action = office.decide(desk)
    desk.execute(action.id)
    desk.until_quiet()
    assert desk.row(action.id).state == "confirmed"
    assert len(office.sent()) == 1


def test_mail_of_somebody_else_does_not_go_out_from_here(office: Office) -> None:
    desk = office.desk()
    action = office.decide(desk, sender={"name": "Bo", "email": "bo@ours.example"})
    desk.execute(action.id)
    assert desk.row(action.id).state == "failed"
    assert office.sent() == []


def _mailbox(office: Office) -> ConnectedDrafts:
    profile = Profile("u1", "Ada", ADA, f"{office.vendor}:ada")
    return ConnectedDrafts(lambda user: profile if user == "u1" else None, office.drafts_of)


def _drafting(office: Office) -> Desk:
    return office.desk(MailboxDrafts(_mailbox(office), placed_in(office.engine)))


def _work(office: Office, desk: Desk, version: int, body: str = "x", kind: str = DRAFT) -> str:
    desk.now += timedelta(minutes=1)
    key = f"it_1:{version}" if kind == DRAFT else f"it_1:{version}:{kind}"
    action = office.decide(desk, key, kind=kind, body=body)
    desk.execute(action.id)
    return str(desk.row(action.id).state)


def test_one_draft_an_item_is_renewed_in_place_and_withdrawn(office: Office) -> None:
    desk = _drafting(office)
    assert _work(office, desk, 1, "first") == "confirmed"
    assert office.held() == ["first"]
    assert _work(office, desk, 2, "second") == "confirmed"
    assert office.held() == ["second"]
    assert _work(office, desk, 2, kind=WITHDRAW) == "confirmed"
    assert office.held() == []
    assert office.sent() == []


def test_edited_draft_is_never_overwritten_nor_withdrawn(office: Office) -> None:
    desk = _drafting(office)
    _work(office, desk, 1, "first")
    office.edit()
    assert _work(office, desk, 2, "second") == "failed"
    assert desk.ends[-1][2] == reasons.DRAFT_EDITED
    assert _work(office, desk, 2, kind=WITHDRAW) == "confirmed"
    assert office.held() == ["my own words"]


def test_taking_back_withdraws_the_draft_and_counts_what_was_sent(office: Office) -> None:
    desk, name = _drafting(office), f"{office.vendor}:ada"
    for version, body in ((1, "first"), (2, "second")):
        _work(office, desk, version, body)
    sending = office.desk()
    sending.execute(office.decide(sending, "it_2:1", message_id="<it_2.1@ours.example>").id)
    assert _taken_back(office, name) == Removed(removed=1, stayed=0, failed=0)
    assert office.held() == []
    with office.engine.connect() as connection:
        assert sent_mails(connection, name) == 1
        assert standing_drafts(connection, "gmail:somebody-else") == []


def test_taking_back_leaves_a_draft_that_is_a_persons_own(office: Office) -> None:
    desk = _drafting(office)
    _work(office, desk, 1, "first")
    office.edit()
    assert _taken_back(office, f"{office.vendor}:ada") == Removed(removed=0, stayed=1, failed=0)
    assert office.held() == ["my own words"]


def _taken_back(office: Office, name: str) -> Removed:
    with office.engine.connect() as connection:
        standing = standing_drafts(connection, name)
    return withdraw_drafts(MailboxDrafts(_mailbox(office), placed_in(office.engine)), standing)


def test_provider_that_does_not_answer_is_tried_again_and_a_lost_credential_is_told(office: Office) -> None:
    desk = _drafting(office)
    office.faults = Faults({"dropped": 100}, in_a_row=999)
    assert _work(office, desk, 1, "first") == "pending"
    office.faults = None
    office.fake.senders = frozenset()
    assert _work(office, desk, 2, "second") == "failed"
    assert desk.ends[-1][2] == reasons.SIGN_IN


def test_key_that_became_unusable_sends_nothing_and_is_told(office: Office) -> None:
    @contextmanager
    def broken(_: str) -> Iterator[Writer | None]:
        raise BadSetting("the key of the service account cannot be read")
        yield

    desk = office.desk(WriteExecutor(broken))
    action = office.decide(desk)
    desk.execute(action.id)
    assert (desk.row(action.id).state, "cannot be read" in desk.row(action.id).reason) == ("failed", True)
    assert WriteExecutor(broken).find(action) is Found.UNSEEN
