"""What forbids that two items be one thing, however alike they are (pure)."""

from collections.abc import Collection, Iterator

from veille.linking.common import (
    cites,
    days_apart,
    each_has_a_word,
    each_more,
    likeness,
    one_publisher,
    shape,
    shared_code,
)
from veille.linking.shingles import copied
from veille.linking.sketch import Sketch
from veille.linking.words import STEM

#: Likeness of titles from which, on one site, what differs in them tells two things apart.
_SERIES = 0.5
#: One source says « jusqu'au 14 à minuit », another « le 15 ».
_ONE_DAY = 1
#: Days between a last day and the day by which a relay wants to read the file before; two cut-offs are further apart.
_BESIDE = 45
#: Likeness of titles that are the same but for their spelling.
_ONE_TITLE = 0.95
#: Nouns of series as French writes them: texts are compared without accents.
_SPELLED = {"releve": "relève", "edition": "édition", "numero": "numéro", "episode": "épisode"}


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
    if _one_title_two_names(one, other):
        yield "un même titre, deux noms"
    if one.purposes and other.purposes and not set(one.purposes) & set(other.purposes):
        yield f"objets différents ({_list(one.purposes)} et {_list(other.purposes)})"
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
    titles = likeness(one.title, other.title)[0]
    if titles >= _ONE_TITLE:
        return one.slug != other.slug and not (one.amended or other.amended)
    if titles >= _SERIES:
        return each_has_a_word(one.title, other.title, one.title, other.title)
    return copied(one.runs, other.runs) >= _SERIES and each_has_a_word(one.title, other.title, one.lead, other.lead)


def _one_title_two_names(one: Sketch, other: Sketch) -> bool:
    """Say whether two titles of one make each name somebody or some place that the other text does not name."""
    if one.lang != other.lang or shared_code(one, other) or likeness(one.title, other.title)[0] < _SERIES:
        return False
    mine, theirs = ({name[:STEM] for name in side.title_names} for side in (one, other))
    return each_more(mine, theirs, one.lead, other.lead)


def _other_rounds(one: Sketch, other: Sketch) -> Iterator[str]:
    mine, theirs = _by_series(one.rounds), _by_series(other.rounds)
    for series in sorted(mine.keys() & theirs.keys()):
        if not mine[series] & theirs[series]:
            name = _SPELLED.get(series, series)
            yield f"autre rang d'une série ({name} {_list(mine[series])} et {name} {_list(theirs[series])})"


def _by_series(rounds: Collection[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name in rounds:
        series, _, number = name.rpartition(" ")
        found.setdefault(series, set()).add(number)
    return found


def _other_dates(one: Sketch, other: Sketch) -> Iterator[str]:
    pairs = (("échéances différentes", one.deadline, other.deadline), ("dates différentes", one.happens, other.happens))
    for said, mine, theirs in pairs:
        if (
            mine
            and theirs
            and days_apart(mine, theirs) > _ONE_DAY
            and not (_put_off(one, other) or _printed_beside(one, other))
        ):
            yield f"{said} ({mine} et {theirs})"


def _printed_beside(one: Sketch, other: Sketch) -> bool:
    """Say whether one prints the other's last day beside a nearer one of its own: proofreading, a meeting before it."""
    if not one.deadline or not other.deadline or days_apart(one.deadline, other.deadline) > _BESIDE:
        return False
    return one.deadline[5:] in other.days or other.deadline[5:] in one.days


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
