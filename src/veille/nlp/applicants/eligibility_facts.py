"""For whom: company sizes, partners, territory, turnover, legal form and activity that a call asks for.

First extent, precision first: a condition is only read from a sentence that says who may apply, and a text that says
nothing gives no fact (unknown is never « non »).
"""

import re
from collections.abc import Iterator, Sequence

from veille.model import SIZES, Evidence, Fact, Origin, Tag, TextToTag
from veille.nlp.applicants import company_limits
from veille.nlp.applicants.applicants import COMPANIES, PUBLIC, admitted
from veille.nlp.applicants.eligible_areas import read_areas
from veille.nlp.applicants.who_clauses import Clause, clauses, left_out
from veille.nlp.quoting import Printed, printed_fields

#: (staff below, sizes): EU thresholds, Recommendation 2003/361/EC; ETI: décret 2008-1354.
_THRESHOLDS = ((10, ("tpe",)), (250, ("tpe", "pme")), (5000, ("tpe", "pme", "eti")))

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
                r"|academiques?|scientifiques?)\b"), "labo"),
    (re.compile(r"\b(?:pme|tpe|start-?ups?|smes?)\b"), "pme"),
    (re.compile(r"\b(?:industriels?|grands? groupes?|grande entreprise|eti)\b"), "industriel"),
    (re.compile(r"\b(?:collectivites?|communes?|epci)\b"), "collectivite"),
    (re.compile(r"\b(?:associations?)\b"), "association"),
    (re.compile(r"\b(?:entreprises?|compan(?:y|ies))\b"), "entreprise"),
)  # fmt: skip
_AMONG = re.compile(r"\b(?:dont|including|associant|comprenant|incluant)(?: au moins| at least)?[^.;\n]{0,80}")

#: « Partenaires possibles : laboratoires », « les entreprises participent comme partenaires ».
_AS_PARTNER = re.compile(
    r"\bpartenaires? (?:possibles?|eligibles?|admis|autorises?|potentiels?) ?:[^.;\n]{3,80}"
    r"|\b(?:participe(?:nt)?|associee?s?|interviennent|peuvent participer) (?:comme|en tant que|en qualite de)"
    r" (?:simples? )?partenaires?"
    r"|\bpeu(?:t|vent) (?:aussi |egalement |toutefois )?etre (?:de )?(?:simples? )?partenaires?"
    r"|\b(?:join|participate|take part) as (?:an? )?(?:associated? |funded |unfunded )?partners?"
    r"|\b(?:en consortium|eventuellement associee?s?|en partenariat|en collaboration"
    r"|seule?s? ou) (?:a|avec|en consortium avec) (?:un |une |des |au moins un )[^.;,\n]{3,60}"
    r"|\b(?:cofinancement|contribution|participation) (?:de l'|d'une? |du |des )[a-z]{3,20}"
    r"|\b(?:associe(?:nt|ra)?|reuni(?:t|ssent)|rassemble(?:nt)?|partenaires? (?:academiques?|industriels?|publics?)"
    r"|consortium (?:compose|comprenant|associant|forme))\b[^.;\n]{0,90}"
)
#: Where it ends so, who stands before it, in so many characters.
_PARTNER_LAST = ("partenaire", "partenaires", "partner", "partners")
_BEFORE = 80
_FORMS = re.compile(r"\b(?:SAS|SASU|SARL|EURL|SA|SCOP|SCIC|GIE|GIP|SEM|SPL|SNC|SCA|EARL|GAEC)\b")
#: Words that make a list of forms a condition.
_FORM_ASKED = re.compile(
    r"\b(?:formes? juridiques?|statuts? juridiques?|constituee?s? (?:en|sous)|sous (?:la )?forme d|societes? \()"
)
_CODE = r"[0-9]{2}(?:\.?[0-9]{2} ?[a-z]\b|(?![0-9%€]|[.,][0-9]))"
_NAF = re.compile(rf"\b(?:naf|ape)\b[^.;\n0-9]{{0,40}}(?P<codes>{_CODE}(?:(?:, ?| et | ou | ?/ ?){_CODE})*)")
_NAF_CODE = re.compile(r"([0-9]{2})(?:\.?([0-9]{2}) ?([a-z]))?")
#: « notamment NAF 10 »: others may do.
_SAMPLE = re.compile(r"\b(?:notamment|exemples?|principalement|tels?(?:les)? que|comme)\b")
#: « codes NAF exclus : ».
_NAF_OUT = re.compile(r"\b(?:exclu[es]*|hors|sauf|ineligibles?|non eligibles?)\b")


def read(text: TextToTag, territories: Sequence[Tag] = ()) -> tuple[Fact, ...]:
    """Return the conditions read; `territories` (the item's own territory tags) give the areas.

    `eligible_sizes` (`eligible_others`: kinds that the list leaves open), `excluded_sizes`, `partners_min`,
    `partner_roles`, the areas of `eligible_areas`, the figures of `company_limits`, `legal_form`, `naf` and
    `naf_excluded`.
    """
    fields = printed_fields(text)
    found = [clause for field in fields for clause in clauses(field)]
    out = [pair for field in fields for pair in left_out(field)]
    return (
        *_sizes(found, {size for _, sizes in out for size in sizes}),
        *_excluded(out),
        *_partners(fields),
        *read_areas(fields, found, territories),
        *company_limits.read(found, fields),
        *_legal_forms(found),
        *_naf(fields),
    )


def _fact(name: str, value: str, evidence: tuple[Evidence, ...]) -> Fact:
    return Fact(name=name, value=value, origin=Origin.CUE, evidence=evidence)


# ── sizes ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _sizes(found: Sequence[Clause], out: set[str]) -> Iterator[Fact]:
    """Unite what the clauses say: a size that one sentence admits is admitted, unless another leaves it `out`."""
    # « soutient les entreprises. Sont éligibles les PME »: what says who may apply wins over what says who is helped.
    sure = [clause for clause in found if clause.sure]
    helped = {size for clause in found if sure and not clause.sure for size in admitted(clause.told).sizes}
    found = sure or found
    sizes: set[str] = set()
    others: set[str] = set()
    telling: list[Clause] = []
    for clause in found:
        who = admitted(clause.told)
        said = _within(who.sizes, clause.told) - out
        # « Les porteurs sont des PME »: words that leave open who, beside others, add nothing where sizes are named.
        kinds = who.others - {"ouvert"} if said and not who.sampled else who.others
        if said or kinds:
            telling.append(clause)
        sizes |= said
        others |= kinds
    others |= {kind for kind, family in _FAMILIES if sizes and helped & family and not sizes & family}
    if PUBLIC in out and "labo" in sizes:
        sizes.discard("labo")
        others.add(PUBLIC)
    if sizes:
        value = "|".join(size for size in SIZES if size in sizes)
        yield _fact("eligible_sizes", value, telling[0].quote())
    if others and telling:
        yield _fact("eligible_others", "|".join(sorted(others)), telling[0].quote())


#: Kinds of applicants: one that is helped, though no sentence says that it may apply, is left open.
_FAMILIES = (
    ("entreprises", frozenset({*COMPANIES, "association"})),
    (PUBLIC, frozenset({"labo", "collectivite"})),
)


def _within(sizes: frozenset[str], told: str) -> set[str]:
    """Keep the sizes of company that the number of staff leaves."""
    below = company_limits.staff_below(told)
    if below is None or not sizes & set(COMPANIES):
        return set(sizes)
    companies = next((sizes for limit, sizes in _THRESHOLDS if below <= limit), COMPANIES)
    return (set(sizes) - set(COMPANIES)) | set(companies)


def _excluded(out: Sequence[tuple[Clause, set[str]]]) -> Iterator[Fact]:
    sizes = {size for _, refused in out for size in refused} - {PUBLIC}
    if sizes:
        value = "|".join(size for size in SIZES if size in sizes)
        yield _fact("excluded_sizes", value, out[0][0].quote())


# ── partners ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def _partners(fields: Sequence[Printed]) -> Iterator[Fact]:
    for field in fields:
        found = _PARTNERS.search(field.folded) if any(word in field.folded for word in _AT_LEAST) else None
        if found:
            yield from _consortium(field, found)
            return
    for field in fields:
        if found := _AS_PARTNER.search(field.folded):
            left = re.split(r"[.;:\n]", field.folded[max(0, found.start() - _BEFORE) : found.start()])[-1]
            words = left if found[0].endswith(_PARTNER_LAST) else found[0]
            roles = [role for pattern, role in _ROLES if pattern.search(words)]
            if roles:
                yield _fact("partner_roles", "|".join(roles), field.quote(found.start(), found.end()))
                return


def _consortium(field: Printed, found: re.Match[str]) -> Iterator[Fact]:
    number = found["n"] or found["n2"] or found["n3"]
    evidence = field.quote(found.start(), found.end())
    yield _fact("partners_min", str(_COUNT.get(number) or int(number)), evidence)
    among = _AMONG.search(field.folded, found.end(), evidence[0].end or found.end())
    roles = [role for pattern, role in _ROLES if among and pattern.search(among[0])]
    if roles:
        yield _fact("partner_roles", "|".join(roles), evidence)


# ── form, activity ───────────────────────────────────────────────────────────────────────────────────────────────────
def _legal_forms(found: Sequence[Clause]) -> Iterator[Fact]:
    for clause in found:
        if not _FORM_ASKED.search(clause.folded):
            continue
        printed = clause.field.original[clause.start : clause.end]
        forms = list(dict.fromkeys(form.lower() for form in _FORMS.findall(printed)))
        if forms:
            yield _fact("legal_form", "|".join(forms), clause.quote())
            return


def _naf(fields: Sequence[Printed]) -> Iterator[Fact]:
    for field in fields:
        if "naf" not in field.folded and "ape" not in field.folded:
            continue
        for found in _NAF.finditer(field.folded):
            codes = [f"{a}.{b}{c.upper()}" if b else a for a, b, c in _NAF_CODE.findall(found["codes"])]
            near = field.folded[max(0, found.start() - 25) : found.start("codes")]
            if _SAMPLE.search(near):
                continue
            name = "naf_excluded" if _NAF_OUT.search(near) else "naf"
            yield _fact(name, "|".join(codes), field.quote(found.start(), found.end()))
            return
