"""The public archive as `veille serve` shows it, where the instance opens it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import Site, send
from veille.app import App
from veille.config.settings import load_settings
from veille.digest.publishing.public import Printed, published
from veille.web.app import create_app
from veille.web.serving import front_of


@pytest.fixture
def open_site(site: Site) -> Iterator[Site]:
    """The same instance after its week, its archive opened."""
    send(site)
    home: Path = site.app.settings.home
    text = (home / "veille.toml").read_text().replace("[mail]", "archive = true\n[mail]")
    (home / "veille.toml").write_text(text, encoding="utf-8")
    app = App(load_settings(home), clock=site.clock)
    front = front_of(app)
    client = TestClient(
        create_app(front, app.returning, app.publishing), base_url="https://veille.example.fr",
        raise_server_exceptions=False,
    )  # fmt: skip
    yield Site(app, front, client, site.clock)
    app.database.close()


def test_the_archive_is_closed_unless_the_instance_opens_it(site: Site) -> None:
    assert site.client.get("/archives/").status_code == 404


def test_the_archive_shows_what_left_and_nothing_of_its_readers(open_site: Site) -> None:
    index = open_site.client.get("/archives/")
    assert index.status_code == 200
    assert index.headers["content-type"] == "text/html; charset=utf-8"
    assert 'href="editions/hebdo-2026-W48.html"' in index.text
    edition = open_site.client.get("/archives/editions/hebdo-2026-W48.html").text
    assert "Appel à projets" in edition
    for private in ("Phytalis", "Robotix", "phytalis.example", "Pourquoi", "votre activité"):
        assert private not in edition
    feed = open_site.client.get("/archives/flux.xml")
    assert feed.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert open_site.client.get("/archives/archive.css").headers["content-type"] == "text/css; charset=utf-8"


def test_a_wrong_path_is_a_page_in_french(open_site: Site) -> None:
    for path in (
        "/archives/x",
        "/archives/editions/",
        "/archives/%2e%2e/veille.toml",
        "/archives/editions/hebdo-2026-W49.html",
    ):
        answer = open_site.client.get(f"/archives/{path}")
        assert answer.status_code == 404
        assert "mène nulle part" in answer.text


def test_the_index_is_reached_without_its_slash(open_site: Site) -> None:
    answer = open_site.client.get("/archives", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, "/archives/")
    assert open_site.client.post("/archives/").status_code == 405


def test_a_few_bulletins_tell_what_all_of_them_print(sent: Site) -> None:
    """The archive reads each line from the first reader who has it, not every reader's bulletin."""
    issue = sent.app.issue_store.find("hebdo", "2026-W48")
    assert issue is not None
    whole = Printed.whole(sent.app.issue_store.drafted(issue.id))
    few = Printed(*sent.app.shown.printed(issue.id))
    assert published(issue, few) == published(issue, whole)
    assert len(published(issue, few).lines) == 6
    assert few.readers == whole.readers
