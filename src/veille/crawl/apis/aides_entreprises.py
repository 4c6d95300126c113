"""aides-entreprises.fr (Institut supérieur des métiers): aids to small companies, by pages of an offset (pure).

Shapes as public clients of the service write them (hakimalamiouahabi/qualifund, scripts/lib/records.mjs, and others).
"""

from datetime import date
from typing import Any

from veille.crawl.apis.asking import number_in_query, with_query
from veille.crawl.apis.page import Page, page, stating
from veille.crawl.apis.payload import (
    day,
    first,
    french_day,
    headed,
    instant,
    labelled,
    read_json,
    records,
    table,
    tables,
    text,
)
from veille.crawl.entries import entry, safe_link
from veille.model import ParsedEntry, StructuredFacts

_PAGES = "https://aides-entreprises.fr/aide/"
#: `typ_libelle` of a call.
_CALLS = ("appel à projet", "appel à manifestation", "concours")
_REACH = {"1": "locale ou régionale", "2": "nationale", "3": "européenne"}
_ACTIVE = "1"


def read_aides_entreprises(payload: bytes, *, url: str) -> Page:
    """Read one page of aids, or the whole stock as its open file gives it; raises ParseError."""
    document = read_json(payload)
    held = {"data": document} if isinstance(document, list) else document
    listed = records(held, "data", "aides-entreprises.fr")
    return page(
        [aid for aid in listed if text(aid.get("status")) in {"", _ACTIVE}],
        _entry,
        when=_when,
        following=None if isinstance(document, list) else _following(document, listed, url),
        title="Aides-entreprises",
    )


def _following(document: dict[str, Any], listed: list[dict[str, Any]], url: str) -> str | None:
    size, begins = number_in_query(url, "limit", 0), number_in_query(url, "offset", 0)
    total = document.get("count", document.get("total"))
    done = isinstance(total, int) and begins + len(listed) >= total
    return None if done or not listed or len(listed) < size else with_query(url, {"offset": begins + len(listed)})


def _when(aid: dict[str, Any]) -> Any:
    return instant(aid.get("aid_validation")) or instant(aid.get("horodatage"))


def _entry(aid: dict[str, Any]) -> ParsedEntry | None:
    title, number = text(aid.get("aid_nom")).strip(), text(aid.get("id_aid")).strip()
    if not title:
        return None
    financers, natures = _names(aid, "financeurs", "org_nom"), _names(aid, "natures", "typ_libelle")
    found = entry(
        guid=number or None,
        title=title,
        link=f"{_PAGES}{number}" if number.isascii() and number.isdigit() else _official(aid),
        published=None,
        updated=_when(aid),
        markup=_markup(aid, financers, natures),
        author=first(financers),
        categories=[*natures, *_names(aid, "projets", "proj_libelle")],
        language="fr",
    )
    return stating(found, _facts(aid, number, financers, natures))


def _facts(aid: dict[str, Any], number: str, financers: list[str], natures: list[str]) -> StructuredFacts:
    return StructuredFacts(
        deadline=_until(aid),
        financer=first(financers),
        financers=tuple(financers),
        audiences=tuple(_names(aid, "profils", "tut_libelle")),
        territories=tuple(
            name.title() if name.isupper() else name for name in _names(aid, "territoires", "ter_libelle")
        ),
        call=True if any(one.lower().startswith(_CALLS) for one in natures) else None,
        reference=number or None,
    )


def _until(aid: dict[str, Any]) -> date | None:
    """Return the end of an aid; « 0000-00-00 00:00:00 » is none."""
    said = text(aid.get("date_fin"))
    return None if said.startswith("0000") else day(said)


def _names(aid: dict[str, Any], group: str, name: str) -> list[str]:
    """Return the names of one group of the index, or of the record itself."""
    listed = tables(table(aid.get("cache_indexation")).get(group)) or tables(aid.get(group))
    return list(dict.fromkeys(said for one in listed if (said := text(one.get(name)).strip())))


def _official(aid: dict[str, Any]) -> str | None:
    return first(safe_link(text(one.get("lien"))) or "" for one in tables(table(aid.get("complements")).get("source")))


def _markup(aid: dict[str, Any], financers: list[str], natures: list[str]) -> str:
    until = _until(aid)
    parts = (
        text(aid.get("aid_objet")),
        labelled("Nature", natures),
        labelled("Financeurs", financers),
        labelled("Territoires", _names(aid, "territoires", "ter_libelle")),
        labelled("Portée", _REACH.get(text(aid.get("couverture_geo")), "")),
        labelled("Projets", _names(aid, "projets", "proj_libelle")),
        headed("Montant", aid.get("aid_montant")),
        headed("Bénéficiaires", aid.get("aid_benef")),
        headed("Opérations éligibles", aid.get("aid_operations_el")),
        headed("Conditions", aid.get("aid_conditions")),
        labelled("Âge de l'entreprise", aid.get("age_entreprise")),
        labelled("Date limite", french_day(until.isoformat()) if until else ""),
        *(labelled(label, _links(aid, name)) for label, name in _ANNEXES),
    )
    return "\n".join(part for part in parts if part)


_ANNEXES = (("Source", "source"), ("Règlement", "reglement"), ("Formulaire", "formulaire"))


def _links(aid: dict[str, Any], name: str) -> list[str]:
    listed = tables(table(aid.get("complements")).get(name))
    return [link for one in listed if (link := safe_link(text(one.get("lien"))))]
