"""A PostgreSQL cluster of our own for the length of a test session: server binaries, a temporary folder, no fsync."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.shared import required

#: Linux: prctl(2), PR_SET_PDEATHSIG.
_PDEATHSIG = 1


def binaries() -> Path | None:
    """Return the folder of initdb and postgres, newest version first."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True
    )
    on_path = shutil.which("initdb")
    folders = [*debian, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster and yield the URL of its maintenance database, without driver name; skip where there is none."""
    folder = binaries()
    if folder is None:
        message = "PostgreSQL server binaries (initdb, postgres) are not on this machine"
        if required("postgres"):
            pytest.fail(message)
        pytest.skip(message)
    with tempfile.TemporaryDirectory(prefix="veille-pg-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        user = _unprivileged(home)
        _run([folder / "initdb", "-D", home / "data", "-U", "veille", "--auth=trust", "-E", "UTF8", "--no-sync"], user)
        port = _free_port()
        server = _start(folder / "postgres", home, port, user)
        url = f"postgresql://veille@127.0.0.1:{port}/postgres"
        try:
            _wait(url, server, home / "log")
            yield url
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait(10)


_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=32MB", "max_connections=60")


def _start(program: Path, home: Path, port: int, user: dict[str, object]) -> "subprocess.Popen[bytes]":
    settings = [part for setting in _FAST for part in ("-c", setting)]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            [program, "-D", home / "data", "-k", home, "-h", "127.0.0.1", "-p", str(port), *settings],
            stdout=subprocess.DEVNULL,
            stderr=log,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - no thread of ours holds a lock when the session starts
            **user,
        )


def _unprivileged(home: Path) -> dict[str, object]:
    """Return the Popen arguments that leave root, to which PostgreSQL refuses to speak."""
    if os.geteuid() != 0:
        return {}
    account = next(entry for entry in pwd.getpwall() if entry.pw_name in {"postgres", "nobody"})
    os.chown(home, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": str(home)}


def _run(command: list[str | Path], user: dict[str, object]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_env(), **user)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stderr}")


def _env() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _die_with_parent() -> None:
    """Ask the kernel to stop the server if the test process is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGQUIT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.05)
        else:
            return
