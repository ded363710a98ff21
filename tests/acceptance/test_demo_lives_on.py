"""The demo's company lives on after its replay: its clock is moved, its worker stops, its customers answer."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from agent_runtime.demo.living import LivingDemo
from agent_runtime.demo.serving import living
from agent_runtime.demo.tour import moments, the_loss, the_promise
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox import store
from agent_runtime.inbox.decide import Deciding, decide
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.inbox.verbs import Approve
from agent_runtime.replay.setting import open_world
from tests.acceptance.worlds import run

HERE = {"Origin": "http://testserver"}


@pytest.fixture(scope="module")
def replayed(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    run(world, folder)
    (folder / "replay.db").rename(folder / "tenure.db")
    return folder


@pytest.fixture
def app(world: Path, replayed: Path, tmp_path: Path) -> Iterator[FastAPI]:
    shutil.copytree(replayed, tmp_path, dirs_exist_ok=True)
    with living(tmp_path, open_world(world).settings, "b2b_sales") as made:
        yield made


@pytest.fixture
def company(app: FastAPI) -> LivingDemo:
    made: LivingDemo = app.state.company
    return made


def mails(company: LivingDemo) -> list[ItemRow]:
    with company.installation.engine.connect() as connection:
        return [x for x in inbox.waiting(connection) if x.action["kind"] == "send_email"]


def approve(company: LivingDemo, item: ItemRow) -> None:
    now = company.clock.now()
    by = Deciding(item.owner_id, "web", now, company.installation.install_key, undo=timedelta(seconds=10))
    yes = Approve(verb="approve", draft_version=item.draft_version, hash=item.content_hash)
    with company.installation.engine.begin() as connection:
        decide(connection, company.installation.company(connection, now), item.id, yes, by)


def test_nothing_is_begun_anew_by_going_on(company: LivingDemo) -> None:
    before = company.ledger()
    company.advance(timedelta(hours=1))
    assert company.ledger()["begun"] == before["begun"]
    assert company.ledger()["missing"] == 0


def test_a_worker_that_stood_still_for_three_days_notices_what_its_twin_noticed(company: LivingDemo) -> None:
    twins = company.pull_the_plug(timedelta(days=3))
    assert twins.same
    assert twins.stopped


def test_a_customer_who_was_written_to_answers_the_next_working_morning_and_the_item_closes(
    company: LivingDemo,
) -> None:
    item = mails(company)[0]
    approve(company, item)
    company.advance(timedelta(days=1))
    with company.installation.engine.connect() as connection:
        (answer,) = connection.exec_driver_sql(
            "SELECT account_id, direction FROM tenure_activity WHERE source_id LIKE 'demo-%'"
        ).all()
        ended = store.item(connection, item.id)
    assert tuple(answer) == (item.account_id, "inbound")
    assert ended is not None
    assert ended.state not in ("open", "approved")


def test_a_book_is_given_away_whole_and_nothing_is_lost(company: LivingDemo) -> None:
    item_id = company.give_away("anna-wolff", "hanna-lindt", "birgit-sommer")
    with company.installation.engine.connect() as connection:
        told = store.item(connection, item_id or "")
    assert told is not None
    assert (told.owner_id, told.signal) == ("hanna-lindt", "handover")
    assert len(told.beside["triage"]) > 0
    assert company.give_away("anna-wolff", "hanna-lindt", "birgit-sommer") is None
    assert company.ledger()["missing"] == 0


def test_the_bar_is_moved_only_from_its_own_pages(app: FastAPI) -> None:
    here = TestClient(app, client=("127.0.0.1", 4000))
    there = TestClient(app, client=("192.0.2.7", 4000))
    assert here.post("/demo/advance", data={"step": "hour"}, headers=HERE, follow_redirects=False).status_code == 303
    assert here.post("/demo/advance", data={"step": "year"}, headers=HERE).status_code == 400
    assert here.post("/demo/advance", data={"step": "hour"}).status_code == 403
    assert there.post("/demo/advance", data={"step": "hour"}, headers=HERE).status_code == 403


def test_whoever_moves_the_clock_stays_signed_in(app: FastAPI, company: LivingDemo) -> None:
    visitor = TestClient(app, client=("127.0.0.1", 4000), base_url="http://127.0.0.1")
    visitor.post("/sign-in/as", data={"user": "birgit-sommer"}, headers={"Origin": "http://127.0.0.1"})
    company.advance(timedelta(days=1))
    assert visitor.get("/inbox").url.path == "/inbox"


def test_the_tour_leads_where_its_people_may_go(app: FastAPI, company: LivingDemo) -> None:
    company.give_away("anna-wolff", "hanna-lindt", "birgit-sommer")
    here, now = company.installation, company.clock.now()
    with here.engine.connect() as connection:
        found = moments(connection, here.company(connection, now), now)
        promise, loss = the_promise(connection), the_loss(connection, here.company(connection, now), now)
    visitor = TestClient(app, client=("127.0.0.1", 4000), base_url="http://127.0.0.1")
    for moment in found[:4]:
        asked = {"user": moment.person or "birgit-sommer", "next": moment.path or ""}
        page = visitor.post("/sign-in/as", data=asked, headers={"Origin": "http://127.0.0.1"})
        assert (page.status_code, str(page.url)) == (200, f"http://127.0.0.1{moment.path}")
    assert promise is not None
    assert promise.action["kind"] == "send_email"
    assert loss is not None
    assert loss.days > 7
    assert loss.story.standing == "lost"
