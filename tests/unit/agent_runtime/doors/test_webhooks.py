"""Webhooks out over real sockets: each event at least once with the same id, whatever the receiver does."""

import asyncio
from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from standardwebhooks.webhooks import Webhook as Library

from agent_runtime import events
from agent_runtime.audit import service as audit
from agent_runtime.clock import VirtualClock
from agent_runtime.doors.webhooks import service
from agent_runtime.doors.webhooks.courier import Courier
from agent_runtime.doors.webhooks.policy import WAITS, Result, checked_url, is_public, next_try, wants
from agent_runtime.doors.webhooks.post import Poster
from agent_runtime.doors.webhooks.service import Change, Made
from agent_runtime.errors import BadInput, NotThere
from tests.unit.agent_runtime.app.office import KEY, NOW, Office
from tests.unit.agent_runtime.doors.receiver import Receiver, receiving

CHANGE = Change("ada", NOW, KEY)


class Desk:
    """A database, a courier on a clock of its own, and one receiver."""

    def __init__(self, engine: Engine, *, seconds: float = 5.0) -> None:
        self.engine, self.clock = engine, VirtualClock(NOW)
        self.courier = Courier(engine, self.clock, KEY, Poster(private=True, seconds=seconds))

    def add(self, receiver: Receiver, *kinds: str) -> Made:
        with self.engine.begin() as connection:
            return service.add(connection, receiver.url, list(kinds or ("*",)), "", CHANGE, private=True)

    def publish(self, *kinds: str) -> None:
        with self.engine.begin() as connection:
            for number, kind in enumerate(kinds):
                events.publish(connection, kind, f"acc-{number}", f"item-{number}", self.clock.now())

    def tell(self) -> None:
        """One step of the courier, to its end."""
        self.courier.step(self.clock.now())
        self.courier.finish()

    def later(self, wait: timedelta) -> None:
        self.clock.move_to(self.clock.now() + wait)

    def states(self, made: Made) -> list[tuple[str, int]]:
        with self.engine.connect() as connection:
            return [(x.state, x.attempts) for x in service.log(connection, made.id, None, None, 100)]


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """A desk on each database."""
    return Desk(request.getfixturevalue(request.param))


@pytest.fixture
def small_desk(sqlite_engine: Engine) -> Desk:
    """A desk on SQLite alone."""
    return Desk(sqlite_engine)


def test_what_happened_is_told_once_and_signed(desk: Desk) -> None:
    desk.publish("item.delivered")
    with receiving() as receiver:
        made = desk.add(receiver, "item.*")
        desk.publish("item.delivered", "account.transferred", "item.approve")
        desk.tell()
        desk.tell()
        bodies = [orjson.loads(body) for _, body in receiver.posts]
        assert [x["type"] for x in bodies] == ["item.delivered", "item.approve"]
        assert bodies[0]["data"] == {"account_id": "acc-0", "subject_id": "item-0"}
        assert len(set(receiver.ids)) == 2
        assert desk.states(made) == [("delivered", 1)] * 2
        headers, body = receiver.posts[0]
    moment = NOW.replace(tzinfo=None)
    signed = Library(made.secret.get_secret_value()).sign(headers["webhook-id"], moment, body.decode())
    assert headers["webhook-signature"] == signed
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))


def test_what_was_not_committed_is_never_told(desk: Desk) -> None:
    with receiving() as receiver:
        desk.add(receiver)
        with desk.engine.connect() as connection:
            events.publish(connection, "item.delivered", "acc-x", "item-x", NOW)
        desk.tell()
        assert receiver.posts == []


@pytest.mark.parametrize("answer", [500, 503, 429, 404, 401, 301, 307])
def test_who_stumbles_is_told_again_later_with_the_same_id(small_desk: Desk, answer: int) -> None:
    with receiving(answer, answer) as receiver:
        made = small_desk.add(receiver)
        small_desk.publish("item.delivered")
        small_desk.tell()
        small_desk.tell()
        assert len(receiver.posts) == 1
        small_desk.later(timedelta(seconds=7))
        small_desk.tell()
        small_desk.later(timedelta(minutes=7))
        small_desk.tell()
        assert len(receiver.posts) == 3
        assert len(set(receiver.ids)) == 1
        assert len({body for _, body in receiver.posts}) == 1
        assert small_desk.states(made) == [("delivered", 3)]


def test_who_answers_drop_by_drop_is_left_and_hinders_nobody(sqlite_engine: Engine) -> None:
    small_desk = Desk(sqlite_engine, seconds=1.0)
    with receiving(*[0] * 5) as slow, receiving() as quick:
        first, second = small_desk.add(slow), small_desk.add(quick)
        small_desk.publish("item.delivered", "item.approve")
        small_desk.tell()
        assert small_desk.states(first) == [("pending", 0), ("pending", 1)]  # the latest first
        assert small_desk.states(second) == [("delivered", 1)] * 2


def test_who_is_not_there_is_told_when_they_come_back(small_desk: Desk) -> None:
    with receiving() as receiver:
        made = small_desk.add(receiver)
    small_desk.publish("item.delivered")
    small_desk.tell()
    assert small_desk.states(made) == [("pending", 1)]
    with small_desk.engine.connect() as connection:
        (line,) = service.log(connection, made.id, "pending", None, 10)
    assert line.last_status is None
    assert "not reached" in line.last_error


def test_who_wants_nothing_more_is_told_nothing_more_until_resumed(small_desk: Desk) -> None:
    with receiving(410) as receiver:
        made = small_desk.add(receiver)
        small_desk.publish("item.delivered")
        small_desk.tell()
        small_desk.publish("item.approve")
        small_desk.later(timedelta(days=1))
        small_desk.tell()
        assert len(receiver.posts) == 1
        with small_desk.engine.begin() as connection:
            assert service.webhooks(connection)[0].stopped_reason
            service.resume(connection, made.id, CHANGE)
        small_desk.tell()
        assert len(receiver.posts) == 2
        assert sorted(small_desk.states(made)) == [("delivered", 1), ("failed", 1)]
        with small_desk.engine.begin() as connection:
            assert service.redeliver(connection, made.id, None, Change("ada", small_desk.clock.now(), KEY)) == 1
            assert audit.verify_all(connection) == []
        small_desk.tell()
        assert len(receiver.posts) == 3
        assert receiver.ids[2] == receiver.ids[0]


def test_after_three_days_it_has_failed_and_is_told_again_when_asked(small_desk: Desk) -> None:
    with receiving(*[500] * (len(WAITS) + 1)) as receiver:
        made = small_desk.add(receiver)
        small_desk.publish("item.delivered")
        for _ in range(len(WAITS) + 1):
            small_desk.tell()
            small_desk.later(timedelta(hours=30))
        assert small_desk.states(made) == [("failed", len(WAITS) + 1)]
        small_desk.tell()
        assert len(receiver.posts) == len(WAITS) + 1
        with small_desk.engine.begin() as connection:
            (line,) = service.log(connection, made.id, "failed", None, 10)
            service.redeliver(connection, made.id, line.id, Change("ada", small_desk.clock.now(), KEY))
        small_desk.tell()
        assert small_desk.states(made) == [("delivered", 1)]
        assert set(receiver.ids) == {line.id}


def test_two_workers_share_the_telling(desk: Desk) -> None:
    other = Courier(desk.engine, desk.clock, KEY, Poster(private=True, seconds=10))
    with receiving() as receiver:
        made = desk.add(receiver)
        desk.publish(*["item.delivered"] * 30)
        while ("pending", 0) in (desk.states(made) or [("pending", 0)]):
            desk.courier.step(NOW)
            other.step(NOW)
            desk.courier.finish()
            other.finish()
        assert len(receiver.ids) == len(set(receiver.ids)) == 30


def test_a_courier_that_died_is_taken_over(small_desk: Desk) -> None:
    with receiving() as receiver:
        made = small_desk.add(receiver)
        small_desk.publish("item.delivered")
        with small_desk.engine.begin() as connection:
            service.spread(connection, made.id, NOW)
            assert service.claim(connection, made.id, NOW, NOW + timedelta(minutes=1))
            assert service.claim(connection, made.id, NOW, NOW + timedelta(minutes=1)) is None
        small_desk.tell()
        assert receiver.posts == []
        small_desk.later(timedelta(minutes=1))
        small_desk.tell()
        assert len(receiver.posts) == 1


def test_for_a_day_both_secrets_sign(small_desk: Desk) -> None:
    with receiving() as receiver:
        old = small_desk.add(receiver)
        with small_desk.engine.begin() as connection:
            new = service.rotate(connection, old.id, CHANGE)
        small_desk.publish("item.delivered")
        small_desk.tell()
        small_desk.later(timedelta(days=1))
        small_desk.publish("item.delivered")
        small_desk.tell()
        signed = [headers["webhook-signature"].split(" ") for headers, _ in receiver.posts]
        assert [len(x) for x in signed] == [2, 1]
        for made, place in ((new, 0), (old, 1)):
            headers, body = receiver.posts[0]
            library = Library(made.secret.get_secret_value())
            assert signed[0][place] == library.sign(headers["webhook-id"], NOW.replace(tzinfo=None), body.decode())


def test_many_events_reach_everybody_who_wants_them(small_desk: Desk) -> None:
    with receiving() as receiver, receiving() as other:
        small_desk.add(receiver)
        small_desk.add(other, "item.approve")
        small_desk.publish(*["item.delivered", "item.approve"] * 110)
        small_desk.tell()
        assert len(set(receiver.ids)) == 220
        assert len(set(other.ids)) == 110


def test_the_log_forgets_what_is_old_and_keeps_what_waits(small_desk: Desk) -> None:
    with receiving(204, 500) as receiver:
        made = small_desk.add(receiver)
        small_desk.publish("item.delivered", "item.approve")
        small_desk.tell()
        with small_desk.engine.begin() as connection:
            service.forget(connection, NOW + service.KEPT + timedelta(days=1))
        assert small_desk.states(made) == [("pending", 1)]


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.9.9", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
    "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_is_known_however_it_is_written(address: str) -> None:
    assert not is_public(address)


def test_an_address_outside_is_let() -> None:
    assert is_public("93.184.215.14")
    assert is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


def test_a_host_inside_is_not_spoken_to() -> None:
    with receiving() as receiver:
        port = receiver.server.server_port
        for url in (f"https://127.0.0.1:{port}/", f"https://localhost:{port}/", f"https://[::1]:{port}/"):
            result = asyncio.run(Poster(private=False, seconds=2).post(url, {}, b"{}"))
            assert "private network" in result.error
        assert receiver.posts == []


@pytest.mark.parametrize(
    "url", ["http://example.com/", "ftp://example.com", "https://u:p@example.com/", "https://", "https://a:b/", "x"]
)
def test_what_is_no_address_of_a_receiver_is_refused(url: str) -> None:
    with pytest.raises(BadInput):
        checked_url(url, private=False)


@given(attempts=st.integers(1, 12), number=st.integers(0, 0xFFFF), after=st.integers(0, 10**8))
def test_the_next_try_comes_later_and_the_tries_end(attempts: int, number: int, after: int) -> None:
    later = next_try(f"msg_{number:04x}", attempts, Result(503, retry_after=timedelta(seconds=after)), NOW)
    assert (later is None) == (attempts > len(WAITS))
    if later is not None:
        least = max(WAITS[attempts - 1], min(timedelta(seconds=after), timedelta(days=1)))
        assert NOW + least <= later <= NOW + max(WAITS[attempts - 1] * 1.2, least)


def test_families_of_events() -> None:
    assert wants(["item.*"], "item.approve")
    assert not wants(["item.*"], "items.approve")
    assert wants(["*"], "brief.read")
    assert not wants(["item.approve"], "item.delivered")


def test_an_admin_adds_reads_and_removes_over_http(office: Office) -> None:
    def ask(user: str, method: str, path: str, **how: Any) -> Any:
        return office.ask(user, method, f"/api/webhooks{path}", **how)

    body = {"url": "https://hooks.example/told?key=s3cret", "kinds": ["item.*"], "label": "Ops"}
    assert ask("anna", "POST", "", json=body).status_code == 403
    assert ask("otto", "POST", "", json=body).status_code == 403
    made = ask("ada", "POST", "", json=body).json()
    assert made["secret"].startswith("whsec_")
    (line,) = ask("otto", "GET", "").json()["webhooks"]
    assert (line["host"], line["kinds"], line["label"]) == ("hooks.example", ["item.*"], "Ops")
    assert "s3cret" not in str(line)
    assert ask("ada", "POST", f"/{made['id']}/rotate").json()["secret"] != made["secret"]
    with office.engine.begin() as connection:
        events.publish(connection, "item.approve", "acc-anna", "item-anna", NOW)
        events.publish(connection, "item.approve", "acc-ben", "item-ben", NOW)
        service.spread(connection, made["id"], NOW)
    page = ask("ada", "GET", f"/{made['id']}/deliveries", params={"limit": 1}).json()
    (last,) = ask("ada", "GET", f"/{made['id']}/deliveries", params={"cursor": page["next"]}).json()["deliveries"]
    assert {page["deliveries"][0]["account_id"], last["account_id"]} == {"acc-anna", "acc-ben"}
    again = ask("ada", "POST", f"/{made['id']}/redeliver", json={"delivery_id": last["id"]})
    assert again.json() == {"deliveries": 1}
    assert ask("ada", "POST", f"/{made['id']}/redeliver", json={"delivery_id": "msg_x"}).status_code == 404
    assert ask("ada", "DELETE", f"/{made['id']}").status_code == 200
    assert ask("ada", "GET", f"/{made['id']}/deliveries").status_code == 404
    assert ask("ada", "POST", "", json={"url": "http://10.0.0.1/"}).status_code == 400


def test_nobody_changes_what_is_not_there(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        for change in (service.remove, service.rotate, service.resume):
            with pytest.raises(NotThere):
                change(connection, "wh_none", CHANGE)
