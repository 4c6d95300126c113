"""Composition root: the only place where rooms are wired to each other. Everything is made on first use.

A command that needs only the store never loads the tagger; one that needs no database never opens it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from veille.clock import SystemClock
from veille.config.instance import SOURCES, definitions
from veille.config.settings import Settings
from veille.model import CrawlReport, Item
from veille.model.details import DetailReport
from veille.model.runs import RunReport
from veille.protocols import Clock, Crawler, Fetcher, ItemStore, Matcher, Progress, SiteStore, Tagger
from veille.storage import schema
from veille.storage.db import Database
from veille.storage.instance import InstanceGuard

if TYPE_CHECKING:
    from veille.config.digests import Definition
    from veille.config.gazetteer import Gazetteer
    from veille.config.taxonomy import Taxonomy
    from veille.crawl.details.adding import Added, Addition
    from veille.crawl.details.host import Desk as DetailDesk
    from veille.crawl.newsletters.accepting import Decisions
    from veille.digest.dkim import Signer
    from veille.digest.returns import Intake
    from veille.digest.runner import Digests
    from veille.engine.direct import DirectEngine
    from veille.members.importing import ImportPlan
    from veille.protocols.letters import LetterStores
    from veille.storage.detail_store import SqlDetailStore
    from veille.storage.digest_store import SqlDigestStore
    from veille.storage.examination import StoreHealth
    from veille.storage.feedback_store import SqlFeedbackStore
    from veille.storage.ledger import SqlLedger
    from veille.storage.member_store import SqlMemberStore
    from veille.storage.source_store import SqlSourceStore
    from veille.storage.tag_store import SqlTagStore
    from veille.tokens import Keys


class App:
    """One opened instance."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        now: datetime | None = None,
        fetcher: Fetcher | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock(now)
        #: True under `--now`: only harmless mailers may send.
        self.moved = now is not None
        self.progress = progress
        self._fetcher = fetcher
        self.folders = definitions(settings.home)
        self.database = Database(settings.database)
        try:
            schema.require_current(self.database)
            InstanceGuard(self.database).observe(self.clock.now(), given=self.moved)
        except BaseException:
            self.database.close()
            raise

    # ── definitions ─────────────────────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def taxonomy(self) -> "Taxonomy":
        """The terms of every scheme."""
        from veille.config.taxonomy import load_taxonomy

        return load_taxonomy(self.folders)

    @cached_property
    def gazetteer(self) -> "Gazetteer":
        """The territories of France."""
        from veille.config.gazetteer import load_gazetteer

        return load_gazetteer(self.folders)

    @cached_property
    def tagger(self) -> Tagger:
        """The NLP pipeline; loading it takes most of a second."""
        from veille.nlp.tagger import load_tagger

        return load_tagger(self.folders)

    @property
    def digests(self) -> "Mapping[str, Definition]":
        """The digests as they stand now."""
        from veille.config.digests import load_digests

        return load_digests([folder / "digests" for folder in self.folders])

    @cached_property
    def keys(self) -> "Keys":
        """What signs links and hides suppressed addresses; its file is made on first use."""
        from veille.tokens import Keys

        return Keys(self.settings.var / "keys")

    # ── stores ──────────────────────────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def engine(self) -> "DirectEngine":
        """What drives stages over the ledger."""
        from veille.engine.direct import DirectEngine

        return DirectEngine(self._ledger, self.clock)

    @cached_property
    def source_store(self) -> "SqlSourceStore":
        """Writer of source_state, source_event, entry, entry_version, item."""
        from veille.storage.source_store import SqlSourceStore

        return SqlSourceStore(self.database)

    @cached_property
    def site_store(self) -> SiteStore:
        """Writer of site."""
        from veille.storage.site_store import SqlSiteStore

        return SqlSiteStore(self.database)

    @cached_property
    def letters(self) -> "LetterStores":
        """Writers of followed_link and suggestion."""
        from veille.protocols.letters import LetterStores
        from veille.storage.link_store import SqlLinkStore
        from veille.storage.suggestion_store import SqlSuggestionStore

        return LetterStores(SqlLinkStore(self.database), SqlSuggestionStore(self.database, self.settings.cluster.id))

    @cached_property
    def detail_store(self) -> "SqlDetailStore":
        """Writer of detail, document."""
        from veille.storage.detail_store import SqlDetailStore

        return SqlDetailStore(self.database)

    @cached_property
    def tag_store(self) -> "SqlTagStore":
        """Writer of item_tag, item_fact, tagging."""
        from veille.storage.tag_store import SqlTagStore

        return SqlTagStore(self.database)

    @cached_property
    def item_store(self) -> ItemStore:
        """Reader of items."""
        from veille.storage.item_store import SqlItemStore

        return SqlItemStore(self.database)

    @cached_property
    def members(self) -> "SqlMemberStore":
        """Writer of member, subscriber, interest, suppression."""
        from veille.storage.member_store import SqlMemberStore

        return SqlMemberStore(
            self.database, self.settings.cluster.id, self.gazetteer, address_hash=self.keys.address_hash
        )

    @cached_property
    def digest_store(self) -> "SqlDigestStore":
        """Writer of issue, bulletin, selection, delivery, attempt, seen."""
        from veille.digest.message import make_message_id
        from veille.storage.digest_store import SqlDigestStore

        return SqlDigestStore(
            self.database,
            self.settings.cluster.id,
            suppressed=self.members.suppressed,
            message_id=make_message_id,
        )

    @cached_property
    def opinions(self) -> "SqlFeedbackStore":
        """Writer of feedback."""
        from veille.storage.feedback_store import SqlFeedbackStore

        return SqlFeedbackStore(self.database, self.settings.cluster.id)

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
        """Tag what waits; return how many items were done."""
        from veille.nlp.runner import tag_waiting

        return tag_waiting(self.tag_store, self.engine, self.tagger, self.clock)

    def items(self, *, since: datetime | None = None) -> Sequence[Item]:
        """Return tagged items, newest first."""
        return self.item_store.items(since=since)

    def import_members(self, path: Path, *, dry_run: bool = False) -> "ImportPlan":
        """Read a list of members as a difference with what is known, and write what it adds or changes."""
        from veille.members.cells import Vocabulary
        from veille.members.importing import apply_import, plan_import

        plan = plan_import(path, self.members, Vocabulary(self.taxonomy, self.gazetteer))
        if not dry_run:
            apply_import(plan, self.members, self.clock.now())
        return plan

    def matcher(self, items: Sequence[Item], today: date) -> Matcher:
        """Return the judge of these items as of a day of the cluster's calendar."""
        from veille.matching.context import prepare
        from veille.matching.relevance import matcher

        return matcher(prepare(items, today=today, places=self.gazetteer, taxonomy=self.taxonomy))

    @cached_property
    def digest(self) -> "Digests":
        """Making, approving and sending issues."""
        from veille.digest.desk import Desk
        from veille.digest.labels import ShortLabels
        from veille.digest.runner import Digests

        return Digests(
            Desk(
                settings=self.settings,
                definitions=lambda: self.digests,
                items=self.item_store,
                audience=self.members,
                matcher=self.matcher,
                labels=ShortLabels(self.taxonomy, self.gazetteer),
                issues=self.digest_store,
                mails=self.digest_store,
                keys=self.keys,
                clock=self.clock,
                opinions=self.opinions.all,
                signer=self.signer,
                moved_clock=self.moved,
                shared_store=self.database.file is None,
            )
        )

    def signer(self) -> "Signer | None":
        """Return what signs mails, read each time: a key may have been replaced."""
        from veille.digest.dkim import signer_of

        return signer_of(self.settings.mail, self.settings.home)

    def take_returns(self, path: Path | None = None) -> "list[Intake]":
        """Take in the mails that came back, from `path` or the configured folder; empty where there is none."""
        from veille.digest.returns import ReturnDesk, read_folder, take_in
        from veille.storage.bounce_store import SqlBounceStore

        folder = path or self.settings.mail.bounces
        if folder is None:
            return []
        desk = ReturnDesk(
            bounces=SqlBounceStore(self.database),
            readers=self.members,
            keys=self.keys,
            clock=self.clock,
            sealed=bool(self.settings.mail.return_path),
        )
        return list(take_in(desk, read_folder(path or self.settings.home / folder)))

    # ── the whole ───────────────────────────────────────────────────────────────────────────────────────────────────
    def run_due(self) -> RunReport:
        """Do all that is due, once: crawl, read, tag, draft, send what is approved; two at once share the work."""
        self.take_returns()
        crawled = self.crawl()
        read = self.read_pages()
        tagged = self.tag()
        return RunReport(crawled, read, tagged, self.digest.run_due())

    @contextmanager
    def leadership(self) -> Iterator[Callable[[], None]]:
        """Be the only daemon of this database (LeaseHeld if not); the value, called at each tick, raises LeaseLost."""
        from veille.engine.direct import LEASE
        from veille.engine.leader import leader

        with leader(self._ledger, "daemon") as held:

            def confirm() -> None:
                self._ledger.renew(held, lease=LEASE)

            yield confirm

    def stop(self) -> None:
        """Claim no further work; what is under way ends. Safe in a signal handler."""
        self.engine.stop()

    def close(self) -> None:
        """Release the database."""
        self.database.close()

    @cached_property
    def _ledger(self) -> "SqlLedger":
        from veille.storage.ledger import SqlLedger

        return SqlLedger(self.database, self.clock)


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
