"""Which one of a series a text is about: lots, rounds, years, and whether it tells an opening or an end (pure)."""

import re

_LOT = re.compile(r"\blots? (?:n[°o ]{0,2} ?)?(\d{1,3})\b")
_NOUNS = r"vague|releve|session|appel|call|cut off|edition|tranche|round|wave|phase|numero|volet|episode|saison"
_ROUND_AFTER = re.compile(rf"\b({_NOUNS})s? (?:n[°o ]{{0,2}} ?)?(\d{{1,3}})\b(?! ?(?:euros|000|%))")
_ROUND_BEFORE = re.compile(rf"\b(\d{{1,3}})(?:e|eme|er|ere|st|nd|rd|th) ({_NOUNS})\b")
_ROUND_WORD = re.compile(rf"\b([a-z]{{4,12}}) ({_NOUNS})\b")
#: « Lettre n° 12 », not « arrêté n° 2026-318 » nor « lot n° 3 ».
_NUMBERED = re.compile(r"(?<!lot )(?<!lots )\bn[°o] ?(\d{1,4})\b(?![-/.]\d)")
_RANKS = (
    "premiere premier first", "deuxieme seconde second", "troisieme third", "quatrieme fourth", "cinquieme fifth",
    "sixieme sixth", "septieme seventh", "huitieme eighth", "neuvieme ninth", "dixieme tenth", "onzieme eleventh",
    "douzieme twelfth", "treizieme", "quatorzieme", "quinzieme", "seizieme",
)  # fmt: skip
_ORDINALS = {word: rank for rank, group in enumerate(_RANKS, 1) for word in group.split()}
_SAME_NOUN = {"call": "appel", "cut off": "releve", "wave": "vague", "round": "session"}
_EVENT = re.compile(
    r"^(?:l |le |la )?(?:webinaire|webinar|journee|brokerage|info ?day|reunion|ceremonie|petit dejeuner|table ronde"
    r"|conference|salon|forum|atelier|rencontre|visite)\b"
    r"|\b(?:brokerage|matchmaking|information) (?:event|day)\b|\binfo ?day\b"
)
_AWARD = re.compile(
    r"\blaureate?s?\b|\bpalmares\b|\bprojets? retenus?\b|\bavis d attribution\b|\bselected for funding\b"
    r"|\baward notice\b|\b(?:resultats?|results) (?:de|du|des|of)\b.{0,40}\b(?:appel|concours|call|vague)\b"
)
_DECIDED = re.compile(
    r"\bont ete (?:retenu|selectionne|recompense|distingue|designe)e?s\b|\bsont (?:les )?(?:\w+ )?laureate?s\b"
    r"|\bavis d attribution\b|\bhave been selected\b|\ba devoile les\b.{0,30}\b(?:laureat|retenu)"
)
_PURPOSES = {
    "étude": re.compile(
        r"\betudes?\b|\bdiagnostics?\b|\bfaisabilite\b|\baide a la decision\b|\baudits?\b|\bfeasibility\b"
    ),
    "travaux": re.compile(r"\binvestissements?\b|\binvestir\b|\btravaux\b|\bequipements?\b|\binvestments?\b"),
    "formation": re.compile(r"\bformations?\b|\bse former\b|\btraining\b"),
}
_YEAR = re.compile(r"(?<![\d-])(20[12]\d)(?![\d-])")
_SLUG_YEAR = re.compile(r"(?<=[a-z]-)(20[12]\d)(?=-|$)")
_AMENDED = re.compile(
    r"\b(?:rectificatif|report(?:ee?s?|e au)|prolong\w{0,8}|rappel|derniers? jours?|plus que \w+ jours"
    r"|last (?:days|chance)|repouss\w{0,5}|au lieu de|corrigendum|extended|postponed"
    r"|modification d avis|avis modificatif)\b"
)


def lots(title: str) -> set[str]:
    """Return the numbers of the lots that a folded title names."""
    return {str(int(number)) for number in _LOT.findall(title)}


def rounds(folded: str) -> set[str]:
    """Return « vague 15 » for « Vague 15 », « 15e vague » and « quinzième vague »."""
    found = {(noun, int(number)) for noun, number in _ROUND_AFTER.findall(folded)}
    found |= {("numero", int(number)) for number in _NUMBERED.findall(folded)}
    found |= {(noun, int(number)) for number, noun in _ROUND_BEFORE.findall(folded)}
    found |= {(noun, _ORDINALS[word]) for word, noun in _ROUND_WORD.findall(folded) if word in _ORDINALS}
    return {f"{_SAME_NOUN.get(noun, noun)} {number}" for noun, number in found}


def years(title: str) -> set[int]:
    """Return the years that a title names."""
    return {int(year) for year in _YEAR.findall(title)}


def purposes(title: str) -> set[str]:
    """Return what a folded title says is paid for: « étude », « travaux », « formation »; or nothing."""
    return {purpose for purpose, pattern in _PURPOSES.items() if pattern.search(title)}


def years_of_address(url: str) -> set[int]:
    """Return the years that the last part of an address names: « …/ormat-2025 », not « /2025/03/ »."""
    return {int(year) for year in _SLUG_YEAR.findall(url.partition("?")[0].rstrip("/").rpartition("/")[2])}


def amended(folded: str) -> bool:
    """Say whether a notice says of itself that a date or a notice is changed."""
    return _AMENDED.search(folded) is not None


def is_event(title: str) -> bool:
    """Say whether a folded title announces a meeting."""
    return _EVENT.search(title) is not None


def is_award(title: str, lead: str) -> bool:
    """Say whether a folded title tells who won, or a folded lead that all is decided."""
    return _AWARD.search(title) is not None or _DECIDED.search(lead) is not None
