"""A page given as a feed: when the feed that it declares is followed in its place (rule of the crawl)."""

from veille.crawl.parsing import Body
from veille.crawl.politeness import host_of
from veille.model import Fetched, Source, SourceState


def may_announce(source: Source, state: SourceState, page: Fetched) -> bool:
    """Say whether what came instead of a feed is to be searched for one.

    Only where a person gave the address of a page: a source that was once read at its own address meets an error page
    or a parked domain, which replaces nothing; nor does a page on a site to which this one redirects.
    """
    at_a_page = state.succeeded_at is None or state.found_feed is not None
    return source.kind == "feed" and at_a_page and _site(page.final_url) == _site(source.url)


def announced_feed(body: Body) -> str:
    """Return the feed that a page declares, in a worker; empty if none. Raises ParseError."""
    from veille.crawl.discovery.declared import announced_feed as search  # noqa: PLC0415 - lxml, in a worker only

    return search(body)


def _site(url: str) -> str:
    return host_of(url).removeprefix("www.")
