"""Trades by what they talk of: a field has words that name it alone, and words that tell it together (pure)."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from veille.matching.words import Words, generic_stems, lexicon, stems
from veille.text import fold

#: Content words of a text in which it says what it is about; further on it gives examples.
LEAD = 60
#: What a cue says that names a field, one that only goes with it, by where it stands.
_HEAD, _WORD = 0.9, 0.4
_IN_TITLE, _IN_LEAD, _DEEP = 1.5, 1.0, 0.3
#: How much must be said for a text to be of a field, and beside the field that is said most.
BAR, BESIDE = 1.0, 0.5
#: Sums of the same numbers in another order differ by less.
_ROUNDING = 1e-9
#: What a skill and a name say of a trade beside an activity.
_SKILL, _NAME = 0.6, 0.7
#: What a code says by itself, how much more a line says that agrees with it, and how much of the most is enough.
_BY_CODE, _CODED, _OWN = 0.6, 1.4, 0.8
#: After it, whom a thing is made for.
_FOR_WHOM = re.compile(r"\b(?:pour|destinée?s? aux?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Field:
    """One trade."""

    name: str
    #: Prefixes of NAF codes, without dots.
    naf: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """What a text says of a field."""

    strength: float
    #: First and last content word of each cue, the one that says most first.
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class _Cue:
    stems: tuple[str, ...]
    #: Field → what the cue says of it.
    says: Mapping[str, float]


#: First stem → second stem, None where there is no second → cues, the longest first.
Cues = Mapping[str, Mapping[str | None, Sequence[_Cue]]]


#: The word list of trades, and that of what any company may want.
TRADES, AIMS = "fields.txt", "aims.txt"


@cache
def _lines(name: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(part.strip() for part in line.split("|")) for line in lexicon(name))


@cache
def fields() -> Mapping[str, Field]:
    """Return the known fields by name."""
    return {
        line[0]: Field(line[0], tuple(code.replace(".", "") for code in line[1].split())) for line in _lines(TRADES)
    }


def by_code(naf: str | None) -> frozenset[str]:
    """Return the fields that know most of a code (the longest prefix)."""
    code = "".join(character for character in (naf or "").upper() if character.isalnum())
    sizes = {
        name: max((len(p) for p in field.naf if code.startswith(p)), default=0) for name, field in fields().items()
    }
    longest = max(sizes.values())
    return frozenset(name for name, size in sizes.items() if size == longest and longest)


@cache
def _cues(name: str, *, english: bool) -> Cues:
    says: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for line in _lines(name):
        heads, words = line[4:6] if english else line[2:4]
        for weight, group in ((_WORD, words), (_HEAD, heads)):
            for phrase in group.split(","):
                found = tuple(stems(fold(phrase), english=english))
                if found:
                    plain = all(term in generic_stems() for term in found)
                    says[found][line[0]] = _WORD if plain else weight
    starts: dict[str, dict[str | None, list[_Cue]]] = defaultdict(lambda: defaultdict(list))
    for found, said in sorted(says.items(), key=lambda one: -len(one[0])):
        # A word of many fields tells none of them.
        share = 1 / math.sqrt(len(said))
        cue = _Cue(found, {name: weight * (share if weight < _HEAD else 1.0) for name, weight in said.items()})
        starts[found[0]][found[1] if len(found) > 1 else None].append(cue)
    return {first: dict(cues) for first, cues in starts.items()}


def read_fields(found: Sequence[str], title: int, *, english: bool, name: str = TRADES) -> dict[str, Told]:
    """Return the fields that a text is about: `found` are its stems, `title` how many of them are the title's."""
    # What is said again further on says no more: a cue counts where it first stands.
    met = [
        (cue, place, _IN_TITLE if place < title else _IN_LEAD if place < title + LEAD else _DEEP)
        for cue, place in _met(found, _cues(name, english=english)).items()
    ]
    about: dict[str, float] = {}
    for cue, _, where in met:
        for field, weight in cue.says.items():
            about[field] = about.get(field, 0.0) + weight * where
    enough = [field for field, said in about.items() if said > BAR - _ROUNDING]
    told = {field: _told(field, met) for field in enough}
    most = max((one.strength for one in told.values()), default=0.0)
    return {field: one for field, one in told.items() if one.strength >= max(BAR, most * BESIDE)}


def _told(field: str, met: Sequence[tuple[_Cue, int, float]]) -> Told:
    said = sorted(
        (
            (cue.says[field] * where, (place, place + len(cue.stems) - 1))
            for cue, place, where in met
            if field in cue.says
        ),
        reverse=True,
    )
    return Told(sum(weight for weight, _ in said), tuple(place for _, place in said))


def _met(found: Sequence[str], cues: Cues) -> dict[_Cue, int]:
    """Return where each cue first stands; at each place the longest, none inside another."""
    first: dict[_Cue, int] = {}
    after = 0
    for place in [place for place, term in enumerate(found) if term in cues]:
        if place < after:
            continue
        starting, following = cues[found[place]], found[place + 1] if place + 1 < len(found) else None
        for cue in (*starting.get(following, ()), *starting.get(None, ())):
            size = len(cue.stems)
            if size == 1 or tuple(found[place : place + size]) == cue.stems:
                first.setdefault(cue, place)
                after = place + size
                break
    return first


def own_fields(activity: Sequence[str], skills: Sequence[str], organisation: str, naf: str | None) -> frozenset[str]:
    """Return the fields of a member: what its lines, its name and its code say together."""
    coded = by_code(naf)
    made = [_FOR_WHOM.split(line)[0] for line in activity]
    told = _added(((1.0, made), (_SKILL, skills), (_NAME, [organisation])), coded)
    if not told:
        return coded
    most = max(told.values())
    return frozenset(name for name, strength in told.items() if strength >= most * _OWN)


def markets(activity: Sequence[str]) -> frozenset[str]:
    """Return the fields of those for whom a member says that it makes what it makes (« pour l'automobile »)."""
    served = [part for line in activity for part in _FOR_WHOM.split(line)[1:]]
    told = _added(((1.0, served),), frozenset())
    return frozenset(name for name, strength in told.items() if strength == max(told.values()))


def _added(said: Sequence[tuple[float, Sequence[str]]], coded: frozenset[str]) -> dict[str, float]:
    told: dict[str, float] = dict.fromkeys(coded, _BY_CODE) if any(lines for weight, lines in said[:2]) else {}
    for weight, lines in said:
        found = [term for line in lines for term in (*Words(line).stems, "")]
        for name, one in read_fields(found, len(found), english=False).items():
            told[name] = told.get(name, 0.0) + weight * one.strength * (_CODED if name in coded else 1.0)
    return told


def aims_of(needs: Sequence[str]) -> dict[str, str]:
    """Return what a member wants that any company may want → the line that says it first."""
    wanted: dict[str, str] = {}
    for line in needs:
        folded = fold(line)
        for aim, wish in _wishes().items():
            if wish.search(folded):
                wanted.setdefault(aim, line)
    return wanted


@cache
def _wishes() -> Mapping[str, re.Pattern[str]]:
    """Return what each aim is called in a need: whole words, in the plural or not (« prêts » is no « un prêt »)."""
    phrases = {aim: sorted({fold(phrase.strip()) for phrase in words.split(",")}) for aim, words, *_ in _lines(AIMS)}
    return {aim: re.compile(rf"\b(?:{'|'.join(found)})(?:s|x|es)?\b") for aim, found in phrases.items()}
