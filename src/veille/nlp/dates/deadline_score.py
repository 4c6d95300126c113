"""How surely a printed date ends a call, from the words before and after it."""

import re

from veille.nlp.dates import deadline_cues as cues

#: A scheme's last day < « jusqu'au » beside a word of handing in < « date limite » < a postponed date.
SCHEME, UNTIL, CLOSING, MOVED = 1, 2, 3, 4
#: « 15 décembre, reportée au 15 janvier »: this date was replaced by the next.
_MOVED_NEXT = re.compile(r"[ ,()a-z]{0,20}\b(?:reporte|repousse|prolonge|decale|proroge)[a-z]* (?:jusqu'au|au|a) ?¤")
#: A sentence of its own: « Close le ¤ », « Offres le ¤ ».
_ALONE_CLOSED = re.compile(r"\W*(?:(?:clos(?:e|es)?|clot) (?:depuis )?le|(?:offres?|reponses?|plis) (?:pour )?le) ?")
_ENDS = re.compile(r"\s*(?:\Z|[.;\n]|a \d)")
#: Characters before a date in which a postponement is told.
_NEAR = 120
#: Words of its own from which a date no longer shares the cue of the date before it.
_OWN_WORDS = 3


def _own(left: str) -> str:
    """Drop « remise des candidatures (¤), » before « envoi du dossier aux candidats »: each date has its label."""
    last = left.rfind("¤") + 1
    own = left[last:]
    if (
        last
        and len(re.findall(r"[a-z]{2,}", own)) >= _OWN_WORDS
        and not cues.MOVED.search(own)
        and not cues.UNTIL.search(own)
        and not _EITHER.search(own)
    ):
        return own
    return left


#: « soit au ¤ pour les uns, soit au »: the same cue.
_EITHER = re.compile(r"\b(?:soit|ou) (?:au|le|jusqu'au|avant le) ?$")
#: A bracket says more about a word, not about the date: « clôture (phase de travaux) : ».
_ASIDE = re.compile(r"\([^()]*\)")
#: « le précédent appel s'est clos le »: of another call.
_FORMER = re.compile(r"\b(?:precedente?s?|(?:annee|edition) (?:passee|derniere)|derniere edition)\b[^.;,\n¤]{0,50}$")
#: « date prévisionnelle de remise »: not sure, so not said.
_EXPECTED = re.compile(r"\bdates? previsionnelles? (?:de|d')[^¤]*$")
#: « dispositif clos depuis le ».
_CLOSED_SINCE = re.compile(r"\b(?:clos|ferme)(?:e|es|s)? depuis le ?$")
#: « reportée du … au … »: not a period.
MOVING = re.compile(r"\b(?:report|repousse|prolong|decale|proroge)[a-z]* ?$")
#: « reçus avant le ¤ seront examinés en priorité »: others may come later.
_FIRST_SERVED = re.compile(r"[ ,]*(?:seront|sont) (?:examine|instruit|traite|etudie)[es]* en priorite")
#: « 6 novembre : comité de sélection »: the label comes after.
_OTHER_AFTER = re.compile(r" ?[:–-] ?(?:(?:le|la|les|l') ?)?" + cues.OTHER.pattern)


def sureness(left: str, right: str, *, ranged: bool, title: bool) -> int:
    """Say how surely a date ends the call; 0 where it is something else."""
    own = _ASIDE.sub(lambda found: " " * len(found[0]), _own(left))
    if cues.ANSWERS.search(left) or _refused(own, right) or _of_something_else(own, right):
        return 0
    return _said(own, right, ranged=ranged, title=title)


def _said(left: str, right: str, *, ranged: bool, title: bool) -> int:
    if _moves(left):
        return MOVED
    if cues.CLOSING_AFTER.match(right):
        return CLOSING
    if cues.CALENDAR.fullmatch(left) and not right.strip():
        return UNTIL
    until = cues.UNTIL.search(left) is not None or ranged
    if until and cues.SCHEME.search(left) and not re.search(r"\boffres?\b", left):
        return SCHEME
    if cues.SINCE.search(left) and not ranged:
        return CLOSING if _CLOSED_SINCE.search(left) else 0
    return _by_cues(left, right, until=until, title=title and not ranged)


def _refused(left: str, right: str) -> bool:
    tail = left[-_NEAR:]
    if (
        cues.REPLACED.search(tail)
        or _FORMER.search(tail)
        or _FIRST_SERVED.match(right)
        or _MOVED_NEXT.match(right)
        or _OTHER_AFTER.match(right)
    ):
        return True
    return cues.QUESTIONS.search(left) is not None or _EXPECTED.search(left) is not None


def _of_something_else(left: str, right: str) -> bool:
    """Return True for what is handed in by then without applying, and for a change of rules."""
    if cues.OLD_RULES.match(right) and cues.HANDED_IN.search(left):
        return not cues.NOT_HANDED_IN.search(left)
    if _STRUCK.search(left) and right.startswith("~~"):
        return True
    if _last(cues.PROMISED, left) > max(_last(cues.CLOSING, left), left.rfind("¤")):
        return True
    if cues.SIGNING_UP.search(left):
        return not cues.HANDING_IN.search(left)
    return cues.GRANTED.search(left) is not None and not cues.APPLYING.search(left)


#: « ~~15 janvier~~ 28 février »: struck out in Markdown.
_STRUCK = re.compile(r"~~ ?$")


def _moves(left: str) -> bool:
    """Return True after « la clôture est reportée au »."""
    moved = cues.MOVED.search(left, max(0, len(left) - _NEAR))
    if moved is None or _last(cues.OTHER, left) >= moved.start():
        return False
    return cues.CLOSING.search(left) is not None or cues.DEPOSIT.search(left) is not None


def _by_cues(left: str, right: str, *, until: bool, title: bool) -> int:
    """Let the nearest cue before the date decide; a sentence that says nothing else decides first."""
    if _ALONE_CLOSED.fullmatch(left) and _ENDS.match(right):
        return CLOSING
    closing, deposit = _last(cues.CLOSING, left), _last(cues.DEPOSIT, left)
    other, doing = _last(cues.OTHER, left), _last(cues.DOING, left)
    if closing >= 0 and closing > other and (doing < closing or deposit > doing):
        return CLOSING
    if until and _deposit_wins(left, right, deposit, other, doing):
        return UNTIL
    return UNTIL if until and title and other < 0 and doing < 0 else 0


def _deposit_wins(left: str, right: str, deposit: int, other: int, doing: int) -> bool:
    if deposit >= 0:
        return deposit > other and (doing < 0 or deposit > doing)
    if left.strip() and (other >= 0 or doing >= 0):
        return False
    return not (cues.OTHER.search(right) or cues.DOING.search(right)) and cues.DEPOSIT.search(right) is not None


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Return where the last match of a cue starts, -1 if none."""
    last = -1
    for match in pattern.finditer(text):
        last = match.start()
    return last
