"""How much: the most a project may get, the whole envelope, the rate of aid."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from veille.model import Evidence, Fact, Origin, StructuredFacts, TextToTag
from veille.nlp.quoting import Printed, printed_fields
from veille.nlp.size_rates import read_size_rates

_SCALES = {
    "k": 1_000, "mille": 1_000, "m": 1_000_000, "mio": 1_000_000, "million": 1_000_000, "millions": 1_000_000,
    "md": 10**9, "mds": 10**9, "mrd": 10**9, "milliard": 10**9, "milliards": 10**9, "billion": 10**9, "bn": 10**9,
}  # fmt: skip
#: « 1 500 000,50 », « 1.500.000 », « 1,500,000.50 », « 2,5 »; what a comma means is told by what follows it.
_NUMBER = (
    r"(?:[0-9]{1,3}(?:[ .][0-9]{3})+(?![0-9])(?:,[0-9]{1,2})?|[0-9]{1,3}(?:,[0-9]{3}){2,}(?:\.[0-9]{1,2})?"
    r"|[0-9]+(?:[.,][0-9]{1,3})?)"
)
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
#: « 2,5 M€ », « 300 k€ », « 1 500 000 euros », « 10 millions d'euros », « EUR 3 million », « EUR 1 to 2 million ».
MONEY = re.compile(
    rf"(?<![0-9.,])(?:(?P<before>€|eur) ?"
    rf"(?:{_NUMBER} ?(?:(?:{_SCALE})(?![a-df-z0-9]))? ?(?:to|and|-|a|et) ?(?:€|eur)? ?)?)?"
    rf"(?P<number>{_NUMBER})(?![0-9]|[.,][0-9]) ?(?P<scale>(?:{_SCALE})(?![a-df-z0-9]))?"
    r" ?(?:d'|de |d |of )?(?P<currency>€|euros?\b|eur\b)?"
)
_CURRENCY = re.compile(r"€|(?<![a-z])eur")
#: Characters that a sum may take before its currency.
_WIDEST = 40
_RATE = re.compile(r"(?<![0-9.,])(?P<number>[0-9]{1,3}(?:[.,][0-9]{1,2})?) ?(?:%|pour ?cent\b|percent\b)")

#: The most that one project gets.
_MOST = re.compile(
    r"\b(?:jusqu'a|plafond[a-z]*|plafonnee?s?|maxim[a-z]*|max\.?|peu(?:t|vent) atteindre"
    r"|dans la limite de|limitee?s? a|limite de"
    r"|n'excede(?:ra)? pas|ne (?:peut|peuvent|pourra|doit)"
    r" (?:pas )?(?:exceder|depasser)|sans (?:exceder|depasser)|up to|no more than|at most)\b[^.;\n]{0,45}$|[≤<] ?$"
)
_MOST_AFTER = re.compile(
    r"^[ ,(]*(?:ht |ttc |h\.t\. )?\(?(?:maxim[a-z]*|max\b|au plus|par (?:projet|laureat|entreprise|dossier"
    r"|beneficiaire|candidat|porteur|structure|an et par)"
    r"|per (?:project|beneficiary|grant|company|applicant|participant|sme|start-?up|consortium|pilot)|each\b"
    r"|chacune?\b|pour chaque)"
)
#: « une subvention de 20 000 € ».
_GRANT = re.compile(
    r"\b(?:subventions?|aides?|primes?|bourses?|cheques?|dotations?|prets?|avances?(?: recuperables?"
    r"| remboursables?)?|financements?|soutien|grants?|funding|lump sums?|vouchers?|loans?"
    r"|forfait|prix|contributions? of)"
    r"(?: [a-z'-]+){0,3} (?:de|of|d'un montant de|a hauteur de|s'eleve a|est de|allant de|between|worth|comprise? entre"
    r"|entre)[^.;\n]{0,25}$"
)
#: The whole envelope, or the value of a contract.
_TOTAL = re.compile(
    r"\b(?:enveloppe|budget(?: total| global| previsionnel| indicatif)?|dotation (?:globale|totale|budgetaire"
    r"|de l'appel)|dotee?s? d(?:e|')|montant (?:total|global)|total budget"
    r"|indicative budget|credits|valeur (?:totale )?(?:estimee|du marche|hors)|montant estime|marche est estime"
    r"|estimated (?:total )?value|mobilise[es]*|fonds (?:de|dote)|somme totale|au total)\b[^.;\n]{0,50}$"
)
_TOTAL_AFTER = re.compile(
    r"^ ?(?:ht )?(?:sont |est |seront |sera )?(?:mobilise|d'enveloppe|de budget|au total|consacre|alloue|in total"
    r"|sur (?:cinq|trois|[0-9]) ans)"
)
#: Money that is not the aid.
_NOT_AID = re.compile(
    r"\b(?:chiffres? d'affaires|c\.?a\.?|bilan|turnover|capital|leve|levent|levee de fonds|valorisation|amende"
    r"|loyer|prix de vente|tarif|cotisation|salaire|revenus?|ressources|quotient|penalites?|caution|inscription)\b"
    r"[^.;\n]{0,60}$"
)
#: A floor, unless a ceiling comes after it (« de 3 000 € minimum à 50 000 € maximum »).
_LEAST = re.compile(
    r"\b(?:plancher|minim[a-z]*|au moins|superieure?s? a|plus de|at least|a partir de|seuil)\b[^.;\n]{0,40}$"
)
#: A ceiling on what counts, not on what is paid.
_BASIS = re.compile(
    r"\b(?:depenses?|assiette|couts?|investissements?|travaux|frais|montant du projet|projets? (?:de|dont"
    r"|d'un))\b[^.;\n]{0,40}$"
)
_BASIS_AFTER = re.compile(r"^ ?(?:ht |ttc )?(?:de|d'|des) ?(?:depenses|couts|frais|travaux|assiette|chiffre)")
_SHARE = re.compile(
    r"\b(?:taux|subvention[a-z]*|aides?|financ[a-z]*|cofinanc[a-z]*|prise en charge|prend en charge|pris en charge"
    r"|a hauteur de|intensite|plafond[a-z]*|jusqu'a|soutien|intervention"
    r"|funding rate|reimbursement|co-?funding|rembours[a-z]*|couvr[a-z]*)\b[^.;\n]{0,70}$"
)
_SHARE_AFTER = re.compile(
    r"^ ?(?:maxim[a-z]* |max\.? |au maximum )?\(?(?:des? (?:depenses|couts?|frais|investissements?|montant"
    r"|l'assiette|la depense)|du (?:cout|montant|budget|projet|prix)|de (?:subvention|aide|financement"
    r"|l'investissement)"
    r"|of (?:the )?(?:eligible )?costs?|d'aide|d'aides|de prise en charge|pour les (?:pme|tpe|petites|moyennes|eti"
    r"|grandes))"
)
_NOT_SHARE = re.compile(
    r"\b(?:baisse|hausse|augment[a-z]*|reduction|reduire|croissance|part de marche|emissions?|recycl[a-z]*|capital"
    r"|detenu[es]*|moins|gain|economies?|taux de (?:chomage|croissance|retour|marge|tva)"
    r"|tva|interet|remise|efficacite|plus de|au moins|objectif|rendement|humidite|biologique)\b[^.;\n]{0,40}$"
)
#: A price of one unit: « 0,30 € par repas », « 15 €/t ».
_UNIT_AFTER = re.compile(
    r"^ ?(?:ht |ttc )?(?:(?:par|per|a|l[ea]|du|de l'|/) ?(?:repas|jours?|day|heures?|hour|mois|month|nuit|personne|hab"
    r"|habitant|km|kilometre|kilo|kg|tonne|ton|t|litre|l|m2|m²|m3|m³|metre|hectare|ha|kwh|mwh|kwc|kw|mw|arbre|tete|place"
    r"|piece|unite|unit)\b)"
)
#: No aid is smaller: less is a price.
_SMALLEST = 10
#: Characters of context.
_LEFT, _RIGHT = 110, 50
#: A rate of aid is at most the whole.
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class _Sum:
    """A sum of money where it stands."""

    field: Printed
    start: int
    end: int
    euros: Decimal
    name: str
    #: 2 = said in so many words, 1 = likely.
    sure: int


def euros(match: re.Match[str]) -> Decimal | None:
    """Return the value of a MONEY match, None where no currency is printed."""
    scale = match["scale"]
    if not (match["currency"] or match["before"]):
        return None
    digits = match["number"].replace(" ", "")
    grouped = re.fullmatch(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]{1,2})?", digits)
    # « 900,000 » is thousands, « 1,250 million » is not; « 1,250,000 » always is.
    if grouped and (not scale or digits.count(grouped[1]) > 1):
        digits = digits.replace(grouped[1], "")
    return Decimal(digits.replace(",", ".")) * _SCALES.get(scale or "", 1)


def read(text: TextToTag) -> tuple[Fact, ...]:
    """Return `amount_max`, `amount_total` (plain euros), `rate` (plain percent) and `rates` by size, each quoted."""
    fields = printed_fields(text)
    sums = [found for field in fields for found in _sums(field)]
    facts = [fact for name in ("amount_max", "amount_total") if (fact := _best(sums, name))]
    rate = _best([found for field in fields for found in _rates(field)], "rate")
    rates = next((found for field in fields if (found := read_size_rates(field))), None) if rate else None
    said = _stated(text.facts)
    read_too = [fact for fact in (*facts, rate, rates) if fact and fact.name not in said]
    return (*read_too, *said.values())


def _stated(facts: StructuredFacts) -> dict[str, Fact]:
    """Return the sums that the source states, by the name of the fact: they win over the text."""
    stated = (
        ("amount_total", "amount", facts.amount),
        ("amount_min", "amount_min", facts.amount_min),
        ("amount_max", "amount_max", facts.amount_max),
        ("rate", "rate", facts.rate),
    )
    return {
        name: Fact(name=name, value=value, origin=Origin.FACT, evidence=(Evidence(text=value, where=where),))
        for name, where, number in stated
        if number is not None and (value := _plain(Decimal(str(number))))
    }


def _best(sums: Iterable[_Sum], name: str) -> Fact | None:
    """Keep the surest, then the largest: a ladder of ceilings ends at the one that nobody may exceed."""
    named = [found for found in sums if found.name == name]
    if not named:
        return None
    best = max(named, key=lambda found: (found.sure, found.euros))
    return Fact(name=name, value=_plain(best.euros), origin=Origin.CUE, evidence=best.field.quote(best.start, best.end))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _sums(field: Printed) -> Iterator[_Sum]:
    folded = field.folded
    if "€" not in folded and "eur" not in folded:
        return
    for match in _near_currency(folded):
        value = euros(match)
        if value is None or value < _SMALLEST:
            continue
        left, right = _around(folded, match.start(), match.end())
        named = _name(left, right)
        if named:
            yield _Sum(field, match.start(), match.start() + len(match[0].rstrip()), value, *named)


def _near_currency(folded: str) -> Iterator[re.Match[str]]:
    """Yield the sums of money: most numbers of a text are none, and the pattern is costly."""
    done = 0
    for sign in _CURRENCY.finditer(folded):
        # A sum that starts before what was read last was read with it.
        for match in MONEY.finditer(folded, max(done, sign.start() - _WIDEST)):
            if match.start() >= sign.end():
                break
            if match["currency"] or match["before"]:
                yield match
                done = match.end()


def _around(folded: str, start: int, end: int) -> tuple[str, str]:
    left = folded[max(0, start - _LEFT) : start]
    return left[left.rfind("\n") + 1 :], folded[end : end + _RIGHT].split("\n", 1)[0]


def _name(left: str, right: str) -> tuple[str, int] | None:
    """Tell what a sum is from the words around it."""
    total, most = _TOTAL.search(left), _MOST.search(left)
    least = _LEAST.search(left)
    if (
        _NOT_AID.search(left)
        or _BASIS_AFTER.match(right)
        or _UNIT_AFTER.match(right)
        or (least and not (most and most.start() > least.start()))
    ):
        return None
    if _MOST_AFTER.match(right):
        return "amount_max", 2
    if (total and (not most or total.start() > most.start())) or (not most and _TOTAL_AFTER.match(right)):
        return "amount_total", 2
    basis, grant = _BASIS.search(left), _GRANT.search(left)
    if basis and not (grant and grant.start() > basis.start()):
        return ("amount_max", 1) if most and _aided(left, basis, most) else None
    if most:
        return "amount_max", 2
    return ("amount_max", 1) if grant else None


def _aided(left: str, basis: re.Match[str], most: re.Match[str]) -> bool:
    """« 40 % des dépenses éligibles, plafonnée à 300 k€ »: what is capped is the aid."""
    if most.start() < basis.start():
        return False
    capped = most[0].startswith("plafonn") and "," not in left[basis.start() : most.start()]
    return not capped and re.search(r"%|\b(?:aide|subvention|pret)s?\b", left[: basis.start()]) is not None


def _rates(field: Printed) -> Iterator[_Sum]:
    folded = field.folded
    for match in _RATE.finditer(folded):
        left, right = _around(folded, match.start(), match.end())
        value = Decimal(match["number"].replace(",", "."))
        if not 0 < value <= _WHOLE or _NOT_SHARE.search(left):
            continue
        after = _SHARE_AFTER.match(right) is not None
        if after or _SHARE.search(left):
            yield _Sum(field, match.start(), match.end(), value, "rate", 2 if after else 1)
