"""The pictures of the report as SVG in the page's own colours, so that they follow its light and its dark (pure)."""

from collections.abc import Mapping
from html import escape

from veille.nlp.measuring.confusion import NOTHING, Confusion
from veille.nlp.measuring.reliability import Reliability

#: Pixels: side of a cell, room for the names beside and above, and the letters of a name that fit there.
_CELL, _BESIDE, _ABOVE, _FITS = 24, 230, 180, 30
#: A share of a row below which a cell is left blank, and the least ink of one that is not.
_BLANK, _INK = 0.005, 0.08
#: A share from which the ink is so dark that the number turns to the colour of the paper.
_DARK = 0.55
#: Pixels of the picture of reliability, and of the whisker of one label.
_SIDE, _MARGIN = 260, 36
_WHISKER, _HEIGHT = 120, 14


def draw_confusion(confusion: Confusion, names: Mapping[str, str], title: str) -> str:
    """Return squares: a row a label carried, a column a label said first, darker = more of the row."""
    width, height = _BESIDE + len(confusion.columns) * _CELL + 70, _ABOVE + len(confusion.rows) * _CELL + 10
    parts = [
        f'<svg class="confusion" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<title>{escape(title)}</title>",
        *(_column(rank, _name(label, names)) for rank, label in enumerate(confusion.columns)),
    ]
    for rank, row in enumerate(confusion.rows):
        parts += _row(rank, row, confusion, names)
    return "".join([*parts, "</svg>"])


def _name(label: str, names: Mapping[str, str]) -> str:
    return names.get(label, label) if label != NOTHING else "(rien)"


def _short(words: str) -> str:
    return words if len(words) <= _FITS else f"{words[: _FITS - 1].rstrip()}…"


def _column(rank: int, name: str) -> str:
    x, y = _BESIDE + rank * _CELL + _CELL / 2, _ABOVE - 6
    return f'<text class="name" x="{x}" y="{y}" transform="rotate(-55 {x} {y})">{escape(_short(name))}</text>'


def _row(rank: int, row: str, confusion: Confusion, names: Mapping[str, str]) -> list[str]:
    y, whole = _ABOVE + rank * _CELL, confusion.of(row)
    name = escape(_short(_name(row, names)))
    parts = [f'<text class="name" x="{_BESIDE - 8}" y="{y + 16}" text-anchor="end">{name}</text>']
    for place, column in enumerate(confusion.columns):
        count = confusion.cells.get((row, column), 0.0)
        right = row == column
        if right or count / whole >= _BLANK:
            told = f"{_name(row, names)} → {_name(column, names)} : {_count(count)} sur {_count(whole)}"
            parts.append(_cell(_BESIDE + place * _CELL, y, count / whole, _count(count), told, right=right))
    return parts


def _count(count: float) -> str:
    return f"{count:.0f}" if count >= 1 or not count else f"{count:.1f}".replace(".", ",")


def _cell(x: int, y: int, share: float, count: str, told: str, *, right: bool) -> str:
    ink = _INK + (1 - _INK) * share
    kind = "right" if right else "wrong"
    dark = " dark" if ink >= _DARK else ""
    return (
        f'<g><title>{escape(told)}</title><rect class="{kind}" x="{x + 1}" y="{y + 1}" width="{_CELL - 2}" '
        f'height="{_CELL - 2}" fill-opacity="{ink:.2f}"/><text class="count{dark}" x="{x + _CELL / 2}" '
        f'y="{y + 16}">{count}</text></g>'
    )


def draw_reliability(reliability: Reliability) -> str:
    """Return share that is right against score: bars with their interval, and the line that a perfect score follows."""
    size = _SIDE + 2 * _MARGIN
    parts = [
        f'<svg class="reliability" role="img" viewBox="0 0 {size} {size}" width="{size}" height="{size}">',
        "<title>Part d'étiquettes justes selon le score annoncé</title>",
        f'<rect class="frame" x="{_MARGIN}" y="{_MARGIN}" width="{_SIDE}" height="{_SIDE}"/>',
        f'<line class="perfect" x1="{_MARGIN}" y1="{_MARGIN + _SIDE}" x2="{_MARGIN + _SIDE}" y2="{_MARGIN}"/>',
    ]
    for one in reliability.bins:
        left, width = _MARGIN + one.low * _SIDE, (one.high - one.low) * _SIDE
        middle, (low, high) = left + width / 2, one.interval
        box = f'x="{left + 2:.1f}" y="{_up(one.share):.1f}" width="{width - 4:.1f}" height="{one.share * _SIDE:.1f}"'
        line = f'x1="{middle:.1f}" x2="{middle:.1f}" y1="{_up(low):.1f}" y2="{_up(high):.1f}"'
        parts += [f'<rect class="bar" {box}/>', f'<line class="whisker" {line}/>']
    for share in (0.0, 0.5, 1.0):
        shown = f"{share:g}".replace(".", ",")
        parts += [
            f'<text class="name" x="{_MARGIN + share * _SIDE}" y="{size - 14}" text-anchor="middle">{shown}</text>',
            f'<text class="name" x="{_MARGIN - 6}" y="{_up(share) + 4}" text-anchor="end">{shown}</text>',
        ]
    return "".join([*parts, "</svg>"])


def _up(share: float) -> float:
    return _MARGIN + (1 - share) * _SIDE


def draw_whisker(value: float, ends: tuple[float, float]) -> str:
    """Return a value between 0 and 1 as a dot on a line, with its interval."""
    low, high = (4 + end * (_WHISKER - 8) for end in ends)
    middle, y = 4 + value * (_WHISKER - 8), _HEIGHT / 2
    size = f'viewBox="0 0 {_WHISKER} {_HEIGHT}" width="{_WHISKER}" height="{_HEIGHT}"'
    return (
        f'<svg class="spot" aria-hidden="true" {size}>'
        f'<line class="perfect" x1="4" x2="{_WHISKER - 4}" y1="{y}" y2="{y}"/>'
        f'<line class="whisker" x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}"/>'
        f'<circle class="bar" cx="{middle:.1f}" cy="{y}" r="3.5"/></svg>'
    )
