"""A draft made again after a choice of staff: whose bulletin can have changed, and whose cannot (pure)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from markupsafe import escape

from veille.digest.choosing.brevity import count_words, words
from veille.digest.choosing.bulletin import comment_of
from veille.digest.choosing.hand import UNTOUCHED, Hand, Hands
from veille.digest.choosing.offering import Offering, Reader
from veille.model import Bulletin, Drafted, Handpicked


@dataclass(frozen=True, slots=True)
class Before:
    """A draft as it stands, made of the same items for the same readers on the same day, with another hand."""

    drafted: Mapping[int, Drafted]
    picked: Handpicked


@dataclass(frozen=True, slots=True)
class Room:
    """How much a bulletin may hold."""

    #: Words.
    most: int
    #: Refuses a bulletin too big.
    fits: Callable[[Bulletin], bool]


def spared(
    before: Before, readers: Mapping[int, Reader], offering: Offering, hands_before: Hands, room: Room
) -> dict[int, Drafted]:
    """Return the readers who are offered the same as before, with what they have: in staff's words of now.

    An item of which staff chose something else changes what a reader is offered only where it was among that, or may
    be offered to them now. What staff only wrote something else about keeps its place.
    """
    found = {}
    for number, reader in readers.items():
        was, then = before.drafted.get(number), hands_before.of(reader.member.id)
        if was is None:
            continue
        changed = {
            item: (then.get(item, UNTOUCHED), reader.hands.get(item, UNTOUCHED)) for item in {*then, *reader.hands}
        }
        kept = _kept(was, {item: pair for item, pair in changed.items() if pair[0] != pair[1]}, reader, offering, room)
        if kept is not None:
            found[number] = kept
    return found


def touches(was: Drafted, items: Collection[int]) -> bool:
    """Tell whether a reader was offered one of these items."""
    return any(item in items for item, _ in was.offered)


def touched(kept: Mapping[int, Drafted], items: Collection[int]) -> Iterable[int]:
    """Return the readers who were offered one of these items."""
    return [number for number, was in kept.items() if touches(was, items)]


def _kept(
    was: Drafted, changed: Mapping[int, tuple[Hand, Hand]], reader: Reader, offering: Offering, room: Room
) -> Drafted | None:
    """Return what a reader keeps after these choices, None where it must be chosen anew."""
    for item, (then, now) in changed.items():
        offered = touches(was, (item,))
        if replace(then, note=now.note) != now:
            if offered or offering.could(item, reader):
                return None
        elif offered:
            kept = _reworded(was, item, then.note, now.note, room, may_wait=offering.may_wait(item))
            if kept is None:
                return None
            was = kept
    return was


def _reworded(was: Drafted, item: int, then: str, now: str, room: Room, *, may_wait: bool) -> Drafted | None:
    """Return a bulletin with another comment on an item; None where that can change what else it holds.

    A word keeps from waiting; a longer one leaves no more room than there was, so that what was left out, or cut, for
    length stays so, and the rest stays as it is while it still fits.
    """
    shown = was.bulletin is not None and any(line.item_id == item for line in was.bulletin.lines)
    if may_wait and bool(then) != bool(now) and not (now and shown):
        return None
    old, new = comment_of(then), comment_of(now)
    if count_words(new) < count_words(old) or len(escape(new).encode()) < len(escape(old).encode()):
        return None
    if was.bulletin is None or not shown:
        return was
    sections = tuple(
        replace(
            section,
            lines=tuple(replace(line, comment=new) if line.item_id == item else line for line in section.lines),
        )
        if any(line.item_id == item for line in section.lines)
        else section
        for section in was.bulletin.sections
    )
    bulletin = replace(was.bulletin, sections=sections)
    return replace(was, bulletin=bulletin) if words(bulletin) <= room.most and room.fits(bulletin) else None
