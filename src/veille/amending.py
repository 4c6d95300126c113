"""What changed in a notice between two of its versions, and whether that is news to anybody (pure)."""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import islice

from veille.model import Change, Item
from veille.text import fold, sentences

#: Facts whose change is told, in the order in which it is told.
TOLD = ("deadline", "opening", "status", "amount_max", "amount_total", "amount_min", "rate")
#: Title and text, as `Change.what` names them.
TITLE, TEXT = "title", "text"
#: Fields of an entry in which an edit may be a matter of form; a change of any other (a stated fact, a link) never is.
_FORM = frozenset({"title", "text", "published"})
#: Characters and sentences compared: what is announced stands near the top.
_READ, _MOST = 20_000, 400
#: Likeness of two words from which one is the other mended, letters of a word that says little by itself, and slips in
#: one sentence beyond which it was written anew.
_LIKE, _SMALL, _SLIPS = 0.8, 3, 3
#: Characters of a sentence that is compared word by word; words under which one more is news.
_LONGEST = 1_000
_SENTENCE = 5
#: Comparisons of sentences that are neither equal nor new, at most: a rewritten page is a change anyway.
_TRIES = 400
_NUMBER = re.compile(r"\d+")
#: Words whose addition or loss turns a sentence round, however alike the rest.
_TURNING = re.compile(
    r"\b(?:ne|non|pas|plus|sauf|hors|exclu\w*|annul\w*|suspend\w*|report\w*|prolong\w*|clos\w*|not|no|except|bis|ter|pme|tpe|eti)\b"
)
#: Lines that a site renews by itself.
_RENEWED = re.compile(
    r"^(?:(?:derniere )?mis(?:e)? a jour|actualisee? le|publiee? le|modifiee? le|last (?:updated|modified)|updated"
    r"|[\d ]+ (?:vues?|partages?|commentaires?)|temps de lecture|il y a \d+|nombre de vues)"
)


def changes(item: Item) -> tuple[Change, ...]:
    """Return what its last amendment changed, what matters most first; empty for one that changed its form only."""
    told = [
        Change(what=name, before=item.previous[name], after=fact.value)
        for name in TOLD
        if name in item.previous and (fact := item.fact(name)) is not None and fact.value != item.previous[name]
    ]
    if item.edit is None:
        return tuple(told)
    edit = item.edit
    if not _same(fold(edit.title), fold(edit.new_title)):
        told.append(Change(what=TITLE, before=edit.title, after=edit.new_title))
    added, removed = difference(edit.text, edit.new_text)
    if added or removed:
        told.append(Change(what=TEXT, before="\n".join(removed), after="\n".join(added)))
    return tuple(told)


def is_form(changed: Sequence[str], before: tuple[str, str], after: tuple[str, str]) -> bool:
    """Tell whether an edit of an entry is a matter of form; `before` and `after` are title and text.

    Spaces, a slip of the pen, a date of publication and a line that a site renews by itself are no news.
    """
    if not changed or not set(changed) <= _FORM or not _same(fold(before[0]), fold(after[0])):
        return False
    return not any(difference(before[1], after[1]))


def difference(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the sentences added to a text and removed from it, as printed; slips of the pen mended are neither."""
    old, new = _lines(before), _lines(after)
    lost, gained = Counter(old.values()), Counter(new.values())
    removed = [line for line, folded in old.items() if not gained[folded]]
    added = [line for line, folded in new.items() if not lost[folded]]
    return _unmatched(added, removed, new, old)


def _lines(text: str) -> dict[str, str]:
    """Return sentence → folded, of those that say something."""
    said = (text[start:end] for start, end in islice(sentences(text[:_READ]), _MOST))
    folded = {line: fold(line) for line in said}
    return {line: words for line, words in folded.items() if words and not _RENEWED.match(words)}


def _unmatched(
    added: list[str], removed: list[str], new: dict[str, str], old: dict[str, str]
) -> tuple[list[str], list[str]]:
    """Leave out the pairs that are one sentence with a slip mended."""
    tries, left = 0, list(removed)
    kept: list[str] = []
    for line in added:
        twin = None
        for other in left:
            tries += 1
            if tries > _TRIES:
                break
            if _same(old[other], new[line]):
                twin = other
                break
        if twin is None:
            kept.append(line)
        else:
            left.remove(twin)
    return kept, left


def _same(one: str, other: str) -> bool:
    """Tell whether two folded sentences say the same: equal but for slips of the pen mended."""
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return True
    if _NUMBER.findall(one) != _NUMBER.findall(other) or _TURNING.findall(one) != _TURNING.findall(other):
        return False
    if max(len(one), len(other)) > _LONGEST:
        return False
    words, others = one.split(), other.split()
    if abs(len(words) - len(others)) > (_SLIPS if min(len(words), len(others)) >= _SENTENCE else 0):
        return False
    whole = SequenceMatcher(None, words, others, autojunk=False).get_opcodes()
    edits = [edit for edit in whole if edit[0] != "equal"]
    return len(edits) <= _SLIPS and all(_is_slip(words[a:b], others[c:d]) for _, a, b, c, d in edits)


def _is_slip(gone: list[str], come: list[str]) -> bool:
    """Tell whether a few words are a slip of others: a small word more or less, or letters of a word mended."""
    if len(gone) != len(come):
        return "".join(gone) == "".join(come) or all(len(word) <= _SMALL for word in (*gone, *come))
    return all(_alike(one, other) for one, other in zip(gone, come, strict=True))


def _alike(one: str, other: str) -> bool:
    """Tell whether a word is another with letters mended; another beginning (« inéligible ») is another word."""
    if min(len(one), len(other)) <= _SMALL or one[:2] != other[:2]:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _LIKE
