"""Any dataset of an Opendatasoft portal: Explore API v2.1, v2.0 and the older search API v1 (pure)."""

from collections.abc import Mapping
from typing import Any

from veille.config.mapping import expressions
from veille.crawl.apis.asking import number_in_query, page_parameters, with_query
from veille.crawl.apis.mapped import read_records
from veille.crawl.apis.page import Page
from veille.crawl.apis.payload import read_json
from veille.errors import ParseError

#: The furthest that paging reaches (help.opendatasoft.com/apis/ods-explore-v2).
_FURTHEST = 10_000
#: Records of one request where the URL does not say.
_DEFAULT = 10


def read_opendatasoft(payload: bytes, *, url: str, mapping: Mapping[str, Any]) -> Page:
    """Read one page of a dataset; raises ParseError."""
    document = read_json(payload)
    listed = listed_records(document)
    return read_records(listed, expressions(mapping), url, following_page(document, listed, url))


def listed_records(document: Any) -> list[dict[str, Any]]:
    """Return the records with their fields flat, as v2.1 gives them and others wrap them; raises ParseError."""
    for key, flat in (("results", _itself), ("records", _fields)):
        listed = document.get(key) if isinstance(document, dict) else None
        if isinstance(listed, list):
            return [flat(record) for record in listed if isinstance(record, dict)]
    raise ParseError(
        "la réponse n'est pas celle d'un jeu de données Opendatasoft",
        cure="donnez l'adresse …/api/explore/v2.1/catalog/datasets/JEU/records",
    )


def _itself(record: dict[str, Any]) -> dict[str, Any]:
    return record


def _fields(record: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a record of v2.0 or v1, and its id as `recordid`."""
    inner = record.get("record")  # v2.0 wraps each record with its links
    holder = inner if isinstance(inner, dict) else record
    fields = holder.get("fields")
    if not isinstance(fields, dict):
        return holder
    return {"recordid": holder.get("recordid") or holder.get("id"), **fields}


def following_page(document: dict[str, Any], listed: list[dict[str, Any]], url: str) -> str | None:
    """Return the following page, None at the end or as far as the API lets one go."""
    size, start = page_parameters(url)
    total = document.get("total_count", document.get("nhits"))
    begins = number_in_query(url, start, 0) + len(listed)
    if not listed or not isinstance(total, int) or begins >= min(total, _FURTHEST):
        return None
    return with_query(url, {size: min(number_in_query(url, size, _DEFAULT), _FURTHEST - begins), start: begins})
