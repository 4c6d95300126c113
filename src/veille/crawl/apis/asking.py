"""How an API is asked: the first address (pure; it loads no parser, for it runs where requests are made)."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from veille.model import Request, Source

#: What APIs answer with.
API_TYPES = "application/json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
#: Requests of one visit, where sources.yaml does not say: twenty seconds at one a second.
API_PAGES = 20
#: Records that Opendatasoft (help.opendatasoft.com/apis/ods-explore-v2) and Aides-territoires give at once.
_LARGEST = 100


def first_request(source: Source, url: str) -> Request:
    """Return the first request of an API, so asked that the newest come first and few requests suffice."""
    asked = _FIRST.get(source.options.get("api"))
    return Request(url=asked(url) if asked else url)


def newest_first(url: str) -> str:
    """Return an address of Aides-territoires: newest first and as many as may be, unless it says otherwise.

    Orders and sizes as in the public source of the service (MTES-MCT/aides-territoires-symfony, ApiController.php).
    """
    named = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    order: dict[str, int | str] = {} if named & {"order_by", "orderBy"} else {"order_by": "publication_date"}
    size: dict[str, int | str] = {} if named & {"size", "itemsPerPage"} else {"itemsPerPage": _LARGEST}
    return with_query(url, {**order, **size}) if order or size else url


def first_page(url: str) -> str:
    """Return the address of the first page of an Opendatasoft dataset: as many as may be, unless it says how many."""
    size, _ = page_parameters(url)
    return url if number_in_query(url, size, 0) else with_query(url, {size: _LARGEST})


def page_parameters(url: str) -> tuple[str, str]:
    """Return what the Opendatasoft API of this URL calls the size and the beginning of a page."""
    return ("rows", "start") if urlsplit(url).path.startswith("/api/records/1.0") else ("limit", "offset")


def with_query(url: str, changes: Mapping[str, int | str]) -> str:
    """Return a URL with these parameters set, the others and their order kept."""
    parts = urlsplit(url)
    pairs = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in changes]
    pairs += [(name, str(value)) for name, value in changes.items()]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(pairs), ""))


def number_in_query(url: str, name: str, default: int) -> int:
    """Return a whole number of a URL's query, or `default`."""
    values = [value for key, value in parse_qsl(urlsplit(url).query) if key == name]
    digits = values[-1] if values else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else default  # noqa: PLR2004 - nine digits fit 32 bits


_FIRST: Mapping[str | None, Callable[[str], str]] = {
    "aides-territoires": newest_first,
    "opendatasoft": first_page,
}
