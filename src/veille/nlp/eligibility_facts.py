"""For whom: company sizes, partners, territory, turnover, legal form and activity that a call asks for.

First extent, precision first: a condition is only read from a sentence that says who may apply, and a text that says
nothing gives no fact (unknown is never « non »).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from veille.model import SIZES, Evidence, Fact, Origin, Scheme, Tag, TextToTag
from veille.nlp.amount import MONEY, euros
from veille.nlp.quoting import Printed, printed_fields
from veille.text import sentence_around

_COMPANIES = ("tpe", "pme", "eti", "ge")
#: Words for a size → sizes as printed; that an SME may be very small is for whoever compares.
_SIZE_WORDS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"\b(?:tpe|tres petites? entreprises?|micro-?entreprises?|artisans?|independants?"
                r"|auto-?entrepreneurs?)\b"), ("tpe",)),
    (re.compile(r"\b(?:pme|petites? et moyennes? entreprises?|smes?|pmi|small and medium)\b"), ("pme",)),
    (re.compile(r"\b(?:start-?ups?|jeunes pousses|jeunes entreprises)\b"), ("tpe", "pme")),
    (re.compile(r"\b(?:eti|entreprises? de taille intermediaire|mid-?caps?)\b"), ("eti",)),
    (re.compile(r"\b(?:grandes? entreprises?|grands? groupes?|large (?:companies|enterprises))\b"), ("ge",)),
    (re.compile(r"\b(?:laboratoires?|organismes? de recherche|etablissements? de recherche|universites?"
                r"|etablissements? d'enseignement superieur|research organi[sz]ations?)\b"), ("labo",)),
    (re.compile(r"\b(?:collectivites?(?: territoriales| locales)?|communes|intercommunalites|epci"
                r"|syndicats? mixtes?|local authorities)\b"), ("collectivite",)),
    (re.compile(r"\b(?:associations?|fondations?|ong|ngos?|structures? de l'ess)\b"), ("association",)),
)  # fmt: skip
#: A company of whatever size: leaving one out would refuse a member who may apply.
_ANY_COMPANY = re.compile(
    r"\b(?:entreprises?|societes?|industriels?|companies|enterprises|acteurs? economiques?|operateurs? economiques?"
    r"|exploitations?|agriculteurs?|commercants?"
    r"|professionnels?|personnes? morales?|porteurs? de projets?|structures?|organisations?|toute entite"
    r"|any legal entity|legal entities)\b"
    r"(?! (?:de taille intermediaire|privees? de moins))"
)
_EVERY_SIZE = re.compile(
    r"\b(?:toutes? (?:les )?(?:tailles?|entreprises?)|quelle que soit (?:leur|la|sa) taille|any size|all companies)\b"
)
#: « mandatés par les collectivités »: they are not the ones who apply.
_THROUGH = re.compile(
    r"\b(?:par|avec|aupres d(?:es|e)|pour le compte d(?:es|e|u)|au profit d(?:es|e|u)|with|by) ?(?:les |des |la "
    r"|une? |l'|the )?[a-z'-]+"
)
_SIZED = re.compile(
    r"\b(?:tres petites?|micro|petites?|moyennes?|grandes?|jeunes"
    r"|taille intermediaire)[ -](?:et moyennes? )?entreprises?|entreprises? de taille intermediaire"
)
_STAFF = re.compile(
    r"\b(?:moins de|inferieur a|jusqu'a|fewer than|less than) (?P<n>[0-9 ]{1,6}) (?:salaries|employes|etp|personnes"
    r"|employees)"
)
#: « de 10 à 249 salariés ».
_STAFF_RANGE = re.compile(
    r"\b(?:de|entre|from|between) (?P<least>[0-9]{1,4}) (?:a|et|to|and) (?P<most>[0-9]{1,4}) (?:salaries|employes|etp"
    r"|employees)"
)
#: « hors grandes entreprises », « les ETI ne sont pas éligibles », « sont exclus : … »: who is left out.
_EXCEPT = re.compile(
    r"\b(?:hors|sauf|excepte|a l'exception|a l'exclusion|excluding|except(?: for)?)\b(?P<who>[^.;:,\n)]{0,60})"
    r"|(?P<who2>[^.;:\n,]{3,60}) (?:(?:ne sont|n'est|ne seront) pas (?:eligibles?|concerne|admis|beneficiaires?)"
    r"|sont (?:exclu|ineligible)|are not eligible|are excluded)[a-z]*"
    r"|\b(?:ne sont pas eligibles|(?:sont )?exclu[es]*|not eligible) ?:(?P<who3>[^.;\n]{3,80})"
)
_JOINING = frozenset(
    {"les", "des", "aux", "de", "la", "le", "l", "d", "et", "ou", "ni", "the", "and", "or", "of", "for"}
)
#: (staff below, sizes): EU thresholds, Recommendation 2003/361/EC; ETI: décret 2008-1354.
_THRESHOLDS = ((10, ("tpe",)), (250, ("tpe", "pme")), (5000, ("tpe", "pme", "eti")))

#: A sentence that says who may apply.
_WHO = re.compile(
    r"\b(?:eligibles?|beneficiaires?|s'adressent?|adressee? aux|reserve[es]{0,2} aux?|destine[es]{0,2} aux?"
    r"|ouverte?s? aux?|peu(?:t|vent|rra|rront) (?:beneficier|candidater|deposer|repondre|postuler|participer"
    r"|soumettre|pretendre)"
    r"|cibles?|candidats? (?:eligibles?|doi[a-z]+)|porteurs? eligibles?|publics? (?:vises?|concernes?|cibles?)"
    r"|pour qui|vous etes|concerne les|eligible applicants|open to|applicants (?:must|may)|conditions? d'acces)\b"
)
_REFUSED = re.compile(
    r"\b(?:ne (?:sont|est|seront|sera) pas|ineligibles?|non[- ]eligibles?|exclu[es]*|exclusion|hors|a l'exception"
    r"|sauf|ne peuvent|depenses?|couts?|actions? eligibles?|projets? eligibles?|eligible costs|travaux)\b"
)
#: A heading: « Bénéficiaires », « Pour qui ? », alone on its line or before a colon.
_HEADING = re.compile(
    r"\b(?:beneficiaires?|pour qui ?\??|publics? (?:cible|vise|concerne)s?|qui peut [a-z ]{3,25}\??"
    r"|candidats eligibles|eligible applicants)"
    r"[^\n.:]{0,25}(?: ?\n? ?:|\n|$)"
)

_COUNT = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "two": 2, "three": 3, "four": 4,
    "five": 5,
}  # fmt: skip
_NUMBER = rf"(?P<n>[1-9]|1[0-9]|{'|'.join(_COUNT)})"
_PARTNER = (
    r"(?:partenaires?|entites?|partners?|entities|organismes|beneficiaires? independants?|participants?"
    r"|structures|legal entities|membres|independent entities)"
)
_PARTNERS = re.compile(
    rf"\b(?:au moins|au minimum|minimum(?: de)?|a minima|at least|minimum of"
    rf"|≥) {_NUMBER} (?:autres? )?(?:independent |legal )*{_PARTNER}\b"
    rf"|\b{_NUMBER.replace('<n>', '<n2>')} {_PARTNER} (?:au moins|minimum|au minimum|a minima|or more)\b"
    rf"|\b(?:consortium|groupement|partenariat|collaborati[a-z]+)[^.;\n]{{0,60}}\b(?:au moins|minimum(?: de)?"
    rf"|at least) {_NUMBER.replace('<n>', '<n3>')} (?:entreprises|pme|companies|smes)\b"
)
#: One of these stands in whatever _PARTNERS matches.
_AT_LEAST = ("au moins", "minim", "at least", "or more", "≥")
_ROLES = (
    (re.compile(r"\b(?:laboratoires?|labo|organismes? de recherche|universites?|research organi[sz]ations?"
                r"|academiques?)\b"), "labo"),
    (re.compile(r"\b(?:pme|tpe|start-?ups?|smes?)\b"), "pme"),
    (re.compile(r"\b(?:industriels?|grands? groupes?|grande entreprise|eti)\b"), "industriel"),
    (re.compile(r"\b(?:collectivites?|communes?|epci)\b"), "collectivite"),
    (re.compile(r"\b(?:associations?)\b"), "association"),
    (re.compile(r"\b(?:entreprises?|compan(?:y|ies))\b"), "entreprise"),
)  # fmt: skip
_AMONG = re.compile(r"\b(?:dont|including|associant|comprenant|incluant)(?: au moins| at least)?[^.;\n]{0,80}")

#: « entreprises ayant un établissement en … »: what must lie in the territory that follows.
_LOCATED = re.compile(
    r"\b(?:situe|implante|localise|domicilie|installe|etabli|base)(?:e|s|es)?\b[^.;\n]{0,30}$"
    r"|\bayant (?:au moins )?(?:leur|un|une|son)(?: siege| etablissement| activite| implantation)?[^.;\n]{0,45}$"
    r"|\bsiege (?:social )?(?:est )?(?:en|dans|a|au)\b[^.;\n]{0,20}$|\betablissements? (?:en|dans"
    r"|situe)[^.;\n]{0,25}$|\breserve[es]{0,2} aux? [^.;\n]{3,60}$"
    r"|\b(?:entreprises?|pme|tpe|associations?|structures?|acteurs?|collectivites?|communes?|laboratoires?"
    r"|habitants?|established|located|based)(?: [a-z]+){0,2} (?:de|du|des|d'|en|in)(?: la)?(?: region"
    r"| departement)?(?: d'| de| du)? ?$"
)
_TURNOVER = re.compile(
    r"\b(?:chiffres? d'affaires|turnover)\b[^.;\n]{0,60}\b(?:superieure?s?|minim[a-z]*|au moins|excedant|depassant"
    r"|plus de|above|at least)\b[^.;\n0-9]{0,30}"
)
#: A sentence that asks, not one that tells how a company is doing.
_ASKED = re.compile(
    r"\b(?:exige[es]*|demande[es]*|requis[es]*|minim[a-z]*|candidats?|devr[a-z]+|doi[a-z]+|justifier|eligib[a-z]+"
    r"|conditions?|must)\b"
)
_FORMS = re.compile(r"\b(?:SAS|SASU|SARL|EURL|SA|SCOP|SCIC|GIE|GIP|SEM|SPL|SNC|SCA|EARL|GAEC)\b")
#: Words that make a list of forms a condition.
_FORM_ASKED = re.compile(
    r"\b(?:formes? juridiques?|statuts? juridiques?|constituee?s? (?:en|sous)|sous (?:la )?forme d|societes? \()"
)
_NAF = re.compile(
    r"\b(?:naf|ape)\b[^.;\n0-9]{0,40}(?P<codes>[0-9]{2}\.?[0-9]{2} ?[a-z]\b(?:(?:, ?| et | ou "
    r"| ?/ ?)[0-9]{2}\.?[0-9]{2} ?[a-z]\b)*)"
)
_NAF_CODE = re.compile(r"([0-9]{2})\.?([0-9]{2}) ?([a-z])")
#: Characters read under a heading « Bénéficiaires ».
_UNDER = 400


@dataclass(frozen=True, slots=True)
class _Clause:
    """A stretch of a field that says who may apply."""

    field: Printed
    start: int
    end: int

    @property
    def folded(self) -> str:
        """Its text, levelled."""
        return self.field.folded[self.start : self.end]

    def holds(self, where: str, place: int) -> bool:
        """Return True where an offset of a field lies in it."""
        return self.field.where == where and self.start <= place < self.end


def read(text: TextToTag, territories: Sequence[Tag] = ()) -> tuple[Fact, ...]:
    """Return the conditions read; `territories` (the item's own territory tags) give `eligible_territories`."""
    fields = printed_fields(text)
    clauses = [clause for field in fields for clause in _clauses(field)]
    found = (
        _sizes(clauses),
        *_partners(fields),
        _territories(clauses, territories),
        _turnover(fields),
        _legal_forms(clauses),
        _naf(fields),
    )
    return tuple(fact for fact in found if fact)


def _fact(name: str, value: str, evidence: tuple[Evidence, ...]) -> Fact:
    return Fact(name=name, value=value, origin=Origin.CUE, evidence=evidence)


def _clauses(field: Printed) -> Iterator[_Clause]:
    for heading in _HEADING.finditer(field.folded):
        below = field.folded[heading.end() : heading.end() + _UNDER]
        stop = re.search(r"\n[^\n:.;]{3,45}:|\n\n", below[3:])
        yield _Clause(field, heading.start(), heading.end() + (stop.start() + 3 if stop else len(below)))
    done = -1
    for cue in _WHO.finditer(field.folded):
        if cue.start() < done:
            continue
        start, end = sentence_around(field.original, cue.start(), cue.end())
        if not _REFUSED.search(_excepted(field.folded[start:end])[0]):
            yield _Clause(field, start, end)
            done = end


# ── sizes ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _sizes(clauses: Sequence[_Clause]) -> Fact | None:
    """Unite what every clause says: a size that one sentence admits is admitted."""
    sizes: set[str] = set()
    first: _Clause | None = None
    for clause in clauses:
        said = _sizes_in(clause.folded)
        if said and (first is None or not sizes):
            first = clause
        sizes |= said
    if not sizes or first is None:
        return None
    value = "|".join(size for size in SIZES if size in sizes)
    return _fact("eligible_sizes", value, _quote(first))


def _excepted(clause: str) -> tuple[str, set[str]]:
    """Return a clause without the sizes that it leaves out, and these sizes."""
    out: set[str] = set()

    def drop(found: re.Match[str]) -> str:
        who = found["who"] or found["who2"] or found["who3"] or ""
        sizes = _printed_sizes(who) if _only_sizes(who) else set()
        out.update(sizes)
        return " " if sizes else found[0]

    return _EXCEPT.sub(drop, clause), out


def _only_sizes(who: str) -> bool:
    """Return False for « les PME en difficulté »: only some of them are left out."""
    for pattern, _ in _SIZE_WORDS:
        who = pattern.sub(" ", who)
    return set(re.findall(r"[^\W_]+", who)) <= _JOINING


def _printed_sizes(text: str) -> set[str]:
    return {size for pattern, sizes in _SIZE_WORDS if pattern.search(text) for size in sizes}


def _sizes_in(clause: str) -> set[str]:
    clause, out = _excepted(clause)
    if "tpe" in out:  # an SME may be a very small one: what is left cannot be said by sizes
        return set()
    return _admitted(_THROUGH.sub(" ", clause)) - out


def _admitted(clause: str) -> set[str]:
    if _EVERY_SIZE.search(clause):
        return _printed_sizes(clause) | set(_COMPANIES)
    found = _printed_sizes(clause)
    if (below := _staff_below(clause)) is not None:
        sizes = next((sizes for limit, sizes in _THRESHOLDS if below <= limit), _COMPANIES)
        return (found - set(_COMPANIES)) | set(sizes)
    if _ANY_COMPANY.search(_SIZED.sub(" ", clause)) and not found & set(_COMPANIES):
        found |= set(_COMPANIES)
    return found


def _staff_below(clause: str) -> int | None:
    """Return the number of staff that a company must not reach."""
    if staff := _STAFF.search(clause):
        return int(staff["n"].replace(" ", "") or 0)
    between = _STAFF_RANGE.search(clause)
    return int(between["most"]) + 1 if between else None


def _quote(clause: _Clause) -> tuple[Evidence, ...]:
    original = clause.field.original[clause.start : clause.end]
    start = clause.start + len(original) - len(original.lstrip())
    end = clause.end - (len(original) - len(original.rstrip()))
    return (Evidence(text=clause.field.original[start:end], where=clause.field.where, start=start, end=end),)


# ── partners ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def _partners(fields: Sequence[Printed]) -> Iterator[Fact]:
    for field in fields:
        if not any(word in field.folded for word in _AT_LEAST):
            continue
        found = _PARTNERS.search(field.folded)
        if not found:
            continue
        number = found["n"] or found["n2"] or found["n3"]
        evidence = field.quote(found.start(), found.end())
        yield _fact("partners_min", str(_COUNT.get(number) or int(number)), evidence)
        among = _AMONG.search(field.folded, found.end(), evidence[0].end or found.end())
        roles = [role for pattern, role in _ROLES if among and pattern.search(among[0])]
        if roles:
            yield _fact("partner_roles", "|".join(roles), evidence)
        return


# ── territory ────────────────────────────────────────────────────────────────────────────────────────────────────────
def _territories(clauses: Sequence[_Clause], tags: Sequence[Tag]) -> Fact | None:
    """Keep the territories whose printed name follows « implantées en », « ayant un établissement dans »."""
    codes: list[str] = []
    evidence: tuple[Evidence, ...] = ()
    for tag in tags:
        for piece in tag.evidence if tag.scheme is Scheme.TERRITORY else ():
            if piece.start is None or piece.end is None or tag.term in codes:
                continue
            clause = next((clause for clause in clauses if clause.holds(piece.where, piece.start)), None)
            if clause and _located(clause.field, piece.start):
                codes.append(tag.term)
                evidence = evidence or clause.field.quote(piece.start, piece.end)
    return _fact("eligible_territories", "|".join(codes), evidence) if codes else None


def _located(field: Printed, start: int) -> bool:
    first, _ = sentence_around(field.original, start, start + 1)
    before = field.folded[max(first, start - 90) : start]
    return _LOCATED.search(before) is not None and not re.search(r"\b(?:hors|sauf|exception|hotline|contact)\b", before)


# ── turnover, form, activity ─────────────────────────────────────────────────────────────────────────────────────────
def _turnover(fields: Sequence[Printed]) -> Fact | None:
    for field in fields:
        if "chiffre" not in field.folded and "turnover" not in field.folded:
            continue
        found = _TURNOVER.search(field.folded)
        money = MONEY.match(field.folded, found.end()) if found else None
        value = euros(money) if money else None
        asked = found and _ASKED.search(field.folded[max(0, found.start() - 120) : found.end() + 120])
        if found and money and value and asked:
            return _fact("turnover_min", f"{value.normalize():f}", field.quote(found.start(), money.end()))
    return None


def _legal_forms(clauses: Sequence[_Clause]) -> Fact | None:
    for clause in clauses:
        if not _FORM_ASKED.search(clause.folded):
            continue
        printed = clause.field.original[clause.start : clause.end]
        forms = list(dict.fromkeys(form.lower() for form in _FORMS.findall(printed)))
        if forms:
            return _fact("legal_form", "|".join(forms), _quote(clause))
    return None


def _naf(fields: Sequence[Printed]) -> Fact | None:
    for field in fields:
        if ("naf" in field.folded or "ape" in field.folded) and (found := _NAF.search(field.folded)):
            codes = [f"{a}.{b}{c.upper()}" for a, b, c in _NAF_CODE.findall(found["codes"])]
            return _fact("naf", "|".join(codes), field.quote(found.start(), found.end()))
    return None
