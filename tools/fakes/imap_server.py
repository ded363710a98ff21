"""The stand-in for a mail server on a port of this machine, speaking as much IMAP4rev1 as mail programs use here."""

import base64
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

from tools.fakes.imap import FOLDERS, FakeFolder, FakeMailbox, ImapFake, Kept

_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\((?:[^()"]|"[^"]*")*\))|(\S+)')
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}$")
_BODY = re.compile(r"BODY(?:\.PEEK)?\[(HEADER)?\]<0\.(\d+)>", re.IGNORECASE)
_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
# What it says instead of doing something.
_REFUSALS = {"limit": "[LIMIT] too many requests", "error": "[UNAVAILABLE] the server is busy"}
# What is answered at any time.
_ALWAYS = ("CAPABILITY", "LOGOUT", "NOOP")


class _Wrong(Exception):
    """A command that is answered with NO; the text is what the server says."""


class _BrokenOff(Exception):
    """The connection ends in the middle of an answer."""


class _Session(StreamRequestHandler):
    """One client."""

    server: "_Server"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.mailbox: FakeMailbox | None = None
        self.folder: FakeFolder | None = None
        self.writes = self.breaks = False

    def handle(self) -> None:
        self._say("* OK ready")
        while words := self._command():
            tag, name = words[0].decode(), words[1].decode().upper()
            if name == "UID" and len(words) > 2:
                name, words = f"UID {words[2].decode().upper()}", [words[0], words[1], *words[3:]]
            fault = self.server.fake.fault(name)
            if fault == "dropped" or not self._answer(name, words[2:], tag, fault) or name == "LOGOUT":
                return

    def _answer(self, name: str, words: list[bytes], tag: str, fault: str | None) -> bool:
        """Does it and says so; whether the connection stands still."""
        self.breaks = fault == "broken"
        try:
            if fault in _REFUSALS:
                raise _Wrong(_REFUSALS[fault])
            with self.server.fake.lock:
                self._do(name, words, tag)
            if fault == "late":
                return False
            self._say(f"{tag} OK done")
        except _Wrong as wrong:
            self._say(f"{tag} NO {wrong}")
        except _BrokenOff:
            return False
        return True

    def _do(self, name: str, words: list[bytes], tag: str) -> None:
        done: dict[str, Callable[[list[bytes]], None]] = {
            "LOGIN": self._login, "AUTHENTICATE": self._authenticate, "LIST": self._list, "SELECT": self._select,
            "EXAMINE": self._examine, "UID SEARCH": self._search, "UID FETCH": self._fetch, "APPEND": self._append,
            "UID STORE": self._store, "UID EXPUNGE": self._expunge,
            "CAPABILITY": self._capability, "LOGOUT": lambda _: self._say("* BYE"), "NOOP": lambda _: None,
        }  # fmt: skip
        if name not in done:
            raise _Wrong("this server does not know that")
        if self.server.fake.busy and name not in _ALWAYS:
            raise _Wrong("[LIMIT] too many simultaneous connections")
        if self.mailbox is None and name not in (*_ALWAYS, "LOGIN", "AUTHENTICATE"):
            raise _Wrong("sign in first")
        done[name](words)

    def _command(self) -> list[bytes]:
        """The words of the next command, literals among them; empty at the end."""
        words: list[bytes] = []
        while line := self.rfile.readline():
            line = line.rstrip(b"\r\n")
            size = _LITERAL.search(line)
            words += [quoted or group or word for quoted, group, word in _TOKEN.findall(_LITERAL.sub(b"", line))]
            if not size:
                return words
            if not size[2]:
                self._say("+ go on")
            words.append(self.rfile.read(int(size[1])))
        return []

    def _say(self, line: str | bytes) -> None:
        told = (line.encode() if isinstance(line, str) else line) + b"\r\n"
        if self.breaks:
            self.wfile.write(told[: len(told) // 2])
            raise _BrokenOff
        self.wfile.write(told)

    def _capability(self, _: list[bytes]) -> None:
        more = " CONDSTORE" if self.server.fake.condstore else ""
        self._say(f"* CAPABILITY IMAP4rev1 SPECIAL-USE UIDPLUS AUTH=XOAUTH2{more}")

    def _login(self, words: list[bytes]) -> None:
        self._enter(words[0].decode(), words[1].decode())

    def _authenticate(self, _: list[bytes]) -> None:
        self._say("+ ")
        told = base64.b64decode(self.rfile.readline()).decode()
        found = re.fullmatch(r"user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01", told)
        self._enter(*(found.groups() if found else ("", "")))

    def _enter(self, user: str, secret: str) -> None:
        mailbox = self.server.fake.mailboxes.get(user)
        if mailbox is None or mailbox.secret != secret:
            raise _Wrong("[AUTHENTICATIONFAILED] not accepted")
        self.mailbox = mailbox

    def _list(self, words: list[bytes]) -> None:
        for name, use in FOLDERS.items():
            if words[1] in (b"*", name.encode()):
                self._say(f'* LIST (\\HasNoChildren{" " + use if use else ""}) "/" {name}')

    def _select(self, words: list[bytes], *, writes: bool = True) -> None:
        folder = self.mailbox.folders.get(words[0].decode()) if self.mailbox else None
        if folder is None:
            raise _Wrong("[NONEXISTENT] no such folder")
        self.folder, self.writes = folder, writes
        self._say(f"* {len(folder.mails)} EXISTS")
        self._say(f"* OK [UIDVALIDITY {folder.validity}] valid")
        self._say(f"* OK [UIDNEXT {folder.next_uid}] next")
        if self.server.fake.condstore:
            self._say(f"* OK [HIGHESTMODSEQ {folder.modseq}] highest")

    def _examine(self, words: list[bytes]) -> None:
        self._select(words, writes=False)

    def _chosen(self) -> FakeFolder:
        if self.folder is None:
            raise _Wrong("select a folder first")
        return self.folder

    def _search(self, words: list[bytes]) -> None:
        folder, found = self._chosen(), list(self._chosen().mails)
        asked = [word.decode() for word in words]
        while asked:
            match asked.pop(0).upper():
                case "UID":
                    wanted = _range(asked.pop(0), list(folder.mails))
                    found = [uid for uid in found if uid in wanted]
                case "SINCE":
                    day = datetime.strptime(asked.pop(0), "%d-%b-%Y").replace(tzinfo=UTC)
                    found = [uid for uid in found if folder.mails[uid].came_at.date() >= day.date()]
                case "MODSEQ":
                    least = int(asked.pop(0))
                    found = [uid for uid in found if folder.mails[uid].modseq >= least]
                case "HEADER":
                    name, value = asked.pop(0), asked.pop(0)
                    found = [uid for uid in found if value in str(message_from_bytes(folder.mails[uid].raw)[name])]
        self._say(f"* SEARCH {' '.join(map(str, found))}".rstrip())

    def _fetch(self, words: list[bytes]) -> None:
        folder, asked, uids = self._chosen(), words[1].decode(), list(self._chosen().mails)
        for uid in sorted(_range(words[0].decode(), uids)):
            self._say(_fetched(bisect_left(uids, uid) + 1, folder.mails[uid], asked))

    def _append(self, words: list[bytes]) -> None:
        folder = self.mailbox.folders.get(words[0].decode()) if self.mailbox else None
        if folder is None:
            raise _Wrong("[TRYCREATE] no such folder")
        flags = [flag.decode() for word in words[1:-1] if word.startswith(b"(") for flag in word.strip(b"()").split()]
        date = message_from_bytes(words[-1])["Date"]
        folder.put(words[-1], parsedate_to_datetime(date) if date else _UNDATED, flags)

    def _store(self, words: list[bytes]) -> None:
        folder = self._writable()
        for uid in sorted(_range(words[0].decode(), list(folder.mails))):
            folder.flag(uid, *words[2].strip(b"()").decode().split())

    def _expunge(self, words: list[bytes]) -> None:
        folder = self._writable()
        wanted = _range(words[0].decode(), list(folder.mails))
        folder.drop(uid for uid, kept in folder.mails.items() if uid in wanted and "\\Deleted" in kept.flags)

    def _writable(self) -> FakeFolder:
        if not self.writes:
            raise _Wrong("[READ-ONLY] the folder was opened for reading")
        return self._chosen()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, fake: ImapFake) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.fake = fake


@contextmanager
def serving(fake: ImapFake) -> Iterator[int]:
    """Serves the stand-in on a port of this machine, without encryption; gives the port."""
    with _Server(fake) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="imap-fake", daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


def _range(text: str, present: list[int]) -> set[int]:
    """Which of the uids, ascending, a set names; "n:*" names the last one also where that is before n."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition(":")
        low, high = int(first), (present[-1] if present else 0) if last == "*" else int(last or first)
        low, high = min(low, high), max(low, high)
        found.update(present[bisect_left(present, low) : bisect_right(present, high)])
    return found


def _fetched(number: int, kept: Kept, asked: str) -> bytes:
    told = [f"UID {kept.uid}".encode()]
    if "INTERNALDATE" in asked:
        told.append(f'INTERNALDATE "{kept.came_at:%d-%b-%Y %H:%M:%S %z}"'.encode())
    if "FLAGS" in asked:
        told.append(f"FLAGS ({' '.join(sorted(kept.flags))})".encode())
    if wanted := _BODY.search(asked):
        raw = kept.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if wanted[1] else kept.raw
        part = raw[: int(wanted[2])]
        told.append(f"BODY[{wanted[1] or ''}]<0> {{{len(part)}}}\r\n".encode() + part)
    return f"* {number} FETCH (".encode() + b" ".join(told) + b")"
