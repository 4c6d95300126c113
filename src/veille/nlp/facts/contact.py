"""Whom to ask: a name, an address, a telephone number, printed beside « contact » or « renseignements »."""

import re
from collections.abc import Iterator

from veille.model import Fact, Origin, TextToTag
from veille.nlp.quoting import Printed, printed_fields

_MAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){1,5}(?<![.-])"
)
#: French numbers (national or +33) and others written with their country.
_PHONE = re.compile(
    r"(?<![0-9+.,/-])(?:(?:\+33|0033) ?(?:\(0\))? ?[1-9](?:[ .-]?[0-9]{2}){4}|0[1-9](?:[ .-]?[0-9]{2}){4}"
    r"|\+(?!33)[1-9][0-9]{0,2}(?:[ .-]?[0-9]{2,4}){2,5})(?![0-9]|[.,/-][0-9])"
)
_CUE = re.compile(
    r"\b(?:contact(?:s|ez|er)?|renseignements?|informations?|interlocut(?:eur|rice)s?|referent[es]*|questions?"
    r"|ecrire a|ecrivez a|joindre|pour en savoir plus|for more information|enquiries)\b"
)
#: « Contact : Claire Durand, » « auprès de Mme Léa Petit ».
_NAME = re.compile(
    r"(?:(?:M\.|Mme|Mr|Mrs|Ms|Madame|Monsieur) )?(?P<name>[A-ZÀ-Ý][a-zà-ÿ]+(?:-[A-ZÀ-Ý][a-zà-ÿ]+)?"
    r" (?:[dD]e |[lL]e |[dD]u )?[A-ZÀ-Ý][A-Za-zÀ-ÿ'-]{1,30})(?=\s*(?:[,;:(–-]|$|\n|au |par |[\w.+-]+@))"
)
#: Words that begin a line in capitals and are no first name.
_NO_NAME = frozenset({
        "service", "direction", "pôle", "région", "conseil", "agence", "chambre", "mission", "maison", "mairie",
        "département", "espace", "tél", "guichet", "unité", "cellule", "bureau", "ville", "métropole", "contact",
        "courriel", "adresse",
})  # fmt: skip
#: Characters after a cue that belong to it.
_REACH = 220


def read(text: TextToTag) -> tuple[Fact, ...]:
    """Return `contact` (« Claire Durand, c.durand@example.org »); nothing where the source states one."""
    if text.facts.contact:
        return ()
    found = next((fact for field in printed_fields(text) for fact in _contacts(field)), None)
    return (found,) if found else ()


def _contacts(field: Printed) -> Iterator[Fact]:
    if "@" not in field.original and not _PHONE.search(field.original):
        return
    for cue in _CUE.finditer(field.folded):
        end = _end(field.original, cue.end())
        parts = list(_parts(field.original, cue.end(), end))
        if parts:
            evidence = field.quote(min(start for start, _ in parts), max(end for _, end in parts))
            value = ", ".join(field.original[start:end] for start, end in parts)
            yield Fact(name="contact", value=value, origin=Origin.CUE, evidence=evidence)


def _end(original: str, start: int) -> int:
    """Return where what a cue announces ends: an empty line, or the reach."""
    blank = original.find("\n\n", start, start + _REACH)
    return blank if blank >= 0 else min(len(original), start + _REACH)


def _parts(original: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of name, address and number; a name alone is no contact."""
    mail, phone = _MAIL.search(original, start, end), _PHONE.search(original, start, end)
    if not (mail or phone):
        return
    reached = min(found.start() for found in (mail, phone) if found)
    name = _NAME.search(original, start, min(reached + 1, end))
    if name and name["name"].split()[0].lower() not in _NO_NAME:
        yield name.span("name")
    for found in (mail, phone):
        if found:
            yield found.span()
