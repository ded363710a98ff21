"""The weekly page by mail: on its day, to those who asked for it, once, whatever dies in between."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Found, Rejected, Result, Retry, Sent, Unknown
from agent_runtime.actions.message import message_of
from agent_runtime.actions.reasons import LOST, UNREACHABLE
from agent_runtime.actions.senders import Profile, set_profile
from agent_runtime.audit.models import AuditEntry
from agent_runtime.calls.week import subscribing
from agent_runtime.errors import NotThere
from agent_runtime.installation import Installation
from agent_runtime.mailing.calls_week import send_week
from agent_runtime.users import preferences
from agent_runtime.users.preferences import Preferences
from tests.unit.agent_runtime.app.office import Office, opened
from tests.unit.agent_runtime.calls.week.stored import store
from tests.unit.agent_runtime.calls.week.town import town

MONDAY = datetime(2026, 6, 15, 6, tzinfo=UTC)


class Killed(Exception):
    """The process ends here."""


@dataclass
class Post:
    """A mail server that keeps what it is given; `answer`: what it says; `there`: what the folder of sent mail says."""

    answer: Callable[[], Result] = Sent
    there: Found = Found.UNSEEN
    letters: list[EmailMessage] = field(default_factory=list)

    def execute(self, action: ActionRow) -> Result:
        self.letters.append(message_of(action))
        return self.answer()

    def find(self, action: ActionRow) -> Found:
        return self.there


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    with opened(sqlite_engine, tmp_path) as found:
        yield found


@pytest.fixture
def house(office: Office) -> Installation:
    """Mona and Ada asked for the page; Mona has a mail server."""
    with office.engine.begin() as connection:
        store(connection, town(3, weeks=2, a_day=5))
        for user in ("mona", "ada"):
            subscribing.subscribe(connection, user, MONDAY)
        profile = Profile("mona", "Mona", "mona@ours.example", "house")
        set_profile(connection, profile, "ada", MONDAY, office.installation.install_key)
    return office.installation


def sent(house: Installation, post: Post, now: datetime = MONDAY) -> list[str]:
    return send_week(house, None, now, post)


def test_it_goes_out_once_in_a_week_with_both_forms(house: Installation) -> None:
    post = Post()
    told = sent(house, post)
    assert any("mona" in line and line.endswith("sent") for line in told)
    assert any("ada" in line and "no sender profile" in line for line in told)
    (letter,) = post.letters
    assert (letter["To"], "Missed calls, week 24" in letter["Subject"]) == ("mona@ours.example", True)
    assert [part.get_content_type() for part in letter.walk()][1:] == ["text/plain", "text/html"]
    sent(house, post, MONDAY + timedelta(days=2))
    assert len(post.letters) == 1
    sent(house, post, MONDAY + timedelta(days=7))
    assert len(post.letters) == 2
    entry = AuditEntry.__table__  # type: ignore[attr-defined]
    with house.engine.connect() as connection:
        weeks = connection.scalars(select(entry.c.payload).where(entry.c.event == "calls.week_mailed")).all()
    assert [x["week"] for x in weeks] == ["2026-W24", "2026-W25"]


def test_it_waits_for_its_day_and_hour_and_is_made_up_for(house: Installation) -> None:
    calls = house.playbook.calls.model_copy(update={"mail_day": "tuesday"})
    later = replace(house, playbook=house.playbook.model_copy(update={"calls": calls}))
    post = Post()
    assert sent(later, post) == []
    assert sent(later, post, MONDAY + timedelta(days=1, hours=-2)) == []
    sent(later, post, MONDAY + timedelta(days=3))
    assert len(post.letters) == 1


@pytest.mark.parametrize("answer", [lambda: Retry(UNREACHABLE), lambda: Rejected(UNREACHABLE)])
def test_what_did_not_go_out_is_tried_again(house: Installation, answer: Callable[[], Result]) -> None:
    assert any("not sent" in line for line in sent(house, Post(answer)))
    post = Post()
    sent(house, post, MONDAY + timedelta(minutes=1))
    assert len(post.letters) == 1


def test_who_dies_while_sending_is_taken_over_with_the_same_mail(house: Installation) -> None:
    def die() -> Result:
        raise Killed

    dying = Post(die)
    with pytest.raises(Killed):
        sent(house, dying)
    soon, later = Post(), Post()
    sent(house, soon, MONDAY + timedelta(minutes=5))
    assert soon.letters == []
    sent(house, later, MONDAY + timedelta(minutes=20))
    assert [x["Message-ID"] for x in later.letters] == [x["Message-ID"] for x in dying.letters]


def test_what_may_have_gone_out_is_looked_for_first(house: Installation) -> None:
    assert any("may have gone out" in line for line in sent(house, Post(lambda: Unknown(LOST))))
    post = Post(there=Found.THERE)
    assert any("had gone out" in line for line in sent(house, post, MONDAY + timedelta(minutes=20)))
    assert post.letters == []
    assert not any("mona" in line for line in sent(house, post, MONDAY + timedelta(hours=1)))


def test_who_wants_no_mail_or_answers_for_no_queue_gets_none(house: Installation) -> None:
    with house.engine.begin() as connection:
        preferences.keep(connection, "mona", Preferences(channels=frozenset({"page"})))
        subscribing.subscribe(connection, "anna", MONDAY)
    post = Post()
    told = "\n".join(sent(house, post))
    assert "mona" in told
    assert "want no mail" in told
    assert "anna: the weekly page of missed calls not sent" in told
    assert post.letters == []
    with house.engine.begin() as connection:
        subscribing.unsubscribe(connection, "anna")
        with pytest.raises(NotThere):
            subscribing.unsubscribe(connection, "anna")
        assert subscribing.subscribers(connection) == ["ada", "mona"]
