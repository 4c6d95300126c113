"""What a page's bytes say: its title, its day, its facts, the documents worth reading."""

from datetime import UTC, date, datetime

import pytest

from veille.crawl.details.links import documents_of
from veille.crawl.details.naming import MOST, document_key, name_of, unread_format
from veille.crawl.details.page import read_page
from veille.crawl.html import tree_of
from veille.crawl.parsing import Body
from veille.errors import ParseError
from veille.model.details import DocumentWish, PageRead

URL = "https://region.exemple/aides/sols"


def read(html: str, url: str = URL) -> PageRead:
    return read_page(Body(html.encode(), "text/html; charset=utf-8", url))


def documents(html: str) -> list[DocumentWish]:
    return list(documents_of(tree_of(html.encode(), "text/html; charset=utf-8"), URL))


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<h1>Sols vivants</h1>", "Sols vivants"),
        ("<title>Sols vivants | Région</title><h1>Région</h1><h1>Sols vivants</h1>", "Sols vivants"),
        ("<h1><a href='/'>Région</a></h1><meta property='og:title' content='Sols vivants'>", "Sols vivants"),
        ("<meta property='og:title' content='Sols &amp; vivants'>", "Sols & vivants"),
        ("<title>Sols vivants - Région</title>", "Sols vivants - Région"),
        ("<h1>Aide < 10 000 € & plus</h1>", "Aide < 10 000 € & plus"),
        ("<p>rien</p>", ""),
    ],
)
def test_the_title_is_the_heading_of_the_page(html: str, title: str) -> None:
    assert read(html).title == title


@pytest.mark.parametrize(
    "html",
    [
        "<meta property='article:published_time' content='2026-11-03T08:00:00+01:00'>",
        "<meta name='DC.date.issued' content='2026-11-03T07:00:00Z'>",
        """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Sols",
           "datePublished": "2026-11-03T08:00:00+01:00"}</script>""",
    ],
)
def test_the_day_of_publication_is_what_the_page_states(html: str) -> None:
    assert read(html + "<p>Texte.</p>").published == datetime(2026, 11, 3, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "words", ["Publié le 3 novembre 2026", "Mis en ligne le mardi 3 novembre 2026", "Publiée le 03/11/2026"]
)
def test_a_printed_day_of_publication_is_read(words: str) -> None:
    published = read(f"<p>{words}</p>").published
    assert published is not None
    assert published.date() == date(2026, 11, 2)  # midnight in Paris, in UTC


def test_a_deadline_is_no_day_of_publication() -> None:
    assert read("<p>Date limite : 3 novembre 2026</p>").published is None


def test_facts_that_the_page_states_of_itself_are_read() -> None:
    page = read(
        """<script type="application/ld+json">[{"@type": "Grant", "name": "Sols", "url": "/aides/sols?utm_source=x",
        "applicationDeadline": "2027-03-15", "funder": {"@type": "Organization", "name": "Fonds Sols"}},
        {"@type": "Grant", "name": "Autre", "url": "/aides/autre", "applicationDeadline": "2027-01-01"}]</script>
        <h1>Sols</h1><p>Texte.</p>"""
    )
    assert page.facts.deadline == date(2027, 3, 15)
    assert page.facts.financer == "Fonds Sols"


def test_facts_of_several_other_things_are_nobodys() -> None:
    page = read(
        """<script type="application/ld+json">[{"@type": "Grant", "name": "A", "url": "/a",
        "applicationDeadline": "2027-03-15"}, {"@type": "Grant", "name": "B", "url": "/b",
        "applicationDeadline": "2027-01-01"}]</script><h1>Liste</h1><p>Texte.</p>"""
    )
    assert page.facts.deadline is None


def test_what_an_event_states_is_in_its_text() -> None:
    page = read(
        """<script type="application/ld+json">{"@type": "BusinessEvent", "name": "Rencontres",
        "startDate": "2027-02-11T09:00:00+01:00"}</script><h1>Rencontres</h1><p>Une journée.</p>"""
    )
    assert "2027-02-11" in page.text


def test_a_reservation_in_the_page_is_heard() -> None:
    assert read("<meta name='tdm-reservation' content='1'><p>x</p>").reserved is True
    assert read("<meta name='tdm-reservation' content='0'><p>x</p>").reserved is False
    assert read("<p>x</p>").reserved is None


def test_the_canonical_address_is_told_where_it_is_safe() -> None:
    assert read("<link rel='canonical' href='/aides/sols'><p>x</p>").canonical == URL
    assert read("<link rel='canonical' href='javascript:alert(1)'><p>x</p>").canonical is None


def test_an_empty_answer_is_refused_in_french() -> None:
    with pytest.raises(ParseError, match="vide"):
        read("   ")


def test_accents_of_an_old_page_are_read() -> None:
    body = (
        "<html><head><meta http-equiv='Content-Type' content='text/html; charset=iso-8859-1'></head><h1>Été à Évry</h1>"
    )
    assert read_page(Body(body.encode("iso-8859-1"), "text/html", URL)).title == "Été à Évry"


# ── documents ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_rules_come_before_annexes_and_other_formats_are_named() -> None:
    found = documents(
        """<main><a href="/d/annexe-1.pdf">Annexe 1</a> <a href="/d/reglement.pdf">Règlement</a>
        <a href="/d/dossier.docx">Dossier de candidature</a> <a href="/d/plan.jpg">Plan</a></main>"""
    )
    assert [(one.name, bool(one.left)) for one in found] == [
        ("reglement.pdf", False), ("annexe-1.pdf", False), ("dossier.docx", True),
    ]  # fmt: skip
    assert ".docx" in found[2].left


def test_at_most_three_are_read_and_the_others_are_named() -> None:
    found = documents("".join(f"<p><a href='/d/annexe-{n}.pdf'>Annexe {n}</a></p>" for n in range(6)))
    assert [bool(one.left) for one in found] == [False] * MOST + [True] * 3


@pytest.mark.parametrize(
    "words", ["Rapport annuel 2025", "Plaquette du pôle", "Mentions légales", "Liste des lauréats"]
)
def test_what_says_nothing_of_conditions_is_named_and_left(words: str) -> None:
    (found,) = documents(f"<p><a href='/d/x42.pdf'>{words}</a></p>")
    assert found.left


def test_documents_of_menus_and_feet_are_not_the_pages_own() -> None:
    assert (
        documents("<footer><a href='/d/reglement.pdf'>Règlement</a></footer><nav><a href='/r.pdf'>Guide</a></nav>")
        == []
    )


def test_a_link_that_only_says_pdf_is_followed_where_it_says_what_it_is() -> None:
    found = documents(
        """<li><a href="/telecharger?id=12">Cahier des charges (PDF, 1,2 Mo)</a></li>
        <li><a href="/telecharger?id=13">Version imprimable (PDF)</a></li>"""
    )
    assert [one.name for one in found] == ["Cahier des charges (PDF, 1,2 Mo)"]


def test_a_printed_size_beyond_the_cap_spares_the_request() -> None:
    (found,) = documents("<li><a href='/d/reglement.pdf'>Règlement</a> (PDF - 48 Mo)</li>")
    assert "48 Mo" in found.left


def test_the_same_document_named_twice_is_one() -> None:
    found = documents(
        "<a href='/d/reglement.pdf?utm_source=a'>Règlement</a> <a href='/d/reglement.pdf'>Télécharger</a>"
    )
    assert len(found) == 1
    assert found[0].key == document_key("http://region.exemple/d/reglement.pdf")


def test_unsafe_addresses_are_no_documents() -> None:
    assert documents("<a href='javascript:x.pdf'>Règlement</a><a href='file:///etc/reglement.pdf'>Règlement</a>") == []


@pytest.mark.parametrize(
    ("url", "said", "name"),
    [
        ("https://a.exemple/d/R%C3%A8glement%202027.pdf", "", "Règlement 2027.pdf"),
        ("https://a.exemple/download/8123", "Cahier des charges", "Cahier des charges"),
        ("https://a.exemple/download/8123", "", "8123"),
        ("https://a.exemple/d/%1b%5b31mrouge.pdf", "", "[31mrouge.pdf"),
        ("https://a.exemple/d/42.pdf", "Règlement", "Règlement"),
    ],
)
def test_a_document_has_a_short_safe_name(url: str, said: str, name: str) -> None:
    assert name_of(url, said) == name


def test_a_long_name_keeps_its_format() -> None:
    name = name_of(f"https://a.exemple/{'reglement-' * 20}2027.pdf")
    assert len(name) <= 60
    assert name.endswith("….pdf")


def test_formats_that_are_not_read_are_said_of_an_address() -> None:
    assert unread_format("https://a.exemple/x.docx?v=1")
    assert unread_format("https://a.exemple/photo.JPG")
    assert unread_format("https://a.exemple/x.pdf") == ""
    assert unread_format("https://a.exemple/page.html") == ""
