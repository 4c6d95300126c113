"""The readers of kinds `api` and `json`, as the seam of kinds calls them (pure)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from veille.crawl.apis.aides_entreprises import read_aides_entreprises
from veille.crawl.apis.aides_territoires import read_aides_territoires
from veille.crawl.apis.boamp_records import read_boamp
from veille.crawl.apis.les_aides import read_les_aides
from veille.crawl.apis.mapped import paged, read_mapped
from veille.crawl.apis.notices import read_notices
from veille.crawl.apis.opendatasoft import read_opendatasoft
from veille.crawl.apis.page import Page
from veille.crawl.apis.sedia import read_sedia
from veille.crawl.apis.ted_search import read_ted
from veille.crawl.apis.tee import read_tee
from veille.crawl.kinds import ALONE, Background
from veille.model import ParsedFeed, Request, Source

#: Values of `api:` in sources.yaml.
_READERS: Mapping[str, Callable[["_Answer"], Page]] = {
    "aides-entreprises": lambda answer: read_aides_entreprises(answer.body, url=answer.asked.url),
    "aides-territoires": lambda answer: read_aides_territoires(answer.body, url=answer.url),
    "boamp": lambda answer: read_boamp(answer.body, url=answer.url),
    "les-aides": lambda answer: read_les_aides(answer.body, url=answer.url),
    "notices": lambda answer: read_notices(answer.body, url=answer.url),
    "opendatasoft": lambda answer: read_opendatasoft(answer.body, url=answer.url, mapping=answer.options["mapping"]),
    "sedia": lambda answer: read_sedia(answer.body, url=answer.asked.url, now=answer.now),
    "ted": lambda answer: read_ted(answer.body, asked=answer.asked, options=answer.options),
    "tee": lambda answer: read_tee(answer.body, url=answer.url),
}
APIS = frozenset(_READERS)
#: In no order of age, or in one that is not that of publication (SEDIA sorts by the day a call opens).
_UNORDERED = frozenset({"aides-entreprises", "sedia"})


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a reader may need."""

    body: bytes
    #: Where it came from, and what was asked: a redirect may stand between.
    url: str
    asked: Request
    options: Mapping[str, Any]
    now: datetime | None


def read_api(body: bytes, _content_type: str, url: str, source: Source, background: Background = ALONE) -> ParsedFeed:
    """Read an answer of the API that the source names."""
    asked = background.request or Request(url=url)
    api = source.options["api"]
    read = _READERS[api](_Answer(body, url, asked, source.options, background.now))
    return _feed(read, asked, source, whole=api in _UNORDERED)


def read_json_api(
    body: bytes, _content_type: str, url: str, source: Source, background: Background = ALONE
) -> ParsedFeed:
    """Read an answer by the source's own mapping."""
    asked = background.request or Request(url=url)
    more = partial(paged, source, asked)
    return _feed(read_mapped(body, url=url, mapping=source.options["mapping"], more=more), asked, source, whole=False)


def _feed(page: Page, asked: Request, source: Source, *, whole: bool) -> ParsedFeed:
    following = replace(asked, url=page.next) if isinstance(page.next, str) else page.next
    if following is not None and not _may_follow(asked, following):
        following = None
    stated = source.options.get("whole")
    return replace(page.feed, next=following, unordered=whole if stated is None else stated)


def _may_follow(asked: Request, following: Request) -> bool:
    """Say whether the next page is asked of the same site; a key is for no other."""
    keyed = asked.headers or asked.token
    return not keyed or urlsplit(asked.url)[:2] == urlsplit(following.url)[:2]
