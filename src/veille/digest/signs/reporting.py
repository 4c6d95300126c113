"""Send the report of an issue to staff: once an issue, some hours after it left, never twice unasked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from veille.config.settings import Settings
from veille.digest.mail.dkim import Signer
from veille.digest.mail.encoding import encode_body
from veille.digest.mail.staff import send_one, staff_mail
from veille.digest.signs.gathering import IssueReport, gather, left_at
from veille.digest.signs.wording import as_page, as_text, headline
from veille.model import DeliveryState, Feedback, Issue, IssueState, OutgoingMail
from veille.model.returns import ReportState
from veille.protocols import BounceStore, Clock, IssueStore, Mailer, MailLedger, ReaderStore
from veille.protocols.signs import SignStore

#: An issue ended longer ago than that is not reported by itself any more: staff have moved on.
_NEWS = timedelta(days=6)
_OUTCOMES = {
    DeliveryState.SENT: ReportState.SENT,
    DeliveryState.REJECTED: ReportState.REJECTED,
    DeliveryState.UNCERTAIN: ReportState.UNCERTAIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDesk:
    """What reports are made of and sent with."""

    settings: Settings
    issues: IssueStore
    mails: MailLedger
    signs: SignStore
    bounces: BounceStore
    readers: ReaderStore
    opinions: Callable[[], Sequence[Feedback]]
    #: Names of the digests.
    digests: Callable[[], Sequence[str]]
    clock: Clock
    signer: Callable[[], Signer | None]
    #: Made when a report is to be sent.
    mailer: Callable[[], Mailer]


def report_of(desk: ReportDesk, issue: Issue) -> IssueReport:
    """Return the report of an issue as it stands now."""
    deliveries = desk.mails.deliveries(issue.id)
    counted = bool(issue.frame.get("count_links"))
    return gather(
        issue,
        deliveries,
        desk.issues.drafted(issue.id),
        desk.opinions(),
        desk.signs.signs(issue.id, counted=counted),
        [recorded for recorded, _ in desk.bounces.recent(left_at(issue))],
        gone=desk.readers.suppressed(one.email for one in deliveries),
        stopped=desk.readers.left({one.subscriber_id for one in deliveries}),
        events=desk.issues.events(issue.id),
        zone=desk.settings.cluster.zone,
    )


def send_due(desk: ReportDesk) -> Iterator[str]:
    """Send the reports whose hour has come; yield a French sentence for each."""
    if not desk.settings.cluster.contact:
        return
    now, wait = desk.clock.now(), timedelta(hours=desk.settings.returns.report_hours)
    for name in desk.digests():
        issue = desk.issues.latest(name, (IssueState.DONE, IssueState.EXPIRED))
        if issue is None or issue.send_at is None:
            continue
        since = max(issue.send_at, left_at(issue))  # one that staff sent late has no sign of life at its planned hour
        if not timedelta(0) <= now - since - wait <= _NEWS:
            continue
        if desk.signs.report_state(issue.id) is None:
            yield from send_report(desk, issue)


def send_report(desk: ReportDesk, issue: Issue) -> Iterator[str]:
    """Send the report of one issue unless it was sent, or may have been; yield what happened, in French."""
    mail = compose(desk, issue)
    if not desk.signs.claim_report(issue.id, mail.message_id, desk.clock.now()):
        return
    outcome = send_one(desk.mailer(), mail)
    state = _OUTCOMES.get(outcome.state)
    if state is None:
        desk.signs.release_report(issue.id)
        yield f"rapport {issue.digest} {issue.period} : à réessayer ({outcome.reply})"
        return
    desk.signs.settle_report(issue.id, state, outcome.reply, desk.clock.now())
    words = {
        ReportState.SENT: f"remis à {mail.recipient}",
        ReportState.REJECTED: f"refusé par le relais ({outcome.reply})",
        ReportState.UNCERTAIN: "peut-être parti : il n'est pas renvoyé de lui-même",
    }
    yield f"rapport {issue.digest} {issue.period} : {words[state]}"


def compose(desk: ReportDesk, issue: Issue) -> OutgoingMail:
    """Return the mail of a report; raises InputError for an address that no mail may carry."""
    report = report_of(desk, issue)
    return staff_mail(
        desk.settings,
        desk.clock,
        desk.signer(),
        issue,
        kind="rapport",
        what="rapport",
        subject=f"Rapport {report.period} : {headline(report)}",
        body=encode_body(as_text(report), as_page(report)),
    )
