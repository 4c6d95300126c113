"""The wiring, where it makes a difference to a person."""

from pathlib import Path

from veille.app import make_app, prepare_database
from veille.config import instance
from veille.config.settings import load_settings
from veille.demo.server import ReplayServer

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>
<item><title>Un</title><link>https://a.example/1</link></item></channel></rss>"""


def write_sources(home: Path, url: str, *ids: str) -> None:
    lines = "".join(f"- {{id: {name}, title: {name}, kind: feed, url: '{url}/{name}.xml'}}\n" for name in ids)
    (home / "sources.yaml").write_text(f"version: 1\nsources:\n{lines}", encoding="utf-8")


def test_a_source_added_while_a_daemon_runs_is_crawled_at_its_next_tick(tmp_path):
    instance.create(tmp_path)
    settings = load_settings(tmp_path, {"VEILLE_FETCH_ALLOW": "127.0.0.0/8", "VEILLE_FETCH_HOST_DELAY": "0"})
    prepare_database(settings)
    app = make_app(settings)
    try:
        with ReplayServer(lambda _: ("application/rss+xml", FEED.encode())) as server:
            write_sources(tmp_path, server.url, "premiere")
            assert [report.id for report in app.crawl()] == ["premiere"]
            write_sources(tmp_path, server.url, "premiere", "seconde")
            assert [report.id for report in app.crawl()] == ["seconde"]
    finally:
        app.close()
