"""Mails a second into Debian's smtp-sink: our sender, ledger and all, beside smtplib with ten threads, in one run.

    python -m benchmarks.sending [--mails 1000] [--rounds 5]

Both send the same bytes to the same sink over kept connections; rounds alternate, the best of each counts, so that
what else the machine does hurts neither. « sender » is what `veille digest send` runs: claims, a durable mark before
each final dot, results, on SQLite; « memory » is the same with its ledger in /dev/shm, where a sync costs nothing; «
client » is its SMTP alone. « syncs » are the durable writes of 4 KB that the disk takes in a second, one after the
other: one for each commit of the ledger, of about ten mails. The last line is one JSON object.
"""

import argparse
import asyncio
import json
import os
import queue
import shutil
import smtplib
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.digest.ledger import approved, mails_of

from veille.clock import SystemClock
from veille.digest.mail.relay import parse_relay
from veille.digest.mail.sending import Sender
from veille.digest.mail.smtp import SmtpMailer, at_once
from veille.model import Delivery, DeliveryState, OutgoingMail
from veille.storage import schema
from veille.storage.db import Database

#: Bytes on the wire of a bulletin of forty items, and of one of twelve.
SIZES = (108_000, 30_000)
THREADS = 10
_WRITES = 200
#: A file system of Linux that is the memory.
_MEMORY = Path("/dev/shm")
_LINE = b"Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod =C3=A9t\r\n"


def main() -> None:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="where the ledger is written (a disk busy with others: /dev/shm)")
    asked = parser.parse_args()
    tempfile.tempdir = str(asked.folder) if asked.folder else None
    found: dict[str, dict[str, float]] = {"syncs": {"disk_per_s": _syncs()}}
    print(f"{found['syncs']['disk_per_s']:.0f} durable writes of 4 KB a second")
    with _sink() as port:
        for size in SIZES:
            body = _LINE * (size // len(_LINE))
            ways: dict[str, Callable[[], tuple[float, float]]] = {
                "smtplib": lambda b=body: _smtplib(port, b, asked.mails),  # type: ignore[misc]
                "client": lambda b=body: _client(port, b, asked.mails, asked.connections),  # type: ignore[misc]
                "sender": lambda b=body: _sender(port, b, asked.mails, asked.connections),  # type: ignore[misc]
                "memory": lambda b=body: _sender(port, b, asked.mails, asked.connections, _MEMORY),  # type: ignore[misc]
            }
            rounds = [{name: way() for name, way in ways.items()} for _ in range(asked.rounds)]
            best = {name: tuple(min(one[name][n] for one in rounds) for n in (0, 1)) for name in ways}
            for name, (wall, cpu) in best.items():
                each = f"{asked.mails / wall:6.0f}/s  {1000 * cpu / asked.mails:.3f} ms CPU"
                print(f"{size // 1000:>4} KB  {name:<8} {each}")
            found[f"{size // 1000}KB"] = {
                **{f"{name}_per_s": round(asked.mails / best[name][0]) for name in ways},
                **{f"{name}_ms": round(1000 * best[name][1] / asked.mails, 3) for name in ways},
                "memory_ratio": round(best["smtplib"][0] / best["memory"][0], 2),
                "wall_ratio": round(best["smtplib"][0] / best["sender"][0], 2),
                "cpu_ratio": round(best["smtplib"][1] / best["sender"][1], 2),
            }
    print(json.dumps(found))


def _mail(number: int, body: bytes) -> OutgoingMail:
    mark = f"<m{number}@pole.example.fr>"
    raw = f"Message-ID: {mark}\r\nSubject: x\r\n\r\n".encode() + body
    return OutgoingMail(sender="v@pole.example.fr", recipient=f"p{number}@exemple.fr", message_id=mark, raw=raw)


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def _smtplib(port: int, body: bytes, count: int) -> tuple[float, float]:
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(count):
        todo.put(number)

    def one_thread() -> None:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            while True:
                try:
                    mail = _mail(todo.get_nowait(), body)
                except queue.Empty:
                    return
                smtp.sendmail(mail.sender, [mail.recipient], mail.raw)

    def all_threads() -> None:
        threads = [threading.Thread(target=one_thread) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return _timed(all_threads)


def _client(port: int, body: bytes, count: int, connections: int) -> tuple[float, float]:
    mailer = SmtpMailer(parse_relay(f"smtp://127.0.0.1:{port}"), connections=connections)

    async def one_lane(numbers: Iterator[int]) -> None:
        lane = mailer.lane()
        for number in numbers:
            assert (await lane.send(_mail(number, body), at_once)).state is DeliveryState.SENT
        await lane.close()

    async def all_lanes() -> None:
        numbers = iter(range(count))
        await asyncio.gather(*(one_lane(numbers) for _ in range(connections)))

    return _timed(lambda: asyncio.run(all_lanes()))


def _syncs() -> float:
    """Return how many writes of 4 KB the ledger's disk makes durable a second, at its best of three rounds."""
    best = 0.0
    with tempfile.TemporaryFile() as file:
        for _ in range(3):
            start = time.perf_counter()
            for _ in range(_WRITES):
                file.write(bytes(4096))
                file.flush()
                os.fdatasync(file.fileno())
            best = max(best, _WRITES / (time.perf_counter() - start))
    return round(best)


def _sender(port: int, body: bytes, count: int, connections: int, where: Path | None = None) -> tuple[float, float]:
    folder = Path(tempfile.mkdtemp(prefix="veille-sending-", dir=where))
    try:
        with closing(Database(f"sqlite:///{folder / 'veille.sqlite'}")) as database:
            schema.create(database)
            issue = approved(database, count)

            def compose(delivery: Delivery) -> OutgoingMail:
                raw = f"Message-ID: {delivery.message_id}\r\nSubject: x\r\n\r\n".encode() + body
                return OutgoingMail(
                    sender="v@pole.example.fr", recipient=delivery.email, message_id=delivery.message_id, raw=raw
                )

            mailer = SmtpMailer(parse_relay(f"smtp://127.0.0.1:{port}"), connections=connections)
            sender = Sender(mails_of(database), mailer, compose, SystemClock())
            took = _timed(lambda: sender.send(issue.id, alone=True) and None)
            assert mails_of(database).counts(issue.id) == {DeliveryState.SENT: count}
            return took
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _sink() -> Iterator[int]:
    """Run smtp-sink on a free port of this machine."""
    program = shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    sink = subprocess.Popen([program, "-u", "nobody", f"127.0.0.1:{port}", "1024"])
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        yield port
    finally:
        sink.terminate()
        sink.wait()


if __name__ == "__main__":
    main()
