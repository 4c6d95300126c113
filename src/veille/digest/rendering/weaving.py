"""Both parts of a bulletin woven from their pieces, in reading order (pure).

Pieces between two loop tags stand together: what is the item's apart from what is the reader's own, and both parts'
under one key, so that an item's words are looked up once, whoever reads them. A mail is then a list of bytes in which
the reader's links are put in one go.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any

from veille.digest.rendering.context import Links
from veille.digest.rendering.inspecting import Inspected, inspect_html, inspect_text
from veille.digest.rendering.layout import LOOPS, Level
from veille.digest.rendering.pieces import (
    ROOTS,
    Drawn,
    Filled,
    Holes,
    Paths,
    Piece,
    Show,
    Values,
    encoded_links,
    getter,
    own_words,
    paths_of,
    shown_by,
)
from veille.digest.rendering.sandbox import piece_environment

#: Kinds of templates, in the order of a mail's parts, and how each is read back. `.html` is escaped.
_KINDS = {"txt": inspect_text, "html": inspect_html}
#: Drawn groups kept; beyond that (reasons of tens of thousands of readers) memory counts more than speed.
KEPT = 20_000


@dataclass(slots=True)
class Cloth:
    """What is woven so far: parts of bytes, and what they were drawn as."""

    text: list[bytes] = field(default_factory=list)
    html: list[bytes] = field(default_factory=list)
    strips: list["Strip"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Strip:
    """The pieces of one group, drawn."""

    #: Their parts alone.
    runs: tuple[tuple[bytes, ...], ...]
    #: Bytes of HTML before encoding.
    size: int
    drawn: tuple[Drawn, ...]


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
        self.key = getter(paths[thing]) if thing in paths else _nothing
        self._outer = [(root, getter(names)) for root, names in paths.items() if root in ROOTS and root != thing]
        self._links = tuple(sorted({name for piece in pieces for name in piece.links}))
        self._shelves: dict[Hashable, dict[Hashable, Strip]] = {}
        self._kept = 0

    def shelf(self, values: Values, links: Filled) -> dict[Hashable, Strip]:
        """Return what was drawn for these values, by what tells one thing from another."""
        key = (*[read(values[root]) for root, read in self._outer], *[len(links[name]) for name in self._links])
        return self._shelves.setdefault(key, {})

    def draw(self, shelf: dict[Hashable, Strip], thing: Any, values: Values, links: Filled) -> Strip:
        """Draw each piece for one thing and keep it."""
        if self._kept >= KEPT:
            self._kept = 0
            self._shelves.clear()
        values = {**values, self._thing: thing}
        drawn = tuple([piece.draw(values, links) for piece in self._pieces])
        size = sum(one.size for one in drawn if one.inspect is inspect_html)
        shelf[self.key(thing)] = strip = Strip(tuple([one.parts for one in drawn]), size, drawn)
        self._kept += 1
        return strip


class Stage:
    """The pieces of both parts that stand between two loop tags."""

    def __init__(self, thing: str, runs: Sequence[tuple[str, ...]], bench: "Bench") -> None:
        #: What is read of the reader alone → the pieces that do; the item's own words are those that read nothing so.
        pieces: dict[frozenset[str], list[Piece]] = {}
        #: For each part, its pieces in order: which group's, and its place there.
        self._order: list[list[tuple[int, int]]] = []
        for kind, sources in zip(_KINDS, runs, strict=True):
            self._order.append([])
            for own, run in groupby(filter(None, sources), bench.own_words):
                group = pieces.setdefault(own, [])
                self._order[-1].append((list(pieces).index(own), len(group)))
                group.append(bench.piece(kind, "".join(run)))
        self._groups = [Group(thing, group) for group in pieces.values()]
        #: Whether a piece asks which turn of the loop it stands in.
        self.numbered = any("loop" in piece.paths for group in pieces.values() for piece in group)

    def weave(self, cloth: Cloth, things: Iterable[Any], values: Values, links: Filled) -> None:
        """Add what both parts show for each of these things."""
        text, html, strips = cloth.text, cloth.html, cloth.strips
        text_order, html_order = self._order
        groups = [(group, group.shelf(values, links), group.key) for group in self._groups]
        for thing in things:
            found = [shelf.get(key(thing)) or group.draw(shelf, thing, values, links) for group, shelf, key in groups]
            strips += found
            for number, at in text_order:
                text += found[number].runs[at]
            for number, at in html_order:
                html += found[number].runs[at]


class Bench:
    """Where pieces are made."""

    def __init__(self) -> None:
        self.holes = Holes()
        self._sources: dict[str, str] = {}
        self._environment = piece_environment(self._sources)

    def show(self, kind: str, source: str) -> Show:
        """Return what draws a template of that kind: `.html` escapes."""
        name = f"{len(self._sources)}.{kind}"
        self._sources[name] = source
        return shown_by(self._environment.get_template(name), source, escaped=kind == "html")

    def piece(self, kind: str, source: str) -> Piece:
        """Return a piece of that kind."""
        return Piece(self.show(kind, source), paths_of(self._environment, source), _KINDS[kind], self.holes)

    def own_words(self, source: str) -> frozenset[str]:
        """Return what a piece reads that differs from one reader to the next."""
        return own_words(paths_of(self._environment, source))


class Loom:
    """One depth of both templates, and those inside."""

    def __init__(self, thing: str, text: Level, html: Level, bench: Bench) -> None:
        self._thing = thing
        self._stages = [Stage(thing, runs, bench) for runs in zip(text.runs, html.runs, strict=True)]
        self._loops = [
            (attrgetter(path.partition(".")[2]), path.partition(".")[0], Loom(name, first, second, bench))
            for (tag, first), (_, second) in zip(text.loops, html.loops, strict=True)
            for name, path in (LOOPS[tag],)
        ]

    def weave(self, cloth: Cloth, things: Sequence[Any], values: dict[str, Any], links: Filled) -> None:
        """Add what both parts show for each of these things."""
        if not self._loops and not self._stages[0].numbered:
            self._stages[0].weave(cloth, things, values, links)
            return
        for index, thing in enumerate(things, 1):
            inner = {**values, self._thing: thing, "loop": Turn(index)}
            self._stages[0].weave(cloth, (thing,), inner, links)
            for (read, root, loom), stage in zip(self._loops, self._stages[1:], strict=True):
                loom.weave(cloth, read(inner[root]), inner, links)
                stage.weave(cloth, (thing,), inner, links)


class Weaver:
    """The pieces of an issue's templates, and their order for one bulletin."""

    def __init__(self, subject: str, text: Level, html: Level) -> None:
        bench = Bench()
        self._holes = bench.holes
        self._loom = Loom("bulletin", text, html, bench)
        self._subject = bench.show("txt", subject)

    def subject(self, context: Values) -> str:
        """Return the subject alone."""
        return " ".join(self._subject(context).split())

    def encode(self, context: Values, links: Links) -> tuple[list[bytes], list[bytes], int]:
        """Return the text part and the HTML part, encoded, in pieces, and the size of the HTML before that."""
        known = encoded_links(links)
        cloth = self._woven(context, known)
        fill = self._holes.fill(known).get
        text, html = (list(map(fill, parts, parts)) for parts in (cloth.text, cloth.html))
        return text, html, sum([strip.size for strip in cloth.strips])

    def inspected(self, context: Values, links: Links) -> tuple[Inspected, Inspected]:
        """Return what the text part and the HTML part hold."""
        known = encoded_links(links)
        drawn = [one for strip in self._woven(context, known).strips for one in strip.drawn]
        text, html = (
            _whole([one.inspected(known) for one in drawn if one.inspect is inspect]) for inspect in _KINDS.values()
        )
        return text, html

    def _woven(self, context: Values, known: Filled) -> Cloth:
        cloth = Cloth()
        self._loom.weave(cloth, (context["bulletin"],), {"frame": context["frame"]}, known)
        return cloth


def _nothing(_thing: object) -> None:
    """Tell no thing from another."""


def _whole(seen: Sequence[Inspected]) -> Inspected:
    return Inspected(
        frozenset().union(*(one.links for one in seen)),
        tuple(fault for one in seen for fault in one.faults),
        any(one.language for one in seen),
    )
