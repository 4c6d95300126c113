"""What a text says of a call beyond its name: that it is one, that it is over, or that something else is about it.

« Cet appel à projets vise à » is a call, whatever else it speaks of. « Retour sur l'appel à projets » and
« Les projets soutenus par l'AAP » are none any more. « Bien répondre à un appel à projets » teaches or helps.
"""

import re

from veille.model import Evidence
from veille.nlp.levelled import level
from veille.nlp.places.nearby import Rare
from veille.nlp.quoting import READ

#: What projects answer.
_CALL = (
    r"(?:appels? a (?:projets?|propositions?|manifestations? d'interets?|candidatures?|solutions?|initiatives|idees|"
    r"communs|demonstrateurs|innovations?|partenaires)|aap|ami)"
)
#: The same, and what is entered or tendered for.
_ENTERED = rf"(?:{_CALL}|appels? d'offres?|concours|trophees?)"
_OPEN = rf"(?:{_ENTERED}|prix|marches? (?:publics?|innovants?)|marches publics)"
_EN = r"(?:calls?|proposals?|competition|contest|prizes?|awards?|tenders?)"
_NAMED = re.compile(rf"\b{_CALL}\b")
#: « L'appel à projets X vise à », « cet AMI s'adresse à »: the text is the call's own.
_OWN = re.compile(
    # What every branch but one shares comes first: it spares trying them at every character.
    rf"\b(?=[a-z])(?:(?:le present |la presente edition de l'|cet? |ce present |notre ){_CALL}\b"
    rf"|(?:l[ae]nce(?:nt|r)?|relance(?:nt|r)?|ouvre(?:nt)?|publie(?:nt)?)\b[^.\n]{{0,30}}\b(?:un|son|leur|l'|cet|ce)\s?"
    rf"(?:\w+ ){{0,2}}{_CALL}\b"
    rf"|l'{_CALL}\b[^.\n]{{0,80}}?\b(?:vise a|a pour (?:objet|objectif|but)|s'adresse|est ouvert|est dote|se cloture)"
    rf"|(?:this|the present) call\b|the call (?:aims|is open|closes|opens|supports|will fund))|^{_CALL} ?[-:«\"]",
    re.MULTILINE,
)
#: A number of those who applied: « Quinze projets », « 12 jeunes entreprises », « Fifteen consortia ».
_SEVERAL = (
    r"\b(?:\d+|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente|"
    r"quarante|cinquante|soixante|cent|dizaine de|douzaine de|vingtaine de|trentaine de)"
)
_SEVERAL_EN = (
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|\w+teen|twelve|eleven|twenty|thirty|forty|fifty|dozens? of)"
)
_APPLIED = (
    r"(?:dossiers?|projets?|candidatures?|entreprises?|[pt]pme|pme|equipes?|territoires?|start-?ups?|communes?|villes?|"
    r"collectivites?|structures?|associations?|laboratoires?|exploitations?|etablissements?)"
)
_APPLIED_EN = r"(?:projects|consortia|companies|start-?ups|smes|proposals|teams|cities|regions|applicants|applications)"
_COUNTED = r"(?:\d+|[a-z]+(?:-[a-z]+)?)"
_CHOSEN = r"(?:selectionne|retenu|soutenu|choisi|prime|finance|recompense|distingue|recu|admis|aide|laureat)e?s?"
_CHOSEN_EN = r"(?:to receive|receive|to share|share|win|secure|awarded|selected|to be funded|funded|chosen)"
_WINNERS = r"(?:gagnants?|laureate?s?|vainqueurs?)"
_BALANCE = r"bilan (?:de l'|du |des |d'un )"
_BOUGHT = r"(?:marches?|accords?-cadres?|lots?|concession|delegation|consultation|procedure|appels? d'offres?)"
#: One of which every match of `_OVER` holds: most titles hold none.
_OVER_WORDS = (
    "retour", "bilan", "retenir", "annule", "attribu", "notifi", "infructueu", "sans suite", "selectionn", "retenu",
    "vague", "releve",
    "soutenu", "choisi", "prime", "finance", "recompense", "distingue", "recu", "admis", "aide", "laureat", "titulaire",
    "gagnant", "vainqueur", "couronne", "remporte", "decroche", "lessons", "look", "result", "win", "won", "cancel",
    "discontinued", "receive", "share", "secure", "award", "select", "fund", "chosen", "outcome", "goes to", "jury a",
    "successful",
)  # fmt: skip
#: Said in a title: there is nothing to answer any more.
_OVER = Rare(
    "|".join(
        (
            rf"\b(?:retours?(?: d'experiences?)? (?:sur|:)|{_BALANCE}|que retenir de)[^.:]{{0,40}}\b{_ENTERED}\b",
            rf"\b{_ENTERED}\b.{{0,60}}[:-] ?(?:le |un |premier )?(?:bilan|retour sur)\b",
            rf"\b{_ENTERED}\b[^.:]{{0,40}}\bannulee?s?\b",
            rf"\b{_BOUGHT} (?:publi(?:cs?|ques?) )?(?:annule|attribue|notifie)e?s?\b|\bnotification du marche\b",
            rf"\b{_BOUGHT}\b[^.]{{0,40}}\b(?:infructueu|sans suite)",
            rf"\b{_APPLIED} {_CHOSEN}\b[^.]{{0,40}}\b{_ENTERED}\b",
            rf"{_SEVERAL} (?:\w+ )?{_APPLIED} (?:\w+ )?{_CHOSEN}\b",
            # « Stockage : les onze projets de la première vague », « les dix-huit sites d'outre-mer retenus »
            rf"\bles {_COUNTED} (?:{_APPLIED}|sites?) de (?:la |l')(?:premiere|deuxieme|seconde|derniere|appel|\d)",
            rf"\bles (?:{_COUNTED} )?(?:{_APPLIED}|sites?)[^.:]{{0,20}} (?:retenue?s|selectionnee?s)\Z",
            r"\b(?:titulaires?|gagnants?|attributaires?) (?:est |sont )?(?:connu|designe|choisi)s?\b",
            rf"\btitulaires? (?:de l'|du |de la |des ){_BOUGHT}\b",
            rf"\b{_WINNERS} (?:de l'|du |des )(?:\w+ )?{_OPEN}\b|\badmise?s? a concourir\b",
            rf"\b(?:designe|revele|devoile|annonce|couronne|recompense|felicit)\w* (?:\w+ )?{_WINNERS}\b",
            rf"\b(?:recompense|distingue|prime|couronne)(?:nt)? {_SEVERAL}\b",
            rf"\b(?:remporte|decroche)(?:nt)? (?:le |l'|un )(?:{_OPEN}|marche)\b",
            rf"\b{_OPEN}\b[^.:]{{0,40}}\bremportee?s? par\b",
            rf"\b(?:lessons learn(?:t|ed) from|look(?:ing)? back (?:at|on))\b[^.:]{{0,60}}\b{_EN}\b",
            rf"\b(?:results?|winners?) of\b[^.:]{{0,60}}\b{_EN}\b|\b{_EN} results\b",
            rf"\b{_EN}\b[^.]{{0,60}}\b(?:cancelled|canceled|discontinued|: results)\b",
            rf"{_SEVERAL_EN} (?:\w+ ){{0,2}}{_APPLIED_EN} {_CHOSEN_EN}\b",
            r"(?<!call for )\b(?:projects|companies|teams) (?:funded|selected|awarded|chosen) (?:under|by|in|for)\b",
            r"\b(?:notice of award|award notice|call outcome|outcome of the call)\b",
            rf"\b{_EN}\b[^.]{{0,30}}\bgoes to\b",
            rf"\b{_BOUGHT}\b[^.:]{{0,40}}(?<!sera )(?<!etre )\battribuee?s? (?:a|au|aux)\b",
            r"\bjury a (?:tranche|choisi|designe|rendu|vote|prime)\b",
            r"\bsuccessful (?:applicants?|bidders?|tenderers?|candidates?) (?:of|in|for)\b",
            rf"(?<!to )\b(?:wins?|won|secures?|secured) [^.]{{0,20}}\b(?:{_EN}|contract)\b",
            r"\baward of (?:the |a )?contract\b",
        )
    ),
    _OVER_WORDS,
)
#: The same, unless a day is known until when one may still answer: « l'appel à projets sera clos le 3 mai ».
_ENDING = Rare(
    rf"\b(?:cloture|fin) (?:de l'|du |des |de )(?:{_ENTERED}|appel|candidatures|inscriptions|depots)\b|"
    rf"\b{_ENTERED}\b[^.:]{{0,40}}\b(?:termine|acheve|cloture|clos)e?s?\b|"
    rf"\b{_EN} (?:(?:is|are|has|have|now) )*closed\b|\b{_EN}\b[^.:]{{0,40}}\b(?:is|are|has) (?:now )?closed\b",
    ("clo", "fin ", "termine", "acheve"),
)
#: « Nouvelle consultation suite à une procédure sans suite »: it is open again.
_AGAIN = Rare(
    r"\b(?:relancee?s?|relance|nouvelle (?:consultation|procedure|publication|edition)|reouverture)\b",
    ("relance", "nouvelle", "reouverture"),
)
#: Said in a title: something else is about a call, or helps with one.
_ABOUT = re.compile(
    rf"\b(?:(?:comment|bien|mieux|pour|savoir) (?:repondre|candidater)|repondre)"
    rf" (?:a l'|au |aux |a un |a des |a une )[^.:]{{0,20}}\b{_OPEN}\b|"
    rf"\b(?:monter|preparer|rediger|relire|reussir|gagner|maitriser|comprendre|decrypter)\b[^.:]{{0,50}}\b{_OPEN}\b|"
    rf"\b(?:presentation|information|infos?|webinaires?|ateliers?|reunions?|rencontres?|formations?|stage|dejeuners?)\b"
    rf"[^.:]{{0,30}}\b(?:sur|de|d'|du|des|a|aux|autour|dedie\w*|consacre\w*) ?(?:l'|la |les |le |un )?{_OPEN}\b|"
    rf"\b(?:write|writing|prepare|preparing|how to)\b[^.:]{{0,40}}\b{_EN}\b"
)
#: « Ce prêt finance », « ce crédit d'impôt »: what a text calls itself → its type. « Cette aide » says too little.
_OWN_KINDS = {
    "pret": "pret-garantie",
    "avance": "pret-garantie",
    "garantie": "pret-garantie",
    "credit d'impot": "avantage-fiscal",
    "exoneration": "avantage-fiscal",
    "formation": "formation",
    "mooc": "formation",
}
_OWN_KIND = re.compile(rf"\b(?:cet?|cette|le present|la presente) ({'|'.join(_OWN_KINDS)})\b")
#: Types that `own_kind` may return.
OWN_KINDS = frozenset(_OWN_KINDS.values())
#: Characters of a text within which it says what it is.
_SELF = 3000


def own_call(text: str) -> Evidence | None:
    """Return the words by which a text says that it is a call."""
    return _first(_OWN, text[:READ], "text", _SELF)


def own_kind(text: str) -> tuple[str, Evidence] | None:
    """Return the type that a text says itself to be, other than a call, and its words."""
    said = _first(_OWN_KIND, text[:READ], "text", _SELF)
    found = _OWN_KIND.search(level(said.text)) if said else None
    return (_OWN_KINDS[found[1]], said) if said and found else None


def titled_call(title: str) -> Evidence | None:
    """Return the name of a call in a title that is about nothing else: « Rénovation — AAP 2027 »."""
    return None if about(title) else _first(_NAMED, title, "title")


def over(title: str, *, due: bool) -> Evidence | None:
    """Return the words of a title that say that a call is over, or what came of it; `due`: a last day is known."""
    if _AGAIN.search(level(title)):
        return None
    return _first(_OVER, title, "title") or (None if due else _first(_ENDING, title, "title"))


def about(title: str) -> bool:
    """Tell whether a title speaks of a call in order to teach it, to help with it or to meet about it."""
    return _ABOUT.search(level(title)) is not None


def _first(words: Rare | re.Pattern[str], text: str, where: str, until: int | None = None) -> Evidence | None:
    found = words.search(level(text)[:until])
    if found is None:
        return None
    return Evidence(text=text[found.start() : found.end()], where=where, start=found.start(), end=found.end())
