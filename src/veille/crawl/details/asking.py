"""How a page or a document is asked: at its host's pace, under robots.txt, wherever redirects lead."""

from functools import partial

from veille.crawl.courier import Crowd
from veille.crawl.politeness import Pace
from veille.crawl.robots import Rules, Sites
from veille.model import Fetched, FetchOutcome, Request, Validators
from veille.protocols import Clock, Fetcher

PAGE_TYPES = "text/html, application/xhtml+xml, application/pdf;q=0.9, */*;q=0.5"
DOCUMENT_TYPES = "application/pdf, */*;q=0.5"
#: robots.txt, tdmrep.json.
_RULE_TYPES = "text/plain, application/json, */*;q=0.5"


class Asking:
    """Asks one host for pages and documents during one pass."""

    def __init__(self, *, fetcher: Fetcher, sites: Sites, clock: Clock, crowd: Crowd, pace: Pace) -> None:
        self._fetcher = fetcher
        self._sites = sites
        self._clock = clock
        self._crowd = crowd
        self._pace = pace

    async def allowed(self, url: str, accept: str) -> FetchOutcome:
        """Ask for a URL if its site lets programs ask; where a redirect led is held to the same rules."""
        rules = await self.rules(url)
        self._pace.slow_down(rules.delay)
        outcome = rules.refusal(url) or await self._ask(accept, Request(url=url))
        if isinstance(outcome, Fetched) and outcome.redirects:
            reached = await self.rules(outcome.final_url)
            return reached.refusal(outcome.final_url) or outcome
        return outcome

    async def rules(self, url: str) -> Rules:
        """Return what the site of a URL asks of programs."""
        return await self._sites.rules(url, partial(self._ask, _RULE_TYPES))

    async def reserves(self, answer: Fetched, said: bool | None) -> bool:
        """Say whether a text is reserved from mining (W3C TDMRep): by itself, else by its header, else by its site."""
        if said is not None:
            return said
        header = answer.headers.get("tdm-reservation", "").strip()
        if header in {"0", "1"}:
            return header == "1"
        return (await self.rules(answer.final_url)).reserves(answer.final_url)

    async def _ask(self, accept: str, request: Request, validators: Validators = Validators()) -> FetchOutcome:  # noqa: B008 - frozen
        await self._crowd.rest(self._pace.wait(self._clock.monotonic()))
        self._pace.start(self._clock.monotonic())
        return await self._fetcher.fetch(request.url, validators, accept=accept)
