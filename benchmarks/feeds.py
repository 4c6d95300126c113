"""How long programs that follow a reader's own feed wait: the first asker, the others, and once what they share is old.

    python benchmarks/feeds.py [--readers 80000] [--items 5000] [--home FOLDER]

Readers are the organisations of benchmarks/ranking.py, one each. `veille serve` prepares what they share as it starts
and as each day begins: « first asker » is who comes before that is done. Seconds are of processor time, but for
« behind »: what a program that asks while all is made anew waits, on the clock. The last line is one JSON object.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.curation import NOW, make

from veille.app import App
from veille.config.settings import load_settings
from veille.model import Subscriber
from veille.testing import FrozenClock

#: Readers asked after the first.
_ASKED = 100
#: Older than what serves at once, younger than what nobody may have.
_OLD = timedelta(minutes=30)


def seconds(clock: Callable[[], float], act: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = clock()
    act()
    return clock() - start


def measured(app: App, clock: FrozenClock, people: list[Subscriber]) -> dict[str, float]:
    """Ask as programs do after a start, then once what is shared is old."""
    feeds = app.publishing.profiles
    found = {"first asker": seconds(time.process_time, lambda: feeds.entries(people[0]))}
    others = [seconds(time.process_time, lambda one=one: feeds.entries(one)) for one in people[1 : _ASKED + 1]]
    found |= {"another, median": median(others), "another, 95 of 100": quantiles(others, n=20)[-1]}
    clock.advance(_OLD)
    behind = [seconds(time.perf_counter, lambda one=one: feeds.entries(one)) for one in people[1:11]]
    feeds.rest(600)
    return found | {"behind, slowest of 10": max(behind)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=80_000)
    parser.add_argument("--items", type=int, default=5_000)
    parser.add_argument("--home", type=Path, help="an instance to keep, made where it is not there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home: Path = asked.home or Path(folder) / "pole"
        if not home.exists():
            make(home, asked.readers, asked.items)
        clock = FrozenClock(NOW)
        with closing(App(load_settings(home, {}), clock=clock)) as app:
            people = list(app.members.subscribers())
            step = max(len(people) // (_ASKED + 1), 1)
            found = measured(app, clock, people[::step])
    for name, value in found.items():
        print(f"{name:24} {value:8.3f} s")
    mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({name: round(value, 4) for name, value in found.items()} | {"mb_at_most": mb}))


if __name__ == "__main__":
    main()
