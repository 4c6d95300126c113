"""What making and sending issues needs."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from veille.model import (
    Delivery,
    DeliveryState,
    Drafted,
    Issue,
    IssueState,
    Item,
    Match,
    Member,
    OutgoingMail,
    SeenItem,
    SendOutcome,
)

#: Judges one item for one member.
Matcher = Callable[[Item, Member], Match]

#: Gives the matcher over these items as of a day: rarity of words, gates on deadlines and recency need both.
MatcherFor = Callable[[Sequence[Item], date], Matcher]


class IssueStore(Protocol):
    """What making an issue needs of the digest store; its sole writer with `MailLedger`."""

    def save_draft(self, issue: Issue, drafted: Sequence[Drafted]) -> Issue:
        """Write a draft or replace the one of that period; raises InputError where it is approved already."""
        ...

    def find(self, digest: str, period: str) -> Issue | None:
        """Return the issue of one period."""
        ...

    def latest(self, digest: str | None = None, states: Sequence[IssueState] = ()) -> Issue | None:
        """Return the newest issue in one of these states (any state if empty)."""
        ...

    def verify(self, issue: Issue) -> bool:
        """Tell whether the content is still the one that was approved."""
        ...

    def drafted(self, issue_id: int) -> Sequence[Drafted]:
        """Return what an issue holds, one per subscriber, in a fixed order."""
        ...

    def approve(self, issue: Issue, *, by: str, now: datetime, domain: str, frame: Mapping[str, Any]) -> Issue:
        """Freeze: hash the content and write one queued delivery per bulletin, in one transaction."""
        ...

    def begin(self, issue_id: int, now: datetime) -> Issue:
        """Mark an approved issue as being sent; the first time fixes the date that its mails bear."""
        ...

    def close(self, issue_id: int, now: datetime) -> IssueState:
        """End the issue if nothing can be sent any more; past its end, expire what waits. Return its state."""
        ...


class MailLedger(Protocol):
    """What sending needs of the digest store: claims and results."""

    def seen(self, subscriber_ids: Sequence[int]) -> Mapping[int, Mapping[int, SeenItem]]:
        """Return the journal: subscriber → item → what was sent."""
        ...

    def deliveries(self, issue_id: int) -> Sequence[Delivery]:
        """Return every delivery of an issue, in a fixed order."""
        ...

    def claim(self, issue_id: int, *, limit: int, now: datetime, lease: timedelta) -> list[Delivery]:
        """Move queued (or due deferred) deliveries to sending, in one durable commit; suppressed ones step aside."""
        ...

    def renew(self, deliveries: Sequence[Delivery], *, now: datetime, lease: timedelta) -> None:
        """Extend the lease of a claimed group; raises LeaseLost if any of it was taken away."""
        ...

    def settle(self, delivery: Delivery, outcome: SendOutcome, now: datetime) -> None:
        """Write what became of one mail, fenced by the claim's token; « sent » also writes the journal."""
        ...

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """Give claimed mails back untouched: nothing of them left this machine."""
        ...

    def recover(self, issue_id: int, *, now: datetime, alone: bool) -> int:
        """Resolve mails whose sender died: the one in its hands is uncertain, those behind it are queued again.

        `alone`: the caller holds the lock of this machine, so every lease belongs to a dead process.
        """
        ...

    def reconcile(self, issue_id: int, *, accepted: Collection[str], absent: Collection[str], now: datetime) -> int:
        """Settle doubts: accepted Message-IDs are sent, absent ones are queued again; return how many."""
        ...

    def counts(self, issue_id: int) -> Mapping[DeliveryState, int]:
        """Count the deliveries of an issue by state."""
        ...


class Mailer(Protocol):
    """Hands final bytes to a server, a folder or a list."""

    def send(self, mails: Sequence[OutgoingMail]) -> Iterator[tuple[OutgoingMail, SendOutcome]]:
        """Send each mail once, in order, and say what became of it; never retries after the final dot."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...


class AcceptLog(Protocol):
    """What says which mails the first server took, read after a crash."""

    #: True where absence alone proves that a mail was not taken; else the log must first show one of the issue's mails.
    @property
    def certain(self) -> bool:
        """Tell whether the log cannot be the wrong one."""
        ...

    #: Seconds after which a mail in a dead sender's hands is in the log, or was never taken.
    @property
    def grace(self) -> float:
        """How long to wait before absence means something."""
        ...

    def accepted(self, message_ids: Collection[str]) -> set[str] | None:
        """Return those of these Message-IDs that were taken; None where the log cannot be read."""
        ...
