"""Measure `veille crawl` as a whole process over captured feeds, paired with lemon24/reader in the same run.

    python benchmarks/crawl.py FOLDER [--addresses 50] [--concurrency 20] [--rounds 1] [--reader VENV | --no-reader]

A first pass, then one where nothing changed, of each program in turn over one server (`feed_server.py`), which
shares the machine. Everything is real: sanitising, history, full-text index. Time is that of the whole process, what
was served is counted by the server, memory is the peak sum of PSS over the process tree, sampled. reader (10 workers,
without its search index) is installed from the package index into a virtual environment of its own; where that cannot
be had, the benchmark says so and goes on. Of several rounds the median is shown. The last line is one JSON object.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.memory import Peak

HERE = Path(__file__).resolve().parent
VEILLE = Path(sys.executable).with_name("veille")
#: States in which a source was read: « silencieux » has old entries only, as captures do.
READ = frozenset({"ok", "inchangé", "silencieux"})
WORKERS = 10


@contextmanager
def server(folder: Path, addresses: int) -> Iterator[dict[str, Any]]:
    """Run the feed server; the value is what it printed."""
    command = [sys.executable, str(HERE / "feed_server.py"), str(folder), "--addresses", str(addresses)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which modules are compiled once, as an installed package's are."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(folder / "pycache")}


def make_instance(home: Path, feeds: list[dict[str, str]], concurrency: int, env: dict[str, str]) -> None:
    """Make an instance that watches these feeds."""
    subprocess.run([VEILLE, "init", home], check=True, stdout=subprocess.DEVNULL, env=env)
    sources = [
        {"id": Path(feed["file"]).stem, "title": feed["file"], "kind": "feed", "url": feed["url"]} for feed in feeds
    ]
    (home / "sources.yaml").write_text(json.dumps({"version": 1, "sources": sources}, indent=1), encoding="utf-8")
    (home / "veille.toml").write_text(
        f'[fetch]\nallow = ["127.0.0.0/8"]\nhost_delay = 0\nconcurrency = {concurrency}\n', encoding="utf-8"
    )


def timed(command: Sequence[object], out: Path, env: dict[str, str]) -> dict[str, Any]:
    """Run a program; return its exit code, its time, the CPU it waited for and its peak memory."""
    before = os.times()
    start = time.monotonic()
    with out.open("w", encoding="utf-8") as lines, subprocess.Popen(command, stdout=lines, env=env) as process:
        peak = Peak(process.pid)
        code = process.wait()
    seconds = time.monotonic() - start
    after = os.times()
    cpu = (after.children_user + after.children_system) - (before.children_user + before.children_system)
    return {"code": code, "seconds": seconds, "cpu": cpu, "peak_mb": peak.stop()}


def crawl(home: Path, env: dict[str, str], *options: str) -> dict[str, Any]:
    """Run one pass of veille; return its figures and its reports."""
    out = home / "out.jsonl"
    run = timed([VEILLE, "--home", home, "crawl", "--json", *options], out, env)
    return {**run, "reports": [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]}


def counted(url: str) -> Counter[str]:
    """Return what the server has answered so far, by status."""
    with urllib.request.urlopen(url) as answer:
        return Counter(json.load(answer))


class Veille:
    """Our own side."""

    def __init__(self, folder: Path, feeds: list[dict[str, str]], concurrency: int, env: dict[str, str]) -> None:
        self.home = folder / "veille"
        self._env = env
        make_instance(self.home, feeds, concurrency, env)

    def run(self, name: str) -> dict[str, Any]:
        """Run one pass."""
        done = crawl(self.home, self._env, *(["--force"] if name == "unchanged" else []))
        reports = done.pop("reports")
        for report in reports:
            if report["state"] not in READ:
                print(f"  {report['state']:<9} {report['id']} {report['sentence']}")
        lost = sum(report["state"] not in READ for report in reports)
        return {**done, "feeds": len(reports), "lost": lost, "entries": self._entries()}

    def _entries(self) -> int:
        command = [VEILLE, "--home", self.home, "items", "export", "--jsonl"]
        return len(subprocess.run(command, check=True, capture_output=True, env=self._env).stdout.splitlines())


class Reader:
    """lemon24/reader."""

    def __init__(self, folder: Path, feeds: list[dict[str, str]], venv: Path, env: dict[str, str]) -> None:
        self._python = venv / "bin" / "python"
        self._database = folder / "reader.sqlite"
        self._list = folder / "feeds.json"
        self._list.write_text(json.dumps([feed["url"] for feed in feeds]), encoding="utf-8")
        self._env = env

    def run(self, name: str) -> dict[str, Any]:
        """Run one pass."""
        out = self._list.with_name(f"reader-{name}.json")
        program = [self._python, "-W", "ignore", HERE / "reader_crawl.py", self._database, self._list, str(WORKERS)]
        done = timed(program, out, self._env)
        said = json.loads(out.read_text(encoding="utf-8") or '{"feeds": 0, "entries": 0, "errors": 0}')
        return {**done, "feeds": said["feeds"], "lost": said["errors"], "entries": said["entries"]}


def installed(venv: Path) -> str:
    """Install reader into a virtual environment; return why not, empty if it is there."""
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    if subprocess.run([python, "-c", "import reader, sgmllib"], capture_output=True, check=False).returncode == 0:
        return ""
    # sgmllib3k: what its parser imports and its wheel does not ask for
    install = [python, "-m", "pip", "install", "--quiet", "reader", "sgmllib3k"]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""


def measure(program: "Veille | Reader", name: str, counts: str) -> dict[str, Any]:
    """Run one pass and return what there is to say of it."""
    before = counted(counts)
    done = program.run(name)
    served = counted(counts) - before
    return {
        "feeds": done["feeds"],
        "lost": done["lost"],
        "entries": done["entries"],
        "seconds": round(done["seconds"], 2),
        "feeds_per_second": round(done["feeds"] / done["seconds"], 1),
        "cpu_seconds": round(done["cpu"], 2),
        "peak_mb": round(done["peak_mb"], 1),
        "served": dict(sorted(served.items())),
        "exit": done["code"],
    }


def one_round(programs: dict[str, "Veille | Reader"], counts: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Run both passes of every program, in turn."""
    found: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in programs}
    for what in ("first", "unchanged"):
        for name, program in programs.items():
            found[name][what] = measure(program, what, counts)
            print(f"{name}, {what}: {found[name][what]}", flush=True)
    return found


def medians(rounds: list[dict[str, dict[str, dict[str, Any]]]], name: str, what: str) -> dict[str, Any]:
    """Return the round whose time is the median of all."""
    runs = sorted((one[name][what] for one in rounds), key=lambda run: run["seconds"])
    middle = runs[len(runs) // 2]
    return {**middle, "peak_mb": max(run["peak_mb"] for run in runs), "lost": max(run["lost"] for run in runs)}


def ratios(figures: dict[str, Any]) -> dict[str, float]:
    """Return how many times as many feeds a second veille reads, and the share of memory it takes."""
    found = {}
    for what in ("first", "unchanged"):
        ours, theirs = figures["veille"][what], figures["reader"][what]
        found[f"{what}_feeds_per_second"] = round(ours["feeds_per_second"] / theirs["feeds_per_second"], 1)
        found[f"{what}_memory"] = round(ours["peak_mb"] / theirs["peak_mb"], 2)
    return found


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description="Measure veille crawl over a folder of captured feeds.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--addresses", type=int, default=50)
    parser.add_argument("--concurrency", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--reader", type=Path, help="a virtual environment for reader, made there if need be")
    parser.add_argument("--no-reader", action="store_true")
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name, server(options.folder, options.addresses) as ready:
        folder = Path(name)
        env = environment(folder)
        venv = options.reader or folder / "reader-venv"
        absent = "not wanted (--no-reader)" if options.no_reader else installed(venv)
        if absent:
            print(f"reader is not measured: {absent}")
            figures["reader_absent"] = absent
        warm(folder, ready["feeds"], options.concurrency, env)
        rounds = []
        for number in range(options.rounds):
            place = folder / f"round-{number}"
            place.mkdir()
            programs: dict[str, Veille | Reader] = {"veille": Veille(place, ready["feeds"], options.concurrency, env)}
            if not absent:
                programs["reader"] = Reader(place, ready["feeds"], venv, env)
            rounds.append(one_round(programs, ready["counts"]))
            shutil.rmtree(place)
        for program in rounds[0]:
            figures[program] = {what: medians(rounds, program, what) for what in ("first", "unchanged")}
    if "reader" in figures and figures["reader"]["first"]["feeds"]:
        figures["ratios"] = ratios(figures)
        print(f"veille to reader: {figures['ratios']}")
    print(json.dumps(figures))


def warm(folder: Path, feeds: list[dict[str, str]], concurrency: int, env: dict[str, str]) -> None:
    """Let every module be compiled before anything is timed."""
    make_instance(folder / "warm", feeds[:1], concurrency, env)
    crawl(folder / "warm", env)


if __name__ == "__main__":
    main()
