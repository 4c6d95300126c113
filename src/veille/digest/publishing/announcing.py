"""Tell channels of an edition that has left: once each, whatever dies in between and however many runs there are.

A webhook bears an id that stays (Standard Webhooks 1.0): told again after a crash, its receiver knows it. A room knows
no ids: where the process died while it was told, nobody tells it again, and the edition's status says so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from veille.config.channels import Channel
from veille.config.problems import nearest
from veille.digest.publishing.archive import SentIssues
from veille.digest.publishing.calls import call, room_message
from veille.digest.publishing.public import Printed, PublicEdition, published
from veille.errors import InputError
from veille.model import Fetched, Issue, IssueState
from veille.model.announcing import Announcement, AnnouncementState
from veille.protocols import Clock
from veille.protocols.announcing import AnnouncementStore, Post, Say

#: An edition older than that is no news: a channel added later is not told of all that went before.
_NEWS = timedelta(days=3)
_LOOKED = 10
#: Minutes before each new try; after the last one it is given up.
_BACK_OFF = (5, 15, 60, 240)
#: How long whoever tells a channel is taken to be alive; the slowest answers come within a minute.
_LEASE = timedelta(minutes=10)
_OPEN = frozenset({AnnouncementState.DEFERRED, AnnouncementState.TELLING})
#: RFC 9110 §15.5: the address wants no more of it (410), or it will never be right; a slow or busy one may be.
_FINAL = range(400, 500)
_BUSY = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a channel made of one try."""

    heard: bool
    final: bool
    #: French: what happened, and what to do about it.
    reply: str
    cure: str = "vérifiez l'adresse du canal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcer:
    """Tells the channels of one instance."""

    issues: SentIssues
    #: Issue id → what it printed.
    printed: Callable[[int], Printed]
    store: AnnouncementStore
    channels: Mapping[str, Channel]
    #: Names of the digests that are bulletins proper.
    digests: Sequence[str]
    cluster: str
    #: Where the archive is read; empty where there is none.
    archive: str
    clock: Clock
    post: Post
    say: Say

    def announce(self) -> list[str]:
        """Tell what is to be told; return a French sentence for each try."""
        if not self.channels:
            return []
        return [said for issue in self._fresh() for said in self._tell_of(issue)]

    def last(self) -> Mapping[str, Announcement]:
        """Return channel → what became there of the last edition that left."""
        issue = next(iter(self._sent()), None)
        return {one.channel: one for one in self.store.of(issue.id)} if issue else {}

    def test(self, name: str) -> Outcome:
        """Tell a channel of the last edition that left (an empty one where none has), changing no state."""
        if name not in self.channels:
            near = nearest(name, self.channels)
            cure = f"vouliez-vous « {near} » ?" if near else f"canaux connus : {', '.join(self.channels) or 'aucun'}"
            raise InputError(f"canal inconnu « {name} »", cure=cure)
        issue = next(iter(self._sent()), None)
        now = self.clock.now()
        edition = (
            published(issue, self.printed(issue.id))
            if issue is not None
            else PublicEdition(digest="essai", period="essai", title="Essai", day=now.date(), at=now, sections=())
        )
        return self._try(name, replace(edition, title=f"Essai · {edition.title}"), "essai")

    def _tell_of(self, issue: Issue) -> Iterator[str]:
        known = {one.channel: one for one in self.store.of(issue.id)}
        due = [name for name in self.channels if self._due(known.get(name))]
        if not due:
            return
        edition = published(issue, self.printed(issue.id))
        for name in due:
            yield from self._tell(issue.id, name, known.get(name), edition)

    def _tell(self, issue_id: int, name: str, before: Announcement | None, edition: PublicEdition) -> Iterator[str]:
        """Tell one channel, unless another run has taken that on since `before` was read."""
        now, tries = self.clock.now(), before.tries if before else 0
        telling = Announcement(
            issue_id=issue_id,
            channel=name,
            state=AnnouncementState.TELLING,
            tries=tries + 1,
            next_at=now + _LEASE,
            at=now,
        )
        if not self.store.claim(telling, before=before):
            return
        if before is not None and before.state is AnnouncementState.TELLING and self.channels[name].kind == "chat":
            reply = "l'envoi a été interrompu : le salon l'a peut-être reçu, il n'est pas répété"
            self.store.record(replace(before, state=AnnouncementState.UNCERTAIN, reply=reply, next_at=None, at=now))
        else:
            outcome = self._try(name, edition, f"{self.cluster}-{edition.key}")
            state, later = self._next(outcome, tries)
            reply = outcome.reply
            self.store.record(replace(telling, state=state, reply=reply, next_at=later, at=self.clock.now()))
        yield f"canal {name} : {reply}"

    def _try(self, name: str, edition: PublicEdition, mark: str) -> Outcome:
        channel, now = self.channels[name], self.clock.now()
        if channel.kind == "chat":
            title, text = room_message(edition, self.cluster, self.archive)
            problem = self.say(channel.url.get_secret_value(), title, text)
            return Outcome(heard=not problem, final=False, reply=problem or f"« {edition.title} » annoncée")
        answer = self.post(call(channel, edition, mark=f"{mark}-{name}", now=now, archive=self.archive))
        if not isinstance(answer, Fetched):
            cure = answer.cure or "vérifiez que ce programme tourne et que cette adresse est la sienne"
            return Outcome(heard=False, final=False, reply=answer.sentence, cure=cure)
        if 200 <= answer.status < 300:  # noqa: PLR2004 - RFC 9110 §15.3
            return Outcome(heard=True, final=True, reply=f"« {edition.title} » annoncée")
        final = answer.status in _FINAL and answer.status not in _BUSY
        return Outcome(
            heard=False,
            final=final,
            reply=f"refusé par le programme appelé : statut {answer.status}",
            cure="vérifiez son adresse et la clé partagée",
        )

    def _next(self, outcome: Outcome, tries: int) -> tuple[AnnouncementState, datetime | None]:
        if outcome.heard:
            return AnnouncementState.TOLD, None
        if outcome.final or tries >= len(_BACK_OFF):
            return AnnouncementState.FAILED, None
        return AnnouncementState.DEFERRED, self.clock.now() + timedelta(minutes=_BACK_OFF[tries])

    def _due(self, known: Announcement | None) -> bool:
        if known is None:
            return True
        return known.state in _OPEN and (known.next_at is None or known.next_at <= self.clock.now())

    def _fresh(self) -> list[Issue]:
        oldest = self.clock.now() - _NEWS
        return [issue for issue in self._sent() if issue.send_at is not None and issue.send_at >= oldest]

    def _sent(self) -> list[Issue]:
        found = self.issues.issues((IssueState.DONE,), limit=_LOOKED)
        return [issue for issue in found if issue.digest in self.digests]
