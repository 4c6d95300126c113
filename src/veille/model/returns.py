"""What comes back of what was sent: refusals, complaints, answers, and what relays tell of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

#: Why an address was suppressed, where its owner asked for it: only that can be taken back on the page.
OPT_OUT = "opt-out"
#: Why an address was suppressed whose owner asked to be erased: no mail leaves until that is done, or taken back.
ERASURE = "erasure"


class ReturnKind(StrEnum):
    """What a returned mail, or a relay's event, says."""

    HARD = "hard"
    SOFT = "soft"
    COMPLAINT = "complaint"
    #: They asked the relay, by a link of its own.
    UNSUBSCRIBE = "unsubscribe"
    #: An answering machine, a delay that will be tried again, a mail that arrived: nothing to keep.
    NOTHING = "nothing"
    #: For a person to read.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One mail that came back, or one event of a relay."""

    kind: ReturnKind
    #: (subscriber id, seal) as the return address says, not verified here.
    sealed: tuple[int, str] | None = None
    #: Message-ID of what we had sent, with its brackets, where the report holds it.
    message_id: str | None = None
    #: RFC 3463, or empty.
    status: str = ""
    #: The server's own words, one line.
    detail: str = ""
    #: Tokens of our unsubscribe links that the report quotes, not verified here.
    tokens: tuple[str, ...] = ()
    #: Whom a relay says it is about, where it does; empty = it does not say.
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What is kept of one returned mail or event."""

    #: Hash that makes it count once.
    mark: str
    #: Whom it was sent to, where that is proved.
    subscriber_id: int | None
    kind: str
    status: str
    detail: str
    at: datetime
    #: « mail », or the relay that told it.
    told_by: str = "mail"
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class SentMail:
    """One mail of ours, found by its Message-ID."""

    message_id: str
    issue_id: int
    subscriber_id: int
    email: str
    #: Where its delivery stands (`DeliveryState`).
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterBox:
    """One reading of a mailbox of ours."""

    #: One by one where they lie in a folder: it may hold more than memory does.
    messages: Iterable[bytes] = ()
    #: Where the next reading goes on, empty = from the beginning; None = each reading sees everything.
    position: str | None = None
    #: French: why it could not be read; empty = it was.
    failure: str = ""
    #: Messages that wait for the next reading.
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is known of how an issue was received, without a person in it."""

    replies: int = 0
    #: Item id → how often it was opened from the issue; None where links are not counted.
    opened: dict[int, int] | None = None
    #: ISO day → how many links were opened that day.
    by_day: dict[str, int] = field(default_factory=dict)


class ReportState(StrEnum):
    """Where the report of an issue to staff stands."""

    SENDING = "sending"
    SENT = "sent"
    #: It may or may not have left: nobody sends it again unasked.
    UNCERTAIN = "uncertain"
    REJECTED = "rejected"
