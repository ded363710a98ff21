"""The folder of sent mail over IMAP, spoken with a stand-in server on this machine."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from agent_runtime.actions.sent_folder import ImapSentFolder, mailbox_at
from agent_runtime.settings import MailServer
from tests.unit.agent_runtime.actions.providers import SECRET, free_port
from tools.fakes.imap import FakeFolder, FakeMailbox, ImapFake
from tools.fakes.imap_server import serving

MAIL = b"Message-ID: <a@we.test>\r\nSubject: x\r\n\r\nHello\r\n"


@pytest.fixture
def box() -> FakeMailbox:
    """Ana's mailbox."""
    return FakeMailbox(SECRET, {"Sent Items": FakeFolder("Sent Items")})


@pytest.fixture
def port(box: FakeMailbox) -> Iterator[int]:
    """The server's port, for as long as a test lasts."""
    with serving(ImapFake({"ana": box})) as at:
        yield at


def _folder(port: int, name: str = "Sent Items", password: str = SECRET) -> ImapSentFolder:
    server = MailServer(host="127.0.0.1", security="plain", imap_host="127.0.0.1", imap_port=port)
    return ImapSentFolder(mailbox_at(server, "ana", SecretStr(password)), name, 5.0)


def test_what_is_put_there_is_found_there(port: int, box: FakeMailbox) -> None:
    folder = _folder(port)
    assert not folder.has("<a@we.test>")
    folder.add(MAIL)
    (kept,) = box["Sent Items"].mails.values()
    assert kept.raw == MAIL
    assert kept.flags == {"\\Seen"}
    assert folder.has("<a@we.test>")
    assert not folder.has("<b@we.test>")


@pytest.mark.parametrize(("name", "password"), [("nowhere", SECRET), ("Sent Items", "canary-wrong-word")])
def test_a_refusal_is_an_error_that_repeats_no_secret(port: int, name: str, password: str) -> None:
    folder = _folder(port, name, password)
    for call in (lambda: folder.has("<a@we.test>"), lambda: folder.add(MAIL)):
        with pytest.raises(OSError, match="mail") as refused:
            call()
        assert password not in str(refused.value)


def test_a_server_that_is_not_there_is_an_error() -> None:
    with pytest.raises(OSError, match="reached"):
        _folder(free_port()).has("<a@we.test>")
