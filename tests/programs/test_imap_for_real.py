"""Letters read from a real IMAP server (Dovecot): what our own small one only imitates."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.net.hostile import CERTIFICATES, run
from tests.net.test_mailboxes import HOST, asking, door, etag, failed, mailbox, message
from veille.model import Fetched, FetchFault, FetchOutcome, Validators

CONFIG = """
base_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate}
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
mail_location = maildir:{home}/mail
auth_mechanisms = plain login
auth_failure_delay = 0 secs
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password=s3cret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
}}
"""


@dataclass
class Dovecot:
    """One running server and its folders."""

    port: int
    mail: Path
    uid: int
    gid: int

    def url(self, folder: str) -> str:
        return f"imaps://veille%40pole.example@{HOST}:{self.port}/{folder}"

    def deliver(self, folder: str, *raw: bytes) -> list[Path]:
        """Put messages into a folder as a delivery agent would."""
        place = self.mail / folder
        for step in ("cur", "new", "tmp"):
            (place / step).mkdir(parents=True, exist_ok=True)
        files = []
        for number, one in enumerate(raw):
            files.append(place / "new" / f"{time.time_ns()}.{number}.host")
            files[-1].write_bytes(one)
        for path in (self.mail, *self.mail.rglob("*")):
            os.chown(path, self.uid, self.gid)
        return files


@pytest.fixture(params=["/", "."])
def dovecot(request: pytest.FixtureRequest, dovecot_program: str) -> Iterator[Dovecot]:
    """A server of our own, as nobody where we are root: Dovecot gives no mail to uid 0."""
    account = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        home.chmod(0o755)  # as root the server gives up its rights, then reads here
        yield from _serving(home, account, str(request.param), dovecot_program)


def _serving(home: Path, account: pwd.struct_passwd, separator: str, program: str) -> Iterator[Dovecot]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    certificate = home / "valid.pem"
    shutil.copyfile(CERTIFICATES / "valid.pem", certificate)
    values = {
        "home": home, "certificate": certificate, "port": port, "separator": separator, "user": account.pw_name,
        "group": "nogroup" if os.getuid() == 0 else str(account.pw_gid), "uid": account.pw_uid, "gid": account.pw_gid,
    }  # fmt: skip
    config = home / "dovecot.conf"
    config.write_text(CONFIG.format(**values), encoding="utf-8")
    server = Dovecot(port, home / "mail", account.pw_uid, account.pw_gid)
    server.deliver("", message(1))
    running = subprocess.Popen([program, "-F", "-c", str(config)], stderr=subprocess.PIPE)
    try:
        _wait_for(port, running, home / "log")
        yield server
    finally:
        running.terminate()
        running.communicate(timeout=20)


def _wait_for(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(100):
        if running.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    said = log.read_text() if log.exists() else ""
    pytest.fail(f"dovecot does not start: {said or (running.stderr.read().decode() if running.stderr else '')}")


def read(server: Dovecot, folder: str, *known: Validators) -> FetchOutcome:
    return run(door().send(asking(server.url(folder)), *known))


def test_a_folder_is_read_once_and_left_as_it_was(dovecot: Dovecot) -> None:
    files = dovecot.deliver(".Lettres.R&AOk-gion", message(1), message(2, sender="paul@ailleurs.example"))
    first = read(dovecot, "Lettres/R%C3%A9gion")
    assert [one.body for one in mailbox(first).messages] == [True, False]
    assert mailbox(first).messages[0].raw == message(1)
    second = read(dovecot, "Lettres/R%C3%A9gion", etag(first))
    assert isinstance(second, Fetched)
    assert second.status == 304
    assert all(file.exists() for file in files), "a message was moved or flagged"
    dovecot.deliver(".Lettres.R&AOk-gion", message(3))
    third = read(dovecot, "Lettres/R%C3%A9gion", etag(second))
    assert [one.raw for one in mailbox(third).messages] == [message(3)]


def test_refusals_of_a_real_server(dovecot: Dovecot) -> None:
    assert len(mailbox(read(dovecot, "INBOX")).messages) == 1
    missing = failed(read(dovecot, "Absent"), FetchFault.MAILBOX)
    assert "« Absent » n'existe pas" in missing.sentence
    wrong = run(door(account={"password": "another"}).send(asking(dovecot.url("INBOX"))))
    assert "refuse le mot de passe" in failed(wrong, FetchFault.LOGIN).sentence


def test_a_password_with_accents_and_a_huge_message(dovecot: Dovecot) -> None:
    refused = run(door(account={"password": "clé à molette"}).send(asking(dovecot.url("INBOX"))))
    assert "refuse le mot de passe" in failed(refused, FetchFault.LOGIN).sentence
    dovecot.deliver(".Gros", message(1, body="x\r\n" * 1_000_000))
    (only,) = mailbox(read(dovecot, "Gros")).messages
    assert len(only.raw) == 1_500_000
