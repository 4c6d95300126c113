"""Aides-territoires (API v1.1 and later): public aids, by pages that name the next one (pure)."""

from datetime import datetime
from typing import Any

from veille.crawl.apis.page import Page, follow, page, stating
from veille.crawl.apis.payload import (
    day,
    euros,
    first,
    french_day,
    headed,
    instant,
    labelled,
    read_json,
    records,
    text,
    texts,
)
from veille.crawl.entries import entry, safe_link
from veille.model import ParsedEntry, StructuredFacts


def read_aides_territoires(payload: bytes, *, url: str) -> Page:
    """Read one page of aids; raises ParseError."""
    document = read_json(payload)
    listed = records(document, "results", "Aides-territoires")
    return page(
        listed,
        lambda aid: _entry(aid, url),
        when=_when,
        following=follow(url, text(document.get("next"))),
        title="Aides-territoires",
    )


def _when(aid: dict[str, Any]) -> datetime | None:
    return instant(aid.get("date_updated")) or instant(aid.get("date_created"))


def _entry(aid: dict[str, Any], url: str) -> ParsedEntry | None:
    title = text(aid.get("name")) or text(aid.get("short_title"))
    link = safe_link(text(aid.get("url")), url) or safe_link(text(aid.get("origin_url")))
    if not title and not link:
        return None
    financers = texts(aid.get("financers"))
    found = entry(
        guid=text(aid.get("id")) or text(aid.get("slug")) or None,
        title=title,
        link=link,
        published=instant(aid.get("date_created")),
        updated=instant(aid.get("date_updated")),
        markup=_markup(aid, financers),
        author=first(financers),
        categories=[name for path in texts(aid.get("categories")) for name in path.split("|")],
        language="fr",
    )
    return stating(found, _facts(aid, financers))


def _facts(aid: dict[str, Any], financers: list[str]) -> StructuredFacts:
    flag = aid.get("is_call_for_project")
    return StructuredFacts(
        deadline=day(aid.get("submission_deadline")),
        financer=first(financers),
        call=flag if isinstance(flag, bool) else None,
    )


def _markup(aid: dict[str, Any], financers: list[str]) -> str:
    """Return the description, then what the other fields say, in words that a person and the tagger read alike."""
    parts = (
        text(aid.get("description")),
        labelled("Nature", ["appel à projets"] if aid.get("is_call_for_project") is True else []),
        labelled("Périmètre", _perimeter(aid)),
        labelled("Financeurs", financers),
        labelled("Instructeurs", aid.get("instructors")),
        labelled("Programmes", aid.get("programs")),
        labelled("Publics visés", aid.get("targeted_audiences")),
        labelled("Types d'aide", aid.get("aid_types")),
        labelled("Dépenses couvertes", aid.get("destinations")),
        labelled("Étapes du projet", aid.get("mobilization_steps")),
        labelled("Taux de subvention", _rate(aid)),
        labelled("Précisions sur la subvention", aid.get("subvention_comment")),
        labelled("Montant du prêt", _at_most(aid.get("loan_amount"))),
        labelled("Montant de l'avance récupérable", _at_most(aid.get("recoverable_advance_amount"))),
        labelled("Accès payant", "oui" if aid.get("is_charged") is True else ""),
        labelled("Récurrence", aid.get("recurrence")),
        labelled("Ouverture", french_day(aid.get("start_date"))),
        labelled("Date limite de pré-dépôt", french_day(aid.get("predeposit_date"))),
        labelled("Date limite de dépôt", french_day(aid.get("submission_deadline"))),
        headed("Conditions d'éligibilité", aid.get("eligibility")),
        headed("Exemples de projets", aid.get("project_examples")),
        labelled("Page du financeur", safe_link(text(aid.get("origin_url"))) or ""),
        labelled("Démarche en ligne", safe_link(text(aid.get("application_url"))) or ""),
    )
    return "\n".join(part for part in parts if part)


def _perimeter(aid: dict[str, Any]) -> str:
    """Return the name of the area with its scale: v1.1 writes « Bretagne (Région) », later versions both apart."""
    name, scale = text(aid.get("perimeter")).strip(), text(aid.get("perimeter_scale")).strip()
    return f"{name} ({scale})" if name and scale and not name.endswith(")") else name


def _rate(aid: dict[str, Any]) -> str:
    least, most = euros(aid.get("subvention_rate_lower_bound")), euros(aid.get("subvention_rate_upper_bound"))
    if most is None:
        return f"au moins {least:g} %" if least else ""
    return f"de {least:g} à {most:g} %" if least and least != most else f"jusqu'à {most:g} %"


def _at_most(value: Any) -> str:
    sum_ = euros(value)
    return f"jusqu'à {sum_:,.0f} €".replace(",", " ") if sum_ else ""
