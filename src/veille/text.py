"""Folding of French typography, quoting and cleaning of foreign text (pure)."""

import codecs
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache

#: C0, DEL and C1 controls but tab and newline; they can drive a terminal, break a header, and PostgreSQL refuses NUL.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: Bidirectional controls (Unicode UAX #9): they reorder what a reader sees.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

#: Letters that NFKD leaves whole.
_LETTERS = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ß": "ss"}
#: Apostrophes, primes, middle dots, slashes and underscores join words in French; they part words here.
_JOINERS = frozenset("'`´’‘ʼ′‛·•/_&+")
_NBSP = "\u00a0"
_BEFORE, _AFTER = re.compile(r" (?=[:;?!»])"), re.compile(r"(?<=«) ")
_SPACES = re.compile(" {2,}")


def printable(text: str) -> str:
    r"""Return text that is safe on a terminal: controls shown as `\x1b`, bidi controls dropped."""
    return _CONTROLS.sub(lambda match: f"\\x{ord(match[0]):02x}", _BIDI.sub("", text))


def french_spaces(text: str) -> str:
    """Return text whose spaces before « : ; ? ! » » and after « « » do not break."""
    return _BEFORE.sub(_NBSP, _AFTER.sub(_NBSP, text))


def clean(text: str) -> str:
    """Return text fit for the store: NFC, no controls, no bidi controls, lone surrogates as U+FFFD."""
    if not text.replace(_NBSP, " ").isprintable():  # a line without any of these is
        text = _BIDI.sub("", _CONTROLS.sub("", whole(text)))
    return unicodedata.normalize("NFC", text)


def whole(text: str) -> str:
    r"""Return text that can be encoded: lone surrogates (JSON writes them `\ud800`) become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _FoldTable(dict[int, str]):
    """Code point → folded letters, learnt as they are met (Unicode is large, French is not)."""

    def __missing__(self, point: int) -> str:
        folded = _fold_character(chr(point))
        self[point] = folded
        return folded


def _fold_character(character: str) -> str:
    kind = unicodedata.category(character)
    if character in _JOINERS or kind == "Pd" or character.isspace() or kind == "Cc":
        return " "
    if kind in {"Mn", "Cf"}:
        return ""
    low = "".join(_LETTERS.get(letter, letter) for letter in character.lower())
    parts = (part for part in unicodedata.normalize("NFKD", low).lower() if unicodedata.category(part) != "Mn")
    return "".join(" " if part.isspace() or part in _JOINERS else part for part in parts)


#: What French texts are written in beside Latin-1, in place of its 32 controls: typography, marks of lists, ligatures.
_BESIDE_LATIN = "€ŒœŸ‘’‚“”„‹›–—‐‑−…•●◦▪→✓≥≤™′″\u2009\u202f\u200b"
_ALPHABET = "".join(map(chr, range(0x80))) + _BESIDE_LATIN + "".join(map(chr, range(0xA0, 0x100)))
_ENCODING = codecs.charmap_build(_ALPHABET)
#: Stand for what becomes none or several characters until these are put in (private use: not in the alphabet).
_STAND_INS = 0xE000


class Translation:
    """`text.translate(table)`, eight times sooner where a text is written in 256 usual characters: as bytes."""

    def __init__(self, table: Mapping[int, str]) -> None:
        self._table = table
        parts = [table[ord(character)] for character in _ALPHABET]
        self._uneven = {chr(_STAND_INS + rank): part for rank, part in enumerate(parts) if len(part) != 1}
        self._decoding = "".join(part if len(part) == 1 else chr(_STAND_INS + rank) for rank, part in enumerate(parts))

    def __call__(self, text: str) -> str:
        """Return each character as the table gives it."""
        try:
            coded, _ = codecs.charmap_encode(text, "strict", _ENCODING)
        except UnicodeEncodeError:
            return text.translate(self._table)
        even, _ = codecs.charmap_decode(coded, "strict", self._decoding)
        for stand_in, part in self._uneven.items():
            if stand_in in even:
                even = even.replace(stand_in, part)
        return even


_TABLE = _FoldTable()
_translate = Translation(_TABLE)


class _Shifts:
    """From places in a changed text back to the text it was made from: each shift holds from its place on."""

    def __init__(self, shifts: Iterable[tuple[int, int]]) -> None:
        self._places = [-1]
        self._deltas = [0]
        for place, delta in shifts:
            self._places.append(place)
            self._deltas.append(self._deltas[-1] + delta)

    def back(self, place: int) -> int:
        """Return where the character at `place` came from."""
        return place + self._deltas[bisect_right(self._places, place) - 1]


class Folded:
    """Folded text that remembers where each of its characters stood in the original."""

    def __init__(self, original: str) -> None:
        self.original = original
        self._letters = _translate(original)
        #: Lower-case, no accents, apostrophes and dashes as spaces, œ as oe, single spaces (there are no others).
        self.text = " ".join(self._letters.split())

    @cached_property
    def _to_letters(self) -> _Shifts:
        """Undo the reduction of spaces."""
        return _Shifts(_dropped_spaces(self._letters))

    @cached_property
    def _to_original(self) -> _Shifts:
        """Undo the folding of characters that became none or several."""
        odd = [character for character in set(self.original) if len(_TABLE[ord(character)]) != 1]
        if not odd:
            return _Shifts(())
        places = re.finditer(f"[{re.escape(''.join(odd))}]", self.original)
        return _Shifts(_uneven(self.original, (match.start() for match in places)))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original offsets of folded characters `start` to `end` (exclusive)."""
        if end <= start or not self.text:
            return 0, 0
        first = self._to_original.back(self._to_letters.back(start))
        return first, self._to_original.back(self._to_letters.back(min(end, len(self.text)) - 1)) + 1

    def quote(self, start: int, end: int) -> str:
        """Return the printed words behind folded characters `start` to `end`."""
        first, last = self.span(start, end)
        return self.original[first:last]


def _dropped_spaces(letters: str) -> Iterator[tuple[int, int]]:
    """Yield (place in the reduced text, spaces dropped before it)."""
    leading = len(letters) - len(letters.lstrip(" "))
    if leading:
        yield 0, leading
    gone = leading
    for run in _SPACES.finditer(letters, leading):
        extra = run.end() - run.start() - 1
        yield run.start() - gone + 1, extra
        gone += extra


def _uneven(original: str, places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (place in the folded text, shift) for characters that folded to none or to several."""
    grown = 0
    for place in places:
        letters = len(_TABLE[ord(original[place])])
        if letters == 0:
            yield place + grown, 1
        for extra in range(1, letters):
            yield place + grown + extra, -1
        grown += letters - 1


def fold(text: str) -> str:
    """Return text as documents and labels are both compared: see `Folded.text`."""
    return Folded(text).text


#: A plural mark at the end of a word of four letters or more (« appels », « réseaux »): dropped on both sides.
#: The mark comes first in the pattern: looking behind each character of a text costs three times as much.
_PLURAL = re.compile(r"[sx](?<=[a-z]{3}[sx])(?![a-z0-9])")


class Singular:
    """Folded text whose words lost their simple plural, with the way back to the folded offsets."""

    def __init__(self, folded: Folded) -> None:
        self.folded = folded
        self.text = _PLURAL.sub("", folded.text)

    @cached_property
    def _dropped(self) -> list[int]:
        return [match.start() - rank for rank, match in enumerate(_PLURAL.finditer(self.folded.text))]

    def _back(self, place: int) -> int:
        return place + bisect_right(self._dropped, place)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original offsets of characters `start` to `end`, stretched to the end of the last word."""
        text = self.folded.text
        first, last = self._back(start), self._back(end - 1) + 1
        while last < len(text) and text[last].isalnum():
            last += 1
        return self.folded.span(first, last)


def singular(folded: str) -> str:
    """Drop the simple plural of every word of a folded text (« appels d offres » → « appel d offre »)."""
    return _PLURAL.sub("", folded)


# fmt: off
#: A full stop after these does not end a sentence.
_ABBREVIATIONS = frozenset({
    "m", "mm", "mme", "mlle", "dr", "pr", "me", "art", "al", "av", "bd", "bld", "cf", "ex", "env", "etc", "fig",
    "hab", "ht", "ttc", "inf", "max", "min", "n", "no", "num", "p", "pp", "par", "réf", "ref", "sq", "st", "ste",
    "sté", "tél", "tel", "vol", "éd", "ed", "chap", "janv", "févr", "fevr", "sept", "oct", "nov", "déc", "dec",
    "i.e", "e.g", "c.-à-d", "p.ex",
})
# fmt: on
_STOP = re.compile(r"[.!?…]+[»\"”’)\]]*(?=\s+[«\"“(\[]?[A-ZÀ-ÖØ-Þ0-9])|\n\s*(?=[-–—•*▪◦·]|[A-ZÀ-ÖØ-Þ0-9«])|\n{2,}")
_LAST_WORD = re.compile(r"([\w.-]*)\.$")


def sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence, spaces around it left out; good enough for quoting."""
    return list(_sentences(text))


@lru_cache(maxsize=8)
def _sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Split once for all the readers that quote the same text."""
    found: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(text):
        end = stop.end()
        last = _LAST_WORD.search(text, max(start, end - 12), end)
        if last and last[1].lower() in _ABBREVIATIONS:
            continue
        found.append((start, end))
        start = end
    found.append((start, len(text)))
    trimmed = ((s + len(part) - len(part.lstrip()), s + len(part.rstrip())) for s, e in found for part in (text[s:e],))
    return tuple((s, e) for s, e in trimmed if e > s)


def sentence_around(text: str, start: int, end: int, *, limit: int = 300) -> tuple[int, int]:
    """Return the span of the sentence that holds `start` to `end`, at most about `limit` characters of it."""
    spans = _sentences(text)
    place = bisect_right(spans, start, key=lambda span: span[0]) - 1
    if place < 0 or start >= spans[place][1]:
        return start, end
    low, high = spans[place][0], max(spans[place][1], end)
    if high - low <= limit:
        return low, high
    return max(low, start - limit // 3), min(high, end + limit // 2)
