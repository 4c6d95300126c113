"""Three-valued eligibility with the call's own sentence; unknown data never says no (pure)."""

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from veille.french import french_day
from veille.matching.context import LOCAL_MONEY, View
from veille.matching.profile import Profile
from veille.model import Eligibility, Fact, Scheme, Verdict
from veille.text import fold

#: French words for what a call may ask of size.
SIZE_WORDS = {
    "tpe": "TPE",
    "pme": "PME",
    "eti": "ETI",
    "ge": "grandes entreprises",
    "labo": "laboratoires",
    "collectivite": "collectivités",
    "association": "associations",
}
#: Whoever sells may answer a tender: procurement knows no home ground, only means.
_TENDER_CONDITIONS = frozenset({"turnover_min"})
#: Types of which a territory is where it takes place, and keeps nobody out.
_PLACED = frozenset({"evenement", "export-salon", "emploi", "formation", "marche-public"})
_AREAS = frozenset({"eligible_territories", "excluded_territories", "project_territories"})
#: A micro-enterprise is an SME (recommendation 2003/361/EC, annex, article 2).
_ALSO = {"tpe": {"tpe", "pme"}}
_COMPANY_SIZES = ("tpe", "pme", "eti", "ge")
#: Least and most staff by size: recommendation 2003/361/EC, décret 2008-1354.
_STAFF_OF = {"tpe": (0, 9), "pme": (10, 249), "eti": (250, 4_999), "ge": (5_000, 10**9)}
#: Kinds that a list of applicants leaves open → sizes of member.
_KINDS = {
    "entreprises": (*_COMPANY_SIZES, "association"),
    "publics": ("labo", "collectivite"),
    "ouvert": tuple(SIZE_WORDS),
}
#: Roles in a consortium → sizes of member.
_ROLES = {
    "entreprise": _COMPANY_SIZES,
    "industriel": _COMPANY_SIZES,
    "pme": ("tpe", "pme"),
    "labo": ("labo",),
    "collectivite": ("collectivite",),
    "association": ("association",),
}
#: Sizes that a rate is given for → sizes of member.
_RATED = {"tpe": ("tpe",), "pe": ("tpe", "pme"), "pme": ("tpe", "pme"), "me": ("pme",), "eti": ("eti",), "ge": ("ge",)}
_ABROAD = re.compile(r"\b(pays|countr|etranger|transnational)")
#: What the evidence of a fact that was read in a sentence holds.
_SENTENCE_AND_WORDS = 2
#: A condition's words to the end of what they say, a line of a phone at most.
_ASKED = re.compile(r"[^.;:\n]{1,70}(?=[\s.;:,)]|$)")
#: Legal forms of companies; other forms are not compared by name.
_COMPANY_FORMS = frozenset({"sas", "sasu", "sarl", "eurl", "sa", "sca", "snc", "se"})
_OTHER_FORMS = frozenset({"association", "fondation", "collectivite", "epic", "epa", "gip"})


@dataclass(frozen=True)
class Condition:
    """One condition of a call, held against a member."""

    verdict: Verdict
    note: str
    fact: Fact

    @property
    def quote(self) -> str:
        """The call's own sentence."""
        return self.fact.evidence[0].text if self.fact.evidence else ""


def judge(view: View, profile: Profile) -> Eligibility:
    """Hold every condition that was read in a call against a member; none read: to be checked, without a note."""
    conditions = list(_conditions(view, profile))
    for verdict in (Verdict.NO, Verdict.CHECK, Verdict.YES):
        deciding = [condition for condition in conditions if condition.verdict is verdict]
        if deciding:
            quote = next((condition.quote for condition in deciding if condition.quote), "")
            return Eligibility(verdict=verdict, quote=quote, note=" ; ".join(condition.note for condition in deciding))
    return Eligibility(verdict=Verdict.CHECK)


def asks(view: View) -> bool:
    """Tell whether any condition was read in a call, so that somebody may be found eligible."""
    return view.kind.actionable and any(_asked_of(view))


def _asked_of(view: View) -> Iterator[tuple["Reader", Fact]]:
    """Yield the conditions that count for its type, each with what holds it against a member."""
    for name, read in _READERS.items():
        fact = view.facts.get(name)
        if fact is None or not fact.value.strip():
            continue
        if view.kind.id == "marche-public" and name not in _TENDER_CONDITIONS:
            continue
        if name not in _AREAS or view.kind.id not in _PLACED:
            yield read, fact


def _conditions(view: View, profile: Profile) -> Iterator[Condition]:
    for read, fact in _asked_of(view):
        found = read(fact, view, profile)
        if found is not None:
            yield Condition(*found, fact)
    if view.kind.id in LOCAL_MONEY:
        yield from _unmapped(view)


def _unmapped(view: View) -> Iterator[Condition]:
    """Ask whether the member is in a zone of which there is no map: « quartiers prioritaires », a LEADER group."""
    for tag in view.item.of(Scheme.ZONE):
        if view.zones.get(tag.term) == () and tag.evidence:
            fact = Fact(name="condition", value=tag.term, origin=tag.origin, evidence=tag.evidence[:1])
            yield Condition(Verdict.CHECK, f"zone à vérifier : « {tag.evidence[0].text} »", fact)


Found = tuple[Verdict, str] | None
Reader = Callable[[Fact, View, Profile], Found]


def _size(fact: Fact, view: View, profile: Profile) -> Found:
    allowed = {part.strip() for part in fact.value.split("|")} & SIZE_WORDS.keys()
    size = profile.member.size
    words = ", ".join(word for slug, word in SIZE_WORDS.items() if slug in allowed)
    if not allowed:
        return None
    if size is None:
        return Verdict.CHECK, f"votre taille n'est pas connue (l'appel vise : {words})"
    if allowed & _ALSO.get(size, {size}):
        return Verdict.YES, f"ouvert aux {words}"
    if size in _left_open(view) or (size == "association" and allowed.issuperset(_COMPANY_SIZES)):
        return Verdict.CHECK, f"ouvert aux {words}, et à d'autres"
    # « ouvert aux industriels » keeps no laboratory from an event; « huit PME » does.
    if (view.kind.id in _PLACED and allowed.issuperset(_COMPANY_SIZES)) or _may_join(view, size):
        return Verdict.CHECK, f"porté par : {words} ; comme partenaire ?"
    return Verdict.NO, f"réservé aux {words}"


def _may_join(view: View, size: str) -> bool:
    """Tell whether the call is answered by several, so that another kind of partner may have a place."""
    roles = view.facts.get("partner_roles")
    if roles is None:
        return "partners_min" in view.facts
    return "partners_min" in view.facts or any(size in _ROLES.get(role, ()) for role in roles.value.split("|"))


def _left_open(view: View) -> frozenset[str]:
    """Return the sizes of which the call's list of applicants leaves open whether they belong to it."""
    fact = view.facts.get("eligible_others")
    kinds = fact.value.split("|") if fact else ()
    return frozenset(size for kind in kinds for size in _KINDS.get(kind, ()))


def _others(fact: Fact, view: View, profile: Profile) -> Found:  # noqa: ARG001 - one shape for every reader
    """Ask a person where who may apply is not said by sizes; where it is, `_size` does."""
    size = profile.member.size
    if "eligible_sizes" in view.facts:
        return None
    if size is None or size in _left_open(view):
        return Verdict.CHECK, "bénéficiaires à vérifier"
    return Verdict.CHECK if _may_join(view, size) else Verdict.NO, "destiné à d'autres"


def _left_out(fact: Fact, view: View, profile: Profile) -> Found:  # noqa: ARG001 - one shape for every reader
    size = profile.member.size
    out = {part.strip() for part in fact.value.split("|")} & SIZE_WORDS.keys()
    # « hors micro-entreprises »: a very small company need not be one.
    if size == "tpe" and "tpe" in out and not {"pme"} & out:
        return (Verdict.CHECK, "sauf les plus petites ?") if "tpe" in out else None
    return (Verdict.NO, f"exclut les {SIZE_WORDS[size]}") if size in out else None


def _rates(fact: Fact, view: View, profile: Profile) -> Found:
    """« 45 % pour les petites entreprises »: they may apply, where nothing says who may."""
    if view.facts.keys() & {"eligible_sizes", "eligible_others"}:
        return None
    named = {size for part in fact.value.split("|") for size in _RATED.get(part.partition("=")[0], ())}
    return (Verdict.YES, "un taux est prévu pour votre taille") if profile.member.size in named else None


def _staff(fact: Fact, view: View, profile: Profile) -> Found:  # noqa: ARG001 - one shape for every reader
    """Hold the number of staff against a limit; the size already says most."""
    staff, limit = profile.member.staff, _whole(fact.value)
    if limit is None or profile.member.size not in _COMPANY_SIZES:
        return None
    least = fact.name == "staff_min"
    asked = f"{'au moins' if least else 'au plus'} {limit} salariés"
    if staff is not None:
        return None if (staff >= limit if least else staff <= limit) else (Verdict.NO, asked)
    low, high = _STAFF_OF[profile.member.size]
    if (low >= limit) if least else (high <= limit):
        return None
    # An ETI of few people has a great turnover; what is none by staff nor by turnover has thousands.
    if profile.member.size == "ge" and not least and low > limit:
        return Verdict.NO, asked
    return Verdict.CHECK, asked


def _whole(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _age(fact: Fact, view: View, profile: Profile) -> Found:
    """Hold the day of registration against a limit; between now and the deadline it may come or go: to be checked."""
    if profile.member.size not in {*_COMPANY_SIZES, None}:
        return None
    young = fact.name == "age_max"
    asked = f"créée depuis {'moins' if young else 'plus'} de {fact.value.replace('.', ',')} an(s)"
    turns = _birthday(profile.member.created, fact.value)
    if turns is None or profile.today is None:
        return Verdict.CHECK, f"{asked} ?"
    closes = max(profile.today, view.deadline or profile.today)
    held = [(day < turns) if young else (day >= turns) for day in (profile.today, closes)]
    if held[0] != held[1]:
        return Verdict.CHECK, f"{asked}, le {french_day(turns)} fait foi ?"
    return (Verdict.YES, asked) if held[0] else (Verdict.NO, f"doit être {asked}")


def _birthday(created: date | None, years: str) -> date | None:
    """Return the day on which a company is so many years old (« 8 », « 0.5 »); None where either is unknown."""
    if created is None or not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,2})?", years):
        return None
    year, month = divmod(created.year * 12 + created.month - 1 + round(float(years) * 12), 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(created.day, last))


def _condition(fact: Fact, view: View, profile: Profile) -> Found:  # noqa: ARG001 - one shape for every reader
    return Verdict.CHECK, f"condition {_asked_for(fact)}"


def _asked_for(fact: Fact) -> str:
    """Return the call's own words from where the condition begins, or the little that was read of it."""
    if len(fact.evidence) < _SENTENCE_AND_WORDS:
        return f": {fact.value}"
    sentence, words = (one.text for one in fact.evidence[:_SENTENCE_AND_WORDS])
    asked = _ASKED.match(sentence, max(0, sentence.find(words)))
    return f"« {' '.join(asked[0].split())} »" if asked else f": {fact.value}"


def area(view: View, name: str) -> list[str] | None:
    """Return the territories (GeoZones ids) that a call is kept to, or keeps out; None where it has no such condition.

    `name` is `eligible_territories` or `excluded_territories`.
    """
    fact = view.facts.get(name)
    if fact is None or not fact.value.strip() or not view.kind.actionable or view.kind.id in _PLACED:
        return None
    return _listed(fact)


def _listed(fact: Fact) -> list[str]:
    return [part.strip() for part in fact.value.split("|") if part.strip()]


def _territory(fact: Fact, view: View, profile: Profile) -> Found:  # noqa: ARG001 - one shape for every reader
    allowed = _listed(fact)
    if not profile.chain:
        return Verdict.CHECK, "votre commune n'est pas connue"
    if profile.chain.intersection(allowed):
        return Verdict.YES, "sur votre territoire"
    return Verdict.NO, "réservé à un autre territoire"


def _excluded_territory(fact: Fact, view: View, profile: Profile) -> Found:  # noqa: ARG001 - one shape for every reader
    out = _listed(fact)
    if not profile.chain:
        return Verdict.CHECK, "votre commune n'est pas connue"
    return (Verdict.NO, "votre territoire est exclu") if profile.chain.intersection(out) else None


def _project_territory(fact: Fact, view: View, profile: Profile) -> Found:  # noqa: ARG001 - one shape for every reader
    """Whoever is elsewhere may have a project there."""
    there = _listed(fact)
    return None if profile.chain.intersection(there) else (Verdict.CHECK, "projet sur un autre territoire ?")


def _turnover(fact: Fact, view: View, profile: Profile) -> Found:  # noqa: ARG001 - one shape for every reader
    try:
        limit = float(fact.value)
    except ValueError:
        return None
    turnover, least = profile.member.turnover_eur, fact.name == "turnover_min"
    asked = f"chiffre d'affaires {'≥' if least else '≤'} {limit / 1e6:.3g} M€".replace(".", ",")
    if turnover is None:
        return Verdict.CHECK, asked
    return (Verdict.YES if (turnover >= limit if least else turnover <= limit) else Verdict.NO), asked


def _naf(fact: Fact, view: View, profile: Profile) -> Found:  # noqa: ARG001 - one shape for every reader
    allowed = [_digits(part) for part in fact.value.split("|") if _digits(part)]
    mine = _digits(profile.member.naf or "")
    if not mine:
        return Verdict.CHECK, "votre code NAF n'est pas connu"
    if any(mine.startswith(code) for code in allowed):
        return Verdict.YES, f"NAF {profile.member.naf}"
    # Codes of NAF 2025 and of rév. 2 cannot be compared: only a stated rév. 2 code can say no.
    if (profile.member.naf_version or "").lower() in {"nafrev2", "rev2"}:
        return Verdict.NO, f"votre NAF {profile.member.naf} n'est pas dans la liste"
    return Verdict.CHECK, f"NAF {profile.member.naf} (version à vérifier)"


def _naf_out(fact: Fact, view: View, profile: Profile) -> Found:  # noqa: ARG001 - one shape for every reader
    mine = _digits(profile.member.naf or "")
    if mine and any(mine.startswith(_digits(part)) for part in fact.value.split("|") if _digits(part)):
        return Verdict.CHECK, f"NAF {profile.member.naf} exclu ?"
    return None


def _digits(code: str) -> str:
    return "".join(character for character in code.upper() if character.isalnum())


def _legal_form(fact: Fact, view: View, profile: Profile) -> Found:  # noqa: ARG001 - one shape for every reader
    allowed = {fold(part) for part in fact.value.split("|") if part.strip()}
    mine = fold(profile.member.legal_form or "")
    shown = fact.value.replace("|", ", ")
    if mine and mine in allowed:
        return Verdict.YES, f"forme juridique : {shown}"
    if mine in _COMPANY_FORMS and allowed and allowed <= _OTHER_FORMS:
        return Verdict.NO, f"forme juridique : {shown}"
    return Verdict.CHECK, f"forme juridique : {shown}"


def _partners(fact: Fact, view: View, profile: Profile) -> Found:  # noqa: ARG001 - one shape for every reader
    """Ask for a partner abroad; partners at home are the member's to find, and no bar."""
    sentence = " ".join(evidence.text for evidence in fact.evidence)
    return (Verdict.CHECK, "partenaire étranger ?") if _ABROAD.search(fold(sentence)) else None


#: Facts that are conditions, in the order in which they are weighed.
_READERS: Mapping[str, Reader] = {
    "eligible_sizes": _size,
    "eligible_others": _others,
    "excluded_sizes": _left_out,
    "rates": _rates,
    "staff_min": _staff,
    "staff_max": _staff,
    "age_min": _age,
    "age_max": _age,
    "eligible_territories": _territory,
    "excluded_territories": _excluded_territory,
    "project_territories": _project_territory,
    "turnover_min": _turnover,
    "turnover_max": _turnover,
    "naf": _naf,
    "naf_excluded": _naf_out,
    "condition": _condition,
    "legal_form": _legal_form,
    "partners_min": _partners,
}
