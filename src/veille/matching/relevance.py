"""Relevance of an item for a member: gates, then a score whose every part is a reason (pure)."""

import math
from collections.abc import Iterator, Sequence

from veille.matching.case import Case
from veille.matching.context import MatchContext
from veille.matching.gates import first_refusal, off_topic
from veille.matching.nearness import nearest_words
from veille.matching.similarity import Hit
from veille.matching.timeliness import coverage, days_left, standing, urgency
from veille.matching.usefulness import Usefulness, expected, judged, lines_of, weights
from veille.matching.words import printed_in
from veille.model import Item, Match, Member, Reason, Scheme, Tag, Verdict
from veille.text import fold

#: What a member must be able to expect of an item: what is tolerable.
BAR = 0.25
#: How reasons compare when they are told: what a member says of itself before its trade, its trade before its place.
TOPIC, SECTOR, FOLLOW, COUNTRY, NEAR, REGION, ELIGIBLE = 0.7, 0.08, 0.45, 0.2, 0.24, 0.22, 0.06
OPEN_TO_ALL, BRIDGE, URGENT, NAMED_COUNTRY = 0.12, 0.05, 0.06, 0.1
#: An axis of the taxonomy that both have: less than a whole expression of the profile (0.4), more than a filière.
TOLD_AXIS = 0.3
#: A scheme for every trade that stands open in the whole country.
STANDING = 0.05
#: A call to the member's whole trade: a little more than one to every trade.
FOR_TRADE = 0.15
#: A trade that both talk of, and how fast more of its words stop adding.
FIELD, AIM, TALK = 0.45, 0.35, 1.3
#: The same where a member says at length what it makes: none of that is there, or some of it is.
FIELD_ALONE, FIELD_BESIDE = 0.28, 0.1
#: A whole need that a title answers is what a member waits for.
ANSWERED = 0.2
#: A line that is near in meaning, in other words.
LIKE = 0.3
#: How fast more words of the profile stop adding.
SATURATION = 1.3
#: Words of a trade that are quoted.
_QUOTED = 2
#: What a place counts among reasons told: it decides between two items, what they are about says why they are there.
_PLACE_TOLD = 0.25
#: More reasons than this is noise on a phone.
_SHOWN = 4

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
#: What a code or a name says stands in for an activity.
_KINDS = {"naf": "activity", "name": "activity"}
#: How a line is told that an item is near to in other words: the item's, then the line.
_LIKE = {
    "need": "« {} » : proche de votre besoin « {} »",
    "activity": "« {} » : proche de votre activité « {} »",
    "skill": "« {} » : proche de votre savoir-faire « {} »",
    "naf": "« {} » : proche de votre métier « {} », d'après votre code NAF",
    "name": "« {} » : proche de votre nom « {} »",
}
#: A line every word of which is there.
_WHOLE = 0.6
_PLACES = {
    "appel-a-projets": "dans l'appel",
    "ami": "dans l'appel",
    "evenement": "au programme",
    "formation": "au programme",
}


def usefulness(context: MatchContext) -> Usefulness:
    """Return what scores all items of a context, made once."""
    return context.kept(Usefulness)


def match(item: Item, member: Member, context: MatchContext) -> Match:
    """Judge one item for one member: a score with its reasons, or the first gate that refused it."""
    case = Case(context.view(item), context.profile(member), context)
    refusal = first_refusal(case)
    hope = 0.0 if refusal is not None else _expected(case)
    if refusal is None and hope < BAR and not (case.followed or case.named_axis):
        refusal = Reason(kind="gate:off-topic", text=off_topic(case))
    if refusal is not None:
        return Match(
            item_id=item.id,
            member_id=member.id,
            score=None,
            reasons=(),
            gate=refusal,
            eligibility=case.eligibility,
        )
    reasons = _in_order(list(_reasons(case)), case)
    return Match(
        item_id=item.id,
        member_id=member.id,
        score=round(hope * standing(case), 4),
        reasons=tuple(reasons),
        eligibility=case.eligibility,
    )


def _expected(case: Case) -> float:
    """Return what a member may expect of an item, 0 to 1; of one that was not prepared too."""
    useful = usefulness(case.context.around(case.view))
    odds = useful.of(case.profile)[useful.row(case.view)]
    lacks = sum(weights().parts[name] * (1.0 - held) for name, held in judged(case).items())
    return float(expected(odds - lacks))


def told(item: Item, member: Member, context: MatchContext) -> dict[str, float]:
    """Return the parts of a score in log-odds, the largest first."""
    view, profile = context.view(item), context.profile(member)
    useful = usefulness(context.around(view))
    found = useful.told(profile, useful.row(view))
    found |= {name: weights().parts[name] * held for name, held in judged(Case(view, profile, context)).items() if held}
    return dict(sorted(found.items(), key=lambda part: -abs(part[1])))


def rank(items: Sequence[Item], member: Member, context: MatchContext) -> list[Match]:
    """Return what passes the gates for a member, best first; ties by item id."""
    judged = (match(item, member, context) for item in items)
    passed = [one for one in judged if one.score is not None]
    return sorted(passed, key=lambda one: (-(one.score or 0.0), one.item_id))


def first_kind(case: Case) -> str | None:
    """Return the kind of reason that comes first whatever its weight: news of a followed name is read for the name."""
    named = case.followed is not None and fold(case.followed) in case.view.folded_title
    return "follow" if named and case.view.deadline is None else None


def _in_order(reasons: list[Reason], case: Case) -> list[Reason]:
    """Put the reasons in the order told: what the profile itself prints is said before the trade that it is of."""
    first = first_kind(case)
    trade = _field_words(case, case.field) if case.says_own and case.field is not None else None

    def place(reason: Reason) -> tuple[bool, bool, float]:
        told = reason.weight * (_PLACE_TOLD if reason.kind == "territory" else 1.0)
        return reason.kind != first, reason.text == trade, -told

    return sorted(reasons, key=place)


def _reasons(case: Case) -> Iterator[Reason]:
    topics = list(_topic_reasons(case))
    yield from topics
    if not (topics or case.named_axis or case.followed or case.for_trade):
        yield from _like(case)
    if case.named_axis is not None:
        yield Reason(kind="axis", text=_axis_words(case, case.named_axis), weight=TOLD_AXIS)
    if case.followed:
        yield Reason(kind="follow", text=f"nom suivi : {case.followed}", weight=FOLLOW)
    yield from _place_reasons(case)
    yield from _audience_reasons(case)
    if case.for_trade and not case.on_topic:
        yield Reason(kind="sector", text=f"{_sector_words(case)}, à qui l'appel s'adresse", weight=FOR_TRADE)
    elif case.same_sector:
        yield Reason(kind="sector", text=_sector_words(case), weight=SECTOR)
    if share := urgency(case):
        yield Reason(kind="deadline", text=f"clôt dans {days_left(case)} jours", weight=URGENT * share)
    if share := coverage(case):
        yield Reason(kind="source", text=f"{len(case.item.sources)} sources", weight=share)


def _topic_reasons(case: Case) -> Iterator[Reason]:
    whole = TOPIC * (1 - math.exp(-case.topic / SATURATION))
    if case.field is not None:
        talk = case.view.fields[case.field].strength
        share = FIELD if case.profile.terse else FIELD_BESIDE if case.says_own else FIELD_ALONE
        weight = share * (1 - math.exp(-talk / TALK))
        yield Reason(kind="activity", text=_field_words(case, case.field), weight=weight)
    if case.aim is not None:
        told = case.view.aims[case.aim]
        weight = AIM * (1 - math.exp(-told.strength / TALK))
        yield Reason(kind="need", text=_aim_words(case, case.aim), weight=weight)
    if not case.on_topic and case.bridge:
        hit = case.bridge
        yield Reason(kind="bridge", text=f"pont : « {hit.said} » dans votre profil", weight=BRIDGE)
        return
    if not case.says_own and not case.followed:
        return
    shown = list(_fresh([hit for hit in case.hits if hit.central or hit.phrase]))[:_SHOWN]
    total = sum(hit.strength for hit in shown) or 1.0
    where = _PLACES.get(case.kind, "dans le texte")
    for kind in dict.fromkeys(hit.kind for hit in shown):
        own = [hit for hit in shown if hit.kind == kind]
        one, several = _SAYINGS[kind]
        words = _enumerate([_quoted(hit) for hit in own])
        said = (one if len(own) == 1 else several).format(words, where)
        weight = whole * sum(hit.strength for hit in own) / total + ANSWERED * any(map(case.answers, own))
        yield Reason(kind=_KINDS.get(kind, kind), text=said, weight=weight)


def _like(case: Case) -> Iterator[Reason]:
    """Name the line of the profile that is nearest in meaning, and the item's word that is nearest to it."""
    lines = ((kind, line) for kind, each in lines_of(case.profile).items() for line in each)
    kind, line, (near, word) = max(
        ((kind, line, nearest_words(line, case.view)) for kind, line in lines), key=lambda found: found[2][0]
    )
    if near > 0:
        yield Reason(
            kind=_KINDS.get(kind, kind), text=_LIKE[kind].format(word, line), weight=LIKE * min(1.0, near / _WHOLE)
        )


def _field_words(case: Case, name: str) -> str:
    """Quote the item's words of a trade, two at most, and name the trade."""
    quotes = dict.fromkeys(case.view.quote(*place) for place in case.view.fields[name].places[:_QUOTED])
    by_code = ", d'après votre code NAF" if case.profile.coded else ""
    return f"{_enumerate([f'« {words} »' for words in quotes])} = votre métier ({name}){by_code}"


def _aim_words(case: Case, name: str) -> str:
    """Quote the member's line and the item's words that answer it."""
    words = case.view.quote(*case.view.aims[name].places[0])
    return f"votre besoin « {case.profile.aims[name]} » (ici « {words} »)"


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


def _place_reasons(case: Case) -> Iterator[Reason]:
    name = case.context.places.name
    if case.named_country:
        weight = COUNTRY if case.country else NAMED_COUNTRY
        yield Reason(kind="country", text=f"pays que vous visez : {name(case.named_country)}", weight=weight)
    mine = [place for place in case.view.places if case.holds_member(place) and place.startswith("fr:")]
    if mine:
        near = min(mine, key=lambda place: place.startswith("fr:region:"))
        weight = REGION if near.startswith("fr:region:") else NEAR
        yield Reason(kind="territory", text=f"votre territoire : {name(near)}", weight=weight)
    elif case.zone:
        yield Reason(kind="territory", text=f"votre territoire : {name(case.zone)}", weight=REGION)
    elif near := next((place for place in case.view.places if case.near_member(place)), ""):
        yield Reason(kind="territory", text=f"dans votre région : {name(near)}", weight=REGION)


def _audience_reasons(case: Case) -> Iterator[Reason]:
    judged = case.eligibility
    if judged is not None and judged.verdict is Verdict.YES:
        yield Reason(kind="eligible", text=f"éligible : {judged.note}", weight=ELIGIBLE)
    if case.open_to and not case.says_own and case.field is None:
        weight = OPEN_TO_ALL if case.at_hand else STANDING
        yield Reason(kind="audience", text=f"ouvert aux {case.open_to}", weight=weight)


def _axis_words(case: Case, axis: Tag) -> str:
    label = case.context.taxonomy.label(Scheme.AXIS, axis.term)
    said = f" : « {' '.join(axis.evidence[0].text.split())} »" if axis.evidence else ""
    return f"votre axe « {label} »{said}"


def _sector_words(case: Case) -> str:
    slug = next(tag.term for tag in case.item.of(Scheme.SECTOR) if tag.term in case.profile.member.sectors)
    return f"filière {case.context.taxonomy.label(Scheme.SECTOR, slug)}"
