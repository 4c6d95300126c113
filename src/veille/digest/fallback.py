"""What becomes of an issue that nobody approved at its hour: held, or released as the digest or an absence says."""

from veille.config.digests import Definition
from veille.digest.desk import Desk, needed
from veille.digest.making import Maker, Screen
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


class Held(InputError):
    """Nobody approved an issue and the fallback holds it."""

    def __init__(self, issue: Issue, why: str) -> None:
        super().__init__(
            f"l'édition {issue.name} n'est pas approuvée, {why}",
            cure="relisez avec « veille digest preview », puis « veille digest approve »",
        )
        self.why = why


class Fallback:
    """Applies the fallback of each digest."""

    def __init__(self, desk: Desk, maker: Maker) -> None:
        self._desk = desk
        self._maker = maker

    def released(self, definition: Definition, issue: Issue) -> Issue:
        """Return an issue that nobody approved as the fallback approves it; raises Held where it is not."""
        way = self._way(definition, issue)
        if way == "hold":
            raise Held(issue, _HELD[way])
        if self._desk.clock.now() < needed(issue.send_at):
            raise Held(issue, "et l'heure du repli n'est pas venue")
        screen, notice, why = _WAYS[way]
        if issue.state is IssueState.FROZEN:  # what is printed on it changes: its hash no longer holds
            issue = self._desk.issues.reopen(issue.id, by="", now=self._desk.clock.now())
        made = issue if screen == "all" else self._maker.screened(definition, issue, screen)
        if made is None or not self._desk.filled(made):
            raise Held(issue, _HELD[way])
        return self._maker.approve(definition, made, by=why, notice=notice, why=why)

    def _way(self, definition: Definition, issue: Issue) -> str:
        """Return how it is released: a correction is never sent unseen."""
        day = needed(issue.send_at).astimezone(self._desk.settings.cluster.zone).date()
        away = not definition.corrects and (self._desk.away(day) or self._desk.away(self._desk.today()))
        return "absence" if away else definition.digest.fallback
