"""Real processes: they share work, die holding it, and only one of them leads."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from veille.clock import SystemClock
from veille.engine.direct import DirectEngine
from veille.engine.heartbeat import heartbeat
from veille.engine.leader import leader
from veille.engine.owner import Owner, is_dead, this_process
from veille.errors import LeaseHeld, LeaseLost
from veille.model import Work
from veille.storage.db import Database
from veille.storage.ledger import SqlLedger

#: Runs a stage that appends each key to a log, slowly.
WORKER = """if 1:
    import os, sys, time
    from veille.clock import SystemClock
    from veille.engine.direct import DirectEngine
    from veille.storage.db import Database
    from veille.storage.ledger import SqlLedger

    class Stage:
        name, batch = "tag", int(sys.argv[3])
        def execute(self, work, finish):
            for piece in work:
                time.sleep(float(sys.argv[4]))
                os.write(log, f"{piece.key}\\n".encode())
                finish(piece)

    log = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    database = Database(sys.argv[1])
    clock = SystemClock()
    print("ready", flush=True)
    sys.stdin.readline()
    DirectEngine(SqlLedger(database, clock), clock).run(Stage())
"""

LEADER = """if 1:
    import sys
    from veille.clock import SystemClock
    from veille.engine.leader import leader
    from veille.errors import LeaseHeld
    from veille.storage.db import Database
    from veille.storage.ledger import SqlLedger
    ledger = SqlLedger(Database(sys.argv[1]), SystemClock())
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        with leader(ledger, "daemon"):
            print("leads", flush=True)
            sys.stdin.readline()
    except LeaseHeld as error:
        print(error, flush=True)
        sys.exit(error.exit_code)
"""


@pytest.fixture
def ledger(database: Database) -> SqlLedger:
    return SqlLedger(database, SystemClock())


def start(program: str, *arguments: object, times: int = 1) -> "list[subprocess.Popen[str]]":
    """Start children and wait until each is ready; imports take most of a second, so all at once."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(times)
    ]
    assert [line(child) for child in children] == ["ready\n"] * times
    return children


def line(child: "subprocess.Popen[str]") -> str:
    assert child.stdout is not None
    return child.stdout.readline()


def go(*children: "subprocess.Popen[str]") -> None:
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()


def end(child: "subprocess.Popen[str]") -> int:
    child.communicate(timeout=60)
    return child.returncode


class _Logger:
    """The worker's stage, in this process."""

    name = "tag"
    batch = 10

    def __init__(self, log: Path) -> None:
        self._log = log

    def execute(self, work: Sequence[Work], finish: Callable[[Work], None]) -> None:
        for piece in work:
            with self._log.open("a") as log:
                log.write(f"{piece.key}\n")
            finish(piece)


def done(log: Path) -> Counter[str]:
    return Counter(log.read_text().split()) if log.exists() else Counter()


def test_processes_share_work_and_do_each_piece_once(database: Database, ledger: SqlLedger, tmp_path: Path) -> None:
    ledger.deposit_all("tag", map(str, range(100)))
    children = start(WORKER, database.url, tmp_path / "log", 7, 0, times=2)
    go(*children)
    assert [end(child) for child in children] == [0, 0]
    assert done(tmp_path / "log") == Counter(map(str, range(100)))


def test_work_of_a_killed_process_is_taken_over_at_once(database: Database, ledger: SqlLedger, tmp_path: Path) -> None:
    ledger.deposit_all("tag", map(str, range(10)))
    [child] = start(WORKER, database.url, tmp_path / "log", 10, 0.2)
    go(child)
    while len(done(tmp_path / "log")) < 3:
        time.sleep(0.02)
    child.kill()
    end(child)
    clock = SystemClock()
    heir = _Logger(tmp_path / "log")
    DirectEngine(ledger, clock).run(heir)
    counted = done(tmp_path / "log")
    assert set(counted) == set(map(str, range(10)))
    # The log is written before `finish`: at most the piece in hand at the kill is done again.
    assert sum(counted.values()) <= 11


def test_work_of_a_killed_process_of_another_machine_is_taken_over_when_its_lease_ends(
    ledger: SqlLedger, tmp_path: Path
) -> None:
    ledger.deposit("tag", "1")
    ledger.claim("tag", limit=1, lease=timedelta(seconds=1), owner="pid 1, hôte ailleurs [abc-1/1]")
    stage = _Logger(tmp_path / "log")
    engine = DirectEngine(ledger, SystemClock())
    assert engine.run(stage) == 0
    time.sleep(1)
    assert engine.run(stage) == 1


def test_heartbeat_keeps_a_lease_longer_than_the_lease(ledger: SqlLedger) -> None:
    lease = timedelta(seconds=0.6)
    ledger.deposit("tag", "1")
    works = ledger.claim("tag", limit=1, lease=lease, owner="moi")
    before = threading.active_count()
    with heartbeat(ledger, works, lease):
        time.sleep(1.5)
        assert ledger.claim("tag", limit=1, lease=lease, owner="autre") == []
    assert threading.active_count() == before
    ledger.finish(works[0])


def test_only_one_of_two_leads_and_the_other_says_who(database: Database) -> None:
    """CLI-014, once with real processes; the twenty rounds are in the next test."""
    children = start(LEADER, database.url, times=2)
    go(*children)
    said = {line(child): child for child in children}
    winner = said.pop("leads\n")
    [(refusal, loser)] = said.items()
    assert f"déjà en cours (pid {winner.pid}, hôte " in refusal
    assert end(loser) == 5
    go(winner)
    assert end(winner) == 0


def test_twenty_threads_at_once_elect_one_leader(database: Database) -> None:
    for round_ in range(20):
        gate, results = threading.Barrier(4), []

        def run(number: int, gate: threading.Barrier = gate, results: list[str] = results) -> None:
            ledger = SqlLedger(Database(database.url), SystemClock())
            gate.wait()
            try:
                with leader(ledger, "daemon", owner=f"fil {number}"):
                    results.append("leads")
                    while len(results) < 4:
                        time.sleep(0.001)
            except LeaseHeld:
                results.append("refused")
            ledger._database.close()

        threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == ["leads", "refused", "refused", "refused"], round_


def test_killed_leader_is_replaced_at_once(database: Database, ledger: SqlLedger) -> None:
    [child] = start(LEADER, database.url)
    go(child)
    assert line(child) == "leads\n"
    with pytest.raises(LeaseHeld, match=f"pid {child.pid}"), leader(ledger, "daemon"):
        pytest.fail("two leaders")
    os.kill(child.pid, signal.SIGKILL)
    end(child)
    with leader(ledger, "daemon"):
        pass


def test_leader_that_slept_through_its_lease_learns_it(ledger: SqlLedger) -> None:
    with leader(ledger, "daemon", lease=timedelta(hours=1), owner="dormeur") as work:
        ledger.expire("dormeur")
        other = ledger.hold("leader", "daemon", lease=timedelta(hours=1), owner="suivant")
        with pytest.raises(LeaseLost):
            ledger.renew(work, lease=timedelta(hours=1))
    ledger.finish(other)


# ── owners ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_this_process_is_alive_and_a_finished_child_is_dead() -> None:
    me = this_process()
    assert not is_dead(str(me))
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19]
    owner = str(Owner(child.pid, me.host, me.realm, started))
    assert not is_dead(owner)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_dead(owner), "a zombie works no more"
    child.wait()
    child.stdin.close()  # type: ignore[union-attr]
    assert is_dead(owner)


def test_reused_process_number_is_not_taken_for_its_first_owner() -> None:
    me = this_process()
    assert is_dead(str(Owner(me.pid, me.host, me.realm, "1")))


@pytest.mark.parametrize("owner", ["", "moi", "pid 1, hôte ailleurs [autre-1/1]", "pid 999999999, hôte ici [/]"])
def test_unknown_owner_is_never_declared_dead(owner: str) -> None:
    assert not is_dead(owner)
