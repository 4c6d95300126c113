"""Corrections: from a sent issue, an issue of its own to exactly those who got the item, approved on its own."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from veille.config.digests import Definition
from veille.digest.choosing.correcting import correction
from veille.digest.composing import make_frame
from veille.digest.curating import NOTE_LIMIT
from veille.digest.desk import WAITING, Built, Desk
from veille.errors import InputError
from veille.model import Drafted, Issue, IssueState
from veille.model.issue_life import EDITABLE, LIVING, STATE_NAMES
from veille.text import clean

#: Corrections of one issue, at most: beyond, people write a letter.
_MOST = 9
#: Addresses that one sentence names.
_NAMED = 10
#: « 2026-W48 », « 2026-11 », « 2026-11-27 », or the second alert of that day, « 2026-11-27-2 ».
_PERIOD = re.compile(r"\d{4}-(?:W\d{2}|\d{2}(?:-\d{2}(?:-\d{1,4})?)?)")


class Errata:
    """Makes corrections; they are approved and sent like any issue, under « hebdo_erratum »."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def make(self, period: str, item_id: int, says: str, *, name: str | None = None) -> Built:
        """Draft the correction of one item of one sent issue; raises InputError where nobody got it there."""
        definition, desk = self._desk.one(name), self._desk
        issue = self._sent(definition, period)
        words = " ".join(clean(says).split())
        if not words or len(words) > NOTE_LIMIT:
            raise InputError(
                f"correction de {len(words)} caractères (--says)",
                cure=f"dites en 1 à {NOTE_LIMIT} caractères ce qui est vrai",
            )
        drafted = self._corrected(issue, item_id, words)
        self._check_over(issue)
        errata, now = definition.erratum(), desk.clock.now()
        hours = desk.hours(definition)
        leaves = hours.opening(now)
        day = leaves.astimezone(hours.zone).date()
        kept = {"notice": "Erratum", "answers": self._answers(issue)}
        for number in range(1, _MOST + 1):
            period = f"{issue.period}-e{number}"
            made = Issue(
                id=0,
                digest=errata.name,
                period=period,
                state=IssueState.DRAFT,
                built_at=now,
                send_at=leaves,
                stale_at=leaves + timedelta(hours=definition.digest.window_hours),
                frame={**make_frame(errata, desk.settings, day, desk.keys.newest, period=period), **kept},
            )
            # Asked of the store as it writes: two corrections made at once are two.
            stored = desk.issues.add_draft(made, drafted)
            if stored is not None:
                return Built(issue=stored, drafted=drafted, remark=self._doubts(issue, item_id))
        raise InputError(f"{_MOST} corrections de l'édition {issue.name} existent déjà", cure="écrivez à ces personnes")

    def _sent(self, definition: Definition, period: str) -> Issue:
        wanted = period.strip().removeprefix(definition.name).strip()
        issue = self._desk.issues.find(definition.name, wanted) if _PERIOD.fullmatch(wanted) else None
        if issue is None:
            latest = self._desk.issues.latest(definition.name, (IssueState.DONE, IssueState.SENDING))
            cure = f"la dernière envoyée est {latest.period}" if latest else "aucune n'a encore été envoyée"
            raise InputError(f"pas d'édition « {period} » de {definition.name}", cure=cure)
        if issue.state in EDITABLE:
            raise InputError(
                f"l'édition {issue.name} est {STATE_NAMES[issue.state]} : rien n'en est parti",
                cure="corrigez-la directement, puis « veille digest build »",
            )
        return issue

    def _check_over(self, issue: Issue) -> None:
        """Refuse while mails of the issue may still leave: they would bear the mistake, uncorrected."""
        counts = self._desk.mails.counts(issue.id)
        waiting = sum(counts.get(state, 0) for state in WAITING) if issue.state in (*LIVING, IssueState.DONE) else 0
        if waiting:
            raise InputError(
                f"{waiting} mail{'s partent' if waiting > 1 else ' part'} encore de l'édition {issue.name}",
                cure="attendez la fin, ou arrêtez-la avec « veille digest cancel », puis recommencez",
            )

    def _doubts(self, issue: Issue, item_id: int) -> str:
        """Say who may have got the item, nobody knows, and gets no correction; or nothing."""
        doubtful = {one.subscriber_id for one in self._desk.sent(issue, issue.state).doubtful}
        named = [
            one.subscriber.email
            for one in (self._desk.issues.drafted(issue.id) if doubtful else ())
            if one.subscriber.id in doubtful and any(line.item_id == item_id for line in one.selection)
        ]
        if not named:
            return ""
        told = ", ".join(named[:_NAMED]) + (f" et {len(named) - _NAMED} autres" if len(named) > _NAMED else "")
        return (
            f"sans la correction, car leur envoi est douteux : {told} ; tranchez avec « veille digest settle », puis "
            "annulez cette correction et refaites-la, ou écrivez-leur"
        )

    def _corrected(self, issue: Issue, item_id: int, says: str) -> Sequence[Drafted]:
        desk = self._desk
        got = desk.mails.received(issue.id, item_id)
        if not got:
            raise InputError(
                f"personne n'a reçu l'article n° {item_id} dans l'édition {issue.name}",
                cure="« veille digest show » donne les articles de l'édition",
            )
        now, sent, today = desk.items.item(item_id), date.fromisoformat(issue.frame["day"]), desk.today()
        return [
            correction(one, item_id, now, says, sent=sent, today=today)
            for one in desk.issues.drafted(issue.id)
            if one.subscriber.id in got
        ]

    def _answers(self, issue: Issue) -> dict[str, str]:
        """Return what the Message-ID of each original is made from: the correction is shown under it."""
        return {
            "cluster": self._desk.settings.cluster.id,
            "digest": issue.digest,
            "period": issue.period,
            "domain": str(issue.frame["sender"]).rpartition("@")[2],
        }
