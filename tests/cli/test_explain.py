"""`veille tag --explain`: a text, an address, an item, the standard input; on a screen and as a page."""

import re
from html.parser import HTMLParser

import pytest

from tests.crawl.details.house import page as a_page
from tests.crawl.site import Page, serve

TEXT = (
    "Appel à projets : hydrogène et tissu économique en Bretagne\n"
    "La Région soutient les PME de l'hydrogène. Les dossiers sont à déposer avant le 15 mars 2027."
)
LOOPBACK = {"VEILLE_FETCH_ALLOW": "127.0.0.0/8,::1/128", "VEILLE_FETCH_HOST_DELAY": "0"}


class Strict(HTMLParser):
    """Every element that opens closes, in order; what a page would fetch is noted."""

    def __init__(self):
        super().__init__()
        self.open, self.fetched, self.problems = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in {"meta", "link", "br", "img"}:
            self.open.append(tag)
        self.fetched += [value for name, value in attrs if name == "src" or (tag == "link" and name == "href")]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(tag)


def test_a_text_is_explained_without_any_instance(veille):
    done = veille("tag", "--explain", TEXT)
    assert done.returncode == 0, done.stderr
    for said in (
        "[hydrogène → ", "filière : Énergies", "indice « hydrogene* », poids 3 : « hydrogène » (titre, 18 ; texte, 32)",
        "modèle appris", "échéance : 2027-03-15 — « Les dossiers sont à déposer avant le 15 mars 2027. »",
        "Textile, mode, cuir et luxe — « tissu économique » (titre, 31) ; le texte dit que ce n'est pas cela",
        "seuils :", "langue : fr",
    ):  # fmt: skip
        assert said in done.stdout, said


def test_what_is_not_printable_cannot_drive_the_terminal(veille):
    done = veille("tag", "--explain", "Eau potable \x1b[31m et \u202ehydrogène\nPME de l'eau \x07")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout


def test_a_page_is_whole_and_fetches_nothing(veille, tmp_path):
    page = tmp_path / "pourquoi.html"
    hostile = '<script>alert(1)</script> Appel à projets hydrogène\n"><img src=x onerror=alert(1)> PME de l’eau potable'
    done = veille("tag", "--explain", hostile, "--html", page)
    assert done.returncode == 0, done.stderr
    html = page.read_text("utf-8")
    assert "<script" not in html
    assert "<img" not in html
    parser = Strict()
    parser.feed(html)
    assert (parser.open, parser.fetched, parser.problems) == ([], [], [])
    assert re.search(r'<mark class="k-\w+" title="[^"]*Énergies', html)
    assert 'lang="fr"' in html


def test_a_page_that_cannot_be_written_says_so(veille, tmp_path):
    (tmp_path / "fichier").write_text("")
    done = veille("tag", "--explain", TEXT, "--html", tmp_path / "fichier" / "page.html")
    assert done.returncode != 0
    assert "impossible d'écrire" in done.stderr


def test_an_address_is_read_through_the_guards_and_nothing_is_kept(veille, home):
    with serve() as site:
        site.pages["/visa"] = a_page("Visa Bois", TEXT.partition("\n")[2])
        site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /ferme")
        done = veille("--home", home, "tag", "--explain", site.url("/visa"), env=LOOPBACK)
        assert done.returncode == 0, done.stderr
        assert "échéance : 2027-03-15" in done.stdout
        refused = veille("--home", home, "tag", "--explain", site.url("/ferme"), env=LOOPBACK)
        assert refused.returncode != 0
        assert "robots.txt" in refused.stderr
        assert site.asked("/ferme") == []
        guarded = veille("--home", home, "tag", "--explain", site.url("/visa"))
        assert guarded.returncode != 0
        assert len(site.asked("/visa")) == 1


def test_an_item_of_the_instance_is_explained_and_one_that_is_absent_says_where_to_look(veille, home):
    with serve() as site:
        site.pages["/visa"] = a_page("Visa Bois", TEXT.partition("\n")[2])
        assert veille("--home", home, "items", "add", site.url("/visa"), env=LOOPBACK).returncode == 0
    done = veille("--home", home, "tag", "--explain", "1")
    assert done.returncode == 0, done.stderr
    assert "échéance : 2027-03-15" in done.stdout
    absent = veille("--home", home, "tag", "--explain", "77")
    assert absent.returncode != 0
    assert "veille items search" in absent.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--html", "page.html"), "--html ne va qu'avec --explain"),
        (("--explain", TEXT, "--jsonl", "-"), "ne vont pas ensemble"),
        (("--explain", "   "), "aucun texte"),
    ],
)
def test_what_does_not_go_together_is_refused(veille, arguments, said):
    done = veille("tag", *arguments)
    assert done.returncode != 0
    assert said in done.stderr
