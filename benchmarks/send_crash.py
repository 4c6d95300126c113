"""Kill a sender again and again while it sends to a logging sink; count what was lost, doubled and left in doubt.

    python -m benchmarks.send_crash --mails 3000 --kills 100

The process under test is the one of the suite (`tests/digest/ledger.py`): the real ledger on SQLite, the real SMTP
client, an accept log that the sink writes before it answers, as a relay does. Kills are SIGKILL at random instants.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.digest.ledger import approved, mails_of
from tests.digest.sink import Sink

from veille.model import DeliveryState
from veille.storage import schema
from veille.storage.db import Database


def main() -> None:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=3000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--delay", type=float, default=0.002, help="seconds the sink takes to accept a mail")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="veille-crash-"))
    try:
        _measure(folder, asked)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(folder: Path, asked: argparse.Namespace) -> None:
    database = Database(f"sqlite:///{folder / 'veille.sqlite'}")
    schema.create(database)
    issue, log, chance = approved(database, asked.mails), folder / "accepted", random.Random(asked.seed)
    begun, killed, doubts = time.monotonic(), 0, 0
    with Sink(log=log, delay=asked.delay) as sink:
        command = [sys.executable, "-m", "tests.digest.ledger", database.url, str(issue.id), sink.url, str(log)]
        while killed < asked.kills and len(sink.taken) < asked.mails:
            before = len(sink.taken)
            process = subprocess.Popen(command)
            while len(sink.taken) == before and process.poll() is None:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 2 * asked.mails / asked.kills * asked.delay * 2))
            process.kill()
            process.wait()
            killed += 1
            doubts += Counter(one.state for one in mails_of(database).deliveries(issue.id))[DeliveryState.SENDING] > 0
        for _ in range(2):
            subprocess.run(command, check=True)
    copies = Counter(one.message_id for one in sink.taken)
    states = Counter(one.state.value for one in mails_of(database).deliveries(issue.id))
    print(f"{asked.mails} mails, {killed} kills, {doubts} of them inside a group, {time.monotonic() - begun:.0f} s")
    print(f"lost {asked.mails - len(copies)}, doubled {sum(n > 1 for n in copies.values())}, states {dict(states)}")
    database.close()


if __name__ == "__main__":
    main()
