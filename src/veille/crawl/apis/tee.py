"""Transition écologique des entreprises: the whole catalogue of programmes in one JSON file (pure)."""

import re
from datetime import datetime
from typing import Any

from veille.crawl.apis.page import Page, page, stating
from veille.crawl.apis.payload import day, first, french_day, instant, labelled, plain, read_json, table, text, texts
from veille.crawl.entries import entry, safe_link
from veille.errors import ParseError
from veille.model import CallStatus, ParsedEntry, StructuredFacts

_PAGES = "https://mission-transition-ecologique.beta.gouv.fr/aides-entreprise/"
_SLUG = re.compile(r"[a-z0-9-]{1,120}")
#: The service is for companies; some programmes are open to public bodies as well.
_AUDIENCES = ("Entreprises", "Administrations publiques")
#: Regions from which on a programme is for the whole country (thirteen are metropolitan).
_NATIONWIDE = 12
#: Fields printed with their own name, in this order.
_PRINTED = (
    "nature de l'aide",
    "montant du financement",
    "montant du prêt",
    "durée du prêt",
    "montant de l'avantage fiscal",
    "coût de l'accompagnement",
    "durée de l'accompagnement",
    "ouvert aux administrations publiques",
    "aide temporairement indisponible",
)
_CONDITIONS = (
    "secteur géographique",
    "taille de l'entreprise",
    "secteur d'activité",
    "nombre d'années d'activité",
    "autres critères d'éligibilité",
)


def read_tee(payload: bytes, *, url: str) -> Page:
    """Read programs.json; raises ParseError."""
    document = read_json(payload)
    if not isinstance(document, list) or not any(isinstance(one, dict) and "titre" in one for one in document):
        raise ParseError(
            "la réponse n'est pas le catalogue de Transition écologique des entreprises",
            cure="donnez l'adresse de programs.json",
        )
    programmes = [one for one in document if isinstance(one, dict)]
    return page(programmes, lambda one: _entry(one, url), when=_when, title="Transition écologique des entreprises")


def _when(programme: dict[str, Any]) -> datetime | None:
    return instant(programme.get("début de validité"))


def _entry(programme: dict[str, Any], url: str) -> ParsedEntry | None:
    title, promise = _without_stars(programme.get("titre")), _without_stars(programme.get("promesse"))
    if not title:
        return None
    operators = [*texts(programme.get("opérateur de contact")), *texts(programme.get("autres opérateurs"))]
    found = entry(
        guid=text(programme.get("id")) or None,
        title=f"{title} — {promise}" if promise else title,
        link=safe_link(text(programme.get("url")), url) or _own_page(text(programme.get("id"))),
        published=None,
        updated=None,
        markup=_markup(programme, operators),
        author=operators[0] if operators else None,
        categories=texts(programme.get("nature de l'aide")),
        language="fr",
    )
    return stating(found, _facts(programme, operators))


def _facts(programme: dict[str, Any], operators: list[str]) -> StructuredFacts:
    company = table(table(programme.get("eligibilityData")).get("company"))
    regions = texts(company.get("allowedRegion"))
    contact = text(programme.get("contact question")).removeprefix("mailto:")
    return StructuredFacts(
        deadline=day(_until(programme)),
        opening=day(programme.get("début de validité")),
        financer=first(operators),
        financers=tuple(operators),
        audiences=_AUDIENCES if company.get("openToPublicAdministration") is True else _AUDIENCES[:1],
        territories=tuple(regions) if len(regions) < _NATIONWIDE else (),
        contact=contact if "@" in contact or safe_link(contact) else None,
        status=CallStatus.CLOSED if text(programme.get("aide temporairement indisponible")) == "oui" else None,
    )


def _own_page(slug: str) -> str | None:
    """Return the programme's page on the site of the service, for those that have no page elsewhere."""
    return f"{_PAGES}{slug}" if _SLUG.fullmatch(slug) else None


def _until(programme: dict[str, Any]) -> Any:
    """Return the end of validity, after which nobody may apply."""
    stated = programme.get("fin de validité")
    return stated or table(table(programme.get("eligibilityData")).get("validity")).get("end")


def _markup(programme: dict[str, Any], operators: list[str]) -> str:
    conditions = table(programme.get("conditions d'éligibilité"))
    steps = programme.get("objectifs")
    parts = [
        *(plain(_without_stars(programme.get(name))) for name in ("promesse", "description", "description longue")),
        labelled("Opérateurs", operators),
        *(labelled(name.capitalize(), programme.get(name)) for name in _PRINTED),
        *(labelled(name.capitalize(), conditions.get(name)) for name in _CONDITIONS),
        labelled("Début de validité", french_day(programme.get("début de validité"))),
        labelled("Fin de validité", french_day(_until(programme))),
        *(plain(_without_stars(table(step).get("description"))) for step in (steps if isinstance(steps, list) else [])),
    ]
    return "\n".join(part for part in parts if part)


def _without_stars(value: Any) -> str:
    """Return text without the marks of Markdown's bold."""
    return text(value).replace("**", "")
