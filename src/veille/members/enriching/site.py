"""An organisation's own pages → lines of its profile, each the very words of a page (pure)."""

import re
from collections.abc import Iterator, Sequence

from veille.members.enriching.quoting import Proposal, Source
from veille.model.details import SitePage
from veille.text import fold, sentences

#: Lines of each kind taken of one site: a person reads them all before accepting.
MOST = 6
#: Characters of a phrase: what a profile line can hold and a person reads at a glance.
_SHORTEST, _LONGEST = 12, 180
#: What a firm says of its trade: « spécialisée dans l'encapsulation », « conçoit et fabrique des vannes ».
_TRADE = re.compile(
    r"(?:(?:spécialis(?:te|é|ée|és|ées)|expert(?:e|s|es)?|leader|fabricant|concepteur|producteur|éditeur|constructeur|"
    r"transformateur|fournisseur|bureau d[’']études)(?:\s+(?:français|européen|mondial|reconnue?|depuis \d+ ans))*"
    r"\s+(?:en|de|d[’']|des|du|dans|pour)|(?:nous\s+)?(?:concevons|fabriquons|développons|produisons|transformons|"
    r"proposons|formulons|éditons)|(?:conçoit|fabrique|développe|produit|transforme|formule|édite)(?:\s*,\s*"
    r"(?:conçoit|fabrique|développe|produit|commercialise))*(?:\s+et\s+(?:conçoit|fabrique|développe|produit|"
    r"commercialise|installe))?)\s+",
    re.IGNORECASE,
)
#: Where the clause that names the trade ends: a pause, a name after a comma, another verb of the same sentence.
_END = re.compile(
    r"[.;:!?\n()]|,\s+(?:(?=[A-ZÀ-Ý])|(?:qui|dont|afin|depuis|grâce|avec|nous|notre|nos|elle|il|l[’']entreprise)\b)"
    r"|\s(?:développe|conçoit|fabrique|réalise|accompagne|propose|intervient|emploie|compte)\b"
)
#: Words that every firm says; a line of nothing else says nothing.
_VAGUE = frozenset({
    "un", "une", "des", "de", "du", "la", "le", "les", "l", "d", "en", "et", "pour", "vos", "vous", "votre",
    "notre", "nos", "tous", "toutes", "large", "gamme", "complet", "complete", "complets", "completes",
    "accompagnement", "solution", "solutions", "service", "services", "offre", "offres", "prestation",
    "prestations", "produit", "produits", "projet", "projets", "client", "clients", "besoin", "besoins", "qualite",
    "sur", "mesure", "cle", "main", "expertise", "global", "innovant", "innovants", "innovante", "innovantes",
    "personnalise", "personnalisee", "adapte", "adaptes", "adaptees",
})  # fmt: skip
#: Headings under which a site lists what it knows.
_KNOW_HOW = re.compile(r"^(nos |notre )?(savoir faire|expertises?|competences|technologies|metiers?|activites?)\b")
#: Words of a line that sells or leads elsewhere and says nothing of a trade.
_EMPTY = re.compile(
    r"\b(en savoir|decouvr\w*|cliquez|contactez|lire la suite|tous droits|cookies?|bienvenue|accueil|telecharg\w*)\b"
)
#: Certificates by name; a number without its norm is none.
_CERTIFICATES = re.compile(
    r"\b(?:ISO(?:/IEC)?\s?(?:9001|14001|22000|22716|13485|45001|50001|27001|17025|26000)|EN\s?9100|IATF\s?16949|"
    r"FSSC\s?22000|IFS Food|BRCGS|HACCP|Ecocert|COSMOS|Qualiopi|EcoVadis|B\s?Corp|MASE|OEA|PEFC|FSC)\b"
)
#: What is hoped for is not held.
_HOPED = re.compile(r"\b(en cours|objectif|vis(e|ons|er)|prochain\w*|prepar\w*|demarche|futur\w*|d ici)\b")
#: Folded characters before a certificate that may say so.
_BEFORE = 60


def proposals(pages: Sequence[SitePage]) -> Iterator[Proposal]:
    """Yield what the pages say of a trade, a know-how, a certificate; each once, MOST of each kind."""
    counted: dict[str, set[str]] = {}
    for page in pages:
        source = Source(page.url, f"{page.title}\n{page.text}")
        for proposal in (*_trade(source), *_know_how(source), *_certificates(source)):
            known = counted.setdefault(proposal.field, set())
            if len(known) < MOST and fold(proposal.value) not in known:
                known.add(fold(proposal.value))
                yield proposal


def _trade(source: Source) -> Iterator[Proposal]:
    """Yield the clause after words that announce a trade, quoted with its sentence."""
    for start, end in sentences(source.text):
        sentence = source.text[start:end].strip()
        said = _TRADE.search(sentence)
        if said is None:
            continue
        rest = sentence[said.end() :]
        stop = _END.search(rest)
        clause = (rest[: stop.start()] if stop else rest).strip(" ,–-")
        if _is_phrase(clause):
            yield Proposal("activity", clause, sentence, source)


def _know_how(source: Source) -> Iterator[Proposal]:
    """Yield the short lines that stand under a heading of know-how, up to a line that is a paragraph."""
    under = False
    for line in source.text.splitlines():
        text = line.strip().lstrip("-•*– ").strip()
        if _KNOW_HOW.match(fold(text)) and len(text) < _LONGEST // 3:
            under = True
        elif under and len(text) <= _LONGEST // 2 and not text.endswith((".", "!", "?")):
            if _is_phrase(text):
                yield Proposal("skills", text, text, source)
        elif text:
            under = False


def _certificates(source: Source) -> Iterator[Proposal]:
    for found in _CERTIFICATES.finditer(source.text):
        line = source.text.rfind("\n", 0, found.start()) + 1
        if not _HOPED.search(fold(source.text[max(line, found.start() - _BEFORE) : found.start()])):
            yield Proposal("certifications", found[0], found[0], source)


def _is_phrase(text: str) -> bool:
    """Tell whether words can be a line of a profile: neither a word alone nor a paragraph, and no call to click."""
    words = fold(text)
    said = words.split()
    return (
        _SHORTEST <= len(text) <= _LONGEST
        and len(said) > 1
        and not _EMPTY.search(words)
        and not _VAGUE.issuperset(said)
    )
