"""Hold, resume, cancel and reopen issues; say when staff are away; try an issue on staff's own boxes."""

from collections.abc import Collection
from contextlib import closing
from dataclasses import replace
from datetime import date

from veille.addresses import address_key, parse_address
from veille.digest.desk import Desk, needed
from veille.digest.finding import ALIVE, issue_meant
from veille.digest.mail.mailers import mailer_of
from veille.errors import InputError
from veille.model import Absence, Bulletin, Issue, IssueState, OutgoingMail, SendOutcome
from veille.model.issue_life import LIVING, OPEN

#: Before the subject of a test: nobody takes it for the bulletin.
TEST = "[Essai] "


class Living:
    """Moves issues by hand."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def pause(self, *, by: str, why: str, name: str | None = None, said: str | None = None) -> Issue:
        """Hold the issue under way: no further mail is claimed; raises InputError where none is, or several are."""
        issue = self._meant(name, said, OPEN, LIVING)
        return self._desk.issues.pause(issue.id, by=by, why=why, now=self._desk.clock.now())

    def resume(self, *, by: str, name: str | None = None, said: str | None = None) -> Issue:
        """Let a paused issue go on; raises InputError where nothing of it would leave any more."""
        issue = self._meant(name, said, (IssueState.PAUSED,), LIVING)
        if issue.state is IssueState.PAUSED and self._desk.clock.now() > needed(issue.stale_at):
            raise InputError(
                f"l'édition {issue.name} est périmée : ce qui n'est pas parti ne partira plus",
                cure="faites l'édition suivante ; le prochain « veille run » termine celle-ci",
            )
        return self._desk.issues.resume(issue.id, by=by, now=self._desk.clock.now())

    def cancel(self, *, by: str, why: str, name: str | None = None, said: str | None = None) -> Issue:
        """End the issue that has not ended: what has not left does not leave."""
        issue = self._meant(name, said, ALIVE)
        return self._desk.issues.cancel(issue.id, by=by, why=why, now=self._desk.clock.now())

    def reopen(self, *, by: str, name: str | None = None, said: str | None = None) -> Issue:
        """Take an approved issue of which nothing left back to a draft that staff may edit."""
        issue = self._meant(name, said, LIVING, (IssueState.FROZEN,))
        return self._desk.issues.reopen(issue.id, by=by, now=self._desk.clock.now())

    def away(self, until: date | None, *, since: date | None, by: str) -> Absence | None:
        """Announce an absence from a day (today if None) to a day, both included; until None = staff are back."""
        first = since or self._desk.today()
        if until is not None and until < first:
            raise InputError(
                f"l'absence finirait le {until:%d/%m/%Y}, avant de commencer", cure="donnez un jour à venir"
            )
        absence = Absence(first, until) if until else None
        self._desk.hands.announce(absence, by=by, now=self._desk.clock.now())
        return absence

    def test(self, to: str, bulletin: Bulletin, issue: Issue) -> tuple[OutgoingMail, SendOutcome]:
        """Send one bulletin to one of the editors: no state opens, and its links are nobody's.

        Raises InputError for an address that is not an editor's.
        """
        desk, address = self._desk, self._editor(to)
        now = desk.clock.now()
        with closing(desk.composer({**issue.frame, "prefix": TEST})) as composer:
            mail = composer.mail(
                replace(bulletin, subscriber_id=0),
                email=address,
                message_id=desk.message_id(issue, bulletin.subscriber_id, space=f"essai/{now.timestamp()}/{address}"),
                sent=now,
            )
        mailer = desk.mailer or mailer_of(desk.settings, desk.clock, moved_clock=desk.moved_clock)
        with closing(mailer):
            ((_, outcome),) = mailer.send([mail])
        return mail, outcome

    def _editor(self, to: str) -> str:
        """Return the address of somebody of the staff; raises InputError for any other."""
        settings = self._desk.settings
        editors = {address_key(one): one for one in (*settings.cluster.editors, settings.cluster.contact) if one}
        if not to:
            raise InputError("un essai, mais à qui ?", cure="donnez une adresse de l'équipe par --to")
        address = parse_address(to)
        if address_key(address) not in editors:
            known = ", ".join(editors.values()) or "aucune"
            raise InputError(
                f"{address} n'est pas une adresse de l'équipe (connues : {known})",
                cure="ajoutez-la à « editors » dans [cluster] de veille.toml",
            )
        return address

    def _meant(self, name: str | None, said: str | None, *tiers: Collection[IssueState]) -> Issue:
        return issue_meant(self._desk, name, said, *tiers)[1]
