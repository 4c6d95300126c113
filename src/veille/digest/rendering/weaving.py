"""Both parts of a bulletin woven from their pieces, in reading order (pure).

Neighbouring pieces are kept together, what is the reader's own apart from what is the item's: an item's words are
looked up once for both parts, whoever reads them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import groupby
from operator import attrgetter

from jinja2 import Environment

from veille.digest.rendering.context import Links
from veille.digest.rendering.inspecting import Inspected, inspect_html, inspect_text
from veille.digest.rendering.pieces import OPINIONS, OWN, Drawn, Filled, Hole, Known, Layout, Paths, Piece, Values
from veille.digest.rendering.sandbox import piece_environment

#: Ending of a piece's name → how it is read back; the first is the text part. `.html` is escaped.
_KINDS = {"txt": inspect_text, "html": inspect_html}
Both = tuple[Sequence[Drawn], Sequence[Drawn]]


class Stage:
    """The pieces of both parts that follow each other."""

    def __init__(self, text: Sequence[Piece], html: Sequence[Piece]) -> None:
        self._shared, self._own = _Group(), _Group()
        #: For each part, its runs in order: whether it is the reader's own, and its place in that group.
        self._order: tuple[list[tuple[bool, int]], list[tuple[bool, int]]] = ([], [])
        for pieces, order in zip((text, html), self._order, strict=True):
            for personal, run in groupby(pieces, attrgetter("personal")):
                order.append((personal, (self._own if personal else self._shared).add(list(run))))
        self._shared.close()
        self._own.close()

    def draw(self, values: Values, links: Filled) -> Both:
        """Return what both parts show for these values."""
        shared, own = self._shared.draw(values, links), self._own.draw(values, links)
        text, html = self._order
        return [(own if p else shared)[at] for p, at in text], [(own if p else shared)[at] for p, at in html]


class _Group:
    """Runs of neighbouring pieces that are looked up together."""

    def __init__(self) -> None:
        self._runs: list[list[Piece]] = []
        self._known: Known[tuple[Drawn, ...]] = Known({})

    def add(self, run: list[Piece]) -> int:
        """Take a run and return its place."""
        self._runs.append(run)
        return len(self._runs) - 1

    def close(self) -> None:
        """Look up by all that the runs read."""
        paths: Paths = {}
        for piece in (piece for run in self._runs for piece in run):
            for root, names in piece.paths.items():
                paths.setdefault(root, set()).update(names)
        self._known = Known(paths)

    def draw(self, values: Values, links: Filled) -> tuple[Drawn, ...]:
        """Return each run for these values."""
        return self._known.get(values, links, self._new) if self._runs else ()

    def _new(self, values: Values, links: Filled) -> tuple[Drawn, ...]:
        return tuple(_together([piece.draw(values, links) for piece in run]) for run in self._runs)


class Weaver:
    """The pieces of an issue's templates, and their order for one bulletin."""

    def __init__(self, text: Layout, html: Layout) -> None:
        named = {
            f"{stage}.{at}.{kind}": source
            for kind, layout in zip(_KINDS, (text, html), strict=True)
            for stage in _STAGES
            for at, source in enumerate(getattr(layout, stage))
        }
        drawing = piece_environment(named)
        self._stages = [Stage(*(_pieces(drawing, named, stage, kind) for kind in _KINDS)) for stage in _STAGES]

    def encode(self, context: Values, links: Links) -> tuple[bytes, bytes, int]:
        """Return the text part and the HTML part, encoded, and the size of the HTML before that."""
        size = 0
        parts: tuple[list[bytes], list[bytes]] = ([], [])
        for both, known in self._walk(context, links):
            for out, drawn in zip(parts, both, strict=True):
                out.extend(part for one in drawn for part in one.filled(known))
            size += sum([one.size for one in both[1]])
        return b"".join(parts[0]), b"".join(parts[1]), size

    def inspected(self, context: Values, links: Links) -> tuple[Inspected, Inspected]:
        """Return what the text part and the HTML part hold."""
        looks: tuple[list[Inspected], list[Inspected]] = ([], [])
        for both, known in self._walk(context, links):
            for out, drawn in zip(looks, both, strict=True):
                out += [look.with_links(known) for one in drawn for look in one.looks]
        text, html = map(_whole, looks)
        return text, html

    def _walk(self, context: Values, links: Links) -> Iterator[tuple[Both, Filled]]:
        """Yield what is drawn, in order, with the links that fill it."""
        before, opening, of_line, closing, after = self._stages
        known = {name: getattr(links, name).encode("ascii") for name in OWN}
        values = dict(context)
        yield before.draw(values, known), known
        for section in context["bulletin"].sections:
            values["section"] = section
            yield opening.draw(values, known), known
            for line in section.lines:
                values["line"] = line
                known[OPINIONS] = links.opinions.get(line.item_id, "").encode("ascii")
                yield of_line.draw(values, known), known
            yield closing.draw(values, known), known
        yield after.draw(values, known), known


#: The stages of a layout, in order.
_STAGES = tuple(field.name for field in fields(Layout))


def _pieces(drawing: Environment, named: Mapping[str, str], stage: str, kind: str) -> list[Piece]:
    return [
        Piece(drawing.get_template(name), source, _KINDS[kind])
        for name, source in named.items()
        if source and name.startswith(f"{stage}.") and name.endswith(kind)
    ]


def _together(drawn: Sequence[Drawn]) -> Drawn:
    """Return neighbours as one."""
    return Drawn(
        tuple(_joined(part for one in drawn for part in one.parts)),
        sum(one.size for one in drawn),
        tuple(look for one in drawn for look in one.looks),
    )


def _whole(looks: Iterable[Inspected]) -> Inspected:
    looks = list(looks)
    return Inspected(
        frozenset().union(*(one.links for one in looks)),
        tuple(fault for one in looks for fault in one.faults),
        any(one.language for one in looks),
    )


def _joined(parts: Iterable[bytes | Hole]) -> Iterator[bytes | Hole]:
    """Yield parts with neighbouring bytes made one."""
    held: list[bytes] = []
    for part in parts:
        if isinstance(part, bytes):
            held.append(part)
        else:
            yield b"".join(held)
            held = []
            yield part
    yield b"".join(held)
