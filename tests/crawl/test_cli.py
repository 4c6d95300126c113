"""`veille crawl` and `veille items`, as other programs drive them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.builders import item, rss
from tests.crawl.site import Page, Site, serve

Veille = Callable[..., Any]


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as found:
        found.pages["/bon"] = Page(
            rss(item("Un « appel »", "/1"), item("Deux", "javascript:alert(1)"), item("\x1b[31mTrois", "/3"))
        )
        found.pages["/html"] = Page(b"<html></html>")
        yield found


@pytest.fixture
def home(site: Site, tmp_path: Path, veille: Veille) -> Path:
    folder = tmp_path / "instance"
    assert veille("init", folder).returncode == 0
    sources = [
        {"id": name, "title": name, "kind": "feed", "url": site.url(f"/{name}"), "every": "1h"}
        for name in ("bon", "html", "absent")
    ]
    (folder / "sources.yaml").write_text(json.dumps({"version": 1, "sources": sources}), encoding="utf-8")
    (folder / "veille.toml").write_text('[fetch]\nallow = ["127.0.0.0/8"]\nhost_delay = 0\n', encoding="utf-8")
    return folder


def lines(result: Any) -> list[dict[str, Any]]:
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_crawl_prints_a_json_line_a_source_and_exits_0(veille: Veille, home: Path) -> None:
    found = {line["id"]: line for line in lines(veille("--home", home, "crawl", "--json"))}
    assert set(found["bon"]) >= {"id", "state", "sentence", "http_status", "new", "seconds"}
    assert {name: line["state"] for name, line in found.items()} == {
        "bon": "ok",
        "html": "invalide",
        "absent": "en panne",
    }
    assert (found["bon"]["new"], found["absent"]["http_status"]) == (3, 404)
    assert lines(veille("--home", home, "crawl", "--json")) == []


def test_strict_exits_6_and_names_who_failed(veille: Veille, home: Path) -> None:
    result = veille("--home", home, "crawl", "--strict")
    assert result.returncode == 6
    assert "absent" in result.stderr
    assert "3 sources : 3 entrées nouvelles, 0 modifiée, 2 sources en échec" in result.stdout
    assert veille("--home", home, "crawl", "bon", "--strict").returncode == 0


def test_an_unknown_id_is_refused_before_anything_is_asked(veille: Veille, home: Path, site: Site) -> None:
    result = veille("--home", home, "crawl", "bonn")
    assert result.returncode == 2
    assert "bon" in result.stderr
    assert site.requests == []


def test_export_gives_every_key_of_every_entry(veille: Veille, home: Path, site: Site) -> None:
    veille("--home", home, "crawl")
    found = lines(veille("--home", home, "items", "export", "--jsonl"))
    assert all(list(line) == ["source", "feed", "title", "link", "date", "seen", "item"] for line in found)
    links = {line["title"]: line["link"] for line in found}
    assert links == {"Un « appel »": site.url("/1"), "Deux": None, "[31mTrois": site.url("/3")}
    assert {line["feed"] for line in found} == {site.url("/bon")}
    assert {line["date"] for line in found} == {None}


def test_list_shows_what_was_collected(veille: Veille, home: Path) -> None:
    veille("--home", home, "crawl")
    result = veille("--home", home, "items", "list", "--limit", "2")
    assert result.returncode == 0, result.stderr
    assert "\x1b" not in result.stdout


def test_now_moves_what_is_due(veille: Veille, home: Path, site: Site) -> None:
    veille("--home", home, "--now", "2030-01-01T08:00:00+00:00", "crawl", "bon")
    due = lines(veille("--home", home, "--now", "2030-01-01T09:00:00+00:00", "crawl", "--json"))
    assert "bon" in {line["id"] for line in due}
    assert len(site.asked("/bon")) == 2


LISTING = b"""<ul><li class=appel><h3><a href="/aides/1">Appel au bois</a></h3><p>Pour les scieries.</p></li></ul>"""


@pytest.fixture
def listing(site: Site, tmp_path: Path, veille: Veille) -> Callable[[dict[str, str]], Path]:
    """Make an instance whose only source is a page read by a recipe."""
    site.pages["/liste"] = Page(LISTING, headers={"Content-Type": "text/html"})

    def with_recipe(recipe: dict[str, str]) -> Path:
        folder = tmp_path / "instance"
        assert veille("init", folder).returncode == 0
        region = {"id": "region", "title": "Region", "kind": "page", "url": site.url("/liste"), "recipe": recipe}
        (folder / "sources.yaml").write_text(json.dumps({"version": 1, "sources": [region]}), encoding="utf-8")
        (folder / "veille.toml").write_text('[fetch]\nallow = ["127.0.0.0/8"]\nhost_delay = 0\n', encoding="utf-8")
        return folder

    return with_recipe


def test_a_page_is_crawled_and_exported(site: Site, listing: Callable[[dict[str, str]], Path], veille: Veille) -> None:
    home = listing({"item": "li.appel", "title": "h3"})
    (report,) = lines(veille("--home", home, "crawl", "--json"))
    assert (report["state"], report["new"]) == ("ok", 1)
    (entry,) = lines(veille("--home", home, "items", "export", "--jsonl"))
    assert entry["link"] == site.url("/aides/1")
    asked = [request.path for request in site.everything]
    assert asked == ["/robots.txt", "/.well-known/tdmrep.json", "/liste", "/aides/1"]


@pytest.mark.parametrize("command", [("sources", "check"), ("crawl",)])
def test_a_bad_selector_is_refused_with_line_key_and_column(
    listing: Callable[[dict[str, str]], Path], veille: Veille, command: tuple[str, ...]
) -> None:
    result = veille("--home", listing({"item": "p["}), *command)
    assert result.returncode != 0
    assert "recipe.item" in result.stderr
    assert "colonne 3" in result.stderr
    assert "Traceback" not in result.stderr
