"""A draft made again after a choice of staff: whose bulletin can have changed, and whose cannot (pure)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from veille.digest.choosing.hand import UNTOUCHED, Hands
from veille.digest.choosing.offering import Offering, Reader
from veille.model import Drafted, Handpicked


@dataclass(frozen=True, slots=True)
class Before:
    """A draft as it stands, made of the same items for the same readers on the same day, with another hand."""

    drafted: Mapping[int, Drafted]
    picked: Handpicked


def spared(
    before: Before, readers: Mapping[int, Reader], offering: Offering, hands_before: Hands
) -> dict[int, Drafted]:
    """Return the readers who are offered the same as before, with what they have.

    An item of which staff chose something else changes what a reader is offered only where it was among that, or may
    be offered to them now.
    """
    found = {}
    for number, reader in readers.items():
        was, then = before.drafted.get(number), hands_before.of(reader.member.id)
        if was is None:
            continue
        changed = [
            item for item in {*then, *reader.hands} if then.get(item, UNTOUCHED) != reader.hands.get(item, UNTOUCHED)
        ]
        if touches(was, changed) or any(offering.could(item, reader) for item in changed):
            continue
        found[number] = was
    return found


def touches(was: Drafted, items: Collection[int]) -> bool:
    """Tell whether a reader was offered one of these items."""
    return any(item in items for item, _ in was.offered)


def touched(kept: Mapping[int, Drafted], items: Collection[int]) -> Iterable[int]:
    """Return the readers who were offered one of these items."""
    return [number for number, was in kept.items() if touches(was, items)]
