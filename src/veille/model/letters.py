"""What comes by mail besides entries: where a letter's opaque links lead, and what people forwarded."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from veille.model.sources import ParsedEntry

#: The account of a mailbox whose source names none.
DEFAULT_ACCOUNT = "lettres"


class LinkState(StrEnum):
    """What became of a link that only its sender's server could translate."""

    #: Asked, and no answer was recorded: it may have been heard, so it is not asked again.
    ASKED = "asked"
    FOUND = "found"
    #: Answered, with no target that may be kept.
    LOST = "lost"
    #: It leads to no content: a social network, a mirror of the letter, the reader's own account.
    IDLE = "idle"
    #: The question never left: it may be asked again.
    UNREACHED = "unreached"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedLink:
    """One such link, known by its hash: the link itself names its recipient."""

    link: str
    state: LinkState
    target: str | None = None
    #: Tries that never reached the server.
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """What one forwarded mail proposes, as read."""

    #: Title, link (or what hides it) and text; its guid is its identity.
    entry: ParsedEntry
    message_id: str
    #: Address of who forwarded it.
    by: str
    #: What they wrote above it.
    comment: str = ""


class SuggestionState(StrEnum):
    """Where a suggestion stands, as staff read it."""

    WAITING = "en attente"
    ACCEPTED = "acceptée"
    REFUSED = "refusée"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What somebody forwarded to the cluster's box, as stored."""

    id: int
    source_id: str
    suggested_by: str
    comment: str
    title: str
    link: str | None
    text: str
    sent: datetime | None
    received: datetime
    state: SuggestionState = SuggestionState.WAITING
    #: The item that it became, once accepted.
    item_id: int | None = None
