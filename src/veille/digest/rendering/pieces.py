"""Templates cut into pieces, each drawn and encoded once for all the mails in which it reads the same (pure).

`{# piece #}` on a line of its own cuts a template where a line ends; `{# loop #}` stands before the four tags that walk
sections and their lines. A piece is keyed by the values it reads, found in its own syntax tree, so that nothing has to
be declared and nothing can be forgotten. The member's own links are drawn as stand-ins of their length and filled in
after quoted-printable encoding, whose line breaks depend on lengths only. What comes out is byte for byte what drawing
and encoding the whole template gives.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any, Generic, TypeVar

from jinja2 import Environment, Template, nodes

from veille.digest.mail.message import quoted_printable
from veille.digest.rendering.context import Links
from veille.digest.rendering.inspecting import Inspected

_MARK = re.compile(r"[ \t]*{#\s*(piece|loop)\s*#}[ \t]*\n?")
#: What may stand after each `{# loop #}`, in order.
_LOOPS = ("{% for section in bulletin.sections %}", "{% for line in section.lines %}", "{% endfor %}", "{% endfor %}")
_ROOTS = ("bulletin", "frame", "section", "line")
#: The links of a page, and where a line finds its own.
OWN = ("unsubscribe", "preferences", "bulletin", "calendar")
OPINIONS = "opinions"
#: A link that neither HTML escaping nor quoted-printable changes.
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9:/._~-]+")
#: No text of an item holds it but by guessing 64 bits.
_STAND_IN = "https://" + secrets.token_hex(8)
#: Drawn pieces kept; beyond that (reasons of tens of thousands of readers) memory counts more than speed.
_KEPT = 50_000

T = TypeVar("T")
#: Which link, and which of its characters.
Hole = tuple[str, int, int]
Values = Mapping[str, Any]
#: The links that exist at a place, by name.
Filled = Mapping[str, bytes]
#: Root name → attributes that a template reads of it; "" = the whole of it.
Paths = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Layout:
    """A template as pieces: before, in and after the two loops."""

    before: tuple[str, ...]
    section: tuple[str, ...]
    line: tuple[str, ...]
    closing: tuple[str, ...]
    after: tuple[str, ...]


def cut(source: str) -> Layout | None:
    """Return the pieces of a template, or None where it is not marked, or loops in another way."""
    first, *rest = _MARK.split(source)
    stages: list[list[str]] = [[first]]
    for kind, text in zip(rest[::2], rest[1::2], strict=True):
        if kind == "piece":
            stages[-1].append(text)
        elif len(stages) > len(_LOOPS) or " ".join(text.split()) != _LOOPS[len(stages) - 1]:
            return None
        else:
            stages.append([])
    return Layout(*map(tuple, stages)) if len(stages) == len(_LOOPS) + 1 else None


@dataclass(frozen=True)
class Drawn:
    """Something drawn: its encoded bytes around the links to fill in, and what it holds."""

    parts: tuple[bytes | Hole, ...]
    #: Bytes of UTF-8 before encoding: what a mail client counts.
    size: int
    looks: tuple["Look", ...]

    @cached_property
    def _plain(self) -> tuple[bytes, ...] | None:
        plain = tuple(part for part in self.parts if isinstance(part, bytes))
        return plain if len(plain) == len(self.parts) else None

    def filled(self, known: Filled) -> Sequence[bytes]:
        """Return the bytes with the links in."""
        if self._plain is not None:
            return self._plain
        return [part if isinstance(part, bytes) else known[part[0]][part[1] : part[2]] for part in self.parts]


class Look:
    """A piece's text, inspected when somebody asks: before approval, not at each sending."""

    def __init__(self, text: str, stand_ins: Mapping[str, str], inspect: Callable[[str], Inspected]) -> None:
        self._text, self._stand_ins, self._inspect = text, stand_ins, inspect

    @cached_property
    def inspected(self) -> Inspected:
        """What it holds, with the names of links for their stand-ins."""
        seen = self._inspect(self._text)
        names = {text: name for name, text in self._stand_ins.items()}
        return replace(seen, links=frozenset(names.get(link, link) for link in seen.links))

    def with_links(self, known: Filled) -> Inspected:
        """Return what it holds once filled."""
        if not self._stand_ins:
            return self.inspected
        return replace(
            self.inspected,
            links=frozenset(known[link].decode() if link in known else link for link in self.inspected.links),
        )


class Known(Generic[T]):
    """What was drawn, by the values that it was drawn from."""

    def __init__(self, paths: Paths) -> None:
        self._getters = tuple((root, _getter(names)) for root, names in paths.items() if root in _ROOTS)
        self.links = tuple(sorted(paths.get("links", ())))
        self._drawn: dict[Hashable, T] = {}

    def get(self, values: Values, links: Filled, draw: Callable[[Values, Filled], T]) -> T:
        """Return what these values give, drawn now or before."""
        key = (
            tuple([getter(values[root]) for root, getter in self._getters]),
            *[len(links[name]) for name in self.links],
        )
        found = self._drawn.get(key)
        if found is None:
            if len(self._drawn) >= _KEPT:
                self._drawn.clear()
            found = self._drawn[key] = draw(values, links)
        return found


class Piece:
    """One piece of a template and what it drew so far."""

    def __init__(self, template: Template, source: str, inspect: Callable[[str], Inspected]) -> None:
        self.paths = _paths(template.environment, source)
        self._template = template
        self._inspect = inspect
        self._known = Known[Drawn](self.paths)

    @property
    def personal(self) -> bool:
        """Whether it reads what differs from one reader to the next."""
        return "bulletin" in self.paths or "reasons" in self.paths.get("line", ())

    def draw(self, values: Values, links: Filled) -> Drawn:
        """Return the piece for these values."""
        return self._known.get(values, links, self._new)

    def _new(self, values: Values, links: Filled) -> Drawn:
        stand_ins = {name: _stand_in(name, len(links[name])) for name in self._known.links if links[name]}
        opinion = stand_ins.get(OPINIONS)
        shown = Links(
            **{name: stand_ins.get(name, "") for name in OWN},
            opinions={values["line"].item_id: opinion} if opinion else {},
        )
        text = self._template.render({**values, "links": shown})
        parts = tuple(_around(quoted_printable(text), stand_ins))
        return Drawn(parts, len(text.encode("utf-8", "replace")), (Look(text, stand_ins, self._inspect),))


def fillable(links: Links) -> bool:
    """Say whether these links can stand in for themselves: long enough, and changed by no encoding."""
    every = (*(getattr(links, name) for name in OWN), *links.opinions.values())
    return all(len(url) > len(_STAND_IN) + 1 and _PLAIN_URL.fullmatch(url) for url in every)


def _stand_in(name: str, length: int) -> str:
    mark = f"{_STAND_IN}{name[0]}"
    return mark + "x" * (length - len(mark))


def _around(encoded: bytes, stand_ins: Mapping[str, str]) -> Iterator[bytes | Hole]:
    """Cut encoded bytes around each stand-in, be it broken by a soft line break."""
    if not stand_ins:
        yield encoded
        return
    names = {text.encode(): name for name, text in stand_ins.items()}
    end = 0
    for match in _broken(tuple(names)).finditer(encoded):
        yield encoded[end : match.start()]
        yield from _with_breaks(match[0], names[match[0].replace(b"=\r\n", b"")])
        end = match.end()
    yield encoded[end:]


@lru_cache(maxsize=256)
def _broken(texts: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """Return what finds each of these texts, soft line breaks inside or not."""
    return re.compile(b"|".join(b"(?:=\r\n)?".join(re.escape(bytes([one])) for one in text) for text in texts))


def _with_breaks(stand_in: bytes, name: str) -> Iterator[bytes | Hole]:
    at = 0
    for number, part in enumerate(stand_in.split(b"=\r\n")):
        if number:
            yield b"=\r\n"
        yield name, at, at + len(part)
        at += len(part)


def _paths(environment: Environment, source: str) -> Paths:
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


def _getter(names: set[str]) -> Callable[[Any], Hashable]:
    return _itself if "" in names else attrgetter(*sorted(names))


def _itself(value: Any) -> Hashable:
    return value  # type: ignore[no-any-return]
