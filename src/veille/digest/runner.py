"""The digest stage as commands and the daemon call it: build, preview, approve, send, status."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing

from veille.config.problems import nearest
from veille.digest.desk import Built, Desk, Sent, needed
from veille.digest.mail.despatch import Despatch
from veille.digest.making import Maker
from veille.digest.rendering.sandbox import Rendered
from veille.errors import InputError
from veille.model import DeliveryState, Drafted, Issue, IssueState, OutgoingMail
from veille.model.issue_life import OPEN

_WAITING = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.SENDING)


class Digests:
    """Makes, freezes and sends issues."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._maker = Maker(desk)
        self._despatch = Despatch(desk, self._maker)

    def build(self, name: str | None = None) -> list[Built]:
        """Make (or make again) the draft of the current period, of one digest or of each."""
        return [self._maker.build(definition) for definition in self._desk.chosen(name)]

    def run_due(self, *, drafting: bool = True) -> list[str]:
        """Draft (unless told not to) and send what the clock asks for, once; return French sentences, if any."""
        return [*(self._draft_due() if drafting else ()), *self._send_due()]

    def preview(self, who: str, name: str | None = None) -> tuple[Rendered, OutgoingMail]:
        """Draw one reader's bulletin of the latest issue (or of a draft made now), changing no state."""
        definition = self._desk.one(name)
        issue, drafted = self._maker.latest_or_drafted(definition)
        chosen = _reader(drafted, who, {m.id: m.organisation for m in self._desk.audience.members()})
        if chosen.bulletin is None:
            raise InputError(f"pas de bulletin pour {chosen.subscriber.email} : {chosen.skipped}")
        with closing(self._desk.composer(issue.frame)) as composer:
            mail = composer.mail(
                chosen.bulletin,
                email=chosen.subscriber.email,
                message_id=self._desk.message_id(issue, chosen.subscriber.id, preview=True),
                sent=self._desk.clock.now(),
            )
            return composer.render(chosen.bulletin), mail

    def approve(self, *, by: str, name: str | None = None) -> list[Issue]:
        """Freeze the latest draft of one digest or of each, every mail checked first; raises InputError if none."""
        drafts = [
            (definition, issue)
            for definition in self._desk.chosen(name)
            if (issue := self._desk.issues.latest(definition.name, (IssueState.DRAFT,))) is not None
        ]
        if not drafts:
            raise InputError("aucun brouillon à approuver", cure="lancez « veille digest build »")
        filled = [pair for pair in drafts if self._desk.filled(pair[1])]
        return [self._maker.approve(definition, issue, by=by) for definition, issue in filled or drafts]

    def send(self, name: str | None = None) -> Sent:
        """Send the latest approved issue; a second run sends nothing twice. Raises InputError where none may leave."""
        return self._despatch.send(name)

    def send_all(self, name: str | None = None) -> list[Sent]:
        """Send the approved issue of every digest (or of one); where none is approved, as `send` does."""
        now, found = self._desk.clock.now(), self._desk.issues
        approved = [
            definition.name
            for definition in self._desk.chosen(name)
            if (issue := found.latest(definition.name, OPEN)) is not None and now <= needed(issue.stale_at)
        ]
        return [self.send(one) for one in approved] or [self.send(name)]

    def status(self, name: str | None = None) -> list[Sent]:
        """Return the latest issue of each digest with its deliveries."""
        found = []
        for definition in self._desk.chosen(name):
            issue = self._desk.issues.latest(definition.name)
            if issue is not None:
                found.append(Sent(issue=issue, state=issue.state, deliveries=self._desk.mails.deliveries(issue.id)))
        return found

    # ── what the clock asks for ─────────────────────────────────────────────────────────────────────────────────────
    def _draft_due(self) -> Iterator[str]:
        """Make the drafts whose hour has come and that do not exist yet."""
        for definition in self._desk.chosen(None):
            when = self._desk.edition(definition)
            missing = self._desk.issues.find(definition.name, when.period) is None
            if missing and when.build_at <= self._desk.clock.now():
                built = self._maker.build(definition)
                count = sum(one.bulletin is not None for one in built.drafted)
                yield f"brouillon {definition.name} {when.period} : {count} bulletins sur {len(built.drafted)} abonnés"

    def _send_due(self) -> Iterator[str]:
        """Send what is approved (or released by the fallback) and whose hour has come; end what is stale."""
        now = self._desk.clock.now()
        for definition in self._desk.chosen(None):
            issue = self._desk.issues.latest(definition.name, (*OPEN, IssueState.DRAFT))
            if issue is None or now < needed(issue.send_at):
                continue
            if issue.state in OPEN and not self._waiting(issue):
                continue
            if now > needed(issue.stale_at):
                if issue.state in OPEN:
                    self._desk.issues.close(issue.id, now)
                    yield f"édition {issue.digest} {issue.period} périmée : ce qui n'est pas parti ne partira plus"
            elif issue.state in OPEN or (definition.digest.fallback == "automatic" and self._desk.filled(issue)):
                sent = self.send(definition.name)
                count = sum(one.state is DeliveryState.SENT for one in sent.deliveries)
                yield f"édition {issue.digest} {issue.period} : {count} mails remis sur {len(sent.deliveries)}"

    def _waiting(self, issue: Issue) -> bool:
        counts = self._desk.mails.counts(issue.id)
        return any(counts.get(state) for state in _WAITING)


def _reader(drafted: Sequence[Drafted], who: str, organisations: Mapping[int, str]) -> Drafted:
    """Return the reader named by address or organisation; raises InputError with the nearest known name."""
    wanted = who.strip().casefold()
    names: dict[str, Drafted] = {}
    for one in drafted:
        names.setdefault(one.subscriber.email.casefold(), one)
        organisation = organisations.get(one.subscriber.member_id, "").casefold()
        # Of an organisation's people, one who has a bulletin.
        if organisation and (organisation not in names or names[organisation].bulletin is None):
            names[organisation] = one
    if wanted in names:
        return names[wanted]
    near = nearest(wanted, names)
    raise InputError(
        f"aucun lecteur « {who} » dans cette édition",
        cure=f"vouliez-vous « {near} » ?" if near else "voyez « veille members list »",
    )
