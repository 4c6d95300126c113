"""Staff's hand on the draft: pin, leave out, comment, order, the word of the week. Each edit makes the draft again."""

from collections.abc import Sequence

from veille.config.digests import Definition
from veille.config.problems import nearest
from veille.digest.desk import Built, Desk
from veille.digest.finding import draft_meant
from veille.digest.making import Maker
from veille.errors import InputError
from veille.model import WORD_LIMIT, Issue, Pick
from veille.text import clean

#: Characters of a comment on one line: two lines of a mail.
NOTE_LIMIT = 280


class Curation:
    """Edits the draft of the current period; refused once it is approved."""

    def __init__(self, desk: Desk, maker: Maker) -> None:
        self._desk = desk
        self._maker = maker

    def pin(
        self,
        item_id: int,
        *,
        by: str,
        name: str | None = None,
        said: str | None = None,
        member: str | None = None,
        section: str = "",
    ) -> Built:
        """Put an item first in its section (or in that one), for all or for one member; undoes that it was left out."""
        definition, issue = draft_meant(self._desk, name, said)
        self._known([item_id])
        if section and definition.digest.section(section) is None:
            kinds = [plan.kind for plan in definition.digest.sections]
            near = nearest(section, kinds)
            cure = f"vouliez-vous « {near} » ?" if near else f"sections : {', '.join(kinds)}"
            raise InputError(f"pas de section « {section} » dans {definition.name}", cure=cure)
        rank = 1 + max((one.rank for one in self._desk.hands.picks(issue.id) if one.kind == "pin"), default=0)
        pick = Pick(kind="pin", item_id=item_id, member_id=self._member(member), rank=rank, section=section)
        return self._edited(definition, issue, [pick], by)

    def drop(self, item_id: int, *, by: str, name: str | None = None, said: str | None = None) -> Built:
        """Leave an item out of this issue, for everybody."""
        definition, issue = draft_meant(self._desk, name, said)
        self._known([item_id])
        return self._edited(definition, issue, [Pick(kind="drop", item_id=item_id)], by)

    def note(self, item_id: int, words: str, *, by: str, name: str | None = None, said: str | None = None) -> Built:
        """Print a comment with an item's line."""
        definition, issue = draft_meant(self._desk, name, said)
        self._known([item_id])
        said = _words(words)
        if len(said) > NOTE_LIMIT:
            raise InputError(
                f"commentaire de {len(said)} caractères, {NOTE_LIMIT} au plus", cure="gardez une ou deux phrases"
            )
        return self._edited(definition, issue, [Pick(kind="note", item_id=item_id, words=said)], by)

    def word(self, words: str, *, by: str, name: str | None = None, said: str | None = None) -> Built:
        """Set the word of the week, printed before everything; an empty one takes it back."""
        definition, issue = draft_meant(self._desk, name, said)
        said = _words(words, empty=True)
        if (count := len(said.split())) > WORD_LIMIT:
            raise InputError(f"mot de la semaine de {count} mots, {WORD_LIMIT} au plus", cure="raccourcissez-le")
        self._replaced(issue, "word", [Pick(kind="word", words=said)] if said else [], by)
        return self._remade(definition, issue)  # it stands in no bulletin: nothing is chosen anew

    def common(self, item_ids: Sequence[int], *, by: str, name: str | None = None, said: str | None = None) -> Built:
        """Choose the tronc commun by hand, in this order; none gives the choice back to the program."""
        return self._ordered("common", item_ids, by=by, name=name, said=said)

    def order(self, item_ids: Sequence[int], *, by: str, name: str | None = None, said: str | None = None) -> Built:
        """Say what comes first, in this order, for all members: the pins are these and no others."""
        return self._ordered("pin", item_ids, by=by, name=name, said=said)

    def undo(self, item_id: int, *, by: str, name: str | None = None, said: str | None = None) -> Built:
        """Take back every choice about an item; raises InputError where there is none."""
        definition, issue = draft_meant(self._desk, name, said)
        if not self._desk.hands.undo(issue.id, item_id, by=by, now=self._desk.clock.now()):
            raise InputError(f"rien n'a été choisi à la main pour l'article n° {item_id}", cure="voyez « digest show »")
        return self._remade(definition, issue)

    def _ordered(self, kind: str, item_ids: Sequence[int], *, by: str, name: str | None, said: str | None) -> Built:
        definition, issue = draft_meant(self._desk, name, said)
        self._known(item_ids)
        forced = {one.item_id: one.section for one in self._desk.hands.picks(issue.id) if one.kind == kind}
        unique = dict.fromkeys(item_ids)
        picks = [
            Pick(kind=kind, item_id=item, rank=rank, section=forced.get(item, ""))
            for rank, item in enumerate(unique, 1)
        ]
        self._replaced(issue, kind, picks, by)
        return self._remade(definition, issue)

    def _known(self, item_ids: Sequence[int]) -> None:
        missing = [number for number in item_ids if self._desk.items.item(number) is None]
        if missing:
            raise InputError(f"article inconnu : n° {missing[0]}", cure="« veille items list » donne les numéros")

    def _member(self, who: str | None) -> int:
        """Return the id of an organisation, by its name; 0 for none."""
        if who is None:
            return 0
        names = {member.organisation.casefold(): member.id for member in self._desk.audience.members()}
        wanted = who.strip().casefold()
        if wanted not in names:
            near = nearest(wanted, names)
            cure = f"vouliez-vous « {near} » ?" if near else "voyez « veille members list »"
            raise InputError(f"aucun membre « {who} »", cure=cure)
        return names[wanted]

    def _edited(self, definition: Definition, issue: Issue, picks: Sequence[Pick], by: str) -> Built:
        self._desk.hands.pick(issue.id, picks, by=by, now=self._desk.clock.now())
        return self._remade(definition, issue)

    def _replaced(self, issue: Issue, kind: str, picks: Sequence[Pick], by: str) -> None:
        self._desk.hands.replace(issue.id, kind, picks, by=by, now=self._desk.clock.now())

    def _remade(self, definition: Definition, issue: Issue) -> Built:
        issue = self._desk.issues.get(issue.id)
        if not issue.behind:
            return Built(issue=issue, drafted=self._desk.issues.drafted(issue.id))
        return self._maker.remade(definition, issue)


def _words(text: str, *, empty: bool = False) -> str:
    """Return foreign words as one clean line; raises InputError for none, unless they may be."""
    said = " ".join(clean(text).split())
    if not said and not empty:
        raise InputError("texte vide", cure="écrivez-le entre guillemets")
    return said
