"""From what a person types to decisions on tags (pure)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from veille.config.choosing import read_sectors, read_territories
from veille.config.gazetteer import Gazetteer
from veille.config.problems import nearest
from veille.config.taxonomy import OFF_TOPIC, Taxonomy
from veille.errors import InputError
from veille.model import Decision, Item, Scheme, TagDecision
from veille.text import fold

TagName = tuple[Scheme, str]

#: How a person names a scheme, folded: our own names, and those that an item's card prints.
SCHEMES = {
    **{scheme.value: scheme for scheme in Scheme},
    "filiere": Scheme.SECTOR,
    "territoire": Scheme.TERRITORY,
    "axe": Scheme.AXIS,
    "public": Scheme.AUDIENCE,
}
_FORM = "écrivez SORTE:ÉTIQUETTE, par exemple sector:eau, type:evenement ou axis:hors-sujet"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What tags may be."""

    taxonomy: Taxonomy
    gazetteer: Gazetteer

    def label(self, name: TagName) -> str:
        """Return a tag as a person reads it."""
        scheme, term = name
        placed = scheme in {Scheme.TERRITORY, Scheme.ZONE}
        return self.gazetteer.name(term) if placed else self.taxonomy.label(scheme, term)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who decides, when, and why."""

    by: str
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person asks for."""

    add: Sequence[TagName] = ()
    remove: Sequence[TagName] = ()
    #: What is no longer said: the machine's own tag counts again.
    undo: Sequence[TagName] = ()


def read_tag(said: str, known: Vocabulary) -> TagName:
    """Return the tag that « sector:eau » or « filière:Eau » names; raises InputError with the nearest one."""
    kind, colon, name = said.partition(":")
    scheme = SCHEMES.get(fold(kind).strip())
    if not colon or not name.strip() or scheme is None:
        raise InputError(f"étiquette « {said[:80]} » incomprise", cure=_FORM)
    return scheme, _term(scheme, name.strip(), known)


def _term(scheme: Scheme, name: str, known: Vocabulary) -> str:
    if scheme is Scheme.TERRITORY:
        return _only(scheme, name, read_territories(name, known.gazetteer))
    if scheme is Scheme.SECTOR:
        return _only(scheme, name, read_sectors(name, known.taxonomy))
    named = _named(scheme, known)
    if not named:
        raise InputError(f"cette instance n'a pas d'étiquette de sorte « {scheme} »", cure="voyez pipelines/taxonomy")
    if fold(name) not in named:
        raise InputError(f"étiquette inconnue « {scheme}:{name} »", cure=f"vouliez-vous « {_near(name, named)} » ?")
    return named[fold(name)]


def _named(scheme: Scheme, known: Vocabulary) -> dict[str, str]:
    if scheme is Scheme.ZONE:
        return {fold(words): zone.code for zone in known.gazetteer.zones for words in (zone.name, zone.code)}
    return {fold(words): term.id for term in known.taxonomy.of(scheme).values() for words in (term.label, term.id)}


def _near(name: str, named: dict[str, str]) -> str:
    return named.get(nearest(fold(name), named), next(iter(named.values())))


def _only(scheme: Scheme, name: str, found: Iterable[str]) -> str:
    terms = list(found)
    if len(terms) != 1:
        raise InputError(f"« {scheme}:{name} » nomme {len(terms)} étiquettes", cure="donnez-en une par option")
    return terms[0]


def decisions(item: Item, asked: Correction, speaker: Speaker, known: Vocabulary) -> list[TagDecision]:
    """Return what a correction writes, consequences included; raises InputError where it contradicts itself."""
    _check(item, asked, known)
    said = dict.fromkeys(asked.add, Decision.ADDED)
    said |= dict.fromkeys((*asked.remove, *_excluded(item, asked.add)), Decision.REJECTED)
    said |= dict.fromkeys(asked.undo, Decision.WITHDRAWN)
    said |= _horizon(item, asked, known.taxonomy)
    return [
        TagDecision(
            item_id=item.id,
            scheme=scheme,
            term=term,
            decision=decision,
            by=speaker.by,
            at=speaker.at,
            why=speaker.why,
        )
        for (scheme, term), decision in said.items()
    ]


def _check(item: Item, asked: Correction, known: Vocabulary) -> None:
    names = [*asked.add, *asked.remove, *asked.undo]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"« {_printed(twice)} » est demandé deux fois", cure="ajoutez-le ou retirez-le")
    own = [(tag.scheme, tag.term) for tag in item.tags]
    absent = next((name for name in asked.remove if name not in own), None)
    if absent is not None:
        there = ", ".join(_printed(name) for name in own if name[0] is absent[0]) or "aucune de cette sorte"
        raise InputError(
            f"l'article n° {item.id} n'a pas l'étiquette « {known.label(absent)} »", cure=f"il a : {there}"
        )
    axes = {term for scheme, term in asked.add if scheme is Scheme.AXIS}
    if OFF_TOPIC in axes and len(axes) > 1:
        raise InputError("un article hors sujet n'a pas d'axe", cure="gardez l'un ou l'autre")


def _printed(name: TagName) -> str:
    return f"{name[0]}:{name[1]}"


def _excluded(item: Item, add: Sequence[TagName]) -> Iterator[TagName]:
    """Yield the axes that what is added excludes: off topic, all of them; an axis, « hors sujet »."""
    axes = {term for scheme, term in add if scheme is Scheme.AXIS}
    for tag in item.of(Scheme.AXIS):
        if axes and tag.term not in axes and (tag.term == OFF_TOPIC or OFF_TOPIC in axes):
            yield tag.scheme, tag.term


def _horizon(item: Item, asked: Correction, taxonomy: Taxonomy) -> dict[TagName, Decision]:
    """Return the horizon of the main type where that changes, unless the person speaks of horizons too."""
    spoken = {scheme for scheme, _ in (*asked.add, *asked.remove, *asked.undo)}
    if Scheme.TYPE not in spoken or Scheme.HORIZON in spoken:
        return {}
    left = [tag.term for tag in item.of(Scheme.TYPE) if (tag.scheme, tag.term) not in (*asked.remove, *asked.undo)]
    types = [*(term for scheme, term in asked.add if scheme is Scheme.TYPE), *left]
    main = taxonomy.of(Scheme.TYPE).get(types[0]) if types else None
    if main is None or main.horizon is None:
        return {}
    present = [tag.term for tag in item.of(Scheme.HORIZON)]
    found = {(Scheme.HORIZON, term): Decision.REJECTED for term in present if term != main.horizon}
    return found | {(Scheme.HORIZON, main.horizon): Decision.ADDED} if found or not present else {}
