"""Three-valued eligibility with the call's own sentence; unknown data never says no (pure)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from veille.matching.context import View
from veille.matching.profile import Profile
from veille.model import Eligibility, Fact, Verdict
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
#: Types whose text may keep strangers out; elsewhere a territory is where it takes place.
_KEPT_TO_A_PLACE = frozenset(
    {"appel-a-projets", "ami", "subvention-aide", "pret-garantie", "avantage-fiscal", "accompagnement", "concours-prix"}
)
#: A micro-enterprise is an SME (recommendation 2003/361/EC, annex, article 2).
_ALSO = {"tpe": {"tpe", "pme"}}
_ABROAD = re.compile(r"\b(pays|countr|etranger|transnational)")
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


def _conditions(view: View, profile: Profile) -> Iterator[Condition]:
    for name, read in _READERS.items():
        fact = view.facts.get(name)
        if fact is None or not fact.value.strip():
            continue
        if view.kind.id == "marche-public" and name not in _TENDER_CONDITIONS:
            continue
        if name == "eligible_territories" and view.kind.id not in _KEPT_TO_A_PLACE:
            continue
        found = read(fact, view, profile)
        if found is not None:
            yield Condition(*found, fact)


Found = tuple[Verdict, str] | None


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
    if _joint(view):
        return Verdict.CHECK, f"porté par : {words} ; comme partenaire ?"
    return Verdict.NO, f"réservé aux {words}"


def _joint(view: View) -> bool:
    """Tell whether the call is answered by several, so that another kind of partner may have a place."""
    return "partners_min" in view.facts or "partner_roles" in view.facts


def _territory(fact: Fact, view: View, profile: Profile) -> Found:  # noqa: ARG001 - one shape for every reader
    allowed = [part.strip() for part in fact.value.split("|") if part.strip()]
    if not profile.chain:
        return Verdict.CHECK, "votre commune n'est pas connue"
    if profile.chain.intersection(allowed):
        return Verdict.YES, "sur votre territoire"
    return Verdict.NO, "réservé à un autre territoire"


def _turnover(fact: Fact, view: View, profile: Profile) -> Found:  # noqa: ARG001 - one shape for every reader
    try:
        least = float(fact.value)
    except ValueError:
        return None
    turnover = profile.member.turnover_eur
    asked = f"chiffre d'affaires ≥ {least / 1e6:.3g} M€".replace(".", ",")
    if turnover is None:
        return Verdict.CHECK, asked
    return (Verdict.YES, asked) if turnover >= least else (Verdict.NO, asked)


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
_READERS: Mapping[str, Callable[[Fact, View, Profile], Found]] = {
    "eligible_sizes": _size,
    "eligible_territories": _territory,
    "turnover_min": _turnover,
    "naf": _naf,
    "legal_form": _legal_form,
    "partners_min": _partners,
}
