"""Where applicants must be, or their project: areas after « implantées en », « dont le projet se déroule en »."""

import re
from collections.abc import Iterator, Sequence

from veille.model import Evidence, Fact, Origin, Scheme, Tag
from veille.nlp.applicants.who_clauses import Clause
from veille.nlp.quoting import Printed
from veille.text import sentence_around

_NOUNS = (
    r"(?:entreprises?|pme|pmi|tpe|eti|start-?ups?|associations?|structures?|acteurs?|collectivites?|communes?"
    r"|laboratoires?"
    r"|universites?|habitants?|artisans?|commercants?|exploitations?|agriculteurs?|syndicats|industriels?|societes?"
    r"|intercommunalites|etablissements?|porteurs(?: de projets?)?|companies|smes|organisations?|professionnels?"
    r"|bailleurs"
    r"|epci)"
)
#: « entreprises ayant un établissement en … »: what must lie in the territory that follows.
_LOCATED = re.compile(
    r"\b(?:situe|implante|localise|domicilie|installe|etabli|base|immatricule)(?:e|s|es)?\b[^.;\n]{0,45}$"
    r"|\bayant (?:au moins )?(?:leur|un|une|son)(?: siege| etablissement| activite| implantation)?[^.;\n]{0,45}$"
    r"|\betablissements? (?:en|dans|situe)[^.;\n]{0,25}$|\breserve[es]{0,2} aux? [^.;\n]{3,60}$"
    # No verb between: « PME souhaitant exporter en Allemagne ».
    rf"|\b{_NOUNS}(?: (?!pour\b|qui\b|dans\b|a\b|et\b|ou\b|[a-z]+(?:ant|er|ir)\b)[a-z-]+){{0,2}}"
    r" (?:(?:de|du|des|d'|en|in|from|established in|located in|based in)(?: l'| la| les)?"
    r"(?: regions?| departements?| territoires?| villes?| metropole)?(?: d'| de la| de| du| des)? ?)?$"
)
#: Said of applicants wherever it stands.
_SEAT = re.compile(
    r"\b(?:(?:leurs?|votre|son|sa|un|dont le|ayant le|avoir le|le) sieges?|(?<!notre )(?<!au )siege social)"
    r" (?:social )?(?:[a-z]+ ){0,3}?(?:en|dans|a|au|aux|sur)\b[^.;\n]{0,20}$"
)
#: The project, not who carries it, must lie there.
_PROJECT = re.compile(
    r"\b(?:projets?|operations?|actions?|travaux|investissements?|sites?|demarches?)\b"
    rf"(?:(?!{_NOUNS}\b)[^.;\n]){{0,30}}\b(?:localise|situe|implante|se deroul|realise|mene|se situ|prend place"
    rf"|developpe)[a-z]*\b[^.;\n]{{0,25}}$"
    r"|\b(?:investissent|construisent|s'implantent|creent|s'installent|investir|s'implanter)\b[^.;\n]{0,30}$"
)
#: « du département », « régionales »: the area that the item is aimed at.
_THERE = re.compile(
    rf"\b{_NOUNS}(?: (?!pour\b|qui\b)[a-z-]+){{0,1}} (?:(?:du|de la|de l'|de son|de notre) ?(?P<level>departement"
    rf"|region"
    r"|metropole|agglomeration|commune|territoire|ville)\b(?! (?:de|d'|du))|(?P<adjective>regiona(?:l|le|les|ux)"
    r"|departementa(?:l|le|les|ux)|metropolitain(?:e|es|s)?)\b)"
)
_LEVELS = {
    "departement": "fr:departement:", "departemental": "fr:departement:", "region": "fr:region:",
    "regional": "fr:region:",
    "metropole": "fr:epci:", "metropolitain": "fr:epci:", "agglomeration": "fr:epci:", "commune": "fr:commune:",
    "ville": "fr:commune:", "territoire": "fr:",
}  # fmt: skip
_OUT = re.compile(r"\b(?:hors|sauf|excepte|a l'exception d[eu']|a l'exclusion d[eu'])\b[^.;,\n]{0,40}$")
#: « gratuit (sauf en Bretagne) »: who pays, not who may apply.
_PRICED = re.compile(r"\b(?:gratuit|payant|offert|pris en charge)[es]{0,2}\b[^.;\n]{0,60}$")
#: « Les entreprises de Corse ne sont pas concernées ».
_REFUSED = re.compile(r"\b(?:ne|n'en) ?(?:sont|est|peuvent|peut|seront) (?:pas|plus)\b|\bsont exclu")
#: « non implantées en Corse », « n'ayant pas leur siège en Bretagne ».
_ELSEWHERE = re.compile(
    r"\b(?:non(?! lucratif)|pas|ni) (?:[a-z]+ )?(?:situe|implante|localise|domicilie|installe|etabli|base"
    r"|immatricule)[es]{0,2}\b[^.;,\n]{0,45}$|\b(?:n'ayant|n'ont|n'a) (?:pas|aucun[es]*)\b[^.;,\n]{0,60}$"
)
#: « celles du reste de la France », « quelle que soit leur implantation »: an area beside it is no condition.
_ANYWHERE = re.compile(
    r"\b(?:reste d(?:e la france|u territoire|u pays)|(?:des |d'|les )autres? regions?|partout en france"
    r"|quelle que soit (?:leur|sa|la) (?:localisation|implantation|situation geographique|region))\b"
)
#: « ou souhaitant s'y implanter »: whoever is elsewhere may come.
_COMING = re.compile(
    r"\b(?:s'y (?:implant|install|developp|etabl)|(?:souhait|desir|envisag|projet)[a-z]* (?:de )?s'(?:implant|install"
    r"|etabl))"
)
_NOT = re.compile(r"\b(?:hotline|contact|telephone|adresse postale|site internet|avec l'appui)\b")
#: « à moins de 50 km de Limoges »: how far a member is, nobody computes.
_NEAR = re.compile(
    r"\b(?:km|kilometres|minutes|heures?|proximite|pres|autour|alentours|environs|peripherie) (?:de |d'|du |des )"
    r"[^.;,\n]{0,15}$"
)
#: Between two areas of one list: « des régions Bretagne et Normandie ».
_LISTED = re.compile(
    r"(?:[ ,/()&-]|\b[dl]'|\b(?:et|ou|and|or|de|du|des|la|le|les|en|dans|a|au|aux|in|region|departement|aussi)\b)*"
)
#: Wider than any home: being there is no condition.
_WIDEST = frozenset({"country:fr", "country-group:ue"})


def read_areas(fields: Sequence[Printed], clauses: Sequence[Clause], tags: Sequence[Tag]) -> Iterator[Fact]:
    """Yield `eligible_territories`, `excluded_territories` and `project_territories` (GeoZones ids, « a|b »)."""
    found: dict[str, dict[str, tuple[Evidence, ...]]] = {}
    for field in fields:
        for name, code, start, end in _areas(field, clauses, tags):
            found.setdefault(name, {}).setdefault(code, field.quote(start, end))
    if "eligible_territories" not in found and (there := _there(clauses, tags)):
        found["eligible_territories"] = there
    for name, codes in found.items():
        yield Fact(name=name, value="|".join(codes), origin=Origin.CUE, evidence=next(iter(codes.values())))


def _areas(field: Printed, clauses: Sequence[Clause], tags: Sequence[Tag]) -> Iterator[tuple[str, str, int, int]]:
    """Yield (fact, code, start, end), left to right; an area that a list joins to the last is read as the last."""
    last, name = -1, None
    for start, end, code in sorted(_printed(field, tags)):
        joined = 0 <= last <= start and _LISTED.fullmatch(field.folded, last, start)
        if start >= last and not joined:
            name = _said(field, clauses, start)
        last = max(last, end)
        if name == "eligible_territories" or (name and code not in _WIDEST):
            yield name, code, start, end


def _printed(field: Printed, tags: Sequence[Tag]) -> Iterator[tuple[int, int, str]]:
    for tag in tags:
        for piece in tag.evidence if tag.scheme is Scheme.TERRITORY else ():
            if piece.where == field.where and piece.start is not None and piece.end is not None:
                yield piece.start, piece.end, tag.term


def _said(field: Printed, clauses: Sequence[Clause], start: int) -> str | None:
    first, last = sentence_around(field.original, start, start + 1)
    before = field.folded[max(first, start - 110) : start]
    if _NOT.search(before) or _PRICED.search(before):
        return None
    located = _LOCATED.search(before) is not None
    refused = located and _REFUSED.search(field.folded, start, last) is not None
    if _OUT.search(before):
        # « Les PME implantées hors d'Occitanie ne sont pas éligibles »: those of Occitanie are.
        return "eligible_territories" if refused else "excluded_territories"
    if refused:
        return "excluded_territories"
    if _PROJECT.search(before):
        return "project_territories"
    inside = any(clause.holds(field.where, start) for clause in clauses)
    if _SEAT.search(before) or (inside and located):
        return _condition(field.folded[first:last], before)
    return None


def _condition(sentence: str, before: str) -> str | None:
    """Tell what an area is to those who must be there."""
    if _ANYWHERE.search(sentence):
        return None
    if _ELSEWHERE.search(before):
        return "excluded_territories"
    return "project_territories" if _COMING.search(sentence) or _NEAR.search(before) else "eligible_territories"


def _there(clauses: Sequence[Clause], tags: Sequence[Tag]) -> dict[str, tuple[Evidence, ...]] | None:
    """« les entreprises du département », where the item is aimed at one."""
    aimed = [tag.term for tag in tags if tag.scheme is Scheme.TERRITORY and tag.scope == "main"]
    for clause in clauses:
        found = _THERE.search(clause.folded)
        if not found:
            continue
        word = found["level"] or re.sub(r"(?:ales?|aux|al|s|es|e)$", "", found["adjective"])
        level = next((code for name, code in _LEVELS.items() if name.startswith(word)), "")
        codes = [code for code in aimed if level and code.startswith(level)]
        if len(codes) == 1:
            return {codes[0]: clause.quote()}
    return None
