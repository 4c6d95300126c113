"""Where the content of a letter ends, and what above it is none (pure)."""

from collections.abc import Sequence

from veille.crawl.newsletters import words
from veille.crawl.newsletters.lines import Line
from veille.crawl.newsletters.links import Use, bare, use_of

#: Lines of a preheader at most: « voir en ligne · se désabonner » on top of a letter begins no footer.
_TOP = 4
#: A longer line is a paragraph that may well speak of subscriptions or data protection.
_LINE = 400


def content_of(lines: Sequence[Line]) -> list[Line]:
    """Return the lines above the footer: it begins where, in the last part, a line speaks of the reader's subscription.

    The box of that line goes with it: the sender's address and icons stand there too. So does what a person signs.
    """
    marks = [place for place, line in enumerate(lines) if _is_footer(line)]
    late = [place for place in marks if place * 2 >= len(lines)]
    end = _box_start(lines, late[0]) if late else len(lines)
    signed = next(
        (place for place in range(len(lines) // 2, end) if words.SIGN_OFF.fullmatch(bare(lines[place].text))), end
    )
    first = max((place for place in marks if place < min(_TOP, end)), default=-1) + 1
    return [line for line in lines[first : min(end, signed)] if not _is_footer(line) and not _is_mirror(line)]


def _is_footer(line: Line) -> bool:
    said = bare(line.text)
    if len(said) < _LINE and (words.SUBSCRIPTION.search(said) or words.FOOTER.search(said)):
        return True
    return any(use_of(link.text, link.address, hint=link.hint) is Use.PRIVATE for link in line.links)


def _is_mirror(line: Line) -> bool:
    return len(line.text) < _LINE and words.MIRROR_LINE.search(bare(line.text)) is not None


def _box_start(lines: Sequence[Line], place: int) -> int:
    """Return where the row or box of a footer line begins, above which there is something to click on."""
    shared = {box for line in lines[: len(lines) // 2] for box in line.boxes}
    own = set(lines[place].boxes) - shared
    start = place
    while start > 0 and own & set(lines[start - 1].boxes) and not _invites(lines[start - 1]):
        start -= 1
    return start


def _invites(line: Line) -> bool:
    uses = [use_of(link.text, link.address, hint=link.hint) for link in line.links if link.text]
    return Use.BUTTON in uses or Use.CONTENT in uses
