"""Relevance of an item for a member: gates, then a score whose every part is a reason (pure)."""

import math
from collections.abc import Iterator, Sequence
from datetime import date

from veille.matching.case import Case
from veille.matching.context import MatchContext, View
from veille.matching.gates import first_refusal
from veille.matching.profile import Profile
from veille.matching.similarity import Hit
from veille.matching.words import printed_in
from veille.model import Item, Licence, Match, Member, Reason, Scheme, Tag, Verdict
from veille.text import fold

#: Shares of the score, calibrated on the judged networks; together at most about 1.5. Where money or an event is says
#: more than the first sets told: a fit on clusters left out gave the member's own territory three times as much.
TOPIC, SECTOR, FOLLOW, COUNTRY, NEAR, REGION, ELIGIBLE = 0.7, 0.08, 0.45, 0.2, 0.24, 0.22, 0.06
OPEN_TO_ALL, BRIDGE, URGENT, COVERAGE, NAMED_COUNTRY = 0.12, 0.05, 0.06, 0.02, 0.1
#: An axis of the taxonomy that both have: less than a whole expression of the profile (0.4), more than a filière.
AXIS = 0.3
#: A scheme for every trade that stands open in the whole country: the last line of a bulletin.
STANDING = 0.05
#: A call to the member's whole trade: a little more than one to every trade.
FOR_TRADE = 0.15
#: A trade that both talk of, and how fast more of its words stop adding.
FIELD, AIM, TALK = 0.45, 0.35, 1.3
#: The same where a member says at length what it makes: none of that is there, or some of it is.
FIELD_ALONE, FIELD_BESIDE = 0.28, 0.1
#: A whole need that a title answers is what a member waits for.
ANSWERED = 0.2
#: What talks of other trades alone loses so much at most.
ELSEWHERE = 0.3
#: How fast more words of the profile stop adding.
SATURATION = 1.3
#: What can only be read, beside what can be seized.
_READ_ONLY = 0.8
#: Old news keeps this share.
_OLDEST = 0.5
#: Days before the deadline: urgency rises from the first, is whole between the next two (design: J-30, J-10, J-3).
_URGENCY_FROM, _URGENCY_PEAK, _URGENCY_END = 30, 10, 3
#: Press reports on a call; whoever runs it says it first-hand.
_TRUST = {Licence.PRESS: 0.95}
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
_PLACES = {
    "appel-a-projets": "dans l'appel",
    "ami": "dans l'appel",
    "evenement": "au programme",
    "formation": "au programme",
}


def match(item: Item, member: Member, context: MatchContext) -> Match:
    """Judge one item for one member: a score with its reasons, or the first gate that refused it."""
    case = Case(context.view(item), context.profile(member), context)
    refusal = first_refusal(case)
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
    score = sum(reason.weight for reason in reasons) * freshness(case) * standing(case) * focus(case)
    return Match(
        item_id=item.id,
        member_id=member.id,
        score=round(score, 4),
        reasons=tuple(reasons),
        eligibility=case.eligibility,
    )


def rank(items: Sequence[Item], member: Member, context: MatchContext) -> list[Match]:
    """Return what passes the gates for a member, best first; ties by item id."""
    profile = context.profile(member)
    judged = (match(item, member, context) for item in items if _may_pass(context.view(item), profile))
    passed = [one for one in judged if one.score is not None]
    return sorted(passed, key=lambda one: (-(one.score or 0.0), one.item_id))


def _may_pass(view: View, profile: Profile) -> bool:
    """Leave out at little cost what no gate but the last would let through."""
    return (
        view.english
        or not view.terms.isdisjoint(profile.telling)
        or not profile.axes.isdisjoint(view.axes)
        or not profile.countries.isdisjoint(view.places)
        or not all(profile.countries.isdisjoint(lies) for lies in view.zones.values())
        or view.collective
        or view.general
        or not (profile.fields | profile.markets).isdisjoint(view.fields)
        or not profile.aims.keys().isdisjoint(view.aims)
    )


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
    yield from _topic_reasons(case)
    if case.named_axis is not None:
        yield Reason(kind="axis", text=_axis_words(case, case.named_axis), weight=AXIS)
    if case.followed:
        yield Reason(kind="follow", text=f"nom suivi : {case.followed}", weight=FOLLOW)
    yield from _place_reasons(case)
    yield from _audience_reasons(case)
    if case.for_trade and not case.on_topic:
        yield Reason(kind="sector", text=f"{_sector_words(case)}, à qui l'appel s'adresse", weight=FOR_TRADE)
    elif case.same_sector:
        yield Reason(kind="sector", text=_sector_words(case), weight=SECTOR)
    if share := urgency(case):
        yield Reason(kind="deadline", text=f"clôt dans {_days_left(case)} jours", weight=URGENT * share)
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


def _days_left(case: Case) -> int | None:
    deadline: date | None = case.view.deadline
    return (deadline - case.context.today).days if deadline and case.view.kind.actionable else None


def urgency(case: Case) -> float:
    """Return 0 to 1: rises from J-30, whole from J-10 to J-3, half at the very end."""
    days = _days_left(case)
    if days is None or days > _URGENCY_FROM:
        return 0.0
    if days > _URGENCY_PEAK:
        return (_URGENCY_FROM - days) / (_URGENCY_FROM - _URGENCY_PEAK)
    return 1.0 if days >= _URGENCY_END else 0.5


def coverage(case: Case) -> float:
    """Return what the sources beside the first add, three of them at most."""
    return COVERAGE * max(0, min(len(case.item.sources) - 1, 3))


def freshness(case: Case) -> float:
    """Return 1 for what is open, less and less for news: half of what may be lost at each half-life of its type."""
    # What can be seized is ranked for those to whom it was not sent yet: its age counts from its first sending.
    if case.view.kind.actionable:
        return 1.0
    if case.item.published is None:
        return (1 + _OLDEST) / 2
    age = max(0, (case.context.today - case.item.published.date()).days)
    return float(_OLDEST + (1 - _OLDEST) * 0.5 ** (age / case.view.kind.half_life_days))


def focus(case: Case) -> float:
    """Weigh what talks of other trades below what talks of the member's alone."""
    mine = case.profile.fields | case.profile.markets
    others = [told.strength for name, told in case.view.fields.items() if name not in mine]
    return 1.0 - ELSEWHERE * (1 - math.exp(-max(others, default=0.0) / TALK))


def standing(case: Case) -> float:
    """Weigh what can be seized above what is read, first-hand above reported."""
    return (1.0 if case.view.kind.actionable else _READ_ONLY) * _TRUST.get(case.item.licence, 1.0)
