"""One page or PDF read once, for a look: asked as a source's would be, robots.txt included, and nothing is written."""

import asyncio
from datetime import datetime

from veille.crawl.courier import Crowd
from veille.crawl.details.adding import headline, manual_source, web_address
from veille.crawl.details.asking import Asking
from veille.crawl.details.naming import name_of
from veille.crawl.details.visiting import Reader
from veille.crawl.discovery.asking import without_memory
from veille.crawl.parsing import FeedParsers
from veille.crawl.politeness import Pace
from veille.errors import InputError
from veille.model import DocumentText, Fetched, FetchOutcome, TextToTag
from veille.model.details import DueRead, Outcome, ReadState
from veille.protocols import Clock, Fetcher

_CURE = "ouvrez-la dans un navigateur, et donnez son texte à la place de l'adresse"


def look(url: str, fetcher: Fetcher, clock: Clock, *, host_delay: float) -> TextToTag:
    """Return what an address says, as the tagger reads it; raises InputError where it is none or cannot be read."""
    link = web_address(url)
    outcome, answer = asyncio.run(_visited(link, fetcher, clock, host_delay))
    if outcome.state is not ReadState.READ:
        raise InputError(f"« {link} » n'a pu être lu : {outcome.sentence}", cure=_CURE)
    return _text(answer.final_url if isinstance(answer, Fetched) else link, outcome)


async def _visited(link: str, fetcher: Fetcher, clock: Clock, host_delay: float) -> tuple[Outcome, FetchOutcome]:
    crowd = Crowd(1)
    with FeedParsers(1) as parsers:
        async with crowd:
            asking = Asking(
                fetcher=fetcher, sites=without_memory(clock), clock=clock, crowd=crowd, pace=Pace(host_delay)
            )
            try:
                return await Reader(asking, parsers).visit(_due(link), manual_source(), clock.now())
            finally:
                await fetcher.aclose()


def _due(link: str) -> DueRead:
    return DueRead(
        item_id=0, document_id=None, key="", url=link, source_id="", content_hash="", tries=0, title="", text=""
    )


def _text(link: str, outcome: Outcome) -> TextToTag:
    page, document = outcome.page, outcome.document
    published: datetime | None = page.published if page else None
    if document is not None:
        named = DocumentText(name=name_of(link), pages=document.pages)
        return TextToTag(id=link, title=headline(document) or name_of(link), text="", url=link, documents=(named,))
    if page is None:
        raise InputError(f"« {link} » ne contient aucun texte", cure=_CURE)
    return TextToTag(
        id=link, title=page.title, text=page.text, url=link, lang=page.language, published=published, facts=page.facts
    )
