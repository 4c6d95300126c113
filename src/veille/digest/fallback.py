"""What becomes of an issue that nobody approved at its hour: held, or released as the digest or an absence says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from veille.config.digests import Definition
from veille.digest.desk import Desk, needed
from veille.digest.making import Maker, Screen
from veille.digest.planning import ClosesOnTheWay
from veille.errors import InputError
from veille.model import Issue, IssueState

NOT_REVIEWED = "Sélection automatique, non relue"
REVIEWED = "Sélection automatique de contenus relus"
#: Fallback → (items it is made from, words printed on it, what the log says of it); « absence » wins over the digest's.
_WAYS: dict[str, tuple[Screen, str, str]] = {
    "automatic": ("all", NOT_REVIEWED, "repli : sélection automatique"),
    "validated": ("reviewed", REVIEWED, "repli : contenus relus seulement"),
    "absence": ("certain", NOT_REVIEWED, "absence : éléments sûrs seulement, sélection automatique"),
}
_HELD = {
    "hold": "et le repli est de la retenir (fallback: hold)",
    "validated": "et aucun contenu relu ne convient à personne : le repli (fallback: validated) la retient",
    "absence": "et aucun élément sûr ne convient à personne : le mode absence la retient",
    "automatic": "et elle ne contient aucun bulletin",
}
#: Before an issue that the fallback held, and that nobody touched, is looked at again: that makes and checks all of it
#: anew, and what held it mends only by a template, a setting or an item's new dates.
_AGAIN = timedelta(minutes=15)
#: Numbers of items that one sentence names.
_NAMED = 10


class Held(InputError):
    """Nobody approved an issue and the fallback holds it."""

    def __init__(
        self,
        issue: Issue,
        why: str,
        *,
        cure: str = "relisez avec « veille digest preview », puis « veille digest approve »",
    ) -> None:
        super().__init__(f"l'édition {issue.name} n'est pas approuvée, {why}", cure=cure)
        self.why = why


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why an issue as it stood was held, and until when that is believed."""

    stood: tuple[str, IssueState, datetime, int]
    why: str
    #: On the monotonic clock.
    until: float


class Fallback:
    """Applies the fallback of each digest."""

    def __init__(self, desk: Desk, maker: Maker) -> None:
        self._desk = desk
        self._maker = maker
        #: Issue id → the last refusal; a new process looks at once.
        self._refusals: dict[int, _Refusal] = {}

    def released(self, definition: Definition, issue: Issue) -> Issue:
        """Return an issue that nobody approved as the fallback approves it; raises Held where it is not.

        What cannot be approved is held for a person, whatever is wrong with it, and not tried at each call.
        """
        way = self._way(definition, issue)
        if not self._desk.filled(issue):
            raise Held(issue, _HELD["automatic"], cure="elle reste à faire : « veille digest build » dit ce qui manque")
        if way == "hold":
            raise Held(issue, _HELD[way])
        if self._desk.clock.now() < needed(issue.send_at):
            raise Held(issue, "et l'heure du repli n'est pas venue")
        known, now = self._refusals.get(issue.id), self._desk.clock.monotonic()
        if known is not None and now < known.until and known.stood == _stood(way, issue):
            raise Held(issue, known.why)
        try:
            return self._approved(definition, issue, way)
        except Held as held:
            stood = _stood(way, self._desk.issues.get(issue.id))  # it may have been made again on the way
            self._refusals[issue.id] = _Refusal(stood, held.why, now + _AGAIN.total_seconds())
            raise

    def _approved(self, definition: Definition, issue: Issue, way: str) -> Issue:
        screen, notice, why = _WAYS[way]
        if issue.state is IssueState.FROZEN:  # what is printed on it changes: its hash no longer holds
            issue = self._desk.issues.reopen(issue.id, by="", now=self._desk.clock.now())
        made = issue if screen == "all" else self._maker.screened(definition, issue, screen)
        if made is None or not self._desk.filled(made):
            raise Held(issue, _HELD[way])
        try:
            return self._signed(definition, made, screen, notice, why)
        except InputError as error:
            now = self._desk.issues.get(issue.id)
            if (now.state, now.edits) != (made.state, made.edits):
                raise  # somebody edits or approves it at this moment: what they leave is looked at next time
            why = f"et le repli n'a pas pu l'approuver : {error}"
            try:
                self._maker.caught_up(definition, now)  # of all items again: a person reads and signs their draft
            except InputError as again:
                why = f"{why} ; ni la refaire : {again}"
            raise Held(issue, why) from error

    def _signed(self, definition: Definition, issue: Issue, screen: Screen, notice: str, why: str) -> Issue:
        """Approve it; what would close before its mail left is left out first, as a person would do."""
        try:
            return self._maker.approve(definition, issue, by=why, notice=notice, why=why, screen=screen)
        except ClosesOnTheWay as refused:
            made = self._maker.screened(definition, issue, screen)
            if made is None:
                raise
            why = f"{why} ; {_left_out(refused.items)}"
            return self._maker.approve(definition, made, by=why, notice=notice, why=why, screen=screen)

    def _way(self, definition: Definition, issue: Issue) -> str:
        """Return how it is released: a correction is never sent unseen."""
        day = needed(issue.send_at).astimezone(self._desk.settings.cluster.zone).date()
        away = not definition.corrects and (self._desk.away(day) or self._desk.away(self._desk.today()))
        return "absence" if away else definition.digest.fallback


def _stood(way: str, issue: Issue) -> tuple[str, IssueState, datetime, int]:
    """Return what changes as soon as anybody touches an issue, or says that staff are away."""
    return way, issue.state, issue.built_at, issue.edits


def _left_out(items: Sequence[int]) -> str:
    """Say which items were left out, in French."""
    named = ", ".join(f"n° {number}" for number in sorted(items)[:_NAMED])
    more = f" et {len(items) - _NAMED} autres" if len(items) > _NAMED else ""
    return f"refaite sans ce qui clôt avant le dernier mail ({named}{more})"
