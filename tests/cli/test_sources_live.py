"""`veille sources check --live`: what stands behind each address, without touching anything; and its report."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_interfaces import LOOPBACK, lines
from tests.crawl.builders import item, rss
from tests.crawl.site import Page, Site, serve

Veille = Callable[..., Any]
HTML = {"Content-Type": "text/html"}
DECLARING = (
    b"<html><head><link rel=alternate type='application/rss+xml' href=/fil.rss></head><body>Actualites</body></html>"
)
LISTING = b"<ul>" + b"".join(b"<li class=a><a href=/%d>Appel %d</a></li>" % (n, n) for n in range(4)) + b"</ul>"


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as found:
        feed = rss(item("Un", pubDate="Mon, 16 Nov 2026 08:00:00 +0100"), item("Deux", "https://pole.exemple/2"))
        found.pages |= {
            "/bon": Page(feed),
            "/vieux": Page(status=301, headers={"Location": "/bon"}),
            "/page": Page(DECLARING, headers=HTML),
            "/fil.rss": Page(feed),
            "/vide": Page(rss()),
            "/mur": Page(b"<html><title>Just a moment...</title></html>", status=403, headers=HTML),
            "/html": Page(b"<html><body>Bonjour</body></html>", headers=HTML),
            "/liste": Page(LISTING, headers=HTML),
            "/refaite": Page(b"<div><p>Autre chose</p></div>", headers=HTML),
        }
        yield found


WANTED = {
    "bon": "répond", "vieux": "déplacée", "page": "page, non flux", "vide": "vide", "mur": "bloquée",
    "html": "illisible", "perdu": "en panne", "liste": "répond", "refaite": "recette cassée", "dossier": "non sondée",
}  # fmt: skip


@pytest.fixture
def home(site: Site, tmp_path: Path, new_instance: Path) -> Path:
    folder = tmp_path / "grappe"
    folder.mkdir()
    rows: list[dict[str, Any]] = []
    for name in WANTED:
        kind = "page" if name in {"liste", "refaite"} else "feed"
        row = {"id": name, "title": name, "kind": kind, "url": site.url(f"/{name}")}
        rows.append(row | ({"recipe": {"item": "li.a"}} if kind == "page" else {}))
    rows[-1] |= {"kind": "file", "url": "file:///listes/a.csv"}
    rows.append({"id": "eteinte", "title": "É", "kind": "feed", "url": site.url("/eteinte"), "enabled": False})
    (folder / "sources.yaml").write_text(json.dumps({"version": 1, "sources": rows}), encoding="utf-8")
    return folder


def test_each_source_gets_its_verdict_and_what_to_change(veille: Veille, home: Path, site: Site) -> None:
    before = (home / "sources.yaml").read_bytes()
    done = veille("--home", home, "sources", "check", "--live", "--json", env=LOOPBACK)
    assert done.returncode == 6
    found = {line["id"]: line for line in lines(done.stdout)}
    assert {name: line["verdict"] for name, line in found.items()} == WANTED
    assert found["vieux"]["advice"] == f'écrivez url: "{site.url("/bon")}"'
    assert found["page"]["advice"] == f'écrivez url: "{site.url("/fil.rss")}"'
    assert "Cloudflare" in found["mur"]["sentence"]
    assert "propose" in found["refaite"]["advice"]
    assert (found["bon"]["entries"], found["bon"]["newest"][:10]) == (2, "2026-11-16")
    assert (home / "sources.yaml").read_bytes() == before
    assert [path.name for path in home.iterdir()] == ["sources.yaml"]  # no database was made


def test_the_table_puts_what_is_to_be_done_last(veille: Veille, home: Path) -> None:
    done = veille("--home", home, "sources", "check", "--live", env=LOOPBACK)
    shown = [line.split("  ")[0].strip() for line in done.stdout.splitlines() if line[:1].strip()]
    assert shown[0] == "répond"
    assert shown[-2] == "non sondée"
    assert shown[-1].startswith("10 sources sondées : 2 répond")
    assert done.stderr.startswith("veille : 4 sources ne peuvent servir")


def test_named_sources_alone_are_asked_even_those_that_are_off(veille: Veille, home: Path, site: Site) -> None:
    assert veille("--home", home, "sources", "check", "--live", "bon", env=LOOPBACK).returncode == 0
    assert {request.path for request in site.requests} <= {"/bon", "/robots.txt", "/.well-known/tdmrep.json"}
    done = veille("--home", home, "sources", "check", "--live", "eteinte", "--json", env=LOOPBACK)
    assert [line["verdict"] for line in lines(done.stdout)] == ["en panne"]
    assert veille("--home", home, "sources", "check", "--live", "bonn", env=LOOPBACK).returncode == 2
    everything = veille("--home", home, "sources", "check", "--live", "--all", "--json", env=LOOPBACK)
    assert len(lines(everything.stdout)) == len(WANTED) + 1


def test_a_list_is_read_by_its_first_page_only(veille: Veille, home: Path, site: Site) -> None:
    site.pages["/liste"] = Page(LISTING + b"<a rel=next href=/liste-2>Suite</a>", headers=HTML)
    assert veille("--home", home, "sources", "check", "--live", "liste", env=LOOPBACK).returncode == 0
    assert site.asked("/liste-2") == []


def test_a_host_that_asks_for_patience_is_left_alone(veille: Veille, home: Path, site: Site) -> None:
    site.pages["/bon"] = Page(status=429, headers={"Retry-After": "3600"})
    done = veille("--home", home, "sources", "check", "--live", "bon", "vide", "--json", env=LOOPBACK)
    assert {line["id"]: line["verdict"] for line in lines(done.stdout)} == {"bon": "bloquée", "vide": "non sondée"}


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["id"]: row for row in csv.DictReader(stream, delimiter=";")}


def test_the_report_keeps_the_day_each_source_was_last_seen(veille: Veille, home: Path, site: Site) -> None:
    report = home / "sonde.csv"
    veille("--home", home, "sources", "check", "--live", "bon", "vide", "html", "--report", report, env=LOOPBACK)
    first = rows(report)
    assert set(first) == {"bon", "vide", "html"}
    assert first["bon"]["last_seen"]
    assert not first["html"]["last_seen"]
    text = report.read_text(encoding="utf-8").replace(first["bon"]["last_seen"], "2026-01-31")
    report.write_text(text, encoding="utf-8", newline="")
    del site.pages["/bon"]
    veille("--home", home, "sources", "check", "--live", "bon", "liste", "--report", report, env=LOOPBACK)
    second = rows(report)
    assert set(second) == {"bon", "vide", "html", "liste"}
    assert (second["bon"]["last_seen"], second["bon"]["verdict"]) == ("2026-01-31", "en panne")
    assert second["vide"]["verdict"] == "vide"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"nom;adresse\r\na;b\r\n", b'id;last_seen\r\n"' + b"x" * 200_000])
def test_a_file_that_is_no_report_is_refused_before_anybody_is_asked(
    veille: Veille, home: Path, site: Site, content: bytes
) -> None:
    other = home / "membres.csv"
    other.write_bytes(content)
    done = veille("--home", home, "sources", "check", "--live", "--report", other, env=LOOPBACK)
    assert done.returncode == 2
    assert "membres.csv" in done.stderr
    assert other.read_bytes() == content
    assert site.requests == []


def test_the_options_of_a_probe_need_it(veille: Veille, home: Path) -> None:
    for options in (["bon"], ["--json"], ["--all"]):
        assert veille("--home", home, "sources", "check", *options).returncode == 2
    assert veille("--home", home, "sources", "check").returncode == 0
