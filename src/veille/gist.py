"""Which sentences of a text say what it is, for whom and until when (pure); menus, greetings and cookies never do."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from veille.text import fold, sentences, singular

#: Characters looked at: what a text is comes first, in a page as in a notice.
_READ = 8_000
#: Sentences looked at: beyond, a page is a list.
_MANY = 60
#: Words and characters under which a line is a heading or a button.
_WORDS, _CHARACTERS = 5, 28
#: Characters beyond which a sentence is a paragraph.
_LONG = 260

#: What surrounds a text, as folded sentences print it: none of it is ever shown.
_AROUND = re.compile(
    r"\bcookies?\b|javascript|mentions legales|droits reserves|reproduction interdite|politique de confidentialite"
    r"|confidentiels?\b|newsletter|abonnez vous|s abonner|deja abonne|reserve[es]* aux (?:abonne|membre|adherent)"
    r"|desinscri|desabonn|unsubscribe|navigateur|your browser|share this|partager (?:sur|cet|ce|:)|imprimer cet"
    r"|(?:lire|voir|afficher) la suite|en savoir plus|pour en savoir|read more|learn more|a lire aussi"
    r"|(?:pourraient|peuvent|qui peut) vous interesser|cliquez|cliquer ici|click here|haut de page|plan du site"
    r"|credits? photo|temps de lecture|suivez nous|retrouvez nous|rejoignez nous|reseaux sociaux|connectez vous"
    r"|se connecter|creer un compte|mon compte|mon agenda|accept all|skip to|acceder au|contacts? presse"
    r"|nous contacter|contactez nous|pour toute question|tout renseignement|(?:votre|leur) disposition pour"
    r"|cordialement|(?:bonne|excellente) lecture|j ai le plaisir|veuillez trouver|nous esperons|(?:belle|bonne) journee"
    r"|communique de presse|\brgpd\b|captcha|vous recevez ce|vous a t elle|etre rappele|le formulaire ci"
    r"|consultez notre"
    r"|documents utiles|fermer cette fenetre|copyright|©|voies de recours|publicite|all rights reserved|privacy policy"
    r"|ne voyez pas ce|regardez (?:notre|la|le)|contenu sponsorise|partenaire de contenu|logo logo"
)
_AROUND_FIRST = re.compile(
    r"(?:bonjour|hello|chers?|cheres?|dear|mesdames|madame|messieurs|a (?:tres )?bientot|publiee? le|mise? a jour le"
    r"|updated|published|par la redaction|telecharger|download|retour|voir|partager|share|imprimer|menu|accueil|home"
    r"|sommaire|faq|postuler|merci de votre|reference|ref\.?|avis n|tel\.?|section [ivx]+|remplissez|voici"
    r"|avertissement"
    r"|gerer|ajouter|decouvrez (?:aussi|egalement|nos)|langue|contact)\b"
)
#: Parts of a path or of a menu.
_MENU = re.compile(r"\S\s*[|>›»•·]\s*\S.*[|>›•·]|^\s*#|\w > \w|\w \| \w|\w / \w[^/]* / \w")
_ADDRESS = re.compile(r"\S@\S|https?://|www\.|\b0\d([ .]\d\d){4}|\b\d{5} [A-ZÉÈ]|\b(?:rue|avenue|allée|boulevard) d")

#: Verbs and nouns by which a text says what it offers, folded.
_WHAT = re.compile(
    r"\b(?:souti\w+|financ\w+|subvention\w*|accompagn\w+|vis(?:e|ent|ant) a|a pour (?:objet|objectif|but)"
    r"|lanc\w+|ouvr\w+"
    r"|propos\w+|permet\w*|porte(?:nt)? sur|porte de|s adresse\w*|aid(?:e|ent|er|era)\b|rembours\w+|couvr\w+"
    r"|prend en charge"
    r"|attribu\w+|retenu\w*|recompens\w+|recrut\w+|cherch\w+|recherch(?:e|ent)\b|organis\w+|accueill\w+"
    r"|reuni\w*|present\w+"
    r"|fixe\w*|interdi\w+|devr\w+|adopt\w+|consult(?:e|ent)\b|montre\w*|concern\w+|test(?:e|ent)\b|met(?:tent)?\b"
    r"|recoi\w+|recevoir|accord\w+|objectifs? :|objet :|travaux de|fourniture|apprend\w*|invit\w+|apport\w+|impos\w+"
    r"|modifi\w+|revoi\w+|support\w*|aims?|funds?|offers?|launch\w*|seek\w*|is (?:open|buying|looking)"
    r"|invit\w+|provid\w+)"
)
_WHOM = re.compile(
    r"\b(?:entreprises?|pme|tpe|eti|start ups?|societes?|artisan\w*|associations?|communes?|collectivites?|groupements?"
    r"|exploita\w+|agriculteurs?|cooperatives?|laboratoires?|universites?|chercheurs?|fabricants?"
    r"|industriel\w*|adherents?"
    r"|beneficiaires?|candidats?|porteurs?|bailleurs?|commercants?|hotels?|employeurs?|distributeurs?|operateurs?"
    r"|consortiums?|consortia|partners?|partenaires?|compan\w+|applicants?|smes?|universit\w+|eligib\w+"
    r"|restaurateurs?)\b"
)
_UNTIL = re.compile(
    r"\b(?:jusqu|avant (?:le|la|fin)|au plus tard|date limite|clotur\w+|echeance|deadline|before|by \d|depots?"
    r"|au fil de l eau"
    r"|candidatures?|inscriptions?|dossiers?|offres)\b"
)
_DATE = re.compile(
    r"\b(?:\d{1,2}(?:er)? )?(?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre"
    r"|decembre|january"
    r"|february|march|april|june|july|august|october)\b|\b\d{1,2} \d{1,2} \d{4}\b|\btoute l annee\b"
)
_AMOUNT = re.compile(r"\d\s?(?:%|€|k€|m€|euros?\b|millions?\b)|\beur \d")
#: First words that mean nothing without the sentence before, and those that only follow on it.
_LEANS = re.compile(
    r"(?:il|elle|ils|elles|celui|celle|ceux|ce dernier|cette derniere|it|they|d autres?|son|sa|ses"
    r"|leurs?)\b(?! (?:y a|s agit))"
)
_FOLLOWS = re.compile(
    r"(?:ainsi|par ailleurs|en effet|en outre|mais|or|donc|pourtant|toutefois|cependant|enfin|puis|aussi|however"
    r"|au programme|il y a|ensuite|dans ce cadre|plus precisement|c est pourquoi|contactez|en cas de)\b"
)
_TITLE_WORD = re.compile(r"[a-z]{4,}")

#: Between two sentences that do not follow each other.
GAP = " […] "
#: What each thing said is worth, the share of the title's words, the first place (less for each sentence before), and
#: what leaning on another sentence costs. These and the faults below were set on half of tests/data/summaries.yaml.
_WEIGHTS = {"what": 1.5, "whom": 0.9, "until": 0.7, "much": 0.4}
_TITLE, _FIRST, _LATER, _LEANING = 1.2, 1.5, 0.3, 0.9
#: How much less a sentence that fits may say than one that must be cut.
_WILLING = 1.2
#: What a second sentence gains by each thing that the first does not say; and the least one must be worth.
_NEW, _WORTH = 0.6, 1.3


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence that may be shown."""

    start: int
    end: int
    #: Higher says more of what the text is.
    score: float
    #: It leans on the one before.
    leans: bool
    #: What it says, among "what", "whom", "until", "much".
    says: frozenset[str]

    @property
    def length(self) -> int:
        """Characters."""
        return self.end - self.start


def told(title: str, text: str) -> list[Told]:
    """Return the sentences of a text that say something, in order, as spans of it."""
    words = frozenset(_TITLE_WORD.findall(singular(fold(title))))
    found: list[Told] = []
    for start, end in sentences(text[:_READ])[:_MANY]:
        one = _judge(text[start:end], words, len(found))
        if one is not None:
            found.append(replace(one, start=start, end=end))
    return found


def chosen(candidates: Sequence[Told], room: int) -> tuple[Told, ...]:
    """Return the best one or two that fit in `room` characters together, in order; the best alone if none fits."""
    if not candidates:
        return ()
    alone = [one for one in candidates if not one.leans] or candidates
    best = max(alone, key=lambda one: one.score)
    fitting = [one for one in alone if one.length <= room and one.score >= best.score - _WILLING]
    if not fitting:
        return (best,)
    first = max(fitting, key=lambda one: one.score)
    left = room - first.length - len(GAP)
    seconds = [one for one in candidates if one is not first and one.length <= left and _adds(candidates, first, one)]
    if not seconds:
        return (first,)
    second = max(seconds, key=lambda one: one.score + _NEW * len(one.says - first.says))
    return (first, second) if first.start < second.start else (second, first)


def _adds(candidates: Sequence[Told], first: Told, one: Told) -> bool:
    """Tell whether a second sentence is worth its place: one that leans must follow what it leans on."""
    follows = candidates.index(one) == candidates.index(first) + 1
    if one.leans and not follows:
        return False
    return one.score + _NEW * len(one.says - first.says) >= _WORTH


def _judge(sentence: str, title: frozenset[str], rank: int) -> Told | None:
    """Return what a sentence is worth, None where it is no sentence of the text."""
    folded = fold(sentence)
    if len(sentence) < _CHARACTERS or folded.count(" ") < _WORDS - 1 or _surrounds(sentence, folded):
        return None
    says = frozenset(_said(folded))
    leans = _LEANS.match(folded) is not None
    score = _FIRST / (1 + _LATER * rank) + sum(_WEIGHTS[one] for one in says) + _TITLE * _shares(folded, title)
    score -= sum(_faults(sentence, folded)) + _LEANING * leans
    return Told(0, len(sentence), score, leans, says)


def _surrounds(sentence: str, folded: str) -> bool:
    return bool(
        _AROUND.search(folded) or _AROUND_FIRST.match(folded) or _MENU.search(sentence) or sentence.endswith((":", "?"))
    )


def _said(folded: str) -> Iterator[str]:
    if _WHAT.search(folded):
        yield "what"
    if _WHOM.search(folded):
        yield "whom"
    if _UNTIL.search(folded) and (_DATE.search(folded) or "fil de l eau" in folded):
        yield "until"
    if _AMOUNT.search(folded):
        yield "much"


def _shares(folded: str, title: frozenset[str]) -> float:
    """Return which share of the title's words a sentence has; one that only repeats the title says nothing new."""
    if not title:
        return 0.0
    own = set(_TITLE_WORD.findall(singular(folded)))
    return -1.0 if own and own <= title else len(own & title) / len(title)


def _faults(sentence: str, folded: str) -> Iterator[float]:
    if sentence[0] in "«\"“'":
        yield 2.0
    if sentence[0].islower():
        yield 0.7
    if sentence[0] in "-–—•*▪◦·":
        yield 0.8
    if sentence.endswith("!"):
        yield 1.0
    if sentence[-1] not in ".!…;»)":
        yield 1.5 if sentence[-1] == "," else 1.0
    if _ADDRESS.search(sentence):
        yield 1.8
    if len(sentence) > _LONG:
        yield 0.6
    if sum(map(str.isupper, sentence)) * 2 > len(sentence):
        yield 1.0
    if _FOLLOWS.match(folded):
        yield _LEANING
