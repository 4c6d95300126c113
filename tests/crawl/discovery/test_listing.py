"""The list that a page repeats becomes a recipe which reads exactly what a person would collect."""

import pytest
from benchmarks.propose import judge, propose

from tests.crawl.discovery.shapes import CLOSED, FRESH, LAST, OPEN, Shape
from tests.crawl.discovery.shapes.shape import FOOT, MENU, each, page, things
from veille.crawl.discovery.columns import is_generic
from veille.crawl.discovery.listing import Page, find_listing
from veille.crawl.html import base_of, tree_of
from veille.crawl.recipes import compiled

URL = "https://www.region.exemple/page"
SHAPES = (*OPEN, *CLOSED, *LAST, *FRESH)


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name for shape in SHAPES])
def test_a_recipe_reads_what_a_person_would_collect(shape: Shape) -> None:
    found = judge(shape, propose(shape))
    assert [name for name, right in found.items() if not right] == []


def look(html: str) -> object:
    body = html.encode()
    root = tree_of(body, "text/html; charset=utf-8")
    return find_listing(Page(root, body, "text/html; charset=utf-8", URL, base_of(root, URL)))


ARTICLE = "<main><article><h1>Un article</h1>" + "<p>Un long texte sur la filière. </p>" * 20 + "</article></main>"
LOGOS = "".join(f'<a href="https://partenaire-{number}.exemple/"><img src="l.png" alt=""></a>' for number in range(12))
TABS = "".join(f'<li class="tab"><a href="/rubrique/{number}">Rubrique {number}</a></li>' for number in range(8))
THEMES = "".join(
    f'<div class="theme"><a href="/themes/{number}"><h3>Thème {number}</h3></a></div>' for number in range(6)
)
SAME = "".join(f'<li><a href="/tout">{one.title}</a></li>' for one in things(8))
PLACES = "".join(
    f'<li><a href="#partie-{number}">Une partie de la page, numéro {number}</a></li>' for number in range(9)
)


@pytest.mark.parametrize(
    "body",
    [
        ARTICLE,
        LOGOS,
        f"<ul>{TABS}</ul>",
        THEMES,
        f"<ul>{SAME}</ul>",
        f"<ul>{PLACES}</ul>",
        MENU,
        FOOT,
        "<p>Bonjour</p>",
        "",
    ],
    ids=["article", "logos", "tabs", "themes", "one page", "places", "menu", "foot", "text", "nothing"],
)
def test_what_is_no_list_is_not_taken_for_one(body: str) -> None:
    assert look(page(body, title="Accueil")) is None


def test_a_list_is_not_that_of_the_side_or_the_foot() -> None:
    side = (
        "<aside>"
        + each(things(9, first=30), lambda one: f'<h3><a href="/s/{one.slug}">{one.title}</a></h3>')
        + "</aside>"
    )
    foot = "<footer><ul>" + each(things(9, first=50), lambda one: f'<li><a href="/f/{one.slug}">{one.title}</a></li>')
    main = (
        "<main><ul>" + each(things(5), lambda one: f'<li><a href="/m/{one.slug}">{one.title}</a></li>') + "</ul></main>"
    )
    found = look(f"<html><body>{side}{main}{foot}</ul></footer></body></html>")
    assert {entry.link.split("/")[3] for entry in found.read.entries} == {"m"}  # type: ignore[attr-defined]


def test_the_selectors_hold_no_class_that_a_build_or_a_moment_made() -> None:
    for shape in SHAPES:
        listing = propose(shape)
        assert listing is not None
        written = [
            getattr(listing.recipe, name) or "" for name in ("item", "title", "link", "date", "deadline", "next")
        ]
        assert all(compiled(one) for one in written if one)
        whole = " ".join(written)
        for passing in ("x3F9a", "views-row-1", "post-4001", "odd", "md:", "leading-0", "row-1", "bD0vt9 "):
            assert passing not in whole, (shape.name, whole)


@pytest.mark.parametrize(
    "hostile",
    [
        "<ul>" + "<li><a href=/x>x</a>" * 20_000,
        "<div>" * 5_000 + "<a href=/1>un</a><a href=/2>deux</a>",
        "".join(f"<p class='{'c' * 500}{n}'><a href=/{n}>{'t' * 50}{n}</a></p>" for n in range(3_000)),
        "<a href='javascript:alert(1)'>x</a>" * 500,
        "".join(
            f'<div class="a\'b\\"]{{}}" id="x\'y"><h3><a href=/{n}>Un titre numéro {n}</a></h3></div>' for n in range(9)
        ),
        "".join(f"<li><a href='http://[::1'>mauvais {n}</a></li>" for n in range(50)),
    ],
    ids=["many", "deep", "long classes", "scripts", "quotes", "bad addresses"],
)
def test_a_hostile_page_costs_seconds_and_raises_nothing(hostile: str) -> None:
    look(f"<html><body><main>{hostile}</main></body></html>")


@pytest.mark.parametrize(
    ("text", "generic"),
    [
        ("En savoir plus sur l’appel à projets bois", True),
        ("Télécharger (PDF - 1,2 Mo)", True),
        ("Suite", True),
        ("Plus de 200 entreprises engagées dans la sobriété", False),
        ("Accès au logement : appel à projets 2026", False),
        ("Découvrir les métiers du bois à Épinal", False),
        ("Appel à projets", False),
    ],
)
def test_words_that_could_stand_under_anything_are_told_from_titles(text: str, generic: bool) -> None:
    assert is_generic(text) is generic


PAGERS = {
    "a[rel~='next']": "<a rel='nofollow next' href='/page?p=2'>2</a>",
    ".pager-next a": "<ul><li class='pager-next'><a href='/page?p=2'>›</a></li></ul>",
    "a[title='Page suivante']": "<div class=pages><a href='/page?p=2' title='Page suivante'>&gt;</a></div>",
    "xpath://a[normalize-space()='Page suivante']": "<p><a href='/page?p=2'>Page suivante</a></p>",
}


@pytest.mark.parametrize("selector", PAGERS, ids=["rel", "class", "title", "words"])
def test_the_next_page_is_found_by_what_says_so(selector: str) -> None:
    rows = each(things(5), lambda one: f'<li><h3><a href="/m/{one.slug}">{one.title}</a></h3></li>')
    found = look(f"<main><ul class=l>{rows}</ul>{PAGERS[selector]}</main>")
    assert found.recipe.next == selector  # type: ignore[attr-defined]
    assert found.read.next.url.endswith("/page?p=2")  # type: ignore[attr-defined]


NUMBERS = (
    "<div class='pagination'><a href='/page?p=0'>1</a> <span class='current'>2</span> {}</div>"
    "<p><a href='/contact'>9</a></p>"
)


def test_the_number_after_the_current_one_is_the_next_page_and_nothing_outside_the_pager_is() -> None:
    rows = each(things(5), lambda one: f'<li><h3><a href="/m/{one.slug}">{one.title}</a></h3></li>')
    found = look(f"<main><ul class=l>{rows}</ul>{NUMBERS.format('<a href=/page?p=2>3</a>')}</main>")
    assert found.read.next.url.endswith("/page?p=2")  # type: ignore[attr-defined]
    last = tree_of(f"<ul class=l>{rows}</ul>{NUMBERS.format('')}".encode(), "text/html")
    assert compiled(found.recipe.next)(last) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "words", ["Page suivante\\", "Page suivante']", 'Page "suivante"', "Page suivante\n", "suivante " * 40]
)
def test_a_label_that_would_break_a_selector_is_left_out(words: str) -> None:
    rows = each(things(5), lambda one: f'<li><h3><a href="/m/{one.slug}">{one.title}</a></h3></li>')
    label = words.replace("&", "&amp;").replace('"', "&quot;")
    found = look(
        f'<main><ul class=l>{rows}</ul><div class=pager><a href="?p=2" title="{label}">{label}</a></div></main>'
    )
    assert len(found.read.entries) == 5  # type: ignore[attr-defined]
