"""Mail goes to a real server on this machine: once, threaded, from the sender's own address, or with its reason."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP as Server
from sqlalchemy import Engine, text

from agent_runtime.actions import reasons
from agent_runtime.actions.senders import Profile
from agent_runtime.actions.smtp import SmtpExecutor
from agent_runtime.settings import MailServer
from tests.unit.agent_runtime.actions.desk import Desk, people
from tests.unit.agent_runtime.actions.providers import (
    ANA,
    SECRET,
    FakeSentFolder,
    Mails,
    free_port,
    hang_up,
    mail_server,
)

SIGNED = replace(ANA, username="ana", password_ref="env:ANA_SMTP")


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANA_SMTP", SECRET)


def _desk(
    engine: Engine, server: MailServer, profile: Profile | None = ANA, folder: FakeSentFolder | None = None
) -> Desk:
    people(engine)
    kept = folder or FakeSentFolder()
    own = server if folder is None else server.model_copy(update={"imap_host": "127.0.0.1"})
    executor = SmtpExecutor(lambda _user: profile, {"office": own}, lambda *_: kept)
    return Desk(engine, executor)


def test_a_mail_is_sent_once_as_it_was_approved(sqlite_engine: Engine) -> None:
    mails = Mails()
    with mail_server(mails) as server:
        desk = _desk(sqlite_engine, server)
        action = desk.decide(bcc=["boss@we.test"], body="Hello Kim,\n.\n..dots\n.\n")
        assert [desk.execute(action.id), desk.execute(action.id)] == ["sent", "sent"]
    (taken,) = mails.taken
    assert (taken.mail_from, taken.rcpt_tos) == ("ana@we.test", ["kim@them.test", "lee@them.test", "boss@we.test"])
    assert isinstance(taken.content, bytes)
    mail = message_from_bytes(taken.content, policy=default)
    assert (mail["Message-ID"], mail["In-Reply-To"]) == ("<a@we.test>", "<q@them.test>")
    assert mail["References"] == "<q@them.test>"
    assert (mail["From"], mail["Subject"], mail["Bcc"]) == ("Ana Müller <ana@we.test>", "Grüße", None)
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n") == "Hello Kim,\n.\n..dots\n.\n"
    assert desk.row(action.id).result


REFUSED: list[tuple[Profile | None, dict[str, Any], str]] = [
    (None, {}, reasons.NO_PROFILE),
    (replace(ANA, server="other"), {}, reasons.NO_SERVER),
    (replace(ANA, address="else@we.test"), {}, reasons.WRONG_SENDER),
    (replace(SIGNED, password_ref="env:NOT_SET_ANYWHERE"), {}, reasons.NO_SECRET),
    (SIGNED, {}, reasons.SIGN_IN),
    (ANA, {"subject": "x\r\nBcc: evil@else.test"}, reasons.BAD_HEADER),
    (ANA, {"to": ["kim@them.test>\r\nRCPT TO:<evil@else.test"]}, reasons.BAD_ADDRESS),
    (ANA, {"attachments": ["a.pdf"]}, reasons.ATTACHMENTS),
]


@pytest.mark.parametrize(("profile", "changed", "reason"), REFUSED)
def test_what_must_not_be_sent_is_refused_with_its_reason(
    sqlite_engine: Engine, profile: Profile | None, changed: dict[str, Any], reason: str
) -> None:
    mails = Mails()
    with mail_server(mails) as server:
        desk = _desk(sqlite_engine, server, profile)
        action = desk.decide(**changed)
        assert desk.work() == ["failed"]
    assert mails.taken == []
    assert desk.ends == [(action.id, "failed", reason)]


def test_the_password_signs_in(sqlite_engine: Engine) -> None:
    mails = Mails()
    with mail_server(mails, password=SECRET) as server:
        desk = _desk(sqlite_engine, server, SIGNED)
        desk.decide()
        assert desk.work() == ["sent"]
    assert len(mails.taken) == 1


def _at(step: str, answer: str | Callable[[Server], str], times: int = 1) -> Callable[[str, Server], str | None]:
    left = [times]

    def fault(here: str, server: Server) -> str | None:
        if here != step or not left[0]:
            return None
        left[0] -= 1
        return answer if isinstance(answer, str) else answer(server)

    return fault


@pytest.mark.parametrize(
    ("step", "answer", "state", "reason"),
    [
        ("RCPT", "450 later", "pending", reasons.BUSY),
        ("RCPT", "550 nobody here", "failed", reasons.REFUSED_BY_SERVER),
        ("RCPT", hang_up, "pending", reasons.UNREACHABLE),
        ("DATA", "451 later", "pending", reasons.BUSY),
        ("DATA", "554 spam", "failed", reasons.REFUSED_BY_SERVER),
        ("DATA", hang_up, "unknown", reasons.LOST),
        ("AFTER", hang_up, "unknown", reasons.LOST),
        ("AFTER", "299 what", "unknown", reasons.LOST),
    ],
)
def test_each_fault_means_what_it_means(
    sqlite_engine: Engine, step: str, answer: str | Callable[[Server], str], state: str, reason: str
) -> None:
    mails = Mails(fault=_at(step, answer))
    with mail_server(mails) as server:
        desk = _desk(sqlite_engine, server)
        action = desk.decide()
        assert desk.work() == [state]
        assert desk.row(action.id).reason == reason
        if state == "pending":
            desk.until_quiet()
            assert desk.row(action.id).state == "sent"
            assert len(mails.taken) == 1


def test_a_refused_recipient_keeps_the_mail_from_all(sqlite_engine: Engine) -> None:
    mails = Mails()
    mails.fault = lambda step, _server: "550 no" if step == "RCPT" else None
    with mail_server(mails) as server:
        desk = _desk(sqlite_engine, server)
        desk.decide()
        assert desk.work() == ["failed"]
    assert mails.taken == []


def test_a_server_that_is_not_there_is_tried_again(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine, MailServer(host="127.0.0.1", port=free_port(), security="plain"))
    desk.decide()
    assert desk.work() == ["pending"]


def test_without_a_safe_connection_nothing_is_sent(sqlite_engine: Engine) -> None:
    mails = Mails()
    with mail_server(mails) as server:
        desk = _desk(sqlite_engine, server.model_copy(update={"security": "starttls"}))
        desk.decide()
        assert desk.work() == ["failed"]
    assert desk.ends[0][2] == reasons.INSECURE
    assert mails.taken == []


# -- the folder of sent mail


def test_a_copy_is_put_into_the_folder_of_sent_mail(sqlite_engine: Engine) -> None:
    mails, folder = Mails(), FakeSentFolder()
    with mail_server(mails, password=SECRET) as server:
        desk = _desk(sqlite_engine, server, SIGNED, folder)
        action = desk.decide()
        assert desk.work() == ["sent"]
        assert folder.has("<a@we.test>")
        desk.until_quiet()
    assert desk.row(action.id).state == "confirmed"


def test_a_copy_that_cannot_be_filed_takes_nothing_back(sqlite_engine: Engine) -> None:
    folder = FakeSentFolder(away=True)
    with mail_server(Mails(), password=SECRET) as server:
        desk = _desk(sqlite_engine, server, SIGNED, folder)
        action = desk.decide()
        assert desk.work() == ["sent"]
    assert '"filed":false' in desk.row(action.id).result


def test_a_lost_reply_is_found_in_the_folder_that_the_provider_keeps(sqlite_engine: Engine) -> None:
    folder = FakeSentFolder()
    mails = Mails(fault=_at("AFTER", hang_up))
    with mail_server(mails, password=SECRET) as server:
        desk = _desk(sqlite_engine, server.model_copy(update={"files_sent": True}), SIGNED, folder)
        action = desk.decide()
        assert desk.work() == ["unknown"]
        (taken,) = mails.taken
        assert isinstance(taken.content, bytes)
        folder.mails.append(taken.content)
        desk.until_quiet()
    assert len(mails.taken) == 1
    assert desk.ends == [(action.id, "confirmed", "")]


def test_a_mail_that_is_surely_not_there_is_sent_once_more(sqlite_engine: Engine) -> None:
    folder = FakeSentFolder()
    mails = Mails(fault=_at("DATA", hang_up))
    with mail_server(mails, password=SECRET) as server:
        desk = _desk(sqlite_engine, server.model_copy(update={"files_sent": True}), SIGNED, folder)
        action = desk.decide()
        begun = desk.now
        assert desk.work() == ["unknown"]
        desk.until_quiet()
    assert len(mails.taken) == 1
    assert desk.row(action.id).state == "sent"
    assert desk.now - begun >= timedelta(minutes=10)


def test_a_copy_that_we_would_have_filed_ourselves_proves_nothing_by_its_absence(sqlite_engine: Engine) -> None:
    mails = Mails(fault=_at("AFTER", hang_up))
    with mail_server(mails, password=SECRET) as server:
        desk = _desk(sqlite_engine, server, SIGNED, FakeSentFolder())
        action = desk.decide()
        desk.until_quiet()
    assert len(mails.taken) == 1
    assert desk.ends == [(action.id, "failed", reasons.MAY_HAVE_GONE_OUT)]


# -- secrets


@pytest.mark.parametrize("fault", [None, _at("RCPT", hang_up), _at("AFTER", hang_up), _at("DATA", "554 canary-reply")])
def test_no_secret_and_no_text_is_in_logs_results_or_audit(
    sqlite_engine: Engine, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
    fault: Callable[[str, Server], str | None] | None,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    mails = Mails() if fault is None else Mails(fault=fault)
    with mail_server(mails, password=SECRET) as server:
        desk = _desk(sqlite_engine, server, SIGNED, FakeSentFolder())
        action = desk.decide(body="canary-body")
        desk.work()
    ours = [x for x in caplog.records if not x.name.startswith(("mail.", "aiosmtpd", "asyncio"))]
    with sqlite_engine.connect() as connection:
        audit = connection.execute(text("SELECT * FROM tenure_audit_entry")).all()
        row = desk.row(action.id)
    told = [*(x.getMessage() for x in ours), repr(audit), repr((row.result, row.reason)), *capfd.readouterr()]
    assert not [x for x in told if SECRET in x or "canary" in x]
