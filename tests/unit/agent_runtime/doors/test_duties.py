"""What a worker does for the doors at each tick: reads what came in, and tells what happened before it is forgotten."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from agent_runtime import events
from agent_runtime.accounts.erasure import By, erase_person
from agent_runtime.doors.hooks import service as hooks
from agent_runtime.doors.webhooks import service as webhooks
from agent_runtime.doors.webhooks.service import Change
from agent_runtime.housekeeping import FEED_KEPT
from agent_runtime.http.signatures import Signed
from agent_runtime.settings import Hook, Settings
from agent_runtime.worker import LiveWork, executors_of
from tests.unit.agent_runtime.app.office import KEY, NOW, Office
from tests.unit.agent_runtime.doors.receiver import receiving

FORM = Hook(secret="env:X", stream="forms", fields={"email": "email", "name": "name", "message": "text"})
SENT = {"email": "kim@them.test", "name": "Kim canary-anna-zq7", "text": "Please call me back about forty seats."}


@pytest.fixture
def work(office: Office, tmp_path: Path) -> LiveWork:
    """A worker of the office, with one hook, who may tell receivers of this machine."""
    settings = Settings(data_dir=tmp_path, hooks={"website": FORM}, webhooks_private=True, embedder="none")
    office.installation = replace(office.installation, settings=settings)
    return LiveWork(office.installation, office.clock, executors_of(office.installation))


def _came(office: Office, body: bytes, number: str = "m1") -> None:
    with office.engine.begin() as connection:
        hooks.keep(connection, "website", Signed(number, NOW), body, NOW)


def test_a_message_is_an_activity_after_the_next_tick(office: Office, work: LiveWork) -> None:
    _came(office, orjson.dumps(SENT | {"email": "jo@newcomer.test"}))
    work.tick(NOW)
    with office.engine.connect() as connection:
        kinds = connection.execute(text("SELECT kind FROM tenure_activity WHERE source_id = 'website:m1'")).scalars()
        assert list(kinds) == ["form"]


def test_what_happened_long_ago_is_told_before_the_feed_is_shortened(office: Office, work: LiveWork) -> None:
    late = NOW + FEED_KEPT + timedelta(days=1)
    with receiving() as receiver:
        with office.engine.begin() as connection:
            change = Change("ada", NOW, KEY)
            webhooks.add(connection, receiver.url, ["item.delivered"], "", change, private=True)
            events.publish(connection, "item.delivered", "acc-anna", "item-anna", NOW)
        office.clock.move_to(late)
        work.tick(late)
        work.finish()
        assert [orjson.loads(body)["data"]["subject_id"] for _, body in receiver.posts] == ["item-anna"]


def test_who_is_erased_is_in_no_message_that_could_not_be_read(office: Office) -> None:
    _came(office, b"broken " + orjson.dumps(SENT))
    _came(office, b"broken too", "m2")
    with office.engine.begin() as connection:
        for number in ("m1", "m2"):
            key = connection.execute(text("SELECT id FROM tenure_hook_message WHERE message_id = :m"), {"m": number})
            hooks.reject(connection, key.scalar_one(), "not readable as JSON")
        erase_person(connection, "c-anna", By("ada", NOW, SecretStr(KEY.get_secret_value())))
        left = connection.execute(text("SELECT message_id FROM tenure_hook_message")).scalars()
        assert list(left) == ["m2"]
