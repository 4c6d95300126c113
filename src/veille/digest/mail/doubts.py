"""What staff decide of a mail of which nobody knows whether it was taken."""

from collections.abc import Sequence

from veille.addresses import address_key
from veille.digest.desk import Desk, needed
from veille.errors import InputError
from veille.model import Delivery, DeliveryState, Issue
from veille.model.issue_life import LIVING


class Doubts:
    """Settles the doubtful mails of signed issues, one address at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def received(self, emails: Sequence[str], *, by: str, name: str | None = None) -> list[Delivery]:
        """Take a person's word that these mails arrived: their content is not offered again."""
        return self._settle(emails, by=by, name=name, resend=False)

    def resend(self, emails: Sequence[str], *, by: str, name: str | None = None) -> list[Delivery]:
        """Queue these mails once more, same Message-ID; raises InputError where they may not leave any more."""
        return self._settle(emails, by=by, name=name, resend=True)

    def _settle(self, emails: Sequence[str], *, by: str, name: str | None, resend: bool) -> list[Delivery]:
        """Settle the doubts of all these addresses, or of none: raises InputError naming the first without one."""
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
        if resend:
            for issue, _ in chosen:
                self._check_fresh(issue)
        now = self._desk.clock.now()
        for issue, one in chosen:
            marks = [one.message_id]
            accepted, absent = ((), marks) if resend else (marks, ())
            self._desk.mails.reconcile(issue.id, accepted=accepted, absent=absent, now=now, by=f"décision de {by}")
        return [one for _, one in chosen]

    def _issues(self, name: str | None) -> list[Issue]:
        found = [issue for one in self._desk.with_errata(name) for issue in self._desk.issues.living(one.name)]
        return [issue for issue in found if issue.state in LIVING]

    def _doubtful(self, issue: Issue) -> list[Delivery]:
        return [one for one in self._desk.mails.deliveries(issue.id) if one.state is DeliveryState.UNCERTAIN]

    def _check_fresh(self, issue: Issue) -> None:
        end = needed(issue.stale_at).astimezone(self._desk.settings.cluster.zone)
        if self._desk.clock.now() > end:
            raise InputError(
                f"édition {issue.name} périmée depuis le {end:%d/%m/%Y à %H:%M}",
                cure="elle ne part plus ; l'édition suivante reprendra ce qui vaut encore",
            )
