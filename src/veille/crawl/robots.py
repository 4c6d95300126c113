"""What a site asks of programs: robots.txt (RFC 9309) and tdmrep.json (W3C TDMRep), kept for a day.

robots.txt binds what nobody offers to programs: pages, sitemaps, the pages and documents that they lead to. For a feed,
which is published to be fetched, it is read and shown, and binds only where `fetch.respect_robots_for_feeds` says so.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, Request, RobotsVerdict, Site, Validators

if TYPE_CHECKING:
    from protego import Protego

#: Product token by which groups name us (RFC 9309 §2.2.1).
_AGENT = "veille"
#: RFC 9309 §2.5: at least 500 kibibytes are read; what stands behind them is not.
_BYTES = 512_000
#: A longer pause is a mistake or a refusal that would hold the host for hours.
MAX_DELAY = 60.0
#: RFC 9309 §2.4: a copy serves no longer than this.
KEPT = timedelta(days=1)
#: A robots.txt that could not be had shuts its site: the next visit of a page may ask again, an hour later.
ASK_AGAIN = timedelta(hours=1)
#: RFC 9309 §2.3.1.4: after that long, what was last known stands again.
DOWN_FOR_GOOD = timedelta(days=30)

#: Fetches something of the site at its host's pace.
Ask = Callable[[Request, Validators], Awaitable[FetchOutcome]]
Recall = Callable[[str], Awaitable[Site | None]]
Remember = Callable[[Site], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site asks."""

    robots: "Protego | None" = None
    #: Why nothing may be asked, French: its robots.txt could not be had (RFC 9309 §2.3.1.4).
    down: str = ""
    reserved: "Protego | None" = None

    @property
    def delay(self) -> float:
        """Return the pause it asks between two requests, seconds, clamped."""
        return min(self._wish, MAX_DELAY)

    @property
    def remark(self) -> str:
        """Say that its wish was clamped."""
        if self._wish <= MAX_DELAY:
            return ""
        return f"robots.txt demande une pause de {self._wish:g} s, ramenée à {MAX_DELAY:g} s"

    @property
    def _wish(self) -> float:
        asked = self.robots.crawl_delay(_AGENT) if self.robots else None
        return float(asked) if asked is not None and asked > 0 else 0.0

    def verdict(self, url: str) -> RobotsVerdict:
        """Say what robots.txt says of a URL."""
        if self.down:
            return RobotsVerdict.UNREACHABLE
        if self.robots is None:
            return RobotsVerdict.ABSENT
        return RobotsVerdict.ALLOWED if self.robots.can_fetch(url, _AGENT) else RobotsVerdict.FORBIDDEN

    def refusal(self, url: str) -> FetchFailed | None:
        """Return why a URL may not be asked, None if it may."""
        if self.down:
            return FetchFailed(url=url, fault=FetchFault.ROBOTS_DOWN, sentence=self.down)
        if self.verdict(url) is not RobotsVerdict.FORBIDDEN:
            return None
        sentence = "le robots.txt du site interdit cette adresse aux programmes"
        return FetchFailed(url=url, fault=FetchFault.ROBOTS, sentence=sentence)

    def reserves(self, url: str) -> bool:
        """Say whether the text of a URL is reserved from mining by the site's file."""
        return self.reserved is not None and not self.reserved.can_fetch(url, _AGENT)


class Sites:
    """The rules of the sites of one pass, over what is remembered of them from earlier ones."""

    def __init__(self, recall: Recall, remember: Remember, now: Callable[[], datetime]) -> None:
        self._recall = recall
        self._remember = remember
        self._now = now
        #: Site → what is known of it, with its rules.
        self._known: dict[str, tuple[Site, Rules]] = {}
        #: Two sources of different hosts may lead to one site at once.
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def rules(self, url: str, ask: Ask, *, binding: bool = True) -> Rules:
        """Return the rules of the site of a URL; they are fetched where no fresh copy is at hand.

        `binding` says that nothing may be asked without them, so that a robots.txt which failed is worth asking again.
        """
        site = site_of(url)
        async with self._turns[site]:
            if site not in self._known:
                found = await self._recall(site)
                if found is not None:
                    self._known[site] = found, rules_of(found, self._now())
            known = self._known.get(site)
            if known is None or not is_fresh(known[0], self._now(), binding=binding):
                asked = await _asked(site, known[0] if known else None, ask, self._now())
                await self._remember(asked)
                self._known[site] = asked, rules_of(asked, self._now())
            return self._known[site][1]


def site_of(url: str) -> str:
    """Return scheme and authority, lower-case."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def is_fresh(site: Site, now: datetime, *, binding: bool = True) -> bool:
    """Say whether what is remembered of a site may still be used."""
    patience = ASK_AGAIN if site.down and binding else KEPT
    return timedelta() <= now - site.asked_at < patience


def rules_of(site: Site, now: datetime) -> Rules:
    """Return the rules that follow from what is remembered; the last copy after a month without another."""
    down = site.down
    if site.down_since is not None and now - site.down_since >= DOWN_FOR_GOOD:
        down = ""
    robots = _parsed(site.robots) if site.robots and not down else None
    return Rules(robots, down, _parsed(f"User-agent: *\n{site.reserved}") if site.reserved else None)


async def _asked(name: str, before: Site | None, ask: Ask, now: datetime) -> Site:
    """Ask a site for both files; what fails leaves what was known."""
    site = learnt(before, name, await ask(Request(url=urljoin(name, "/robots.txt")), Validators()), now)
    if site.down:
        return site
    answer = await ask(Request(url=urljoin(name, "/.well-known/tdmrep.json")), Validators())
    reserved = reservations(answer)
    return site if reserved is None else replace(site, reserved=reserved)


def learnt(before: Site | None, name: str, answer: FetchOutcome, now: datetime) -> Site:
    """Return what is known of a site after its robots.txt was asked for (pure)."""
    known = replace(before, asked_at=now) if before else Site(site=name, asked_at=now)
    down = _unreachable(answer)
    if down:
        return replace(known, down=down, down_since=known.down_since or now)
    found = isinstance(answer, Fetched) and answer.status == 200  # noqa: PLR2004 - RFC 9309 §2.3.1.3: others are none
    text = _text(answer.body) if isinstance(answer, Fetched) and found else None
    return replace(known, robots=text, learnt_at=now, down="", down_since=None)


def _unreachable(answer: FetchOutcome) -> str:
    """Return why a robots.txt could not be had, French; empty where it could, or where there is none."""
    if not isinstance(answer, Fetched):
        # RFC 9309 §2.3.1.2: too many redirects are no robots.txt; any other failure stops us
        return "" if answer.fault is FetchFault.REDIRECTS else f"robots.txt n'a pu être lu : {answer.sentence}"
    if answer.status >= 500 or answer.status == 429:  # noqa: PLR2004 - RFC 9309 §2.3.1.4; 429 asks for patience
        return f"robots.txt n'a pu être lu (HTTP {answer.status})"
    return ""


def _text(body: bytes) -> str:
    """Return what is read of a file: no mark at its head, no NUL, which PostgreSQL does not take."""
    return body[:_BYTES].decode("utf-8-sig", "replace").replace("\x00", "")


def _parsed(text: str) -> "Protego":
    from protego import Protego  # noqa: PLC0415 - 25 ms that a crawl of sites without rules need not pay

    return Protego.parse(text)


def reservations(answer: FetchOutcome) -> str | None:
    """Return a tdmrep.json as lines of rules: its locations match as those of robots.txt do (TDMRep §6.2).

    None where it could not be had: what was known of it stands.
    """
    if not isinstance(answer, Fetched) or answer.status >= 500:  # noqa: PLR2004 - RFC 9110 §15.6
        return None
    if answer.status != 200:  # noqa: PLR2004 - no file, no reservation
        return ""
    try:
        listed = json.loads(answer.body[:_BYTES])
    except (ValueError, RecursionError):  # an HTML page in its place, or no JSON: it reserves nothing
        return ""
    lines = [_line(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return "\n".join(filter(None, lines))


def _line(statement: dict[str, object]) -> str:
    location, reserved = statement.get("location"), statement.get("tdm-reservation")
    if not isinstance(location, str) or not location.startswith("/") or not location.isprintable():
        return ""
    return f"{'Disallow' if str(reserved) == '1' else 'Allow'}: {location}"
