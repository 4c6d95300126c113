"""Choosing: which sources of a catalogue a cluster watches, by its filières and its territories (pure).

Transversal sources (France, the Union, or no territory) stay as they ship; those of a territory are switched on where
it contains the cluster's, or lies in it; those of filières that are not the cluster's are switched off.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from veille.config.gazetteer import EUROPE, FRANCE, Gazetteer, PrintedName
from veille.config.problems import nearest
from veille.config.taxonomy import Taxonomy
from veille.errors import InputError
from veille.model import Family, Scheme, Source
from veille.text import fold, singular

#: As a person reads them; the order of the summary.
FAMILY_LABELS: Mapping[Family | None, str] = {
    Family.FUNDING: "financeurs",
    Family.PROCUREMENT: "marchés publics",
    Family.REGULATION: "réglementation",
    Family.RESEARCH: "recherche",
    Family.EVENTS: "salons et événements",
    Family.TRADE_PRESS: "presse professionnelle",
    Family.INSTITUTION: "institutions",
    None: "sans famille",
}
#: Filières and territories are parted by these: labels hold commas (« Forêt, bois et ameublement »), and each of their
#: parts names the same filière.
_SEPARATORS = re.compile(r"[,;]")
_BLOCK = re.compile(r"^  - id: *([a-z0-9-]+) *$", re.MULTILINE)
_ENABLED = re.compile(r"^    enabled: *(?:true|false) *(?:#.*)?\n", re.MULTILINE)
_OFF = "    enabled: false\n"
#: Shorter words of labels (« et », « des ») are near anything, and a hint at what was meant never rests on them.
_SHORTEST_HINT = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """What a cluster watches; an empty tuple leaves that side as the catalogue ships it."""

    #: Filières, slugs of the taxonomy.
    sectors: tuple[str, ...] = ()
    #: GeoZones ids.
    territories: tuple[str, ...] = ()


def read_sectors(written: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    """Read filières written as ids, labels or words of a label; raises InputError naming the nearest."""
    labels = {slug: _words(term.label) for slug, term in taxonomy.of(Scheme.SECTOR).items()}
    return _read(written, lambda name: _sector(name, labels))


def read_territories(written: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Read territories written as GeoZones ids, names or département numbers; raises InputError naming the nearest."""
    names = {_words(place.name): place.code for place in reversed(list(_places(gazetteer)))}
    return _read(written, lambda name: _territory(name, names, gazetteer))


def is_wanted(source: Source, choice: Choice, gazetteer: Gazetteer) -> bool:
    """Say whether a source of the shipped catalogue is to be on for this choice."""
    if choice.sectors and source.sectors and not set(source.sectors) & set(choice.sectors):
        return False
    if source.territory in {None, FRANCE, EUROPE} or not choice.territories:
        return source.enabled
    where = str(source.territory)
    return any(gazetteer.related(where, place) for place in choice.territories)


def switched(text: str, wanted: Mapping[str, bool]) -> str:
    """Return the text of a sources.yaml written in blocks with each source on or off; every other line is kept."""
    starts = [*_BLOCK.finditer(text)]
    ends = [match.start() for match in starts[1:]] + [len(text)]
    parts = [text[: starts[0].start()]] if starts else [text]
    for match, end in zip(starts, ends, strict=True):
        block = text[match.start() : end]
        parts.append(_switched_block(block, on=wanted[match[1]]) if match[1] in wanted else block)
    return "".join(parts)


def summary(sources: Iterable[Source]) -> list[str]:
    """Say in French how many sources are on, and of which families."""
    found = list(sources)
    listed = Counter(source.family for source in found)
    on = Counter(source.family for source in found if source.enabled)
    many = "s" if (total := sum(on.values())) > 1 else ""
    head = f"{total} source{many} allumée{many} sur {len(found)} :"
    return [head, *(f"  {label} : {on[family]} sur {listed[family]}" for family, label in _listed(listed))]


def proposal(sources: Iterable[Source], wanted: Mapping[str, bool]) -> str:
    """Say in French what an edited file would have to change for a choice; empty if nothing."""
    lines = [
        f"{'allumer ' if wanted[source.id] else 'éteindre'} {source.id} : {source.title}"
        for source in sources
        if source.id in wanted and wanted[source.id] != source.enabled
    ]
    return "\n".join(sorted(lines))


def _listed(counts: Counter[Family | None]) -> Iterator[tuple[Family | None, str]]:
    return ((family, label) for family, label in FAMILY_LABELS.items() if counts[family])


def _read(written: str, one: Callable[[str], str]) -> tuple[str, ...]:
    names = [name.strip() for name in _SEPARATORS.split(written)]
    return tuple(dict.fromkeys(one(name) for name in names if name))


def _words(text: str) -> str:
    """Return the words of a name, folded and in the singular: « Côtes-d'Armor » is « cote d armor »."""
    return " ".join(re.findall(r"[a-z0-9]+", singular(fold(text))))


def _sector(name: str, labels: Mapping[str, str]) -> str:
    slugs = {_words(slug): slug for slug in labels}
    folded = _words(name)
    if folded in slugs:
        return slugs[folded]
    matching = [slug for slug, label in labels.items() if f" {folded} " in f" {label} "]
    first = [slug for slug in matching if f"{labels[slug]} ".startswith(f"{folded} ")]
    if len(found := first or matching) == 1:
        return found[0]
    if matching:
        raise InputError(f"filière « {name} » ambiguë", cure=f"écrivez {' ou '.join(matching)}")
    by_name = slugs | {label: slug for slug, label in labels.items()}
    by_name |= {word: slug for slug, label in labels.items() for word in label.split() if len(word) >= _SHORTEST_HINT}
    raise _unknown("filière", name, by_name.get(nearest(folded, by_name), ""), f"l'une de : {', '.join(labels)}")


def _territory(name: str, names: Mapping[str, str], gazetteer: Gazetteer) -> str:
    if gazetteer.level(name):
        if gazetteer.name(name) != name:
            return name
    elif number := gazetteer.departement(name):
        return number
    elif code := names.get(_words(name)):
        return code
    near = nearest(_words(name), names)
    known = "une région, un département ou son numéro, ou un identifiant GeoZones (fr:epci:200071199)"
    raise _unknown("territoire", name, gazetteer.name(names[near]) if near else "", known)


def _places(gazetteer: Gazetteer) -> Iterator[PrintedName]:
    for place in gazetteer.printed():
        if place.kind != "adjective":
            yield place


def _unknown(what: str, name: str, near: str, known: str) -> InputError:
    feminine = "e" if what == "filière" else ""
    cure = f"vouliez-vous « {near} » ?" if near else f"donnez {known}"
    return InputError(f"{what} inconnu{feminine} « {name} »", cure=cure)


def _switched_block(block: str, *, on: bool) -> str:
    bare = _ENABLED.sub("", block)
    if on:
        return bare
    # What follows the last key (a blank line, the heading of the next group) stays after it.
    keys = [match.end() for match in re.finditer(r"^    .*\n", bare, re.MULTILINE)]
    last = keys[-1] if keys else len(bare)
    return bare[:last] + _OFF + bare[last:]
