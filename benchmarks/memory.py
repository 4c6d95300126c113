"""Memory of a whole process tree: the peak sum of its PSS (proc(5), smaps_rollup), sampled."""

import threading
from pathlib import Path

#: Seconds between two looks.
SAMPLE = 0.1


class Peak:
    """Watches the memory of a process and all its descendants."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Return the peak in MB."""
        self._over.set()
        self._thread.join()
        return self._peak / 1_000

    def _watch(self) -> None:
        while not self._over.wait(SAMPLE):
            self._peak = max(self._peak, sum(pss(pid) for pid in tree(self._pid)))


def tree(root: int) -> list[int]:
    """Return a process and its descendants, those that a fork server started included."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            children.setdefault(_parent(entry), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found.extend(children.get(pid, ()))
    return found


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def pss(pid: int) -> int:
    """Return the proportional set size of a process in kB, 0 once it is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
