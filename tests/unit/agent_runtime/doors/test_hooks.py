"""Messages of other systems: taken when signed, kept once, read into records, and nothing lost of what is not."""

import base64
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table, select
from standardwebhooks.webhooks import Webhook as Library

from agent_runtime.app import create_app
from agent_runtime.doors.hooks import service
from agent_runtime.doors.hooks.mapping import Came, read, value_at
from agent_runtime.doors.hooks.reader import HookReader
from agent_runtime.doors.models import HookMessage
from agent_runtime.settings import Hook, Settings
from memory.records import Account, Activity, Reject
from tests.conftest import CHECKOUT
from tests.unit.agent_runtime.app.office import NOW, Office

OLD, NEW = (f"whsec_{base64.b64encode(bytes([number]) * 32).decode()}" for number in (1, 2))
FORM = Hook(
    secret="env:OLD_SECRET env:NEW_SECRET", stream="forms", id="submission.id", occurred_at="submission.at",
    fields={"email": "data.email", "name": "data.name", "message": "data.answers.0", "form": "=contact"},
)  # fmt: skip
LIST = Hook(secret="env:NEW_SECRET", stream="usage", records="rows", id="n", account_id="customer")
MESSAGE = {
    "submission": {"id": 77, "at": "2026-03-02T08:55:00+00:00"},
    "data": {"email": "jo@newcomer.test", "name": "Jo New", "answers": ["How much for forty seats?"]},
}
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_account: Table = Account.__table__  # type: ignore[attr-defined]
_reject: Table = Reject.__table__  # type: ignore[attr-defined]
_message: Table = HookMessage.__table__  # type: ignore[attr-defined]


class Gate:
    """An office with two hooks."""

    def __init__(self, office: Office, folder: Path) -> None:
        settings = Settings(data_dir=folder, hooks={"website": FORM, "product": LIST})
        self.office, self.clock = office, office.clock
        self.installation = replace(office.installation, settings=settings)
        self.client = TestClient(create_app(self.installation, office.clock))

    def send(
        self, message: Any, *, number: str = "m1", secret: str = NEW, hook: str = "website", age: float = 0.0,
        **headers: str,
    ) -> Response:  # fmt: skip
        """A message as the library signs it, `age` seconds ago; `headers` replace its own."""
        body = message if isinstance(message, bytes) else orjson.dumps(message)
        sent = self.clock.now() - timedelta(seconds=age)
        signed = {
            "webhook-id": number,
            "webhook-timestamp": str(int(sent.timestamp())),
            "webhook-signature": Library(secret).sign(number, sent.replace(tzinfo=None), body.decode()),
        }
        given = signed | {name.replace("_", "-"): value for name, value in headers.items()}
        response: Response = self.client.post(f"/hooks/{hook}", content=body, headers=given)
        return response

    def read(self) -> int:
        return HookReader(self.installation).step(self.clock.now())

    def rows(self, table: Table) -> list[Any]:
        with self.office.engine.connect() as connection:
            return list(connection.execute(select(table)).mappings())

    def states(self) -> list[tuple[str, str]]:
        with self.office.engine.connect() as connection:
            found = connection.execute(select(_message.c.message_id, _message.c.state))
            return sorted((row[0], row[1]) for row in found)


@pytest.fixture
def gate(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """The office with its hooks."""
    monkeypatch.setenv("OLD_SECRET", OLD)
    monkeypatch.setenv("NEW_SECRET", NEW)
    found = Gate(office, tmp_path)
    with found.client:
        yield found


def test_a_form_of_a_stranger_becomes_an_account_with_what_they_wrote(gate: Gate) -> None:
    answer = gate.send(MESSAGE)
    assert (answer.status_code, answer.json()) == (202, {"id": "m1", "duplicate": False})
    assert gate.read() == 1
    (form,) = [x for x in gate.rows(_activity) if x["kind"] == "form"]
    assert form["source_id"] == "website:77"
    assert form["occurred_at"] == NOW - timedelta(minutes=5)
    assert form["known_at"] == NOW
    assert form["account_id"] in {x["id"] for x in gate.rows(_account) if x["provisional"]}
    (kept,) = gate.rows(_message)
    assert (kept["state"], kept["records"], bytes(kept["body"])) == ("taken", 1, b"")


def test_the_same_message_counts_once(gate: Gate) -> None:
    gate.send(MESSAGE)
    gate.read()
    again = gate.send(MESSAGE)
    assert (again.status_code, again.json()["duplicate"]) == (202, True)
    assert gate.read() == 0
    assert gate.send({"other": 1}).status_code == 409
    gate.send(MESSAGE, number="m2")
    gate.read()
    assert len([x for x in gate.rows(_activity) if x["kind"] == "form"]) == 1


def test_while_a_secret_is_changed_over_both_hold(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gate.send(MESSAGE, number="m1", secret=OLD).status_code == 202
    assert gate.send(MESSAGE, number="m2", secret=NEW).status_code == 202
    signature = Library(NEW).sign("m3", NOW.replace(tzinfo=None), orjson.dumps(MESSAGE).decode())
    assert gate.send(MESSAGE, number="m3", webhook_signature=f"v1,AAAA v2,x {signature}").status_code == 202
    monkeypatch.setenv("OLD_SECRET", NEW)
    assert gate.send(MESSAGE, number="m4", secret=OLD).status_code == 401


def test_a_clock_may_differ_by_five_minutes(gate: Gate) -> None:
    for age in (-299, -10, 0, 10, 299):
        assert gate.send(MESSAGE, number=f"m{age}", age=age).status_code == 202, age


BAD: list[dict[str, Any]] = [
    {"age": 301}, {"age": -301}, {"age": 86_400},
    {"webhook_id": "m9"}, {"webhook_id": ""}, {"webhook_id": "m" * 300},
    {"webhook_timestamp": "1772442001"}, {"webhook_timestamp": ""}, {"webhook_timestamp": "now"},
    {"webhook_timestamp": "9" * 30}, {"webhook_timestamp": "-5"}, {"webhook_timestamp": "1772442000.5"},
    {"webhook_signature": ""}, {"webhook_signature": "v1,"}, {"webhook_signature": "v1,AAAA"},
    {"webhook_signature": "v2,AAAA"}, {"webhook_signature": "x"},
    {"secret": "whsec_" + base64.b64encode(b"somebody else's key of 32 bytes!").decode()},
    {"hook": "nothing-here"}, {"hook": "product", "secret": OLD},
]  # fmt: skip


def test_what_is_not_signed_as_it_should_be_is_not_kept(gate: Gate) -> None:
    for how in BAD:
        answer = gate.send(MESSAGE, **how)
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature"), how
    assert gate.rows(_message) == []


def test_a_body_that_was_touched_is_not_kept(gate: Gate) -> None:
    body = orjson.dumps(MESSAGE)
    signature = Library(NEW).sign("m1", NOW.replace(tzinfo=None), body.decode())
    assert gate.send(body + b" ", webhook_signature=signature).status_code == 401
    assert gate.send(body, webhook_signature=signature).status_code == 202


def test_a_hook_whose_secret_is_not_there_says_later_and_not_where(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OLD_SECRET")
    answer = gate.send(MESSAGE)
    assert answer.status_code == 503
    assert "OLD_SECRET" not in answer.text


def test_what_cannot_be_read_is_rejected_with_its_reason_and_read_when_it_can_be(gate: Gate) -> None:
    gate.send(b"not json at all", number="m1")
    gate.send({"submission": {"at": "yesterday", "id": 1}}, number="m2")
    gate.send({"data": {"email": "later@newcomer.test", "name": "Lou"}}, number="m3")
    gate.send(MESSAGE, number="m4")
    assert gate.read() == 4
    assert gate.states() == [("m1", "rejected"), ("m2", "rejected"), ("m3", "rejected"), ("m4", "taken")]
    reasons = {x["reason"] for x in gate.rows(_reject) if x["source"] == "hook.website"}
    assert len(reasons) == 3
    assert any("m1" in x and "not readable as JSON" in x for x in reasons)
    assert all(x["body"] for x in gate.rows(_message) if x["state"] == "rejected")
    mended = gate.installation.settings.model_copy(update={"hooks": {"website": FORM.model_copy(update={"id": ""})}})
    gate.installation = replace(gate.installation, settings=mended)
    with gate.office.engine.begin() as connection:
        assert service.retry(connection, "website") == 3
    assert gate.read() == 3
    assert gate.states() == [("m1", "rejected"), ("m2", "rejected"), ("m3", "taken"), ("m4", "taken")]
    with gate.office.engine.connect() as connection:
        assert {x.message_id for x in service.rejected(connection, 10)} == {"m1", "m2"}


def test_one_bad_record_of_many_leaves_the_others(gate: Gate) -> None:
    rows = [
        {"n": 1, "customer": "acc-anna", "metric": "logins", "value": 7, "period": "2026-02"},
        {"n": 2, "customer": "acc-anna", "metric": "logins", "value": "many", "period": "2026-02"},
        "not a record",
        {"n": 4, "customer": "acc-ben", "metric": "logins", "value": 9, "period": "2026-02"},
    ]
    gate.send({"rows": rows}, hook="product")
    gate.read()
    found = {(x["account_id"], x["source_id"]) for x in gate.rows(_activity) if x["kind"] == "usage"}
    assert found == {("acc-anna", "product:1"), ("acc-ben", "product:4")}
    (kept,) = gate.rows(_message)
    assert (kept["state"], kept["records"]) == ("rejected", 3)


def test_a_message_that_breaks_the_reading_hinders_none_of_the_others(gate: Gate) -> None:
    gate.send(MESSAGE, number="m1")
    gate.send({"rows": []}, number="m2", hook="product")
    with gate.office.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tenure_hook_message SET sent_at = 'never' WHERE message_id = 'm1'")
    assert gate.read() == 2
    assert gate.states() == [("m1", "rejected"), ("m2", "taken")]


def test_old_ids_are_forgotten_and_what_was_rejected_is_not(gate: Gate) -> None:
    gate.send(MESSAGE, number="m1")
    gate.send(b"no", number="m2")
    gate.read()
    gate.clock.move_to(NOW + timedelta(days=31))
    gate.read()
    assert gate.states() == [("m2", "rejected")]


def test_the_example_of_the_page_works(gate: Gate) -> None:
    page = (CHECKOUT / "docs" / "programs.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    hook = Hook(**tomllib.loads(table)["hooks"]["website"]).model_copy(update={"secret": "env:NEW_SECRET"})
    (body,) = re.findall(r"^body = '(.*)'$", page, re.MULTILINE)
    settings = gate.installation.settings.model_copy(update={"hooks": {"website": hook}})
    gate.installation = replace(gate.installation, settings=settings)
    assert gate.send(body.encode(), number="form-77").status_code == 202
    gate.read()
    (form,) = [x for x in gate.rows(_activity) if x["kind"] == "form"]
    assert (form["source_id"], form["data"]["form"]) == ("website:77", "contact")
    assert form["data"]["asks"]


@given(
    message=st.recursive(
        st.none() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        max_leaves=12,
    ),
    place=st.lists(st.sampled_from(["a", "b", "c", "0", "1", "-1", "²", ""]), max_size=4).map(".".join),
)
def test_no_message_and_no_place_break_the_mapping(message: Any, place: str) -> None:
    value_at(message, place)
    hook = Hook(secret="env:X", stream="forms", records=place, id=place, occurred_at=place, fields={"name": place})
    found = read(Came("h", "m", NOW, NOW, orjson.dumps(message)), hook)
    assert all(x.source_id.startswith("h:") for x in found.records)
    assert len(found.records) + len(found.rejected) >= (0 if place else 1)
