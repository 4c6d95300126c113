"""Take in what came back: who is not written to any more, and what a person should read.

A hard refusal or a complaint ends it at once; soft refusals end it at the fourth in eight weeks (a weekly letter never
reaches the scores of daily lists: Mailman's 5.0 within seven days). Nothing here ever sends a mail.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from veille.digest.mail.bounces import read_return
from veille.links import BOUNCE, UNSUBSCRIBE
from veille.model import DeliveryState, Subscriber
from veille.model.returns import OPT_OUT, Recorded, Returned, ReturnKind
from veille.protocols import BounceStore, Clock, MailLedger, ReaderStore
from veille.tokens import Keys

SOFT_LIMIT, SOFT_WINDOW = 4, timedelta(weeks=8)
_REASONS = {
    ReturnKind.HARD: "bounce",
    ReturnKind.SOFT: "bounce",
    ReturnKind.COMPLAINT: "complaint",
    ReturnKind.UNSUBSCRIBE: OPT_OUT,
}

_UNPROVED = {True: "sans preuve de son destinataire : à lire", False: "rien à faire"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What one returned mail led to."""

    returned: Returned
    #: Whom it was sent to, where that is proved.
    person: Subscriber | None
    #: French: what was done.
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDesk:
    """What taking in returned mails, and what relays tell of them, works with."""

    bounces: BounceStore
    readers: ReaderStore
    mails: MailLedger
    keys: Keys
    clock: Clock
    #: Return addresses carry a seal: without one a report proves nothing.
    sealed: bool


def take_in(desk: ReturnDesk, mails: Iterable[bytes]) -> Iterator[Intake]:
    """Take in each mail once, whatever how often it is given."""
    for raw in mails:
        mark = hashlib.sha256(raw).hexdigest()
        if desk.bounces.known(mark):
            continue
        returned = read_return(raw)
        yield take(desk, mark, returned, _proved(desk, returned))


def take(
    desk: ReturnDesk, mark: str, returned: Returned, person: Subscriber | None, *, told_by: str = "mail"
) -> Intake:
    """Act, then remember: a death between the two only acts again, which changes nothing."""
    now = desk.clock.now()
    effect = _act(desk, returned, person, now) if person else _UNPROVED[returned.kind in _REASONS]
    if person is not None and returned.message_id is not None:
        lift_doubt(desk, returned.message_id)
    recorded = Recorded(
        mark=mark,
        subscriber_id=person.id if person else None,
        kind=returned.kind,
        status=returned.status,
        detail=returned.detail,
        at=now,
        told_by=told_by,
        message_id=returned.message_id if person else None,
    )
    desk.bounces.record(recorded)
    return Intake(returned=returned, person=person, effect=effect)


def lift_doubt(desk: ReturnDesk, message_id: str) -> bool:
    """Settle a mail as sent whose sending was in doubt: what came back of it, or was told of it, did leave."""
    mail = desk.bounces.sent_mail(message_id)
    if mail is None or mail.state != DeliveryState.UNCERTAIN:
        return False
    return desk.mails.reconcile(mail.issue_id, accepted={message_id}, absent=(), now=desk.clock.now()) > 0


def _act(desk: ReturnDesk, returned: Returned, person: Subscriber, now: datetime) -> str:
    if returned.kind not in _REASONS:
        return "à lire" if returned.kind is ReturnKind.UNKNOWN else "rien à faire"
    if returned.kind is ReturnKind.SOFT:
        before = desk.bounces.count(person.id, ReturnKind.SOFT, since=now - SOFT_WINDOW, beside=returned.message_id)
        if before + 1 < SOFT_LIMIT:
            return f"noté, {before + 1} sur {SOFT_LIMIT} en huit semaines"
    desk.readers.suppress(_written(desk, returned, person), reason=_REASONS[returned.kind], now=now)
    return "nous n'écrirons plus à cette adresse"


def _written(desk: ReturnDesk, returned: Returned, person: Subscriber) -> str:
    """Return the address that was written to: since then this person may have been given another one."""
    mail = desk.bounces.sent_mail(returned.message_id) if returned.message_id else None
    return mail.email if mail is not None and mail.subscriber_id == person.id else person.email


def _proved(desk: ReturnDesk, returned: Returned) -> Subscriber | None:
    """Return whom a report is about: by its sealed address or by our own unsubscribe link, which it quotes.

    Where return addresses bear no seal, our own Message-ID must do.
    """
    if returned.sealed is not None:
        number, seal = returned.sealed
        return desk.readers.subscriber(number) if desk.keys.sealed(BOUNCE, str(number), seal) else None
    today = desk.clock.now().date()
    for token in returned.tokens:
        subject = desk.keys.verify(token, UNSUBSCRIBE, today)
        if subject is not None and subject.isdecimal():
            return desk.readers.subscriber(int(subject))
    if desk.sealed or returned.message_id is None:
        return None
    mail = desk.bounces.sent_mail(returned.message_id)
    return desk.readers.subscriber(mail.subscriber_id) if mail is not None else None
