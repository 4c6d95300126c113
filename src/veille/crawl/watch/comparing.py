"""Two readings of a page: the lines that came, those that went, and how much they say (pure)."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from veille.crawl.watch.noise import daily, mark

#: Words in common, of all, from which on a line that went and one that came are one that was edited.
_ALIKE = 0.5
#: Lines compared each with each; more is a rewriting, where pairs mean nothing.
_PAIRED = 60
_FIGURE = re.compile(r"\d")
#: What a figure that changed weighs, in letters: a day, an amount.
_FIGURE_WEIGHT = 20
#: Letters in common, of all, under which two words are no spellings of one; what such a word weighs at least.
_SPELLING, _WORD_WEIGHT = 0.6, 4
_SHORTEST_WORD = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs, in the order of the page; each line by its mark."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    #: Lines that say something, before, and how many of them are still there.
    known: int
    kept: int


def compare(then: Sequence[str], then_day: date, now: Sequence[str], now_day: date) -> Difference:
    """Compare two readings, whatever the order of their lines."""
    before, after = [line for line in then if mark(line)], [line for line in now if mark(line)]
    removed, added = _unmatched(before, after, [mark(line) for line in before], [mark(line) for line in after])
    dated = [daily(line, then_day) for line in removed], [daily(line, now_day) for line in added]
    removed, added = _unmatched(removed, added, *dated)
    removed = [line for line in removed if _speaks(line, then_day)]
    added = [line for line in added if _speaks(line, now_day)]
    return Difference(tuple(added), tuple(removed), len(before), len(before) - len(removed))


def _speaks(line: str, day: date) -> bool:
    """Say whether a line says more than which day it is."""
    name = daily(line, day)
    return name is None or bool(name.strip("¤ "))


def _unmatched(
    before: list[str], after: list[str], names: Sequence[str | None], other_names: Sequence[str | None]
) -> tuple[list[str], list[str]]:
    """Return the lines that find no partner of the same name, those of None included."""
    there, here = Counter(names), Counter(other_names)
    common = there & here
    common[None] = 0
    return _less(before, names, common.copy()), _less(after, other_names, common)


def _less(lines: list[str], names: Sequence[str | None], common: Counter[str | None]) -> list[str]:
    left = []
    for line, name in zip(lines, names, strict=True):
        if common[name] > 0:
            common[name] -= 1
        else:
            left.append(line)
    return left


def edited(added: Sequence[str], removed: Sequence[str]) -> list[tuple[str, str]]:
    """Return the lines that were edited, as (before, after)."""
    if not added or not removed or len(added) > _PAIRED or len(removed) > _PAIRED:
        return []
    scores = sorted(
        ((_likeness(old, new), place, other) for place, old in enumerate(removed) for other, new in enumerate(added)),
        key=lambda score: (-score[0], score[1], score[2]),
    )
    pairs, olds, news = [], set[int](), set[int]()
    for likeness, old, new in scores:
        if likeness < _ALIKE:
            break
        if old not in olds and new not in news:
            olds.add(old)
            news.add(new)
            pairs.append((old, new))
    return [(removed[old], added[new]) for old, new in sorted(pairs, key=lambda pair: pair[1])]


def _likeness(old: str, new: str) -> float:
    """Return the share of words that two lines have in common."""
    before, after = Counter(mark(old).split()), Counter(mark(new).split())
    total = before.total() + after.total()
    return 2 * (before & after).total() / total if total else 0.0


def weight(added: Sequence[str], removed: Sequence[str]) -> int:
    """Return how much a difference says, in letters and digits."""
    pairs = edited(added, removed)
    whole = [line for line in added if line not in {new for _, new in pairs}]
    whole += [line for line in removed if line not in {old for old, _ in pairs}]
    return sum(len(mark(line).replace(" ", "")) for line in whole) + sum(_edit(mark(a), mark(b)) for a, b in pairs)


def _edit(old: str, new: str) -> int:
    """Return the weight of an edit inside a line."""
    before, after = old.split(), new.split()
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return sum(_span(" ".join(before[a:b]), " ".join(after[c:d])) for kind, a, b, c, d in codes if kind != "equal")


def _span(gone: str, come: str) -> int:
    matcher = SequenceMatcher(None, gone, come, autojunk=False)
    longest = max(len(gone), len(come))
    letters = longest - sum(block.size for block in matcher.get_matching_blocks())
    if _FIGURE.search(gone) or _FIGURE.search(come):
        return max(letters, _FIGURE_WEIGHT)
    if longest >= _SHORTEST_WORD and matcher.ratio() < _SPELLING:
        return max(letters, _WORD_WEIGHT)
    return letters
