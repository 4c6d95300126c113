"""Members and their profiles, wired to an opened instance: lists, drafts from outside, erasure.

Beside `app`, which does what is sent; everything is made on first use.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from veille.addresses import address_key
from veille.config.problems import nearest
from veille.errors import InputError
from veille.model import Erased, FetchOutcome, Item, Member, Request, Scheme, Subscriber, TextToTag
from veille.protocols import Fetcher
from veille.stores import Stores

if TYPE_CHECKING:
    from veille.members.cells import Vocabulary
    from veille.members.enriching.drafting import Enricher
    from veille.members.enriching.quoting import Proposal
    from veille.members.importing import ImportPlan
    from veille.model.details import SitePage, SiteRead

_JSON = "application/json"
#: Why an address that was erased is not written to again, nor added by a list.
ERASED = "effacement"


class Profiling:
    """What one instance does with its members."""

    def __init__(self, stores: Stores, fetcher: Callable[[], Fetcher], items: Callable[[], Sequence[Item]]) -> None:
        self._stores = stores
        #: The only way out; not made before something outside is asked.
        self._fetcher = fetcher
        self._items = items
        #: On the monotonic clock: when the register was last asked.
        self._asked: float | None = None

    # ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────
    def plan(self, path: Path) -> "ImportPlan":
        """Read a list of members as a difference with what is known; nothing is written."""
        from veille.members.importing import plan_import

        return plan_import(path, self._stores.members, self.words)

    def apply(self, plan: "ImportPlan") -> None:
        """Write what a list of members adds or changes, all or nothing."""
        from veille.members.importing import apply_import

        apply_import(plan, self._stores.members, self._stores.clock.now())

    @property
    def words(self) -> "Vocabulary":
        """What the cells of a list of members are checked against."""
        from veille.members.cells import Vocabulary

        return Vocabulary(self._stores.taxonomy, self._stores.gazetteer, self._stores.clock.now().date())

    def last_sizes(self) -> dict[int, int]:
        """Return subscriber → number of items in the last edition for them, drafts included; who got none has 0.

        An alert or a correction is no edition: it is short for everybody.
        """
        issues, digests = self._stores.issue_store, self._stores.digests.items()
        latest = [issues.latest(name) for name, found in digests if found.digest.alert is None]
        editions = sorted((issue for issue in latest if issue is not None), key=lambda issue: issue.built_at)
        return {one.subscriber.id: len(one.selection) for issue in editions for one in issues.drafted(issue.id)}

    # ── one person ──────────────────────────────────────────────────────────────────────────────────────────────────
    def erase(self, person: Subscriber) -> Erased:
        """Never write to a person again, then delete all that is held of them; the hash of the address stays."""
        stores = self._stores
        stores.members.suppress(person.email, reason=ERASED, now=stores.clock.now())
        stores.recollection.forget()  # what they said of items weighs in what was judged for their organisation
        return stores.people.erase(person.id)

    def waiting(self) -> dict[str, datetime]:
        """Return address → when its owner asked to be erased, the oldest request first."""
        people = {one.id: one.email for one in self._stores.members.subscribers()}
        found: dict[str, datetime] = {}
        for number, asked in self._stores.erasures.waiting().items():
            found.setdefault(people[number], asked)
        return found

    def person(self, email: str) -> Subscriber:
        """Return the person of an address; raises InputError with the nearest one."""
        people = {address_key(one.email): one for one in self._stores.members.subscribers()}
        found = people.get(address_key(email))
        if found is None:
            near = nearest(address_key(email), people)
            cure = f"vouliez-vous {near} ?" if near else "« veille members list » donne les adresses"
            raise InputError(f"adresse inconnue « {email} »", cure=cure)
        return found

    # ── drafts from outside ─────────────────────────────────────────────────────────────────────────────────────────
    def enricher(self) -> "Enricher":
        """Return what drafts profiles from the register, their sites and the watch."""
        from veille.members.enriching.drafting import Enricher, Means

        stores = self._stores
        means = Means(ask=self._ask, read_site=self._read_site, naming=self._namings(), sectors=self._sectors)
        return Enricher(stores.settings.members, means, stores.drafts, self.words, stores.clock)

    def _ask(self, request: Request) -> FetchOutcome:
        """Ask the register, at the pace of any host."""
        delay = self._stores.settings.fetch.host_delay
        now = self._stores.clock.monotonic()
        if self._asked is not None and now < self._asked + delay:
            time.sleep(self._asked + delay - now)
        self._asked = self._stores.clock.monotonic()
        return asyncio.run(self._answer(request))

    async def _answer(self, request: Request) -> FetchOutcome:
        fetcher = self._fetcher()
        try:
            return await fetcher.send(request, accept=_JSON)
        finally:
            await fetcher.aclose()

    def _read_site(self, url: str) -> "SiteRead":
        from veille.crawl.details.company_site import read_site

        return read_site(url, self._fetcher(), self._stores.clock, host_delay=self._stores.settings.fetch.host_delay)

    def _namings(self) -> Callable[[Member], Sequence[Item]]:
        """Return what finds the items that name an organisation as a name, not as a word."""
        from veille.matching.context import prepare
        from veille.matching.names import followed_name

        stores, items = self._stores, self._items()
        today = stores.clock.now().astimezone(stores.settings.cluster.zone).date()
        context = prepare(items, today=today, places=stores.gazetteer, taxonomy=stores.taxonomy)

        def naming(member: Member) -> Sequence[Item]:
            named = replace(member, follows=(member.organisation,))
            return [item for item in items if followed_name(named, context.view(item), context)]

        return naming

    def _sectors(self, pages: "Sequence[SitePage]") -> "Sequence[Proposal]":
        """Return the filières that the tagger reads in pages, with the words that say so."""
        from veille.members.enriching.quoting import Proposal, Source

        texts = [TextToTag(id=page.url, title=page.title, text=page.text, url=page.url) for page in pages]
        found: dict[str, Proposal] = {}
        for page, tagged in zip(pages, self._stores.tagger.tag(texts), strict=True):
            source = Source(page.url, f"{page.title}\n{page.text}")
            for tag in tagged.of(Scheme.SECTOR):
                said = next((one.text for one in tag.evidence if one.text and one.text in source.text), "")
                if said and tag.term not in found:
                    found[tag.term] = Proposal("sectors", tag.term, said, source)
        return list(found.values())
