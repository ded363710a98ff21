"""The morning goes out by itself, once a day to each person, whoever sends it and whatever dies in between."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Found, Rejected, Result, Sent, Unknown
from agent_runtime.actions.reasons import LOST, UNREACHABLE
from agent_runtime.actions.senders import Profile, set_profile
from agent_runtime.installation import Installation
from agent_runtime.mailing import digests
from agent_runtime.mailing.rounds import Mailing
from agent_runtime.settings import MailServer
from agent_runtime.users import digest_turns
from tests.unit.agent_runtime.app.office import NOW, Office, opened


class Killed(Exception):
    """The process ends here."""


@dataclass
class Post:
    """A mail server that keeps what it is given; `answer`: what it says; `there`: what the folder of sent mail says."""

    answer: Callable[[], Result] = Sent
    there: Found = Found.UNSEEN
    ids: list[str] = field(default_factory=list)

    def execute(self, action: ActionRow) -> Result:
        self.ids.append(action.content["message_id"])
        return self.answer()

    def find(self, action: ActionRow) -> Found:
        return self.there


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    with opened(sqlite_engine, tmp_path) as found:
        yield found


@pytest.fixture
def house(office: Office) -> Installation:
    """Anna has a mail server, and people reach the pages."""
    with office.engine.begin() as connection:
        profile = Profile("anna", "Anna", "anna@we.test", "house")
        set_profile(connection, profile, "ada", NOW, office.installation.install_key)
    # Nobody listens there.
    servers = {"house": MailServer(host="127.0.0.1", port=1, security="plain")}
    settings = office.installation.settings.model_copy(
        update={"public_url": "https://tenure.test", "mail_servers": servers}
    )
    return replace(office.installation, settings=settings)


def due(house: Installation, now: datetime = NOW) -> set[str]:
    with house.engine.connect() as connection:
        return digests.due(house, connection, now)


def send(house: Installation, post: Post, now: datetime = NOW) -> str:
    (morning,) = digests.mornings(house, {"anna"}, now)
    return digests.send_wanted(house, morning, now, post)


def killed() -> Result:
    raise Killed


def test_it_goes_out_once_a_day(house: Installation) -> None:
    post = Post()
    assert due(house) == {"anna"}
    assert send(house, post) == "sent"
    assert due(house) == set()
    assert send(house, post) == "not sent, it was sent today"
    assert due(house, NOW + timedelta(days=1)) == {"anna"}
    assert send(house, post, NOW + timedelta(days=1)) == "sent"
    assert len(set(post.ids)) == len(post.ids) == 2


@pytest.mark.parametrize(
    ("there", "told", "sent"),
    [(Found.THERE, "had gone out", 1), (Found.ABSENT, "sent", 2), (Found.UNSEEN, "may have gone out", 1)],
)
def test_whoever_dies_on_the_way_is_taken_over(house: Installation, there: Found, told: str, sent: int) -> None:
    post = Post(killed, there)
    with pytest.raises(Killed):
        send(house, post)
    assert due(house) == set()
    assert send(house, post) == "not sent, it is being sent or was sent today"
    later = NOW + digest_turns.CLAIM_LASTS
    post.answer = Sent
    assert due(house, later) == {"anna"}
    assert send(house, post, later) == told
    assert len(post.ids) == sent
    assert len(set(post.ids)) == 1


def test_silence_is_not_answered_by_a_second_mail(house: Installation) -> None:
    post = Post(lambda: Unknown(LOST), Found.THERE)
    assert send(house, post).startswith("may have gone out")
    assert send(house, post, NOW + digest_turns.CLAIM_LASTS) == "had gone out"
    assert len(post.ids) == 1


def test_what_was_refused_may_be_tried_again(house: Installation) -> None:
    post = Post(lambda: Rejected(UNREACHABLE))
    assert send(house, post).startswith("not sent: ")
    post.answer = Sent
    assert send(house, post) == "sent"


def test_of_two_who_send_at_once_one_does(house: Installation) -> None:
    with house.engine.begin() as connection:
        assert digest_turns.claim(connection, "anna", NOW.date(), NOW) == digest_turns.FIRST
    with house.engine.begin() as connection:
        assert digest_turns.claim(connection, "anna", NOW.date(), NOW) is None


def test_the_worker_sends_it_by_itself_and_says_once_what_hinders_it(
    house: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    mailing = Mailing(house, "w1")
    for minutes in (0, 1, 20):
        mailing.step(NOW + timedelta(minutes=minutes))
        mailing.close()
    told = [one.getMessage() for one in caplog.records if one.name == "tenure.mailing"]
    assert len(told) == 1
    assert told[0].startswith("anna: the morning not sent: ")


def test_without_an_address_of_the_pages_nothing_is_begun(office: Office) -> None:
    mailing = Mailing(office.installation, "w1")
    mailing.step(NOW)
    mailing.close()
