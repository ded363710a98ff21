"""Dovecot and Postfix on this machine, with folders and ports of their own; nothing that is sent can leave it."""

import os
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event
from time import monotonic
from typing import Final

from imapclient import IMAPClient

PASSWORD: Final = "canary-mailbox-7f31"
OURS, THEIRS = "firm.test", "acme.test"
PEOPLE: Final = (f"lea@{OURS}", f"kim@{THEIRS}")
NEEDED: Final = ("dovecot", "postfix")
_DOVECOT: Final = """
base_dir = {at}/run
state_dir = {at}/state
log_path = {at}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = 1
mail_location = maildir:{at}/mail/%u
mail_max_userip_connections = 100
passdb {{
  driver = passwd-file
  args = {at}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={at}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Drafts {{
    auto = create
    special_use = \\Drafts
  }}
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Trash {{
    auto = create
    special_use = \\Trash
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service auth {{
  unix_listener {at}/auth {{
    mode = 0666
  }}
}}
"""
_POSTFIX: Final = """
compatibility_level = 3.6
queue_directory = {at}/spool
data_directory = {at}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {at}/postfix.log
maillog_file_prefixes = {at}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mail.{ours}
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
default_transport = error:5.1.1 no mail leaves this machine
relay_transport = error:5.1.1 no mail leaves this machine
virtual_mailbox_domains = {ours}, {theirs}
virtual_mailbox_base = {at}/mail
virtual_mailbox_maps = texthash:{at}/boxes
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {at}/auth
smtpd_relay_restrictions = permit_mynetworks, reject
"""
_MASTER: Final = """
127.0.0.1:{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class MailServers:
    """Both servers while they run: the ports, and the folder with all that is theirs."""

    at: Path
    imap: int
    smtp: int

    def box(self, user: str) -> IMAPClient:
        """A person's own mail program."""
        client = IMAPClient("127.0.0.1", self.imap, ssl=False, timeout=10)
        client.login(user, PASSWORD)
        return client

    def empty(self) -> None:
        """Every mailbox as new."""
        for user in PEOPLE:
            with self.box(user) as client:
                for _, _, name in client.list_folders():
                    client.select_folder(name)
                    if found := client.search():
                        client.delete_messages(found, silent=True)
                        client.expunge()

    def validity(self, user: str) -> int:
        """What makes the uids of a person's inbox valid."""
        with self.box(user) as client:
            return int(client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"])

    def renumber(self, user: str) -> None:
        """The server loses its list of uids, as after a restored backup, and makes another one."""
        for path in (self.at / "mail" / user).glob("dovecot*"):
            path.unlink()

    def delivered(self) -> bool:
        """Whether nothing is on its way any more."""
        queues = ("incoming", "active", "deferred", "maildrop")
        return not any(one.is_file() for name in queues for one in (self.at / "spool" / name).rglob("*"))

    def settle(self, within: float = 10.0) -> None:
        """Waits until every mail that was handed over has arrived."""
        end = monotonic() + within
        while not self.delivered():
            if monotonic() > end:
                raise AssertionError((self.at / "postfix.log").read_text()[-2000:])
            Event().wait(0.02)


def missing() -> str:
    """Why the servers cannot run here; empty where they can."""
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking:
        return f"not installed: {', '.join(lacking)} (apt-get install dovecot-imapd postfix)"
    return "" if os.geteuid() == 0 else "mail servers are started as root only"


def started(at: Path) -> MailServers:
    """Starts both with everything below `at`, which others may enter."""
    servers = MailServers(at, _free_port(), _free_port())
    for name in ("mail", "spool", "data", "postfix", "run", "state"):
        (at / name).mkdir(mode=0o755)
    shutil.chown(at / "mail", "nobody", "nogroup")
    shutil.chown(at / "data", "postfix", "postfix")
    known = {"at": at, "imap": servers.imap, "smtp": servers.smtp, "ours": OURS, "theirs": THEIRS}
    owner = (at / "mail").stat()
    _write(at / "dovecot.conf", _DOVECOT.format(**known))
    _write(at / "users", "".join(f"{user}:{{PLAIN}}{PASSWORD}\n" for user in PEOPLE))
    _write(at / "boxes", "".join(f"{user} {user}/\n" for user in PEOPLE))
    _write(at / "postfix" / "main.cf", _POSTFIX.format(**known, uid=owner.st_uid, gid=owner.st_gid))
    _write(at / "postfix" / "master.cf", _MASTER.format(**known))
    _run("dovecot", "-c", str(at / "dovecot.conf"))
    _run("postfix", "-c", str(at / "postfix"), "start")
    _await(servers.imap, servers.smtp)
    return servers


def stopped(servers: MailServers) -> None:
    """Ends both and removes their folder."""
    subprocess.run(["postfix", "-c", str(servers.at / "postfix"), "stop"], capture_output=True, check=False)
    subprocess.run(["dovecot", "-c", str(servers.at / "dovecot.conf"), "stop"], capture_output=True, check=False)
    shutil.rmtree(servers.at, ignore_errors=True)


def _run(*command: str) -> None:
    # A server keeps what it was given as its output open as long as it runs.
    with TemporaryFile() as said:
        done = subprocess.run(command, stdout=said, stderr=said, check=False, timeout=60)
        said.seek(0)
        if done.returncode:
            raise RuntimeError(f"{command[0]} did not start: {said.read().decode(errors='replace')}")


def _await(*ports: int) -> None:
    end = monotonic() + 20
    for port in ports:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if monotonic() > end:
                    raise
                Event().wait(0.05)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
