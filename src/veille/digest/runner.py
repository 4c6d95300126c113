"""The digest stage as commands and the daemon call it: build, preview, approve, send, status."""

import fcntl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from veille.config.digests import Definition
from veille.config.problems import nearest
from veille.config.settings import Settings
from veille.digest.composing import NOT_REVIEWED, Composer, make_frame
from veille.digest.drafting import Readers, draft
from veille.digest.editions import Edition, edition
from veille.digest.mailers import FileMailer, RelayLog, mailer_for
from veille.digest.message import make_message_id
from veille.digest.sandbox import Rendered
from veille.digest.sending import Sender
from veille.errors import InputError, LeaseHeld
from veille.model import Delivery, DeliveryState, Drafted, Issue, IssueState, OutgoingMail
from veille.protocols import (
    AcceptLog,
    Audience,
    Clock,
    IssueStore,
    ItemStore,
    Labels,
    Mailer,
    MailLedger,
    MatcherFor,
)
from veille.tokens import Keys

_WAITING = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.SENDING)
_OPEN = (IssueState.APPROVED, IssueState.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the digest stage works with; app.py fills it."""

    settings: Settings
    #: By name; read when first asked for, so that a broken digest does not stop other commands.
    definitions: Callable[[], Mapping[str, Definition]]
    items: ItemStore
    audience: Audience
    matcher: MatcherFor
    labels: Labels
    issues: IssueStore
    mails: MailLedger
    keys: Keys
    clock: Clock
    #: `--now` was given: only harmless ways out.
    moved_clock: bool = False
    #: The database serves several machines: a lock on this one proves nothing.
    shared_store: bool = False
    #: Instead of what `[mail] url` names.
    mailer: Mailer | None = None
    wait: Callable[[float], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """An issue with what it holds."""

    issue: Issue
    drafted: Sequence[Drafted]
    #: False where the period's issue was approved already and was left as it is.
    fresh: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What `send` did and where the issue stands."""

    issue: Issue
    state: IssueState
    deliveries: Sequence[Delivery]

    @property
    def doubtful(self) -> Sequence[Delivery]:
        """Mails that may or may not have been taken: a person decides."""
        return [one for one in self.deliveries if one.state is DeliveryState.UNCERTAIN]


class Digests:
    """Makes, freezes and sends issues."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def build(self, name: str | None = None) -> list[Built]:
        """Make (or make again) the draft of the current period, of one digest or of each."""
        return [self._build(definition) for definition in self._chosen(name)]

    def run_due(self) -> list[str]:
        """Draft and send what the clock asks for, once; return French sentences, none where nothing was due."""
        return [*self._draft_due(), *self._send_due()]

    def preview(self, who: str, name: str | None = None) -> tuple[Rendered, OutgoingMail]:
        """Draw one reader's bulletin of the latest issue (or of a draft made now), changing no state."""
        definition = self._one(name)
        issue, drafted = self._latest_or_drafted(definition)
        chosen = _reader(drafted, who, {m.id: m.organisation for m in self._desk.audience.members()})
        if chosen.bulletin is None:
            raise InputError(f"pas de bulletin pour {chosen.subscriber.email} : {chosen.skipped}")
        with closing(Composer(issue.frame, self._desk.keys)) as composer:
            mail = composer.mail(
                chosen.bulletin,
                email=chosen.subscriber.email,
                message_id=self._message_id(issue, chosen.subscriber.id, preview=True),
                sent=self._desk.clock.now(),
            )
            return composer.render(chosen.bulletin), mail

    def approve(self, *, by: str, name: str | None = None) -> list[Issue]:
        """Freeze the latest draft of one digest or of each, every mail checked first; raises InputError if none."""
        drafts = [
            (definition, issue)
            for definition in self._chosen(name)
            if (issue := self._desk.issues.latest(definition.name, (IssueState.DRAFT,))) is not None
        ]
        if not drafts:
            raise InputError("aucun brouillon à approuver", cure="lancez « veille digest build »")
        filled = [pair for pair in drafts if self._filled(pair[1])]
        return [self._approve(definition, issue, by=by) for definition, issue in filled or drafts]

    def send(self, name: str | None = None) -> Sent:
        """Send the latest approved issue; a second run sends nothing twice. Raises InputError where none may leave."""
        definition, issue = self._to_send(name)
        if issue.state is IssueState.DONE:
            return Sent(issue=issue, state=issue.state, deliveries=self._desk.mails.deliveries(issue.id))
        if self._desk.clock.now() > _needed(issue.stale_at):
            self._desk.mails.close(issue.id, self._desk.clock.now())
            raise InputError(
                f"édition périmée : {issue.digest} {issue.period} devait partir avant le "
                f"{_needed(issue.stale_at).astimezone(self._desk.settings.cluster.zone):%d/%m/%Y à %H:%M}",
                cure="ce qui n'est pas parti ne partira plus ; faites l'édition suivante",
            )
        if not self._desk.issues.verify(issue):
            raise InputError(
                f"l'édition {definition.name} {issue.period} n'est plus celle qui a été approuvée",
                cure="quelqu'un a modifié la base ; rétablissez-la d'une sauvegarde",
            )
        return self._send(issue)

    def status(self, name: str | None = None) -> list[Sent]:
        """Return the latest issue of each digest with its deliveries."""
        found = []
        for definition in self._chosen(name):
            issue = self._desk.issues.latest(definition.name)
            if issue is not None:
                found.append(Sent(issue=issue, state=issue.state, deliveries=self._desk.mails.deliveries(issue.id)))
        return found

    # ── what the clock asks for ─────────────────────────────────────────────────────────────────────────────────────
    def _draft_due(self) -> Iterator[str]:
        """Make the drafts whose hour has come and that do not exist yet."""
        for definition in self._chosen(None):
            when = self._edition(definition)
            missing = self._desk.issues.find(definition.name, when.period) is None
            if missing and when.build_at <= self._desk.clock.now():
                built = self._build(definition)
                count = sum(one.bulletin is not None for one in built.drafted)
                yield f"brouillon {definition.name} {when.period} : {count} bulletins sur {len(built.drafted)} abonnés"

    def _send_due(self) -> Iterator[str]:
        """Send what is approved (or released by the fallback) and whose hour has come; end what is stale."""
        now = self._desk.clock.now()
        for definition in self._chosen(None):
            issue = self._desk.issues.latest(definition.name, (*_OPEN, IssueState.DRAFT))
            if issue is None or now < _needed(issue.send_at):
                continue
            if issue.state in _OPEN and not self._waiting(issue):
                continue
            if now > _needed(issue.stale_at):
                if issue.state in _OPEN:
                    self._desk.mails.close(issue.id, now)
                    yield f"édition {issue.digest} {issue.period} périmée : ce qui n'est pas parti ne partira plus"
            elif issue.state in _OPEN or (definition.digest.fallback == "automatic" and self._filled(issue)):
                sent = self.send(definition.name)
                count = sum(one.state is DeliveryState.SENT for one in sent.deliveries)
                yield f"édition {issue.digest} {issue.period} : {count} mails remis sur {len(sent.deliveries)}"

    def _filled(self, issue: Issue) -> bool:
        """Tell whether anybody is written to."""
        return any(one.bulletin for one in self._desk.issues.drafted(issue.id))

    def _waiting(self, issue: Issue) -> bool:
        counts = self._desk.mails.counts(issue.id)
        return any(counts.get(state) for state in _WAITING)

    # ── steps ───────────────────────────────────────────────────────────────────────────────────────────────────────
    def _build(self, definition: Definition) -> Built:
        desk, when = self._desk, self._edition(definition)
        known = desk.issues.find(definition.name, when.period)
        if known is not None and known.state is not IssueState.DRAFT:
            return Built(issue=known, drafted=desk.issues.drafted(known.id), fresh=False)
        issue, drafted = self._draft(definition, when)
        return Built(issue=desk.issues.save_draft(issue, drafted), drafted=drafted)

    def _draft(self, definition: Definition, when: Edition) -> tuple[Issue, list[Drafted]]:
        desk = self._desk
        frame = make_frame(definition, desk.settings, when.day, desk.keys.newest)
        items = desk.items.items()
        subscribers = desk.audience.subscribers()
        readers = Readers(
            members=desk.audience.members(),
            subscribers=subscribers,
            seen=desk.issues.seen([person.id for person in subscribers]),
        )
        with closing(Composer(frame, desk.keys)) as composer:
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

    def _approve(self, definition: Definition, issue: Issue, *, by: str, notice: str = "") -> Issue:
        desk = self._desk
        day = datetime.fromisoformat(issue.frame["day"]).date()
        frame = {**make_frame(definition, desk.settings, day, desk.keys.newest), "notice": notice}
        if not self._filled(issue):
            raise InputError(
                f"l'édition {issue.digest} {issue.period} ne contient aucun bulletin",
                cure="elle reste à faire : importez des membres ou relevez les sources, puis « veille digest build »",
            )
        with closing(Composer(frame, desk.keys)) as composer:
            for one in desk.issues.drafted(issue.id):
                if one.bulletin is not None:
                    composer.check(
                        one.bulletin,
                        email=one.subscriber.email,
                        message_id=self._message_id(issue, one.subscriber.id),
                        sent=desk.clock.now(),
                    )
        domain = str(frame["sender"]).rpartition("@")[2]
        return desk.issues.approve(issue, by=by, now=desk.clock.now(), domain=domain, frame=frame)

    def _to_send(self, name: str | None) -> tuple[Definition, Issue]:
        """Return what may leave: approved and not stale first, else released by the fallback, else say why not."""
        now = self._desk.clock.now()
        for states in (_OPEN, (IssueState.DRAFT,), (IssueState.DONE, IssueState.EXPIRED)):
            for definition in self._chosen(name):
                issue = self._desk.issues.latest(definition.name, states)
                if issue is None or (states == _OPEN and now > _needed(issue.stale_at) and self._newer(issue)):
                    continue
                return definition, self._released(definition, issue) if issue.state is IssueState.DRAFT else issue
        raise InputError("aucune édition à envoyer", cure="lancez « veille digest build », relisez, puis approuvez")

    def _newer(self, issue: Issue) -> bool:
        latest = self._desk.issues.latest(issue.digest)
        return latest is not None and latest.id != issue.id

    def _released(self, definition: Definition, issue: Issue) -> Issue:
        """Apply the fallback to an issue that nobody approved, or refuse."""
        digest, now = definition.digest, self._desk.clock.now()
        if digest.fallback == "automatic" and now >= _needed(issue.send_at):
            return self._approve(definition, issue, by="repli : sélection automatique", notice=NOT_REVIEWED)
        why = {
            "hold": "et le repli est de la retenir (fallback: hold)",
            "validated": "et aucun contenu n'est relu : le repli (fallback: validated) la retient",
            "automatic": "et l'heure du repli n'est pas venue",
        }[digest.fallback]
        raise InputError(
            f"l'édition {issue.digest} {issue.period} n'est pas approuvée, {why}",
            cure="relisez avec « veille digest preview », puis « veille digest approve »",
        )

    def _send(self, issue: Issue) -> Sent:
        desk = self._desk
        mailer = desk.mailer or mailer_for(
            desk.settings.mail.url.get_secret_value(), desk.settings.home, moved_clock=desk.moved_clock
        )
        try:
            with _lock(desk.settings.var / "send.lock"):
                begun = desk.mails.begin(issue.id, desk.clock.now())
                bulletins = {one.subscriber.id: one.bulletin for one in desk.issues.drafted(issue.id)}
                with closing(Composer(begun.frame, desk.keys)) as composer:
                    sent = datetime.fromisoformat(begun.frame["date"])

                    def compose(delivery: Delivery) -> OutgoingMail:
                        bulletin = bulletins.get(delivery.subscriber_id)
                        if bulletin is None:
                            raise InputError("ce bulletin n'est plus dans l'édition")
                        return composer.mail(bulletin, email=delivery.email, message_id=delivery.message_id, sent=sent)

                    self._sender(mailer, compose).send(issue.id, alone=not desk.shared_store)
                state = desk.mails.close(issue.id, desk.clock.now())
        finally:
            mailer.close()
        return Sent(issue=begun, state=state, deliveries=desk.mails.deliveries(issue.id))

    def _sender(self, mailer: Mailer, compose: Callable[[Delivery], OutgoingMail]) -> Sender:
        desk = self._desk
        log: AcceptLog | None = mailer if isinstance(mailer, FileMailer) else None
        if log is None and desk.settings.mail.accept_log is not None:
            log = RelayLog(desk.settings.home / desk.settings.mail.accept_log)
        options: dict[str, Any] = {"wait": desk.wait} if desk.wait else {}
        return Sender(desk.mails, mailer, compose, desk.clock, accept_log=log, **options)

    # ── looking up ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _chosen(self, name: str | None) -> list[Definition]:
        definitions = self._desk.definitions()
        if name is None:
            return list(definitions.values())
        if name not in definitions:
            near = nearest(name, definitions)
            cure = f"vouliez-vous « {near} » ?" if near else f"bulletins connus : {', '.join(definitions) or 'aucun'}"
            raise InputError(f"bulletin inconnu « {name} »", cure=cure)
        return [definitions[name]]

    def _one(self, name: str | None) -> Definition:
        chosen = self._chosen(name)
        if len(chosen) != 1:
            raise InputError("plusieurs bulletins (ou aucun)", cure="dites lequel avec --name")
        return chosen[0]

    def _edition(self, definition: Definition) -> Edition:
        return edition(definition.digest, self._desk.clock.now(), self._desk.settings.cluster.zone)

    def _latest_or_drafted(self, definition: Definition) -> tuple[Issue, Sequence[Drafted]]:
        issue = self._desk.issues.latest(definition.name)
        if issue is None:
            return self._draft(definition, self._edition(definition))
        drafted = self._desk.issues.drafted(issue.id)
        if issue.state is not IssueState.DRAFT:
            return issue, drafted
        day = datetime.fromisoformat(issue.frame["day"]).date()
        frame = make_frame(definition, self._desk.settings, day, self._desk.keys.newest)
        return replace(issue, frame=frame), drafted

    def _message_id(self, issue: Issue, subscriber_id: int, *, preview: bool = False) -> str:
        settings = self._desk.settings
        space = f"{settings.cluster.id}/apercu" if preview else settings.cluster.id
        domain = settings.mail.sender.rpartition("@")[2]
        return make_message_id(space, issue.digest, issue.period, subscriber_id, domain)


def _needed(value: datetime | None) -> datetime:
    if value is None:
        raise ValueError("a stored issue has a send time and an end")
    return value


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


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Hold this machine's sending lock; the kernel frees it when the process dies, however it dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LeaseHeld("un envoi est déjà en cours sur cette instance", cure="attendez qu'il finisse") from error
        yield
