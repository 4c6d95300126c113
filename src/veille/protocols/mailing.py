"""What making and sending issues needs."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from veille.model import (
    Absence,
    Bulletin,
    Delivery,
    DeliveryState,
    Drafted,
    Handpicked,
    Issue,
    IssueEvent,
    IssueState,
    OutgoingMail,
    Pick,
    SeenItem,
    SendOutcome,
    Subscriber,
)
from veille.model.sending import RateState


class IssueStore(Protocol):
    """What making an issue needs of the digest store; its sole writer with `MailLedger`."""

    def save_draft(self, issue: Issue, drafted: Sequence[Drafted]) -> Issue:
        """Write a draft or replace the one of that period; raises InputError where it is approved already."""
        ...

    def amend_draft(self, issue: Issue, changed: Sequence[Drafted], *, was: Issue) -> Issue | None:
        """Write what changed of a draft since it was read as `was`; None, and nothing written, where it moved since."""
        ...

    def add_draft(self, issue: Issue, drafted: Sequence[Drafted]) -> Issue | None:
        """Write the draft of a period that has no issue yet; None, and nothing written, where it has one."""
        ...

    def find(self, digest: str, period: str) -> Issue | None:
        """Return the issue of one period."""
        ...

    def latest(self, digest: str | None = None, states: Sequence[IssueState] = ()) -> Issue | None:
        """Return the newest issue in one of these states (any state if empty)."""
        ...

    def get(self, issue_id: int) -> Issue:
        """Return an issue as it stands now."""
        ...

    def numbered(self, issue_id: int) -> Issue | None:
        """Return the issue of that number, if it is this cluster's."""
        ...

    def living(self, digest: str) -> Sequence[Issue]:
        """Return the issues of a digest that have not ended, the one that leaves first before the others."""
        ...

    def unsettled(self, digest: str) -> Sequence[Issue]:
        """Return the ended issues of a digest of which a mail is in doubt, or is to leave again, oldest first."""
        ...

    def note(self, issue_id: int, *, why: str, now: datetime) -> bool:
        """Log something about an issue that does not move it, once; return False where it was logged already."""
        ...

    def events(self, issue_id: int) -> Sequence[IssueEvent]:
        """Return every move of an issue, oldest first."""
        ...

    def verify(self, issue: Issue) -> bool:
        """Tell whether the content is still the one that was frozen."""
        ...

    def drafted(self, issue_id: int) -> Sequence[Drafted]:
        """Return what an issue holds, one per subscriber, in a fixed order."""
        ...

    def letters(self, issue_id: int, *, first: int = 0, limit: int) -> Sequence[tuple[Subscriber, Bulletin]]:
        """Return whom an issue is written to and what, from that subscriber's number on, so many at most."""
        ...

    def freeze(
        self, issue: Issue, *, by: str, now: datetime, frame: Mapping[str, Any], renders: Mapping[int, str]
    ) -> Issue:
        """Store what the bytes are made from, its hash, and that of each mail as it was drawn; an edit voids it."""
        ...

    def approve(
        self,
        issue: Issue,
        *,
        by: str,
        now: datetime,
        domain: str,
        frame: Mapping[str, Any],
        renders: Mapping[int, str] | None = None,
        why: str = "",
        stale_at: datetime | None = None,
    ) -> Issue:
        """Sign the frozen content (frozen now where it is not) and write one queued delivery per bulletin, at once.

        `renders` is subscriber id → SHA-256 of the mail drawn, what freezing kept if None; `stale_at` the end that it
        is given, its own if None.
        """
        ...

    def renders(self, issue_id: int) -> Mapping[int, str]:
        """Return subscriber → SHA-256 of the mail that was drawn for them at approval."""
        ...

    def reopen(self, issue_id: int, *, by: str, now: datetime) -> Issue:
        """Take an approved issue of which nothing left back to curated, its mails withdrawn."""
        ...

    def queue(self, issue_id: int, *, now: datetime, why: str) -> Issue:
        """Say that an approved issue's hour has come and that it waits for the sending hours."""
        ...

    def begin(self, issue_id: int, now: datetime) -> Issue:
        """Mark an approved issue as being sent; the first time fixes the date that its mails bear."""
        ...

    def pause(self, issue_id: int, *, by: str, why: str, now: datetime) -> Issue:
        """Hold an approved issue: no further mail is claimed until it is resumed; one paused already stays so."""
        ...

    def resume(self, issue_id: int, *, by: str, now: datetime) -> Issue:
        """Let a paused issue go on from where it was: being sent, or waiting for its hour."""
        ...

    def cancel(self, issue_id: int, *, by: str, why: str, now: datetime) -> Issue:
        """End an issue for good: what has not left does not leave."""
        ...

    def close(self, issue_id: int, now: datetime, *, liftable: bool = False) -> IssueState:
        """End the issue once no mail of it can move by itself any more; past its end, expire what waits.

        Doubts keep it from ending only where they are `liftable`: the next look at the relay's log may settle them.
        """
        ...


class HandpickStore(Protocol):
    """What staff choose by hand for an issue, and when they are away. Its sole writer."""

    def pick(self, issue_id: int, picks: Sequence[Pick], *, by: str, now: datetime) -> None:
        """Write choices over the same ones; the issue becomes curated at once. InputError once it is approved."""
        ...

    def replace(self, issue_id: int, kind: str, picks: Sequence[Pick], *, by: str, now: datetime) -> None:
        """Write every choice of one kind for all members anew (order, tronc commun); none = take them back."""
        ...

    def undo(self, issue_id: int, item_id: int, *, by: str, now: datetime) -> int:
        """Take back every choice about an item; return how many there were."""
        ...

    def picks(self, issue_id: int) -> Sequence[Pick]:
        """Return every choice, in the order of their ranks."""
        ...

    def handpicked(self, issue_id: int) -> Handpicked:
        """Return what drafting is given."""
        ...

    def word(self, issue_id: int) -> str:
        """Return the word of the week, or nothing."""
        ...

    def absence(self) -> Absence | None:
        """Return the last absence that staff announced, over or not; None = none, or taken back."""
        ...

    def announce(self, absence: Absence | None, *, by: str, now: datetime) -> None:
        """Note when staff are away; None = they are back."""
        ...


class MailLedger(Protocol):
    """What sending needs of the digest store: claims and results."""

    def seen(self, subscriber_ids: Sequence[int]) -> Mapping[int, Mapping[int, SeenItem]]:
        """Return the journal: subscriber → item → what was sent."""
        ...

    def received(self, issue_id: int, item_id: int) -> frozenset[int]:
        """Return the subscribers who were sent an item by that issue."""
        ...

    def deliveries(self, issue_id: int) -> Sequence[Delivery]:
        """Return every delivery of an issue, in a fixed order."""
        ...

    def complaints(self, issue_id: int, *, since: datetime) -> int:
        """Count the people of an issue who complained since then of what they were sent."""
        ...

    def place(self, issue_id: int, family_of: Callable[[str], str]) -> None:
        """Write which family of receivers each mail goes to, where that is not known yet."""
        ...

    def claim(
        self, issue_id: int, *, limit: int, now: datetime, lease: timedelta, without: Collection[str] = ()
    ) -> list[Delivery]:
        """Move queued (or due deferred) deliveries to sending, in one commit; suppressed ones step aside.

        Nothing is claimed of an issue that is paused or has ended. `without`: families of receivers that are to wait.
        """
        ...

    def renew(self, deliveries: Sequence[Delivery], *, now: datetime, lease: timedelta) -> None:
        """Extend the leases of claimed mails; one that was taken away shows when its mail is to begin."""
        ...

    def record(
        self,
        *,
        begun: Sequence[Delivery] = (),
        settled: Sequence[tuple[Delivery, SendOutcome]] = (),
        rates: Sequence[RateState] = (),
        now: datetime,
    ) -> set[str]:
        """Write, in one durable commit, what became of some mails and which others are about to leave.

        Fenced by the claim's token: return the Message-IDs of those that are no longer ours, which must not leave.
        """
        ...

    def rates(self) -> Sequence[RateState]:
        """Return what relays and receivers were given lately."""
        ...

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """Give claimed mails back untouched: nothing of them left this machine."""
        ...

    def recover(self, issue_id: int, *, now: datetime, alone: bool, lease: timedelta = ...) -> int:
        """Resolve mails whose sender died: those begun are uncertain, the others are queued again; return how many.

        `alone`: the caller holds the lock of this machine, so every lease belongs to a dead process.
        """
        ...

    def reconcile(
        self,
        issue_id: int,
        *,
        accepted: Collection[str] = (),
        absent: Collection[str] = (),
        lost: Collection[str] = (),
        now: datetime,
        by: str = "",
    ) -> int:
        """Settle doubts: accepted Message-IDs are sent, absent ones queued again, lost ones ended; return how many.

        `by`: who says so, in French; the relay's log if empty.
        """
        ...

    def counts(self, issue_id: int) -> Mapping[DeliveryState, int]:
        """Count the deliveries of an issue by state."""
        ...


class Lane(Protocol):
    """One kept connection of a mailer, within one event loop."""

    async def send(self, mail: OutgoingMail, begin: Callable[[], Awaitable[None]]) -> SendOutcome:
        """Send one mail once; what `begin` returns is awaited before anything could be taken, and may forbid it."""
        ...

    async def close(self) -> None:
        """Release it."""
        ...


class Mailer(Protocol):
    """Hands final bytes to a server, a folder or a list."""

    @property
    def connections(self) -> int:
        """How many mails may be in hand at once."""
        ...

    def lane(self) -> Lane:
        """Return one connection to be."""
        ...

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

    def absent(self, message_ids: Collection[str]) -> set[str]:
        """Return those that were not taken, as far back as the log goes; of some it may say neither."""
        ...
