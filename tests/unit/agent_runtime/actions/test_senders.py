"""Sender profiles hold a reference to a password and never the password."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import Engine, text

from agent_runtime.actions import senders
from agent_runtime.errors import BadInput, BadSetting, NotThere
from agent_runtime.settings import MailServer
from tests.unit.agent_runtime.actions.desk import KEY, people
from tests.unit.agent_runtime.actions.prepared import NOW
from tests.unit.agent_runtime.actions.providers import ANA, SECRET

SIGNED = replace(ANA, username="ana", password_ref="env:ANA_SMTP")


def test_a_profile_is_set_replaced_and_removed(sqlite_engine: Engine) -> None:
    people(sqlite_engine)
    with sqlite_engine.begin() as connection:
        assert senders.without_profile(connection) == ["u1", "u2"]
        senders.set_profile(connection, SIGNED, "admin", NOW, KEY)
        senders.set_profile(connection, replace(SIGNED, name="A. Müller"), "admin", NOW, KEY)
        assert senders.without_profile(connection) == ["u2"]
    assert senders.profiles_in(sqlite_engine)("u1") == replace(SIGNED, name="A. Müller")
    with sqlite_engine.begin() as connection:
        senders.remove_profile(connection, "u1", "admin", NOW, KEY)
        assert senders.profile_of(connection, "u1") is None
        with pytest.raises(NotThere):
            senders.remove_profile(connection, "u1", "admin", NOW, KEY)
        told = connection.execute(text("SELECT event FROM tenure_audit_entry ORDER BY seq")).scalars().all()
        assert told == ["sender.set", "sender.set", "sender.removed"]


def test_a_password_is_read_from_where_the_profile_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANA_SMTP", SECRET)
    (tmp_path / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    assert senders.password_of(SIGNED) == SecretStr(SECRET)
    assert senders.password_of(replace(SIGNED, password_ref=f"file:{tmp_path / 'secret'}")) == SecretStr(SECRET)


@pytest.mark.parametrize("reference", ["env:NOT_SET_ANYWHERE", "file:/nowhere/at/all"])
def test_a_missing_password_names_its_place(reference: str) -> None:
    with pytest.raises(BadSetting, match=reference):
        senders.password_of(replace(SIGNED, password_ref=reference))


@pytest.mark.parametrize(
    "changed",
    [
        {"password_ref": SECRET}, {"password_ref": "env:A B"}, {"password_ref": "file:relative"}, {"address": "ana"},
        {"sent_folder": 'a"b'}, {"sent_folder": "a\nb"}, {"name": "x\r\nBcc: y"}, {"username": "a\r\nb"},
    ],
)  # fmt: skip
def test_what_could_not_be_used_is_refused_without_repeating_it(sqlite_engine: Engine, changed: dict[str, str]) -> None:
    with sqlite_engine.begin() as connection, pytest.raises(BadInput) as refused:
        senders.set_profile(connection, replace(SIGNED, **changed), "admin", NOW, KEY)
    assert SECRET not in str(refused.value)


def test_plain_mail_stays_on_this_machine() -> None:
    assert MailServer(host="127.0.0.1", security="plain")
    with pytest.raises(ValidationError):
        MailServer(host="smtp.example.com", security="plain")
    with pytest.raises(ValidationError):
        MailServer(host="127.0.0.1", security="plain", imap_host="imap.example.com")
