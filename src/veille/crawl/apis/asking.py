"""How an API is asked: its first request (pure; it loads no parser, for it runs where requests are made)."""

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from veille.config.api_options import API_KEYS, listed
from veille.crawl.apis.queries import sedia_body, ted_body
from veille.model import Request, Source, TokenRequest

#: What APIs answer with.
API_TYPES = "application/json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
#: Requests of one visit, where sources.yaml does not say: twenty seconds at one a second.
API_PAGES = 20
#: Records that Opendatasoft (help.opendatasoft.com/apis/ods-explore-v2), Aides-territoires and SEDIA give at once.
_LARGEST = 100

Parameters = Iterable[tuple[str, int | str]]


def first_request(source: Source, url: str) -> Request:
    """Return the first request of an API, so asked that the newest come first and few requests suffice."""
    asked = _FIRST.get(source.options.get("api"))
    return asked(source, own_address(source, url)) if asked else Request(url=url)


def own_address(source: Source, url: str) -> str:
    """Return the address to ask; a key is for the site that sources.yaml names, wherever that has moved since."""
    keyed = source.options.get("api") in API_KEYS or source.options.get("request")
    moved = urlsplit(url)[:2] != urlsplit(source.url)[:2]
    return source.url if keyed and moved else url


def newest_first(url: str) -> str:
    """Return an address of Aides-territoires: newest first and as many as may be, unless it says otherwise.

    Orders and sizes as in the public source of the service (MTES-MCT/aides-territoires-symfony, ApiController.php).
    """
    named = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    order: dict[str, int | str] = {} if named & {"order_by", "orderBy"} else {"order_by": "publication_date"}
    size: dict[str, int | str] = {} if named & {"size", "itemsPerPage"} else {"itemsPerPage": _LARGEST}
    return with_query(url, {**order, **size}) if order or size else url


def _aides_territoires(source: Source, url: str) -> Request:
    """Ask Aides-territoires, by a token where there is a key for one (X-AUTH-TOKEN → JWT of a day)."""
    (key,) = API_KEYS["aides-territoires"]
    token = TokenRequest(
        url=urljoin(source.url, "/api/connexion/"), headers=(("X-AUTH-TOKEN", f"${{{key}}}"),), optional=True
    )
    return Request(url=newest_first(url), token=token)


def _opendatasoft(source: Source, url: str) -> Request:
    return Request(url=first_page(filtered(url, source.options)))


def _boamp(source: Source, url: str) -> Request:
    """Ask for the notices of the BOAMP, the last published first."""
    named = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    given = source.options.get("order_by") or named & {"order_by", "sort"}
    options = source.options if given else {**source.options, "order_by": "dateparution desc"}
    return Request(url=first_page(filtered(url, options)))


def first_page(url: str) -> str:
    """Return the address of the first page of an Opendatasoft dataset: as many as may be, unless it says how many."""
    size, _ = page_parameters(url)
    return url if number_in_query(url, size, 0) else with_query(url, {size: _LARGEST})


def filtered(url: str, options: Mapping[str, object]) -> str:
    """Return the address of a dataset with the filters of `options`, in the words of its version of the API."""
    first_version = page_parameters(url) == ("rows", "start")
    where, select, order = (listed(options.get(name)) for name in ("where", "select", "order_by"))  # type: ignore[arg-type]  # checked when sources.yaml was read
    pairs: list[tuple[str, int | str]] = []
    if where:
        pairs.append(("q" if first_version else "where", " AND ".join(f"({one})" for one in where)))
    if select:
        pairs.append(("fields" if first_version else "select", ",".join(select)))
    if order:
        pairs.append(("sort", _sign(order[0])) if first_version else ("order_by", ",".join(order)))
    for name in ("refine", "exclude"):
        for one in listed(options.get(name)):  # type: ignore[arg-type]  # as above
            field, _, value = (part.strip() for part in one.partition(":"))
            quoted = value.replace("\\", "\\\\").replace('"', '\\"')
            pairs.append((f"{name}.{field}", value) if first_version else (name, f'{field}:"{quoted}"'))
    return _with_pairs(url, pairs) if pairs else url


def _sign(order: str) -> str:
    """Return « date desc » as the first version writes it: « date » is newest first there, « -date » oldest first."""
    field, _, way = order.strip().partition(" ")
    return field if way.strip().lower() == "desc" else f"-{field}"


def page_parameters(url: str) -> tuple[str, str]:
    """Return what the Opendatasoft API of this URL calls the size and the beginning of a page."""
    return ("rows", "start") if urlsplit(url).path.startswith("/api/records/1.0") else ("limit", "offset")


def _ted(source: Source, url: str) -> Request:
    return Request(url=url, body=ted_body(source.options))


def _sedia(source: Source, url: str) -> Request:
    """Ask SEDIA; `apiKey` names an index of the portal and is no secret."""
    body, content_type = sedia_body(source.options)
    text = source.options.get("text", "***")
    asked: dict[str, int | str] = {"apiKey": "SEDIA", "text": text, "pageSize": _LARGEST, "pageNumber": 1}
    return Request(url=with_query(url, asked), body=body, content_type=content_type)


def _les_aides(_source: Source, url: str) -> Request:
    (key,) = API_KEYS["les-aides"]
    return Request(url=with_query(url, {"format": "json"}), headers=(("X-IDC", f"${{{key}}}"),))


def _aides_entreprises(_source: Source, url: str) -> Request:
    identity, key = API_KEYS["aides-entreprises"]
    headers = (("X-Aidesentreprises-Id", f"${{{identity}}}"), ("X-Aidesentreprises-Key", f"${{{key}}}"))
    asked: dict[str, int | str] = {"limit": _LARGEST, "offset": 0, "clean_html": "true", "show_indexation": "true"}
    given = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    return Request(url=with_query(url, {n: v for n, v in asked.items() if n not in given}), headers=headers)


def with_query(url: str, changes: Mapping[str, int | str]) -> str:
    """Return a URL with these parameters set, the others and their order kept."""
    pairs = [(name, value) for name, value in _pairs(url) if name not in changes]
    return _of(url, [*pairs, *changes.items()])


def _with_pairs(url: str, more: Parameters) -> str:
    return _of(url, [*_pairs(url), *more])


def _pairs(url: str) -> list[tuple[str, int | str]]:
    return [(name, value) for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)]


def _of(url: str, pairs: Parameters) -> str:
    parts = urlsplit(url)
    query = urlencode([(name, str(value)) for name, value in pairs])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def number_in_query(url: str, name: str, default: int) -> int:
    """Return a whole number of a URL's query, or `default`."""
    values = [value for key, value in parse_qsl(urlsplit(url).query) if key == name]
    digits = values[-1] if values else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else default  # noqa: PLR2004 - nine digits fit 32 bits


_FIRST: Mapping[str | None, Callable[[Source, str], Request]] = {
    "aides-entreprises": _aides_entreprises,
    "aides-territoires": _aides_territoires,
    "boamp": _boamp,
    "les-aides": _les_aides,
    "opendatasoft": _opendatasoft,
    "sedia": _sedia,
    "ted": _ted,
}
