"""The daemon's clock: at once, then each tick, one round at a time."""

import threading
import time

from veille.daemon.ticking import Daemon


def test_a_first_round_longer_than_a_tick_is_alone() -> None:
    running = threading.Semaphore(1)
    rounds: list[bool] = []

    def due() -> None:
        alone = running.acquire(blocking=False)
        time.sleep(0.3)
        rounds.append(alone)
        if alone:
            running.release()

    daemon = Daemon(due, tick=0.1)
    threading.Timer(0.8, daemon.stop).start()
    daemon.serve()
    assert len(rounds) >= 2
    assert all(rounds)
