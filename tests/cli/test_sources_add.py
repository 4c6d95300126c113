"""`veille sources propose`, `enable`, `list`, `import`, `export`: as a newcomer drives them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_interfaces import LOOPBACK, lines
from tests.crawl.builders import item, rss
from tests.crawl.discovery.shapes.shape import each, page, things
from tests.crawl.site import Page, Site, serve
from veille.config.sources import load_sources

Veille = Callable[..., Any]
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def site() -> Iterator[Site]:
    rows = each(
        things(6),
        lambda one: (
            f'<li class="appel"><h3><a href="/a/{one.slug}">{one.title}</a></h3>Clôture : {one.until:%d/%m/%Y}</li>'
        ),
    )
    html = page(f"<main><h1>Appels à projets</h1><ul>{rows}</ul></main>", title="Appels à projets").replace(
        "Région Exemple", "Région Bretagne"
    )
    with serve() as found:
        found.pages |= {
            "/appels": Page(html.encode(), headers=HTML),
            "/fil": Page(rss(item("Un"), item("\x1b[31mDeux", "https://pole.exemple/2"))),
        }
        yield found


def test_what_would_be_collected_is_shown_and_nothing_written(veille: Veille, home: Path, site: Site) -> None:
    before = (home / "sources.yaml").read_bytes()
    done = veille("--home", home, "sources", "propose", site.url("/appels"), env=LOOPBACK)
    assert done.returncode == 0, done.stderr
    assert "6 entrées" in done.stdout
    assert things(1)[0].title in done.stdout
    assert f"limite {things(1)[0].until:%d/%m/%Y}" in done.stdout
    assert 'item: "li.appel"' in done.stdout
    assert "--write" in done.stdout
    assert (home / "sources.yaml").read_bytes() == before


def test_what_was_shown_is_what_is_written_and_then_collected(veille: Veille, home: Path, site: Site) -> None:
    shown = json.loads(veille("--home", home, "sources", "propose", site.url("/appels"), "--json", env=LOOPBACK).stdout)
    done = veille("--home", home, "sources", "propose", site.url("/appels"), "--write", env=LOOPBACK)
    assert done.returncode == 0, done.stderr
    added = load_sources(home / "sources.yaml").sources[-1]
    assert (added.id, added.url) == (shown["source"]["id"], site.url("/appels"))
    assert (added.territory, added.type) == ("fr:region:53", "appel-a-projets")
    assert f"crawl {added.id}" in done.stdout
    report = lines(veille("--home", home, "crawl", added.id, "--json", env=LOOPBACK).stdout)
    assert (report[0]["state"], report[0]["new"]) == ("ok", shown["count"])
    exported = lines(veille("--home", home, "items", "export", "--jsonl").stdout)
    assert {row["link"] for row in exported} == {entry["link"] for entry in shown["entries"]}
    assert veille("--home", home, "sources", "check").returncode == 0


def test_the_same_address_is_never_added_twice(veille: Veille, home: Path, site: Site) -> None:
    veille("--home", home, "sources", "propose", site.url("/fil"), "--write", "--id", "mon-fil", env=LOOPBACK)
    before = (home / "sources.yaml").read_bytes()
    again = veille("--home", home, "sources", "propose", site.url("/fil"), "--write", env=LOOPBACK)
    assert again.returncode == 2
    assert "mon-fil" in again.stderr
    assert (home / "sources.yaml").read_bytes() == before


def test_id_and_title_are_those_that_are_given(veille: Veille, home: Path, site: Site) -> None:
    names = ("--id", "bzh", "--title", "Bretagne : « appels »")
    veille("--home", home, "sources", "propose", site.url("/appels"), "--write", *names, env=LOOPBACK)
    added = load_sources(home / "sources.yaml").sources[-1]
    assert (added.id, added.title) == names[1::2]
    taken = veille("--home", home, "sources", "propose", site.url("/fil"), "--write", "--id", "bzh", env=LOOPBACK)
    assert taken.returncode == 2
    assert "bzh" in taken.stderr
    bad = veille("--home", home, "sources", "propose", site.url("/fil"), "--write", "--id", "Pas bon", env=LOOPBACK)
    assert bad.returncode == 2
    assert load_sources(home / "sources.yaml").sources[-1] == added


def test_no_instance_is_needed_to_look(veille: Veille, tmp_path: Path, site: Site) -> None:
    done = veille("sources", "propose", site.url("/fil"), env=LOOPBACK)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert list(tmp_path.iterdir()) == []
    refused = veille("sources", "propose", site.url("/fil"), "--write", env=LOOPBACK)
    assert refused.returncode == 2
    assert "veille init" in refused.stderr


@pytest.mark.parametrize(
    ("address", "code"),
    [("/rien", 6), ("javascript:alert(1)", 2), ("http://", 2), ("http://a b/", 2), ("http://169.254.169.254/", 6)],
)
def test_what_cannot_be_followed_is_said_in_french(veille: Veille, site: Site, address: str, code: int) -> None:
    whole = site.url(address) if address.startswith("/") else address
    done = veille("sources", "propose", whole, env=LOOPBACK)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("veille : ")


def test_switching_is_an_edit_of_one_line(veille: Veille, home: Path) -> None:
    before = (home / "sources.yaml").read_text(encoding="utf-8")
    off = next(source for source in load_sources(home / "sources.yaml").sources if not source.enabled)
    done = veille("--home", home, "sources", "enable", off.id)
    assert done.stdout == f"{off.id} : allumée\n"
    assert load_sources(home / "sources.yaml").named([off.id])[0].enabled
    assert "déjà allumée" in veille("--home", home, "sources", "enable", off.id).stdout
    assert veille("--home", home, "sources", "disable", off.id).returncode == 0
    assert (home / "sources.yaml").read_text(encoding="utf-8") == before
    unknown = veille("--home", home, "sources", "disable", "inconnue")
    assert unknown.returncode == 2
    assert (home / "sources.yaml").read_text(encoding="utf-8") == before


def ids(done: Any) -> set[str]:
    return {line["id"] for line in lines(done.stdout)}


def test_a_long_list_is_cut_down_by_what_is_asked(veille: Veille, home: Path) -> None:
    everything = load_sources(home / "sources.yaml").sources
    assert ids(veille("--home", home, "sources", "list", "--json")) == {source.id for source in everything}
    off = ids(veille("--home", home, "sources", "list", "--off", "--json"))
    assert off == {source.id for source in everything if not source.enabled}
    found = ids(veille("--home", home, "sources", "list", "--territory", "Bretagne", "--json"))
    assert found == {source.id for source in everything if source.territory == "fr:region:53"}
    assert found == ids(veille("--home", home, "sources", "list", "--territory", "fr:region:53", "--json"))
    feeds = veille("--home", home, "sources", "list", "--kind", "feed")
    assert f"sur {len(everything)}" in feeds.stdout.splitlines()[-1]
    for wrong in (["--kind", "fed"], ["--territory", "Brtagne"], ["--sector", "boas"]):
        assert veille("--home", home, "sources", "list", *wrong).returncode == 2


OPML = """<opml version="2.0"><body><outline text="Presse"><outline text="Le fil" xmlUrl="https://fil.exemple/rss"/>
<outline text="Un lien" xmlUrl="javascript:alert(1)"/></outline></body></opml>"""


def test_a_list_of_feeds_is_seen_before_it_is_added(veille: Veille, home: Path, tmp_path: Path) -> None:
    (tmp_path / "liste.opml").write_text(OPML, encoding="utf-8")
    before = (home / "sources.yaml").read_bytes()
    shown = veille("--home", home, "sources", "import", "liste.opml")
    assert shown.returncode == 0, shown.stderr
    assert "1 à ajouter, 0 déjà suivi, 1 refusé" in shown.stdout
    assert (home / "sources.yaml").read_bytes() == before
    assert veille("--home", home, "sources", "import", "liste.opml", "--write").returncode == 0
    assert load_sources(home / "sources.yaml").sources[-1].id == "fil"
    again = veille("--home", home, "sources", "import", "liste.opml", "--write")
    assert "déjà suivi, source « fil »" in again.stdout


def test_what_is_exported_can_be_imported_elsewhere(veille: Veille, home: Path, tmp_path: Path) -> None:
    opml = veille("--home", home, "sources", "export", "--opml")
    assert opml.returncode == 0, opml.stderr
    (tmp_path / "flux.opml").write_text(opml.stdout, encoding="utf-8")
    feeds = {source.url for source in load_sources(home / "sources.yaml").sources if source.kind == "feed"}
    (home / "sources.yaml").write_text("version: 1\nsources: []\n", encoding="utf-8")
    assert veille("--home", home, "sources", "import", "flux.opml", "--write").returncode == 0
    assert {source.url for source in load_sources(home / "sources.yaml").sources} == feeds
    assert veille("--home", home, "sources", "check").returncode == 0
    assert veille("--home", home, "sources", "export").returncode == 2


def test_csv_has_a_line_for_every_source(veille: Veille, home: Path) -> None:
    done = veille("--home", home, "sources", "export", "--csv")
    assert len(done.stdout.splitlines()) == len(load_sources(home / "sources.yaml").sources) + 1
