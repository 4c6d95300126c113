"""Successive runs of the real program, as whole processes, against the server."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.memory import Peak

from tests.conformance import chapters
from tests.conformance.rules import RULES, Evidence, Feed, Limits, Rule, Run, host_name
from tests.conformance.server import Addresses, Behaviour, Server, free_port

#: The clock of each run: a permanent move is proved after half an hour, the third lies beyond what feeds ask for, the
#: fourth beyond any patience that is believed.
MOMENTS = (
    "2027-01-13T08:05:00+00:00",
    "2027-01-13T09:05:00+00:00",
    "2027-01-13T11:05:00+00:00",
    "2027-01-21T12:05:00+00:00",
)
_PATIENCE = 120
HURRY = Limits()

assert chapters.__all__  # importing them has declared their rules


def play(home: Path, limits: Limits = HURRY) -> Evidence:
    """Serve every rule, run the program at each moment, return what was seen."""
    addresses, port = Addresses(), free_port()
    behaviours: dict[tuple[str, str], Behaviour] = {}
    for rule, feed in _feeds():
        host = addresses.of(host_name(rule, feed))
        behaviours.update({(host, path): answer for path, answer in feed.more.items()})
        behaviours[host, feed.path] = feed.answer
    program = Program(home, limits)
    program.prepare([_source(rule, feed, addresses, port) for rule, feed in _feeds()])
    server = Server(behaviours, port)
    server.start()
    try:
        runs = []
        for number, moment in enumerate(MOMENTS, 1):
            server.run = number
            runs.append(program.run(moment))
    finally:
        server.stop()
    return Evidence(limits, server.log, runs, dict(addresses.named), len(_feeds()))


def _feeds() -> list[tuple[Rule, Feed]]:
    return [(rule, feed) for rule in RULES.values() for feed in rule.feeds]


def _source(rule: Rule, feed: Feed, addresses: Addresses, port: int) -> dict[str, Any]:
    identity = rule.source(feed.name)
    url = f"http://{addresses.of(host_name(rule, feed))}:{port}{feed.path}"
    return {"id": identity, "title": identity, "kind": feed.kind, "url": url, "every": "1m", **feed.keys}


class Program:
    """The program and its instance."""

    def __init__(self, home: Path, limits: Limits) -> None:
        self._home = home
        self._limits = limits
        # modules are compiled once, as an installed package's are
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self._env = {
            **kept,
            "PYTHONPYCACHEPREFIX": str(home.parent / "pycache"),
            "VEILLE_FETCH_ALLOW": "127.0.0.0/8",
            "VEILLE_FETCH_HOST_DELAY": str(limits.host_delay),
        }

    def prepare(self, sources: list[dict[str, Any]]) -> None:
        """Make an instance that watches these sources."""
        self._call(MOMENTS[0], "init", self._home)
        content = json.dumps({"version": 1, "sources": sources})
        (self._home / "sources.yaml").write_text(content, encoding="utf-8")
        (self._home / "veille.toml").write_text(f"[fetch]\ndeadline = {self._limits.deadline}\n", encoding="utf-8")

    def run(self, moment: str) -> Run:
        """Crawl once, then export."""
        began = time.monotonic()
        with subprocess.Popen(
            self._command(moment, "crawl", "--json"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._env,
        ) as process:
            peak = Peak(process.pid)
            out, errors = process.communicate(timeout=_PATIENCE)
        seconds = time.monotonic() - began
        reports = {line["id"]: line for line in map(json.loads, out.splitlines())}
        entries = [json.loads(line) for line in self._call(moment, "items", "export", "--jsonl").splitlines()]
        return Run(process.returncode, seconds, peak.stop(), errors, reports, entries, self._texts())

    def _texts(self) -> dict[str, list[str]]:
        """Return source id → texts of its entries, which the export does not show."""
        found: dict[str, list[str]] = {}
        with closing(sqlite3.connect(f"file:{self._home / 'var' / 'veille.sqlite'}?mode=ro", uri=True)) as database:
            for source, text in database.execute("SELECT source_id, text FROM entry ORDER BY id"):
                found.setdefault(source, []).append(text)
        return found

    def _command(self, moment: str, *arguments: object) -> list[str]:
        return [sys.executable, "-m", "veille", "--home", str(self._home), "--now", moment, *map(str, arguments)]

    def _call(self, moment: str, *arguments: object) -> str:
        command = self._command(moment, *arguments)
        return subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, env=self._env, timeout=_PATIENCE
        ).stdout
