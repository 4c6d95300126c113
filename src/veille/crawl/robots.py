"""What a site asks of programs: robots.txt (RFC 9309) and tdmrep.json (W3C TDMRep), read once per site and pass.

They bind what nobody offers to programs: pages and sitemaps. A feed or an API is published to be fetched.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, Request, Validators

if TYPE_CHECKING:
    from protego import Protego

#: Product token by which groups name us (RFC 9309 §2.2.1).
_AGENT = "veille"
#: RFC 9309 §2.5: at least 500 kibibytes are read; what stands behind them is not.
_BYTES = 512_000
#: A longer pause is a mistake or a refusal that would hold the host for hours.
MAX_DELAY = 60.0

#: Fetches something of the site at its host's pace.
Ask = Callable[[Request, Validators], Awaitable[FetchOutcome]]


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

    def refusal(self, url: str) -> FetchFailed | None:
        """Return why a URL may not be asked, None if it may."""
        if self.down:
            return FetchFailed(url=url, fault=FetchFault.ROBOTS_DOWN, sentence=self.down)
        if self.robots is None or self.robots.can_fetch(url, _AGENT):
            return None
        sentence = "le robots.txt du site interdit cette adresse aux programmes"
        return FetchFailed(url=url, fault=FetchFault.ROBOTS, sentence=sentence)

    def reserves(self, url: str) -> bool:
        """Say whether the text of a URL is reserved from mining by the site's file."""
        return self.reserved is not None and not self.reserved.can_fetch(url, _AGENT)


class Sites:
    """The rules of the sites of one pass."""

    def __init__(self) -> None:
        self._rules: dict[str, Rules] = {}

    async def rules(self, url: str, ask: Ask) -> Rules:
        """Return the rules of the site of a URL; the first time they are fetched."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}".lower()
        if site not in self._rules:
            self._rules[site] = await _fetched(site, ask)
        return self._rules[site]


async def _fetched(site: str, ask: Ask) -> Rules:
    answer = await ask(Request(url=urljoin(site, "/robots.txt")), Validators())
    if not isinstance(answer, Fetched):
        # RFC 9309 §2.3.1.2: too many redirects are no robots.txt; any other failure stops us
        unavailable = answer.fault is FetchFault.REDIRECTS
        return Rules() if unavailable else Rules(down=f"robots.txt n'a pu être lu : {answer.sentence}")
    if answer.status >= 500 or answer.status == 429:  # noqa: PLR2004 - RFC 9309 §2.3.1.4; 429 asks for patience
        return Rules(down=f"robots.txt n'a pu être lu (HTTP {answer.status})")
    robots = _parsed(answer.body[:_BYTES].decode("utf-8", "replace")) if answer.status == 200 else None  # noqa: PLR2004 - RFC 9309 §2.3.1.3
    reserved = await ask(Request(url=urljoin(site, "/.well-known/tdmrep.json")), Validators())
    return Rules(robots=robots, reserved=_reservations(reserved))


def _parsed(text: str) -> "Protego":
    from protego import Protego  # noqa: PLC0415 - 25 ms that a crawl of feeds need not pay

    return Protego.parse(text)


def _reservations(answer: FetchOutcome) -> "Protego | None":
    """Read tdmrep.json as rules: its locations match as those of robots.txt do (TDMRep §6.2)."""
    if not isinstance(answer, Fetched) or answer.status != 200:  # noqa: PLR2004 - no file, no reservation
        return None
    try:
        listed = json.loads(answer.body[:_BYTES])
    except (ValueError, RecursionError):  # an HTML page in its place, or no JSON: it reserves nothing
        return None
    lines = [_line(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return _parsed("\n".join(["User-agent: *", *filter(None, lines)]))


def _line(statement: dict[str, object]) -> str:
    location, reserved = statement.get("location"), statement.get("tdm-reservation")
    if not isinstance(location, str) or not location.startswith("/") or not location.isprintable():
        return ""
    return f"{'Disallow' if str(reserved) == '1' else 'Allow'}: {location}"
