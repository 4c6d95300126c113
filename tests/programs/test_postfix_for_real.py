"""The Postfix page, run as it is printed: an issue leaves, one address is refused, its return is read and believed."""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.digest.builders import item, store_items
from tests.digest.sink import Plan, Sink
from tests.inside import inside
from veille.digest.mail.relay_log import RelayLog
from veille.storage.db import Database

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "relais-postfix.md"
NOW = ("--now", "2026-11-27T07:30:00+01:00")


def fragment(folder: Path, dead: int) -> str:
    """The page's main.cf, in a folder of ours, with mail for two domains led to sinks instead of the world."""
    found = re.search(r"```ini\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, "the page prints a main.cf"
    told = (
        found[1].replace("/var/mail/veille", f"{folder}/mail").replace("/var/log/postfix.log", f"{folder}/postfix.log")
    )
    return told + (
        f"queue_directory = {folder}/queue\ndata_directory = {folder}/data\ninet_protocols = ipv4\n"
        f"transport_maps = inline:{{ disparu.example=smtp:[127.0.0.1]:{dead} }}\n"
    )


def master(port: int) -> str:
    """The services that the page relies on, none in a chroot."""
    shipped = next(
        path for path in ("/usr/share/postfix/master.cf.dist", "/etc/postfix/master.cf") if Path(path).exists()
    )
    lines = [_service(line, port) for line in Path(shipped).read_text(encoding="utf-8").splitlines()]
    return "\n".join(lines) + "\n"


def _service(line: str, port: int) -> str:
    words = line.split()
    if line.startswith("smtp ") and words[1] == "inet":
        return f"127.0.0.1:{port} inet n - n - - smtpd"
    chrooted = line[:1].isalpha() and len(words) > 7 and words[4] == "y"
    return " ".join([*words[:4], "n", *words[5:]]) if chrooted else line


@pytest.fixture
def postfix(postfix_program: str) -> Iterator[tuple[int, Path, Sink]]:
    """A running Postfix: its port, its folder, and the server that refuses whom it is sent."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="postfix-", dir="/var/tmp"))  # its log must lie below /var
    folder.chmod(0o755)
    try:
        for name in ("etc", "queue", "data", "mail"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix")
        os.chown(folder / "mail", 65534, 65534)
        with Sink(Plan({"rcpt": "550 5.1.1 inconnu ici"})) as dead:
            (folder / "etc" / "main.cf").write_text(fragment(folder, dead.port), encoding="utf-8")
            (folder / "etc" / "master.cf").write_text(master(port), encoding="utf-8")
            told = subprocess.run(["postconf", "-c", folder / "etc", "-n"], capture_output=True, text=True, check=True)
            assert "unused parameter" not in told.stderr, told.stderr
            subprocess.run(
                [postfix_program, "-c", folder / "etc", "start"], check=True, capture_output=True, timeout=60
            )
            try:
                yield port, folder, dead
            finally:
                subprocess.run(
                    [postfix_program, "-c", folder / "etc", "stop"], check=False, capture_output=True, timeout=60
                )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_page_works_as_it_is_printed(postfix: tuple[int, Path, Sink], tmp_path: Path) -> None:
    port, folder, _ = postfix
    home = tmp_path / "maison"
    assert inside("init", home).returncode == 0
    (home / "veille.toml").write_text(
        '[cluster]\nid = "pole"\n[site]\nurl = "https://veille.example.fr"\n'
        f'[mail]\nurl = "smtp://127.0.0.1:{port}"\nsender = "veille@mon-cluster.example"\n'
        'return_path = "retours@retours.mon-cluster.example"\n'
        f'bounces = "{folder}/mail/retours"\naccept_log = "{folder}/postfix.log"\n',
        encoding="utf-8",
    )
    (home / "m.csv").write_text(
        "organisation,email,needs\nPhytalis,anne@disparu.example,encapsulation d'extraits végétaux\n", encoding="utf-8"
    )
    assert inside("--home", home, "members", "import", home / "m.csv").returncode == 0
    database = Database(f"sqlite:///{home / 'var' / 'veille.sqlite'}")
    text = "Encapsulation d'extraits végétaux : aide aux projets. " * 10
    store_items(database, [item(1, title="Encapsulation d'extraits végétaux : appel à projets", text=text)])
    database.close()
    for step in (("build",), ("approve", "--by", "Claire")):
        done = inside("--home", home, *NOW, "digest", *step)
        assert done.returncode == 0, done.stderr
    sent = inside("--home", home, *NOW, "digest", "send", "--json")
    assert sent.returncode == 0, sent.stderr
    (row,) = [json.loads(line) for line in sent.stdout.splitlines()]
    assert row["state"] == "sent", "Postfix took it; what its next server says comes back as a mail"
    box = folder / "mail" / "retours" / "new"
    for _ in range(200):
        if box.is_dir() and list(box.iterdir()):
            break
        time.sleep(0.1)
    came = inside("--home", home, *NOW, "mail", "bounces", "--json")
    assert came.returncode == 0, came.stderr
    (returned,) = [json.loads(line) for line in came.stdout.splitlines()]
    assert (returned["person"], returned["kind"], returned["status"]) == ("anne@disparu.example", "hard", "5.1.1")
    assert "inconnu ici" in returned["detail"]
    log = (folder / "postfix.log").read_text(encoding="utf-8")
    assert f"message-id={row['message_id']}" in log, "where veille looks to lift a doubt"


def test_a_mail_cut_before_its_dot_is_named_in_the_log_and_not_taken(postfix: tuple[int, Path, Sink]) -> None:
    """What the reader of the log rests on: `cleanup` names a mail as soon as its header is through."""
    port, folder, _ = postfix
    log = RelayLog(folder / "postfix.log")
    marks = {"<cut@mon-cluster.example>", "<whole@mon-cluster.example>"}
    for mark, end in zip(sorted(marks), (b"", b".\r\n"), strict=True):
        head = f"Message-ID: {mark}\r\nSubject: x\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            lines = connection.makefile("rb")
            lines.readline()
            for command in (b"HELO x", b"MAIL FROM:<v@mon-cluster.example>", b"RCPT TO:<a@disparu.example>", b"DATA"):
                connection.sendall(command + b"\r\n")
                assert lines.readline()[:1] in b"23"
            connection.sendall(head + b"Lorem ipsum\r\n" * 3000 + end)
            assert not end or lines.readline().startswith(b"250")
    for _ in range(100):
        if log.accepted(marks) and log.absent(marks):
            break
        time.sleep(0.1)
    assert (log.accepted(marks), log.absent(marks)) == ({"<whole@mon-cluster.example>"}, {"<cut@mon-cluster.example>"})
    assert "message-id=<cut@mon-cluster.example>" in (folder / "postfix.log").read_text(encoding="utf-8")
