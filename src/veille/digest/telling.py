"""Tell staff by mail, at once and once, that an issue waits for them: nobody approved it, or its sending stopped.

The log and « digest show » say so too, to whoever looks. That the mail left is an event of the issue, written when it
has; a process that dies between the two makes the next one send the same mail, under the same Message-ID, again: staff
would rather read it twice than never.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from veille.config.digests import Definition
from veille.digest.desk import WAITING, Desk
from veille.digest.mail.encoding import encode_body
from veille.digest.mail.mailers import mailer_of
from veille.digest.mail.staff import send_one, staff_mail
from veille.drawing import templates
from veille.errors import LeaseHeld
from veille.french import counted
from veille.model import DeliveryState, Issue, IssueState, OutgoingMail
from veille.protocols import Mailer
from veille.text import printable

if TYPE_CHECKING:
    from jinja2 import Environment

_TOLD = "l'équipe est prévenue par mail"
#: Who makes a correction is at it, and approves it: they are reminded of it after that long.
_AT_IT = timedelta(hours=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one mail to staff says."""

    subject: str
    words: Sequence[str]
    #: What one may do, and the command.
    steps: Sequence[tuple[str, str]]

    @property
    def text(self) -> str:
        """The text part."""
        steps = [f"- {what} :\n  {command}" for what, command in self.steps]
        return "\n\n".join([*map(printable, self.words), "\n".join(steps)]) + "\n"


class Telling:
    """Writes to the cluster's contact; to nobody where there is none."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def held(self, definition: Definition, issue: Issue, why: str) -> Iterator[str]:
        """Tell that an issue waits for somebody's approval; yield a French sentence where that cannot be told."""
        if definition.corrects and self._desk.clock.now() - issue.built_at < _AT_IT:
            return
        named, words = f"--name {issue.digest} --issue {issue.period}", self._desk.in_words
        notice = Notice(
            subject=f"À approuver : {definition.digest.title}, {issue.period}",
            words=(
                f"L'édition {issue.name} devait partir {words(issue.send_at)}. Elle n'est pas approuvée, {why}.",
                f"Approuvée avant {words(issue.stale_at)}, elle part aux heures d'envoi ; après, elle est périmée.",
            ),
            steps=(
                ("Voir ce qu'elle contient", f"veille digest show {named}"),
                ("Relire le bulletin d'un membre", f"veille digest preview MEMBRE --name {issue.digest}"),
                ("L'approuver", f"veille digest approve {named}"),
                ("Ou l'annuler", f"veille digest cancel {named}"),
            ),
        )
        yield from self._tell(issue, _TOLD, notice)

    def stopped(self, definition: Definition, issue: Issue) -> Iterator[str]:
        """Tell that the sending of an issue stopped by itself, each time; yield as above."""
        paused = [one for one in self._desk.issues.events(issue.id) if one.state is IssueState.PAUSED]
        stops = [one for one in paused if not one.why.startswith(_TOLD)]
        if not stops or stops[-1].by:
            return
        counts, named = self._desk.mails.counts(issue.id), f"--name {issue.digest} --issue {issue.period}"
        left = sum(counts.get(state, 0) for state in WAITING)
        notice = Notice(
            subject=f"Envoi arrêté : {definition.digest.title}, {issue.period}",
            words=(
                f"L'envoi de l'édition {issue.name} s'est arrêté : {stops[-1].why}",
                f"Mails remis : {counts.get(DeliveryState.SENT, 0)} ; en attente : {left}.",
                f"Repris avant {self._desk.in_words(issue.stale_at)}, l'envoi continue ; après, l'édition est périmée.",
            ),
            steps=(
                ("Voir où elle en est", f"veille digest status {named}"),
                ("Reprendre l'envoi, une fois la cause levée", f"veille digest resume {named}"),
                ("Ou l'annuler", f"veille digest cancel {named}"),
            ),
        )
        yield from self._tell(issue, f"{_TOLD} : {counted(len(stops), 'arrêt')}", notice)

    def _tell(self, issue: Issue, what: str, notice: Notice) -> Iterator[str]:
        """Send a notice unless it was; yield a French sentence where the relay refuses it for good."""
        desk = self._desk
        if not desk.settings.cluster.contact or desk.moved_clock or self._told(issue, what):
            return  # a rehearsal (`--now`) tells nobody
        try:
            with desk.turn(f"avis {issue.name}"):
                if self._told(issue, what):
                    return
                outcome = send_one(self._mailer(), self._mail(issue, what, notice))
                if outcome.state is DeliveryState.DEFERRED:
                    _log.warning("avis à l'équipe à réessayer", extra={"issue": issue.name, "reply": outcome.reply})
                    return
                desk.issues.note(issue.id, why=what, now=desk.clock.now())
        except LeaseHeld:
            return  # another process is telling them
        if outcome.state is DeliveryState.REJECTED:
            yield f"édition {issue.name} : {desk.settings.cluster.contact} refuse d'en être prévenue ({outcome.reply})"

    def _told(self, issue: Issue, what: str) -> bool:
        return any(one.why == what for one in self._desk.issues.events(issue.id))

    def _mail(self, issue: Issue, what: str, notice: Notice) -> OutgoingMail:
        desk = self._desk
        return staff_mail(
            desk.settings,
            desk.clock,
            desk.signer(),
            issue,
            kind="avis",
            what=f"avis/{what}",
            subject=notice.subject,
            body=encode_body(notice.text, _environment().get_template("notice.html.jinja").render(notice=notice)),
        )

    def _mailer(self) -> Mailer:
        desk = self._desk
        return desk.mailer or mailer_of(desk.settings, desk.clock, moved_clock=desk.moved_clock)


@cache
def _environment() -> "Environment":
    return templates(Path(__file__).parent / "templates")
