"""The stretches of a text that say who may apply, and those that say who may not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from veille.model import Evidence
from veille.nlp.applicants.applicants import names_applicants, refused
from veille.nlp.quoting import Printed
from veille.text import sentence_around

_BENEFICIARY = (
    r"(?:tpe|pme|eti|entreprises?|societes?|start-?ups?|smes?|artisans?|commercants?|associations?|collectivites?"
    r"|communes|intercommunalites|laboratoires?|structures?|industriels?|exploitations?|agriculteurs?"
    r"|grandes? entreprises"
    r"|petites? (?:et moyennes? )?entreprises?|jeunes (?:entreprises|pousses)|organismes?|universites?"
    r"|etablissements?|companies|dirigeants?|restaurateurs?|bailleurs?"
    r"|syndicats|hotels|clusters?|porteurs|createurs?|repreneurs?|exploitants?|eleveurs?|professionnels?|cooperatives?"
    r"|scop|scic|cuma|epci)\b"
)
#: « s'adresse aux », « peuvent candidater »: says who may apply.
_SAYS = (
    r"eligibles?\b(?! costs)(?!.{0,3}:? ?(?:les )?(?:depenses|couts|frais|projets))"
    r"|(?:beneficiaires?|s'adresse(?:nt|ra)?|adressee? aux|reserve[es]{0,2} (?:exclusivement )?(?:a|aux?)"
    r"|destine[es]{0,2} (?:a|aux?)|dedie[es]{0,2} aux?|accessibles? (?:a|aux?)|accordee?s? (?:a|aux?)|profite (?:a"
    r"|aux?)"
    r"|a (?:destination|l'attention|l'intention) d(?:es|e|u)|en faveur d(?:es|e|u)|versee?s? aux|propose(?:nt)? aux"
    r"|invite(?:nt)? (?:les |des )?|port(?:e|ee|es|ees) par|seule?s? (?:les|des|l')|only"
    r"|ouverte?s? (?:aux?|a)\b(?! public\b)|(?:peu(?:t|vent|vez)|pourr(?:a|ont|ez|aient))"
    r" (?:(?:aussi|egalement|donc|toutefois|desormais|tou[st]e?s?) )?"
    r"(?:etre (?:aide|finance|soutenu|accompagne|beneficiaire)[a-z]*"
    r"|beneficier|candidater|deposer|repondre|postuler|participer|recevoir|obtenir|solliciter|demander|acceder|proposer"
    r"|soumettre|pretendre|concourir|en beneficier|deduire)|candidats? (?:eligibles?|doi[a-z]+)|porteurs? eligibles?"
    r"|publics? (?:vises?|concernes?|cibles?)|cibles?\b|vous etes|concerne(?:nt)? (?:(?:exclusivement|uniquement"
    r"|seulement) )?(?:les|des|toutes?)"
    r"|eligible applicants|open to|(?:may|can) (?:apply|submit|participate|receive)|applicants (?:must|may)"
    r"|conditions? d'acces|porteurs? ?:"
    r"|portage [^.;\n]{0,30}assure par|pour qui|recoi(?:t|vent)|beneficie(?:nt)?|percoi(?:t|vent)"
    rf"|ouvre(?:nt)? (?:[a-z']+ ){{0,5}}?(?:aux?|a) (?={_BENEFICIARY})"
    rf"|(?:demandes?|dossiers?|projets|candidatures|investissements|depenses|travaux) des (?={_BENEFICIARY})"
    r"|deposent|candidatent|soumettent|(?:adressent|transmettent|remettent) leurs?|rejoindr(?:a|ont)|integrer(?:a|ont)"
    r"|seront (?:retenue?s|selectionnee?s|accompagnee?s)|will be selected"
    r"|(?:attribue|octroie|accorde|verse|propose|alloue|offre)(?:nt)? "
    rf"[^.;\n]{{3,60}}? aux? (?={_BENEFICIARY})"
    rf"|pour (?:[0-9]+|une dizaine de|une vingtaine de) (?:dirigeants (?:de |d'))?(?={_BENEFICIARY})"
    r"|(?:subvention|aide|prime|cheque|pret|financement|dispositif|programme|accompagnement|parcours|bourse|prix"
    rf"|concours|appel)\b[^.;:\n%]{{0,60}} (?:pour|aux) (?:les |des )?(?={_BENEFICIARY}))"
)
#: « accompagne les PME »: says who is helped.
_HELPS = (
    rf"(?P<helps>soutien(?:t|nent)|accompagne(?:nt)?|aide(?:nt)?|finance(?:nt)?|recompense(?:nt)?|distingue(?:nt)?"
    rf"|vise(?:nt)?"
    rf"|mobilise(?:nt)?|emmene(?:nt)?|recherche(?:nt)?|cherche(?:nt)?|supports?|finance)"
    rf" (?:(?!(?:aux?|a|d[eu]|en|dans|pour|sur|par)\b)[a-z0-9']+ ){{0,2}}?(?:l')?(?={_BENEFICIARY})"
)
#: « le porteur est une PME ».
_ROLE = (
    r"(?:porteur|beneficiaire|candidat|demandeur|chef de file|coordinateur) (?:est|doit etre|sera) "
    rf"(?:[a-z]+ment )?(?:une? )?(?={_BENEFICIARY})"
)
#: Where a line, a sentence or a member of it begins: « aux PME », « entreprises de plus de … ».
_BEGINS = (
    rf"(?:^|\n|[.!?] )(?={_BENEFICIARY}[^.;:\n]{{0,60}}: ?(?:deposez|candidatez|repondez|envoyez|demandez|proposez))"
    rf"|(?:^|\n|[.!?:,] )aux? (?={_BENEFICIARY})"
    rf"|(?:^|\n|[.!?:] )(?:pour )?(?:les |des |toutes les |aux )?(?={_BENEFICIARY}[^.;\n]{{0,40}}"
    rf"\b(?:de moins d|de plus de|de [0-9]|entre [0-9]|ayant|situe|implante|installe|employant|comptant|inscrit))"
    rf"|(?:^|\n|[.!?:] )(?:les |des )?(?={_BENEFICIARY}[^.;:\n]{{0,60}}\b(?:seulement|uniquement|exclusivement"
    rf"|a l'exclusion)\b)"
)
#: A sentence that says who may apply. What stands before each half spares trying its words at every character.
_WHO = re.compile(rf"\b(?=[a-z])(?:{_SAYS}|{_HELPS}|{_ROLE})|(?:^|(?=[\n.!?:,]))(?:{_BEGINS})")
#: « les dépenses éligibles »: says what, not who.
_WHAT = re.compile(
    r"\b(?:depenses?|couts?|projets?|actions?|travaux|frais|investissements?|opposable|non|assiette) ?-?$"
)
#: A heading: « Bénéficiaires », « Pour qui ? », alone on its line or before a colon.
_HEADING = re.compile(
    r"\b(?:beneficiaires?|pour qui ?\??|publics? (?:cible|vise|concerne)s?|qui peut [a-z ]{3,25}\??"
    r"|candidats eligibles|eligible applicants)"
    r"[^\n.:]{0,25}(?: ?\n? ?:|\n|$)"
)
#: « Pour qui ? Les entreprises de … »: the answer is the next sentence.
_QUESTION = re.compile(r"\b(?:pour qui|qui est concerne|qui peut [a-z' ]{3,30}) ?\? (?=[^\s])")
#: « Vous êtes une PME ? Une collectivité ? Un laboratoire ? »: one list.
_MORE_QUESTIONS = re.compile(r"(?<=\?)(?:\s*(?:ou )?(?:une?|des) [^.?!\n]{2,60}\?)+")
#: Characters read under a heading « Bénéficiaires ».
_UNDER = 400
#: « hors grandes entreprises », « les ETI ne sont pas éligibles », « sont exclus : … »: who is left out.
_EXCEPT = re.compile(
    r"\b(?:hors|sauf|excepte|a l'exception|a l'exclusion|excluding|except(?: for)?)\b(?P<who>[^.;:,\n)]{0,60})"
    r"|\b(?P<verb>(?:(?:ne|n'en) ?(?:sont|est|seront|sera|peuvent|peut) (?:pas|plus)"
    r"(?: etre)? (?:eligibles?|concerne|admis|beneficiai?re?s?|candidat|postuler|pretendre|financ|aide|deposer"
    r"|concourir)"
    r"|(?:n'y|n'en) ont pas droit|n'ont pas droit a"
    r"|ne (?:peuvent|peut|pourront|sauraient|saurait)(?: pas)?(?: y)? (?:candidater|postuler|concourir|pretendre"
    r"|deposer|beneficier(?= (?:de l'aide|de ce|du (?:present )?dispositif|de la subvention))"
    r"|etre (?:elles-memes |eux-memes )?(?:candidat|attributaire|beneficiaire|porteur|aide|soutenu))"
    r"|(?:en )?(?:sont|restent) (?:exclu|ineligible|ecartee?s?\b(?! par\b))"
    r"|are not eligible|are excluded|(?:cannot|may not) apply))[a-z]*\b"
    # « ne sont pas éligibles à une aide de plus de 50 % », « pas concernées par le cofinancement »: of that only.
    r"(?! (?:aux?|a|par|pour)\b"
    r"(?! (?:ce|cet|cette|l'appel|l'aide|la subvention|dispositif|presente?|programme|concours|concourir|candidater"
    r"|postuler)\b))"
    # « ne peuvent candidater seuls », « ne peuvent être candidats qu'avec »: only so.
    r"(?! (?:seule?s?|individuellement|isolement)\b|[^.;\n]{0,40}\bqu[e'])"
    r"(?: ?:(?P<after>[^.;\n]{3,80}))?"
    r"|\b(?:exclu[es]*|not eligible) ?:(?P<listed>[^.;\n]{3,80})"
)
#: What stands in every clause that it fits.
_IN_EXCEPT = ("hors", "sauf", "excep", "exclu", " pas", " plus", "ineligible", "not ", "ne peu", "ne saur", "ecarte")
#: Characters before « ne sont pas éligibles » in which stands who.
_BEFORE = 90
#: Characters around an exception in which a rate makes it one of rates.
_RATED = 40
_CUT = re.compile(r"[.;:\n]")
_SENTENCES = re.compile(r"[^.;\n]*(?:[.;\n]|\Z)")
_SENTENCE_ENDS = ("\n", ".", "!", "?", ":")
#: « PME de moins de 250 salariés, filiales de groupe exclues »: some of them only.
_SOME_OUT = re.compile(r",[^.;:,\n]{3,40} (?:exclue?s?|exceptee?s?)\b(?! :)")
#: What says that a sentence refuses somebody, or that it refuses nobody (« pas seulement aux start-up »).
_NEGATED = re.compile(
    r"\b(?:(?:ne|n'en|n') ?(?:sont|est|seront|sera|peuvent|peut|pourront|beneficient) (?:donc )?(?:pas|plus)"
    r"|ne (?:peuvent|peut|pourront|pourra|sauraient|saurait)(?! (?:donc )?(?:pas|plus)\b)(?![^.;\n]{0,60}\bque\b)"
    # « Les ETI ne sont éligibles que si … »: says nothing of the others.
    r"|ne [a-z ]{3,40} qu(?:e (?:si|sous|dans|lorsque|en|avec|comme)|'(?:a condition|en|avec|associe|au sein))\b"
    r"|ineligibles?|non[- ]eligibles?|exclu[es]*\b(?! ?:)|not eligible|cannot|may not|ni (?:aux?|les) "
    r"|(?:pas|non) (?:seulement|uniquement|exclusivement)(?![^.;\n]{0,80}\bmais (?:aussi|egalement)\b)"
    r"|not (?:only|limited|restricted|reserved))"
)
#: A sentence about money, works or dates names who for another reason.
_NOT_WHO = re.compile(
    r"\b(?:avis|marches?) (?:a|ont|est|sont) (?:ete )?(?:conclu|attribue)|\b(?:laureat|finaliste|gagnant)[es]* (?:de"
    r"|sont)"
)


@dataclass(frozen=True)
class Clause:
    """A stretch of a field that says who may apply."""

    field: Printed
    start: int
    end: int
    #: Says who may apply, not only who is helped.
    sure: bool = True
    #: Stands under a heading, with sentences that may say who may not.
    headed: bool = False

    @property
    def folded(self) -> str:
        """Its text, levelled."""
        return self.field.folded[self.start : self.end]

    @cached_property
    def told(self) -> str:
        """Its text without those whom it leaves out."""
        told = without_left_out(self.folded)
        return "".join(one for one in _SENTENCES.findall(told) if not _NEGATED.search(one)) if self.headed else told

    def holds(self, where: str, place: int) -> bool:
        """Return True where an offset of a field lies in it."""
        return self.field.where == where and self.start <= place < self.end

    def quote(self) -> tuple[Evidence, ...]:
        """Return its text as printed."""
        printed = self.field.original[self.start : self.end]
        start = self.start + len(printed) - len(printed.lstrip())
        end = self.end - (len(printed) - len(printed.rstrip()))
        return (Evidence(text=self.field.original[start:end], where=self.field.where, start=start, end=end),)


def clauses(field: Printed) -> Iterator[Clause]:
    """Yield the stretches that say who may apply."""
    for question in _QUESTION.finditer(field.folded):
        yield Clause(field, question.start(), sentence_around(field.original, question.end(), question.end() + 1)[1])
    for heading in _HEADING.finditer(field.folded):
        below = field.folded[heading.end() : heading.end() + _UNDER]
        stop = re.search(r"\n[^\n:.;]{3,45}:|\n\n", below[3:])
        end = heading.end() + (stop.start() + 3 if stop else len(below))
        yield Clause(field, heading.start(), end, headed=True)
    done = -1
    for cue in _WHO.finditer(field.folded):
        if cue.end() <= done or _of_spending(field.folded, cue):
            continue
        # Who begins a sentence stands after the cue: « . PME de moins de 250 salariés ».
        place = cue.end() + 1 if cue[0][:1] in _SENTENCE_ENDS else max(1, cue.end())
        start, end = sentence_around(field.original, place - 1, place)
        if more := _MORE_QUESTIONS.match(field.folded, end):
            end = more.end()
        # Who helps stands before: « Deux pôles et un cluster cherchent dix start-up ».
        clause = Clause(field, cue.start() if cue["helps"] else start, end, sure=not cue["helps"])
        told = clause.told
        if not _NEGATED.search(told) and not _NOT_WHO.search(told) and names_applicants(told):
            yield clause
            done = end


def _of_spending(folded: str, cue: re.Match[str]) -> bool:
    left = folded[max(0, cue.start() - 20) : cue.start()]
    return cue[0].startswith("eligible") and _WHAT.search(left) is not None


def left_out(field: Printed) -> Iterator[tuple[Clause, set[str]]]:
    """Yield the stretches that leave sizes out, with these sizes."""
    for start, end, who in _exceptions(field.folded):
        if sizes := refused(who):
            yield Clause(field, start, end), sizes


def without_left_out(clause: str) -> str:
    """Return a levelled clause without those whom it leaves out."""
    kept, place, clause = "", 0, _SOME_OUT.sub(" ", clause)
    for start, end, who in _exceptions(clause):
        if start >= place and (refused(who) or _OUT.match(clause, start)):
            kept, place = f"{kept}{clause[place:start]} ", end
    return kept + clause[place:]


#: « hors Île-de-France »: what follows is left out, whoever that is.
_OUT = re.compile(r"hors|sauf|except|a l'exc|excluding")


def _exceptions(folded: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, who) of what is left out, left to right."""
    if not any(map(folded.__contains__, _IN_EXCEPT)):
        return
    for found in _EXCEPT.finditer(folded):
        who = found["who"] or found["after"] or found["listed"] or ""
        start = found.start()
        # « 40 %, sauf PME : 50 % »: of another rate, not left out.
        if found["who"] and "%" in folded[max(0, start - _RATED) : found.end() + _RATED // 2]:
            continue
        if found["verb"] and not who:
            left = folded[max(0, start - _BEFORE) : start]
            who = _CUT.split(left)[-1]
            start -= len(who)
        yield start, found.end(), who
