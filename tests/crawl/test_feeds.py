"""Fixture pairs: `feeds/NAME.*` is what a site serves, `feeds/NAME.json` what must be read of it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.crawl.builders import item, rss
from veille.crawl.entries import MAX_ENTRIES
from veille.crawl.feeds import parse_feed
from veille.errors import ParseError

FEEDS = Path(__file__).parent / "feeds"
URL = "https://pole.exemple/actus/flux.xml"


def plain(feed):
    """Return a feed as the fixtures write it."""
    return {
        "title": feed.title,
        "language": feed.language,
        "ttl": feed.ttl,
        "skip_hours": sorted(feed.skip_hours),
        "remark": feed.remark,
        "complete": feed.complete,
        "entries": [
            {
                "guid": entry.guid,
                "title": entry.title,
                "link": entry.link,
                "published": entry.published and entry.published.isoformat(),
                "updated": entry.updated and entry.updated.isoformat(),
                "text": entry.text,
                "author": entry.author,
                "categories": list(entry.categories),
            }
            for entry in feed.entries
        ],
    }


@pytest.mark.parametrize(
    "path", sorted(p for p in FEEDS.iterdir() if p.suffix in {".xml", ".feed"}), ids=lambda p: p.stem
)
def test_fixture_pair(path):
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert plain(parse_feed(path.read_bytes(), url=URL)) == expected


def first(*items: str, head: str = ""):
    return parse_feed(rss(*items, head=head), url=URL).entries[0]


def refused(body: bytes, content_type: str = "") -> str:
    with pytest.raises(ParseError) as caught:
        parse_feed(body, content_type=content_type, url=URL)
    assert caught.value.cure
    return caught.value.message


# ── what is not a feed ──────────────────────────────────────────────────────────────────────────────────────────────
def test_an_html_page_is_refused_by_its_name():
    assert "page HTML" in refused(
        b"<!DOCTYPE html><html><body><h1>Maintenance</h1></body></html>", "application/rss+xml"
    )


def test_an_html_page_that_talks_of_feeds_is_still_a_page():
    assert "page HTML" in refused(b"<html><body>&lt;rss&gt; <feed-icon></feed-icon></body></html>")


def test_an_empty_body_is_refused():
    assert "vide" in refused(b"")
    assert "vide" in refused(b" \r\n\x00")


def test_any_other_document_is_refused():
    for body in (b"Not Found", b"%PDF-1.7", b"<urlset><url/></urlset>", b"\x89PNG\r\n", b"\xff\xfe\x00\x01"):
        assert "ni RSS" in refused(body)


def test_json_that_is_no_feed_is_refused():
    assert "JSON Feed" in refused(b'{"error": "not found"}')
    assert "illisible" in refused(b'{"version": ')
    assert "JSON Feed" in refused(b"[1, 2]")


def test_a_feed_cut_before_its_first_entry_is_refused():
    assert "coupé" in refused(b'<?xml version="1.0"?><rss version="2.0"><channel><title>Actu')


# ── what is tolerated ───────────────────────────────────────────────────────────────────────────────────────────────
def test_an_empty_feed_is_a_feed():
    assert parse_feed(rss()).entries == ()


def test_a_feed_cut_short_keeps_what_was_read_and_says_so():
    feed = parse_feed(rss(item("Un"), item("Deux"))[:-60])
    assert feed.entries[0].title == "Un"
    assert not feed.complete
    assert "coupé" in feed.remark


def test_a_bare_ampersand_is_tolerated():
    assert first("<title>Recherche & développement</title>").title == "Recherche & développement"


def test_junk_before_the_declaration_is_tolerated():
    body = b"\n<br />\n<b>Warning</b>: include() in /x.php\n" + rss(item("Un"))
    assert parse_feed(body).entries[0].title == "Un"


def test_a_doubled_declaration_is_tolerated():
    assert parse_feed(b'<?xml version="1.0"?>\n' + rss(item("Un"))).entries[0].title == "Un"


def test_control_characters_are_tolerated_and_removed():
    feed = parse_feed(rss("<title>a\x0bb&#0;c&#x1;</title>", item("Deux")))
    assert [entry.title for entry in feed.entries] == ["abc", "Deux"]


def test_a_feed_served_as_html_is_read():
    assert parse_feed(rss(item("Un")), content_type="text/html; charset=utf-8").entries[0].title == "Un"


def test_undeclared_named_entities_are_read():
    assert first("<title>Caf&eacute; cr&egrave;me</title>").title == "Café crème"


# ── links ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://a.exemple/x",
        "mailto:a@b.exemple", "vbscript:x", "http://", "https://nom:secret@a.exemple/", "http://a.exemple\\@b.exemple/",
        "https://a.exemple/" + "a" * 3000, "http://[::1", "http://a.exemple:99999/",
    ],
)  # fmt: skip
def test_an_unsafe_link_is_none(link):
    assert first(f"<title>t</title><link><![CDATA[{link}]]></link>").link is None


def test_a_relative_link_is_resolved_against_the_final_address():
    assert first("<title>t</title><link>article/1</link>").link == "https://pole.exemple/actus/article/1"
    assert first("<title>t</title><link>/article/1</link>").link == "https://pole.exemple/article/1"


def test_the_enclosure_is_never_the_link():
    entry = first('<title>t</title><enclosure url="https://a.exemple/son.mp3" type="audio/mpeg" length="1"/>')
    assert entry.link is None


def test_a_permalink_guid_is_the_link_where_there_is_no_other():
    assert first("<title>t</title><guid>https://a.exemple/1</guid>").link == "https://a.exemple/1"
    assert first('<title>t</title><guid isPermaLink="false">https://a.exemple/1</guid>').link is None


def test_an_id_that_is_no_address_is_neither_resolved_nor_a_link():
    entry = first("<title>t</title><guid>12</guid>")
    assert (entry.guid, entry.link) == ("12", None)


def test_query_parameters_survive():
    entry = first("<title>t</title><link>https://a.exemple/?a=1&amp;b=2&amp;copy=3</link>")
    assert entry.link == "https://a.exemple/?a=1&b=2&copy=3"


# ── text and titles ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_entry_without_title_is_named_by_its_text():
    assert first("<description>&lt;p&gt;Le conseil régional lance un appel.&lt;/p&gt;</description>").title == (
        "Le conseil régional lance un appel."
    )


def test_an_entry_without_title_nor_text_is_kept():
    assert first("<link>https://a.exemple/1</link>").title == "https://a.exemple/1"
    assert first("<pubDate>Tue, 03 Feb 2026 10:15:00 GMT</pubDate>").title == "(sans titre)"


def test_titles_hold_no_markup_no_controls_no_bidi():
    title = first("<title>&lt;b&gt;Appel&lt;/b&gt;\u202e projets\x07</title>").title
    assert title == "Appel projets"


def test_the_longer_of_summary_and_content_is_the_text():
    body = (
        b'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><title>t</title>'
        b"<description>Court.</description><content:encoded><![CDATA[<p>Bien plus long.</p>]]></content:encoded>"
        b"</item></channel></rss>"
    )
    assert parse_feed(body).entries[0].text == "Bien plus long."


# ── dates and wishes ────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_french_date_is_read():
    entry = first(item(pubDate="mar., 3 févr. 2026 10:15:00"))
    assert entry.published == datetime(2026, 2, 3, 9, 15, tzinfo=UTC)


def test_an_entry_without_date_stays_without():
    assert first(item()).published is None


def test_a_future_date_is_kept_as_published():
    assert first(item(pubDate="Mon, 01 Jan 2099 00:00:00 GMT")).published == datetime(2099, 1, 1, tzinfo=UTC)


def test_ttl_is_read_in_minutes():
    assert parse_feed(rss(item(), head="<ttl>90</ttl>")).ttl == 5_400


def test_syndication_period_and_frequency_are_read():
    body = (
        b'<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        b"<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel></rss>"
    )
    assert parse_feed(body).ttl == 21_600


def test_skip_hours_are_all_read():
    head = "<skipHours><hour>0</hour><hour>3</hour><hour>24</hour></skipHours>"
    assert parse_feed(rss(item(), head=head)).skip_hours == {0, 3}


def test_absurd_wishes_are_ignored():
    for ttl in ("-5", "abc", "", "9" * 400, "1e9"):
        assert parse_feed(rss(item(), head=f"<ttl>{ttl}</ttl>")).ttl is None


# ── bounds ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_newest_entries_are_kept_and_the_rest_counted():
    old = [item(f"vieux {n}", pubDate="Tue, 03 Feb 2015 10:15:00 GMT") for n in range(MAX_ENTRIES)]
    new = [item(f"neuf {n}", pubDate="Tue, 03 Feb 2026 10:15:00 GMT") for n in range(3)]
    feed = parse_feed(rss(*old, *new))
    assert len(feed.entries) == MAX_ENTRIES
    assert feed.dropped == 3
    assert [entry.title for entry in feed.entries[-3:]] == ["neuf 0", "neuf 1", "neuf 2"]
    assert "3 entrées" in feed.remark


def test_a_megabyte_guid_is_stored_as_a_hash():
    guid = first(f"<title>t</title><guid>{'g' * 1_000_000}</guid>").guid
    assert guid is not None
    assert guid.startswith("sha256:")


def test_paths_and_urls_as_bodies_are_only_bytes():
    for body in (b"/etc/passwd", b"http://127.0.0.1:9/flux.xml", b"file:///etc/passwd"):
        refused(body)


# ── cut short ───────────────────────────────────────────────────────────────────────────────────────────────────────
def cut_after(what: bytes) -> list[str]:
    """Return the titles read of a feed of two entries whose body stops after `what`."""
    body = rss(
        item("Un", "https://pole.exemple/1", description="Texte."),
        item("Deux", "https://pole.exemple/deux", guid="urn:2", description="Autre texte."),
    )
    feed = parse_feed(body[: body.index(what) + len(what)], url=URL)
    assert not feed.complete
    assert feed.cut
    return [entry.title for entry in feed.entries]


@pytest.mark.parametrize(
    "what",
    [
        b"</item>",
        b"</item><item>",
        b"</item><item><tit",
        b"</item><item><title>",
        b"</item><item><title>De",
        b"<title>Deux</title>",
        b"<title>Deux</title><link>https://pole.exemple/de",
    ],
)
def test_an_entry_cut_before_its_title_and_link_are_whole_is_left_out(what: bytes) -> None:
    assert cut_after(what) == ["Un"]


@pytest.mark.parametrize("what", [b"/deux</link>", b"<guid>urn", b"<guid>urn:2</guid><description>Autre"])
def test_an_entry_cut_after_its_title_and_link_is_kept(what: bytes) -> None:
    assert cut_after(what) == ["Un", "Deux"]


def test_an_atom_entry_cut_after_its_title_and_link_is_kept() -> None:
    head = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Un</title><link href="/1"/></entry><entry>'
    assert len(parse_feed(f"{head}<title>Deux</title><link href='/2'/><summary>x".encode(), url=URL).entries) == 2
    assert len(parse_feed(f"{head}<title>Deux</title><link href='/2".encode(), url=URL).entries) == 1


def test_an_empty_entry_of_a_whole_feed_is_kept_and_of_a_cut_one_is_not() -> None:
    body = rss("<guid>urn:1</guid>")
    assert len(parse_feed(body, url=URL).entries) == 1
    with pytest.raises(ParseError, match="coupé"):
        parse_feed(body[: body.index(b"</channel>")], url=URL)


# ── events and places ───────────────────────────────────────────────────────────────────────────────────────────────
EVENT = ' xmlns:ev="http://purl.org/rss/1.0/modules/event/" xmlns:g="http://www.georss.org/georss"'


@pytest.mark.parametrize("broken", ["", "&"], ids=["read at once", "through feedparser"])
@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ("<ev:startdate>2026-12-03T09:00:00+01:00</ev:startdate>", "Texte.\nDate : 3 décembre 2026"),
        (
            "<ev:startdate>2026-12-03</ev:startdate><ev:enddate>2026-12-05</ev:enddate>",
            "Texte.\nDate : du 3 décembre 2026 au 5 décembre 2026",
        ),
        (
            "<ev:startdate>2026-12-01</ev:startdate><ev:enddate>2026-12-01</ev:enddate><ev:location>Rennes</ev:location>",
            "Texte.\nDate : 1er décembre 2026\nLieu : Rennes",
        ),
        ("<g:featurename>Saint-Étienne</g:featurename>", "Texte.\nLieu : Saint-Étienne"),
        ("<ev:startdate>bientôt</ev:startdate>", "Texte."),
        ("<ev:location>Salle A &amp; B</ev:location>", "Texte.\nLieu : Salle A & B"),
    ],
)
def test_when_and_where_an_event_takes_place_is_said_in_its_text(fields: str, text: str, broken: str) -> None:
    body = rss(item("T", description="Texte.") + fields, head=f"<copyright>{broken}</copyright>")
    feed = parse_feed(body.replace(b"<rss", f"<rss{EVENT}".encode()), url=URL)
    assert feed.entries[0].text == text
