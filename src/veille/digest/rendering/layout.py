"""A template cut into pieces where its lines end, around the loops that walk a bulletin (pure).

`{# piece #}` on a line of its own cuts; `{# loop #}` stands before each of the tags of a loop that may be walked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARK = re.compile(r"[ \t]*{#\s*(piece|loop)\s*#}[ \t]*\n?")
#: Loops that may be walked: tag → the name of each thing in turn, and the path of what is walked.
LOOPS = {
    "{% for section in bulletin.sections %}": ("section", "bulletin.sections"),
    "{% for line in section.lines %}": ("line", "section.lines"),
    "{% for line in bulletin.stars %}": ("line", "bulletin.stars"),
}
_END = "{% endfor %}"


@dataclass(frozen=True, slots=True)
class Level:
    """What stands at one depth of a template: runs of pieces before, between and after its loops."""

    runs: tuple[tuple[str, ...], ...]
    #: Tag of each loop, and what is inside.
    loops: tuple[tuple[str, "Level"], ...] = ()

    @property
    def shape(self) -> tuple[tuple[str, object], ...]:
        """The loops alone: two templates of one shape are walked together."""
        return tuple((tag, inside.shape) for tag, inside in self.loops)


class _OtherwiseMade(Exception):
    """The template is not marked, or loops in a way that is not walked."""


def cut(source: str) -> Level | None:
    """Return the pieces of a template, or None where it is not marked, or loops in another way."""
    first, *rest = _MARK.split(source)
    marks = iter([("piece", first), *zip(rest[::2], rest[1::2], strict=True)])
    try:
        whole, last = _level(marks)
    except _OtherwiseMade:
        return None
    return whole if not last and whole.loops else None


def _level(marks: Iterator[tuple[str, str]]) -> tuple[Level, str]:
    """Read one depth up to its end; return it with the tag that ended it, empty at the end of the template."""
    runs: list[list[str]] = [[]]
    loops: list[tuple[str, Level]] = []
    for kind, text in marks:
        tag = " ".join(text.split())
        if kind == "piece":
            runs[-1].append(text)
        elif tag == _END:
            return Level(tuple(map(tuple, runs)), tuple(loops)), tag
        elif tag in LOOPS:
            inside, last = _level(marks)
            if not last:
                raise _OtherwiseMade
            loops.append((tag, inside))
            runs.append([])
        else:
            raise _OtherwiseMade
    return Level(tuple(map(tuple, runs)), tuple(loops)), ""
