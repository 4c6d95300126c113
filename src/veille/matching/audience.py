"""Whom a call says that it is for: companies of every trade, or those of one trade that it names (pure)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from veille.matching.words import generic_stems, is_grammar, lexicon, stem
from veille.model import Item, Origin, Scheme
from veille.text import fold

#: Characters in which a call says whom it is for.
_OPENING = 2_000
#: Characters of text in which a call names the trade that it is for; further on it gives examples.
_FIRST_LINES = 200
#: Characters whose words of a filière make a call its own; further on they are examples.
_LEAD = 700
#: Words after whoever may apply in which its trade is said (« entreprises de la forêt et du bois »).
_REACH = 6
_TRADES = r"(secteurs?|filieres?|metiers?|domaines?|branches?|activites?|disciplines?)( d activites?| economiques?)?"
#: Folded words that open a call to every trade; « tous les métiers du bois » does not.
_EVERY_TRADE = re.compile(
    rf"\b(tou(s|te|tes)( les| leurs)?|tout( type de)?|quel(le)?s? que soi(en)?t( la| le| les| leurs?| votre| son| sa)?"
    rf"|sans distinction de|multi|inter) {_TRADES}\b(?! (d|de|du|des|lies|liees|maritimes?|agricoles?|culturel|creati"
    r"|sporti|touristi|naval|sanitaires?|medica))|\bmultisectoriel|\bintersectoriel|\btou(s|tes) types? d entreprises?"
    r"|\b(all|any) (economic |industrial |business )?(sectors?|industry|industries)\b(?! of)"
    r"|\bregardless of (the |their )?sector|\bsector agnostic\b"
)
#: « l'industrie, le commerce et les services » is everybody.
_INDUSTRIAL = re.compile(
    r"\bindustriel(s|le|les)?\b|\busines?\b|\b(l|en|d) industrie\b(?!.{0,40}\b(commerc|service|artisan|batiment))"
)
_RESEARCH = re.compile(
    r"\blaboratoires?\b|\br d\b|\bdoctora|\bresearch\b|\bthese|\brecherche (et|publique|collaborative|industriel)"
)
#: Folded words of a title that keep a call to industry, or to research; further down the same words are examples (on
#: ten judged clusters, a gate on the whole text refused as much that was useful as what was not).
_FOR_INDUSTRY = re.compile(
    r"\b((pme|tpe|eti|entreprises?|societes?) industriel(le)?s?|(aux|pour les) industriels)\b"
    r"(?!.{0,40}\b(commerc|service|artisan|batiment))"
)
_FOR_RESEARCH = re.compile(r"\brecherche (et|industrielle|collaborative)\b|\bprojets? de recherche\b|\br d\b|\bdoctora")
#: Who may apply, by the sizes of member that the words stand for.
_COMPANIES = {
    "tpe": ("tpe",), "pme": ("tpe", "pme"), "pmi": ("tpe", "pme"), "eti": ("eti",),
    "entreprise": ("tpe", "pme", "eti", "ge"), "societe": ("tpe", "pme", "eti", "ge"),
    "industriel": ("tpe", "pme", "eti", "ge"), "usine": ("pme", "eti", "ge"),
    "sme": ("tpe", "pme"), "company": ("tpe", "pme", "eti", "ge"), "companie": ("tpe", "pme", "eti", "ge"),
    "enterprise": ("tpe", "pme", "eti", "ge"),
    "dirigeant": ("tpe", "pme"), "employeur": ("tpe", "pme", "eti", "ge"),
}  # fmt: skip
_APPLICANTS = _COMPANIES | {
    "association": ("association",),
    "collectivite": ("collectivite",), "commune": ("collectivite",), "intercommunalite": ("collectivite",),
    "laboratoire": ("labo",), "universite": ("labo",),
    "structure": (), "acteur": (), "professionnel": (), "traitant": (), "fournisseur": (), "filiere": (),
    "secteur": (), "interprofession": (), "fabricant": (), "exploitant": (), "cooperative": (),
}  # fmt: skip
_APPLICANT = re.compile(rf"\b({'|'.join(_APPLICANTS)})s?\b")
#: Characters in which these words stand.
_WINDOW = 100
#: « toutes les entreprises de la filière bois »: what stands between is passed over, these end the search.
_ENDS = frozenset(
    {"qui", "que", "dont", "dans", "pour", "par", "ayant", "souhaitant", "desirant", "afin", "sur", "avec", "sans",
     "ou", "sous", "a", "au", "aux", "peut", "peuvent"}
)  # fmt: skip
_SIZE_TALK = frozenset(
    {"petite", "moyen", "moyenne", "grande", "taille", "salarie", "effectif", "micro", "tres", "moins", "non", "cote",
     "cotee"}
)  # fmt: skip
#: Filières that name what any company may invest in: words of theirs do not make a call theirs alone.
_PURPOSES = frozenset(
    {"energies", "numerique-confiance", "industrie-du-futur", "automobile-mobilites", "ville-territoires",
     "commerce-services", "infrastructures-numeriques", "dechets-economie-circulaire", "finance-assurance"}
)  # fmt: skip
#: Trades whose names are general words elsewhere (« les entreprises du numérique »).
_NAMED = frozenset(
    {"numerique", "sante", "logiciel", "logiciels", "energie", "culture", "commerce", "securite", "environnement",
     "transport", "transports", "mobilite", "evenementiel", "communication"}
)  # fmt: skip
#: Of plurals and feminines, which the stemmer does not always bring to one stem.
_ENDINGS = ("", "s", "e", "es")
_WORDS = re.compile(r"[a-z0-9]+|[.;:,!?()]")
_STARTERS = re.compile(r"\b(start up|startup|jeunes pousses|creat(eur|rice)s?|porteurs? d|jeunes entreprises|incub)")


@dataclass(frozen=True)
class Audience:
    """Whom a call is for, as far as its words say."""

    #: Whatever their trade.
    every_trade: bool
    #: Where words of a filière stand that no aid to all companies would use (« title », « text »).
    own: frozenset[str]
    #: Provided that they make things.
    industrial: bool
    #: Provided that they do research, with others or alone.
    research: bool
    #: The title itself says so.
    for_industry: bool
    for_research: bool
    #: Sizes of member that are named among who may apply.
    sizes: frozenset[str]
    #: Stems that say the trade of who may apply (« les entreprises du bois » → « bois »).
    trades: frozenset[str]


@cache
def _plain_stems() -> frozenset[str]:
    """Return the stems that say no trade in a title."""
    plain = {word for line in lexicon("purposes.txt") for word in line.split()} | _APPLICANTS.keys() | _SIZE_TALK
    return generic_stems() | frozenset(stem(word + ending) for word in plain for ending in _ENDINGS)


def read_audience(item: Item) -> Audience:
    """Read whom an item is for in its title and the first words of its text."""
    head, body = fold(item.title), fold(item.text[:_OPENING])
    places = frozenset(_place_words(item))
    named = list(_applicants(f"{head} . {body}", places))
    trades = frozenset(word for _, words in named for word in words)
    whole = _applicants(f"{head} . {body[:_FIRST_LINES]}", places)
    stated = _EVERY_TRADE.search(f"{head} . {body}") is not None
    own = _own_trade(item)
    told = bool(named) or item.fact("eligible_sizes") is not None
    plain = told and not trades and not _untold(head, places) and not own
    return Audience(
        every_trade=(stated and "title" not in own) or (plain and _STARTERS.search(head) is None),
        own=own,
        industrial=_INDUSTRIAL.search(f"{head} . {body[: _OPENING // 4]}") is not None,
        research=_RESEARCH.search(f"{head} . {body}") is not None,
        for_industry=_FOR_INDUSTRY.search(head) is not None,
        for_research=_FOR_RESEARCH.search(head) is not None,
        sizes=frozenset(size for sizes, _ in named for size in sizes),
        trades=frozenset(word for _, words in whole for word in words),
    )


def _own_trade(item: Item) -> frozenset[str]:
    """Return where words of a filière stand (« title », « text ») that no aid to all companies would use."""
    return frozenset(
        said.where
        for tag in item.of(Scheme.SECTOR)
        if tag.term not in _PURPOSES and tag.origin is Origin.CUE
        for said in tag.evidence
        if (said.start or 0) < _LEAD
        and any(stem(word) not in _plain_stems() for word in _WORDS.findall(fold(said.text)))
    )


def _place_words(item: Item) -> Iterator[str]:
    """Yield the folded words of the places that it names."""
    for scheme in (Scheme.TERRITORY, Scheme.ZONE):
        for tag in item.of(scheme):
            for said in tag.evidence:
                yield from _WORDS.findall(fold(said.text))


def _untold(head: str, places: frozenset[str]) -> list[str]:
    """Return the words of a folded title that may say a trade."""
    return [word for word in _WORDS.findall(head) if _says(word, places)]


def _says(word: str, places: frozenset[str]) -> bool:
    telling = len(word) > 1 and word.isalpha() and word not in places and not is_grammar(word)
    return telling and stem(word) not in _plain_stems()


def _applicants(folded: str, places: frozenset[str]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Yield who may apply: the sizes of member meant, and the stems of the trade said right after."""
    for found in _APPLICANT.finditer(folded):
        sizes = _APPLICANTS[found[1]]
        after = _WORDS.findall(folded, found.end(), found.end() + _WINDOW)
        yield sizes, list(_trade_after(after[:_REACH], places))


def _trade_after(words: list[str], places: frozenset[str]) -> Iterator[str]:
    """Yield the stems that say a trade: what « de » brings, and plural adjectives at once after the noun."""
    linked, first = False, True
    for word in words:
        if not word.isalnum() or word in _ENDS:
            return
        if word in {"de", "du", "des", "d", "la", "l", "et", "en", "le", "les", "filiere", "secteur"}:
            linked = linked or word in {"de", "du", "des", "d", "filiere", "secteur"}
            continue
        if (_says(word, places) or (linked and word in _NAMED)) and (linked or (first and word.endswith(("s", "x")))):
            yield stem(word)
            linked = False
        first = False
