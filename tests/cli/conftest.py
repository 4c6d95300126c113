"""An instance with one good source and one that answers HTML, and a small web to crawl."""

import pytest

from tests.cli.test_interfaces import FEED
from veille.demo.server import ReplayServer


@pytest.fixture
def home(tmp_path, veille):
    """An instance with one good source and one that answers HTML."""
    made = veille("init", tmp_path / "grappe")
    assert made.returncode == 0, made.stderr
    return tmp_path / "grappe"


@pytest.fixture
def served(home):
    documents = {"/good.xml": FEED, "/page.xml": ("text/html", b"<!doctype html><html><body>Erreur</body></html>")}
    with ReplayServer(documents) as server:
        (home / "sources.yaml").write_text(
            "version: 1\nsources:\n"
            f"- {{id: good, title: Bonne, kind: feed, url: '{server.url}/good.xml', licence: public}}\n"
            f"- {{id: page, title: Page, kind: feed, url: '{server.url}/page.xml'}}\n",
            encoding="utf-8",
        )
        yield server
