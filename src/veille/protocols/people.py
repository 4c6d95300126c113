"""Members, places and the words that name them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from veille.model import DraftState, Erased, Feedback, Member, Preferences, ProfileDraft, Scheme, Subscriber
from veille.model.returns import Recorded, SentMail


class Labels(Protocol):
    """Words for terms, as a bulletin prints them."""

    def short(self, scheme: Scheme, term: str) -> str:
        """Return a short French label: « AAP », « AURA »; the term itself where it is unknown."""
        ...


class Audience(Protocol):
    """Whom digests are for."""

    def members(self) -> Sequence[Member]:
        """Return every organisation of the cluster with its profile."""
        ...

    def subscribers(self) -> Sequence[Subscriber]:
        """Return every person, paused ones too."""
        ...


class Places(Protocol):
    """Which territory lies in which, and their names (`veille.config.gazetteer.Gazetteer`)."""

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Return what contains a GeoZones id, nearest first; empty where it is unknown."""
        ...

    def name(self, code: str) -> str:
        """Return the French name of a GeoZones id, or the id itself."""
        ...

    def zone_places(self, code: str) -> tuple[str, ...]:
        """Return the GeoZones ids in which a zone (`x:`) lies, wholly or partly; empty for anything else."""
        ...

    def commune(self, insee: str) -> str | None:
        """Return the GeoZones id of an INSEE code, or None where no commune of today bears it."""
        ...


class FeedbackStore(Protocol):
    """What people said of items. Its sole writer."""

    def record(self, feedback: Feedback) -> None:
        """Write an opinion over the former one of its kind; raises InputError for an unknown person or item."""
        ...

    def withdraw(self, feedback: Feedback) -> None:
        """Take back the opinion of this kind."""
        ...

    def of(self, subscriber_id: int, item_id: int | None = None) -> Sequence[Feedback]:
        """Return what one person holds, of one item or of all, oldest first."""
        ...

    def all(self) -> Sequence[Feedback]:
        """Return every opinion held in the cluster, oldest first."""
        ...


class ErasureStore(Protocol):
    """Who asked that their data be erased. Its sole writer."""

    def ask(self, subscriber_id: int, now: datetime) -> None:
        """Note a request; the first one's date stays. Raises InputError for an unknown person."""
        ...

    def withdraw(self, subscriber_id: int) -> None:
        """Take a request back."""
        ...

    def asked(self, subscriber_id: int) -> datetime | None:
        """Return since when a person waits to be erased, None if they do not."""
        ...

    def waiting(self) -> Mapping[int, datetime]:
        """Return subscriber → when they asked, the oldest request first."""
        ...


class BounceStore(Protocol):
    """Mails that came back, and how far the mailboxes they come to were read. Its sole writer."""

    def known(self, mark: str) -> bool:
        """Say whether this very mail was taken in before."""
        ...

    def record(self, recorded: Recorded) -> None:
        """Keep what one returned mail or one relay's event says, once."""
        ...

    def count(self, subscriber_id: int, kind: str, *, since: datetime, beside: str | None = None) -> int:
        """Count a person's mails that came back in this way; many reports of one mail (or of `beside`) are one."""
        ...

    def sent_mail(self, message_id: str) -> SentMail | None:
        """Return which mail of ours bears that Message-ID, None if none does."""
        ...

    def recent(self, since: datetime) -> Sequence[tuple[Recorded, str]]:
        """Return what came back since then, oldest first, each with the address it is about (empty if unknown)."""
        ...

    def position(self, mailbox: str) -> tuple[str, datetime] | None:
        """Return how far a mailbox of ours was read and when, None if it never was."""
        ...

    def reached(self, mailbox: str, position: str, at: datetime) -> None:
        """Note how far a mailbox of ours was read."""
        ...


class ReaderStore(Protocol):
    """What a person's own page reads and changes of them."""

    def subscriber(self, subscriber_id: int) -> Subscriber | None:
        """Return one person of this cluster."""
        ...

    def prefer(self, subscriber_id: int, chosen: Preferences, now: datetime) -> None:
        """Write what a person chose on their own page."""
        ...

    def same_address(self, subscriber_id: int) -> Sequence[Subscriber]:
        """Return the readings of one address, this one first: one for each organisation it reads for."""
        ...

    def leave(self, subscriber_id: int, left_at: datetime | None) -> None:
        """Read no more for one organisation since then, or again where None; the address's other ones go on."""
        ...

    def suppress(self, email: str, *, reason: str, now: datetime) -> None:
        """Never write to this address again."""
        ...

    def release(self, email: str, *, reason: str) -> None:
        """Write to this address again, where it was suppressed for that reason and no other."""
        ...

    def suppressed(self, emails: Iterable[str]) -> frozenset[str]:
        """Return those of these addresses that must not be written to."""
        ...

    def stopped(self, email: str) -> str | None:
        """Return why this address must not be written to, None where it may be."""
        ...

    def left(self, readers: Collection[int]) -> frozenset[int]:
        """Return those of these readers who stopped the bulletin of their organisation, and of it alone."""
        ...


class DraftStore(Protocol):
    """Lines proposed for profiles. Its sole writer."""

    def propose(self, drafts: Sequence[ProfileDraft]) -> int:
        """Keep what is proposed, each line once, whatever became of it; return how many are new."""
        ...

    def drafts(
        self, member_id: int | None = None, *, state: DraftState | None = DraftState.PROPOSED
    ) -> Sequence[ProfileDraft]:
        """Return the lines of one member or of all, in this state or in any."""
        ...

    def decide(self, draft_ids: Collection[int], *, accepted: bool, by: str, now: datetime) -> Sequence[ProfileDraft]:
        """Accept lines, which enter the profile, or refuse them; all or none. Raises InputError for an unknown one."""
        ...

    def answer(
        self,
        drafts: Sequence[ProfileDraft],
        *,
        accepted: Collection[int] = (),
        refused: Collection[int] = (),
        by: str,
        now: datetime,
    ) -> Sequence[ProfileDraft]:
        """Write what a member says of itself, accepted at once, and decides of lines; all or none."""
        ...


class PersonStore(Protocol):
    """All that is held of one person, whatever the table."""

    def held(self, subscriber_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return table → its rows about a person; raises InputError for an unknown one."""
        ...

    def erase(self, subscriber_id: int) -> Erased:
        """Delete a person from every table and their address from every text, all or nothing."""
        ...


class MemberStore(Audience, Protocol):
    """What members reads and writes: member, interest, subscriber, suppression. Its sole writer."""

    def save(self, profiles: Sequence[tuple[Member, Sequence[Subscriber]]], *, origin: str, now: datetime) -> None:
        """Add or change these organisations (id 0 = new) and these people, all or nothing; nobody else is touched."""
        ...

    def suppress(self, email: str, *, reason: str, now: datetime) -> None:
        """Never write to this address again."""
        ...

    def suppressed(self, emails: Iterable[str]) -> frozenset[str]:
        """Return those of these addresses that must not be written to."""
        ...
