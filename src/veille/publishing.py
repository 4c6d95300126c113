"""Other ways out than the mail, wired to an opened instance: a public archive, channels, feeds of a profile.

Beside `app`, which sends; everything is made on first use.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from veille.protocols import Fetcher
from veille.stores import Stores

if TYPE_CHECKING:
    from veille.digest.desk import Desk
    from veille.digest.publishing.announcing import Announcer
    from veille.digest.publishing.archive import Archive
    from veille.digest.publishing.profile import ProfileFeeds
    from veille.digest.publishing.public import Printed
    from veille.model import Feedback


class Publishing:
    """What one instance publishes."""

    def __init__(self, stores: Stores, fetcher: Callable[[], Fetcher], desk: "Callable[[], Desk]") -> None:
        self._stores = stores
        #: The only way out; not made before a channel is told.
        self._fetcher = fetcher
        self._desk = desk

    @property
    def bulletins(self) -> Sequence[str]:
        """Names of the digests that are bulletins proper: an alert is no edition."""
        return [name for name, found in self._stores.digests.items() if found.digest.alert is None]

    @cached_property
    def archive(self) -> "Archive":
        """What was sent, without anybody's name."""
        from veille.digest.publishing.archive import Archive, Publisher

        settings = self._stores.settings
        publisher = Publisher(
            name=settings.cluster.name,
            contact=settings.cluster.contact,
            postal_address=settings.cluster.postal_address,
            brand=settings.brand,
            address=f"{settings.site.url.rstrip('/')}/archives",
            domain=settings.mail.sender.rpartition("@")[2],
        )
        return Archive(self._stores.issue_store, publisher, printed=self._printed, digests=self.bulletins)

    @property
    def announcer(self) -> "Announcer":
        """What tells channels of the editions that have left."""
        from veille.digest.publishing.announcing import Announcer
        from veille.net.chat import say
        from veille.net.posting import post
        from veille.storage.announcement_store import SqlAnnouncementStore

        settings = self._stores.settings
        return Announcer(
            issues=self._stores.issue_store,
            printed=self._printed,
            store=SqlAnnouncementStore(self._stores.database, settings.cluster.id),
            channels=settings.channels,
            digests=self.bulletins,
            cluster=settings.cluster.name,
            archive=self.archive.publisher.address if settings.site.archive else "",
            clock=self._stores.clock,
            post=lambda request: post(self._fetcher(), request),
            say=say,
        )

    def _printed(self, issue_id: int) -> "Printed":
        from veille.digest.publishing.public import Printed

        return Printed(*self._stores.shown.printed(issue_id))

    @cached_property
    def profiles(self) -> "ProfileFeeds":
        """What fits each reader today."""
        from veille.digest.publishing.profile import ProfileFeeds

        stores = self._stores
        return ProfileFeeds(self._desk(), member=stores.members.member, opinions=self._said)

    def _said(self, subscriber_id: int) -> "list[Feedback]":
        """Return what a person said of items, for whichever of their organisations."""
        readings = self._stores.members.same_address(subscriber_id)
        return [said for one in readings for said in self._stores.opinions.of(one.id)]

    def announce(self) -> list[str]:
        """Tell channels what they have not heard; under a moved clock nothing goes out."""
        if self._stores.moved or not self._stores.settings.channels:
            return []
        return self.announcer.announce()
