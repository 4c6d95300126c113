"""`veille serve` as a supervisor meets it: it answers, and a SIGTERM ends it in good order."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.web.conftest import Site


def test_a_sigterm_ends_it_in_good_order(site: Site, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "veille", "--home", str(site.app.settings.home), "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert answers(f"http://127.0.0.1:{port}/healthz", process) == b"ok"
        finally:
            process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert told.splitlines()[-1] == "arrêt propre"


def answers(address: str, process: subprocess.Popen) -> bytes:
    """Ask until there is an answer, for as long as the process lives."""
    while process.poll() is None:
        try:
            with urlopen(address) as answer:
                return answer.read()
        except URLError:
            time.sleep(0.05)
    raise AssertionError("it ended before it answered")
