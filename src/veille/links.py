"""Where the signed links of a mail point, and what each is for: mails write them, pages read them (pure)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from veille.tokens import Keys

#: A token of one purpose is worth nothing for another.
UNSUBSCRIBE, PREFERENCES, OPINION, BULLETIN, CALENDAR, FEED, BOUNCE, PROFILE, HOLDINGS, ITEM = (
    "unsubscribe", "preferences", "opinion", "bulletin", "calendar", "feed", "bounce", "profile", "holdings",
    "item",
)  # fmt: skip
#: Purpose → path below the site's address.
PATHS = {
    UNSUBSCRIBE: "/m/desinscription/",
    PREFERENCES: "/m/preferences/",
    OPINION: "/m/avis/",
    BULLETIN: "/m/bulletin/",
    CALENDAR: "/m/agenda/",
    FEED: "/m/flux/",
    PROFILE: "/m/profil/",
    HOLDINGS: "/m/donnees/",
    ITEM: "/l/",
}


@dataclass(frozen=True)
class LinkMaker:
    """Signs the links of one issue's mails."""

    keys: Keys
    site_url: str
    #: The issue's day: how old a link is, is counted from it.
    day: date
    key_id: str

    def unsubscribe(self, subscriber_id: int) -> str:
        """Return where a person leaves."""
        return self._link(UNSUBSCRIBE, str(subscriber_id))

    def preferences(self, subscriber_id: int) -> str:
        """Return where a person chooses."""
        return self._link(PREFERENCES, str(subscriber_id))

    def opinion(self, subscriber_id: int, item_id: int) -> str:
        """Return where a person says what an item is worth to them."""
        return f"{self.opinions(subscriber_id)}{item_id}"

    def opinions(self, subscriber_id: int) -> str:
        """Return what all those links of a person begin with, up to the item's id: one signature for a whole mail."""
        return self._link(OPINION, f"{subscriber_id}.") + "."

    def bulletin(self, subscriber_id: int, digest: str, period: str) -> str:
        """Return the bulletin as a page."""
        return self._link(BULLETIN, f"{subscriber_id}.{digest}.{period}")

    def calendar(self, subscriber_id: int) -> str:
        """Return the person's deadlines as an iCalendar feed."""
        return self._link(CALENDAR, str(subscriber_id)) + ".ics"

    def feed(self, subscriber_id: int, ending: str) -> str:
        """Return what fits the person as a feed: « xml », « json » or « ics »."""
        return f"{self._link(FEED, str(subscriber_id))}.{ending}"

    def profile(self, subscriber_id: int) -> str:
        """Return where a person says what their organisation does, seeks and does not want."""
        return self._link(PROFILE, str(subscriber_id))

    def holdings(self, subscriber_id: int) -> str:
        """Return where a person sees what is held of them."""
        return self._link(HOLDINGS, str(subscriber_id))

    def item(self, digest: str, period: str, item_id: int) -> str:
        """Return where an item's link is counted before it leads on: the same for every reader of an issue."""
        return self._link(ITEM, f"{digest}.{period}.{item_id}")

    def token(self, purpose: str, subject: str) -> str:
        """Return the token alone."""
        return self._signers[purpose](subject)

    @cached_property
    def _signers(self) -> Mapping[str, Callable[[str], str]]:
        return {purpose: self.keys.signer(purpose, self.day, key_id=self.key_id) for purpose in PATHS}

    def _link(self, purpose: str, subject: str) -> str:
        return f"{self.site_url}{PATHS[purpose]}{self.token(purpose, subject)}"


def return_address(keys: Keys, address: str, subscriber_id: int) -> str:
    """Return where one reader's returned mails come: it proves itself, so that none is forged; empty for no address."""
    if not address:
        return ""
    local, _, domain = address.rpartition("@")
    return f"{local}+{subscriber_id}-{keys.seal(BOUNCE, str(subscriber_id))}@{domain}"
