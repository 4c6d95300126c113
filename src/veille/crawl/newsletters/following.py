"""Ask click servers where opaque links lead: each link once, ever; few in one visit; none that was not an article's.

This stands between reading and deciding. A link is claimed in the store before it is asked, so that a process that
dies in between never asks again. What could not be asked in this visit waits: its entry is left out, the visit counts
as incomplete, and the same messages are read again next time.
"""

import hashlib
import html
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import ParamSpec, Protocol, TypeVar
from urllib.parse import urljoin

from veille.crawl.entries import safe_link
from veille.crawl.newsletters.links import Use, host_of, is_home, use_of
from veille.crawl.newsletters.merging import distinct
from veille.crawl.newsletters.tracking import names_recipient, personal_pairs, untracked
from veille.crawl.newsletters.unwrap import unwrap
from veille.model import Fetched, FetchFault, FetchOutcome, ParsedEntry, ParsedFeed, Request
from veille.model.letters import FollowedLink, LinkState
from veille.protocols import Clock
from veille.protocols.letters import FollowedLinks

#: Questions in one visit: at one a second, a minute of a mailbox's turn.
MAX_ASKED = 60
MAX_SECONDS = 90.0
#: After so many failures a host is left in peace for this visit.
_FAILURES = 2
_MOVED = frozenset({301, 302, 303, 307, 308})
_UNREACHED = frozenset({FetchFault.DNS, FetchFault.UNRESOLVED, FetchFault.CONNECT, FetchFault.TLS})
_HEAD = 65_536
_NEVER = datetime.min.replace(tzinfo=UTC)
#: How a page says where it really is: at once, or for search engines.
_ELSEWHERE = tuple(
    re.compile(rf"<{element}[^>]{{0,100}}{name}[^>]{{0,100}}\b{value}\s*=\s*[\"']?([^\"'>\s]{{8,2000}})", re.IGNORECASE)
    for element, name, value in (
        ("meta", r"http-equiv\s*=\s*[\"']?refresh", "url"),
        ("link", r"rel\s*=\s*[\"']?canonical", "href"),
        ("meta", r"property\s*=\s*[\"']?og:url", "content"),
    )
)

Ask = Callable[[Request], Awaitable[FetchOutcome]]
P = ParamSpec("P")
T = TypeVar("T")


class Stored(Protocol):
    """Does something with the store in its one thread."""

    async def __call__(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Return what `work` returned there."""
        ...


@dataclass(slots=True)
class _Visit:
    """How far one visit has come."""

    until: float
    asked: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    waiting: set[str] = field(default_factory=set)
    known: dict[str, FollowedLink] = field(default_factory=dict)

    def may_ask(self, host: str, now: float) -> bool:
        return self.asked < MAX_ASKED and now < self.until and self.failures[host] < _FAILURES


class Following:
    """Resolves the opaque links of one reading."""

    def __init__(self, links: FollowedLinks, *, ask: Ask, stored: Stored, clock: Clock) -> None:
        self._links = links
        self._ask = ask
        self._stored = stored
        self._clock = clock

    async def resolved(self, feed: ParsedFeed, recipients: frozenset[str] = frozenset()) -> ParsedFeed:
        """Return a reading whose links are all usable; what waits for another visit is left out of it."""
        wrapped = list(dict.fromkeys(entry.wrapped for entry in _newest_first(feed) if entry.wrapped))
        if not wrapped:
            return feed
        visit = _Visit(self._clock.monotonic() + MAX_SECONDS)
        visit.known = dict(await self._stored(self._links.known, [link_hash(link) for link in wrapped]))
        for link in wrapped:
            await self._follow(link, visit, recipients)
        targets = await self._shared_codes_gone(wrapped, visit)
        return _with_targets(feed, targets, {link for link in wrapped if link_hash(link) in visit.waiting}, visit)

    async def _follow(self, link: str, visit: _Visit, recipients: frozenset[str]) -> None:
        mark, host = link_hash(link), host_of(link)
        known = visit.known.get(mark)
        if known is not None and known.state is not LinkState.UNREACHED:
            return
        if not visit.may_ask(host, self._clock.monotonic()):
            visit.waiting.add(mark)
            return
        if not await self._stored(self._links.claim, mark, self._clock.now()):
            visit.known[mark] = FollowedLink(link=mark, state=LinkState.LOST)
            return
        visit.asked += 1
        outcome = await self._ask(Request(url=link, follow=False))
        state, target = answer_of(outcome, recipients)
        if state is LinkState.UNREACHED or not isinstance(outcome, Fetched) or outcome.status in {429, 503}:
            visit.failures[host] += 1
        if state is LinkState.UNREACHED:
            visit.waiting.add(mark)
        await self._stored(self._links.settle, mark, state, target)
        visit.known[mark] = FollowedLink(link=mark, state=state, target=target)

    async def _shared_codes_gone(self, wrapped: Sequence[str], visit: _Visit) -> Mapping[str, FollowedLink]:
        """Take off the codes that targets share, now that all of them are seen, and remember them so."""
        found = {link: known for link in wrapped if (known := visit.known.get(link_hash(link)))}
        shared = personal_pairs(known.target for known in found.values() if known.target)
        for link, known in found.items():
            bare = untracked(known.target, shared) if known.target else None
            if bare != known.target:
                await self._stored(self._links.settle, known.link, known.state, bare)
                found[link] = replace(known, target=bare)
        return found


def link_hash(link: str) -> str:
    """Return what the store calls a link that it may not keep."""
    return hashlib.sha256(link.encode("utf-8", "replace")).hexdigest()


def answer_of(outcome: FetchOutcome, recipients: frozenset[str]) -> tuple[LinkState, str | None]:
    """Return what a click server's answer says of the link it was asked, and the target that may be kept."""
    if not isinstance(outcome, Fetched):
        return (LinkState.UNREACHED if outcome.fault in _UNREACHED else LinkState.LOST), None
    target = _target(outcome)
    hidden = unwrap(target) if target else None
    if hidden is None or hidden.opaque:
        return LinkState.LOST, None
    if use_of("", hidden.address) in {Use.PRIVATE, Use.IDLE}:
        return LinkState.IDLE, None
    if names_recipient(hidden.address, recipients):
        return LinkState.LOST, None
    return LinkState.FOUND, untracked(hidden.address, (), recipients)


def _target(answer: Fetched) -> str | None:
    """Return where an answer points: its Location, or what its page says of itself; a link never points to itself."""
    if answer.status in _MOVED:
        return safe_link(answer.headers.get("location", ""), answer.final_url)
    if answer.status != 200:  # noqa: PLR2004 - RFC 9110 §15.3.1
        return None
    text = answer.body[:_HEAD].decode("utf-8", "replace")
    for place in _ELSEWHERE:
        found = place.search(text)
        target = safe_link(urljoin(answer.final_url, html.unescape(found[1]))) if found else None
        if target is not None and target != answer.final_url:
            return target
    return None


def _with_targets(
    feed: ParsedFeed, targets: Mapping[str, FollowedLink], waiting: set[str], visit: _Visit
) -> ParsedFeed:
    entries = [entry for one in feed.entries if (entry := _linked(one, targets, waiting)) is not None]
    suggestions = tuple(
        replace(one, entry=entry)
        for one in feed.suggestions
        if (entry := _linked(one.entry, targets, waiting)) is not None
    )
    remarks = [feed.remark] if feed.remark else []
    if visit.waiting:
        count = len(visit.waiting)
        plural = "s" if count > 1 else ""
        remarks.append(f"{count} lien{plural} à suivre à la prochaine relève")
    return replace(
        feed,
        entries=tuple(distinct(entries)),
        suggestions=suggestions,
        remark=" ; ".join(remarks),
        complete=feed.complete and not visit.waiting,
    )


def _linked(entry: ParsedEntry, targets: Mapping[str, FollowedLink], waiting: set[str]) -> ParsedEntry | None:
    """Return an entry with its link; None where it waits for one, or where there is nothing behind it."""
    if entry.wrapped is None:
        return entry
    known = targets.get(entry.wrapped)
    if entry.wrapped in waiting or (known is not None and known.state is LinkState.IDLE):
        return None
    target = known.target if known is not None and known.state is LinkState.FOUND else None
    if target is None and not _is_personal(entry.wrapped):
        target = entry.wrapped
    if target is not None and is_home(target) and not entry.text.strip():
        return None
    return replace(entry, link=target, wrapped=None)


def _is_personal(link: str) -> bool:
    """Say whether a link that nobody could translate names its reader; a public shortener does not."""
    hidden = unwrap(link)
    return hidden is None or hidden.personal or not hidden.opaque


def _newest_first(feed: ParsedFeed) -> list[ParsedEntry]:
    """Return what may have a link to ask: of an archive that takes several visits, the latest letters come first."""
    entries = [*feed.entries, *(one.entry for one in feed.suggestions)]
    return sorted(entries, key=lambda entry: entry.published or _NEVER, reverse=True)
