"""The readers of kinds `api` and `json`, as the seam of kinds calls them (pure)."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from veille.crawl.apis.aides_territoires import read_aides_territoires
from veille.crawl.apis.mapped import read_mapped
from veille.crawl.apis.notices import read_notices
from veille.crawl.apis.opendatasoft import read_opendatasoft
from veille.crawl.apis.page import Page
from veille.crawl.apis.tee import read_tee
from veille.model import ParsedFeed, Request, Source

#: Values of `api:` in sources.yaml.
_READERS: Mapping[str, Callable[[bytes, str, Source], Page]] = {
    "aides-territoires": lambda body, url, _: read_aides_territoires(body, url=url),
    "notices": lambda body, url, _: read_notices(body, url=url),
    "opendatasoft": lambda body, url, source: read_opendatasoft(body, url=url, mapping=source.options["mapping"]),
    "tee": lambda body, url, _: read_tee(body, url=url),
}
APIS = frozenset(_READERS)


def read_api(body: bytes, _content_type: str, url: str, source: Source) -> ParsedFeed:
    """Read an answer of the API that the source names."""
    return _feed(_READERS[source.options["api"]](body, url, source))


def read_json_api(body: bytes, _content_type: str, url: str, source: Source) -> ParsedFeed:
    """Read an answer by the source's own mapping."""
    return _feed(read_mapped(body, url=url, mapping=source.options["mapping"]))


def _feed(page: Page) -> ParsedFeed:
    return replace(page.feed, next=Request(url=page.next)) if page.next else page.feed
