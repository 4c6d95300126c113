"""Find printed place names: one automaton over the words of a text, longest name first, with what stands around it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import ahocorasick
import numpy as np

from veille.config.gazetteer import Gazetteer, spelled
from veille.nlp.levelled import level
from veille.text import Translation

_WORD = re.compile(r"[a-z0-9œæ]+")
_SPACE = ord(" ")
_GAPS = re.compile(r"[^a-z0-9\n]+")
_BRACKETED = re.compile(r"\([^)]*\)")
_FORM = re.compile(r"^(?:cc|ca|cu) ")
#: « metropole toulon provence mediterranee », but not « metropole de lyon ».
_METROPOLIS = re.compile(r"metropole (?!de |du |d |europeenne )([a-z]+ [a-z ]+)$")
_PARTICLES = re.compile(r"^(?:(?:de|du|des|d|la|le|les|l) )+")
#: Abbreviations of place names, spelled out on both sides.
_SPELLED = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
SMALL = frozenset(
    ["le", "la", "les", "l", "de", "du", "des", "d", "en", "sur", "sous", "et", "aux", "au", "a", "lez", "lès", "dit"]
)
#: Words that make an EPCI's name plain without « communauté de communes » before it.
TELLING = frozenset(
    ["communaute", "agglo", "agglomeration", "metropole", "agglopole", "eurometropole", "intercom", "comcom"]
)
#: Words of a name that are also printed in lower case: « Brest métropole », « île de la Réunion », « Paris region ».
_LOWER = SMALL | TELLING | {"ile", "iles", "region"}
#: What joins the words of one name.
_JOINTS = " \t\u00a0\u202f'’-‑–"
#: Characters between two words of one name, at most (« Faucigny - Glières »).
_WIDEST = 4
#: Words from which the name of an area is told by its first capital.
_LENIENT = 2
#: Characters around a name that tell a line in capitals.
_NEAR = 60
_ARTICLES = ("la", "le", "les", "du", "des")
#: Words that open the name of a « pays » and no commune's.
_OPENERS = frozenset(["pays", "grand", "vallee", "vallees", "val", "coteaux", "monts"])


class _Apart(dict[int, str]):
    """Code point → itself where it makes words, as `_WORD` does, else a space; learnt as they are met."""

    def __missing__(self, point: int) -> str:
        self[point] = kept = chr(point) if _WORD.match(chr(point)) else " "
        return kept


_apart = Translation(_Apart())


def _joined(apart: str) -> str:
    """Return words apart by one space, a space at both ends, abbreviations spelled out."""
    joined = f" {' '.join(apart.split())} ".replace("œ", "oe").replace("æ", "ae")
    for short, long in _SPELLED.items():
        joined = joined.replace(f" {short} ", f" {long} ")
    return joined


def key(name: str) -> str:
    """Return a name as the automaton holds it."""
    return _joined(_apart(level(name))).strip()


def _spans(apart: str) -> list[tuple[int, int]]:
    """Return where each word starts and ends."""
    letters = np.frombuffer(f" {apart} ".encode("latin-1", "replace"), np.uint8) != _SPACE
    edges = np.flatnonzero(letters[1:] != letters[:-1]).tolist()
    return list(zip(edges[0::2], edges[1::2], strict=True))


@dataclass(slots=True)
class Meaning:
    """What one printed key may mean."""

    #: GeoZones ids of régions, départements and countries, with the kind of the name.
    areas: list[tuple[str, str]] = field(default_factory=list)
    #: INSEE codes.
    communes: list[str] = field(default_factory=list)
    #: SIREN codes of EPCI that the key names once « communauté de communes » stands before it.
    epci: list[str] = field(default_factory=list)
    #: The key names the EPCI by itself: "sure", "weak", or "" (only with the words for an EPCI beside it).
    epci_alone: str = ""
    #: A commune of today bears the name (or an abbreviation of ours), not only a merged one.
    today: bool = False
    #: Made of ordinary words: needs a context.
    common: bool = False
    #: A proper name that holds a place name without meaning it.
    nowhere: bool = False
    #: A zone's id, and its words as they must be printed: « Massif », « QPV » want their capitals.
    zone: str = ""
    zone_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A printed key that passed the checks of case and joined words."""

    meaning: Meaning
    field: str
    #: Offsets in the field.
    start: int
    end: int
    #: Number of words.
    size: int
    #: The key.
    key: str
    #: As printed.
    printed: str
    #: Printed in lower case (adjectives only).
    lower: bool
    #: The line is in capitals, so a capital says nothing.
    shouted: bool
    #: The id of the zone that it is printed as, "" where it is none.
    zone: str = ""


def epci_key(name: str) -> str:
    """Return the heart of an EPCI's name: no bracketed acronym, no legal form, no particle."""
    return _PARTICLES.sub("", _FORM.sub("", key(_BRACKETED.sub("", name))))


class PlaceIndex:
    """Every printed name, in one automaton; built on first use."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer

    @cached_property
    def _automaton(self) -> ahocorasick.Automaton:
        meanings: dict[str, Meaning] = {}
        self._add_communes(meanings)
        self._add_areas(meanings)
        self._add_epci(meanings)
        for name in self._gazetteer.not_places:
            meanings[key(name)] = Meaning(nowhere=True)
        self._add_zones(meanings)
        automaton = ahocorasick.Automaton()
        for printed, meaning in meanings.items():
            automaton.add_word(f" {printed} ", (printed.count(" ") + 1, meaning))
        automaton.make_automaton()
        return automaton

    def _add_communes(self, meanings: dict[str, Meaning]) -> None:
        names, codes = self._gazetteer.printed_communes()
        flat = _GAPS.sub(" ", level(names).replace("œ", "oe").replace("æ", "ae"))
        today, former = len(self._gazetteer.communes), self._gazetteer.former_count
        for rank, (line, printed, code) in enumerate(zip(flat.split("\n"), names.split("\n"), codes, strict=True)):
            name = line.strip()
            common = code in self._gazetteer.common if rank < today else printed in self._gazetteer.common_former
            for variant in self._articles(name):
                meaning = meanings.get(variant)
                if meaning is None:
                    meaning = meanings[variant] = Meaning()
                if code not in meaning.communes:
                    meaning.communes.append(code)
                meaning.common = meaning.common or common
                meaning.today = meaning.today or rank < today or rank >= today + former
        for printed, meaning in meanings.items():
            article, _, name = printed.partition(" ")
            # « du Mont-Dore » may be « Le Mont-Dore » or « Mont-Dore ».
            if article in {"du", "des"} and name in meanings:
                meaning.communes += [code for code in meanings[name].communes if code not in meaning.communes]

    @staticmethod
    def _articles(name: str) -> Iterable[str]:
        """« Le Mans » is also printed « du Mans », « au Mans »; « Les Ulis » « des Ulis », « aux Ulis »."""
        if name.startswith("le "):
            return (name, "du" + name[2:], "au" + name[2:])
        if name.startswith("les "):
            return (name, "des" + name[3:], "aux" + name[3:])
        return (name,)

    def _add_areas(self, meanings: dict[str, Meaning]) -> None:
        for item in self._gazetteer.printed():
            name = key(item.name)
            # « La Marne » is a commune too: « chambre d'agriculture de la Marne » must still be the département's.
            articles = [f"{article} {name}" for article in ("la", "le", "les") if ":departement:" in item.code]
            homonyms = [meanings[printed] for printed in articles if printed in meanings]
            for meaning in (meanings.setdefault(name, Meaning()), *homonyms):
                if (item.code, item.kind) not in meaning.areas:
                    meaning.areas.append((item.code, item.kind))

    def _add_epci(self, meanings: dict[str, Meaning]) -> None:
        named = [(epci_key(name), code) for name, code, _form in self._gazetteer.printed_epci()]
        # « Métropole Toulon-Provence-Méditerranée » is also printed without its first word.
        sure = {(found[1], code) for name, code in named if (found := _METROPOLIS.match(name))}
        for printed, code in dict.fromkeys((*named, *sorted(sure))):
            meaning = meanings.setdefault(printed, Meaning())
            # « CA du Puy-en-Velay »: the commune « Le Puy-en-Velay » is also printed « du Puy-en-Velay ».
            shadows = (meanings.get(f"{article} {printed}") for article in _ARTICLES)
            for each in (meaning, *filter(None, shadows)):
                if code not in each.epci:
                    each.epci.append(code)
            if meaning.communes or meaning.areas:
                continue
            parts = printed.split()
            full = [part for part in parts if part not in SMALL]
            if TELLING & set(parts) or (printed, code) in sure:
                meaning.epci_alone = "sure"
            elif len(full) > 1 and (full[0] in _OPENERS or len(full) > 2):  # noqa: PLR2004 - three full words are telling
                meaning.epci_alone = "weak"

    def _add_zones(self, meanings: dict[str, Meaning]) -> None:
        for zone in self._gazetteer.zones:
            for printed in (name for pattern in zone.printed for name in spelled(pattern)):
                meaning = meanings.setdefault(key(printed), Meaning())
                if not meaning.zone:
                    meaning.zone = zone.code
                    meaning.zone_words = tuple(printed[slice(*word.span())] for word in _WORD.finditer(level(printed)))

    def find(self, text: str, where: str) -> list[Mention]:
        """Return the place names of one field, left to right, longest first, none inside another."""
        apart = _apart(level(text))
        joined = _joined(apart)
        found: list[tuple[int, int, Meaning]] = []
        words, counted = -1, 0
        for end, (size, meaning) in self._automaton.iter(joined):
            # The match ends on the space after its last word: as many words stand before it as spaces, less the first.
            words += joined.count(" ", counted, end + 1)
            counted = end + 1
            found.append((words - size, size, meaning))
        if not found:
            return []
        mentions = self._choose(found, _Words(joined.split(), _spans(apart)), text, where)
        return sorted(mentions, key=lambda mention: mention.start)

    def _choose(
        self, found: list[tuple[int, int, Meaning]], tokens: "_Words", text: str, where: str
    ) -> Iterator[Mention]:
        # « CC de la Plaine Dijonnaise »: of two names of one length, the one without an article says more.
        found.sort(key=lambda row: (-row[1], tokens.spelled[row[0]] in SMALL, row[0]))
        #: Rank of a word → the zone in whose name it stands, "" in another name.
        taken: dict[int, str] = {}
        for rank, size, meaning in found:
            covered = range(rank, rank + size)
            over = {taken[place] for place in covered if place in taken}
            if over and not self._says_where(over, meaning):
                continue
            mention = _check(tokens.take(rank, size), text, where, meaning)
            if mention is not None:
                taken.update(dict.fromkeys(covered, mention.zone))
                yield mention

    def _says_where(self, zones: set[str], meaning: Meaning) -> bool:
        """« Parc naturel régional de la Martinique » names the whole that it lies in; « massif du Jura » does not."""
        places = self._gazetteer.zones.places(zones.pop()) if len(zones) == 1 else ()
        return bool(places) and any(
            all(self._gazetteer.contains(code, place) for place in places) for code, _ in meaning.areas
        )


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text with their offsets."""

    spelled: list[str]
    spans: list[tuple[int, int]]

    def take(self, rank: int, size: int) -> list[tuple[str, int, int]]:
        """Return (word, start, end) of `size` words from `rank`."""
        return [(self.spelled[place], *self.spans[place]) for place in range(rank, rank + size)]


def _check(tokens: list[tuple[str, int, int]], text: str, where: str, meaning: Meaning) -> Mention | None:
    """Refuse a name in lower case, joined to another word by a hyphen, or spread over two sentences."""
    start, end = tokens[0][1], tokens[-1][2]
    if (start and text[start - 1] in "-_@/.‑") or text[end : end + 1] in {"@", "_"}:
        return None
    if text[end : end + 1] in {"-", "‑"} and text[end + 1 : end + 2].isalnum():
        return None
    if text[end : end + 1] == "." and text[end + 1 : end + 3].isalpha() and text[end + 1].islower():
        return None  # a host name: « bretagne.fr »
    enumerates = bool(meaning.epci) and not (meaning.communes or meaning.areas)  # « Vitry, Champagne et Der »
    gaps = [(text[before[2] : after[1]], before[0]) for before, after in pairwise(tokens)]
    if any(_parted(gap.replace(",", "").replace("/", "") if enumerates else gap, word) for gap, word in gaps):
        return None
    zone = meaning.zone if meaning.zone and _cased(tokens, text, meaning.zone_words) else ""
    lower = not zone and not _capitalised(tokens, text, lenient=len(tokens) > _LENIENT)
    if lower and not _may_be_lower(meaning):
        return None
    return Mention(
        meaning=meaning,
        field=where,
        start=start,
        end=end,
        size=len(tokens),
        key=" ".join(word for word, _, _ in tokens),
        printed=text[start:end],
        lower=lower,
        shouted=_shouted(text, start, end),
        zone=zone,
    )


def _parted(gap: str, before: str) -> bool:
    """Return True where what stands between two words parts them: « Paris, Lyon », but not « St. Denis »."""
    if before in {"saint", "sainte"} and gap.startswith("."):
        gap = gap[1:]
    return len(gap) > _WIDEST or bool(gap.strip(_JOINTS))


def _capitalised(tokens: list[tuple[str, int, int]], text: str, *, lenient: bool) -> bool:
    """Return True where the full words have capitals (the first one alone if lenient: « Côte d'or »)."""
    if lenient and text[tokens[0][1]].isupper() and tokens[0][0] not in SMALL:
        return True  # « Métropole européenne de Lille »
    full = [start for word, start, _ in tokens if word not in _LOWER]
    return bool(full) and all(
        text[start].isupper() or text[start].isdigit() for start in full[: 1 if lenient else None]
    )


def _cased(tokens: list[tuple[str, int, int]], text: str, wanted: tuple[str, ...]) -> bool:
    """Return True where the words of a zone have the capitals of its name; an acronym is in capitals throughout."""
    return all(
        text[start:end].isupper() if len(word) > 1 and word.isupper() else word[0].islower() or text[start].isupper()
        for word, (_, start, end) in zip(wanted, tokens, strict=True)
    )


def _may_be_lower(meaning: Meaning) -> bool:
    return any(kind == "adjective" for _, kind in meaning.areas)


def _shouted(text: str, start: int, end: int) -> bool:
    """Return True where the rest of the line, near the name, is in capitals too (or the name is a line in capitals)."""
    first = max(text.rfind("\n", 0, start) + 1, start - _NEAR)
    last = text.find("\n", end, end + _NEAR)
    around = text[first:start] + text[end : last if last >= 0 else end + _NEAR]
    return (around if any(map(str.isalpha, around)) else text[start:end]).isupper()
