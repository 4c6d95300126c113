"""What staff chose by hand, as it bears on one item and one reader (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from veille.model import Handpicked, Item, Match, Reason

_PINNED = Reason(kind="pin", text="choisi pour vous par l'équipe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What staff chose about one item for one reader."""

    #: Its place among what is pinned, or None.
    pinned: int | None = None
    #: Pinned for this organisation alone.
    own: bool = False
    #: Of the tronc commun.
    common: bool = False
    dropped: bool = False
    #: Kind of the section forced, or empty.
    section: str = ""
    note: str = ""

    @property
    def chosen(self) -> bool:
        """Tell whether staff want it shown: it is news whatever its age."""
        return self.common or self.pinned is not None

    @property
    def for_all(self) -> bool:
        """Tell whether staff answer for its being of interest: to all, or to this organisation."""
        return self.common or self.own


UNTOUCHED = Hand()


class Hands:
    """What staff chose for an issue, by the items that are shown now."""

    def __init__(self, picked: Handpicked, items: Iterable[Item]) -> None:
        self._picked = picked
        self._shown = {number: item.id for item in items for number in (item.id, *item.also)}

    @cached_property
    def common(self) -> tuple[int, ...]:
        """The tronc commun, in staff's order."""
        return self._now(self._picked.common)

    def of(self, member_id: int) -> Mapping[int, Hand]:
        """Return item id → what staff chose about it for one member; the other items are untouched."""
        picked = self._picked
        pins = {number: place for place, number in enumerate(self._now(picked.pinned(member_id)))}
        own = set(self._now(picked.own.get(member_id, ())))
        common, dropped = set(self.common), set(self._now(picked.dropped))
        notes = {self._shown[number]: note for number, note in picked.notes.items() if number in self._shown}
        sections = {self._shown[number]: kind for number, kind in picked.sections.items() if number in self._shown}
        return {
            number: Hand(
                pinned=pins.get(number),
                own=number in own,
                common=number in common,
                dropped=number in dropped,
                section=sections.get(number, ""),
                note=notes.get(number, ""),
            )
            for number in {*pins, *common, *dropped, *notes, *sections}
        }

    def _now(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """Return the items shown for these numbers, which may have been gathered since; those gone are left out."""
        return tuple(dict.fromkeys(self._shown[number] for number in numbers if number in self._shown))


def vouched(match: Match, hand: Hand) -> Sequence[Reason]:
    """Return the reasons of a match, staff's own word where nothing else speaks for it."""
    return match.reasons or ((_PINNED,) if hand.own else ())
