"""The digest stage as commands and the daemon call it: build, preview, approve, send, status."""

from collections.abc import Iterator, Sequence
from contextlib import closing

from veille.config.digests import ERRATUM, Definition
from veille.digest.alerting import Alerts
from veille.digest.curating import Curation
from veille.digest.desk import Built, Desk, Sent, needed
from veille.digest.errata import Errata
from veille.digest.fallback import Fallback, Held
from veille.digest.finding import issue_meant, only, reader_named
from veille.digest.living import Living
from veille.digest.mail.despatch import Despatch, OutsideHours
from veille.digest.mail.doubts import Doubts
from veille.digest.making import Maker
from veille.digest.planning import late_remark, overtaken
from veille.digest.rendering.sandbox import Rendered
from veille.digest.showing import Shown, show
from veille.digest.telling import Telling
from veille.errors import InputError, LeaseHeld, RelayUnavailable, VeilleError
from veille.french import counted
from veille.model import DeliveryState, Drafted, Issue, IssueState, OutgoingMail, SendOutcome
from veille.model.issue_life import EDITABLE, LEAVING


class Digests:
    """Makes, freezes and sends issues."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._maker = Maker(desk)
        self._fallback = Fallback(desk, self._maker)
        self._despatch = Despatch(desk, self._fallback)
        self._alerts = Alerts(desk, self._maker)
        self._telling = Telling(desk)
        #: Staff's hand on the draft.
        self.curation = Curation(desk, self._maker)
        #: Holding, resuming, cancelling, absences.
        self.living = Living(desk)
        #: Corrections of what was sent.
        self.errata = Errata(desk)
        #: Mails of which nobody knows whether they were taken.
        self.doubts = Doubts(desk)

    def build(self, name: str | None = None) -> list[Built]:
        """Make (or make again) the draft of the current period, of one digest or of each."""
        chosen = self._desk.chosen(name)
        bulletins = [one for one in chosen if one.digest.alert is None]  # an alert is made when something presses
        return [self._maker.build(one) for one in (chosen if name else self._desk.followed(bulletins))]

    def run_due(self, *, drafting: bool = True, news: bool = True) -> Iterator[str]:
        """Draft (unless told not to) and send what the clock asks for, once; yield French sentences, if any.

        `news`: something was collected since the last call, which may be worth an alert.

        One issue's trouble keeps back no other: InputError, LeaseHeld or RelayUnavailable is raised when all the rest
        is done, what a person must mend before what passes by itself.
        """
        failures: dict[str, VeilleError] = {}
        for step in self._steps(drafting=drafting, news=news):
            try:
                yield from step
            except (InputError, LeaseHeld, RelayUnavailable) as error:
                failures[str(error)] = error  # a relay that is down, or busy elsewhere, is so for every issue
        if failures:
            *others, last = sorted(failures.values(), key=lambda one: isinstance(one, InputError))
            yield from map(str, others)
            raise last

    def test(self, to: str, *, who: str | None = None, name: str | None = None) -> tuple[OutgoingMail, SendOutcome]:
        """Send to an editor the bulletin of one reader (of the first who has one if None); no state opens."""
        definition = self._desk.one(name)
        issue, drafted = self._maker.latest_or_drafted(definition)
        chosen = self._reader(drafted, who) if who else next((one for one in drafted if one.bulletin), None)
        if chosen is None or chosen.bulletin is None:
            raise InputError(f"pas de bulletin à essayer dans {issue.name}", cure="lancez « veille digest build »")
        return self.living.test(to, chosen.bulletin, issue)

    def preview(self, who: str, name: str | None = None, *, anew: bool = False) -> tuple[Rendered, OutgoingMail]:
        """Draw one reader's bulletin of the latest issue, or of a draft made now (`anew`), changing no state."""
        definition = self._desk.one(name)
        made = self._maker.drafted_now if anew else self._maker.latest_or_drafted
        issue, drafted = made(definition)
        chosen = self._reader(drafted, who)
        if chosen.bulletin is None:
            raise InputError(f"pas de bulletin pour {chosen.subscriber.email} : {chosen.skipped}", cure=self._lacking())
        with closing(self._desk.composer(issue.frame)) as composer:
            mail = composer.mail(
                chosen.bulletin,
                email=chosen.subscriber.email,
                message_id=self._desk.message_id(issue, chosen.subscriber.id, space="apercu"),
                sent=self._desk.clock.now(),
            )
            return composer.render(chosen.bulletin), mail

    def _lacking(self) -> str:
        """Say what may be missing where somebody gets nothing."""
        if not self._desk.items.items():
            return "rien n'est encore relevé : « veille crawl », puis « veille tag »"
        return "« veille why ÉLÉMENT MEMBRE » dit pourquoi un élément n'y est pas"

    def freeze(self, *, by: str, name: str | None = None, said: str | None = None) -> list[Issue]:
        """Store the content of the latest draft of one digest or of each, and hash it; raises InputError if none."""
        return list(self.freezing(by=by, name=name, said=said))

    def freezing(self, *, by: str, name: str | None = None, said: str | None = None) -> Iterator[Issue]:
        """Freeze one after the other: what is done is told, though the next be refused."""
        for definition, issue in self._drafts(name, said):
            yield self._maker.freeze(definition, issue, by=by)

    def approve(self, *, by: str, name: str | None = None, said: str | None = None) -> list[Issue]:
        """Sign the draft of one digest or of each, every mail checked first; raises InputError if none."""
        return list(self.approving(by=by, name=name, said=said))

    def approving(self, *, by: str, name: str | None = None, said: str | None = None) -> Iterator[Issue]:
        """Sign one after the other: what is done is told, though the next be refused."""
        for definition, issue in self._drafts(name, said):
            yield self._maker.approve(definition, issue, by=by)

    def _drafts(self, name: str | None, said: str | None) -> list[tuple[Definition, Issue]]:
        if said:
            return [issue_meant(self._desk, name, said)]
        drafts = [(one, issue) for one in self._desk.chosen(name) if (issue := self._draft_of(one)) is not None]
        if not drafts:
            made_by = "erratum" if name and name.endswith(ERRATUM) else "build"
            raise InputError("aucun brouillon à approuver", cure=f"lancez « veille digest {made_by} »")
        return [pair for pair in drafts if self._desk.filled(pair[1])] or drafts

    def _draft_of(self, definition: Definition) -> Issue | None:
        """Return the draft of a digest that may still leave, else the latest; InputError naming them if several may."""
        now = self._desk.clock.now()
        edited = [one for one in self._desk.issues.living(definition.name) if one.state in EDITABLE]
        fresh = [(definition, one) for one in edited if now <= needed(one.stale_at)]
        if fresh:
            return only(fresh)[1]
        return edited[-1] if edited else None

    def send(self, name: str | None = None, *, said: str | None = None, anyhow: bool = False) -> Sent:
        """Send all that may leave, and return the last; see `send_all`."""
        return self.send_all(name, said=said, anyhow=anyhow)[-1]

    def send_all(self, name: str | None = None, *, said: str | None = None, anyhow: bool = False) -> list[Sent]:
        """Send what is approved of every digest (or of one); a second run sends nothing twice.

        Outside the sending hours only what a person sends `anyhow` leaves. Raises InputError where nothing may leave.
        """
        return self._despatch.send(name, said=said, anyhow=anyhow)

    def remark(self, issue: Issue) -> str:
        """Return what a person should know of a signed issue before it leaves, in French, or nothing."""
        return late_remark(self._desk, self._desk.one(issue.digest), issue)

    def closed(self, name: str | None = None, *, said: str | None = None) -> OutsideHours | None:
        """Return why what waits may not leave at this hour, with the next opening, or None."""
        return self._despatch.closed(name, said)

    def status(self, name: str | None = None, *, said: str | None = None) -> list[Sent]:
        """Return the issues of each digest that have not ended or have a mail in doubt, and its latest, with mails."""
        return [self._desk.sent(issue, issue.state) for issue in self._told(name, said)]

    def show(self, name: str | None = None, *, said: str | None = None) -> list[Shown]:
        """Return the same issues as staff look at them."""
        return [show(self._desk, issue) for issue in self._told(name, said)]

    def _told(self, name: str | None, said: str | None) -> list[Issue]:
        """Return the issues that there is something to say of, oldest first within a digest."""
        if said:
            return [issue_meant(self._desk, name, said)[1]]
        issues, found = self._desk.issues, {}
        for one in self._desk.with_errata(name):
            latest = issues.latest(one.name)
            for issue in (*issues.unsettled(one.name), *issues.living(one.name), *([latest] if latest else ())):
                found[issue.id] = issue
        return list(found.values())

    # ── what the clock asks for ─────────────────────────────────────────────────────────────────────────────────────
    def _steps(self, *, drafting: bool, news: bool) -> Iterator[Iterator[str]]:
        """Yield what is to be done of each digest, drafts first; each step is done while it is read."""
        for definition in self._desk.chosen(None) if drafting else ():
            alert = definition.digest.alert is not None
            yield self._alerts.look(definition, news=news) if alert else self._draft_due(definition)
        for definition in self._desk.with_errata(None):
            for issue in self._desk.issues.living(definition.name):
                yield self._send_due(definition, issue)
            for issue in self._desk.issues.unsettled(definition.name):
                yield self._settle_due(definition, issue)

    def _draft_due(self, definition: Definition) -> Iterator[str]:
        """Make the draft whose hour has come and that does not exist yet."""
        when = self._desk.edition(definition)
        missing = self._desk.issues.find(definition.name, when.period) is None
        due = missing and when.build_at <= self._desk.clock.now()
        if due and self._desk.followed([definition]):
            built = self._maker.build(definition)
            count = sum(one.bulletin is not None for one in built.drafted)
            yield f"brouillon {definition.name} {when.period} : {count} bulletins sur {len(built.drafted)} abonnés"

    def _send_due(self, definition: Definition, issue: Issue) -> Iterator[str]:
        """Send what is approved (or released by the fallback) and whose hour has come; end what is stale."""
        if self._desk.clock.now() > needed(issue.stale_at):
            yield from self._ended(definition, issue)
        elif self._desk.clock.now() >= needed(issue.send_at):
            yield from self._sent(definition, issue)

    def _settle_due(self, definition: Definition, issue: Issue) -> Iterator[str]:
        """Send what somebody asked for again of an issue that is done; look for its doubts in the relay's log."""
        if self._desk.clock.now() > needed(issue.stale_at):
            if self._despatch.waiting(issue):
                self._despatch.end(issue)
        elif self._despatch.waiting(issue):
            yield from self._sent(definition, issue)
        elif count := self._despatch.look(issue):
            yield f"édition {issue.name} : {counted(count, 'doute')} levé{'s' * (count > 1)} par le journal du relais"

    def _ended(self, definition: Definition, issue: Issue) -> Iterator[str]:
        """End a stale issue; a draft may be made again as long as its period lasts."""
        if issue.state in EDITABLE and issue.period == self._desk.edition(definition).period:
            return
        waited = self._desk.filled(issue) if issue.state in EDITABLE else self._despatch.waiting(issue)
        self._despatch.end(issue)
        if waited:
            yield f"édition {issue.name} périmée : ce qui n'est pas parti ne partira plus"

    def _sent(self, definition: Definition, issue: Issue) -> Iterator[str]:
        """Send one issue whose hour has come, within the sending hours, or say once why it waits."""
        if issue.state in EDITABLE:
            yield from self._released(definition, issue)
            issue = self._desk.issues.get(issue.id)
        now, hours = self._desk.clock.now(), self._desk.hours(definition)
        if issue.state is IssueState.PAUSED:
            yield from self._telling.stopped(definition, issue)
        if issue.state not in LEAVING:
            return
        if not (self._despatch.waiting(issue) or self._despatch.liftable(issue)):
            self._desk.issues.close(issue.id, now)  # its sender died after its last mail
            return
        if not hours.open(now):
            opening = hours.opening(now).astimezone(hours.zone)
            if issue.state is IssueState.APPROVED:
                self._desk.issues.queue(issue.id, now=now, why=f"attend {opening:%d/%m/%Y %H:%M}")
                said = f"en file : elle part le {opening:%d/%m/%Y à %H:%M}"
                if overtaken(self._desk, definition, issue):
                    said = f"pas partie : {late_remark(self._desk, definition, issue)}"
                yield f"édition {issue.name} {said}"
            return
        before = self._desk.mails.counts(issue.id)
        sent = self._despatch.send_issue(issue, hours)
        if self._desk.mails.counts(issue.id) != before:  # a mail that waits for hours is no news each minute
            count = sum(one.state is DeliveryState.SENT for one in sent.deliveries)
            yield f"édition {issue.name} : {counted(count, 'mail')} remis sur {len(sent.deliveries)}"
        if sent.held:
            yield f"édition {issue.name} suspendue : {sent.held}"
            yield from self._telling.stopped(definition, sent.issue)

    def _released(self, definition: Definition, issue: Issue) -> Iterator[str]:
        """Let the fallback approve what nobody approved, or say once why it is held."""
        if not self._desk.filled(issue):
            return
        try:
            signed = self._fallback.released(definition, issue)
        except Held as held:
            if self._desk.issues.note(issue.id, why=f"pas approuvée, {held.why}", now=self._desk.clock.now()):
                yield str(held)
            yield from self._telling.held(definition, issue, held.why)
            return
        yield f"édition {issue.name} approuvée sans personne — {signed.approved_by}"

    def _reader(self, drafted: Sequence[Drafted], who: str) -> Drafted:
        return reader_named(drafted, who, {m.id: m.organisation for m in self._desk.audience.members()})
