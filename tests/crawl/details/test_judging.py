"""What becomes of what was asked for, and what is asked for at all."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.crawl.builders import entry, feed, source
from veille.crawl.decide import decide_entries
from veille.crawl.details import judging
from veille.crawl.details.planning import reads_documents, reads_pages, with_wishes
from veille.model import EntryIntent, Fetched, FetchFailed, FetchFault, ParsedEntry, Source
from veille.model.details import DocumentRead, DueRead, PageRead, ReadState

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
DUE = DueRead(
    item_id=1, document_id=None, key="k", url="https://a.exemple/1", source_id="s", content_hash="h", tries=0,
    title="Appel", text="Un résumé de la liste…",
)  # fmt: skip
PAGE = PageRead(title="Appel", text="Un résumé de la liste, et toute la suite que la liste ne disait pas. " * 8)


def answer(status: int = 200, body: bytes = b"", **headers: str) -> Fetched:
    return Fetched(url=DUE.url, final_url=DUE.url, status=status, headers=headers, body=body)


def failed(fault: FetchFault) -> FetchFailed:
    return FetchFailed(url=DUE.url, fault=fault, sentence="le site n'a pas répondu à temps")


def test_a_page_that_says_what_its_list_said_replaces_it() -> None:
    outcome = judging.read_page(DUE, PAGE, answer(), reserved=False, titled=False, now=NOW)
    assert (outcome.state, outcome.repeats, outcome.keep_until) == (ReadState.READ, True, None)


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        ("Un résumé de la liste [...]", True),
        ("", True),
        ("Date limite : 3 mars 2027\nUn résumé", False),
        ("UN RÉSUMÉ", True),
    ],
)
def test_a_summary_is_repeated_line_by_line(summary: str, said: bool) -> None:
    assert judging.repeats(summary, PAGE.text) is said


def test_a_reserved_page_keeps_its_title_and_nothing_of_its_text() -> None:
    outcome = judging.read_page(DUE, PAGE, answer(), reserved=True, titled=True, now=NOW)
    assert outcome.state is ReadState.RESERVED
    assert outcome.page == PageRead(title="Appel")
    document = judging.read_document(DUE, DocumentRead(pages=("x",), page_count=1), reserved=True, now=NOW)
    assert document.document == DocumentRead(page_count=1)


def test_the_text_of_the_press_goes_after_thirty_days() -> None:
    due = DueRead(**{name: getattr(DUE, name) for name in DUE.__slots__} | {"press": True})
    outcome = judging.read_page(due, PAGE, answer(), reserved=False, titled=False, now=NOW)
    assert outcome.keep_until == NOW + timedelta(days=30)


def test_a_page_that_shows_nothing_without_a_browser_is_named() -> None:
    shell = b"<html><div id='root'></div><noscript>Activez JavaScript</noscript><script src='/a.js'></script></html>"
    outcome = judging.read_page(
        DUE, PageRead(text="Activez"), answer(body=shell), reserved=False, titled=False, now=NOW
    )
    assert outcome.state is ReadState.LEFT
    assert "JavaScript" in outcome.sentence


def test_a_page_without_text_is_left() -> None:
    outcome = judging.read_page(DUE, PageRead(), answer(), reserved=False, titled=False, now=NOW)
    assert (outcome.state, outcome.sentence) == (ReadState.LEFT, "la page ne contient aucun texte")


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451, 400, 204])
def test_what_will_be_no_different_tomorrow_is_left_at_once(status: int) -> None:
    outcome = judging.not_read(answer(status), 0, NOW)
    assert outcome.state is ReadState.LEFT
    assert f"HTTP {status}" in outcome.sentence


@pytest.mark.parametrize(
    "given",
    [answer(500), answer(503), answer(429), answer(408), failed(FetchFault.TIMEOUT), failed(FetchFault.ROBOTS_DOWN)],
)
def test_what_may_come_back_is_asked_again_ever_later_then_left(given: Fetched | FetchFailed) -> None:
    waits = [judging.not_read(given, tries, NOW).next_at for tries in range(len(judging.RETRIES))]
    assert waits == [NOW + wait for wait in judging.RETRIES]
    last = judging.not_read(given, len(judging.RETRIES), NOW)
    assert last.state is ReadState.LEFT
    assert last.sentence.endswith("laissé après 5 essais")


@pytest.mark.parametrize(
    "fault", [FetchFault.ROBOTS, FetchFault.TOO_BIG, FetchFault.REFUSED_ADDRESS, FetchFault.REDIRECTS]
)
def test_a_refusal_is_not_asked_again(fault: FetchFault) -> None:
    assert judging.not_read(failed(fault), 0, NOW).state is ReadState.LEFT
    assert not judging.unreachable(failed(fault))


# ── what is asked for ───────────────────────────────────────────────────────────────────────────────────────────────
def wishes(of: Source, *entries: ParsedEntry) -> list[EntryIntent]:
    return with_wishes(of, decide_entries(of, feed(*entries), {}))


@pytest.mark.parametrize(
    ("fields", "pages", "documents"),
    [
        ({"kind": "page"}, True, True),
        ({"kind": "sitemap"}, True, True),
        ({"kind": "feed"}, False, False),
        ({"kind": "api"}, False, False),
        ({"kind": "feed", "details": True}, True, True),
        ({"kind": "api", "details": True}, True, True),
        ({"kind": "page", "details": False}, False, False),
        ({"kind": "page", "documents": False}, True, False),
        ({"kind": "feed", "documents": True}, False, True),
    ],
)
def test_pages_are_read_by_default_where_a_list_says_little(
    fields: dict[str, object], pages: bool, documents: bool
) -> None:
    assert (reads_pages(source(**fields)), reads_documents(source(**fields))) == (pages, documents)


def test_each_new_entry_asks_for_its_own_page() -> None:
    (one,) = wishes(source(kind="page"), entry())
    assert one.page is not None
    assert (one.page.url, one.page.host) == ("https://pole.exemple/a", "pole.exemple")


def test_entries_that_share_a_link_ask_for_nothing() -> None:
    shared = [entry("A", guid="a"), entry("B", guid="b")]
    assert [one.page for one in wishes(source(kind="page"), *shared)] == [None, None]


@pytest.mark.parametrize("link", [None, "https://pole.exemple/", "https://pole.exemple/flux.xml#a"])
def test_an_entry_without_a_page_of_its_own_asks_for_nothing(link: str | None) -> None:
    assert wishes(source(kind="page"), entry(link=link))[0].page is None


def test_a_link_of_another_format_is_named_and_left() -> None:
    (one,) = wishes(source(kind="page"), entry(link="https://pole.exemple/appel.docx"))
    assert one.page is not None
    assert ".docx" in one.page.left


def test_a_feed_that_wants_documents_asks_for_those_that_are_links_or_enclosures() -> None:
    of = source(documents=True)
    page, pdf, enclosed = wishes(
        of,
        entry("Enclosed", link="https://pole.exemple/c", enclosures=("https://pole.exemple/d/r.pdf",)),
        entry("PDF", link="https://pole.exemple/b.pdf"),
        entry("Page"),
    )
    assert (page.page, page.documents) == (None, ())
    assert pdf.page is not None
    assert not pdf.page.left
    assert (enclosed.page, [one.name for one in enclosed.documents]) == (None, ["r.pdf"])


def test_documents_switched_off_leave_a_pdf_with_a_reason() -> None:
    (one,) = wishes(source(kind="page", documents=False), entry(link="https://pole.exemple/b.pdf"))
    assert one.page is not None
    assert one.page.left
