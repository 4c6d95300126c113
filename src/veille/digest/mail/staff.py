"""Mails to the cluster's staff: a report, a notice. One at a time, to its contact, by the way that bulletins take."""

from contextlib import closing

from veille.addresses import parse_address
from veille.config.settings import Settings
from veille.digest.mail.dkim import Signer
from veille.digest.mail.encoding import Body
from veille.digest.mail.message import Letter, build, make_message_id
from veille.errors import RelayUnavailable
from veille.model import DeliveryState, Issue, OutgoingMail, SendOutcome
from veille.protocols import Clock, Mailer

#: What the Message-ID is made of, in a space where no reader's is.
_NOBODY = 0


def staff_mail(
    settings: Settings,
    clock: Clock,
    signer: Signer | None,
    issue: Issue,
    *,
    kind: str,
    what: str,
    subject: str,
    body: Body,
) -> OutgoingMail:
    """Return a mail about an issue; the same `kind` and `what` give the same Message-ID.

    Raises InputError for an address that no mail may carry.
    """
    sender = parse_address(settings.mail.sender)
    letter = Letter(
        sender=sender,
        sender_name=settings.cluster.name,
        recipient=parse_address(settings.cluster.contact),
        subject=subject,
        body=body,
        message_id=make_message_id(
            f"{settings.cluster.id}/{what}",
            f"{kind}-{issue.digest}",
            issue.period,
            _NOBODY,
            sender.rpartition("@")[2],
        ),
        date=clock.now(),
        notice=True,
    )
    return build(letter, signer)


def send_one(mailer: Mailer, mail: OutgoingMail) -> SendOutcome:
    """Send one mail and close the way out; a relay that cannot be reached defers it."""
    with closing(mailer):
        try:
            return next(outcome for _, outcome in mailer.send([mail]))
        except RelayUnavailable as error:
            return SendOutcome(state=DeliveryState.DEFERRED, reply=str(error))
