"""Documents read over a real loopback site: a call's rules, a list of PDFs, enclosures; what their licence keeps."""

from datetime import timedelta

import pytest

from tests.crawl.builders import item, rss, source
from tests.crawl.details import pdfs
from tests.crawl.details.house import (
    LONG,
    RULES,
    House,
    item_ids,
    listing,
    many,
    named,
    page,
    page_source,
    pdf_page,
    tag,
)
from tests.crawl.site import Page, Site, serve
from veille.crawl.details.judging import RETRIES
from veille.model import Licence
from veille.model.details import DetailReport, ReadState
from veille.storage.db import Database
from veille.storage.item_store import SqlItemStore
from veille.storage.tag_store import SqlTagStore


def with_rules(site: Site, data: bytes = RULES) -> None:
    site.pages["/a"] = page("Appel", LONG, more="<p><a href='/d/reglement.pdf'>Règlement (PDF)</a></p>")
    site.pages["/d/reglement.pdf"] = pdf_page(data)


def test_a_calls_rules_are_read_in_the_same_pass_page_by_page(site: Site, house: House) -> None:
    with_rules(site)
    assert house.both() == DetailReport(pages=1, documents=1)
    (document,) = house.details.documents_of(1)
    assert (document.name, document.state, document.page_count) == ("reglement.pdf", ReadState.READ, 2)
    assert "15 mars 2027" in document.pages[1]
    ((_, _, text),) = SqlTagStore(house.database).texts("p@1", [1])
    assert [(one.name, len(one.pages)) for one in text.documents] == [("reglement.pdf", 2)]


def test_a_document_that_comes_later_is_tagged_later(site: Site, house: House) -> None:
    with_rules(site)
    site.pages["/d/reglement.pdf"] = Page(status=503)
    house.both()
    assert tag(house) == 1
    site.pages["/d/reglement.pdf"] = pdf_page(RULES)
    house.clock.advance(RETRIES[0])
    assert house.read() == DetailReport(documents=1)
    assert tag(house) == 1


def test_a_document_attached_to_ten_calls_is_fetched_once(site: Site, sqlite_database: Database) -> None:
    many(site, 5)
    for n in range(5):
        site.pages[f"/p{n}"] = page(f"Appel {n}", LONG, more="<a href='/d/reglement.pdf'>Règlement général</a>")
    site.pages["/d/reglement.pdf"] = pdf_page(RULES)
    house = House(sqlite_database, page_source(site))
    assert house.both() == DetailReport(pages=5, documents=5)
    assert len(site.asked("/d/reglement.pdf")) == 1
    assert all(house.details.documents_of(n)[0].pages for n in item_ids(house))


def test_a_document_on_another_host_obeys_that_host(site: Site, house: House) -> None:
    with serve() as other:
        other.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /\n")
        other.pages["/reglement.pdf"] = pdf_page(RULES)
        site.pages["/a"] = page("Appel", LONG, more=f"<a href='{named(other, '/reglement.pdf')}'>Règlement</a>")
        house.both()
        assert other.asked("/reglement.pdf") == []
        assert house.details.documents_of(1)[0].state is ReadState.LEFT


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Page(b"<html><form>Connexion</form></html>", headers={"Content-Type": "text/html"}), "pas à un PDF"),
        (Page(b"PK\x03\x04", headers={"Content-Type": "application/zip"}), "application/zip"),
        (Page(pdfs.scanned(), headers={"Content-Type": "application/pdf"}), "images"),
        (Page(RULES[:300], headers={"Content-Type": "application/pdf"}), "abîmé"),
        (Page(pdfs.bomb(100), headers={"Content-Type": "application/pdf"}), "PDF"),
        (Page(status=404), "HTTP 404"),
    ],
)
def test_what_is_no_readable_document_is_left_with_a_sentence(
    answer: Page, sentence: str, site: Site, house: House
) -> None:
    with_rules(site)
    site.pages["/d/reglement.pdf"] = answer
    report = house.both()
    assert (report.pages, report.left) == (1, 1)
    (document,) = house.details.documents_of(1)
    assert document.state is ReadState.LEFT
    assert sentence in document.sentence


def test_a_document_called_something_else_is_known_by_its_first_bytes(site: Site, house: House) -> None:
    with_rules(site)
    site.pages["/d/reglement.pdf"] = Page(RULES, headers={"Content-Type": "application/octet-stream"})
    assert house.both().documents == 1


def test_a_list_whose_links_are_documents(site: Site, house: House) -> None:
    site.pages["/liste"] = Page(listing(("Appel", "/d/appel.pdf", "")))
    site.pages["/d/appel.pdf"] = pdf_page(RULES)
    assert house.both() == DetailReport(documents=1)
    (document,) = house.details.documents_of(1)
    assert "15 mars 2027" in document.pages[1]
    tag(house)
    found = SqlItemStore(house.database).item(1)
    assert found is not None
    assert "Règlement de l'appel" in found.text
    assert len(site.asked("/d/appel.pdf")) == 1


def test_an_enclosure_of_a_feed_is_read_where_it_says_so(site: Site, sqlite_database: Database) -> None:
    enclosure = f"<enclosure url='{site.url('/d/reglement.pdf')}' type='application/pdf' length='1'/>"
    site.pages["/flux"] = Page(rss(item("Appel", site.url("/a")) + enclosure))
    site.pages["/d/reglement.pdf"] = pdf_page(RULES)
    house = House(sqlite_database, source("flux", url=site.url("/flux"), documents=True))
    assert house.both() == DetailReport(documents=1)
    assert site.asked("/a") == []
    assert house.details.documents_of(1)[0].pages


def test_documents_that_a_page_names_in_other_formats_are_named(site: Site, house: House) -> None:
    site.pages["/a"] = page("Appel", LONG, more="<a href='/d/dossier.docx'>Dossier de candidature</a>")
    house.both()
    (document,) = house.details.documents_of(1)
    assert (document.name, document.state) == ("dossier.docx", ReadState.LEFT)
    assert site.asked("/d/dossier.docx") == []


def test_the_text_of_the_press_goes_after_thirty_days_but_what_proves_its_facts(
    site: Site, sqlite_database: Database
) -> None:
    with_rules(site)
    house = House(sqlite_database, page_source(site, licence=Licence.PRESS))
    house.both()
    house.clock.advance(timedelta(days=31))
    house.read()
    found = house.details.page_of(1)
    assert found is not None
    assert len(found.text) <= 200
    assert all(len(one) <= 200 for document in house.details.documents_of(1) for one in document.pages)
    assert house.read() == DetailReport()


def test_a_public_text_stays(site: Site, sqlite_database: Database) -> None:
    house = House(sqlite_database, page_source(site, licence=Licence.PUBLIC))
    house.both()
    house.clock.advance(timedelta(days=400))
    house.read()
    found = house.details.page_of(1)
    assert found is not None
    assert len(found.text) > 300


def test_a_renamed_source_keeps_its_pages(site: Site, house: House) -> None:
    house.crawl()
    house.change(id="nouvelle", formerly=("liste",))
    house.crawl()
    assert house.read().pages == 1
