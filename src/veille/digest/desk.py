"""What the digest stage works with, and what every step of it looks up there."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from veille.config.digests import ERRATUM, Definition
from veille.config.problems import nearest
from veille.config.settings import Settings
from veille.digest.composing import Composer
from veille.digest.editions import Edition, alert_edition, edition
from veille.digest.hours import Hours
from veille.digest.judged import Recollection
from veille.digest.mail.dkim import Signer
from veille.digest.mail.message import make_message_id
from veille.errors import InputError
from veille.french import DAYS, day_of_month
from veille.model import Bulletin, Delivery, DeliveryState, Drafted, Feedback, Issue, IssueState, Subscriber
from veille.model.issue_life import EDITABLE
from veille.protocols import (
    Audience,
    Clock,
    HandpickStore,
    IssueStore,
    ItemStore,
    JudgeFor,
    Labels,
    Mailer,
    MailLedger,
)
from veille.tokens import Keys

#: Bulletins read at a time.
PAGE = 500
#: States of a mail that may still leave by itself.
WAITING = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the digest stage works with; app.py fills it."""

    settings: Settings
    #: By name; read when first asked for, so that a broken digest does not stop other commands.
    definitions: Callable[[], Mapping[str, Definition]]
    items: ItemStore
    audience: Audience
    matcher: JudgeFor
    labels: Labels
    issues: IssueStore
    #: What staff choose by hand, and when they are away.
    hands: HandpickStore
    mails: MailLedger
    keys: Keys
    clock: Clock
    #: (since, until) → subscribers to whom a mail left, or is to leave, between these instants.
    written: Callable[[datetime, datetime], Collection[int]] = lambda _since, _until: frozenset()
    #: What people said of items.
    opinions: Callable[[], Sequence[Feedback]] = tuple
    #: What items are judged by beside themselves and people (taxonomy, program), so that it is known when it changes.
    rules: Callable[[], str] = str
    #: What was judged for the drafts under way; kept nowhere unless a folder is given.
    recollection: Recollection = field(default_factory=Recollection)
    #: What signs the mails; read when the first one is composed.
    signer: Callable[[], Signer | None] = lambda: None
    #: `--now` was given: only harmless ways out.
    moved_clock: bool = False
    #: The database serves several machines: a lock on this one proves nothing.
    shared_store: bool = False
    #: Takes the turn of that name, ours alone among all processes of the database (LeaseHeld where another has it); the
    #: value tells whether it is still ours.
    turn: Callable[[str], AbstractContextManager[Callable[[], bool]]] = lambda _name: nullcontext(lambda: True)
    #: Instead of what `[mail] url` names.
    mailer: Mailer | None = None
    wait: Callable[[float], None] | None = None
    #: Takes in what the relay refused while an issue was sent.
    refused: Callable[[Sequence[Delivery]], object] = len
    #: The end was asked for: what is in hand ends, nothing else begins.
    stopping: Callable[[], bool] = lambda: False

    def chosen(self, name: str | None) -> list[Definition]:
        """Return one digest by name (« hebdo_erratum »: its corrections), or all; InputError with the nearest name."""
        definitions = self.definitions()
        if name is None:
            return list(definitions.values())
        base = name.removesuffix(ERRATUM)
        if base not in definitions:
            near = nearest(base, definitions)
            cure = f"vouliez-vous « {near} » ?" if near else f"bulletins connus : {', '.join(definitions) or 'aucun'}"
            raise InputError(f"bulletin inconnu « {name} »", cure=cure)
        return [definitions[base] if name == base else definitions[base].erratum()]

    def with_errata(self, name: str | None) -> list[Definition]:
        """Return one digest by name, or all of them, each followed by its corrections."""
        if name is not None:
            return self.chosen(name)
        return [one for definition in self.chosen(None) for one in (definition, definition.erratum())]

    def one(self, name: str | None) -> Definition:
        """Return the digest of that name, or the only one that has readers; raises InputError."""
        chosen = self.chosen(name)
        chosen = chosen if name else self.followed(chosen)
        if len(chosen) != 1:
            raise InputError("plusieurs bulletins (ou aucun)", cure="dites lequel avec --name")
        return chosen[0]

    def followed(self, definitions: Sequence[Definition]) -> list[Definition]:
        """Return those that somebody may read: an alert that somebody asked for, a rhythm that somebody chose.

        A weekly one is everybody's until they choose another; its draft says who gets none, and why.
        """
        people = self.audience.subscribers()
        rhythms = {person.rhythm for person in people} | {"weekly"}
        asked = any(person.alerts for person in people)
        return [one for one in definitions if (asked if one.digest.alert is not None else one.digest.rhythm in rhythms)]

    def edition(self, definition: Definition) -> Edition:
        """Return the edition of the current period; of alerts the next one, which has no issue yet."""
        if definition.digest.alert is not None:
            return self._next_alert(definition)
        return edition(definition.digest, self.clock.now(), self.settings.cluster.zone, self.settings.cluster.calendar)

    def _next_alert(self, definition: Definition) -> Edition:
        hours, now = self.hours(definition), self.clock.now()
        numbered = (alert_edition(definition.digest, now, hours, number) for number in count(1))
        return next(one for one in numbered if self.issues.find(definition.name, one.period) is None)

    def written_to(self, day: date) -> Collection[int]:
        """Return the subscribers to whom a mail left on that local day, or is to leave: no alert is sent them."""
        zone = self.settings.cluster.zone
        start, end = (datetime.combine(one, time.min, zone) for one in (day, day + timedelta(days=1)))
        return self.written(start.astimezone(UTC), end.astimezone(UTC))

    def hours(self, definition: Definition) -> Hours:
        """Return when a digest may leave by itself."""
        cluster = self.settings.cluster
        return Hours(definition.digest.hours, cluster.zone, cluster.calendar)

    def today(self) -> date:
        """Return the day of the cluster's calendar."""
        return self.clock.now().astimezone(self.settings.cluster.zone).date()

    def in_words(self, at: datetime | None) -> str:
        """Return « vendredi 27 novembre à 07:30 », in the cluster's time, of a time that every stored issue has."""
        local = needed(at).astimezone(self.settings.cluster.zone)
        return f"{DAYS[local.weekday()]} {day_of_month(local.date())} à {local:%H:%M}"

    def away(self, day: date) -> bool:
        """Say whether staff announced that nobody is there on that day, by the settings or by the command."""
        told = (self.settings.absence.period, self.hands.absence())
        return any(one is not None and one.covers(day) for one in told)

    def made_here(self, definition: Definition) -> Definition:
        """Return a digest whose drafts are made from items; raises InputError for its corrections, which are not."""
        if definition.corrects:
            raise InputError(
                f"« {definition.name} » : une correction ne se compose ni ne se retouche comme un bulletin",
                cure="annulez-la avec « veille digest cancel » et refaites-la avec « veille digest erratum »",
            )
        return definition

    def composer(self, frame: Mapping[str, Any]) -> Composer:
        """Return what draws the mails of an issue frozen with this frame; close it."""
        return Composer(frame, self.keys, self.signer())

    def sent(self, issue: Issue, state: IssueState) -> "Sent":
        """Return an issue with its deliveries, and why it is paused if it is."""
        events = self.issues.events(issue.id) if state is IssueState.PAUSED else ()
        held = next((one.why for one in reversed(events) if one.state is IssueState.PAUSED), "")
        empty = state in EDITABLE and not self.filled(issue)
        return Sent(issue=issue, state=state, deliveries=self.mails.deliveries(issue.id), held=held, empty=empty)

    def filled(self, issue: Issue) -> bool:
        """Tell whether anybody is written to."""
        return bool(self.issues.letters(issue.id, limit=1))

    def letters(self, issue: Issue) -> Iterator[tuple[Subscriber, Bulletin]]:
        """Yield whom an issue is written to and what, never many of them in memory."""
        first = 0
        while page := self.issues.letters(issue.id, first=first, limit=PAGE):
            yield from page
            first = page[-1][0].id + 1

    def message_id(self, issue: Issue, subscriber_id: int, *, space: str = "") -> str:
        """Return the Message-ID of an issue for one subscriber, in a space of its own for previews and tests."""
        settings = self.settings
        space = f"{settings.cluster.id}/{space}" if space else settings.cluster.id
        domain = settings.mail.sender.rpartition("@")[2]
        return make_message_id(space, issue.digest, issue.period, subscriber_id, domain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """An issue with what it holds."""

    issue: Issue
    drafted: Sequence[Drafted]
    #: False where the period's issue was approved already and was left as it is.
    fresh: bool = True
    #: French: what a person should know of it before they sign, or empty.
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What `send` did and where the issue stands."""

    issue: Issue
    state: IssueState
    deliveries: Sequence[Delivery]
    #: It left outside its sending hours, which are these, because a person said so; else empty.
    outside: str = ""
    #: Why it is paused, in French; else empty.
    held: str = ""
    #: A draft that writes to nobody: there is nothing to approve.
    empty: bool = False

    @property
    def doubtful(self) -> Sequence[Delivery]:
        """Mails that may or may not have been taken: a person decides."""
        return [one for one in self.deliveries if one.state is DeliveryState.UNCERTAIN]


def needed(value: datetime | None) -> datetime:
    """Return a time that every stored issue has."""
    if value is None:
        raise ValueError("a stored issue has a send time and an end")
    return value
