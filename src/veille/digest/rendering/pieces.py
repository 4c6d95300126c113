"""Pieces of templates, each drawn and encoded once for all the mails in which it reads the same (pure).

A piece is keyed by the values it reads, found in its own syntax tree, so that nothing has to be declared and nothing
can be forgotten. The member's own links are drawn as stand-ins of their length, which stand apart in what is drawn, be
they broken by quoted-printable's line ends or not: those depend on lengths only. What comes out is byte for byte what
drawing and encoding the whole template gives.
"""

import re
import secrets
from binascii import a2b_qp
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from operator import attrgetter
from typing import Any

from jinja2 import Environment, Template, nodes
from markupsafe import escape

from veille.digest.mail.encoding import quoted_printable
from veille.digest.rendering.context import ItemLinks, Links
from veille.digest.rendering.inspecting import Inspected

FRAME, LOOP = "frame", "loop"
ROOTS = ("bulletin", FRAME, "section", "line", LOOP)
#: The links of a page that are one address, and the one that each item completes.
OWN = ("unsubscribe", "preferences", "bulletin", "calendar")
OPINIONS = "opinions"
#: Links that neither HTML escaping nor quoted-printable changes.
_PLAIN_URLS = re.compile(r"https?://[A-Za-z0-9:/._~-]+(?: https?://[A-Za-z0-9:/._~-]+)*")
#: No text of an item holds it but by guessing 64 bits.
_STAND_IN = "https://" + secrets.token_hex(8)
_SOFT_BREAK = b"=\r\n"

Values = Mapping[str, Any]
#: Draws one piece.
Show = Callable[[Values], str]
#: The links that exist, by name.
Filled = Mapping[str, bytes]
#: Root name → attributes that a template reads of it; "" = the whole of it.
Paths = dict[str, set[str]]


@dataclass(slots=True, eq=False)
class Drawn:
    """One piece drawn."""

    #: Encoded bytes: literal ones, a stand-in, literal ones, a stand-in, … and literal ones.
    parts: tuple[bytes, ...]
    #: Bytes of UTF-8 before encoding: what a mail client counts.
    size: int
    inspect: Callable[[str], Inspected]
    #: What it holds; asked before approval, not at each sending.
    seen: Inspected | None = None

    @property
    def inspected(self) -> Inspected:
        """What it holds, stand-ins for the reader's own links: both parts of a mail have the same."""
        if self.seen is None:
            self.seen = self.inspect(a2b_qp(b"".join(self.parts)).decode())
        return self.seen


class Filling(dict[bytes, bytes]):
    """What stands for a link, broken as it was drawn → the link of one reader, broken in the same places."""

    __slots__ = ("_cuts", "_links")

    def __init__(self, links: Filled, cuts: Mapping[bytes, tuple[str, tuple[slice, ...]]]) -> None:
        super().__init__()
        self._links, self._cuts = links, cuts

    def __missing__(self, drawn: bytes) -> bytes:
        name, cuts = self._cuts[drawn]
        link = self._links[name]
        filled = self[drawn] = _SOFT_BREAK.join([link[cut] for cut in cuts])
        return filled


class Holes:
    """Every stand-in that was drawn, broken as it was, and how a link is broken in its place."""

    def __init__(self) -> None:
        self._cuts: dict[bytes, tuple[str, tuple[slice, ...]]] = {}

    def filling(self, links: Filled) -> Filling:
        """Return what puts these links in their places."""
        return Filling(links, self._cuts)

    def around(self, encoded: bytes, stand_ins: Mapping[str, str]) -> Iterator[bytes]:
        """Cut encoded bytes around each of these stand-ins, broken or not; there is at least one."""
        names = {text.encode(): name for name, text in stand_ins.items()}
        lines = encoded.split(_SOFT_BREAK)
        breaks = list(accumulate(map(len, lines)))  # where they stood in the unbroken text
        end = 0
        for match in _any_of(tuple(names)).finditer(b"".join(lines)):
            start = match.start() + bisect_right(breaks, match.start()) * len(_SOFT_BREAK)
            yield encoded[end:start]
            end = match.end() + bisect_left(breaks, match.end()) * len(_SOFT_BREAK)
            yield self._known(encoded[start:end], names[match[0]])
        yield encoded[end:]

    def _known(self, drawn: bytes, name: str) -> bytes:
        at, cuts = 0, []
        for part in drawn.split(_SOFT_BREAK):
            cuts.append(slice(at, at + len(part)))
            at += len(part)
        self._cuts[drawn] = name, tuple(cuts)
        return drawn


class Piece:
    """One piece of a template."""

    def __init__(self, show: Show, paths: Paths, inspect: Callable[[str], Inspected], holes: Holes) -> None:
        self.paths = paths
        #: The links that it shows.
        self.links = tuple(sorted(paths.get("links", ())))
        self._show, self._inspect, self._holes = show, inspect, holes

    def draw(self, values: Values, links: Filled) -> Drawn:
        """Return the piece for these values."""
        stand_ins = {name: _stand_in(name, len(links[name])) for name in self.links if links[name]}
        if self.links:
            own = {name: stand_ins.get(name, "") for name in OWN}
            values = {**values, "links": Links(**own, opinions=ItemLinks(stand_ins.get(OPINIONS, "")))}
        text = self._show(values)
        encoded = quoted_printable(text)
        parts = tuple(self._holes.around(encoded, stand_ins)) if stand_ins else (encoded,)
        return Drawn(parts, len(text.encode("utf-8", "replace")), self._inspect)


def encoded_links(links: Links) -> dict[str, bytes]:
    """Return the links by name, as they stand in encoded text."""
    every = {name: getattr(links, name).encode("ascii") for name in OWN}
    return {**every, OPINIONS: links.opinions.start.encode("ascii")}


def fillable(links: Links) -> bool:
    """Say whether these links can stand in for themselves: long enough, and changed by no encoding."""
    every = [links.unsubscribe, links.preferences, links.bulletin, links.calendar]
    if links.opinions.start:
        every.append(links.opinions.start)
    return min(map(len, every)) > len(_STAND_IN) + 1 and _PLAIN_URLS.fullmatch(" ".join(every)) is not None


def getter(names: set[str]) -> Callable[[Any], Hashable]:
    """Return what reads these attributes of a thing, all of it where its whole is read."""
    return _itself if "" in names else attrgetter(*sorted(names))


def _itself(value: Any) -> Hashable:
    return value  # type: ignore[no-any-return]


def _stand_in(name: str, length: int) -> str:
    mark = f"{_STAND_IN}{name[0]}"
    return mark + "x" * (length - len(mark))


@lru_cache(maxsize=256)
def _any_of(texts: tuple[bytes, ...]) -> re.Pattern[bytes]:
    return re.compile(b"|".join(map(re.escape, texts)))


def shown_by(template: Template, source: str, *, escaped: bool) -> Show:
    """Return what draws a template: where it only puts words into text, a join, three times as fast."""
    words: list[str | tuple[str, Callable[[Any], Any]]] = []
    for node in template.environment.parse(source).body:
        for one in node.nodes if isinstance(node, nodes.Output) else (node,):
            if isinstance(one, nodes.TemplateData):
                words.append(one.data)
            elif isinstance(one, nodes.Getattr) and isinstance(one.node, nodes.Name):
                words.append((one.node.name, attrgetter(one.attr)))
            else:
                return _drawn_by(template)
    put = escape if escaped else str

    def show(values: Values) -> str:
        return "".join([one if isinstance(one, str) else put(one[1](values[one[0]])) for one in words])

    return show


def _drawn_by(template: Template) -> Show:
    """Return what draws a template again and again, in one context of Jinja: to make one took a third of the time."""
    context, draw = template.new_context(), template.root_render_func

    def show(values: Values) -> str:
        nonlocal context
        context.parent = {**template.globals, **values}
        context.vars.clear()
        context.exported_vars.clear()
        try:
            return "".join(draw(context))
        except BaseException:
            context = template.new_context()  # cut short, it may hold anything
            raise

    return show


def own_words(paths: Paths) -> frozenset[str]:
    """Return what these read that differs from one reader to the next."""
    bulletin = {f"bulletin.{name}" for name in paths.get("bulletin", set()) - {"starred"}}
    return frozenset(bulletin | {"line.reasons"} if "reasons" in paths.get("line", ()) else bulletin)


def paths_of(environment: Environment, source: str) -> Paths:
    """Return what a template reads."""
    tree = environment.parse(source)
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    reads: Paths = {}
    below: set[int] = set()
    for attribute in tree.find_all(nodes.Getattr):
        if isinstance(attribute.node, nodes.Name):
            below.add(id(attribute.node))
            if attribute.node.name not in own:
                reads.setdefault(attribute.node.name, set()).add(attribute.attr)
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name not in own and id(name) not in below:
            reads.setdefault(name.name, set()).add("")
    return reads
