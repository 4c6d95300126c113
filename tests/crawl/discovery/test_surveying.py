"""Searching an address: the best way to follow it comes first, few requests are made, what keeps us out is named."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from tests.crawl.builders import item, rss
from tests.crawl.discovery.shapes import OPEN
from tests.crawl.discovery.shapes.shape import each, page, things
from tests.crawl.site import Page, Site, serve
from veille.clock import SystemClock
from veille.config.settings import Fetch
from veille.crawl.discovery.asking import MOST_REQUESTS
from veille.crawl.discovery.offers import Survey
from veille.crawl.discovery.surveying import survey
from veille.net.fetcher import GuardedFetcher

HTML = {"Content-Type": "text/html; charset=utf-8"}
RSS = {"Content-Type": "application/rss+xml"}


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as found:
        yield found


def look(site: Site, path: str, kind: str = "") -> Survey:
    clock = SystemClock()
    manners = Fetch(allow=("127.0.0.0/8",), host_delay=0)
    return survey(site.url(path), GuardedFetcher(manners, contact="", clock=clock), clock, manners, kind=kind)


def paths(site: Site) -> list[str]:
    return [
        request.path for request in site.requests if request.path not in {"/robots.txt", "/.well-known/tdmrep.json"}
    ]


def feed(*links: str) -> Page:
    return Page(rss(*[item(f"Actualité {link}", link) for link in links]), headers=RSS)


def listing(links: str = "/appels", *, head: str = "", count: int = 8, body: str = "") -> Page:
    rows = each(
        things(count), lambda one: f'<li class="appel"><h3><a href="{links}/{one.slug}">{one.title}</a></h3></li>'
    )
    return Page(page(f'<main><ul class="appels">{rows}</ul>{body}</main>', head=head).encode(), headers=HTML)


DECLARES = '<link rel="alternate" type="application/rss+xml" title="Actualités" href="/fil.rss">'


def kinds(found: Survey) -> list[str]:
    return [offer.kind for offer in found.offers]


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (rss(item("Un", "/1"), item("Deux", "/2")), 2),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "https://a.exemple/1"}]}', 1),
        (rss(), 0),
    ],
    ids=["rss", "json feed", "empty"],
)
def test_an_address_that_is_a_feed_is_the_answer(site: Site, body: bytes, count: int) -> None:
    site.pages["/ici"] = Page(body)
    found = look(site, "/ici")
    assert kinds(found) == ["feed"]
    assert len(found.offers[0].read.entries) == count
    assert paths(site) == ["/ici"]


def test_a_moved_feed_is_proposed_where_it_is_now(site: Site) -> None:
    site.pages |= {"/vieux": Page(status=301, headers={"Location": "/neuf"}), "/neuf": feed("/1")}
    assert look(site, "/vieux").offers[0].url == site.url("/neuf")
    site.pages["/vieux"] = Page(status=302, headers={"Location": "/neuf"})
    assert look(site, "/vieux").offers[0].url == site.url("/vieux")


def test_a_declared_feed_that_holds_the_list_comes_before_it(site: Site) -> None:
    site.pages |= {"/appels": listing(head=DECLARES), "/fil.rss": feed(*(f"/appels/{one.slug}" for one in things(8)))}
    found = look(site, "/appels")
    assert kinds(found)[:2] == ["feed", "page"]
    assert found.offers[0].url == site.url("/fil.rss")


def test_a_declared_feed_of_something_else_comes_after_the_list(site: Site) -> None:
    site.pages |= {"/appels": listing(head=DECLARES), "/fil.rss": feed("/actus/1", "/actus/2")}
    found = look(site, "/appels")
    assert kinds(found)[:2] == ["page", "feed"]
    assert "0 de ses 2 entrées" in found.offers[1].remark


def test_a_front_page_is_followed_by_its_feed(site: Site) -> None:
    site.pages |= {"/": listing(head=DECLARES), "/fil.rss": feed("/actus/1")}
    assert kinds(look(site, "/"))[0] == "feed"


def test_a_feed_of_the_section_is_taken(site: Site) -> None:
    site.pages |= {
        "/actus/": listing(head=DECLARES.replace("/fil.rss", "/actus/feed/")),
        "/actus/feed/": feed("/autre/1"),
    }
    assert look(site, "/actus/").offers[0].url == site.url("/actus/feed/")


def test_comment_feeds_are_left_out(site: Site) -> None:
    head = DECLARES.replace("Actualités", "Cluster » Flux des commentaires")
    site.pages |= {"/appels": listing(head=head), "/fil.rss": feed("/appels/1")}
    assert "feed" not in kinds(look(site, "/appels"))
    assert "/fil.rss" not in paths(site)


def test_a_link_that_looks_like_a_feed_is_tried(site: Site) -> None:
    site.pages |= {
        "/page": Page(b"<html><body><a href='/flux-rss.xml'>S'abonner au flux RSS</a></body></html>", headers=HTML)
    }
    site.pages["/flux-rss.xml"] = feed("/1")
    assert look(site, "/page").offers[0].found == "lié par la page"


@pytest.mark.parametrize(
    ("generator", "address"),
    [
        ("WordPress 6.8", "/rubrique/feed/"),
        ("SPIP 4.3.1", "/spip.php?page=backend"),
        ("Drupal 10 (https://www.drupal.org)", "/rss.xml"),
        ("TYPO3 CMS", "/rubrique?type=9818"),
        ("", "/rubrique/rss"),
    ],
)
def test_usual_addresses_are_tried_by_what_made_the_page(site: Site, generator: str, address: str) -> None:
    head = f"<meta name='generator' content='{generator}'>"
    site.pages |= {"/rubrique": Page(f"<html><head>{head}</head><body>Bonjour</body></html>".encode(), headers=HTML)}
    site.pages[address] = feed("/1")
    assert look(site, "/rubrique").offers[0].url == site.url(address)


def test_what_a_page_states_is_proposed_without_a_recipe(site: Site) -> None:
    rows = ",".join(
        f'{{"@type": "NewsArticle", "headline": "{one.title}", "url": "/n/{one.slug}",'
        f' "datePublished": "{one.published}"}}'
        for one in things(5)
    )
    site.pages["/n"] = listing("/n", head=f'<script type="application/ld+json">[{rows}]</script>', count=5)
    (first, second, *_) = look(site, "/n").offers
    assert (first.kind, first.recipe, len(first.read.entries)) == ("page", None, 5)
    assert second.recipe is not None


def test_a_list_with_deadlines_wins_over_statements_without(site: Site) -> None:
    rows = ",".join(f'{{"@type": "Article", "headline": "{one.title}", "url": "/n/{one.slug}"}}' for one in things(5))
    lines = each(
        things(5),
        lambda one: (
            f'<li class=x><h3><a href="/n/{one.slug}">{one.title}</a></h3>'
            f"<p>Date limite : {one.until:%d/%m/%Y}</p></li>"
        ),
    )
    html = page(f"<main><ul>{lines}</ul></main>", head=f'<script type="application/ld+json">[{rows}]</script>')
    site.pages["/n"] = Page(html.encode(), headers=HTML)
    first = look(site, "/n").offers[0]
    assert first.recipe is not None
    assert all(entry.facts.deadline for entry in first.read.entries)


def urlset(*links: str) -> Page:
    rows = "".join(
        f"<url><loc>{link}</loc><lastmod>2026-11-0{n % 9 + 1}</lastmod></url>" for n, link in enumerate(links)
    )
    return Page(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode())


BARE = Page(
    b"<html><head><title>Appels</title></head><body><h1>Appels</h1><div id=app></div><script></script></body></html>",
    headers=HTML,
)


def test_the_section_of_the_site_map_is_proposed(site: Site) -> None:
    site.pages |= {
        "/appels": BARE,
        "/robots.txt": Page(f"User-agent: *\nDisallow: /prive\nSitemap: {site.url('/plan.xml')}\n".encode()),
        "/plan.xml": urlset(*(site.url(f"/appels/{n}") for n in range(4)), site.url("/contact"), site.url("/appels")),
    }
    first = look(site, "/appels").offers[0]
    assert (first.kind, first.url, first.options) == ("sitemap", site.url("/plan.xml"), {"contains": "/appels/"})
    assert len(first.read.entries) == 4


def test_an_index_is_searched_for_the_part_of_the_section(site: Site) -> None:
    parts = "".join(
        f"<sitemap><loc>{site.url(f'/{name}.xml')}</loc></sitemap>" for name in ("pages", "auteurs", "appels")
    )
    site.pages |= {
        "/appels": BARE,
        "/sitemap.xml": Page(f"<sitemapindex>{parts}</sitemapindex>".encode()),
        "/appels.xml": urlset(*(site.url(f"/appels/{n}") for n in range(5))),
    }
    assert look(site, "/appels").offers[0].url == site.url("/appels.xml")
    assert "/pages.xml" not in paths(site)


def test_a_map_of_another_section_is_not_proposed(site: Site) -> None:
    site.pages |= {"/appels": BARE, "/sitemap.xml": urlset(*(site.url(f"/autre/{n}") for n in range(9)))}
    assert "sitemap" not in kinds(look(site, "/appels"))


def test_an_address_that_is_a_site_map_is_the_answer(site: Site) -> None:
    site.pages["/plan.xml"] = urlset(site.url("/1"), site.url("/2"))
    assert kinds(look(site, "/plan.xml")) == ["sitemap"]


def test_a_page_without_a_list_is_watched_as_a_whole(site: Site) -> None:
    site.pages["/avis"] = Page(
        page("<main><h1>Avis</h1>" + "<p>Le service est ouvert le lundi.</p>" * 9 + "</main>").encode(), headers=HTML
    )
    found = look(site, "/avis")
    assert kinds(found) == ["watch"]
    assert found.blocker == ""


def test_only_the_kind_that_is_asked_for_is_proposed(site: Site) -> None:
    site.pages |= {"/appels": listing(head=DECLARES), "/fil.rss": feed("/actus/1")}
    assert kinds(look(site, "/appels", kind="feed")) == ["feed"]
    assert kinds(look(site, "/appels", kind="watch")) == ["watch"]
    assert kinds(look(site, "/fil.rss", kind="page")) == []


def challenge() -> Page:
    return Page(b"<html><head><title>Just a moment...</title></head><body></body></html>", status=403, headers=HTML)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Page(status=404), "404"),
        (Page(status=403), "programme"),
        (challenge(), "Cloudflare"),
        (Page(status=500), "panne"),
        (Page(b""), "vide"),
        (BARE, "JavaScript"),
    ],
    ids=["404", "403", "firewall", "500", "empty", "script"],
)
def test_what_keeps_a_program_out_is_named_with_a_next_step(site: Site, answer: Page, said: str) -> None:
    if answer is BARE:
        answer = Page(BARE.body.replace(b"</div>", b"</div><noscript>Activez JavaScript</noscript>"), headers=HTML)
    site.pages["/ici"] = answer
    found = look(site, "/ici")
    assert found.offers == ()
    assert said in found.blocker
    assert found.next_step


def test_robots_txt_binds_pages_and_leaves_feeds(site: Site) -> None:
    site.pages |= {"/robots.txt": Page(b"User-agent: *\nDisallow: /\n"), "/appels": listing(), "/rss.xml": feed("/1")}
    found = look(site, "/appels")
    assert "/appels" not in paths(site)
    assert "robots.txt" in found.blocker
    assert kinds(found) == ["feed"]


def test_a_search_asks_few_addresses_and_none_twice(site: Site) -> None:
    many = "".join(DECLARES.replace("/fil.rss", f"/fil-{n}.rss") for n in range(30))
    site.pages["/appels"] = Page(f"<html><head>{many}</head><body><h1>Appels</h1></body></html>".encode(), headers=HTML)
    found = look(site, "/appels")
    assert len(paths(site)) == len(set(paths(site))) == found.requests <= MOST_REQUESTS


def test_hosts_are_asked_at_their_pace(site: Site) -> None:
    site.pages |= {"/appels": listing(head=DECLARES), "/fil.rss": feed("/1")}
    clock = SystemClock()
    manners = Fetch(allow=("127.0.0.0/8",), host_delay=0.2)
    survey(site.url("/appels"), GuardedFetcher(manners, contact="", clock=clock), clock, manners)
    starts = sorted(request.at for request in site.requests)
    assert min(later - earlier for earlier, later in pairwise(starts)) > 0.15


@pytest.mark.parametrize("shape", OPEN[:6], ids=lambda shape: shape.name)
def test_whole_pages_of_portals_give_a_page_source(site: Site, shape: Any) -> None:
    site.pages["/liste"] = Page(shape.html.encode(), headers=HTML)
    assert kinds(look(site, "/liste"))[0] == "page"
