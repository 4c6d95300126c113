"""The reviewing desk: what waits, what a person says of it, and what follows from that."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from veille.config.taxonomy import OFF_TOPIC
from veille.curation.deciding import Correction, Speaker, TagName, Vocabulary, decisions, read_tag
from veille.curation.queue import Waiting, queue
from veille.errors import InputError
from veille.model import Item, Judgement, Review, Scheme, TagDecision
from veille.protocols import Clock, ItemStore
from veille.protocols.curation import ReviewStore
from veille.text import clean

#: Characters of a reason or a name that are kept: more is no reason.
_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Judging and correcting, for one cluster."""

    items: ItemStore
    reviews: ReviewStore
    vocabulary: Callable[[], Vocabulary]
    clock: Clock
    #: The cluster's calendar day.
    today: Callable[[], date]

    def waiting(self) -> list[Waiting]:
        """Return what waits for a judgement, what gains most first."""
        return queue(self.items.items(), self.vocabulary().taxonomy, self.today())

    def accept(self, item_id: int, *, by: str, why: str = "") -> Item:
        """Judge an item worth sending; returns it as it now is."""
        self._judge(self._item(item_id), Judgement.ACCEPTED, self._speaker(by, why), Correction())
        return self._item(item_id)

    def reject(self, item_id: int, *, by: str, why: str = "", off_topic: bool = False) -> Item:
        """Judge an item not worth sending: it goes into no bulletin. `off_topic` says that it is none of our trades."""
        item = self._item(item_id)
        off = [(Scheme.AXIS, OFF_TOPIC)] if off_topic else []
        if off and OFF_TOPIC not in self.vocabulary().taxonomy.of(Scheme.AXIS):
            raise InputError(
                "cette instance n'a pas d'axe « hors-sujet »", cure="ajoutez-le à ses axes, ou rejetez sans --off-topic"
            )
        self._judge(item, Judgement.REJECTED, self._speaker(by, why), Correction(add=off))
        return self._item(item_id)

    def reopen(self, item_id: int, *, by: str, why: str = "") -> Item:
        """Put an item back into the queue, with all that is the same thing; corrections of tags stay."""
        item, judged = self._item(item_id), self.reviews.standing()
        for number in (*(other for other in item.also if other in judged), item.id):
            self._judge(replace(item, id=number), Judgement.REOPENED, self._speaker(by, why), Correction())
        return self._item(item_id)

    def correct(
        self,
        item_id: int,
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
        undo: Sequence[str] = (),
        by: str,
        why: str = "",
    ) -> Item:
        """Add and remove tags given as « sector:eau »; raises InputError, and then nothing is written."""
        known = self.vocabulary()
        asked = Correction(
            add=[read_tag(one, known) for one in dict.fromkeys(add)],
            remove=[read_tag(one, known) for one in dict.fromkeys(remove)],
            undo=[read_tag(one, known) for one in dict.fromkeys(undo)],
        )
        item = self._item(item_id)
        _check_undo(item, asked.undo)
        written = decisions(item, asked, self._speaker(by, why), known)
        self.reviews.decide([*written, *_elsewhere(item, asked.undo, written)])
        return self._item(item_id)

    def _judge(self, item: Item, judgement: Judgement, speaker: Speaker, asked: Correction) -> None:
        """Write the decisions first: killed in between, the item is still in the queue."""
        written = decisions(item, asked, replace(speaker, why=""), self.vocabulary())
        if written:
            self.reviews.decide(written)
        self.reviews.record(Review(item_id=item.id, judgement=judgement, by=speaker.by, at=speaker.at, why=speaker.why))

    def _item(self, item_id: int) -> Item:
        item = self.items.item(item_id)
        if item is None:
            raise InputError(
                f"article inconnu ou pas encore étiqueté : n° {item_id}",
                cure="« veille items list » donne les numéros, « veille tag » étiquette",
            )
        return item

    def _speaker(self, by: str, why: str) -> Speaker:
        return Speaker(clean(by)[:_LONGEST], self.clock.now(), clean(why)[:_LONGEST])


def _check_undo(item: Item, undo: Sequence[TagName]) -> None:
    said = {(one.scheme, one.term) for one in item.corrections}
    for name in undo:
        if name not in said:
            raise InputError(
                f"personne n'a rien dit de « {name[0]}:{name[1]} » pour l'article n° {item.id}",
                cure="« --undo » reprend ce que --add ou --remove a dit",
            )


def _elsewhere(item: Item, undo: Sequence[TagName], written: Sequence[TagDecision]) -> Iterator[TagDecision]:
    """Yield the withdrawals again for the other numbers of the same thing under which it was said."""
    withdrawn = {(one.scheme, one.term): one for one in written if (one.scheme, one.term) in undo}
    for said in item.corrections:
        if said.item_id != item.id and (said.scheme, said.term) in withdrawn:
            yield replace(withdrawn[said.scheme, said.term], item_id=said.item_id)
