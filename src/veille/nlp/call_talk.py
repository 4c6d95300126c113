"""What a text says of a call beyond its name: that it is one, that it is over, or that something else is about it.

« Cet appel à projets vise à » is a call, whatever else it speaks of. « Retour sur l'appel à projets » and
« Les projets soutenus par l'AAP » are none any more. « Bien répondre à un appel à projets » teaches or helps.
"""

import re

from veille.model import Evidence
from veille.nlp.levelled import level
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
    rf"\b(?:le present |la presente edition de l'|cet? |ce present |notre ){_CALL}\b|"
    rf"\b(?:l[ae]nce(?:nt|r)?|relance(?:nt|r)?|ouvre(?:nt)?|publie(?:nt)?)\b[^.\n]{{0,30}}\b(?:un|son|leur|l'|cet|ce)\s?"
    rf"(?:\w+ ){{0,2}}{_CALL}\b|"
    rf"\bl'{_CALL}\b[^.\n]{{0,80}}?\b(?:vise a|a pour (?:objet|objectif|but)|s'adresse|est ouvert|est dote|se cloture)|"
    rf"^{_CALL} ?[-:«\"]|\b(?:this|the present) call\b|\bthe call (?:aims|is open|closes|opens|supports|will fund)",
    re.MULTILINE,
)
#: A number of those who applied: « Fifteen consortia », « 12 projects ».
_SEVERAL = (
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|\w+teen|twelve|eleven|twenty|thirty|forty|fifty|dozens? of)"
)
#: Said in a title: there is nothing to answer any more.
_OVER = re.compile(
    rf"\b(?:retours?(?: d'experiences?)? (?:sur|:)|bilan (?:de l'|du |des |d'un )|que retenir de)"
    rf"[^.:]{{0,40}}\b{_ENTERED}\b|"
    rf"\b{_ENTERED}\b.{{0,60}}[:-] ?(?:le |un |premier )?(?:bilan|retour sur)\b|"
    rf"\b{_ENTERED}\b[^.:]{{0,40}}\b(?:termine|acheve|annule|cloture|clos)e?s?\b|"
    rf"\bmarches? (?:publics? )?(?:annule|attribue|notifie)s?\b|"
    rf"\b(?:projets|entreprises|beneficiaires) (?:soutenu|finance|selectionne|aide|retenu)e?s\b"
    rf"[^.]{{0,40}}\b{_ENTERED}\b|"
    rf"\b(?:titulaires?|gagnants?|attributaires?) (?:est |sont )?(?:connu|designe|choisi)s?\b|"
    rf"\b(?:designe|revele|devoile|annonce|couronne|recompense)\w* (?:ses |les |le |la |\w+ )?"
    rf"(?:gagnants?|laureate?s?|vainqueurs?)\b|"
    rf"\b(?:lessons learn(?:t|ed) from|look(?:ing)? back (?:at|on)|results? of|winners? of)\b[^.:]{{0,60}}\b{_EN}\b|"
    rf"\b{_EN}\b[^.]{{0,60}}\b(?:cancelled|canceled|discontinued|(?:is|are|has) (?:now )?closed|: results)\b|"
    rf"{_SEVERAL} (?:\w+ ){{0,2}}(?:projects|consortia|companies|start-?ups|smes|proposals|teams|cities|regions) "
    rf"(?:to receive|receive|to share|share|win|secure|awarded|selected|to be funded|funded|chosen)\b|"
    rf"\baward of (?:the |a )?contract\b"
)
#: The same, unless a day is printed until when one may still answer.
_ENDING = re.compile(
    rf"\b(?:cloture|fin) (?:de l'|du |des |de )(?:{_ENTERED}|appel|candidatures|inscriptions|depots)\b"
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
#: Characters of a text within which it says what it is.
_SELF = 3000


def own_call(text: str) -> Evidence | None:
    """Return the words by which a text says that it is a call."""
    return _first(_OWN, text[:READ], "text", _SELF)


def titled_call(title: str) -> Evidence | None:
    """Return the name of a call in a title that is about nothing else: « Rénovation — AAP 2027 »."""
    return None if about(title) else _first(_NAMED, title, "title")


def over(title: str, *, due: bool) -> Evidence | None:
    """Return the words of a title that say that a call is over, or what came of it; `due`: a last day is known."""
    return _first(_OVER, title, "title") or (None if due else _first(_ENDING, title, "title"))


def about(title: str) -> bool:
    """Tell whether a title speaks of a call in order to teach it, to help with it or to meet about it."""
    return _ABOUT.search(level(title)) is not None


def _first(words: re.Pattern[str], text: str, where: str, until: int | None = None) -> Evidence | None:
    found = words.search(level(text)[:until])
    if found is None:
        return None
    return Evidence(text=text[found.start() : found.end()], where=where, start=found.start(), end=found.end())
