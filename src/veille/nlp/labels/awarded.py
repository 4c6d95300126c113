"""Whether a notice of public procurement tells who won: what its words alone do not say.

Notices are published as forms. Read as text, their headings are often lost, and an award differs from the call it
answers by what stands between the object and the court of appeal only: a company, then its town. Or a line that says
that nobody won.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice, pairwise

from veille.config.gazetteer import Gazetteer
from veille.model import Evidence
from veille.nlp.levelled import level
from veille.nlp.places.places import key

#: Lines among which a notice repeats its title, after the buyer, its town and those who buy with it.
_HEAD = 12
#: Characters of a title that are compared: a long one is cut in one place and whole in the other.
_SAME = 40
#: Longest line that is a name: « SCP d'architecture (mandataire) — bureaux d'études » of a joint bid; or a town.
_NAME, _TOWN = 170, 45
#: A sentence, a heading or a place of performance (« Lyon. ») is no name.
_UNFINISHED = re.compile(r"[^.:;,!?…]\Z")
#: Where appeals go: the last part of every notice, towns included.
_APPEALS = re.compile(
    r"(?:le )?(?:(?:service du )?greffe|tribuna|ta\b|tgi\b|cour administrative|comite consultatif|ccira|mediateur|"
    r"conseil d'etat)"
)
#: One of which every such line has: most texts have none, and need no reading by lines.
_APPEAL_WORDS = ("tribuna", "greffe", "ccira", "mediateur", "comite consultatif", "conseil d'etat", "tgi", "\nta ")
_AFTER_TOWN = re.compile(r"\bcedex\b.*|\b\d+\s?(?:er?|eme)?\Z")
#: What only the name of a company or of a joint bid has.
_COMPANY = re.compile(
    r"\b(?:sarl|sasu?|s\.a\.s|s\.a\.r\.l|eurl|snc|scop|scp|selarl|gmbh|srl|sprl|architectes|mandataire|co-?traitant)\b"
)
#: Nobody won; at the head of a line, for calls say in a sentence that they might be called off.
_CALLED_OFF = re.compile(
    r"(?:le |la )?(?:(?:present )?(?:marche|lot(?: n[°o ]*\d+)?|procedure|consultation)\s(?:a ete\s|est\s)?)?"
    r"(?:declaree?|declaration|classee?|rendue?)\s(?:infructueu(?:x|se)|sans suite)|"
    r"annulation de la procedure|procedure infructueuse|marche infructueux"
)


@dataclass(frozen=True, slots=True)
class _Line:
    said: str
    levelled: str
    start: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A text with the form of a notice of procurement."""

    #: The words that tell an award: a winner with its town, or that there is none; empty for a call.
    awarded: tuple[Evidence, ...]


class AwardReader:
    """Reads awards; the names of towns are laid out on first use."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer

    @cached_property
    def _towns(self) -> frozenset[str]:
        names, _ = self._gazetteer.printed_communes()
        return frozenset(key(name) for name in names.split("\n"))

    def read(self, title: str, text: str) -> Notice | None:
        """Return what the form of a notice of procurement tells; None for any other text."""
        told = _between_object_and_appeals(title, text)
        return Notice(tuple(self._proofs(told))[:1]) if told else None

    def _proofs(self, told: Sequence[_Line]) -> Iterator[Evidence]:
        yield from (_quoted(line) for line in told if _CALLED_OFF.match(line.levelled))
        yield from (_quoted(line) for line, after in pairwise(told) if self._is_winner(line, after))
        yield from (_quoted(line) for line in told if _is_name(line) and _COMPANY.search(line.levelled))

    def _is_winner(self, line: _Line, after: _Line) -> bool:
        beside = after.levelled in line.levelled  # « Secteur Lyon 4e », then « Lyon 4e »: where it is performed
        return _is_name(line) and not beside and self._is_town(after) and not self._is_town(line)

    def _is_town(self, line: _Line) -> bool:
        if len(line.said) > _TOWN or not _UNFINISHED.search(line.said):
            return False
        bare = _AFTER_TOWN.sub("", line.levelled).strip()
        return bool(bare) and (key(bare) in self._towns or "cedex" in line.levelled)


def _between_object_and_appeals(title: str, text: str) -> Sequence[_Line]:
    """Return the lines after the repeated title and before the court of appeal; none in any other kind of text."""
    levelled, head = level(text), level(title).strip()[:_SAME]
    if not any(word in levelled for word in _APPEAL_WORDS):
        return ()
    rows = text.split("\n")
    starts = list(accumulate((len(row) + 1 for row in rows), initial=0))
    lines = (
        _Line(said, levelled[start : start + len(said)], start)
        for row, first in zip(rows, starts, strict=False)
        if (said := row.strip()) and (start := first + row.index(said)) >= 0
    )
    if not head or not any(line.levelled[:_SAME] == head for line in islice(lines, _HEAD)):
        return ()
    told: list[_Line] = []
    for line in lines:
        if _APPEALS.match(line.levelled):
            return told
        told.append(line)
    return ()


def _is_name(line: _Line) -> bool:
    return len(line.said) <= _NAME and _UNFINISHED.search(line.said) is not None


def _quoted(line: _Line) -> Evidence:
    return Evidence(text=line.said, where="text", start=line.start, end=line.start + len(line.said))
