"""The benchmark's server, started as a person starts it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.net.hostile import fetcher, run
from veille.model import Fetched
from veille.net.headers import validators_of

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "feed_server.py"


@pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2"])
def test_feeds_are_served_from_many_hosts_with_304_and_counts(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"<rss/>")
    (tmp_path / "b.json").write_bytes(b"{}")
    (tmp_path / "manifest.csv").write_text("file,kind\na.xml,rss\nb.json,json\n", encoding="utf-8")
    command = [sys.executable, str(SCRIPT), str(tmp_path), "--addresses", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            ready = json.loads(server.stdout.readline())
            first, again, counts = run(asked(ready))
        finally:
            server.terminate()
    assert [feed["kind"] for feed in ready["feeds"]] == ["rss", "json"]
    assert "://127.0.0.1:" in ready["feeds"][0]["url"]
    assert "://127.0.0.2:" in ready["feeds"][1]["url"]
    assert [(outcome.status, outcome.body) for outcome in first] == [(200, b"<rss/>"), (200, b"{}")]
    assert first[0].headers["content-type"] == "application/rss+xml"
    assert [outcome.status for outcome in again] == [304, 304]
    assert json.loads(counts.body) == {"200": 2, "304": 2}
    assert server.returncode == 0


async def asked(ready: dict[str, list[dict[str, str]]]) -> tuple[list[Fetched], list[Fetched], Fetched]:
    async with fetcher() as client:
        first = [await client.fetch(feed["url"]) for feed in ready["feeds"]]
        assert all(isinstance(outcome, Fetched) for outcome in first)
        again = [await client.fetch(outcome.url, validators_of(outcome.headers)) for outcome in first]
        return first, again, await client.fetch(ready["counts"])
