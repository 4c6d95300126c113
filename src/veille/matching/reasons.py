"""Why an item is for a member, the surest first (pure).

The weight of a reason is how often people who judged bulletins gave that kind of reason for a line where it was told
(`tests/data/judgements/network2`, 1,227 lines): it orders what is told, and says nothing of the score.
"""

import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from veille.matching.case import BOUGHT, NETWORK, Case
from veille.matching.context import FOR_ALL
from veille.matching.eligibility import SIZE_WORDS
from veille.matching.professions import code_of, mentions
from veille.matching.similarity import Hit
from veille.matching.timeliness import coverage, days_left, urgency
from veille.matching.trades import named_trades
from veille.matching.usefulness import lines_of, usefulness
from veille.matching.words import printed_in
from veille.model import Reason, Scheme, Tag, Verdict
from veille.text import fold

#: Words of a profile that an item prints, by the line they stand in, and how fast more of them stop adding.
_PRINTED = {
    "need": 0.9, "axis": 0.6, "activity": 0.92, "naf": 0.92, "name": 0.9, "skill": 0.75, "contribution": 0.4
}  # fmt: skip
_ENOUGH = 0.3
#: Words of a need in an aid for every company, and what a whole need adds.
_NEED_FOR_ALL, _ANSWERED = 0.6, 0.05
#: A trade that both talk of, and one that an aid for every company talks of too.
_FIELD, _FIELD_FOR_ALL = 0.85, 0.7
#: What any company may want: where the line that wants it is near in meaning, where it is not, in an aid for all.
_AIM_NEAR, _AIM, _AIM_FOR_ALL = 0.93, 0.84, 0.62
#: A line that is near in meaning, from one that hardly is to one that surely is, and how near that is.
#: Where two say as much, they are told in this order.
_LIKE = {"activity": (0.5, 0.85), "need": (0.5, 0.88), "skill": (0.3, 0.8), "naf": (0.3, 0.8), "name": (0.5, 0.85)}
_SURELY = 0.5
#: Below these, of the line and of its nearest word, a line is told after anything else that is known.
_NEAR, _ALIKE = 0.2, 0.55
_UNSURE, _HARDLY = 0.5, 0.4
#: What nearness to an aid for every company is worth: it is for every trade.
_LIKE_FOR_ALL = 0.7
_AXIS, _FOLLOW, _BRIDGE, _NETWORK = 0.9, 0.9, 0.4, 0.9
_COUNTRY, _NAMED_COUNTRY = 0.8, 0.5
_HOME, _REGION = 0.86, 0.68
_FOR_EVERYBODY, _FOR_SIZE, _ELIGIBLE = 0.83, 0.55, 0.06
#: A filière: of a member of whom little more is known, of one whose trade a call names, of others to read or to seize.
_ONLY_SECTOR, _FOR_TRADE, _SECTOR, _SECTOR_OF_CALL = 0.84, 0.7, 0.66, 0.5
_URGENT = 0.06

#: Words of a trade that are quoted, and lines near in meaning that are told.
_QUOTED, _LIKES = 2, 2
#: More words of a profile than this is noise on a phone, and more characters of a line of it, or of a reason.
_SHOWN, _LINE, _PHONE = 4, 40, 90

#: How each kind of profile line is said of one expression and of several; « {} » are the words, then where they stand.
_SAYINGS = {
    "need": ("votre besoin {} est {}", "vos besoins {} sont {}"),
    "axis": ("votre axe {} est {}", "vos axes {} sont {}"),
    "activity": ("{} = votre activité", "{} = votre activité"),
    "naf": ("{} = votre métier, d'après votre code NAF", "{} = votre métier, d'après votre code NAF"),
    "name": ("{} = votre métier, d'après votre nom", "{} = votre métier, d'après votre nom"),
    "skill": ("{} = votre savoir-faire", "{} = votre savoir-faire"),
    "contribution": ("{} = ce que vous apportez", "{} = ce que vous apportez"),
}
#: What a NAF code stands for: how it is told, and what it says in a title and in the first lines.
_BY_CODE = {
    "makes": _SAYINGS["naf"][0],
    "uses": "{}, que votre métier utilise (code NAF)",
    "wants": "{}, un besoin de votre métier (code NAF)",
    "serves": "{}, un marché de votre métier (code NAF)",
}
_CODED = {"makes": (0.95, 0.83), "uses": (0.94, 0.82), "wants": (0.8, 0.75), "serves": (0.82, 0.7)}
#: What a code or a name says stands in for an activity.
_KINDS = {"naf": "activity", "name": "activity"}
#: How a line is told that an item is near to in other words: the item's word, then the line.
_LIKENESS = {
    "need": "« {} » : proche de votre besoin « {} »",
    "activity": "« {} » : proche de votre activité « {} »",
    "skill": "« {} » : proche de votre savoir-faire « {} »",
    "naf": "« {} » : proche de votre métier « {} » (code NAF)",
    "name": "« {} » : proche de votre métier « {} » (votre nom)",
}
_PLACES = {
    "appel-a-projets": "dans l'appel",
    "ami": "dans l'appel",
    "evenement": "au programme",
    "formation": "au programme",
}


def reasons_for(case: Case) -> list[Reason]:
    """Return why an item is for a member, in the order told; none where nothing can be said for it."""
    first = "follow" if _is_named(case) else None
    return sorted(_reasons(case), key=lambda reason: (reason.kind != first, -reason.weight))


def _is_named(case: Case) -> bool:
    """Tell whether it is news of a followed name, which is read for the name whatever else it says."""
    named = case.followed is not None and fold(case.followed) in case.view.folded_title
    return named and case.view.deadline is None


def _reasons(case: Case) -> Iterator[Reason]:
    """Yield why it is for the member, and where there is why, what presses."""
    why = list(_of_network(case) if case.kind == NETWORK else _of_member(case))
    if case.followed:
        why.append(Reason(kind="follow", text=f"nom suivi : {case.followed}", weight=_FOLLOW))
    if all(one.kind == "country" for one in why):
        return  # what is done in a country of interest may be of any trade
    yield from why
    if share := urgency(case):
        yield Reason(kind="deadline", text=f"clôt dans {days_left(case)} jours", weight=_URGENT * share)
    if share := coverage(case):
        yield Reason(kind="source", text=f"{len(case.item.sources)} sources", weight=share)


def _of_network(case: Case) -> Iterator[Reason]:
    """Say of a network's own life that it is that: its place or its filière is every member's."""
    yield Reason(kind="common", text="vie du réseau", weight=_NETWORK)
    if case.title_names_product:
        yield from _topics(case)


def _of_member(case: Case) -> Iterator[Reason]:
    topics = list(_topics(case))
    yield from topics
    if not (topics or case.named_axis or case.followed or case.for_trade):
        yield from _likes(case)
    if case.named_axis is not None:
        yield Reason(kind="axis", text=_axis_words(case, case.named_axis), weight=_AXIS)
    yield from _places(case)
    yield from _audience(case)
    yield from _sector(case)


def _topics(case: Case) -> Iterator[Reason]:
    if case.field is not None:
        weight = _FIELD_FOR_ALL if case.view.general else _FIELD
        yield Reason(kind="activity", text=_field_words(case, case.field), weight=weight)
    if case.aim is not None:
        yield Reason(kind="need", text=_aim_words(case, case.aim), weight=_aim_weight(case, case.aim))
    if not case.on_topic and case.bridge:
        yield Reason(kind="bridge", text=f"pont : « {case.bridge.said} » dans votre profil", weight=_BRIDGE)
    elif case.says_own or case.followed:
        yield from _printed(case)


def _printed(case: Case) -> Iterator[Reason]:
    """Tell the words of the profile that it prints, a reason for each kind of line."""
    shown = list(_fresh([hit for hit in case.hits if hit.central or hit.phrase]))[:_SHOWN]
    for kind in dict.fromkeys(hit.kind for hit in shown):
        own = [hit for hit in shown if hit.kind == kind]
        one, several = _SAYINGS[kind]
        said = (one if len(own) == 1 else several).format(_enumerate([_quoted(hit) for hit in own]), _where(case))
        whole = any(map(case.answers, own))
        most = _NEED_FOR_ALL if kind == "need" and case.view.general and not whole else _PRINTED[kind]
        weight = most * (1 - math.exp(-sum(hit.strength for hit in own) / _ENOUGH)) + _ANSWERED * whole
        yield Reason(kind=_KINDS.get(kind, kind), text=said, weight=weight)


def _likes(case: Case) -> Iterator[Reason]:
    """Name the lines of the profile that are nearest in meaning, each with the item's word that is nearest to it."""
    lines = lines_of(case.profile) | {"name": named_trades(case.profile.member.organisation)}
    near = usefulness(case.context).near(case.profile, case.view)
    near["name"] = _SURELY  # of the whole name, and only its words of a trade are told
    hopes = sorted(((_like_weight(case, kind, near[kind]), kind) for kind in lines if lines[kind]), reverse=True)
    found = {one.kind: one for one in _by_code(case)}
    for most, kind in hopes:
        if sum(one.weight >= most for one in found.values()) >= _LIKES:
            break
        one = _like(case, kind, lines[kind])
        if one is not None and (one.kind not in found or found[one.kind].weight < one.weight):
            found[one.kind] = one
    order = list(_LIKE)
    yield from sorted(found.values(), key=lambda one: (-one.weight, order.index(one.kind)))[:_LIKES]


def _by_code(case: Case) -> Iterator[Reason]:
    """Name what says most of what the member's code stands for."""
    said = mentions(code_of(case.profile.member), case.view)
    weighed = [(_CODED[one.part][0 if one.in_title else 1], one) for one in said]
    if weighed:
        weight, one = max(weighed, key=lambda each: each[0])
        weight *= _LIKE_FOR_ALL if case.view.general else 1.0
        text = _BY_CODE[one.part].format(f"« {case.view.quote(one.first, one.last)} »")
        yield Reason(kind="activity", text=text, weight=weight)


def _like(case: Case, kind: str, lines: Iterable[str]) -> Reason | None:
    near = usefulness(case.context).nearest(lines, case.view)
    if near.strength <= 0:
        return None
    weight = _like_weight(case, kind, near.strength, near.alike)
    if _folded(near.printed) == _folded(near.said):
        text = _SAYINGS[kind][0].format(f"« {near.printed} »", _where(case))
    else:
        text = _LIKENESS[kind].format(near.printed, _short(near.said))
    return Reason(kind=_KINDS.get(kind, kind), text=text, weight=weight)


def _like_weight(case: Case, kind: str, strength: float, alike: float = 1.0) -> float:
    """Return what a line says by being so near, by a word that is so much alike; more of either is no less."""
    least, most = _LIKE[kind]
    weight = least + (most - least) * min(1.0, strength / _SURELY)
    if alike < _ALIKE:
        weight = min(weight, _UNSURE)
    if strength < _NEAR:
        weight = min(weight, _HARDLY)
    return weight * _LIKE_FOR_ALL if case.view.general and kind != "need" else weight


def _where(case: Case) -> str:
    return _PLACES.get(case.kind, "dans le texte")


def _aim_weight(case: Case, name: str) -> float:
    if usefulness(case.context).nearest((case.profile.aims[name],), case.view).strength >= _NEAR:
        return _AIM_NEAR
    return _AIM_FOR_ALL if case.view.general else _AIM


def _field_words(case: Case, name: str) -> str:
    """Quote the item's words of a trade, two where they are short, and name the trade."""
    quotes = dict.fromkeys(f"« {case.view.quote(*place)} »" for place in case.view.fields[name].places[:_QUOTED])
    by_code = ", code NAF" if case.profile.coded else ""
    said = [f"{_enumerate(list(quotes)[:count])} = votre métier ({name}{by_code})" for count in (_QUOTED, 1)]
    return said[0] if len(said[0]) <= _PHONE else said[1]


def _aim_words(case: Case, name: str) -> str:
    """Quote the member's line and the item's words that answer it."""
    words = case.view.quote(*case.view.aims[name].places[0])
    return f"votre besoin « {_short(case.profile.aims[name])} » (ici « {words} »)"


@lru_cache(maxsize=20_000)
def _folded(words: str) -> str:
    return fold(words)


@lru_cache(maxsize=20_000)
def _short(line: str) -> str:
    """Cut a line of a profile between words to what a phone shows beside the rest."""
    return textwrap.shorten(line, _LINE, placeholder="…")


def _fresh(hits: Sequence[Hit]) -> Iterator[Hit]:
    """Leave out hits whose words a stronger one already showed."""
    said: set[str] = set()
    for hit in hits:
        if hit.specific and not hit.terms <= said:
            yield hit
        said |= hit.terms


def _quoted(hit: Hit) -> str:
    """Quote the profile, and the item too where it prints otherwise."""
    return f"« {hit.said} »" if printed_in(hit.said, hit.found) else f"« {hit.said} » (ici « {hit.found} »)"


def _enumerate(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} et {words[-1]}"


def _places(case: Case) -> Iterator[Reason]:
    name = case.context.places.name
    if case.named_country:
        weight = _COUNTRY if case.country else _NAMED_COUNTRY
        yield Reason(kind="country", text=f"pays que vous visez : {name(case.named_country)}", weight=weight)
    mine = [place for place in case.view.places if case.holds_member(place) and place.startswith("fr:")]
    if mine:
        near = min(mine, key=lambda place: place.startswith("fr:region:"))
        yield Reason(kind="territory", text=f"votre territoire : {name(near)}", weight=_HOME)
    elif case.zone:
        yield Reason(kind="territory", text=f"votre territoire : {name(case.zone)}", weight=_REGION)
    elif near := next((place for place in case.view.places if case.near_member(place)), ""):
        yield Reason(kind="territory", text=f"dans votre région : {name(near)}", weight=_REGION)


def _audience(case: Case) -> Iterator[Reason]:
    judged = case.eligibility
    if judged is None or judged.verdict is Verdict.NO:
        return
    if judged.verdict is Verdict.YES:
        yield Reason(kind="eligible", text=f"éligible : {judged.note}", weight=_ELIGIBLE)
    size = next((size for size in case.profile.sizes if size in case.view.sizes), None)
    if case.open_to and case.view.general:
        yield Reason(kind="audience", text=f"ouvert aux {case.open_to}", weight=_FOR_EVERYBODY)
    elif size is not None and (case.kind in FOR_ALL or case.view.general):
        yield Reason(kind="audience", text=f"ouvert aux {SIZE_WORDS[size]}", weight=_FOR_SIZE)


def _sector(case: Case) -> Iterator[Reason]:
    if case.for_trade and not case.on_topic:
        yield Reason(kind="sector", text=f"{_sector_words(case)}, à qui l'appel s'adresse", weight=_FOR_TRADE)
    elif case.same_sector:
        little = case.profile.coded and not case.view.general
        weight = _ONLY_SECTOR if little else _SECTOR_OF_CALL if case.kind in FOR_ALL | BOUGHT else _SECTOR
        yield Reason(kind="sector", text=_sector_words(case), weight=weight)


def _axis_words(case: Case, axis: Tag) -> str:
    label = case.context.taxonomy.label(Scheme.AXIS, axis.term)
    said = f" : « {' '.join(axis.evidence[0].text.split())} »" if axis.evidence else ""
    return f"votre axe « {label} »{said}"


def _sector_words(case: Case) -> str:
    slug = next(tag.term for tag in case.item.of(Scheme.SECTOR) if tag.term in case.profile.member.sectors)
    return f"filière {case.context.taxonomy.label(Scheme.SECTOR, slug)}"
