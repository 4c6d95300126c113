"""Whatever a page holds, looking at it gives findings or a ParseError; what is proposed is a recipe that compiles."""

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from veille.config.source_writing import NewSource, block
from veille.config.sources import parse_sources
from veille.config.yaml_source import parse_yaml
from veille.crawl.discovery.inspection import inspect_page
from veille.crawl.discovery.offers import Offer
from veille.crawl.parsing import Body
from veille.crawl.recipes import check_recipes
from veille.errors import ParseError

_TAGS = st.sampled_from(
    ["div", "li", "ul", "tr", "td", "table", "a", "h3", "p", "time", "dl", "dt", "dd", "section", "span"]
)
_WORDS = st.sampled_from(
    [
        "Appel à projets numéro un",
        "3 mars 2026",
        "Date limite : 04/05/2026",
        "2026-02-30",
        "Lire la suite",
        "«&<>\"'",
        "",
        "e\u0301\u202e",
    ]
)
_VALUES = st.sampled_from(
    ["/a/1", "/a/2", "?page=2", "#", "javascript:x", "http://[", "é è", "x'y\"z", "card", "card__x1Y2z", "1", "a" * 300]
)
_ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        ["class", "id", "href", "datetime", "rel", "type", "itemprop", "itemscope", "data-x", "aria-current"]
    ),
    _VALUES,
    max_size=4,
)


def _element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def write(tag: str, attributes: dict[str, str], inside: list[str]) -> str:
        written = "".join(f' {name}="{value.replace(chr(34), "&quot;")}"' for name, value in attributes.items())
        return f"<{tag}{written}>{''.join(inside)}</{tag}>"

    return st.builds(write, _TAGS, _ATTRIBUTES, st.lists(children, max_size=6))


_PAGES = st.recursive(_WORDS, _element, max_leaves=40)


@given(_PAGES, st.integers(min_value=1, max_value=12), st.booleans())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_page_gives_findings_and_any_proposal_can_be_written_and_read(part: str, times: int, titled: bool) -> None:
    title = '<h3><a href="/a/1">Un titre assez long, numéro un</a></h3>' if titled else ""
    item = f"<div>{title}{part}</div>" if titled else part
    parts = "".join(item.replace("/a/1", f"/a/un-mot-{n}").replace("numéro un", f"numéro {n}") for n in range(times))
    data = f"<html><body><main>{parts}</main></body></html>".encode()
    found = inspect_page(Body(data, "text/html; charset=utf-8", "https://site.exemple/liste"))
    event(f"listing: {found.listing is not None}")
    if found.listing is None:
        return
    listing = found.listing
    offer = Offer(kind="page", url="https://site.exemple/liste", found="", recipe=listing.recipe, expect=listing.expect)
    written = "version: 1\nsources:\n" + block(NewSource({"id": "a", "title": "A", **offer.fields()}))
    parse_yaml(written.encode(), "sources.yaml")
    check_recipes(parse_sources(written.encode(), path=__file__).sources)  # type: ignore[arg-type]


@given(
    st.binary(max_size=3_000), st.sampled_from(["", "text/html", "text/html; charset=utf-16", "text/html; charset=x"])
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_findings_or_a_parse_error(data: bytes, content_type: str) -> None:
    try:
        inspect_page(Body(data, content_type, "https://site.exemple/"))
    except ParseError:
        return
