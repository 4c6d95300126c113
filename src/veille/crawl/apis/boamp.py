"""BOAMP notices in the XML of the DILA (schema Boamp_v230; pure)."""

import re
from typing import Any

from veille.crawl.apis.notice import Lot, Notice, NoticeKind
from veille.crawl.apis.payload import day, euros, instant
from veille.crawl.apis.xmltree import child, children, name, said, say, within

#: Children of NATURE; what is not listed cannot be answered.
KINDS = {
    "APPEL_OFFRE": NoticeKind.CALL,
    "QUALIFICATION": NoticeKind.CALL,
    "RECTIFICATIF": NoticeKind.CORRECTION,
    "ATTRIBUTION": NoticeKind.AWARD,
    "RESULTAT_MARCHE": NoticeKind.AWARD,
    "INTENTION_CONCLURE": NoticeKind.AWARD,
    "EX_ANTE_VOLONTAIRE": NoticeKind.AWARD,
    "MODIFICATION": NoticeKind.CHANGE,
}
_NATURES = {"SERVICE": "services", "FOURNITURES": "fournitures", "FOURNITURE": "fournitures", "TRAVAUX": "travaux"}
_ID = re.compile(r"\d{2}-\d{1,9}")


def boamp_notice(announcement: Any) -> Notice:
    """Read one ANNONCE element."""
    reference = child(announcement, "GESTION/REFERENCE")
    index, data = child(announcement, "GESTION/INDEXATION"), child(announcement, "DONNEES")
    subject = child(data, "OBJET")
    number = said(child(reference, "IDWEB"))
    return Notice(
        id=f"boamp:{number}" if number else "",
        kind=_kind(reference),
        title=said(child(index, "RESUME_OBJET")) or said(child(subject, "TITRE_MARCHE")),
        link=f"https://www.boamp.fr/pages/avis/?q=idweb:{number}" if _ID.fullmatch(number) else None,
        published=instant(said(child(index, "DATE_PUBLICATION"))),
        buyer=said(child(data, "IDENTITE/DENOMINATION")),
        description=_description(subject),
        details=_details(announcement, index, subject),
        lots=tuple(_lots(subject)),
        places=tuple(say(within(subject, "LIEU_PRINCIPAL", "LIEU_EXEC_LIVR")))[:5] if subject is not None else (),
        winners=tuple(_winners(data)),
        cpv=tuple(say(within(subject, "PRINCIPAL", "SUPPLEMENTAIRE"))) if subject is not None else (),
        nuts=_nuts(data, subject),
        deadline=_deadline(data),
        amount=_amount(data, subject),
        contact=_contact(data),
        reference=number,
    )


def _kind(reference: Any | None) -> NoticeKind:
    status = child(reference, "TYPE_AVIS/STATUT")
    if status is not None and any(name(one) == "ANNULATION" for one in status):
        return NoticeKind.CANCELLED
    nature = child(reference, "TYPE_AVIS/NATURE")
    stated = [name(one) for one in nature] if nature is not None else []
    return next((KINDS[one] for one in stated if one in KINDS), NoticeKind.INFORMATION)


def _description(subject: Any | None) -> str:
    """Return the title in full and the whole object: the summary of the index is cut short."""
    return "\n".join(say([*children(subject, "TITRE_MARCHE"), *children(subject, "OBJET_COMPLET")]))


def _details(announcement: Any, index: Any | None, subject: Any | None) -> tuple[tuple[str, str], ...]:
    types = child(subject, "TYPE_MARCHE")
    pairs = (
        ("Descripteurs", ", ".join(say(children(index, "DESCRIPTEURS/DESCRIPTEUR/LIBELLE")))),
        ("Type de marché", ", ".join(_NATURES.get(name(one), "") for one in types) if types is not None else ""),
        ("Département", said(child(index, "DEP_PUBLICATION"))),
        ("Ville de l'acheteur", said(child(announcement, "DONNEES/IDENTITE/VILLE"))),
    )
    return tuple(pair for pair in pairs if pair[1].strip(", "))


def _lots(subject: Any | None) -> list[Lot]:
    found = children(subject, "LOTS/LOT")
    return [
        Lot(
            number=said(child(lot, "NUM")) or (str(place) if len(found) > 1 else ""),
            title=said(child(lot, "INTITULE")),
            description=said(child(lot, "DESCRIPTION")),
        )
        for place, lot in enumerate(found, 1)
    ]


def _winners(data: Any | None) -> list[str]:
    awarded = child(data, "ATTRIBUTION")
    if awarded is None:
        return []
    return [one for holder in within(awarded, "TITULAIRE") for one in say(children(holder, "DENOMINATION"))][:20]


def _nuts(data: Any | None, subject: Any | None) -> tuple[str, ...]:
    """Return where it is performed, else where the buyer is."""
    performed = say(within(subject, "CODE_NUTS")) if subject is not None else []
    return tuple(performed or say(children(data, "IDENTITE/ADJUDICATEUR_NUTS")))


def _deadline(data: Any | None) -> Any:
    term = child(data, "CONDITION_DELAI")
    return day(said(child(term, "RECEPT_CANDIDATURES"))) or day(said(child(term, "RECEPT_OFFRES")))


def _contact(data: Any | None) -> str:
    """Return where the buyer may be reached."""
    return ", ".join(say([*children(data, "IDENTITE/MEL"), *children(data, "IDENTITE/TEL")]))


def _amount(data: Any | None, subject: Any | None) -> float | None:
    """Return the total in euros: awarded, estimated, or of the only lot."""
    lots = children(subject, "LOTS/LOT/VALEUR")
    stated = [*children(data, "ATTRIBUTION/VALEUR_TOTALE"), *children(subject, "VALEUR"), *lots[: len(lots) == 1]]
    return next((euros(said(one)) for one in stated if one.get("DEVISE", "EUR") == "EUR"), None)
