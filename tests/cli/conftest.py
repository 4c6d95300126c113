"""An instance with one good source and one that answers HTML, and a small web to crawl."""

import shutil
from functools import partial

import pytest

from tests.cli.test_interfaces import FEED
from tests.inside import inside
from veille.demo.server import ReplayServer


@pytest.fixture(scope="session")
def new_instance(tmp_path_factory):
    """What `veille init` makes, made once: tests copy it."""
    home = tmp_path_factory.mktemp("init") / "grappe"
    made = inside("init", home)
    assert made.returncode == 0, made.stderr
    return home


@pytest.fixture
def veille(tmp_path):
    """Run the program in this process: a new one each time adds a second and no proof."""
    return partial(inside, cwd=tmp_path)


@pytest.fixture
def home(tmp_path, new_instance):
    """An instance of the test's own, as `veille init` leaves it."""
    return shutil.copytree(new_instance, tmp_path / "grappe")


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
