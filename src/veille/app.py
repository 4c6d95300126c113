"""Composition root, over `stores`: the only place where rooms are wired to each other. Everything is made on first use.

A command that needs only the store never loads the tagger; one that needs no database never opens it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from veille import __version__
from veille.config.instance import SOURCES
from veille.config.settings import Settings
from veille.errors import ConfigError, InputError, LeaseHeld, RelayUnavailable, VeilleError
from veille.model import CrawlReport, Item
from veille.model.details import DetailReport
from veille.model.runs import RunReport
from veille.protocols import Crawler, Fetcher, Progress

if TYPE_CHECKING:
    from veille.crawl.details.adding import Added, Addition
    from veille.crawl.details.host import Desk as DetailDesk
    from veille.crawl.newsletters.accepting import Decisions
    from veille.curation.desk import Desk as ReviewDesk
    from veille.digest.desk import Desk as DigestDesk
    from veille.digest.mail.dkim import Signer
    from veille.digest.runner import Digests
    from veille.linking.deciding import LinkDesk
    from veille.linking.reading import Gathered
    from veille.linking.runner import LinkingStage
    from veille.matching.context import MatchContext
    from veille.matching.votes import Swayed, Votes
    from veille.profiling import Profiling
    from veille.publishing import Publishing
    from veille.returning import Returning
    from veille.storage.examination import StoreHealth

from veille.stores import Stores


class App(Stores):
    """One opened instance and all that can be done with it."""

    # ── stages ──────────────────────────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def fetcher(self) -> Fetcher:
        """The only way out."""
        from veille.net.way_out import way_out

        return self._fetcher or way_out(self.settings, self.clock)

    @property
    def crawler(self) -> Crawler:
        """The crawl stage over sources.yaml as it stands now: a daemon must see what was edited since its last tick."""
        from veille.config.sources import load_sources
        from veille.crawl.runner import FeedCrawler

        return FeedCrawler(
            sources=load_sources(self.settings.home / SOURCES).sources,
            store=self.source_store,
            fetcher=self.fetcher,
            engine=self.engine,
            clock=self.clock,
            host_delay=self.settings.fetch.host_delay,
            concurrency=self.settings.fetch.concurrency,
            respect_robots_for_feeds=self.settings.fetch.respect_robots_for_feeds,
            sites=self.site_store,
            letters=self.letters,
            progress=self.progress,
        )

    def crawl(self, *, only: Sequence[str] = (), force: bool = False) -> Sequence[CrawlReport]:
        """Fetch what is due (or the named sources, or everything with `force`), one pass."""
        from veille.protocols import CrawlOptions

        return self.crawler.crawl(CrawlOptions(force=force, only=tuple(only)))

    @property
    def _pages(self) -> "DetailDesk":
        """What reads entries' own pages and documents, for the sources as they stand now and what people added."""
        from veille.config.sources import load_sources
        from veille.crawl.details.adding import manual_source
        from veille.crawl.details.host import Desk, Manners

        fetch = self.settings.fetch
        return Desk(
            sources=[*load_sources(self.settings.home / SOURCES).sources, manual_source()],
            store=self.detail_store,
            source_store=self.source_store,
            sites=self.site_store,
            fetcher=self.fetcher,
            engine=self.engine,
            clock=self.clock,
            manners=Manners(fetch.host_delay, fetch.concurrency, fetch.details_per_host),
            progress=self.progress,
        )

    def read_pages(self, *, only: Sequence[str] = ()) -> DetailReport:
        """Read the pages and documents that wait (of the named sources), each host within its cap."""
        if not self.detail_store.has_work(self.clock.now()):
            return DetailReport()
        from veille.crawl.details.runner import DetailReader

        return DetailReader(self._pages).read(only)

    def add_item(self, addition: "Addition") -> "Added":
        """Read an address now and keep it as an item, its documents and tags included; one known already is said."""
        from veille.crawl.details.adding import Adder
        from veille.model.details import MANUAL
        from veille.nlp.runner import tag_now

        added = Adder(self._pages).add(addition)
        if added.new:
            self.read_pages(only=[MANUAL])
            tag_now(self.tag_store, self.tagger, [added.item.id], self.clock)
            self.linking.link([added.item.id])
        return added

    @property
    def suggestions(self) -> "Decisions":
        """What staff decide of what members forwarded."""
        from veille.crawl.newsletters.accepting import Decisions
        from veille.nlp.runner import tag_now

        return Decisions(
            self.letters.suggestions,
            add=self.add_item,
            tag=lambda items: tag_now(self.tag_store, self.tagger, items, self.clock),
            source_store=self.source_store,
            details=self.detail_store,
            clock=self.clock,
        )

    def tag(self) -> int:
        """Tag what waits, then find what is the same thing; return how many items were tagged."""
        from veille.nlp.runner import tag_waiting

        tagged = tag_waiting(self.tag_store, self.engine, self.tagger, self.clock)
        self.link()
        return tagged

    def link(self) -> int:
        """Compare what waits with its like; return how many items were compared."""
        from veille.linking.runner import link_waiting

        return link_waiting(self.cluster_store, self.item_store, self.engine, self.clock)

    @property
    def linking(self) -> "LinkingStage":
        """What compares items."""
        from veille.linking.runner import LinkingStage

        return LinkingStage(self.cluster_store, self.item_store, self.clock)

    @cached_property
    def gathered(self) -> "Gathered":
        """Items, one for each thing."""
        from veille.linking.reading import Gathered

        return Gathered(self.item_store, self.cluster_store, self.link_decisions)

    @cached_property
    def link_desk(self) -> "LinkDesk":
        """What staff say of two items."""
        from veille.linking.deciding import LinkDesk

        return LinkDesk(self.link_decisions, self.gathered, self.clock)

    @cached_property
    def review_desk(self) -> "ReviewDesk":
        """Judging items and correcting their tags."""
        from veille.curation.deciding import Vocabulary
        from veille.curation.desk import Desk as ReviewDesk

        return ReviewDesk(
            items=self.gathered,
            reviews=self.review_store,
            vocabulary=lambda: Vocabulary(self.taxonomy, self.gazetteer),
            clock=self.clock,
            today=lambda: self.clock.now().astimezone(self.settings.cluster.zone).date(),
        )

    def items(self, *, since: datetime | None = None) -> Sequence[Item]:
        """Return tagged items, newest first."""
        return self.item_store.items(since=since)

    @cached_property
    def profiling(self) -> "Profiling":
        """Members and their profiles."""
        from veille.profiling import Profiling

        return Profiling(self, lambda: self.fetcher, self.gathered.items)

    def matcher(self, items: Sequence[Item], today: date) -> "Swayed":
        """Return the judge of these items as of a day of the cluster's calendar."""
        from veille.matching import shortlist
        from veille.matching.context import prepare
        from veille.matching.votes import Swayed

        context = prepare(items, today=today, places=self.gazetteer, taxonomy=self.taxonomy)
        return Swayed(shortlist.Judge(context), self._votes(items, context))

    def _rules(self) -> str:
        """Return what changes with how items are judged."""
        from veille.matching.usefulness import fingerprint

        return f"{__version__} {fingerprint()} {self.taxonomy!r}"

    def _votes(self, items: Sequence[Item], context: "MatchContext") -> "Votes":
        """Return what members said of these items, ready to move matches."""
        from veille.matching.votes import Votes, gather

        said = self.opinions.all()
        cast = gather(said, self.members.subscribers(), items) if said else {}
        return Votes(context, cast, {one.id: one for one in self.members.members()} if cast else {})

    @cached_property
    def digest(self) -> "Digests":
        """Making, approving and sending issues."""
        from veille.digest.runner import Digests

        return Digests(self.desk)

    @cached_property
    def desk(self) -> "DigestDesk":
        """What the digest stage works with."""
        from veille.digest.choosing.labels import ShortLabels
        from veille.digest.desk import Desk
        from veille.engine.leader import turn

        return Desk(
            settings=self.settings,
            definitions=lambda: self.digests,
            items=self.gathered,
            audience=self.members,
            matcher=self.matcher,
            labels=ShortLabels(self.taxonomy, self.gazetteer),
            issues=self.issue_store,
            hands=self.handpicks,
            mails=self.mail_ledger,
            keys=self.keys,
            clock=self.clock,
            written=self.shown.readers,
            opinions=self.opinions.all,
            rules=self._rules,
            recollection=self.recollection,
            signer=self.signer,
            moved_clock=self.moved,
            shared_store=self.database.file is None,
            turn=partial(turn, self.ledger, clock=self.clock),
            refused=self.returning.take_refusals,
            stopping=lambda: self.engine.stopping,
        )

    def signer(self) -> "Signer | None":
        """Return what signs mails, read each time: a key may have been replaced."""
        from veille.digest.mail.dkim import signer_of

        return signer_of(self.settings.mail, self.settings.home)

    @cached_property
    def returning(self) -> "Returning":
        """What comes back of what was sent."""
        from veille.returning import Returning

        return Returning(self, lambda: self.fetcher)

    @cached_property
    def publishing(self) -> "Publishing":
        """Other ways out than the mail."""
        from veille.publishing import Publishing

        return Publishing(self, lambda: self.fetcher, lambda: self.desk)

    # ── the whole ───────────────────────────────────────────────────────────────────────────────────────────────────
    def run_due(self) -> RunReport:
        """Do all that is due, once: crawl, read, tag, draft, send what is approved; two at once share the work."""
        came_back = self.returning.collect()
        crawled = self.crawl()
        read = self.read_pages()
        tagged, failure = self._tag_or_wait()
        # A draft made while items wait would lack them: only what was approved leaves.
        left, refusal = self._left(drafting=failure is None, news=tagged > 0)
        told = [*came_back, *left, *self.publishing.announce(), *self.returning.send_reports()]
        untagged = self.tag_store.untagged() if failure else 0
        return RunReport(crawled, read, tagged, told, failure, untagged, refusal)

    def _left(self, *, drafting: bool, news: bool) -> tuple[list[str], VeilleError | None]:
        """Draft and send what is due; return what was done, in French, and what could not be."""
        done: list[str] = []
        try:
            for sentence in self.digest.run_due(drafting=drafting, news=news):
                done.append(sentence)  # noqa: PERF402 - what was done before it failed is told too
        except (InputError, LeaseHeld, RelayUnavailable) as error:
            return done, error
        return done, None

    def _tag_or_wait(self) -> tuple[int, ConfigError | None]:
        """Tag what waits, or return why no tagger can be made: the items wait, nothing else stops."""
        try:
            return self.tag(), None
        except ConfigError as error:
            return 0, error

    @contextmanager
    def leadership(self) -> Iterator[Callable[[], None]]:
        """Be the only daemon of this database (LeaseHeld if not); the value, called at each tick, raises LeaseLost."""
        from veille.engine.direct import LEASE
        from veille.engine.leader import leader

        with leader(self.ledger, "daemon") as held:

            def confirm() -> None:
                self.ledger.renew(held, lease=LEASE)

            yield confirm

    def stop(self) -> None:
        """Claim no further work; what is under way ends. Safe in a signal handler."""
        self.engine.stop()


def make_app(settings: Settings, *, now: datetime | None = None, progress: Progress | None = None) -> App:
    """Open an instance; raises StoreError where the database is absent, damaged or of another version."""
    return App(settings, now=now, progress=progress)


def prepare_database(settings: Settings, *, upgrade: bool = False) -> str:
    """Make the database of an instance where there is none (or bring it up to date); return one French sentence."""
    from veille.storage.examination import prepare

    return prepare(settings.database, upgrade=upgrade)


def examine_database(settings: Settings) -> "StoreHealth":
    """Look at the database without changing it; raises StoreError where it cannot serve."""
    from veille.storage.examination import examine

    return examine(settings.database, settings.cluster.id)
