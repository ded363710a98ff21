"""The log of webhooks as a page: who may read it, what a receiver was told, and telling it again."""

from dataclasses import replace

import pytest
from httpx2 import Response

from agent_runtime import events
from agent_runtime.doors.hooks import service as hooks
from agent_runtime.doors.webhooks import service
from agent_runtime.doors.webhooks.policy import GONE, Result
from agent_runtime.doors.webhooks.service import Change
from agent_runtime.http.signatures import Signed
from agent_runtime.settings import Hook, Settings
from tests.unit.agent_runtime.app.office import KEY, NOW, Office

CHANGE = Change("ada", NOW, KEY)
HTML = {"Accept": "text/html"}
ADDRESS = "https://ops.example.com/secret-path"


@pytest.fixture
def told(office: Office) -> tuple[Office, str]:
    """An office with a receiver to whom two events were told: one arrived, one failed for good."""
    with office.engine.begin() as connection:
        made = service.add(connection, ADDRESS, ["*"], "Ops board", CHANGE, private=True)
        for name in ("item.delivered", "item.approve"):
            events.publish(connection, name, "acc-anna", "item-anna", NOW)
        while service.spread(connection, made.id, NOW):
            pass
        for status in (200, GONE):
            delivery = service.claim(connection, made.id, NOW, NOW)
            assert delivery
            service.settle(connection, delivery, Result(status, "" if status == 200 else "gone"), CHANGE)
    return office, made.id


def read(office: Office, user: str, path: str) -> Response:
    return office.ask(user, "GET", path, headers=HTML, follow_redirects=False)


def send(office: Office, user: str, path: str, **fields: str) -> Response:
    return office.ask(user, "POST", path, data=fields, headers=HTML, follow_redirects=False)


def test_a_receiver_is_named_by_its_host_alone(told: tuple[Office, str]) -> None:
    office, webhook = told
    for path in ("/admin/webhooks", f"/admin/webhooks/{webhook}"):
        page = read(office, "otto", path).text
        assert "ops.example.com" in page
        assert "secret-path" not in page
        assert read(office, "mona", path).status_code == 403
    assert read(office, "ada", "/admin/webhooks/wh_none").status_code == 404


def test_the_log_shows_each_telling_and_filters(told: tuple[Office, str]) -> None:
    office, webhook = told
    here = f"/admin/webhooks/{webhook}"
    page = read(office, "ada", here).text
    assert page.count("<code>") == 0
    assert "item.delivered" in page
    assert "item.approve" in page
    delivered = read(office, "ada", f"{here}?state=delivered").text
    assert "item.delivered" in delivered
    assert "item.approve" not in delivered
    assert read(office, "ada", f"{here}?cursor=nonsense").status_code == 400


def test_it_is_told_again_with_the_same_id(told: tuple[Office, str]) -> None:
    office, webhook = told
    here = f"/admin/webhooks/{webhook}"
    with office.engine.connect() as connection:
        ids = {x.kind: x.id for x in service.log(connection, webhook, None, None, 10)}
    assert 'name="delivery_id"' not in read(office, "otto", here).text
    assert send(office, "otto", f"{here}/redeliver").status_code == 403
    again = send(office, "ada", f"{here}/redeliver", delivery_id=ids["item.delivered"])
    assert (again.status_code, again.headers["location"]) == (303, f"{here}?again=1")
    assert "To be told again: 1" in read(office, "ada", f"{here}?again=1").text
    with office.engine.connect() as connection:
        waits = {x.id: x.state for x in service.log(connection, webhook, "pending", None, 10)}
    assert waits == {ids["item.delivered"]: "pending"}
    assert send(office, "ada", f"{here}/redeliver", delivery_id="msg_none").status_code == 404


def test_who_was_stopped_goes_on_by_a_press(told: tuple[Office, str]) -> None:
    office, webhook = told
    here = f"/admin/webhooks/{webhook}"
    assert "It answered 410" in read(office, "ada", here).text
    assert send(office, "ada", f"{here}/resume").status_code == 303
    assert "It answered 410" not in read(office, "ada", here).text


def test_an_admin_adds_a_receiver_and_sees_its_secret_once(office: Office) -> None:
    fields = {"url": ADDRESS, "label": "Ops board", "kind": "item.*"}
    page = send(office, "ada", "/admin/webhooks", **fields).text
    assert page.count("<code>whsec_") == 1
    later = read(office, "ada", "/admin/webhooks").text
    assert "whsec_" not in later
    assert "work in the inbox" in later
    assert send(office, "otto", "/admin/webhooks", **fields).status_code == 403
    assert "https only" in send(office, "ada", "/admin/webhooks", url="http://ops.example.com/x").text


def test_a_secret_is_changed_and_a_receiver_removed(told: tuple[Office, str]) -> None:
    office, webhook = told
    assert send(office, "ada", f"/admin/webhooks/{webhook}/rotate").text.count("<code>whsec_") == 1
    assert send(office, "ada", f"/admin/webhooks/{webhook}/remove").status_code == 303
    assert "Nobody is told." in read(office, "ada", "/admin/webhooks").text
    events_told = [x["event"] for x in office.get("ada", "/api/audit")["entries"]]
    assert {"webhook.rotated", "webhook.removed"} <= set(events_told)


def test_what_comes_in_stands_with_its_mapping_and_what_could_not_be_read(office: Office) -> None:
    hook = Hook(
        secret="env:NOWHERE", stream="forms", id="submission.id", fields={"email": "data.email", "form": "=web"}
    )
    settings = Settings(data_dir=office.installation.settings.data_dir, hooks={"website": hook})
    office.app.state.site = replace(office.app.state.site, premises=replace(office.installation, settings=settings))
    with office.engine.begin() as connection:
        hooks.keep(connection, "website", Signed("m1", NOW), b"{}", NOW)
        key = hooks.next_waiting(connection)
        assert key
        hooks.reject(connection, key, "data.email is missing")
    page = read(office, "ada", "/admin/webhooks").text
    for words in ("/hooks/website", "submission.id", "always “web”", "1 could not be read", "data.email is missing"):
        assert words in page, words
    assert send(office, "ada", "/admin/hooks/website/retry").status_code == 303
    assert "data.email is missing" not in read(office, "ada", "/admin/webhooks").text
