"""Listing pages read by recipes, and what they state for machines."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.crawl.builders import source
from veille.config.sources import SourceLine, load_sources
from veille.crawl.kinds import KINDS, reader_of
from veille.crawl.pages import read_page
from veille.crawl.recipes import SelectorRefused, check_recipes, compiled
from veille.errors import ConfigError, ParseError
from veille.model import Expect, ParsedFeed, Recipe

RECIPE = Recipe(item="li.appel", title="h3", link="h3 a", date=".date", deadline=".fin", summary="p")
URL = "https://region.exemple/aides/liste"


def page(*items: str, head: str = "", tail: str = "") -> bytes:
    text = f"<html lang='fr'><head><title>Aides</title>{head}</head><body><ul>{''.join(items)}</ul>{tail}</body></html>"
    return text.encode()


def line(title: str = "Appel à projets", link: str = "/aides/1", when: str = "3 février 2026", more: str = "") -> str:
    return f"<li class=appel><h3><a href='{link}'>{title}</a></h3><span class=date>{when}</span>{more}</li>"


def read(body: bytes, recipe: Recipe | None = RECIPE, content_type: str = "text/html", **expect: Any) -> ParsedFeed:
    listing = source(kind="page", url=URL, recipe=recipe, expect=Expect(**expect))
    return read_page(body, content_type, URL, listing)


def test_a_recipe_reads_every_field() -> None:
    (entry,) = read(page(line(more="<p>Pour les <b>PME</b>.</p><i class=fin>avant le 15 mars 2026</i>"))).entries
    assert entry.title == "Appel à projets"
    assert entry.link == "https://region.exemple/aides/1"
    assert entry.published == datetime(2026, 2, 2, 23, tzinfo=UTC)
    assert entry.facts.deadline == date(2026, 3, 15)
    assert entry.text == "Pour les PME ."


def test_xpath_says_the_same_as_css() -> None:
    recipe = Recipe(
        item="xpath://li[@class='appel']",
        title="xpath:.//h3",
        link="xpath:.//a/@href",
        date="xpath:.//span[contains(@class, 'date')]/text()",
    )
    body = page(line())
    assert read(body, recipe).entries == read(body).entries


def test_links_follow_base_and_the_final_address() -> None:
    assert read(page(line(link="un"), head="<base href='/fr/'>")).entries[0].link == "https://region.exemple/fr/un"
    assert read(page(line(link="un"))).entries[0].link == "https://region.exemple/aides/un"


def test_a_link_that_is_no_page_is_none() -> None:
    first, second = read(page(line(link="javascript:alert(1)"), line("Autre", "/2"))).entries
    assert first.link is None
    assert second.link == "https://region.exemple/2"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Publié le 1er mars 2026", 1),
        ("du 3 au 15 mars 2026", 15),
        ("Mis en ligne : 04/03/2026 par la Région", 4),
        ("2026-03-05", 5),
    ],
)
def test_dates_are_read_inside_french_sentences(written: str, day: int) -> None:
    (entry,) = read(page(line(when=written))).entries
    assert entry.published is not None
    assert entry.published.astimezone(UTC).date() == date(2026, 2 if day == 1 else 3, 28 if day == 1 else day - 1)


def test_a_date_format_is_read_with_french_months() -> None:
    (entry,) = read(page(line(when="03 février 2026")), date_format="%d %B %Y").entries
    assert entry.published == datetime(2026, 2, 2, 23, tzinfo=UTC)


def test_dates_in_another_format_than_expected_are_a_redesign() -> None:
    with pytest.raises(ParseError, match="%d/%m/%Y"):
        read(page(line(), line("Autre", "/2")), date_format="%d/%m/%Y")


def test_the_first_of_a_month_is_read_by_a_date_format() -> None:
    (entry,) = read(page(line(when="1er février 2026")), date_format="%d %B %Y").entries
    assert entry.published == datetime(2026, 1, 31, 23, tzinfo=UTC)


def test_a_date_that_the_recipe_calls_deadline_is_not_taken_for_that_of_publication() -> None:
    recipe = Recipe(item="li", deadline="time")
    (entry,) = read(page(line(more="<time datetime=2026-03-15>15 mars</time>")), recipe).entries
    assert (entry.published, entry.facts.deadline) == (None, date(2026, 3, 15))


def test_items_without_title_are_left_out() -> None:
    assert read(page("<li class=appel></li>")).entries == ()


def test_entries_that_have_all_lost_their_link_are_a_redesign() -> None:
    with pytest.raises(ParseError, match="lien"):
        read(page("<li class=appel><h3>Appel</h3></li>"))


def test_the_next_page_is_the_recipes_or_rel_next() -> None:
    recipe = Recipe(item="li", next="a.suite")
    following = read(page(line(), tail="<a class=suite href='?p=2'>suite</a>"), recipe).next
    assert following is not None
    assert following.url == URL + "?p=2"
    following = read(page(line(), head="<link rel=next href='?p=3'>")).next
    assert following is not None
    assert following.url == URL + "?p=3"


def test_charset_is_what_the_page_declares() -> None:
    body = page(line("Économie"), head="<meta charset='iso-8859-1'>").decode().encode("latin-1")
    assert read(body).entries[0].title == "Économie"


JSON_LD = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
 {"@type": "BusinessEvent", "name": "Salon du bois", "url": "/salon", "startDate": "2026-06-02"},
 {"@type": "MonetaryGrant", "name": "Aide au numérique", "url": "/aides/1", "amount": {"value": 20000},
  "funder": {"name": "Région Exemple"}, "description": "Pour les PME."},
 {"@type": "Organization", "name": "Région", "url": "/"}]}</script>"""


def test_json_ld_alone_makes_entries() -> None:
    event, grant = read(page(head=JSON_LD), None).entries
    assert event.title == "Salon du bois"
    assert "2026-06-02" in event.text
    assert grant.facts.amount == 20_000
    assert grant.facts.financer == "Région Exemple"


def test_what_a_page_states_wins_over_its_recipe() -> None:
    (entry,) = read(page(line("Aide numérique…"), head=JSON_LD)).entries
    assert entry.title == "Aide au numérique"
    assert entry.facts.amount == 20_000
    assert entry.published is not None  # only the list says when


def test_microdata_makes_entries() -> None:
    body = page(
        "<li itemscope itemtype='https://schema.org/NewsArticle'><a itemprop=url href=/n>x</a><b itemprop=headline>"
        "Une nouvelle</b><time itemprop=datePublished datetime=2026-03-01>1er mars</time></li>"
    )
    (entry,) = read(body, None).entries
    assert (entry.title, entry.link) == ("Une nouvelle", "https://region.exemple/n")
    assert entry.published is not None


ITEM_LIST = """<script type="application/ld+json">[{"@type": "BreadcrumbList", "itemListElement": [
 {"@type": "ListItem", "position": 1, "name": "Accueil", "item": "https://region.exemple/"}]},
 {"@type": "ItemList", "itemListElement": [
 {"@type": "ListItem", "position": 1, "url": "/aides/1", "name": "Aide au bois"},
 {"@type": "ListItem", "position": 2, "item": {"@id": "/aides/2", "name": "Aide à l’eau"}},
 {"@type": "ListItem", "position": 3, "item": {"@type": "Event", "url": "/salon", "name": "Salon"}},
 {"@type": "ListItem", "position": 4}]}]</script>"""


def test_an_item_list_makes_entries_and_crumbs_do_not() -> None:
    found = read(page(head=ITEM_LIST), None).entries
    assert [(entry.title, entry.link) for entry in found] == [
        ("Aide au bois", "https://region.exemple/aides/1"),
        ("Aide à l’eau", "https://region.exemple/aides/2"),
        ("Salon", "https://region.exemple/salon"),
    ]


def test_crumbs_in_microdata_are_no_entries() -> None:
    crumb = (
        "<li itemscope itemtype='https://schema.org/ListItem'>"
        "<a itemprop=url href=/x><b itemprop=name>Aides</b></a></li>"
    )
    assert read(page(crumb), None).entries == ()


def test_broken_json_ld_leaves_the_rest() -> None:
    broken = "<script type='application/ld+json'>{oops</script>"
    assert len(read(page(head=broken + JSON_LD), None).entries) == 2


def test_a_page_says_that_its_text_is_reserved() -> None:
    assert read(page(line(), head="<meta name='tdm-reservation' content='1'>")).reserved is True
    assert read(page(line())).reserved is None


@pytest.mark.parametrize("body", [b"", b"\x00\x00", b"   "])
def test_nothing_is_no_page(body: bytes) -> None:
    with pytest.raises(ParseError):
        read(body)


@pytest.mark.parametrize(
    ("selector", "column"),
    [
        ("p[", 3),
        ("div >", 6),
        ("a::attr(href)", 1),
        ("xpath:document('x')", 1),
        ("xpath://a[re:test(., 'x')]", 5),
        ("xpath://a[1", 4),
        ("xpath://ns:a", 3),
        ("xpath:$x", 1),
        ("x" * 501, 500),
    ],
)
def test_a_bad_selector_is_refused_with_its_column(selector: str, column: int) -> None:
    with pytest.raises(SelectorRefused) as refused:
        compiled(selector)
    assert refused.value.column == column


def written(tmp_path: Path, recipe: str, kind: str = "page") -> Path:
    path = tmp_path / "sources.yaml"
    keys = f"title: Région\n    kind: {kind}\n    url: {URL}\n    recipe: {recipe}\n"
    path.write_text(f"version: 1\nsources:\n  - id: region\n    {keys}")
    return path


def test_sources_yaml_holds_a_whole_recipe(tmp_path: Path) -> None:
    path = written(tmp_path, "{item: li, title: h3, next: a.suite, expect: {min_items: 3, date_format: '%d/%m/%Y'}}")
    (region,) = load_sources(path).sources
    assert region.recipe == Recipe(item="li", title="h3", next="a.suite")
    assert region.expect == Expect(min_items=3, date_format="%d/%m/%Y")


def test_a_bad_selector_in_sources_yaml_names_line_key_and_column(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        check_recipes(load_sources(written(tmp_path, "{item: 'p['}")).sources)
    assert "recipe.item" in str(refused.value)
    assert "colonne 3" in str(refused.value)
    assert refused.value.line == 3


def test_a_recipe_on_a_feed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="kind: page"):
        load_sources(written(tmp_path, "{item: li}", kind="feed"))


def test_sources_yaml_knows_the_kinds_that_crawl_reads() -> None:
    assert set(get_args(SourceLine.model_fields["kind"].annotation)) == set(KINDS)


def test_every_kind_names_a_reader_that_exists() -> None:
    assert all(callable(reader_of(kind)) for kind in KINDS)
