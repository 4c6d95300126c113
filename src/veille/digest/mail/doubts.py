"""What staff decide of a mail of which nobody knows whether it was taken."""

from collections.abc import Sequence

from veille.addresses import address_key
from veille.digest.desk import Desk, needed
from veille.errors import InputError
from veille.model import Delivery, DeliveryState, Issue
from veille.model.issue_life import EDITABLE, LEAVING, LIVING, STATE_NAMES


class Doubts:
    """Settles the doubtful mails of signed issues, one address at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def received(self, emails: Sequence[str], *, by: str, name: str | None = None) -> list[Delivery]:
        """Take a person's word that these mails arrived: their content is not offered again."""
        return self._settle(self._chosen(emails, name), "accepted", by)

    def lost(self, emails: Sequence[str], *, by: str, name: str | None = None) -> list[Delivery]:
        """Take a person's word that these mails did not arrive and are not to be sent again."""
        return self._settle(self._chosen(emails, name), "lost", by)

    def resend(self, emails: Sequence[str], *, by: str, name: str | None = None) -> list[Delivery]:
        """Queue these mails once more, same Message-ID; raises InputError where they may not leave any more."""
        chosen = self._chosen(emails, name)
        for issue, _ in chosen:
            self._check_fresh(issue)
        return self._settle(chosen, "absent", by)

    def _chosen(self, emails: Sequence[str], name: str | None) -> list[tuple[Issue, Delivery]]:
        """Return the doubts of all these addresses; raises InputError naming the first address without one."""
        doubts = [(issue, one) for issue in self._issues(name) for one in self._doubtful(issue)]
        chosen = []
        for email in emails:
            found = [(issue, one) for issue, one in doubts if address_key(one.email) == address_key(email)]
            if not found:
                known = ", ".join(sorted({one.email for _, one in doubts}))
                raise InputError(
                    f"aucun mail incertain pour « {email} »",
                    cure=f"incertains : {known}" if known else "« veille digest status » ne montre aucun doute",
                )
            chosen += found
        return chosen

    def _settle(self, chosen: Sequence[tuple[Issue, Delivery]], what: str, by: str) -> list[Delivery]:
        """Settle these doubts as the ledger's own words name it."""
        now, said = self._desk.clock.now(), f"décision de {by}"
        for issue, one in chosen:
            marks = {what: [one.message_id]}
            self._desk.mails.reconcile(issue.id, **marks, now=now, by=said)
        return [one for _, one in chosen]

    def _issues(self, name: str | None) -> list[Issue]:
        """Return every signed issue that a doubt may be of, ended or not."""
        issues = self._desk.issues
        found = [(issues.unsettled(one.name), issues.living(one.name)) for one in self._desk.with_errata(name)]
        return [issue for pair in found for some in pair for issue in some if issue.state not in EDITABLE]

    def _doubtful(self, issue: Issue) -> list[Delivery]:
        return [one for one in self._desk.mails.deliveries(issue.id) if one.state is DeliveryState.UNCERTAIN]

    def _check_fresh(self, issue: Issue) -> None:
        if issue.state not in (*LEAVING, *LIVING):
            raise InputError(
                f"l'édition {issue.name} est {STATE_NAMES[issue.state]} : rien n'en part plus",
                cure="dites « --received » si la personne l'a reçu ; l'édition suivante reprendra ce qui vaut encore",
            )
        end = needed(issue.stale_at).astimezone(self._desk.settings.cluster.zone)
        if self._desk.clock.now() > end:
            raise InputError(
                f"édition {issue.name} périmée depuis le {end:%d/%m/%Y à %H:%M}",
                cure="elle ne part plus ; l'édition suivante reprendra ce qui vaut encore",
            )
