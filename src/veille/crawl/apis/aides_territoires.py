"""Aides-territoires (API v1.1 and later): public aids, by pages that name the next one (pure).

Fields beyond those of v1.1 are read as the public source of the service writes them
(MTES-MCT/aides-territoires-symfony, ApiController.php): `perimeter_scale`, `subvention_comment`, `name_initial`…
"""

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
    percent,
    read_json,
    records,
    table,
    text,
    texts,
)
from veille.crawl.entries import entry, safe_link
from veille.model import CallStatus, ParsedEntry, StructuredFacts

#: `european_aid` of the service (Aid::LABELS_EUROPEAN).
_EUROPEAN = {"sectorial": "sectorielle", "organizational": "structurelle"}


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
    financers = _backers(aid, "financers")
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


def _backers(aid: dict[str, Any], key: str) -> list[str]:
    """Return names, from the list of names or from that of objects."""
    full = aid.get(f"{key}_full")
    whole = [text(table(one).get("name")).strip() for one in full] if isinstance(full, list) else []
    return texts(aid.get(key)) or [name for name in whole if name]


def _facts(aid: dict[str, Any], financers: list[str]) -> StructuredFacts:
    flag = aid.get("is_call_for_project")
    return StructuredFacts(
        deadline=day(aid.get("submission_deadline")),
        opening=day(aid.get("start_date")),
        amount_max=euros(aid.get("loan_amount")) or euros(aid.get("recoverable_advance_amount")),
        rate=percent(aid.get("subvention_rate_upper_bound")),
        financer=first(financers),
        financers=tuple(financers),
        audiences=tuple(texts(aid.get("targeted_audiences"))),
        territories=tuple(texts(_perimeter(aid))),
        contact=text(aid.get("contact")) or None,
        call=flag if isinstance(flag, bool) else None,
        status=_status(aid),
    )


def _status(aid: dict[str, Any]) -> CallStatus | None:
    if aid.get("is_live") is False:
        return CallStatus.CLOSED
    lasting = text(aid.get("recurrence")) == "Permanente" and day(aid.get("submission_deadline")) is None
    return CallStatus.ROLLING if lasting else None


def _markup(aid: dict[str, Any], financers: list[str]) -> str:
    """Return the description, then what the other fields say, in words that a person and the tagger read alike."""
    parts = (
        text(aid.get("description")),
        labelled("Nature", ["appel à projets"] if aid.get("is_call_for_project") is True else []),
        labelled("Nom d'origine", _unless(text(aid.get("name_initial")), text(aid.get("name")))),
        labelled("Périmètre", _perimeter(aid)),
        labelled("Financeurs", financers),
        labelled("Instructeurs", _backers(aid, "instructors")),
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
        labelled("Projets de référence", aid.get("project_references")),
        labelled("Aide européenne", _EUROPEAN.get(text(aid.get("european_aid")), "")),
        labelled("Page du financeur", safe_link(text(aid.get("origin_url"))) or ""),
        labelled("Démarche en ligne", safe_link(text(aid.get("application_url"))) or ""),
        labelled("Source de la fiche", aid.get("import_data_mention")),
    )
    return "\n".join(part for part in parts if part)


def _unless(said: str, other: str) -> str:
    return said if said.strip() != other.strip() else ""


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
