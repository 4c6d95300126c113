"""How a change of a page is told: a title that says what changed (French, pure)."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from veille.crawl.markup import cut
from veille.crawl.watch.comparing import edited
from veille.french import added_title, edited_title, removed_title

#: Characters of a quotation in a title, and of the text of a change.
_QUOTED, _TEXT = 110, 50_000
#: Words kept on each side of what changed in a line.
_AROUND = 4
UNDONE = " (annulé depuis)"
REDONE = "La page a été refaite"


def title_of(added: Sequence[str], removed: Sequence[str]) -> str:
    """Return a title: what was added, replaced or removed, and how much more."""
    pairs = edited(added, removed)
    replaced = {new for _, new in pairs}
    fresh = [line for line in added if line not in replaced]
    gone = [line for line in removed if line not in {old for old, _ in pairs}]
    rest = len(pairs) + len(fresh) + len(gone) - 1
    more = f" (et {rest} autre{'s' if rest > 1 else ''} changement{'s' if rest > 1 else ''})" if rest else ""
    if fresh:
        return added_title(cut(_longest(fresh), _QUOTED)) + more
    if pairs:
        old, new = max(pairs, key=lambda pair: len(pair[1]))
        return edited_title(*_spans(old, new)) + more
    return removed_title(cut(_longest(gone), _QUOTED)) + more


def text_of(added: Sequence[str]) -> str:
    """Return the lines that were added, as the page shows them."""
    return cut("\n".join(added), _TEXT)


def _longest(lines: Sequence[str]) -> str:
    """Return the first line of some length: a heading says more than the date above it."""
    return next((line for line in lines if len(line) >= 20), max(lines, key=len))  # noqa: PLR2004 - a few words


def _spans(old: str, new: str) -> tuple[str, str]:
    """Return what a line says now, around what changed where it is long, and the words that were there."""
    before, after = old.split(), new.split()
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    changed = [code for code in codes if code[0] != "equal"]
    if not changed:
        return cut(new, _QUOTED), ""
    first, last = changed[0], changed[-1]
    # a figure alone says little: « 15 mars 2027 », « 40 % des »
    end = last[2] + 2 * all(word.strip(".,;:").isdigit() for word in before[first[1] : last[2]])
    gone = cut(" ".join(before[first[1] : end]).rstrip(" .,;:"), _QUOTED // 2)
    return (new if len(new) <= _QUOTED else _window(after, first[3], last[4])), gone


def _window(words: Sequence[str], start: int, end: int) -> str:
    begin, stop = max(0, start - _AROUND), min(len(words), end + _AROUND)
    said = " ".join(words[begin:stop])
    return f"{'… ' if begin else ''}{cut(said, _QUOTED)}{' …' if stop < len(words) else ''}"
