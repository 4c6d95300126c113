"""Names that a member follows, found as names and not as words (pure)."""

import re
from collections.abc import Iterator

from veille.matching.context import LONGEST_TEXT, MatchContext, View
from veille.matching.words import Words, generic_stems
from veille.model import Member
from veille.text import Folded, fold

#: A name made of one word that this many items use is taken for an ordinary word (« Horizon »).
_ORDINARY = 5
#: Folded words that announce or follow a company's name.
_BEFORE = re.compile(
    r"\b(societe|groupe|entreprise|maison|fabricant|filiale|constructeur|editeur|laboratoires?|etablissements|"
    r"concurrent|client|fournisseur|specialiste)( [a-z]+)? $"
)
_AFTER = re.compile(r"^ (sas|sasu|sa|sarl|se|scop|group|groupe|industries?|france|international)\b")
#: Another capitalised word right after makes it a part of another name (« Horizon Europe »).
_LONGER = re.compile(r"^[ -][A-ZÀ-ÖØ-Þ]")


def followed_name(member: Member, view: View, context: MatchContext) -> str | None:
    """Return the first followed name that the item names, as the profile writes it."""
    return next((name for name in member.follows if _named(name, view, context)), None)


def _named(name: str, view: View, context: MatchContext) -> bool:
    parts = Words(name).stems
    if not fold(name):
        return False
    if parts and not view.terms.issuperset(parts) and not view.english:
        return False
    ordinary = len(parts) <= 1 and _ordinary(parts, context)
    texts = (view.item.title, view.item.text[:LONGEST_TEXT])
    return any(_is_name(*found, ordinary) for text in texts for found in _found(name, text))


def _ordinary(parts: list[str], context: MatchContext) -> bool:
    return not parts or parts[0] in generic_stems() or context.frequency.get(parts[0], 0) >= _ORDINARY


def _found(name: str, text: str) -> Iterator[tuple[Folded, int, int]]:
    folded = Folded(text)
    for match in re.finditer(rf"(?<![a-z0-9]){re.escape(fold(name))}(?![a-z0-9])", folded.text):
        yield folded, match.start(), match.end()


def _is_name(folded: Folded, start: int, end: int, ordinary: bool) -> bool:
    printed = folded.quote(start, end)
    # « le groupe Boisdor »: a common noun before a name keeps its small letter.
    if not any(word[:1].isupper() or word[:1].isdigit() for word in printed.split()):
        return False
    if not ordinary:
        return True
    rest = folded.original[folded.span(start, end)[1] :]
    if _AFTER.match(folded.text[end:]):
        return True
    return bool(_BEFORE.search(folded.text[:start])) and not _LONGER.match(rest)
