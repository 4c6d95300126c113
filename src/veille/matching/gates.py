"""Hard gates in a fixed order; the first that fails is the answer to « pourquoi pas ? » (pure)."""

import re
from collections.abc import Callable
from datetime import timedelta

from veille.config.taxonomy import OFF_TOPIC
from veille.french import french_day
from veille.matching.case import KNOWLEDGE, LAW, NETWORK, NEWS, TENDER, Case
from veille.matching.context import FOR_ALL, LOCAL_MONEY
from veille.model import Judgement, Origin, Reason, Scheme, Verdict
from veille.text import fold

#: What whoever chose no languages reads, and how languages are called.
READ_BY_DEFAULT = ("fr", "en")
LANGUAGES = {
    "fr": "français", "en": "anglais", "de": "allemand", "es": "espagnol", "it": "italien", "nl": "néerlandais",
    "pt": "portugais", "ca": "catalan",
}  # fmt: skip
#: News older than this many half-lives of its type is worth less than 1/16.
_STALE_HALF_LIVES = 4
#: A call without a date is believed open for two years at most.
_STALE_CALL = timedelta(days=730)
#: How much more a distant tender must say of the member's own words than a near one.
DISTANT_TENDER = 1.0
#: What stood there when its source began to be watched is news if it was younger than this then (as `news_days` of a
#: digest): whoever adds a source adds no archive to the next bulletin.
_NEWS_AT_FIRST = timedelta(days=21)
#: Folded names of authorities that France has none of: their money is for who is established there.
_FOREIGN = re.compile(r"\b(cantona(l|le|ux)|canton (de|du|d)|land (de|du)|wallon(ne)?s?|quebecois(es?)?)\b")
#: Types that take place somewhere; folded words of a title to which a trade comes from the whole country, and of what
#: one follows from anywhere.
_HELD = frozenset({"evenement", "export-salon", "formation"})
_NATIONAL = re.compile(
    r"\b(salons?|assises|congres|show|week|convention (nationale|d affaires)|rendez vous (d affaires|acheteurs)|"
    r"rendez vous (de la|d une|des) filieres?|forum national|(journees?|rencontres?) (nationales?|annuelles?))\b"
)
_ONLINE = re.compile(
    r"\b(webinaires?|visio ?conferences?|web ?conferences?|a distance|"
    r"(?<!programme )(?<!inscription )(?<!inscriptions )(?<!vendre )(?<!vente )(?<!billets )en ligne)\b"
)
#: Folded words of a title in which people look for a post, and no employer for people.
_OFFERED = re.compile(
    r"\bcherchent (un|une|leur)\b|\b(diplomes?|apprentis|alternants?|vivier)\b.*\b(cherchent|disponibles)\b"
)
#: Folded words by which an aid says itself that it is no more.
_NO_MORE = re.compile(
    r"\b(?:(?:cette aide|ce dispositif|cet appel|ce pret|ce programme) n est plus "
    r"(?:proposee?|disponible|ouverte?|accessible|en vigueur)|ne pouvez plus l[ae] demander)\b"
)
#: Characters in which a call says whose money it is.
_OPENING = 700
#: Folded words of what one firm invents, which is news whoever rewarded it.
_INVENTS = re.compile(
    r"\b(developpe|concoit|brevete|met au point|propose une solution|a pour objectif|ambitionne|vise a)\b"
)
_YEAR = re.compile(r"\b20\d\d\b")
#: Folded beginnings that announce results of a call, whatever its tags.
_RESULTS = re.compile(r"\blaureat(s|es|e)?\b|\bpalmares\b|\bresultats de l appel\b|\bavis d attribution\b")


def first_refusal(case: Case) -> Reason | None:
    """Return the first gate that refuses, or None."""
    for name, gate in GATES.items():
        sentence = gate(case)
        if sentence is not None:
            return Reason(kind=f"gate:{name}", text=sentence)
    return None


def _once(gate: Callable[[Case], str | None]) -> Callable[[Case], str | None]:
    """Ask a gate that asks nothing of the member once for all of them."""

    def answer(case: Case) -> str | None:
        known = case.view.answered
        if gate not in known:
            known[gate] = gate(case)
        return known[gate]

    return answer


@_once
def _rejected(case: Case) -> str | None:
    """Refuse what somebody of the cluster set aside, or said to be none of its trades."""
    review = case.item.review
    if review is not None and review.judgement is Judgement.REJECTED:
        return f"écarté à la relecture par {review.by}" + (f" : {review.why}" if review.why else "")
    off = any(tag.term == OFF_TOPIC and tag.origin is Origin.PERSON for tag in case.item.of(Scheme.AXIS))
    return "dit hors sujet à la relecture" if off else None


@_once
def _expired(case: Case) -> str | None:
    takes_place = case.view.item.takes_place
    if case.view.deadline is None and takes_place is not None and takes_place < case.context.today:
        return f"a eu lieu le {french_day(takes_place)}"
    deadline = case.view.deadline
    binding = case.view.kind.actionable or not case.kind or "consultation" in case.view.item.title.lower()
    if deadline is not None and binding and deadline < case.context.today:
        return f"clos depuis le {french_day(deadline)}"
    if case.view.kind.actionable and _NO_MORE.search(fold(case.item.text[:_OPENING])):
        return "clos : le texte dit qu'on ne peut plus le demander"
    return None


def _territory(case: Case) -> str | None:
    if case.kind == NETWORK:
        return None  # the network's own life is for its members wherever it takes place
    # A zone of the world says where one sells, a zoning without a map nothing: only one that lies in France is an area.
    zones = {zone: lies for zone, lies in case.view.zones.items() if any(place.startswith("fr:") for place in lies)}
    aimed = (*case.view.places, *zones)
    if not aimed and case.kind in LOCAL_MONEY and foreign_money(case) and not case.names_home:
        return "hors de votre territoire : aide d'une autorité étrangère"
    reached = (*case.view.places, *(place for lies in zones.values() for place in lies))
    if not aimed or not case.profile.chain or case.followed or any(_reaches(case, place) for place in reached):
        return None
    # A call aimed abroad that names the member's own region is for both (Interreg and its like).
    if not any(place.startswith("fr:") for place in reached) and case.names_home:
        return None
    names = ", ".join(case.context.places.name(place) for place in aimed[:3])
    return f"hors de votre territoire : vise {names}"


@_once
def foreign_money(case: Case) -> str | None:
    """Return folded words by which a call names an authority abroad."""
    found = _FOREIGN.search(fold(f"{case.item.title} {case.item.text[:_OPENING]}"))
    return found and found[0]


def _reaches(case: Case, place: str) -> bool:
    if case.holds_member(place) or place in case.profile.countries:
        return True
    if case.kind in LOCAL_MONEY:
        return False
    if case.near_member(place):
        return True
    if case.kind == TENDER:
        return place.startswith("fr:") and case.title_names_product and case.topic >= DISTANT_TENDER
    if for_its_trade(case):
        return place.startswith("fr:") and case.on_topic
    rule = case.kind == LAW and case.on_topic  # where one sells, its rules bind
    return rule or (case.kind in KNOWLEDGE and place.startswith("fr:"))


def for_its_trade(case: Case) -> bool:
    """Tell whether it reaches whoever is on topic, wherever in France it is: the first look asks it too."""
    return case.kind in NEWS or (case.kind in _HELD and _from_anywhere(case) is not None)


def only_a_post(case: Case) -> bool:
    """Tell whether it is a post to fill, and nobody who looks for one: the first look asks it too."""
    return case.vacancy and not _OFFERED.search(case.view.folded_title)


@_once
def _from_anywhere(case: Case) -> str | None:
    """Return the words by which an event is a whole trade's, or followed from anywhere."""
    found = _NATIONAL.search(case.view.folded_title) or _ONLINE.search(
        fold(f"{case.item.title} {case.item.text[:_OPENING]}")
    )
    return found and found[0]


def _eligibility(case: Case) -> str | None:
    judged = case.eligibility
    return f"non éligible : {judged.note}" if judged is not None and judged.verdict is Verdict.NO else None


def _language(case: Case) -> str | None:
    code = case.item.lang
    if code is None or code in (case.profile.member.languages or READ_BY_DEFAULT):
        return None
    return f"écrit en {LANGUAGES.get(code, f'« {code} »')}, que vous ne lisez pas"


def _muted(case: Case) -> str | None:
    for printed, parts in case.profile.muted:
        if parts and case.view.terms.issuperset(parts) and _in_order(parts, case.view.stems):
            return f"terme que vous avez coupé : « {printed} »"
    return None


def _in_order(parts: list[str], stems: tuple[str, ...]) -> bool:
    size = len(parts)
    return any(list(stems[place : place + size]) == parts for place in range(len(stems) - size + 1))


@_once
def _archive(case: Case) -> str | None:
    """Refuse what was no news when its source began to be watched; what can still be seized is stock, of any age."""
    item = case.item
    if not item.baseline or case.view.kind.actionable or item.due is not None:
        return None
    if item.published is None:
        return "déjà en ligne, sans date, quand la veille de cette source a commencé"
    if item.first_seen - item.published <= _NEWS_AT_FIRST:
        return None
    return f"déjà ancien quand la veille de cette source a commencé : publié le {french_day(item.published.date())}"


def _noise(case: Case) -> str | None:
    return None if case.followed else _worthless(case)


@_once
def _worthless(case: Case) -> str | None:
    return _results(case) or _other_year(case) or _stale(case)


def _results(case: Case) -> str | None:
    from_type = case.kind == "laureats-attributions"
    if (from_type and not _INVENTS.search(fold(f"{case.item.title} {case.item.text[:_OPENING]}"))) or (
        case.view.deadline is None and _RESULTS.search(case.view.folded_title)
    ):
        return "résultats : il n'y a plus rien à saisir"
    return None


def _other_year(case: Case) -> str | None:
    if not case.view.kind.actionable or case.view.deadline is not None:
        return None
    years = [int(year) for year in _YEAR.findall(case.item.title)]
    if years and max(years) < case.context.today.year:
        return f"appel d'une autre année ({max(years)})"
    return None


def _stale(case: Case) -> str | None:
    if case.item.published is None or case.view.deadline is not None:
        return None
    day = case.item.published.date()
    news = timedelta(days=case.view.kind.half_life_days * _STALE_HALF_LIVES)
    if case.context.today - day > (_STALE_CALL if case.view.kind.actionable else news):
        return f"trop ancien : publié le {french_day(day)}"
    return None


def _off_topic(case: Case) -> str | None:
    if case.kind == TENDER and case.profile.member.size == "collectivite":
        return "hors sujet : un marché s'adresse à qui vend, et vous achetez"
    if not case.followed and only_a_post(case):
        return "hors sujet : un poste à pourvoir chez un autre employeur"
    if kept := _for_others(case):
        return kept
    if case.concerned:
        return None
    # A tender buys one product; words of a text in English say little where nobody chose its source for the trade.
    foreign = case.view.english and not case.same_sector
    return off_topic(case) if case.kind == TENDER or foreign else None


def _for_others(case: Case) -> str | None:
    """Say to whom a title keeps money; not to a member without a code, or whose own words ask for it."""
    audience, profile = case.view.audience, case.profile
    if case.kind not in FOR_ALL or not profile.member.naf or case.on_topic or case.followed:
        return None
    if audience.for_industry and not profile.industrial:
        return "hors sujet : pour l'industrie, et votre code NAF n'en est pas"
    if audience.for_research and not profile.inventive:
        return "hors sujet : pour qui fait de la recherche, et votre code NAF n'en est pas"
    return None


def off_topic(case: Case) -> str:
    """Say why what no gate refuses is expected to be none of the member's business."""
    weak = next((hit.said for hit in case.hits if hit.specific), None)
    if weak is not None:
        return f"hors sujet : « {weak} » ne suffit pas à en faire votre métier"
    if case.same_sector:
        return "hors sujet : même filière, mais aucun mot de votre profil"
    return "hors sujet : aucun mot de votre profil"


#: In the order in which they are asked.
GATES: dict[str, Callable[[Case], str | None]] = {
    "rejected": _rejected,
    "expired": _expired,
    "territory": _territory,
    "eligibility": _eligibility,
    "language": _language,
    "muted": _muted,
    "archive": _archive,
    "noise": _noise,
    "off-topic": _off_topic,
}
