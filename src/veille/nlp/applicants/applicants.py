"""Words for who applies: sizes of company, laboratories, authorities, associations; and words that name no size."""

import re
from dataclasses import dataclass

from veille.model import SIZES

COMPANIES = ("tpe", "pme", "eti", "ge")
#: Stands beside sizes for public bodies that are left out: a laboratory may be one.
PUBLIC = "publics"
#: Words for a size → sizes as printed; that an SME may be very small is for whoever compares.
_SIZE_WORDS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"\b(?:tpe|tres petites? entreprises?|micro-?entreprises?|independants?"
                r"|micro-?enterprises)\b"), ("tpe",)),
    (re.compile(r"\b(?:pme|petites? et moyennes? entreprises?|moyennes? entreprises?|smes?|pmi|small and medium"
                r"|medium(?:-sized)? enterprises)\b"), ("pme",)),
    (re.compile(r"\b(?:petites? entreprises?|small enterprises)\b"), ("tpe", "pme")),
    (re.compile(r"\b(?:start-?ups?|jeunes pousses|jeunes entreprises)\b"), ("tpe", "pme")),
    (re.compile(r"\b(?:eti|entreprises? de taille intermediaire|mid-?caps?)\b"), ("eti",)),
    (re.compile(r"\b(?:grandes? entreprises?|grands? groupes?|large (?:companies|enterprises)"
                r"|(?:pme|eti) ?(?:,|et|ou|/|-) ?ge)\b"), ("ge",)),
    (re.compile(r"\b(?:laboratoires?(?! pharmaceutiques?)|labos?|organismes? (?:publics? )?de recherche|universites?"
                r"|etablissements? (?:publics? )?de recherche(?: publics?)?|chercheurs?|universities"
                r"|etablissements? d'enseignement superieur|centres? techniques?(?! municipa)"
                r"|research (?:organi[sz]ations?|institutes?))\b"), ("labo",)),
    (re.compile(r"\b(?:collectivites?(?: territoriales| locales)?(?! d'outre)|communes|communautes? de communes"
                r"|intercommunalites?|epci|syndicats? (?:mixtes?|d'eau|intercommuna[a-z]+)|municipalites"
                r"|local authorities|municipalities)\b"), ("collectivite",)),
    (re.compile(r"\b(?:associations?|fondations?|ongs?|ngos?|structures? de l'ess"
                r"|prive(?:e|s|es)? (?:a but )?non lucrati(?:fs?|ves?))\b"), ("association",)),
)  # fmt: skip
#: A company of whatever size: leaving one out would refuse a member who may apply.
_ANY_COMPANY = re.compile(
    r"\b(?:entreprises?|societes?|(?<!produits )(?<!dechets )(?<!procedes )(?<!projets )(?<!sites )(?<!rejets )"
    r"(?<!effluents )industriels?|companies|enterprises|businesses|firms"
    r"|(?:acteurs?|operateurs?) economiques?)\b(?! (?:de taille intermediaire|privees? de moins))"
)
_EVERY_SIZE = re.compile(
    r"\b(?:toutes? (?:les )?(?:tailles?|entreprises?)|quelle que soit (?:leur|la|sa) taille|any size|all companies"
    r"|entreprises de toute taille)\b"
)
#: Whatever the form: companies, laboratories, authorities and associations alike.
_ANYONE = re.compile(
    r"\b(?:personnes? morales?|toutes? (?:entites?|structures?|organisations?)|any (?:legal )?entit(?:y|ies)"
    r"|entites? (?:legales?|juridiques?)|legal (?:entit(?:y|ies)|persons?))\b"
)
#: Companies of some trade or form only: which, the profile does not say.
_TRADES = re.compile(
    r"\b(?:artisans?|commercants?|exploitations?|exploitants?|agriculteurs?|eleveurs?|hotels?|hoteliers?|hebergeurs?"
    r"|restaurateurs?|restaurants?|cooperatives?|scop|scic|scieries|cuma|gie|sci|professionnels?|liberaux|bailleurs?"
    r"|armateurs|viticulteurs|brasseries|boulangeries|fermes|farmers|(?:createurs?|repreneurs?)(?: et (?:createurs?"
    r"|repreneurs?))?(?: d'entreprises?)?"
    r"|employeurs?|(?:micro|auto)-?entrepreneurs?|fabricants?|(?<=les )(?:ateliers|maisons|marques|editeurs))\b"
    r"|\b(?:entreprises?|pme|tpe|societes?|start-?ups?) (?:artisanales?|agricoles?|agroalimentaires?|viticoles?"
    r"|forestieres?|touristiques?|culturelles?|commerciales?|hotelieres?|maritimes?|textiles?|cooperatives?"
    r"|de (?:premiere|seconde) transformation|de travaux|du (?:batiment|spectacle|tourisme|bois)"
    r"|(?:[a-z]{4,} )?(?:du|des|de la|d'un) (?:secteurs?|filieres?|branches?))\b"
)
#: Public bodies that are neither laboratory nor authority by name.
_PUBLIC = re.compile(
    r"\b(?:etablissements? publics?(?! (?:de recherche|fonciers?|de cooperation|d'amenagement|hospitaliers?|locaux))"
    r"|publi(?:cs?|ques?) (?:et|ou|comme) priv[a-z]+|prive(?:e|s|es)? (?:et|ou|comme) publi(?:cs?|ques?)"
    r"|operateurs? publics?|hopitaux|hopital|lycees?|ecoles?"
    r"|personnes publiques|public bodies|chambres? consulaires?|etat)\b"
)
#: Words that leave open who.
_OPEN = re.compile(
    r"\b(?:porteurs? de projets?|structures?|organisations?|organismes?|acteurs?|candidats?|partenaires?|consortiums?"
    r"|groupements?|entites?|personnes?|toute personne|participants?|organi[sz]ations|entities|applicants|consortia)\b"
)
_SIZED = re.compile(
    r"\b(?:tres petites?|micro|petites?|moyennes?|grandes?|jeunes|taille intermediaire)[ -](?:et moyennes? )?"
    r"entreprises?|entreprises? de taille intermediaire|personnes? morales?|structures? de l'ess"
    r"|organismes? (?:publics? )?de recherche|toutes? (?:entites?|structures?|organisations?)"
    r"|research organi[sz]ations?"
)
#: « mandatés par les collectivités »: they are not the ones who apply.
_THROUGH = re.compile(
    r"\b(?:par|avec|aupres d(?:es|e)|pour le compte d(?:es|e|u)|au profit d(?:es|e|u)|with|by|au sein d(?:es|e|u)"
    r"|associee?s? a|associee?s? aux?|sur le territoire d(?:es|e|u))"
    r" ?(?:les |des |la |une? |l'|the )?[a-z'-]+|\brecours a [^.;:\n)]*"
)
#: « les entreprises, notamment les PME »: others may apply as well.
_SAMPLE = re.compile(
    r"\b(?:notamment|y compris|en particulier|particulierement|par exemple|including|in particular|such as"
    r"|dont (?:les|des))\b[^.;:\n]*"
)
#: « en priorité aux PME »: so may they.
_FIRST = re.compile(
    r"\b(?:en priorite|prioritairement|principalement|majoritairement|de preference|primarily|mainly|preferably"
    r"|le plus souvent|generalement)\b"
)
#: « Entreprises éligibles : »: what follows says which.
_LABEL = re.compile(
    r"\b(?:entreprises?|structures?|organismes?) (?:eligibles?|beneficiaires?|concernee?s?"
    r"|visee?s?) ?:"
)
#: « portés par une entreprise ou par un laboratoire », « conduit par une PME ».
_CARRIED = re.compile(
    r"\b(?:porte|conduit|pilote|coordonne|dirige|mene|depose|presente|soumis|assure)(?:e|s|es)? par\b"
)
#: « laboratoires, associations, etc. »: a list that goes on.
_AND_SO_ON = re.compile(r"\betc\b")
#: A status of taxation, which no profile says: not a size.
_STATUS = re.compile(r"\b(?:micro|auto)-?entrepreneurs?\b")
_JOINING = frozenset(
    {
        "les",
        "des",
        "aux",
        "de",
        "la",
        "le",
        "l",
        "d",
        "et",
        "ou",
        "ni",
        "the",
        "and",
        "or",
        "of",
        "for",
        "privees",
        "a",
        "but",
        "lucratif",
    }
)


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who a stretch of text admits."""

    sizes: frozenset[str]
    #: Kinds that the list leaves open: « entreprises » of some trade, « publics », « ouvert » (anybody).
    others: frozenset[str]
    #: The sizes are some of many: « les structures, notamment les PME ».
    sampled: bool = False


def admitted(clause: str) -> Admitted:
    """Return the sizes that a levelled clause admits, and the kinds of applicants that it leaves open."""
    clause = _LABEL.sub(" ", clause)
    if not _CARRIED.search(clause):
        clause = _THROUGH.sub(" ", clause)
    whole = _SAMPLE.sub(" ", clause)
    told = _told(whole)
    if _FIRST.search(clause) or _AND_SO_ON.search(clause):
        return Admitted(told.sizes, told.others | ({"ouvert"} if told.sizes else set()), sampled=True)
    if whole == clause:
        return told
    if not (told.sizes or told.others):
        among = _told(clause)
        return Admitted(among.sizes, among.others | ({"ouvert"} if among.sizes else set()), sampled=True)
    return Admitted(told.sizes | printed_sizes(clause), told.others, sampled=not told.sizes)


def _told(clause: str) -> Admitted:
    if _ANYONE.search(clause):
        return Admitted(frozenset(SIZES), frozenset())
    bare = _SIZED.sub(" ", clause)
    others = {name for name, words in (("publics", _PUBLIC), ("ouvert", _OPEN)) if words.search(bare)}
    return Admitted(frozenset(_sizes(clause, bare)), frozenset(others | _of_a_trade(bare)))


def _of_a_trade(clause: str) -> set[str]:
    return {"entreprises"} if _TRADES.search(clause) else set()


def _sizes(clause: str, bare: str) -> set[str]:
    found = printed_sizes(clause)
    if _EVERY_SIZE.search(clause):
        return found | set(COMPANIES)
    if _ANY_COMPANY.search(_TRADES.sub(" ", bare)) and not found & set(COMPANIES):
        found |= set(COMPANIES)
    return found


def printed_sizes(text: str) -> set[str]:
    """Return the sizes that words name."""
    return {size for pattern, sizes in _SIZE_WORDS if pattern.search(text) for size in sizes}


def refused(who: str) -> set[str]:
    """Return the sizes that « … ne sont pas éligibles » refuses; none for « les PME en difficulté »: only some are."""
    rest = who
    for pattern, _ in _SIZE_WORDS:
        rest = pattern.sub(" ", rest)
    sizes = printed_sizes(who)
    rest = _STATUS.sub(" ", rest)
    if _ANY_COMPANY.search(rest):
        rest, sizes = _ANY_COMPANY.sub(" ", rest), sizes | set(COMPANIES)
    if _PUBLIC.search(rest):
        rest, sizes = _PUBLIC.sub(" ", rest), sizes | {PUBLIC}
    return sizes if set(re.findall(r"[^\W_]+", rest)) <= _JOINING else set()


def names_applicants(text: str) -> bool:
    """Return True where words name somebody who might apply."""
    return (
        (_ANYONE.search(text) or _ANY_COMPANY.search(text)) is not None
        or _TRADES.search(text) is not None
        or bool(printed_sizes(text))
    )
