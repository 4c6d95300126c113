"""Measure `veille crawl` as a whole process over captured feeds: a first run, then one where nothing changed.

    python benchmarks/crawl.py FOLDER [--addresses 50] [--concurrency 20]

The server (`feed_server.py`) shares the machine; memory is the peak sum of PSS over the process tree, sampled. The last
line is one JSON object.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.memory import Peak

HERE = Path(__file__).resolve().parent
VEILLE = Path(sys.executable).with_name("veille")


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


def crawl(home: Path, env: dict[str, str], *options: str) -> dict[str, Any]:
    """Run one pass; return its time, its peak memory, the CPU it took and its reports."""
    before = os.times()
    start = time.monotonic()
    command = [VEILLE, "--home", home, "crawl", "--json", *options]
    with (
        (home / "out.jsonl").open("w", encoding="utf-8") as out,
        subprocess.Popen(command, stdout=out, env=env) as process,
    ):
        peak = Peak(process.pid)
        code = process.wait()
    seconds = time.monotonic() - start
    after = os.times()
    reports = [json.loads(line) for line in (home / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    return {
        "code": code,
        "seconds": seconds,
        "cpu": (after.children_user + after.children_system) - (before.children_user + before.children_system),
        "peak_mb": peak.stop(),
        "reports": reports,
    }


def entries_in(home: Path) -> int:
    """Count the lines of the export."""
    command = [VEILLE, "--home", home, "items", "export", "--jsonl"]
    return len(subprocess.run(command, check=True, capture_output=True).stdout.splitlines())


def shown(name: str, run: dict[str, Any]) -> dict[str, Any]:
    """Print one run and return its figures."""
    reports = run["reports"]
    figures = {
        "feeds": len(reports),
        "new": sum(report["new"] for report in reports),
        "changed": sum(report["changed"] for report in reports),
        "seconds": round(run["seconds"], 2),
        "feeds_per_second": round(len(reports) / run["seconds"], 1),
        "cpu_seconds": round(run["cpu"], 2),
        "peak_mb": round(run["peak_mb"], 1),
        "states": dict(Counter(report["state"] for report in reports)),
        "exit": run["code"],
    }
    print(f"{name} : {figures}")
    for report in reports:
        if report["state"] not in {"ok", "inchangé", "silencieux"}:
            print(f"  {report['state']:<9} {report['id']} {report['sentence']}")
    return figures


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description="Measure veille crawl over a folder of captured feeds.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--addresses", type=int, default=50)
    parser.add_argument("--concurrency", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, server(options.folder, options.addresses) as ready:
        env = environment(Path(name))
        warm, home = Path(name, "warm"), Path(name, "instance")
        make_instance(warm, ready["feeds"][:1], options.concurrency, env)
        crawl(warm, env)
        make_instance(home, ready["feeds"], options.concurrency, env)
        first = shown("first", crawl(home, env))
        again = shown("unchanged", crawl(home, env, "--force"))
        entries = entries_in(home)
        with urllib.request.urlopen(ready["counts"]) as answer:
            counts = json.load(answer)
    print(f"entries: {entries}; the server counted {counts}")
    print(json.dumps({"first": first, "unchanged": again, "entries": entries, "served": counts}))


if __name__ == "__main__":
    main()
