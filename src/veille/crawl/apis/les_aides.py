"""les-aides.fr (chambers of commerce and industry): aids that answer a search for one profile of company (pure).

Shapes and codes as a public client of the service writes them (finkey/les-aides, README.md and src/Builder).
"""

from dataclasses import replace
from typing import Any

from veille.crawl.apis.page import Page, page, stating
from veille.crawl.apis.payload import headed, instant, labelled, read_json, records, table, text, texts
from veille.crawl.entries import entry, safe_link
from veille.errors import ParseError
from veille.model import ParsedEntry, StructuredFacts

_PLACES = {"E": "européenne", "N": "nationale", "T": "territoriale"}
_MEANS = {
    "822": "intervention en fonds propres",
    "827": "avance, prêt ou garantie",
    "833": "subvention",
    "837": "prise en charge de frais",
    "840": "allègement de charges fiscales",
    "845": "allègement de charges sociales",
}


def read_les_aides(payload: bytes, *, url: str) -> Page:
    """Read one answer, which holds all that the service gives at once; raises ParseError."""
    document = read_json(payload)
    refusal = text(table(document).get("exception")).strip()
    if refusal:
        raise ParseError(
            f"les-aides.fr a refusé cette recherche : « {refusal[:200]} »",
            cure="vérifiez les paramètres de son adresse dans sources.yaml (ape, domaine, region, departement…)",
        )
    listed = records(document, "dispositifs", "les-aides.fr")
    search = text(document.get("idr"))
    read = page(listed, lambda aid: _entry(aid, url, search), when=lambda aid: instant(aid.get("validation")))
    if document.get("depassement") is not True:
        return read
    total = text(document.get("nb_dispositifs"))
    remark = f"{len(listed)} aides sur {total or 'davantage'} : précisez la recherche dans son adresse"
    return replace(read, feed=replace(read.feed, remark=remark))


def _entry(aid: dict[str, Any], url: str, search: str) -> ParsedEntry | None:
    name, short = text(aid.get("nom")).strip(), text(aid.get("sigle")).strip()
    if not name:
        return None
    means = [_MEANS.get(one, "") for one in texts(aid.get("moyens"))]
    found = entry(
        guid=text(aid.get("numero")) or None,
        title=f"{name} ({short})" if short and short not in name else name,
        link=_link(aid, url, search),
        published=instant(aid.get("generation")),
        updated=instant(aid.get("validation")),
        markup="\n".join(
            [
                headed("Résumé", aid.get("resume")),
                labelled("Portée", _PLACES.get(text(aid.get("implantation")), "")),
                labelled("Types d'aide", [one for one in means if one]),
            ]
        ),
        categories=[one for one in means if one],
        language="fr",
    )
    return stating(found, StructuredFacts(reference=text(aid.get("numero")) or None))


def _link(aid: dict[str, Any], url: str, search: str) -> str | None:
    """Return the page of an aid without the number of the search, which changes with every answer."""
    link = safe_link(text(aid.get("uri")), url)
    if link is None or not search:
        return link
    kept = [part for part in link.partition("?")[2].split("&") if part and part.partition("=")[2] != search]
    return link.partition("?")[0] + ("?" + "&".join(kept) if kept else "")
