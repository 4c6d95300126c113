"""Calls of the EU Funding & Tenders portal, as its search (SEDIA) answers them (pure).

Every value of `metadata` is a list, even of one. Shapes and codes as a public client of the service records them
(aborruso/opencli, plugins/eu-funding, checked there on 2026-09-21).
"""

import json
import re
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from veille.crawl.apis.asking import number_in_query, with_query
from veille.crawl.apis.page import Page, page, stating
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
    table,
    tables,
    text,
    texts,
)
from veille.crawl.apis.queries import SEDIA_STATUS, SEDIA_TYPES
from veille.crawl.entries import entry, safe_link
from veille.model import CallStatus, ParsedEntry, StructuredFacts

_PORTAL = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities"
_STATUS = {
    SEDIA_STATUS["forthcoming"]: CallStatus.UPCOMING,
    SEDIA_STATUS["open"]: CallStatus.OPEN,
    SEDIA_STATUS["closed"]: CallStatus.CLOSED,
}
_TENDER, _CASCADE = SEDIA_TYPES["tender"], SEDIA_TYPES["cascade"]
_NATURES = {
    _TENDER: "marché",
    SEDIA_TYPES["grant"]: "appel à propositions",
    SEDIA_TYPES["proposals"]: "appel à propositions",
    _CASCADE: "appel en cascade",
}
#: The topic's own file, which answers 404; people open its page.
_DEAD = "/data/topicDetails/"
_TRANSLATION = re.compile(r"(?<=[A-Z0-9])[a-z]{2}$")
_COMMISSION = "Commission européenne"


def read_sedia(payload: bytes, *, url: str, now: datetime | None) -> Page:
    """Read one page of a search made of `url`; raises ParseError."""
    document = read_json(payload)
    listed = records(document, "results", "SEDIA")
    today = now.date() if now else None
    return page(
        [one for one in listed if _said(one, "DATASOURCE") in {"", "SEDIA"}],
        lambda one: _entry(one, today),
        when=lambda one: instant(_said(one, "startDate")),
        following=_following(document, listed, url),
        title="EU Funding & Tenders",
        language="en",
    )


def _following(document: dict[str, Any], listed: list[dict[str, Any]], url: str) -> str | None:
    here, size = number_in_query(url, "pageNumber", 1), number_in_query(url, "pageSize", len(listed))
    total = document.get("totalResults")
    more = bool(listed) and isinstance(total, int) and here * size < total
    return with_query(url, {"pageNumber": here + 1}) if more else None


def _all(record: dict[str, Any], name: str) -> list[str]:
    return texts(table(record.get("metadata")).get(name))


def _said(record: dict[str, Any], name: str) -> str:
    return first(_all(record, name)) or ""


def _entry(record: dict[str, Any], today: date | None) -> ParsedEntry | None:
    kind, identifier = _said(record, "type"), _said(record, "identifier")
    title = (_said(record, "callTitle") if kind == _CASCADE else "") or _said(record, "title")
    title = title or text(record.get("summary")).strip()
    if not title:
        return None
    found = entry(
        guid=_id(record, kind, identifier),
        title=title,
        link=_link(record, kind, identifier),
        published=None,
        updated=None,
        markup=_markup(record, kind),
        author=_financer(record, kind),
        categories=_keywords(record),
        language=text(record.get("language")) or "en",
    )
    return stating(found, _facts(record, kind, identifier, today))


def _id(record: dict[str, Any], kind: str, identifier: str) -> str | None:
    """Return an id that no translation changes; a call in cascade carries the identifier of its parent."""
    reference = _TRANSLATION.sub("", text(record.get("reference")).strip())
    named = reference if kind == _CASCADE else identifier or reference
    return f"sedia:{named}" if named else None


def _link(record: dict[str, Any], kind: str, identifier: str) -> str | None:
    own = text(record.get("url")) or _said(record, "url")
    if _DEAD not in own and safe_link(own):
        return safe_link(own)
    topic = identifier and kind not in {_TENDER, _CASCADE}
    return f"{_PORTAL}/topic-details/{quote(identifier, safe='')}" if topic else None


def _facts(record: dict[str, Any], kind: str, identifier: str, today: date | None) -> StructuredFacts:
    deadlines = _deadlines(record)
    whole, least, most = _budget(record, identifier)
    tender = kind == _TENDER
    status = _STATUS.get(_said(record, "status"))
    over = bool(today and deadlines and deadlines[-1] < today)
    return StructuredFacts(
        cpv=tuple(_all(record, "mainCpvCode") or _all(record, "mainCpv")) if tender else (),
        deadline=_next(deadlines, today),
        opening=day(_said(record, "startDate")),
        amount=_contract(record) if tender else whole,
        amount_min=least,
        amount_max=most,
        financer=_financer(record, kind),
        call=None if tender else True,
        reference=identifier or None,
        # Some stay « open » years after their last deadline.
        status=None if over and status is CallStatus.OPEN else status,
    )


def _deadlines(record: dict[str, Any]) -> list[date]:
    return sorted({read for one in _all(record, "deadlineDate") if (read := day(one)) is not None})


def _next(deadlines: list[date], today: date | None) -> date | None:
    """Return the first deadline yet to come, of several cut-off dates or stages; else the last."""
    coming = [one for one in deadlines if today is None or one >= today]
    return next(iter(coming or deadlines[-1:]), None)


def _financer(record: dict[str, Any], kind: str) -> str:
    if kind != _TENDER:
        return _COMMISSION
    parties = tables(_held(record, "cftLeadContractingAuthorityCode"))
    lead = first(text(one.get("name")) for one in parties if one.get("isLeadAuthority") is True)
    return lead or first(text(one.get("name")) for one in parties) or _COMMISSION


def _held(record: dict[str, Any], name: str) -> Any:
    """Return what a field holds that is a JSON document written as text; None where it is none."""
    try:
        return json.loads(_said(record, name), strict=False)
    except (ValueError, RecursionError):  # an empty field, or not the document it was: the rest says enough
        return None


def _keywords(record: dict[str, Any]) -> list[str]:
    listed = _held(record, "keywords")
    return texts(listed) if isinstance(listed, list) else _all(record, "keywords")


def _contract(record: dict[str, Any]) -> float | None:
    in_euros = _said(record, "cftEstimatedOverallContractAmountCurrency") in {"", "EUR"}
    return euros(_said(record, "cftEstimatedOverallContractAmount")) if in_euros else None


def _budget(record: dict[str, Any], identifier: str) -> tuple[float | None, float | None, float | None]:
    """Return the envelope of a topic, and the least and the most that one project may ask; euros."""
    held = table(table(_held(record, "budgetOverview")).get("budgetTopicActionMap"))
    actions = [one for listed in held.values() for one in tables(listed)]
    own = [one for one in actions if identifier and text(one.get("action")).startswith(identifier)]
    sums = [euros(year) or 0.0 for one in own for year in table(one.get("budgetYearMap")).values()]
    least = [found for one in own if (found := euros(one.get("minContribution"))) is not None]
    most = [found for one in own if (found := euros(one.get("maxContribution"))) is not None]
    return sum(sums) or None, min(least, default=None), max(most, default=None)


def _markup(record: dict[str, Any], kind: str) -> str:
    deadlines = [french_day(one.isoformat()) for one in _deadlines(record)]
    parts = (
        labelled("Nature", _NATURES.get(kind, "")),
        labelled("Référence", _said(record, "identifier")),
        labelled("Appel", _unless(_said(record, "callTitle"), _said(record, "title"))),
        labelled("Programme", _said(record, "programmePeriod")),
        labelled("Types d'action", list(dict.fromkeys(_all(record, "typesOfAction")))),
        labelled("Modèle d'échéance", _said(record, "deadlineModel")),
        labelled("Ouverture", french_day(_said(record, "startDate"))),
        labelled("Dates limites" if len(deadlines) > 1 else "Date limite", deadlines),
        *(headed(label, first(_all(record, name))) for label, name in _PASSAGES),
        text(record.get("content")) if not any(_all(record, name) for _, name in _PASSAGES) else "",
        labelled("Mots-clés", _keywords(record)),
    )
    return "\n".join(part for part in parts if part)


#: Passages of markup, in the order in which a person reads them.
_PASSAGES = (
    ("Description", "descriptionByte"),
    ("Description", "description"),
    ("Contexte", "destinationDetails"),
    ("Informations", "furtherInformation"),
    ("Conditions", "topicConditions"),
)


def _unless(said: str, other: str) -> str:
    return "" if said == other else said
