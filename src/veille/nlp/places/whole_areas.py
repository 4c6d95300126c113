"""France and the Union as a whole: where a text says so in full words, and whether it aims at them."""

import re
from collections.abc import Iterator

from veille.config.gazetteer import EUROPE, FRANCE
from veille.model import Evidence, Origin, Scheme, Tag, TextToTag
from veille.nlp.levelled import level
from veille.nlp.quoting import READ

_BASED = r"(?:situe|implante|domicilie|installe|base|etabli|immatricule|localise|enregistre)e?s?"
_FIRMS = r"(?:entreprises|pme|eti|tpe|start-?ups|jeunes pousses|laboratoires|organismes|entites|structures|societes)"
_OPEN = r"(?:accessible|ouvert|reserve|s'adresse|destine|eligibles?|peuvent (?:candidater|participer|repondre))"
#: The whole country is aimed at.
_NATIONAL = re.compile(
    r"\b(?:toute la france|ensemble du territoire (?:national|francais)|france entiere|territoire national"
    r"|france metropolitaine|(?:metropole|metropolitaine|hexagone)(?: et| ou| comme) (?:d'|en |l')?outre-?mer"
    r"|echelle nationale|partout en france|dans toute la france|sur tout le territoire national|toutes les regions"
    r"|(?:aide|dispositif|label|appel(?: a projets| a candidatures)?) nationale?"
    rf"|{_BASED} (?:en|a|au|aux|dans|in) [^.;\n]{{2,60}} (?:ou|et|or|and) (?:en |in )?france"
    rf"|{_BASED} en france|(?:based|located|established|registered) in france|(?:companies|smes) (?:in|from) france"
    rf"|{_OPEN}[^.;\n]{{0,60}}\b{_FIRMS} francaise?s)\b"
)
#: The Union is aimed at.
_AIMED = re.compile(
    rf"\b(?:{_BASED} (?:dans|en|au sein de) (?:un |l'un des )?(?:l'|pays de l'|etats? membres?(?: de l')?)?"
    r"(?:union europeenne|ue\b|union\b|etats? membres?|europe\b)"
    r"|etablie?s? dans un etat membre|ressortissants? d'un etat membre"
    r"|(?:established|located|based|registered) in (?:the eu|the european union|an? (?:eu )?member state|europe)\b"
    rf"|(?:{_FIRMS}|consortiums?)(?: (?:et|ou) [a-z-]+)? europeen(?:ne)?s"
    r"|(?:pays|27 etats|etats) membres de l'(?:ue|union)\b[^.;\n]{0,30}\beligibles|eu-wide|european (?:smes|companies))"
)
#: Adjectives of the other side, as they begin.
_PARTNERS = {
    "allemand": "country:de", "autrichien": "country:at", "belge": "country:be", "espagnol": "country:es",
    "italien": "country:it", "polonais": "country:pl", "suedois": "country:se", "neerlandais": "country:nl",
    "portugais": "country:pt", "britannique": "country:gb", "suisse": "country:ch", "norvegien": "country:no",
    "americain": "country:us", "canadien": "country:ca", "quebecois": "country:ca", "bresilien": "country:br",
    "japonais": "country:jp", "coreen": "country:kr", "chinois": "country:cn", "indien": "country:in",
    "taiwanais": "country:tw", "singapourien": "country:sg", "israelien": "country:il", "turc": "country:tr",
    "marocain": "country:ma", "tunisien": "country:tn", "algerien": "country:dz", "senegalais": "country:sn",
    "ukrainien": "country:ua", "australien": "country:au",
}  # fmt: skip
#: A call between two countries; « l'amitié franco-allemande » is none.
_BILATERAL = re.compile(
    r"\b(?:appels?|projets?|programmes?|partenariats?|consortiums?|cooperations?|fonds|concours)(?: [a-z'-]+){0,5}?"
    rf" franco-((?:{'|'.join(_PARTNERS)})\w*)"
)
#: The Union is named.
_NAMED = re.compile(r"\b(?:union europeenne|etats membres|european union|member states|horizon europe|eu-wide)\b")
#: Area, whether it is aimed at, what says so, and words one of which it holds (a pattern costs fifty times more).
_WHOLE = (
    (FRANCE, True, _NATIONAL, ("national", "franc", "outre", "toutes les regions")),
    (EUROPE, True, _AIMED, ("europe", " membre", "member", "l'ue", "the eu", "eu-wide")),
    (EUROPE, False, _NAMED, ("europe", "etats membres", "member states", "eu-wide")),
)


def whole_areas(text: TextToTag) -> Iterator[Tag]:
    """Yield France, the Union and the other side of a « franco-… » call, each once.

    The Union is aimed at where a title names it or a sentence says for whom.
    """
    said: set[str] = set()
    fields = [("title", level(text.title), text.title), ("text", level(text.text[:READ]), text.text)]
    for tag in _bilateral(fields):
        said.add(tag.term)
        yield tag
    for code, aimed, pattern, words in _WHOLE:
        if code in said:
            continue
        for where, folded, content in fields:
            found = pattern.search(folded) if any(word in folded for word in words) else None
            if found:
                said.add(code)
                yield _tag(code, where, content, found.span(), main=aimed or where == "title")
                break


def _bilateral(fields: list[tuple[str, str, str]]) -> Iterator[Tag]:
    """« Appel franco-allemand »: both countries, or none where it is no call between them."""
    for where, folded, content in fields:
        found = _BILATERAL.search(folded) if "franco-" in folded else None
        if found:
            codes = (FRANCE, next(code for stem, code in _PARTNERS.items() if found[1].startswith(stem)))
            return (yield from (_tag(code, where, content, found.span(1), main=True) for code in codes))


def _tag(code: str, where: str, content: str, span: tuple[int, int], *, main: bool) -> Tag:
    evidence = Evidence(text=content[span[0] : span[1]], where=where, start=span[0], end=span[1])
    return Tag(
        scheme=Scheme.TERRITORY, term=code, score=0.6, origin=Origin.CUE, evidence=(evidence,),
        scope="main" if main else "mentioned",
    )  # fmt: skip
