"""Groups of pieces that are looked up together, and what each was drawn as (pure)."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from veille.digest.rendering.context import Frame
from veille.digest.rendering.pieces import FRAME, LOOP, ROOTS, Drawn, Filled, Paths, Piece, Values, getter

#: Drawn groups kept; beyond that (reasons of tens of thousands of readers) memory counts more than speed.
KEPT = 20_000
#: How many parts each piece of a group has.
Shape = tuple[int, ...]


class Strip(tuple[bytes, ...]):  # noqa: SLOT001 - a tuple that holds more than its parts has no slots
    """The pieces of one group, drawn: their parts alone, one piece after the other."""

    drawn: tuple[Drawn, ...]

    @classmethod
    def of(cls, drawn: tuple[Drawn, ...]) -> "Strip":
        """Return the strip of these pieces."""
        strip = cls([part for one in drawn for part in one.parts])
        strip.drawn = drawn
        return strip


class Shelf(dict[Hashable, Strip]):
    """What was drawn of things, by what tells one from another; what stands around them is the same."""

    #: How many parts each piece has in every strip here; None where they differ.
    shape: Shape | None = ()

    def put(self, key: Hashable, strip: Strip) -> None:
        """Keep one more."""
        shape = tuple([len(one.parts) for one in strip.drawn])
        self.shape = shape if not self or self.shape == shape else None
        self[key] = strip


@dataclass(frozen=True, slots=True)
class Turn:
    """What a piece may know of the loop that it stands in."""

    index: int


class Group:
    """Pieces that are looked up together: those of both parts that read what is the item's, or the reader's."""

    def __init__(self, thing: str, pieces: Sequence[Piece]) -> None:
        #: The name of what changes most often: the loop's own thing.
        self._thing, self._pieces = thing, pieces
        paths: Paths = {}
        for root, names in (pair for piece in pieces for pair in piece.paths.items()):
            paths.setdefault(root, set()).update(names)
        #: What tells one thing from another.
        self._key = getter(paths[thing]) if thing in paths else _nothing
        #: Whether they ask which turn of the loop it is.
        self.numbered = LOOP in paths
        own = {thing, FRAME, LOOP}
        self._outer = [(root, getter(paths[root])) for root in ROOTS if root in paths and root not in own]
        self._frame = getter(paths[FRAME]) if FRAME in paths else _nothing
        self._links = tuple(sorted({name for piece in pieces for name in piece.links}))
        #: By what the mails of an issue share, then by what stands around the things.
        self._rooms: dict[Hashable, dict[Hashable, Shelf]] = {}
        self._room: dict[Hashable, Shelf] = {}
        self._kept = 0

    def enter(self, frame: Frame, links: Filled) -> None:
        """Turn to what was drawn with this frame and with links as long as these."""
        self._room = self._rooms.setdefault((self._frame(frame), *[len(links[name]) for name in self._links]), {})

    def strips(self, things: Sequence[Any], values: Values, links: Filled) -> tuple[list[Strip], Shelf]:
        """Return what is drawn of each thing, and where that is kept."""
        around = tuple([read(values[root]) for root, read in self._outer]) if self._outer else ()
        shelf = self._room.get(around)
        if shelf is None:
            shelf = self._room[around] = Shelf()
        keys: Iterable[Hashable] = map(self._key, things)
        found = [*map(shelf.get, zip(count(1), keys) if self.numbered else keys)]
        if not all(found):
            found = [one or self._draw(shelf, at, things[at], values, links) for at, one in enumerate(found)]
        return found, shelf  # type: ignore[return-value]  # none is missing

    def _draw(self, shelf: Shelf, at: int, thing: Any, values: Values, links: Filled) -> Strip:
        """Draw each piece for one thing and keep it."""
        if self._kept >= KEPT:
            self._kept = 0
            self._rooms.clear()
            self._room.clear()
        values = {**values, self._thing: thing, LOOP: Turn(at + 1)}
        strip = Strip.of(tuple([piece.draw(values, links) for piece in self._pieces]))
        key = self._key(thing)
        shelf.put((at + 1, key) if self.numbered else key, strip)
        self._kept += 1
        return strip


def _nothing(_thing: object) -> None:
    """Tell no thing from another."""
