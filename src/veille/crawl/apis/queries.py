"""What is asked of search APIs that take a body: TED and SEDIA (pure; it loads no parser)."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

#: Fields of a notice that are asked for; one unknown name fails the whole request (HTTP 400). Each stands in an answer
#: of the service recorded in public (DmitriRybakov/VS-Watchdog, tests/fixtures/ted, 12 September 2026).
TED_FIELDS = (
    *("publication-number", "publication-date", "notice-type", "form-type", "official-language", "links"),
    *("notice-title", "title-proc", "description-proc", "title-lot", "description-lot", "buyer-name", "buyer-country"),
    *("contract-nature-main-proc", "classification-cpv", "place-of-performance"),
    *("deadline-receipt-tender-date-lot", "deadline-receipt-request-date-lot"),
    *("estimated-value-proc", "estimated-value-cur-proc", "estimated-value-lot", "estimated-value-cur-lot"),
)
#: Notices of one page: the service allows 250, of up to 20 kB each.
TED_PAGE = 100
#: Codes of the SEDIA index, from its facets (aborruso/opencli, plugins/eu-funding, checked there on 2026-09-21).
SEDIA_TYPES = {"tender": "0", "grant": "1", "proposals": "2", "cascade": "8"}
SEDIA_STATUS = {"forthcoming": "31094501", "open": "31094502", "closed": "31094503"}


def ted_body(options: Mapping[str, Any], token: str | None = None) -> bytes:
    """Return the body of a search of TED, newest first; `token` is where the last page ended."""
    asked = {
        "query": f"({options['query']}) SORT BY publication-date DESC",
        "fields": TED_FIELDS,
        "limit": TED_PAGE,
        "scope": options.get("scope", "ACTIVE"),
        "checkQuerySyntax": False,
        "paginationMode": "ITERATION",
        "onlyLatestVersions": True,
    }
    return json.dumps({**asked, **({"iterationNextToken": token} if token else {})}).encode()


def sedia_body(options: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return the body of a search of SEDIA and its content type.

    Without `languages` each record comes once a translation; without DATASOURCE an archive of 2023 comes too.
    """
    types = options.get("types", ("grant", "proposals", "cascade"))
    status = options.get("status", ("open", "forthcoming"))
    must: list[dict[str, Any]] = [
        {"terms": {"type": [SEDIA_TYPES[name] for name in types]}},
        {"terms": {"status": [SEDIA_STATUS[name] for name in status]}},
        {"term": {"DATASOURCE": "SEDIA"}},
    ]
    if options.get("programmes"):
        must.append({"terms": {"frameworkProgramme": list(options["programmes"])}})
    if options.get("query"):
        must.append(options["query"])
    parts = {
        "query": {"bool": {"must": must}},
        "languages": [options.get("language", "en")],
        "sort": {"field": "startDate", "order": "DESC"},
    }
    return multipart(parts)


def multipart(parts: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return JSON parts as multipart/form-data (RFC 7578), the same bytes for the same parts, and the content type."""
    written = {name: json.dumps(value) for name, value in parts.items()}
    boundary = "veille-" + hashlib.sha256(repr(written).encode()).hexdigest()[:32]
    lines = []
    for name, value in written.items():
        plain = name.replace("\\", "").replace('"', "")
        head = f'Content-Disposition: form-data; name="{plain}"; filename="blob"\r\nContent-Type: application/json'
        lines.append(f"--{boundary}\r\n{head}\r\n\r\n{value}\r\n")
    return ("".join(lines) + f"--{boundary}--\r\n").encode(), f"multipart/form-data; boundary={boundary}"
