"""What forbids that two items be one thing, however alike they are (pure)."""

from collections.abc import Collection, Iterator

from veille.linking.common import cites, days_apart, each_more, likeness, one_publisher, shape, shared_code
from veille.linking.shingles import copied
from veille.linking.sketch import Sketch

#: Likeness of titles from which, on one site, what differs in them tells two things apart.
_SERIES = 0.5
#: One source says « jusqu'au 14 à minuit », another « le 15 ».
_ONE_DAY = 1


def vetoes(one: Sketch, other: Sketch) -> Iterator[str]:
    """Yield, in French, each reason why two items cannot be one thing."""
    for family, said in (("award", "l'un dit qui a gagné"), ("event", "l'un est une rencontre")):
        if (one.family == family) != (other.family == family):
            yield said
    if one.lots != other.lots and not _says_the_lot(one, other):
        yield "lots différents"
    if one.years and other.years and not set(one.years) & set(other.years):
        yield f"éditions différentes ({_list(one.years)} et {_list(other.years)})"
    if _two_of_a_series(one, other):
        yield "deux titres d'une même série, sur un même site"
    yield from _other_rounds(one, other)
    yield from _other_dates(one, other)
    yield from _other_codes(one, other)
    if one.places and other.places and _elsewhere(one, other):
        yield "territoires différents"


def _says_the_lot(one: Sketch, other: Sketch) -> bool:
    """Say whether one title names lots where the other is no tender, and so has none to name."""
    return (not one.lots or not other.lots) and "tender" not in {one.family, other.family}


def _two_of_a_series(one: Sketch, other: Sketch) -> bool:
    """Say whether one site shows both under titles of one make that differ: it would not show one thing twice."""
    if not one_publisher(one, other) or shared_code(one, other):
        return False
    alike = max(likeness(one.title, other.title)[0], copied(one.runs, other.runs))
    return alike >= _SERIES and each_more(one.title, other.title, one.lead, other.lead)


def _other_rounds(one: Sketch, other: Sketch) -> Iterator[str]:
    mine, theirs = _by_series(one.rounds), _by_series(other.rounds)
    for series in mine.keys() & theirs.keys():
        if not mine[series] & theirs[series]:
            yield f"{series} différente ({_list(mine[series])} et {_list(theirs[series])})"


def _by_series(rounds: Collection[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name in rounds:
        series, _, number = name.rpartition(" ")
        found.setdefault(series, set()).add(number)
    return found


def _other_dates(one: Sketch, other: Sketch) -> Iterator[str]:
    pairs = (("échéances différentes", one.deadline, other.deadline), ("dates différentes", one.happens, other.happens))
    for said, mine, theirs in pairs:
        if mine and theirs and days_apart(mine, theirs) > _ONE_DAY and not _put_off(one, other):
            yield f"{said} ({mine} et {theirs})"


def _put_off(one: Sketch, other: Sketch) -> bool:
    """Say whether one tells that the other's date is changed: it prints both, or numbers the other."""
    return any(
        changed.amended and (cites(changed, first) or bool(first.deadline and first.deadline[5:] in changed.days))
        for changed, first in ((one, other), (other, one))
    )


def _other_codes(one: Sketch, other: Sketch) -> Iterator[str]:
    """Tell that both bear a number of one series, and not the same; who cites the other's is about the other."""
    if cites(one, other) or cites(other, one):
        return
    for mine in one.own_codes:
        for theirs in other.own_codes:
            if mine != theirs and shape(mine) == shape(theirs):
                yield f"références différentes ({mine} et {theirs})"


def _elsewhere(one: Sketch, other: Sketch) -> bool:
    """Say whether both aim at areas of one level, and at none in common; areas of two levels may contain each other."""
    mine, theirs = set(one.places), set(other.places)
    if mine & theirs:
        return False
    levels = {place.rpartition(":")[0] for place in mine} & {place.rpartition(":")[0] for place in theirs}
    return bool(levels)


def _list(values: Collection[object]) -> str:
    return ", ".join(sorted(str(value) for value in values))
