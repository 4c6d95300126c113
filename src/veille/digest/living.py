"""Hold, resume, cancel and reopen issues; say when staff are away; try an issue on staff's own boxes."""

from contextlib import closing
from dataclasses import replace
from datetime import date

from veille.addresses import address_key, parse_address
from veille.digest.desk import Desk
from veille.digest.mail.mailers import mailer_of
from veille.errors import InputError
from veille.model import Absence, Bulletin, Issue, OutgoingMail, SendOutcome
from veille.model.issue_life import LIVING, STATE_NAMES

#: Before the subject of a test: nobody takes it for the bulletin.
TEST = "[Essai] "


class Living:
    """Moves issues by hand."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def pause(self, *, by: str, why: str, name: str | None = None) -> Issue:
        """Hold the issue under way: no further mail is claimed; raises InputError where none is."""
        issue = self._signed(name)
        return self._desk.issues.pause(issue.id, by=by, why=why, now=self._desk.clock.now())

    def resume(self, *, by: str, name: str | None = None) -> Issue:
        """Let a paused issue go on."""
        return self._desk.issues.resume(self._signed(name).id, by=by, now=self._desk.clock.now())

    def cancel(self, *, by: str, why: str, name: str | None = None) -> Issue:
        """End the latest issue: what has not left does not leave."""
        issue = self._latest(name)
        return self._desk.issues.cancel(issue.id, by=by, why=why, now=self._desk.clock.now())

    def reopen(self, *, by: str, name: str | None = None) -> Issue:
        """Take an approved issue of which nothing left back to a draft that staff may edit."""
        return self._desk.issues.reopen(self._latest(name).id, by=by, now=self._desk.clock.now())

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

    def _signed(self, name: str | None) -> Issue:
        definitions = self._desk.with_errata(name)
        signed = [one for each in definitions if (one := self._desk.issues.latest(each.name, LIVING)) is not None]
        if len(signed) == 1:
            return signed[0]
        if signed:
            names = ", ".join(one.digest for one in signed)
            raise InputError("plusieurs éditions sont en cours", cure=f"dites laquelle avec --name : {names}")
        issue = self._latest(name)
        raise InputError(
            f"l'édition {issue.name} est {STATE_NAMES[issue.state]} : rien n'est en cours",
            cure="voyez « veille digest status »",
        )

    def _latest(self, name: str | None) -> Issue:
        """Return the latest issue that has not ended, else the latest; raises InputError where there is none."""
        definition = self._desk.one(name)
        living = self._desk.issues.living(definition.name)
        issue = living[-1] if living else self._desk.issues.latest(definition.name)
        if issue is None:
            raise InputError(f"aucune édition de {definition.name}", cure="lancez « veille digest build »")
        return issue
