"""Any JSON API, by a mapping of its fields in sources.yaml (pure)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from veille.config.mapping import Expressions, evaluate, expressions
from veille.crawl.apis.custom import following_request, paging_of
from veille.crawl.apis.page import Page, follow, page, stating
from veille.crawl.apis.payload import day, euros, first, instant, percent, read_json, text, texts
from veille.crawl.apis.words import status, yes_or_no
from veille.crawl.entries import entry, safe_link
from veille.errors import ParseError
from veille.model import ParsedEntry, Request, Source, StructuredFacts

#: The request after an answer and its number of records.
More = Callable[[Any, int], Request | None]
_SEVERAL = ("cpv", "naf", "nuts", "financers", "audiences", "territories")
_CURE = "comparez « mapping » avec ce que répond l'API, puis corrigez-le dans sources.yaml"


def read_mapped(payload: bytes, *, url: str, mapping: Mapping[str, Any], more: More | None = None) -> Page:
    """Read an answer by its mapping; raises ParseError where the mapping finds no list or no title in it."""
    wanted = expressions(mapping)
    document = read_json(payload)
    listed = evaluate(wanted["items"][0], document) if "items" in wanted else document
    if not isinstance(listed, list):
        where = f"« {wanted['items'][0]} »" if "items" in wanted else "la réponse entière"
        raise ParseError(f"aucune liste à l'endroit attendu ({where})", cure=_CURE)
    following: str | Request | None = more(document, len(listed)) if more else None
    if "next" in wanted:
        following = follow(url, text(evaluate(wanted["next"][0], document)))
    return read_records([one for one in listed if isinstance(one, dict)], wanted, url, following)


def paged(source: Source, asked: Request, document: Any, count: int) -> Request | None:
    """Return what `paging` of a source makes of its last request, after an answer of `count` records."""
    paging = paging_of(source)
    cursor, total = (evaluate(paging[key], document) if paging.get(key) else None for key in ("cursor", "total"))
    return following_request(source, asked, count, cursor, total)


def read_records(records: list[dict[str, Any]], wanted: Expressions, url: str, following: str | Request | None) -> Page:
    """Make entries of records; raises ParseError where none has a title."""
    return page(records, partial(_entry, wanted, url), when=partial(_when, wanted), following=following)


def _value(wanted: Expressions, key: str, record: Any) -> Any:
    """Return what the expression of a key finds, None without one."""
    return evaluate(wanted[key][0], record) if key in wanted else None


def _values(wanted: Expressions, key: str, record: Any) -> list[str]:
    return [said for expression in wanted.get(key, ()) for said in texts(evaluate(expression, record))]


def _said(wanted: Expressions, key: str, record: Any) -> str:
    return first(texts(_value(wanted, key, record))) or ""


def _when(wanted: Expressions, record: Any) -> datetime | None:
    return instant(_said(wanted, "updated", record)) or instant(_said(wanted, "published", record))


def _entry(wanted: Expressions, url: str, record: Any) -> ParsedEntry | None:
    title = _said(wanted, "title", record)
    if not title.strip():
        return None
    found = entry(
        guid=_said(wanted, "id", record) or None,
        title=title,
        link=safe_link(_said(wanted, "link", record), url),
        published=instant(_said(wanted, "published", record)),
        updated=instant(_said(wanted, "updated", record)),
        markup="\n".join(f"<p>{part}</p>" for part in _values(wanted, "text", record)),
        author=_said(wanted, "author", record) or None,
        categories=_values(wanted, "categories", record),
        language=_said(wanted, "language", record) or None,
    )
    return stating(found, _facts(wanted, record))


def _facts(wanted: Expressions, record: Any) -> StructuredFacts:
    several = {key: tuple(_values(wanted, key, record)) for key in _SEVERAL}
    return StructuredFacts(
        cpv=several["cpv"],
        naf=several["naf"],
        nuts=several["nuts"],
        financers=several["financers"],
        audiences=several["audiences"],
        territories=several["territories"],
        deadline=day(_said(wanted, "deadline", record)),
        opening=day(_said(wanted, "opening", record)),
        amount=euros(_value(wanted, "amount", record)),
        amount_min=euros(_value(wanted, "amount_min", record)),
        amount_max=euros(_value(wanted, "amount_max", record)),
        rate=percent(_value(wanted, "rate", record)),
        financer=_said(wanted, "financer", record) or first(several["financers"]),
        call=yes_or_no(_value(wanted, "call", record)),
        contact=_said(wanted, "contact", record) or None,
        reference=_said(wanted, "reference", record) or None,
        status=status(_value(wanted, "status", record)),
    )
