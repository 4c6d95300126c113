"""Kill a sender again and again while it sends to a logging sink; count what was lost, doubled and left in doubt.

    python -m benchmarks.send_crash --mails 15000 --kills 100
    python -m benchmarks.send_crash --mails 2000 --kills 20 --database postgresql

The process under test is the one of the suite (`tests/digest/ledger.py`): the real ledger on SQLite, the real SMTP
client on ten connections, an accept log that the sink writes before it answers, as a relay does. Kills are SIGKILL
after a random number of mails taken. On PostgreSQL, a server of our own, the sender is one machine among others: what a
dead one held is free only once its lease is over (one second here). The last line is one JSON object.
"""

import argparse
import json
import multiprocessing
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import text
from tests.digest.ledger import approved, mails_of, send
from tests.digest.sink import Sink
from tests.postgres import cluster

from veille.storage import schema
from veille.storage.db import Database

#: A server that has the program loaded: each sender is a process of its own, without the seconds of its imports.
PROCESSES = multiprocessing.get_context("forkserver")
#: Seconds of a lease on a database that several machines may share.
LEASE = 1.0


def main() -> None:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=15_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--delay", type=float, default=0.002, help="seconds the sink takes to accept a mail")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args()
    PROCESSES.set_forkserver_preload(["tests.digest.ledger"])
    folder = Path(tempfile.mkdtemp(prefix="veille-crash-"))
    try:
        with _database(folder, asked.database) as url:
            _measure(Database(url), folder / "accepted", asked)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(folder: Path, kind: str) -> Iterator[str]:
    """Yield the URL of an empty database; a PostgreSQL server lives as long as the block."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'veille.sqlite'}"
        return
    with cluster() as server:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE veille")
        yield f"postgresql+psycopg://{server.removeprefix('postgresql://').rpartition('/')[0]}/veille"


def _measure(database: Database, log: Path, asked: argparse.Namespace) -> None:
    schema.create(database)
    issue, chance = approved(database, asked.mails), random.Random(asked.seed)
    lease = 0.0 if database.file else LEASE
    begun, doubts = time.monotonic(), []
    with Sink(log=log, delay=asked.delay, offers=["PIPELINING", "SIZE 10000000", "8BITMIME"]) as sink:
        told = (database.url, str(issue.id), sink.url, str(log), str(asked.connections), str(lease or ""))
        while len(doubts) < asked.kills and len(sink.taken) < asked.mails:
            until = len(sink.taken) + chance.randint(1, 7 * asked.mails // (4 * asked.kills))
            process = PROCESSES.Process(target=send, args=told)
            process.start()
            while len(sink.taken) < min(until, asked.mails) and process.is_alive():
                time.sleep(0.0005)
            process.kill()
            process.join()
            doubts.append(_in_hand(database))
            time.sleep(lease)
        for _ in range(2):
            time.sleep(lease)
            process = PROCESSES.Process(target=send, args=told)
            process.start()
            process.join()
    copies = Counter(one.message_id for one in sink.taken)
    with database.read() as session:
        listed = session.scalar(text("SELECT count(*) FROM attempt WHERE state = 'uncertain'"))
    found = {
        "database": asked.database,
        "mails": asked.mails,
        "kills": len(doubts),
        "lost": asked.mails - len(copies),
        "doubled": sum(number > 1 for number in copies.values()),
        "doubts": sum(doubts),
        "most_doubts_of_one_kill": max(doubts),
        "doubts_listed": listed,
        "states": {state.value: number for state, number in mails_of(database).counts(issue.id).items()},
        "seconds": round(time.monotonic() - begun),
    }
    print(json.dumps(found))
    database.close()


def _in_hand(database: Database) -> int:
    """Count the mails that a killed sender had begun and not settled."""
    with database.read() as session:
        asked = "SELECT count(*) FROM delivery WHERE state = 'sending' AND begun_at IS NOT NULL"
        return int(session.scalar(text(asked)) or 0)


if __name__ == "__main__":
    main()
