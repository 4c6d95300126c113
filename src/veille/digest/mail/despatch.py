"""Send what is approved, or what the fallback releases: one sender at a time on a machine."""

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from veille.config.digests import Definition
from veille.digest.desk import PAGE, WAITING, Desk, Sent, needed
from veille.digest.fallback import Fallback
from veille.digest.finding import issue_meant
from veille.digest.hours import Hours
from veille.digest.mail.families import Families
from veille.digest.mail.mailers import FileMailer, mailer_of
from veille.digest.mail.pace import Limits
from veille.digest.mail.relay_log import RelayLog
from veille.digest.mail.sending import Sender
from veille.digest.mail.shift import LEASE
from veille.digest.relays.known import host_of
from veille.errors import InputError, LeaseHeld, LeaseLost, TemplateError
from veille.model import Bulletin, Delivery, DeliveryState, Issue, IssueState, OutgoingMail
from veille.model.issue_life import EDITABLE, ENDED, LEAVING, LIVING, OPEN
from veille.net.dns_records import mx_hosts
from veille.protocols import AcceptLog, Mailer


class OutsideHours(InputError):
    """A person asked to send at an hour at which nothing leaves by itself."""

    def __init__(self, issue: Issue, hours: Hours, now: datetime) -> None:
        opening = hours.opening(max(now, issue.send_at or now)).astimezone(hours.zone)
        super().__init__(
            f"l'édition {issue.name} ne part pas à cette heure : les mails partent {hours.in_words()}",
            cure=f"elle partira le {opening:%d/%m/%Y à %H:%M} ; « veille digest send --now » l'envoie tout de suite",
        )


class Despatch:
    """Sends issues."""

    def __init__(self, desk: Desk, fallback: Fallback) -> None:
        self._desk = desk
        self._fallback = fallback

    def send(self, name: str | None = None, *, said: str | None = None, anyhow: bool = False) -> list[Sent]:
        """Send all that may leave now; a second run sends nothing twice. Raises InputError where nothing may leave.

        Outside its sending hours an issue waits for them, unless a person says `anyhow`; OutsideHours where all do.
        """
        found, now = self._to_send(name, said), self._desk.clock.now()
        closed = {} if anyhow else {issue.id: hours for one, issue in found if (hours := self._closed(one, issue, now))}
        if closed and len(closed) == len(found):
            raise OutsideHours(found[0][1], closed[found[0][1].id], now)
        sent = []
        for definition, issue in found:
            if issue.id in closed:
                waits = str(OutsideHours(issue, closed[issue.id], now))
                sent.append(replace(self._desk.sent(issue, issue.state), outside=waits))
                continue
            signed = self._fallback.released(definition, issue) if issue.state in EDITABLE else issue
            sent.append(self.send_issue(signed, None if anyhow else self._desk.hours(definition)))
        return sent

    def closed(self, name: str | None, said: str | None) -> "OutsideHours | None":
        """Return why nothing that waits may leave by itself at this hour, or None."""
        now = self._desk.clock.now()
        for definition, issue in self._to_send(name, said):
            if hours := self._closed(definition, issue, now):
                return OutsideHours(issue, hours, now)
        return None

    def send_issue(self, issue: Issue, hours: Hours | None = None) -> Sent:
        """Send that issue, within these hours if any, or say that it is done; InputError where it may not leave."""
        if issue.state in ENDED and not self.may_leave(issue):
            self.look(issue)
        if issue.state is IssueState.DONE and not self.may_leave(issue):
            return self._desk.sent(issue, issue.state)
        if self._desk.clock.now() > needed(issue.stale_at):
            self.end(issue)
            raise InputError(
                f"édition périmée : {issue.name} devait partir avant le "
                f"{needed(issue.stale_at).astimezone(self._desk.settings.cluster.zone):%d/%m/%Y à %H:%M}",
                cure="ce qui n'est pas parti ne partira plus ; faites l'édition suivante",
            )
        if not self._desk.issues.verify(issue):
            raise InputError(
                f"l'édition {issue.name} n'est plus celle qui a été approuvée",
                cure="quelqu'un a modifié la base ; rétablissez-la d'une sauvegarde",
            )
        return self._send(issue, hours)

    def waiting(self, issue: Issue) -> bool:
        """Tell whether a mail of an issue may still leave by itself."""
        counts = self._desk.mails.counts(issue.id)
        return any(counts.get(state) for state in WAITING)

    def liftable(self, issue: Issue) -> bool:
        """Tell whether the relay's log may still say what became of a mail in doubt."""
        log, counts = self._desk.settings.mail.accept_log, self._desk.mails.counts(issue.id)
        return log is not None and bool(counts.get(DeliveryState.UNCERTAIN))

    def may_leave(self, issue: Issue) -> bool:
        """Tell whether an issue is signed and in time: of one that is done, what was asked for again may leave."""
        if issue.state not in LEAVING or self._desk.clock.now() > needed(issue.stale_at):
            return False
        return issue.state in OPEN or self.waiting(issue) or self.liftable(issue)

    def look(self, issue: Issue) -> int:
        """Settle by the relay's log the doubts of an issue that has ended; nothing is sent. Return how many."""
        log = self._desk.settings.mail.accept_log
        if log is None or not self.liftable(issue):
            return 0
        mails = self._desk.mails.deliveries(issue.id)
        doubts = [one.message_id for one in mails if one.state is DeliveryState.UNCERTAIN]
        taken = RelayLog(self._desk.settings.home / log).accepted(doubts)
        return self._desk.mails.reconcile(issue.id, accepted=taken or (), absent=(), now=self._desk.clock.now())

    def end(self, issue: Issue) -> None:
        """End an issue whose time is over; what a dead sender had begun is listed as doubtful."""
        desk, now = self._desk, self._desk.clock.now()
        desk.mails.recover(issue.id, now=now, alone=False, lease=LEASE)
        desk.issues.close(issue.id, now)

    def _to_send(self, name: str | None, said: str | None) -> list[tuple[Definition, Issue]]:
        """Return all that may leave: signed and not stale, else the one draft that the fallback may release.

        Where there is neither, the one whose refusal says why.
        """
        if said:
            return [issue_meant(self._desk, name, said)]
        issues, definitions = self._desk.issues, self._desk.with_errata(name)
        known = [(one, issue) for one in definitions
                 for issue in (*issues.unsettled(one.name), *issues.living(one.name))]  # fmt: skip
        return [pair for pair in known if self.may_leave(pair[1])] or [self._last(definitions)]

    def _last(self, definitions: Sequence[Definition]) -> tuple[Definition, Issue]:
        now = self._desk.clock.now()
        for states in (LIVING, EDITABLE, ENDED):
            for definition in definitions:
                issue = self._desk.issues.latest(definition.name, states)
                if issue is None or (states == LIVING and now > needed(issue.stale_at) and self._newer(issue)):
                    continue
                return definition, issue
        raise InputError("aucune édition à envoyer", cure="lancez « veille digest build », relisez, puis approuvez")

    def _closed(self, definition: Definition, issue: Issue, now: datetime) -> Hours | None:
        """Return the hours that an issue which could leave must wait for, or None."""
        hours = self._desk.hours(definition)
        could = issue.state in EDITABLE or self.may_leave(issue)
        return hours if could and not hours.open(now) else None

    def _newer(self, issue: Issue) -> bool:
        latest = self._desk.issues.latest(issue.digest)
        return latest is not None and latest.id != issue.id

    def _send(self, issue: Issue, hours: Hours | None) -> Sent:
        desk = self._desk
        mailer = desk.mailer or mailer_of(desk.settings, desk.clock, moved_clock=desk.moved_clock)
        try:
            with _lock(desk.settings.var / "send.lock"), self._turn() as ours:
                begun = desk.issues.begin(issue.id, desk.clock.now())
                approved = desk.issues.renders(issue.id)
                bulletins: dict[int, Bulletin] = {}
                with closing(desk.composer(begun.frame)) as composer:
                    sent = datetime.fromisoformat(begun.frame["date"])

                    def compose(delivery: Delivery) -> OutgoingMail:
                        if delivery.subscriber_id not in bulletins:  # mails are claimed in this order, nearly all
                            _keep_some(bulletins)
                            page = desk.issues.letters(issue.id, first=delivery.subscriber_id, limit=PAGE)
                            bulletins.update((person.id, bulletin) for person, bulletin in page)
                        bulletin = bulletins.get(delivery.subscriber_id)
                        if bulletin is None:
                            raise InputError("ce bulletin n'est plus dans l'édition")
                        return composer.mail(
                            bulletin,
                            email=delivery.email,
                            message_id=delivery.message_id,
                            sent=sent,
                            approved=approved.get(delivery.subscriber_id, ""),
                        )

                    sender = self._sender(issue, mailer, compose, stopping=lambda: not ours() or self._over(hours))
                    try:
                        trouble = sender.send(issue.id, alone=not desk.shared_store)
                    except TemplateError as error:
                        self._hold(issue, str(error))  # each further try would end there too
                        raise
                    except LeaseLost as error:
                        if desk.issues.get(issue.id).state in OPEN:
                            raise _taken_over(issue) from error
                        trouble = ""  # held or ended by somebody meanwhile: its mails were taken back from us
                if trouble:
                    self._hold(issue, trouble)
                desk.refused([one for one in desk.mails.deliveries(issue.id) if one.state is DeliveryState.REJECTED])
                state = desk.issues.close(issue.id, desk.clock.now(), liftable=sender.liftable)
        finally:
            mailer.close()
        return desk.sent(desk.issues.get(issue.id), state)

    def _hold(self, issue: Issue, why: str) -> None:
        """Pause an issue, unless somebody has ended it meanwhile."""
        if self._desk.issues.get(issue.id).state in OPEN:
            self._desk.issues.pause(issue.id, by="", why=why, now=self._desk.clock.now())

    def _turn(self) -> AbstractContextManager[Callable[[], bool]]:
        """Take the turn to send through our relay: whoever has it counts its pace for all machines of the database."""
        if not self._desk.shared_store:
            return nullcontext(lambda: True)  # this machine's lock says as much
        return self._desk.turn(f"envoi par {host_of(self._desk.settings.mail.url.get_secret_value())}")

    def _over(self, hours: Hours | None) -> bool:
        return self._desk.stopping() or (hours is not None and not hours.open(self._desk.clock.now()))

    def _sender(
        self,
        issue: Issue,
        mailer: Mailer,
        compose: Callable[[Delivery], OutgoingMail],
        *,
        stopping: Callable[[], bool],
    ) -> Sender:
        desk = self._desk
        log: AcceptLog | None = mailer if isinstance(mailer, FileMailer) else None
        if log is None and desk.settings.mail.accept_log is not None:
            log = RelayLog(desk.settings.home / desk.settings.mail.accept_log)
        options: dict[str, Any] = {"wait": desk.wait} if desk.wait else {}
        pace = desk.settings.pace
        return Sender(
            desk.mails,
            mailer,
            compose,
            desk.clock,
            accept_log=log,
            relay=host_of(desk.settings.mail.url.get_secret_value()),
            limits=Limits(
                per_second=pace.per_second, per_hour=pace.per_hour, per_day=pace.per_day, warm_up=pace.warm_up
            ),
            paces={str(family): rate for family, rate in pace.families.items()},
            families=Families(mx_hosts if pace.mx_lookup else None),
            since=max((event.at for event in desk.issues.events(issue.id) if event.by), default=None),
            stopping=stopping,
            **options,
        )


def _keep_some(bulletins: dict[int, Bulletin]) -> None:
    """Forget the bulletins read first: those of families that wait come late."""
    for number in list(bulletins)[: max(len(bulletins) - PAGE, 0)]:
        del bulletins[number]


def _taken_over(issue: Issue) -> LeaseHeld:
    return LeaseHeld(
        f"les mails de l'édition {issue.name} ont été repris par un autre envoi", cure="rien à faire : il s'en occupe"
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
