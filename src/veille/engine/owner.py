"""Who holds a lease, written so that a person can find the process and a program can tell that it is dead."""

import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_SHAPE = re.compile(r"pid (?P<pid>\d+), hôte (?P<host>\S+) \[(?P<realm>[^\]/]*)/(?P<started>\d*)\]")


@dataclass(frozen=True, slots=True)
class Owner:
    """A process: number and host for people; realm and start time so that a reused number is not taken for it."""

    pid: int
    host: str
    #: Boot and process name space in which the number means something; empty where the system does not say.
    realm: str
    #: Start time in clock ticks since boot, empty where unknown.
    started: str

    def __str__(self) -> str:
        return f"pid {self.pid}, hôte {self.host} [{self.realm}/{self.started}]"


def this_process() -> Owner:
    """Return the owner that this very process is."""
    return Owner(os.getpid(), re.sub(r"\s", "-", socket.gethostname())[:64] or "?", _realm(), _started(os.getpid()))


def is_dead(owner: str) -> bool:
    """Say whether that process certainly runs no more; False where this machine cannot know."""
    found = _SHAPE.fullmatch(owner)
    if found is None or not found["realm"] or found["realm"] != _realm():
        return False
    return _started(int(found["pid"])) != found["started"]


def _realm() -> str:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot[:8]}-{(_PROC / 'self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


def _started(pid: int) -> str:
    """Read field 22 of /proc/PID/stat (proc(5)); the name in field 2 may hold spaces and parentheses."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]
