"""Bulletins through a real SMTP server: Postfix's own sink on loopback."""

import email
import email.policy
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.inside import inside


@pytest.fixture
def sink(smtp_sink):
    """The address of a running sink and the folder in which it writes each message."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)  # as root the sink gives up its rights, then writes here
        user = ["-u", "nobody"] if os.getuid() == 0 else []
        command = [smtp_sink, *user, "-d", f"{folder}/%M.", f"127.0.0.1:{port}", "20"]
        with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE) as process:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None, process.stderr.read() if process.stderr else ""
                time.sleep(0.05)
            yield f"smtp://127.0.0.1:{port}", folder
            process.terminate()


def test_an_approved_issue_reaches_the_server_once_and_whole(demo, sink, tmp_path):
    url, folder = sink
    home = tmp_path / "instance"
    shutil.copytree(demo.folder, home)
    env = {"VEILLE_MAIL_URL": url}
    now = ["--home", home, "--now", "2026-12-03T18:00:00+01:00"]
    assert inside(*now, "digest", "build", env=env).returncode == 0
    assert inside(*now, "digest", "approve", "--by", "test", env=env).returncode == 0
    sent = inside(*now, "digest", "send", "--json", env=env)
    assert sent.returncode == 0, sent.stderr
    rows = [json.loads(line) for line in sent.stdout.splitlines()]
    assert rows
    assert {row["state"] for row in rows} == {"sent"}
    again = inside(*now, "digest", "send", "--json", env=env)
    assert again.returncode == 0, again.stderr
    messages = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert len(messages) == len(rows)
    parsed = [email.message_from_bytes(raw, policy=email.policy.default) for raw in messages]
    assert {message["Message-ID"].strip("<>") for message in parsed} == {row["message_id"].strip("<>") for row in rows}
    for message in parsed:
        assert message.defects == []
        assert message.get_content_type() == "multipart/alternative"
