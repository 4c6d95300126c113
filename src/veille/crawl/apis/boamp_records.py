"""Notices of the BOAMP as its open data gives them: an Opendatasoft dataset with one notice a record (pure).

The columns are common to all; `donnees` holds the whole notice as JSON, in one of four forms: eForms, the schema of the
DILA, FNSimple and MAPA. Shapes as public clients of the dataset record them (kvitrvn/muninn, internal/boamp;
HugoDeiss/Balthazar---Agentic-System---AO-veille-, BOAMP_FETCH.md; gitreunion/datacup-challenge-techtek-solutions).
"""

import json
import re
from dataclasses import replace
from typing import Any

from veille.crawl.apis.boamp import KINDS, boamp_notice
from veille.crawl.apis.boamp_simple import simple_notice
from veille.crawl.apis.eforms import ROOTS, eforms_notice
from veille.crawl.apis.jsontree import tree
from veille.crawl.apis.notice import Notice, NoticeKind, notice_entry
from veille.crawl.apis.opendatasoft import following_page, listed_records
from veille.crawl.apis.page import Page, page
from veille.crawl.apis.payload import day, instant, read_json, table, text, texts
from veille.crawl.entries import safe_link

#: `nature`, besides those of the XML.
_NATURES = {**KINDS, "ANNULATION": NoticeKind.CANCELLED}
#: What `nature_categorise_libelle` begins with, where `nature` was not asked for.
_LABELS = (
    ("avis de marché", NoticeKind.CALL),
    ("rectificatif", NoticeKind.CORRECTION),
    ("résultat", NoticeKind.AWARD),
    ("avis d'intention", NoticeKind.AWARD),
    ("annulation", NoticeKind.CANCELLED),
    ("modification", NoticeKind.CHANGE),
)
_TYPES = {"SERVICES": "services", "FOURNITURES": "fournitures", "TRAVAUX": "travaux"}
_DEPARTEMENT = re.compile(r"\d{1,3}|2[AB]")
#: Départements beyond which a notice is for the whole country.
_NATIONWIDE = 20
_BLANK = Notice(id="", kind=NoticeKind.INFORMATION, title="")


def read_boamp(payload: bytes, *, url: str) -> Page:
    """Read one page of notices; raises ParseError."""
    document = read_json(payload)
    listed = listed_records(document)
    return page(
        [record_notice(record) for record in listed],
        notice_entry,
        when=lambda notice: notice.published,
        following=following_page(document, listed, url),
        title="BOAMP",
    )


def record_notice(record: dict[str, Any]) -> Notice:
    """Return a record as a notice: its columns before what `donnees` says."""
    whole = _whole(record.get("donnees"))
    number = text(record.get("idweb")).strip()
    return replace(
        whole,
        id=f"boamp:{number}" if number else whole.id,
        kind=_kind(record, whole),
        title=text(record.get("objet")).strip() or whole.title,
        link=safe_link(text(record.get("url_avis"))) or _own_page(number),
        published=instant(record.get("dateparution")) or whole.published,
        buyer=text(record.get("nomacheteur")).strip() or whole.buyer,
        details=_details(record, whole),
        winners=tuple(texts(record.get("titulaire")))[:20] or whole.winners,
        deadline=day(record.get("datelimitereponse")) or whole.deadline,
        territories=_territories(record),
        reference=number,
        language="fr",
    )


def _own_page(number: str) -> str | None:
    return f"https://www.boamp.fr/pages/avis/?q=idweb:{number}" if re.fullmatch(r"\d{2}-\d{1,9}", number) else None


def _whole(data: Any) -> Notice:
    """Return the notice that `donnees` holds, in whichever form; one that cannot be read says nothing."""
    try:
        held = table(json.loads(data, strict=False) if isinstance(data, str) else data)
    except (ValueError, RecursionError):  # the columns say what matters
        return _BLANK
    for name, value in table(held.get("EFORMS")).items():
        if name.rpartition(":")[2] in ROOTS:
            return eforms_notice(tree("notice", value))
    if "OBJET" in held or "IDENTITE" in held:
        return boamp_notice(tree("ANNONCE", {"DONNEES": held}))
    return next((simple_notice(one) for one in held.values() if isinstance(one, dict)), _BLANK)


def _kind(record: dict[str, Any], whole: Notice) -> NoticeKind:
    nature, label = text(record.get("nature")), text(record.get("nature_categorise_libelle")).lower()
    if text(record.get("etat")) == "AVIS_ANNULE":
        return NoticeKind.CANCELLED
    if nature:
        return _NATURES.get(nature, NoticeKind.INFORMATION)
    return next((kind for said, kind in _LABELS if label.startswith(said)), whole.kind)


def _territories(record: dict[str, Any]) -> tuple[str, ...]:
    """Return where it is performed, else where it is published."""
    performed = texts(record.get("code_departement_prestation")) or texts(record.get("code_departement"))
    codes = [code.strip().upper() for code in performed if _DEPARTEMENT.fullmatch(code.strip().upper())]
    if len(codes) > _NATIONWIDE:
        return ("France",)
    return tuple(f"département {code.zfill(2)}" for code in dict.fromkeys(codes))


def _details(record: dict[str, Any], whole: Notice) -> tuple[tuple[str, str], ...]:
    types = [_TYPES.get(one, one.lower()) for one in texts(record.get("type_marche"))]
    own = (
        ("Descripteurs", ", ".join(texts(record.get("descripteur_libelle")))),
        ("Type de marché", ", ".join(types)),
        ("Procédure", text(record.get("procedure_libelle"))),
        ("Famille", text(record.get("famille_libelle"))),
        ("Département", ", ".join(texts(record.get("code_departement")))),
        ("Critères", ", ".join(texts(record.get("criteres")))),
        ("Avis lié", ", ".join(texts(record.get("annonce_lie")))),
        ("Avis antérieurs", ", ".join(texts(record.get("annonces_anterieures")))),
    )
    stated = [(label, value) for label, value in own if value.strip(", ")]
    known = {label for label, _ in stated}
    return tuple(stated) + tuple(pair for pair in whole.details if pair[0] not in known)
