"""What every route owes, whatever it shows."""

from inspect import iscoroutinefunction

import pytest
from fastapi import FastAPI
from starlette.routing import Route

from tests.web.conftest import ANNE, Site
from veille.web.forms import MAX_BODY


def addresses(site: Site) -> list[str]:
    person, links = site.person(ANNE), site.links
    return [
        "/", links.unsubscribe(person.id), links.preferences(person.id), links.opinion(person.id, 2), "/m/avis/faux",
        "/nulle/part", links.bulletin(person.id, "hebdo", "2026-W48"), links.profile(person.id),
        links.holdings(person.id),
    ]  # fmt: skip


def every_route(app: FastAPI) -> list[Route]:
    """All routes, those of included rooms too, which FastAPI keeps behind their router."""
    found = []
    for route in app.routes:
        inside = getattr(route, "original_router", None)
        found += [one for one in (inside.routes if inside else [route]) if isinstance(one, Route)]
    assert len(found) > 5
    return found


def test_nothing_of_the_framework_answers(site: Site) -> None:
    for address in ("/docs", "/redoc", "/openapi.json", "/m/avis"):
        assert site.client.get(address).status_code == 404
    link = site.links.unsubscribe(site.person(ANNE).id)
    assert site.client.post(link + "/", data={"action": "partir"}, follow_redirects=False).status_code == 404


def test_handlers_are_plain_functions(site: Site) -> None:
    assert not [route.path for route in every_route(site.client.app) if iscoroutinefunction(route.endpoint)]


def test_every_page_carries_its_headers(sent: Site) -> None:
    for address in addresses(sent):
        headers = sent.client.get(address).headers
        policy = headers["content-security-policy"]
        assert "unsafe-inline" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "set-cookie" not in headers


def test_no_page_has_anything_inline_or_from_elsewhere(sent: Site) -> None:
    for address in addresses(sent):
        text = sent.client.get(address).text
        assert "<script" not in text
        assert " style=" not in text
        assert "<img" not in text


def test_writing_routes_are_few_and_refuse_what_another_site_posts(sent: Site) -> None:
    site, person, links = sent, sent.person(ANNE), sent.links
    writing = {
        route.path for route in every_route(site.client.app) if route.methods & {"POST", "PUT", "PATCH", "DELETE"}
    }
    assert {path for path in writing if not path.startswith("/hooks/")} == {
        "/m/desinscription/{token}", "/m/preferences/{token}", "/m/avis/{token}", "/m/profil/{token}",
        "/m/donnees/{token}",
    }  # fmt: skip
    for link in (
        links.unsubscribe(person.id), links.preferences(person.id), links.opinion(person.id, 2),
        links.profile(person.id), links.holdings(person.id),
    ):  # fmt: skip
        for site_of in ("cross-site", "same-site"):
            answer = site.client.post(link, data={"action": "partir"}, headers={"Sec-Fetch-Site": site_of})
            assert answer.status_code == 403
        plain = {"Content-Type": "text/plain"}
        assert site.client.post(link, content='{"action":"partir"}', headers=plain).status_code == 415
    assert not site.app.members.suppressed([ANNE])
    assert site.app.opinions.of(person.id) == []


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(sent: Site, method: str) -> None:
    for address in addresses(sent):
        assert getattr(sent.client, method)(address).status_code in {404, 405}


def test_reading_pages_take_no_post(site: Site) -> None:
    assert site.client.post(site.links.calendar(site.person(ANNE).id), data={}).status_code == 405


def test_a_long_body_is_cut_off(site: Site) -> None:
    link = site.links.preferences(site.person(ANNE).id)
    assert site.client.post(link, data={"mots": "x" * (MAX_BODY + 1)}).status_code == 413


def test_a_form_of_ten_thousand_fields_is_refused(site: Site) -> None:
    link = site.links.preferences(site.person(ANNE).id)
    body = "&".join(f"a{n}=" for n in range(2_000))
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert site.client.post(link, content=body, headers=kind).status_code == 400


def test_another_host_is_refused(site: Site) -> None:
    refused = site.client.get("/", headers={"Host": "evil.example"})
    assert refused.status_code == 400
    assert "Ces pages ne répondent pas sous ce nom" in refused.text
    assert refused.headers["x-content-type-options"] == "nosniff"
    assert site.client.get("/healthz", headers={"Host": "[::1]:8600"}).text == "ok"
    assert site.client.get("/healthz", headers={"Host": "127.0.0.1:8600"}).text == "ok"


def test_nothing_tells_what_runs_here(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(site.front.readers), "subscriber", lambda *_: 1 / 0)
    broken = site.client.get(site.links.preferences(1))
    assert broken.status_code == 500
    assert "Traceback" not in broken.text
    assert "ZeroDivision" not in broken.text
    assert broken.headers["x-content-type-options"] == "nosniff"
    for address in ("/", "/healthz", "/nulle/part"):
        answer = site.client.get(address)
        assert "uvicorn" not in str(answer.headers).lower()
        assert "starlette" not in (answer.text + str(answer.headers)).lower()


@pytest.mark.parametrize(
    "path", ["/static/..%2f..%2f..%2fetc/passwd", "/static/../app.py", "/static/%2e%2e/app.py", "/static/absent.css"]
)
def test_only_our_own_files_are_served(site: Site, path: str) -> None:
    assert site.client.get(path).status_code == 404
    assert site.client.get("/static/veille.css").status_code == 200
