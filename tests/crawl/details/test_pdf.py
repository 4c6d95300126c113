"""PDFs: text page by page; whatever is hostile or unreadable ends in a sentence, in time, in a worker."""

import asyncio
import contextlib
import random
import resource
import time

import pytest

from tests.crawl.details import pdfs
from veille.crawl.details.pdf import PAGES, read_pdf
from veille.crawl.parsing import Body, FeedParsers
from veille.errors import ParseError
from veille.model.details import DocumentRead

RULES = (
    """Règlement de l'appel à projets « Sols vivants »
Article 1er : objet. Le fonds finance des essais de couverts
d'hiver.""",
    """Article 2 : calendrier
Les dossiers sont déposés au plus tard le 15 mars
2027 à midi.
- Étape 1 : lettre
- Étape 2 : dossier""",
)
#: Seconds on the wall for the worst document, on a machine that does other things besides.
PATIENCE = 60


def read(data: bytes) -> DocumentRead:
    return read_pdf(Body(data, "application/pdf", "https://a.exemple/r.pdf"))


def in_worker(data: bytes) -> DocumentRead | ParseError:
    async def run() -> DocumentRead | ParseError:
        with FeedParsers(1) as parsers:
            return await parsers.run(read_pdf, Body(data, "application/pdf", "https://a.exemple/r.pdf"))

    return asyncio.run(run())


def test_each_page_keeps_its_text_and_its_sentences_whole() -> None:
    document = read(pdfs.pdf(*RULES, title="Règlement 2027"))
    assert (document.title, document.page_count, document.remark) == ("Règlement 2027", 2, "")
    assert "Le fonds finance des essais de couverts d'hiver." in document.pages[0]
    assert "au plus tard le 15 mars\n2027" in document.pages[1] or "15 mars 2027" in document.pages[1]
    assert "- Étape 1 : lettre\n- Étape 2 : dossier" in document.pages[1]


def test_a_word_cut_at_the_end_of_a_line_is_whole_again() -> None:
    assert (
        "les candidatures sont"
        in read(pdfs.pdf("Pour cet appel à projets, les candida-\ntures sont ouvertes.")).pages[0]
    )


def test_a_running_head_is_dropped_and_the_text_under_it_kept() -> None:
    pages = [
        f"Région Exemple - Règlement {n}\nArticle {n} : des règles propres, numéro {n * 7} du texte.\nPage {n}/6"
        for n in range(1, 7)
    ]
    document = read(pdfs.pdf(*pages))
    assert all("Région Exemple" not in page for page in document.pages)
    assert "des règles propres, numéro 21 du texte" in document.pages[2]


@pytest.mark.parametrize("name", ["Microsoft Word - reglement v3.docx", "Untitled", "reglement_final.indd", "r.html"])
def test_a_name_that_a_program_gave_is_no_title(name: str) -> None:
    assert read(pdfs.pdf(*RULES, title=name)).title == ""


def test_a_document_of_ten_thousand_pages_is_read_at_its_beginning_and_says_so() -> None:
    document = read(pdfs.pdf(*(f"Page numéro {n} de ce très long document." for n in range(10_000))))
    assert document.page_count == 10_000
    assert 0 < len(document.pages) <= PAGES
    assert document.remark == f"10000 pages, les {len(document.pages)} premières sont lues"


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_document_that_only_forbids_copying_is_read(algorithm: str) -> None:
    assert "Sols vivants" in read(pdfs.encrypted(pdfs.pdf(*RULES), "", algorithm)).pages[0]


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_password_is_named(algorithm: str) -> None:
    with pytest.raises(ParseError, match="mot de passe"):
        read(pdfs.encrypted(pdfs.pdf(*RULES), "secret", algorithm))


def test_pictures_of_pages_are_named() -> None:
    with pytest.raises(ParseError, match="images"):
        read(pdfs.scanned())


@pytest.mark.parametrize("said", [b"<tdm:reservation>1</tdm:reservation>", b"<rdf:Description tdm:reservation='1'/>"])
def test_a_reservation_in_the_documents_own_metadata_is_heard(said: bytes) -> None:
    assert read(pdfs.pdf(*RULES, metadata=b"<x:xmpmeta>" + said + b"</x:xmpmeta>")).reserved is True
    assert read(pdfs.pdf(*RULES)).reserved is None


def test_a_page_that_cannot_be_read_costs_the_others_nothing() -> None:
    data = pdfs.pdf(*RULES, "Article 3 : une page dont le contenu sera abîmé.")
    whole = read(data)
    broken = data.replace(b"/Contents 4 0 R", b"/Contents 99 0 R")
    assert read(broken).pages[:2] == whole.pages[:2]


HOSTILE = {
    "a bomb": pdfs.bomb,
    "a bomb in a bomb": pdfs.nested_bomb,
    "a tree of pages that contains itself": pdfs.circular,
    "a form that draws itself": pdfs.calls_itself,
    "arrays in arrays": pdfs.deep_array,
    "millions of operators": pdfs.many_operators,
    "no pages": pdfs.pdf,
    "a cut file": lambda: pdfs.pdf(*RULES)[:700],
    "a table that lies": lambda: pdfs.pdf(*RULES).replace(b"0000000", b"9999999"),
    "no table": lambda: pdfs.pdf(*RULES).split(b"xref")[0],
    "a claim and nothing else": lambda: b"%PDF-1.7\n" + b"\x00" * 100_000,
    "a page of HTML": lambda: b"<html><body>Connexion</body></html>",
    "nothing": lambda: b"",
    "an endless number": lambda: b"%PDF-1.7\n1 0 obj\n" + b"9" * 5_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_ends_in_time_with_text_or_a_sentence(name: str) -> None:
    started = time.monotonic()
    found = in_worker(HOSTILE[name]())
    assert time.monotonic() - started < PATIENCE
    if isinstance(found, ParseError):
        assert found.message
        assert "Traceback" not in found.message
    else:
        assert any(found.pages)


def test_a_bomb_costs_this_process_no_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    data = pdfs.bomb(500)
    in_worker(data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # KB


def test_bytes_changed_at_random_give_text_or_a_sentence_and_nothing_else() -> None:
    dice, whole = random.Random(20261122), pdfs.pdf(*RULES, title="Règlement")
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        with contextlib.suppress(ParseError):
            assert isinstance(read(bytes(data)), DocumentRead)
