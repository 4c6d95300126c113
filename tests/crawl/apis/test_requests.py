"""`request:` of sources.yaml: an API is asked as it wants, page after page, with keys that stay in the environment."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.apis.test_crawling import HEAD, load
from veille.config.requests import keys_of
from veille.crawl.apis.custom import custom_request, following_request
from veille.crawl.apis.readers import read_json_api
from veille.crawl.kinds import Background
from veille.errors import ConfigError
from veille.model import Request, Source

URL = "https://api.exemple/calls"


def source(request: dict[str, Any] | None = None, url: str = URL) -> Source:
    options = {"mapping": {"title": "t", "items": "data"}, **({"request": request} if request else {})}
    return Source(id="a", title="A", kind="json", url=url, options=options)


def going_on(request: dict[str, Any], *, count: int = 2, cursor: Any = None, total: Any = None) -> Request | None:
    asked = custom_request(source(request), URL)
    return following_request(source(request), asked, count, cursor, total)


def test_without_a_request_the_address_is_asked_by_get() -> None:
    assert custom_request(source(), URL) == Request(url=URL)
    assert following_request(source(), Request(url=URL), 10, "x", 100) is None


@pytest.mark.parametrize(
    ("line", "body", "content_type"),
    [
        ({"body": {"q": "four"}}, b'{"q": "four"}', "application/json"),
        ({"form": {"q": "four", "n": 3}}, b"q=four&n=3", "application/x-www-form-urlencoded"),
        ({"method": "POST"}, b"", "application/json"),
        ({"method": "GET"}, None, "application/json"),
    ],
)
def test_a_body_makes_a_post(line: dict[str, Any], body: bytes | None, content_type: str) -> None:
    asked = custom_request(source(line), URL)
    assert (asked.body, asked.content_type) == (body, content_type)


def test_parts_are_a_form_of_json_parts() -> None:
    asked = custom_request(source({"parts": {"query": {"a": 1}, 'na"me': ["fr"]}}), URL)
    assert asked.content_type.startswith("multipart/form-data; boundary=")
    assert b'name="query"' in (asked.body or b"")
    assert b'name="name"' in (asked.body or b"")


def test_pages_by_number_end_with_the_total_or_a_short_page() -> None:
    line = {"paging": {"by": "page", "name": "p", "size": 2, "size_name": "n"}}
    assert custom_request(source(line), URL).url == f"{URL}?n=2&p=1"
    second = going_on(line, total=3)
    assert second is not None
    assert second.url == f"{URL}?n=2&p=2"
    assert following_request(source(line), second, 2, None, 3) is None
    assert going_on(line, count=1) is None
    assert going_on(line, count=0) is None


def test_pages_by_offset_stand_in_the_body_where_there_is_one() -> None:
    line = {"body": {"search": {"from": 0}}, "paging": {"by": "offset", "name": "search.from"}}
    second = going_on(line, total=5)
    assert json.loads((second and second.body) or b"") == {"search": {"from": 2}}
    third = following_request(source(line), second or Request(url=URL), 2, None, 5)
    assert json.loads((third and third.body) or b"") == {"search": {"from": 4}}
    assert following_request(source(line), third or Request(url=URL), 1, None, 5) is None
    form = {"form": {"q": "a"}, "paging": {"by": "offset", "name": "o", "first": 10}}
    assert custom_request(source(form), URL).body == b"q=a&o=10"
    assert (going_on(form) or Request(url="")).body == b"q=a&o=12"


def test_pages_by_cursor_go_on_while_the_answer_gives_one() -> None:
    line = {"body": {}, "paging": {"by": "cursor", "name": "next", "cursor": "meta.cursor"}}
    assert custom_request(source(line), URL).body == b"{}"
    assert json.loads((going_on(line, cursor="abc") or Request(url="")).body or b"") == {"next": "abc"}
    for last in (None, "", True, ["x"], {"a": 1}):
        assert going_on(line, cursor=last) is None


def test_the_reader_follows_what_paging_says_and_keeps_headers() -> None:
    line = {
        "headers": {"X-Key": "${VEILLE_KEY_A}"}, "body": {"q": 1},
        "paging": {"by": "cursor", "name": "cursor", "cursor": "more"},
    }  # fmt: skip
    asked = custom_request(source(line), URL)
    body = json.dumps({"data": [{"t": "Un"}], "more": "m2"}).encode()
    following = read_json_api(body, "", URL, source(line), Background(request=asked)).next
    assert following is not None
    assert (following.url, following.headers) == (URL, (("X-Key", "${VEILLE_KEY_A}"),))
    assert json.loads(following.body or b"") == {"q": 1, "cursor": "m2"}


def test_a_key_is_asked_of_the_site_that_the_file_names_wherever_it_moved() -> None:
    keyed = source({"headers": {"X-Key": "${VEILLE_KEY_A}"}})
    assert custom_request(keyed, "https://ailleurs.exemple/calls").url == URL
    assert custom_request(keyed, "https://api.exemple/v2/calls").url == "https://api.exemple/v2/calls"
    assert custom_request(source(), "https://ailleurs.exemple/calls").url == "https://ailleurs.exemple/calls"


def test_the_next_page_of_a_keyed_source_is_never_another_site() -> None:
    keyed = source({"headers": {"X-Key": "${VEILLE_KEY_A}"}})
    keyed = Source(id="a", title="A", kind="json", url=URL, options={
        **keyed.options, "mapping": {"title": "t", "items": "data", "next": "next"}
    })  # fmt: skip
    body = json.dumps({"data": [{"t": "Un"}], "next": "https://ailleurs.exemple/calls?p=2"}).encode()
    told = Background(request=custom_request(keyed, URL))
    assert read_json_api(body, "", "https://ailleurs.exemple/calls", keyed, told).next is None
    here = json.dumps({"data": [{"t": "Un"}], "next": "/calls?p=2"}).encode()
    following = read_json_api(here, "", URL, keyed, told).next
    assert following == Request(url=f"{URL}?p=2", headers=(("X-Key", "${VEILLE_KEY_A}"),))


TOKEN = "url: https://api.exemple/login, headers: {X-Key: '${VEILLE_KEY_A}'}"


def test_a_key_is_exchanged_for_a_token_as_the_line_says(tmp_path: Path) -> None:
    text = f"{HEAD}kind: json, mapping: {{title: t}}, request: {{token: {{{TOKEN}, field: jwt, form: {{a: b}}}}}}}}"
    (loaded,) = load(tmp_path, text)
    token = custom_request(loaded, loaded.url).token
    assert token is not None
    assert (token.url, token.field, token.prefix, token.optional) == (
        "https://api.exemple/login",
        "jwt",
        "Bearer ",
        False,
    )
    assert (token.body, token.content_type) == (b"a=b", "application/x-www-form-urlencoded")
    assert keys_of(dict(token.headers)) == ["VEILLE_KEY_A"]


@pytest.mark.parametrize(
    ("request_line", "cause"),
    [
        ("{headers: {X: '${HOME}'}}", "VEILLE_KEY_"),
        ("{headers: {X: '${VEILLE_SMTP_PASSWORD}'}}", "VEILLE_KEY_"),
        ("{headers: {Host: a}}", "ne peut être donné"),
        ("{headers: {Cookie: a}}", "ne peut être donné"),
        ("{headers: {'X Y': a}}", "ne peut être donné"),
        (r'{headers: {X: "a\r\nHost: b"}}', "une ligne"),
        ("{body: {k: '${VEILLE_KEY_A}'}}", "jamais dans un corps"),
        ("{form: {k: '${VEILLE_KEY_A}'}}", "jamais dans un corps"),
        ("{parts: {k: '${VEILLE_KEY_A}'}}", "jamais dans un corps"),
        ("{body: {a: 1}, form: {b: 2}}", "un seul corps"),
        ("{method: GET, body: {a: 1}}", "GET n'a pas de corps"),
        ("{method: PUT}", "valeurs admises"),
        ("{paging: {by: cursor, name: c}}", "cursor"),
        ("{paging: {by: page, name: p, cursor: a}}", "cursor"),
        ("{paging: {by: cursor, name: c, cursor: 'a['}}", "expression incorrecte"),
        ("{paging: {by: page, name: p, place: body}}", "place: body"),
        ("{paging: {by: page, name: p, size_name: n}}", "size_name"),
        ("{token: {url: https://a.exemple/t}}", "nommez-la"),
        ("{token: {url: 'ftp://a.exemple/t', headers: {X: '${VEILLE_KEY_A}'}}}", "https://"),
        ("{inconnu: 1}", "inconnu"),
    ],
)
def test_a_request_that_could_not_be_made_is_refused_at_load(tmp_path: Path, request_line: str, cause: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, f"{HEAD}kind: json, mapping: {{title: t}}, request: {request_line}}}")
    assert cause in str(refused.value)
    assert "request" in str(refused.value)


@pytest.mark.parametrize("kind", ["feed", "api, api: tee", "page"])
def test_a_request_is_for_json_only(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ConfigError, match="« kind: json », et lui seul"):
        load(tmp_path, f"{HEAD}kind: {kind}, request: {{method: POST}}}}")


def test_a_key_in_an_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ne s'écrit pas dans une adresse"):
        load(
            tmp_path,
            "version: 1\nsources:\n  - {id: a, title: A, kind: feed, url: 'https://a.exemple/?k=${VEILLE_KEY_A}'}",
        )
