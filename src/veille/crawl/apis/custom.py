"""An API asked as `request:` of sources.yaml says, and its following pages (pure; it loads no parser)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from veille.crawl.apis.asking import number_in_query, own_address, with_query
from veille.crawl.apis.queries import multipart
from veille.model import Request, Source, TokenRequest

_FORM = "application/x-www-form-urlencoded"
_FIRST = {"page": 1, "offset": 0}


def custom_request(source: Source, url: str) -> Request:
    """Return the first request of a source of kind `json`."""
    line: Mapping[str, Any] = source.options.get("request") or {}
    url = own_address(source, url)
    body, content_type = _body(line)
    if body is None and line.get("method") == "POST":
        body = b""
    request = Request(
        url=url,
        headers=tuple(line.get("headers", {}).items()),
        body=body,
        content_type=content_type,
        token=_token(line.get("token")),
    )
    paging = _Paging.of(line)
    return paging.started(request) if paging else request


def following_request(source: Source, asked: Request, count: int, cursor: Any, total: Any) -> Request | None:
    """Return the next request after a page of `count` records, None at the end.

    `cursor` and `total` are what the expressions of `paging` found in the answer.
    """
    paging = _Paging.of(source.options.get("request") or {})
    return paging.following(asked, count, cursor, total) if paging and count else None


def paging_of(source: Source) -> Mapping[str, Any]:
    """Return the `paging:` of a source, empty where there is none."""
    line: Mapping[str, Any] = source.options.get("request") or {}
    found: Mapping[str, Any] = line.get("paging") or {}
    return found


def _body(line: Mapping[str, Any]) -> tuple[bytes | None, str]:
    if line.get("body") is not None:
        return json.dumps(line["body"]).encode(), "application/json"
    if line.get("form") is not None:
        return urlencode(line["form"]).encode(), _FORM
    if line.get("parts") is not None:
        return multipart(line["parts"])
    return None, "application/json"


def _token(line: Mapping[str, Any] | None) -> TokenRequest | None:
    if line is None:
        return None
    body, content_type = _body(line)
    return TokenRequest(
        url=line["url"],
        headers=tuple(line.get("headers", {}).items()),
        body=body or b"",
        content_type=content_type,
        field=line.get("field", "token"),
        header=line.get("header", "Authorization"),
        prefix=line.get("prefix", "Bearer "),
        optional=line.get("optional", False),
    )


@dataclass(frozen=True, slots=True)
class _Paging:
    """How pages follow each other, and where that is written."""

    by: str
    name: str
    first: int
    size: int | None
    size_name: str | None
    in_body: bool

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> "_Paging | None":
        paging: Mapping[str, Any] | None = line.get("paging")
        if paging is None:
            return None
        bodied = line.get("body") is not None or line.get("form") is not None
        return cls(
            by=paging["by"],
            name=paging["name"],
            first=paging.get("first", _FIRST.get(paging["by"], 0)),
            size=paging.get("size"),
            size_name=paging.get("size_name"),
            in_body=paging["place"] == "body" if paging.get("place") else bodied,
        )

    def started(self, request: Request) -> Request:
        """Return the request of the first page."""
        asked = self._with(request, self.size_name, self.size) if self.size_name else request
        return asked if self.by == "cursor" else self._with(asked, self.name, self.first)

    def following(self, asked: Request, count: int, cursor: Any, total: Any) -> Request | None:
        """Return the request of the page after one of `count` records."""
        if self.by == "cursor":
            usable = isinstance(cursor, str | int) and not isinstance(cursor, bool) and cursor != ""
            return self._with(asked, self.name, cursor) if usable else None
        here = self._number(asked)
        step = 1 if self.by == "page" else count
        done = (here - self.first + 1) * (self.size or count) if self.by == "page" else here - self.first + count
        short = self.size is not None and count < self.size
        known = isinstance(total, int) and not isinstance(total, bool)
        if short or (known and done >= total):
            return None
        return self._with(asked, self.name, here + step)

    def _number(self, request: Request) -> int:
        """Return which page a request asked for."""
        if not self.in_body:
            return number_in_query(request.url, self.name, self.first)
        body = request.body or b""
        value: Any = (
            dict(parse_qsl(body.decode())).get(self.name) if request.content_type == _FORM else _at(body, self.name)
        )
        digits = str(value)
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else self.first  # noqa: PLR2004 - nine digits fit 32 bits

    def _with(self, request: Request, name: str, value: Any) -> Request:
        """Return a request with one parameter set."""
        if not self.in_body:
            return replace(request, url=with_query(request.url, {name: value}))
        body = request.body or b"{}"
        if request.content_type == _FORM:
            return replace(request, body=urlencode({**dict(parse_qsl(body.decode())), name: value}).encode())
        document = json.loads(body)
        _put(document, name, value)
        return replace(request, body=json.dumps(document).encode())


def _at(body: bytes, name: str) -> Any:
    """Return what stands at a dotted path of a JSON body."""
    value: Any = json.loads(body or b"{}")
    for step in name.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _put(document: Any, name: str, value: Any) -> None:
    """Set what stands at a dotted path of a JSON object."""
    *path, last = name.split(".")
    for step in path:
        inner = document.get(step) if isinstance(document, dict) else None
        if not isinstance(inner, dict):
            inner = {}
            document[step] = inner
        document = inner
    document[last] = value
