"""Tell the area that a text aims at from those it mentions, once each name is read, and say so as tags."""

import sys

from veille.config.gazetteer import Gazetteer
from veille.config.zones import PREFIX
from veille.model import Evidence, Origin, Scheme, Tag
from veille.nlp.places import place_asides as asides
from veille.nlp.places.place_reading import Reading
from veille.nlp.places.place_strength import FAIR, STRONG, WEAK
from veille.nlp.places.places import Mention

_SCORES = {WEAK: 0.55, FAIR: 0.75, STRONG: 0.9}
#: Places named in passing, at most, beside the area aimed at: more is a list of stations or of neighbours.
_LISTED = 3
#: Areas wider than a commune.
_WIDER = ("fr:region:", "fr:departement:", "fr:epci:")
#: Characters between a town and the area that tells where it is, at most (« , dans la »).
_BESIDE = 12
#: Characters that open a text.
_LEAD = 400
_OVERSEAS = "x:zonage:outre-mer"
#: Evidence kept for one tag.
_EVIDENCE = 3


class PlaceScope:
    """Gives readings their scope."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._zones = gazetteer.zones

    def is_area(self, code: str) -> bool:
        """Return True for a territory, and for a zone that lies somewhere in France: it says where."""
        return not code.startswith(PREFIX) or any(place.startswith("fr:") for place in self._zones.places(code))

    def tags(self, readings: list[Reading], *, national: bool = False) -> list[Tag]:
        """Return one tag a territory or zone read, in the order of the text; `national`: it aims at all of France."""
        _leave_out(readings)
        self._aim(readings)
        aimed = any(reading.main and reading.codes[0].startswith("fr:") for reading in readings)
        grouped: dict[str, list[Reading]] = {}
        for reading in readings:
            for code in reading.codes:
                grouped.setdefault(code, []).append(reading)
        free = [code for code, group in grouped.items() if not all(one.aside for one in group)]
        own = [code for code in free if not all(one.partner for one in grouped[code])]
        contacts = [code for code in grouped if code.startswith(_WIDER) and any(one.contact for one in grouped[code])]
        pool = own or free or contacts
        if national:  # the town of an organiser is not the area
            pool = [code for code in pool if code.startswith(_WIDER)]
        lone = frozenset(pool) if not aimed and self._one_line(pool) else frozenset()
        return self._without_list([self._tag(code, group, lone=code in lone) for code, group in grouped.items()])

    def _aim(self, readings: list[Reading]) -> None:
        """Where no cue tells the area aimed at, take the first zone or area wider than a commune, and its list."""
        told = [reading.codes[0] for reading in readings if reading.main]
        free = [reading for reading in readings if not (reading.aside or reading.partner)]
        if not any(code.startswith(("fr:", PREFIX)) for code in told):
            zones = [reading for reading in free if reading.codes[0].startswith(PREFIX) and _leads(reading)]
            for reading in zones:
                reading.main = reading.run == zones[0].run
            told += [reading.codes[0] for reading in zones if reading.main]
        if any(code.startswith("fr:") for code in told):
            return
        inside = [place for code in told for place in self._zones.places(code) if place.startswith("fr:")]
        free = [
            reading for place, reading in enumerate(free) if not (place and self._locates(free[place - 1], reading))
        ]
        wide = [
            reading
            for reading in free
            if reading.codes[0].startswith(_WIDER)
            and (not inside or any(self._gazetteer.contains(place, reading.codes[0]) for place in inside))
        ]
        first = next((reading.run for reading in wide if reading.strength > WEAK), None)
        for reading in wide:
            reading.main = reading.run == first

    def _locates(self, town: Reading, area: Reading) -> bool:
        """« Quimper (Finistère) », « à Die, dans la Drôme »: the area only tells which town is meant."""
        return (
            town.mention.field == area.mention.field
            and town.codes[0].startswith("fr:commune:")
            and 0 < area.mention.start - town.mention.end <= _BESIDE
            and any(self._gazetteer.contains(area.codes[0], code) for code in town.codes)
        )

    def _without_list(self, tags: list[Tag]) -> list[Tag]:
        """Drop the places named in passing where a text that aims elsewhere lists many (stations, neighbours)."""
        aimed = [tag.term for tag in tags if tag.scope == "main" and tag.term.startswith("fr:")]
        passing = {
            tag.term
            for tag in tags
            if tag.scope == "mentioned" and not any(self._gazetteer.related(tag.term, code) for code in aimed)
        }
        return [tag for tag in tags if tag.term not in passing] if aimed and len(passing) > _LISTED else tags

    def _one_line(self, codes: list[str]) -> bool:
        """Return True where all places named lie in one another: the text is about one area."""
        inside = [code for code in codes if code.startswith("fr:")]
        return bool(inside) and all(self._gazetteer.related(inside[0], code) for code in inside)

    def _tag(self, code: str, group: list[Reading], *, lone: bool) -> Tag:
        zone, country = code.startswith(PREFIX), code.startswith("country:")
        in_title = any(reading.mention.field == "title" for reading in group)
        aimed = any(reading.main for reading in group)
        supposed = lone and not (zone or country)
        score = max(_SCORES[reading.strength] for reading in group)
        score += 0.04 * in_title + 0.01 * min(len(group), 4)
        return Tag(
            scheme=Scheme.ZONE if zone else Scheme.TERRITORY,
            term=code,
            score=round(score, 3),
            origin=Origin.CUE,
            evidence=tuple(_evidence(reading.mention) for reading in group[:_EVIDENCE]),
            scope="main" if aimed or supposed else "mentioned",
        )


def _leave_out(readings: list[Reading]) -> None:
    """Aim at no place after a sentence that refuses it, nor at what a list of cases further down says of the isles.

    « … n'est pas ouvert en Bretagne. Pour les installations de Bretagne, … »; « – en Corse et en outre-mer ».
    """
    special = {reading.run for reading in readings if reading.codes[0] == _OVERSEAS and not _leads(reading)}
    refused = {reading.codes[0]: reading.mention.start for reading in readings if reading.refused}
    for reading in readings:
        if reading.mention.field == "text" and reading.mention.start > refused.get(reading.codes[0], sys.maxsize):
            reading.main, reading.aside = False, True
        reading.aside = reading.aside or (reading.run in special and not reading.main)


def _leads(zone: Reading) -> bool:
    """Return True but for a zoning (« zone rurale ») named far down a text: of many things that count, one."""
    return not zone.codes[0].startswith("x:zonage:") or zone.mention.start < _LEAD


def in_runs(readings: list[Reading], content: str) -> list[Reading]:
    """Give each enumeration a number (« les communes d'Auvergne et du Limousin »), each of its names the first's scope.

    A run is known by the offset of its first name, negative in a title.
    """
    for place, reading in enumerate(readings):
        before = readings[place - 1] if place else None
        if before is not None and asides.enumerated(before.mention, reading.mention, content):
            reading.run = before.run
            reading.main = reading.main or (before.main and not reading.aside)
        else:
            start = reading.mention.start
            reading.run = -start - 1 if reading.mention.field == "title" else start
    return readings


def _evidence(mention: Mention) -> Evidence:
    return Evidence(text=mention.printed, where=mention.field, start=mention.start, end=mention.end)
