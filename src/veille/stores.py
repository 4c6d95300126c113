"""The half of the composition root that holds things: an instance's definitions, its database, its stores.

Everything is made on first use: a command that needs only the store never loads the tagger.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from veille.clock import SystemClock
from veille.config.instance import definitions
from veille.config.settings import Settings
from veille.protocols import Clock, Fetcher, Progress, SiteStore, Tagger
from veille.protocols.searching import SearchStore
from veille.storage import schema
from veille.storage.db import Database
from veille.storage.instance import InstanceGuard

if TYPE_CHECKING:
    from veille.config.digests import Definition
    from veille.config.gazetteer import Gazetteer
    from veille.config.taxonomy import Taxonomy
    from veille.digest.judged import Recollection
    from veille.engine.direct import DirectEngine
    from veille.protocols.curation import ReviewStore
    from veille.protocols.letters import LetterStores
    from veille.protocols.linking import LinkDecisions
    from veille.storage.cluster_store import SqlClusterStore
    from veille.storage.detail_store import SqlDetailStore
    from veille.storage.draft_store import SqlDraftStore
    from veille.storage.erasing import SqlPersonStore
    from veille.storage.erasure_store import SqlErasureStore
    from veille.storage.feedback_store import SqlFeedbackStore
    from veille.storage.handpick_store import SqlHandpickStore
    from veille.storage.issue_store import SqlIssueStore
    from veille.storage.item_store import SqlItemStore
    from veille.storage.ledger import SqlLedger
    from veille.storage.mail_ledger import SqlMailLedger
    from veille.storage.member_store import SqlMemberStore
    from veille.storage.shown_store import SqlShownStore
    from veille.storage.source_store import SqlSourceStore
    from veille.storage.tag_store import SqlTagStore
    from veille.tokens import Keys


class Stores:
    """What an opened instance holds; close it."""

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
        self._tagger: tuple[object, Tagger] | None = None
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

    @property
    def tagger(self) -> Tagger:
        """The NLP pipeline of the definitions as they stand now; loading it takes most of a second."""
        from veille.nlp.knowledge import traces
        from veille.nlp.tagger import load_tagger

        now = traces(self.folders)
        if self._tagger is None or self._tagger[0] != now:
            self._tagger = None  # where what was edited cannot be read, what was there before has no say
            self._tagger = (now, load_tagger(self.folders))
        return self._tagger[1]

    @property
    def digests(self) -> "Mapping[str, Definition]":
        """The digests as they stand now."""
        from veille.config.digests import load_digests

        return load_digests([folder / "digests" for folder in self.folders])

    @cached_property
    def recollection(self) -> "Recollection":
        """What was judged for the drafts under way."""
        from veille.digest.judged import Recollection

        return Recollection(self.settings.var / "judged")

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

        return DirectEngine(self.ledger, self.clock)

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
    def item_store(self) -> "SqlItemStore":
        """Reader of items."""
        from veille.storage.item_store import SqlItemStore

        return SqlItemStore(self.database, self.settings.cluster.id)

    @cached_property
    def review_store(self) -> "ReviewStore":
        """Writer of review, tag_decision."""
        from veille.storage.review_store import SqlReviewStore

        return SqlReviewStore(self.database, self.settings.cluster.id)

    @cached_property
    def cluster_store(self) -> "SqlClusterStore":
        """Writer of item_sketch, item_mark, item_link."""
        from veille.storage.cluster_store import SqlClusterStore

        return SqlClusterStore(self.database)

    @cached_property
    def link_decisions(self) -> "LinkDecisions":
        """Writer of link_decision."""
        from veille.storage.link_decision_store import SqlLinkDecisions

        return SqlLinkDecisions(self.database)

    @cached_property
    def search_store(self) -> SearchStore:
        """Reader of the full-text index."""
        from veille.storage.search import SqlSearchStore

        return SqlSearchStore(self.database)

    @cached_property
    def members(self) -> "SqlMemberStore":
        """Writer of member, subscriber, interest, suppression."""
        from veille.storage.member_store import SqlMemberStore

        return SqlMemberStore(
            self.database, self.settings.cluster.id, self.gazetteer, address_hash=self.keys.address_hash
        )

    @cached_property
    def erasures(self) -> "SqlErasureStore":
        """Writer of erasure_request."""
        from veille.storage.erasure_store import SqlErasureStore

        return SqlErasureStore(self.database, self.settings.cluster.id)

    @cached_property
    def people(self) -> "SqlPersonStore":
        """Gives all that is held of one person, or erases it."""
        from veille.storage.erasing import SqlPersonStore

        return SqlPersonStore(self.database, self.settings.cluster.id)

    @cached_property
    def drafts(self) -> "SqlDraftStore":
        """Writer of profile_draft."""
        from veille.storage.draft_store import SqlDraftStore

        return SqlDraftStore(self.database, self.settings.cluster.id)

    @cached_property
    def issue_store(self) -> "SqlIssueStore":
        """Writer of issue, issue_event, bulletin, selection."""
        from veille.digest.mail.message import make_message_id
        from veille.storage.issue_store import SqlIssueStore

        return SqlIssueStore(self.database, self.settings.cluster.id, message_id=make_message_id)

    @cached_property
    def handpicks(self) -> "SqlHandpickStore":
        """Writer of handpick, absence."""
        from veille.storage.handpick_store import SqlHandpickStore

        return SqlHandpickStore(self.database, self.settings.cluster.id)

    @cached_property
    def mail_ledger(self) -> "SqlMailLedger":
        """Writer of delivery, attempt, seen."""
        from veille.storage.mail_ledger import SqlMailLedger

        return SqlMailLedger(self.database, self.settings.cluster.id, withheld=self.members.withheld)

    @cached_property
    def opinions(self) -> "SqlFeedbackStore":
        """Writer of feedback."""
        from veille.storage.feedback_store import SqlFeedbackStore

        return SqlFeedbackStore(self.database, self.settings.cluster.id)

    @cached_property
    def shown(self) -> "SqlShownStore":
        """Reader of what mails showed one person."""
        from veille.storage.shown_store import SqlShownStore

        return SqlShownStore(self.database, self.settings.cluster.id)

    @cached_property
    def ledger(self) -> "SqlLedger":
        """Writer of work."""
        from veille.storage.ledger import SqlLedger

        return SqlLedger(self.database, self.clock)

    def close(self) -> None:
        """Release the database."""
        self.database.close()
