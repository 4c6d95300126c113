"""Both parts of a bulletin woven from their pieces, in reading order (pure).

Pieces between two loop tags stand together: what is the item's apart from what is the reader's own, and both parts'
under one key, so that an item's words are looked up once, whoever reads them. The lines of a section are woven column
by column, each in one step: the first part of every line, then the second. A mail is then a list of bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby, repeat
from operator import attrgetter
from typing import Any

from veille.digest.rendering.context import Frame, Links
from veille.digest.rendering.groups import Group, Shape, Strip
from veille.digest.rendering.inspecting import Inspected, inspect_html, inspect_text
from veille.digest.rendering.layout import LOOPS, Level
from veille.digest.rendering.pieces import (
    FRAME,
    Filled,
    Filling,
    Holes,
    Piece,
    Show,
    Values,
    encoded_links,
    own_words,
    paths_of,
    shown_by,
)
from veille.digest.rendering.sandbox import piece_environment

#: Kinds of templates, in the order of a mail's parts, and how each is read back. `.html` is escaped.
_KINDS = {"txt": inspect_text, "html": inspect_html}

#: The pieces of one part in order: which group's, and its place there.
Order = list[tuple[int, int]]


#: One part of every line: its place among the parts of all groups, whether it stands for a link.
Column = tuple[int, bool]


@dataclass(slots=True)
class Cloth:
    """What is woven so far: parts of bytes, and what they were drawn as."""

    links: Filling
    text: list[bytes] = field(default_factory=list)
    html: list[bytes] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)

    @property
    def html_size(self) -> int:
        """Bytes of HTML before encoding."""
        return sum(one.size for strip in self.strips for one in strip.drawn if one.inspect is inspect_html)

    def inspected(self) -> tuple[Inspected, Inspected]:
        """Return what the text part and the HTML part hold, stand-ins for the reader's own links."""
        drawn = [one for strip in self.strips for one in strip.drawn]
        text, html = (_whole([one.inspected for one in drawn if one.inspect is inspect]) for inspect in _KINDS.values())
        return text, html


class Stage:
    """The pieces of both parts that stand between two loop tags."""

    def __init__(self, thing: str, runs: Sequence[tuple[str, ...]], bench: "Bench") -> None:
        #: What is read of the reader alone → the pieces that do; the item's own words are those that read nothing so.
        pieces: dict[frozenset[str], list[Piece]] = {}
        self._text: Order = []
        self._html: Order = []
        for kind, sources, order in zip(_KINDS, runs, (self._text, self._html), strict=True):
            for own, run in groupby(filter(None, sources), bench.own_words):
                group = pieces.setdefault(own, [])
                order.append((list(pieces).index(own), len(group)))
                group.append(bench.piece(kind, "".join(run)))
        self._groups = [bench.group(thing, group) for group in pieces.values()]
        self._columns: dict[tuple[Shape, ...], tuple[list[Column], list[Column]]] = {}

    def find(self, things: Sequence[Any], values: Values, links: Filled) -> Iterator[tuple[Strip, ...]]:
        """Return for each of these things what it is drawn as."""
        if not self._groups:
            return repeat((), len(things))
        return zip(*[group.strips(things, values, links)[0] for group in self._groups], strict=True)

    def put(self, cloth: Cloth, found: Sequence[Strip]) -> None:
        """Add the pieces of one thing."""
        cloth.strips += found
        for woven, order in ((cloth.text, self._text), (cloth.html, self._html)):
            for number, at in order:
                parts = found[number].drawn[at].parts
                woven.extend(parts)
                if len(parts) > 1:  # every other one stands for a link
                    woven[1 - len(parts) :: 2] = map(cloth.links.__getitem__, parts[1::2])

    def put_all(self, cloth: Cloth, things: Sequence[Any], values: Values, links: Filled) -> None:
        """Add the pieces of many things: column by column where they have as many parts."""
        both = [group.strips(things, values, links) for group in self._groups] if things else ()
        found, shapes = [strips for strips, _ in both], tuple([shelf.shape for _, shelf in both])
        if None in shapes:
            for strips in zip(*found, strict=True):
                self.put(cloth, strips)
        elif shapes:
            self._put_columns(cloth, found, shapes)  # type: ignore[arg-type]  # none of them is None

    def _put_columns(self, cloth: Cloth, found: Sequence[list[Strip]], shapes: tuple[Shape, ...]) -> None:
        for strips in found:
            cloth.strips += strips
        if shapes not in self._columns:
            self._columns[shapes] = _columns(self._text, shapes), _columns(self._html, shapes)
        parts = [column for strips in found for column in zip(*strips, strict=True)]
        for woven, columns in zip((cloth.text, cloth.html), self._columns[shapes], strict=True):
            width, begin = len(columns), len(woven)
            woven.extend(repeat(b"", len(found[0]) * width))
            for place, (part, is_link) in enumerate(columns, begin):
                woven[place::width] = map(cloth.links.__getitem__, parts[part]) if is_link else parts[part]


def _columns(order: Order, shapes: Sequence[Shape]) -> list[Column]:
    """Return the parts of one line in order."""
    before = [0, *accumulate(map(sum, shapes))]
    return [
        (before[number] + sum(shapes[number][:at]) + part, part % 2 == 1)
        for number, at in order
        for part in range(shapes[number][at])
    ]


class Bench:
    """Where pieces are made."""

    def __init__(self) -> None:
        self.holes = Holes()
        self.groups: list[Group] = []
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

    def group(self, thing: str, pieces: Sequence[Piece]) -> Group:
        """Return pieces as a group."""
        self.groups.append(Group(thing, pieces))
        return self.groups[-1]

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
        if not self._loops:
            self._stages[0].put_all(cloth, things, values, links)
            return
        for thing, *found in zip(things, *[stage.find(things, values, links) for stage in self._stages], strict=True):
            inner = {**values, self._thing: thing}
            self._stages[0].put(cloth, found[0])
            for number, (read, root, loom) in enumerate(self._loops, 1):
                loom.weave(cloth, read(inner[root]), inner, links)
                self._stages[number].put(cloth, found[number])


class Weaver:
    """The pieces of an issue's templates, and their order for one bulletin."""

    def __init__(self, subject: str, text: Level, html: Level) -> None:
        bench = Bench()
        self._holes, self._groups = bench.holes, bench.groups
        self._loom = Loom("bulletin", text, html, bench)
        self._subject = bench.show("txt", subject)
        #: What all groups have been told of: the frame itself, which nobody changes, and how long the links are.
        self._entered: tuple[Frame | None, list[int]] = None, []

    def subject(self, context: Values) -> str:
        """Return the subject alone."""
        return " ".join(self._subject(context).split())

    def encode(self, context: Values, links: Links) -> Cloth:
        """Return the text part and the HTML part, encoded, in pieces."""
        return self._woven(context, encoded_links(links))

    def _woven(self, context: Values, known: Filled) -> Cloth:
        cloth, frame, lengths = Cloth(self._holes.filling(known)), context[FRAME], [*map(len, known.values())]
        if frame is not self._entered[0] or lengths != self._entered[1]:
            for group in self._groups:
                group.enter(frame, known)
            self._entered = frame, lengths
        self._loom.weave(cloth, (context["bulletin"],), {FRAME: frame}, known)
        return cloth


def _whole(seen: Sequence[Inspected]) -> Inspected:
    return Inspected(
        frozenset().union(*(one.links for one in seen)),
        tuple(fault for one in seen for fault in one.faults),
        any(one.language for one in seen),
    )
