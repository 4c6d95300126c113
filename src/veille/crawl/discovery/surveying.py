"""One search: what an address offers to a watch, best first.

A feed that holds what the page lists, or is its section's; the list itself, by what it states for machines or by a
recipe; a feed of the whole site; the section of the site map; and at last the page as a text that changes.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from veille.config.settings import Fetch
from veille.crawl.blockers import blocker_of
from veille.crawl.discovery.asking import Scout
from veille.crawl.discovery.declared import looks_like_a_feed
from veille.crawl.discovery.feeds import find_feeds, judged, read_as_feed
from veille.crawl.discovery.findings import PageFindings
from veille.crawl.discovery.inspection import inspect_page
from veille.crawl.discovery.offers import Offer, Survey
from veille.crawl.discovery.sitemap_search import find_sitemap
from veille.crawl.health import diagnose
from veille.crawl.moves import permanent_target
from veille.crawl.parsing import Body, FeedParsers
from veille.errors import ParseError
from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, ParsedFeed, Source, SourceState
from veille.protocols import Clock, Fetcher

#: RFC 9110 §15.3: a whole document.
_WHOLE = frozenset({200, 203})
#: A list stated for machines is taken where it has nearly as many entries as the one that is seen.
_NEARLY = 0.9
#: Fewer entries stated than this are the page's own subject.
_FEWEST_STATED = 3
#: Fewer words are no text that could change.
_FEW_WORDS = 30
_BROWSER = (
    "la page n'existe que dans un navigateur (JavaScript) : elle ne contient rien à lire",
    "cherchez sur le site un flux, une API ou une lettre d'information",
)
#: A first look has no past to compare with.
_NEVER = datetime.min.replace(tzinfo=UTC)


def survey(url: str, fetcher: Fetcher, clock: Clock, manners: Fetch, *, kind: str = "") -> Survey:
    """Search an address; with `kind` only what can be followed in that way. Never raises for what a site answers."""
    found = asyncio.run(_survey(url, fetcher, clock, manners, kind))
    return replace(found, offers=tuple(offer for offer in found.offers if kind in {"", offer.kind}))


async def _survey(url: str, fetcher: Fetcher, clock: Clock, manners: Fetch, kind: str) -> Survey:
    scout = Scout(fetcher, clock, manners)
    try:
        with FeedParsers() as parsers:
            found = await _look(scout, parsers, url, kind)
    finally:
        await fetcher.aclose()
    return replace(found, requests=scout.requests)


async def _look(scout: Scout, parsers: FeedParsers, url: str, kind: str) -> Survey:
    answer = await scout.ask("feed" if looks_like_a_feed(url) else "page", url)
    if isinstance(answer, FetchFailed) and answer.fault is FetchFault.ROBOTS:
        return await _forbidden(scout, parsers, url, answer)
    if not isinstance(answer, Fetched) or answer.status not in _WHOLE:
        return _closed(url, answer)
    here = _lasting(url, answer)
    read = await read_as_feed(parsers, answer)
    if read is not None:
        offer = Offer(kind="feed", url=here, read=read, found="cette adresse est un flux")
        return Survey(asked=url, offers=(offer,), title=read.title, site=read.title, language=read.language)
    direct = await _as_sitemap(parsers, answer, here)
    if direct is not None:
        return Survey(asked=url, offers=(direct,), title="Plan du site")
    body = Body(answer.body, answer.headers.get("content-type", ""), answer.final_url)
    findings = await parsers.run(inspect_page, body)
    if isinstance(findings, ParseError):
        return Survey(asked=url, blocker=findings.message, next_step=findings.cure)
    return await _of_page(scout, parsers, url, here, answer, findings, kind)


def _lasting(url: str, answer: Fetched) -> str:
    """Return the address to write: where a permanent redirect leads, but for one to http, else what was asked."""
    return permanent_target(answer) or url


async def _forbidden(scout: Scout, parsers: FeedParsers, url: str, answer: FetchFailed) -> Survey:
    """Look for a feed, which is published to be fetched, where robots.txt keeps programs from the page."""
    page = Fetched(url=url, final_url=url, status=200, headers={})
    feeds = await find_feeds(scout, parsers, page, PageFindings())
    title = feeds[0].read.title if feeds else ""
    return replace(_closed(url, answer), offers=tuple(feeds), title=title, site=title)


def _closed(url: str, answer: FetchOutcome) -> Survey:
    """Say why an address gave nothing to read."""
    said = diagnose(SourceState(source_id="-"), answer, None, had_validators=False, same_body=False, now=_NEVER)
    step = "réessayez plus tard" if said.next_step.startswith("rien à faire") else said.next_step
    return Survey(asked=url, blocker=said.sentence, next_step=step)


async def _as_sitemap(parsers: FeedParsers, answer: Fetched, url: str) -> Offer | None:
    source = Source(id="-", title="-", kind="sitemap", url=url)
    if b"<urlset" not in answer.body[:4096] and b"<sitemapindex" not in answer.body[:4096]:
        return None
    read = await parsers.parse(Body(answer.body, answer.headers.get("content-type", ""), answer.final_url, source))
    return (
        Offer(kind="sitemap", url=url, read=read, found="cette adresse est un plan de site")
        if isinstance(read, ParsedFeed)
        else None
    )


async def _of_page(
    scout: Scout, parsers: FeedParsers, asked: str, url: str, answer: Fetched, findings: PageFindings, kind: str
) -> Survey:
    feeds = [judged(offer, url, findings) for offer in await find_feeds(scout, parsers, answer, findings)]
    own, other = [offer for offer, fits in feeds if fits], [offer for offer, fits in feeds if not fits]
    offers = [*own, *_lists(url, findings), *other]
    if kind == "sitemap" or (not own and findings.listing is None):
        section = await find_sitemap(scout, parsers, url)
        offers += [section] if section else []
    if findings.words >= _FEW_WORDS:
        offers.append(Offer(kind="watch", url=url, found="la page entière : chaque changement de son texte"))
    blocker = blocker_of(answer) if not offers or offers[0].kind in {"sitemap", "watch"} else None
    said, step = (blocker.sentence, blocker.next_step) if blocker else ("", "")
    if findings.needs_browser and not own:
        said, step = _BROWSER
    return Survey(
        asked=asked,
        offers=tuple(offers),
        blocker=said,
        next_step=step,
        remarks=_remarks(asked, url, findings),
        title=findings.heading or findings.title,
        site=findings.site,
        page_title=findings.title,
        description=findings.description,
        language=findings.language,
    )


def _lists(url: str, findings: PageFindings) -> list[Offer]:
    """Return the page's own list: what it states for machines where that is the whole, else by its recipe."""
    stated, listing = findings.stated, findings.listing
    by_recipe = None
    if listing is not None:
        by_recipe = Offer(
            kind="page",
            url=url,
            read=listing.read,
            found="liste trouvée dans la structure de la page",
            recipe=listing.recipe,
            expect=listing.expect,
        )
    if len(stated.entries) < _FEWEST_STATED:
        return [by_recipe] if by_recipe else []
    said = Offer(kind="page", url=url, read=stated, found="liste énoncée par la page (JSON-LD ou microdonnées)")
    if by_recipe is None or _says_as_much(stated, by_recipe.read):
        return [said, *([by_recipe] if by_recipe else [])]
    return [by_recipe, said]


def _says_as_much(stated: ParsedFeed, seen: ParsedFeed) -> bool:
    dated = sum(entry.published is not None for entry in seen.entries)
    also = sum(entry.published is not None for entry in stated.entries)
    ends = sum(entry.facts.deadline is not None for entry in seen.entries)
    ends_too = sum(entry.facts.deadline is not None for entry in stated.entries)
    return len(stated.entries) >= _NEARLY * len(seen.entries) and also >= _NEARLY * dated and ends_too >= _NEARLY * ends


def _remarks(asked: str, url: str, findings: PageFindings) -> tuple[str, ...]:
    moved = [f"l'adresse a changé pour de bon : {url}"] if url != asked else []
    feeds = [f"{len(findings.feeds)} flux nommés par la page"] if len(findings.feeds) > 1 else []
    return (*moved, *feeds)
