"""The folder of sent mail over IMAP, spoken with a small server on this machine."""

import re
from collections.abc import Iterator
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest
from pydantic import SecretStr

from agent_runtime.actions.sent_folder import ImapSentFolder
from agent_runtime.settings import MailServer
from tests.unit.agent_runtime.actions.providers import SECRET, free_port

MAIL = b"Message-ID: <a@we.test>\r\nSubject: x\r\n\r\nHello\r\n"


class Session(StreamRequestHandler):
    """One client's commands, as far as they are used here."""

    server: "ImapServer"

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline().decode():
            self.server.lines.append(line)
            tag, _, command = line.strip().partition(" ")
            for answer in self._answers(command):
                self.wfile.write(answer + b"\r\n")
            self.wfile.write(f"{tag} {self._verdict(command)} done\r\n".encode())

    def _answers(self, command: str) -> Iterator[bytes]:
        if command == "CAPABILITY":
            yield b"* CAPABILITY IMAP4rev1"
        if found := re.fullmatch(r'UID SEARCH HEADER Message-ID "(.+)"', command):
            hits = [str(n + 1) for n, mail in enumerate(self.server.mails) if found[1].encode() in mail]
            yield f"* SEARCH {' '.join(hits)}".encode()
        if size := re.fullmatch(r'APPEND "Sent Items" \(\\Seen\) \{(\d+)\}', command):
            self.wfile.write(b"+ go on\r\n")
            self.server.mails.append(self.rfile.read(int(size[1])))
            self.rfile.readline()

    def _verdict(self, command: str) -> str:
        if command.startswith("LOGIN"):
            return "OK" if SECRET in command else "NO"
        return "NO" if "nowhere" in command else "OK"


class ImapServer(ThreadingTCPServer):
    """Keeps what is put into its one folder, and searches it by Message-ID."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.mails: list[bytes] = []
        self.lines: list[str] = []


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    """The server, for as long as a test lasts."""
    with ImapServer() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _folder(port: int, name: str = "Sent Items", password: str = SECRET) -> ImapSentFolder:
    server = MailServer(host="127.0.0.1", security="plain", imap_host="127.0.0.1", imap_port=port)
    return ImapSentFolder(server, "ana", SecretStr(password), name, 5.0)


def test_what_is_put_there_is_found_there(imap: ImapServer) -> None:
    folder = _folder(imap.server_address[1])
    assert not folder.has("<a@we.test>")
    folder.add(MAIL)
    assert imap.mails == [MAIL]
    assert folder.has("<a@we.test>")
    assert not folder.has("<b@we.test>")
    assert any('EXAMINE "Sent Items"' in line for line in imap.lines)


@pytest.mark.parametrize(("name", "password"), [("nowhere", SECRET), ("Sent Items", "canary-wrong-word")])
def test_a_refusal_is_an_error_that_repeats_no_secret(imap: ImapServer, name: str, password: str) -> None:
    folder = _folder(imap.server_address[1], name, password)
    for call in (lambda: folder.has("<a@we.test>"), lambda: folder.add(MAIL)):
        with pytest.raises(OSError, match="mail") as refused:
            call()
        assert password not in str(refused.value)


def test_a_server_that_is_not_there_is_an_error() -> None:
    with pytest.raises(OSError, match="refused"):
        _folder(free_port()).has("<a@we.test>")
