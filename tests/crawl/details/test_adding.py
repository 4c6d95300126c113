"""`veille items add` and `veille items show`: as a person uses them, over a loopback site."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crawl.details import pdfs
from tests.crawl.details.house import listing, page, pdf_page
from tests.crawl.site import Page, Site, serve
from tests.inside import inside

ENV = {"VEILLE_FETCH_ALLOW": "127.0.0.0/8,::1/128", "VEILLE_FETCH_HOST_DELAY": "0"}
RULES = pdfs.pdf(
    "Règlement du Visa Bois. Le visa aide les scieries et les charpentiers à exposer à l'étranger.",
    "Article 4. La date limite de dépôt des dossiers est fixée au 12 mars 2027 à midi.",
    title="Règlement du Visa Bois",
)
Veille = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as found:
        link = "<p><a href='/d/reglement.pdf'>Règlement (PDF)</a></p>"
        found.pages["/visa"] = page("Visa Bois 2027", "La moitié du premier stand est prise en charge.", more=link)
        found.pages["/d/reglement.pdf"] = pdf_page(RULES)
        found.pages["/ferme"] = Page(b"non", status=403)
        yield found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance that nobody uses: tests copy it."""
    home = tmp_path_factory.mktemp("made") / "instance"
    assert inside("init", home).returncode == 0
    return home


@pytest.fixture
def veille(site: Site, made: Path, tmp_path: Path) -> Veille:
    home = tmp_path / "instance"
    shutil.copytree(made, home)

    def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
        return inside("--home", home, *arguments, env=ENV)

    source = {
        "id": "liste", "title": "Portail", "kind": "page", "url": site.url("/liste"), "licence": "public",
        "recipe": {"item": "li.appel", "title": "h3", "link": "a", "summary": "p"},
    }  # fmt: skip
    (home / "sources.yaml").write_text(json.dumps({"version": 1, "sources": [source]}), encoding="utf-8")
    return run


def test_a_page_is_read_with_its_rules_and_tagged_at_once(veille: Veille, site: Site) -> None:
    done = veille("items", "add", site.url("/visa"), "--note", "vu au salon")
    assert done.returncode == 0, done.stderr
    assert "ajouté : n° 1" in done.stdout
    assert "n° 1 · Visa Bois 2027" in done.stdout
    assert "note : vu au salon" in done.stdout
    assert "échéance : 2027-03-12" in done.stdout
    assert "(reglement.pdf, p. 2)" in done.stdout
    assert "document : reglement.pdf (lu, 2 pages)" in done.stdout
    assert len(site.asked("/visa")) == len(site.asked("/d/reglement.pdf")) == 1


def test_the_same_address_is_added_once_whatever_its_tracking(veille: Veille, site: Site) -> None:
    veille("items", "add", site.url("/visa"))
    again = veille("items", "add", site.url("/visa?utm_source=lettre#haut"))
    assert again.returncode == 0
    assert "déjà là : n° 1, « Visa Bois 2027 », par Équipe de veille" in again.stdout
    assert len(site.asked("/visa")) == 1
    assert "1 article\n" in veille("items", "list").stdout


def test_what_a_source_published_is_said_with_its_name(veille: Veille, site: Site) -> None:
    site.pages["/liste"] = Page(listing(("Visa Bois 2027", "/visa", "")))
    veille("crawl")
    done = veille("items", "add", site.url("/visa"))
    assert "déjà là : n° 1, « Visa Bois 2027 », par Portail" in done.stdout


def test_the_address_that_a_page_calls_its_own_is_known(veille: Veille, site: Site) -> None:
    site.pages["/imprimer"] = page("Visa Bois", "x" * 400, more=f"<link rel='canonical' href='{site.url('/visa')}'>")
    veille("items", "add", site.url("/visa"))
    assert "déjà là : n° 1" in veille("items", "add", site.url("/imprimer")).stdout


def test_where_a_redirect_leads_is_the_address_kept(veille: Veille, site: Site) -> None:
    site.pages["/court"] = Page(status=302, headers={"Location": "/visa"})
    assert site.url("/visa") in veille("items", "add", site.url("/court")).stdout
    assert "déjà là" in veille("items", "add", site.url("/visa")).stdout


def test_a_page_that_refuses_needs_a_title_then_is_kept_with_what_is_given(veille: Veille, site: Site) -> None:
    refused = veille("items", "add", site.url("/ferme"))
    assert refused.returncode == 2
    assert "HTTP 403" in refused.stderr
    assert "--title" in refused.stderr
    text = "La date limite de dépôt des dossiers est le 3 mars 2027."
    done = veille("items", "add", site.url("/ferme"), "--title", "Aide fermée", "--text", text)
    assert "échéance : 2027-03-03" in done.stdout
    assert "page : laissé — le site refuse de répondre à un programme (HTTP 403)" in done.stdout
    assert len(site.asked("/ferme")) == 2


def test_a_page_that_is_down_is_read_at_a_later_pass(veille: Veille, site: Site) -> None:
    good, site.pages["/visa"] = site.pages["/visa"], Page(status=500)
    done = veille("items", "add", site.url("/visa"), "--title", "Visa")
    assert "page : en attente, redemandée le" in done.stdout
    site.pages["/visa"] = good
    site.pages["/liste"] = Page(listing(("Autre", "/autre", "")))
    later = veille("--now", "2027-01-10T08:00:00+01:00", "run")
    assert later.returncode == 0, later.stderr
    assert "page : lue le" in veille("items", "show", "1").stdout


def test_a_document_is_an_item_of_its_own(veille: Veille, site: Site) -> None:
    done = veille("items", "add", site.url("/d/reglement.pdf"))
    assert "n° 1 · Règlement du Visa Bois" in done.stdout
    assert "(reglement.pdf, p. 2)" in done.stdout
    assert len(site.asked("/d/reglement.pdf")) == 1


def test_robots_txt_binds_what_a_person_adds_too(veille: Veille, site: Site) -> None:
    site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /visa\n")
    done = veille("items", "add", site.url("/visa"))
    assert done.returncode == 2
    assert "robots.txt" in done.stderr
    assert site.asked("/visa") == []


def test_what_a_person_says_comes_first(veille: Veille, site: Site) -> None:
    given = (
        "--type",
        "ami",
        "--territory",
        "Bretagne",
        "--sector",
        "bois",
        "--sector",
        "textile",
        "--licence",
        "public",
    )
    done = veille("items", "add", site.url("/visa"), *given)
    assert done.returncode == 0, done.stderr
    assert "type : AMI (ajout à la main)" in done.stdout
    assert "territoire : Bretagne (ajout à la main)" in done.stdout
    assert done.stdout.count("filière : ") >= 2
    assert "licence public" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("javascript:alert(1)",), "n'est pas une adresse web"),
        (("file:///etc/passwd",), "n'est pas une adresse web"),
        (("pas-une-adresse",), "n'est pas une adresse web"),
        (("https://a.exemple/x", "--type", "formatoin"), "vouliez-vous « formation »"),
        (("https://a.exemple/x", "--territory", "Bretagnne"), "Bretagne"),
        (("https://a.exemple/x", "--sector", "zzz"), "filière"),
        (("http://127.0.0.1:1/x",), "n'a pu être lu"),
    ],
)
def test_a_mistake_is_refused_with_its_cure_and_adds_nothing(
    veille: Veille, arguments: tuple[str, ...], words: str
) -> None:
    done = veille("items", "add", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "0 article\n" in veille("items", "list").stdout


def test_everything_known_is_one_json_object(veille: Veille, site: Site) -> None:
    veille("items", "add", site.url("/visa"), "--note", "n")
    found = json.loads(veille("items", "show", site.url("/visa"), "--json").stdout)
    assert found["page"]["note"] == "n"
    # The page is under « presse »: its text is summed up, its rules are counted, facts are proved by their sentence.
    assert found["documents"][0]["pages"] == 2
    assert found["text"] == found["page"]["text"]
    assert any(fact["evidence"][0]["where"] == "reglement.pdf, p. 2" for fact in found["facts"] if fact["evidence"])


def test_an_unknown_number_is_refused(veille: Veille) -> None:
    done = veille("items", "show", "99")
    assert done.returncode == 2
    assert "inconnu" in done.stderr


def test_the_identifier_of_what_people_add_is_no_sources(veille: Veille, tmp_path: Path) -> None:
    path = tmp_path / "instance" / "sources.yaml"
    path.write_text("version: 1\nsources:\n- {id: manuel, title: x, kind: feed, url: 'https://a.exemple/f'}\n")
    done = veille("sources", "check")
    assert done.returncode == 2
    assert "réservé" in done.stderr


def test_a_crawl_says_what_was_read_beside_its_lists(veille: Veille, site: Site) -> None:
    site.pages["/liste"] = Page(listing(("Visa Bois 2027", "/visa", "")))
    done = veille("crawl")
    assert "pages de détail : 1 page lue, 1 document lu" in done.stdout
    assert "pages de détail" not in veille("crawl", "--force").stdout


def test_a_crawl_in_json_says_it_beside_its_lines(veille: Veille, site: Site) -> None:
    site.pages["/liste"] = Page(listing(("Visa Bois 2027", "/visa", "")))
    done = veille("crawl", "--json")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["liste"]
    assert "pages de détail : 1 page lue" in done.stderr


def test_a_crawl_without_details_leaves_them_for_later(veille: Veille, site: Site) -> None:
    site.pages["/liste"] = Page(listing(("Visa Bois 2027", "/visa", "")))
    assert "pages de détail" not in veille("crawl", "--no-details").stdout
    assert site.asked("/visa") == []
    assert "pages de détail : 1 page lue" in veille("run").stdout
