"""Make and freeze issues: the draft of a period, and its approval with every mail checked first."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime

from veille.config.digests import Definition
from veille.digest.choosing.drafting import Readers, draft, refusals
from veille.digest.composing import make_frame
from veille.digest.desk import Built, Desk
from veille.digest.editions import Edition
from veille.errors import InputError
from veille.model import Drafted, Issue, IssueState


class Maker:
    """Drafts and approves."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def build(self, definition: Definition) -> Built:
        """Make (or make again) the draft of the current period; an approved one is left as it is."""
        desk, when = self._desk, self._desk.edition(definition)
        known = desk.issues.find(definition.name, when.period)
        if known is not None and known.state is not IssueState.DRAFT:
            return Built(issue=known, drafted=desk.issues.drafted(known.id), fresh=False)
        issue, drafted = self._draft(definition, when)
        return Built(issue=desk.issues.save_draft(issue, drafted), drafted=drafted)

    def latest_or_drafted(self, definition: Definition) -> tuple[Issue, Sequence[Drafted]]:
        """Return the latest issue as it would be sent, or a draft made now, changing no state."""
        issue = self._desk.issues.latest(definition.name)
        if issue is None:
            return self._draft(definition, self._desk.edition(definition))
        drafted = self._desk.issues.drafted(issue.id)
        if issue.state is not IssueState.DRAFT:
            return issue, drafted
        day = datetime.fromisoformat(issue.frame["day"]).date()
        frame = make_frame(definition, self._desk.settings, day, self._desk.keys.newest, period=issue.period)
        return replace(issue, frame=frame), drafted

    def approve(self, definition: Definition, issue: Issue, *, by: str, notice: str = "") -> Issue:
        """Freeze a draft; raises InputError naming the reader and the fault of the first mail that may not leave."""
        desk = self._desk
        day = datetime.fromisoformat(issue.frame["day"]).date()
        frame = {**make_frame(definition, desk.settings, day, desk.keys.newest, period=issue.period), "notice": notice}
        if not self._desk.filled(issue):
            raise InputError(
                f"l'édition {issue.digest} {issue.period} ne contient aucun bulletin",
                cure="elle reste à faire : importez des membres ou relevez les sources, puis « veille digest build »",
            )
        with closing(desk.composer(frame)) as composer:
            for one in desk.issues.drafted(issue.id):
                if one.bulletin is not None:
                    composer.check(
                        one.bulletin,
                        email=one.subscriber.email,
                        message_id=self._desk.message_id(issue, one.subscriber.id),
                        sent=desk.clock.now(),
                    )
        domain = str(frame["sender"]).rpartition("@")[2]
        return desk.issues.approve(issue, by=by, now=desk.clock.now(), domain=domain, frame=frame)

    def _draft(self, definition: Definition, when: Edition) -> tuple[Issue, list[Drafted]]:
        desk = self._desk
        frame = make_frame(definition, desk.settings, when.day, desk.keys.newest, period=when.period)
        items = desk.items.items()
        subscribers = desk.audience.subscribers()
        readers = Readers(
            members=desk.audience.members(),
            subscribers=subscribers,
            seen=desk.mails.seen([person.id for person in subscribers]),
            refused=refusals(desk.opinions()),
        )
        with closing(desk.composer(frame)) as composer:
            drafted = draft(
                definition.digest,
                when,
                items,
                readers,
                matcher=desk.matcher(items, when.day),
                labels=desk.labels,
                zone=desk.settings.cluster.zone,
                fits=composer.fits,
            )
        issue = Issue(
            id=0,
            digest=definition.name,
            period=when.period,
            state=IssueState.DRAFT,
            built_at=desk.clock.now(),
            send_at=when.send_at,
            stale_at=when.stale_at,
            frame=frame,
        )
        return issue, drafted
