"""Hostile inputs of every kind that members' pages can meet, on every page that shows them."""

import logging
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import update

from tests.bad_inputs import cases
from tests.web.conftest import ANNE, Site, send
from veille.model import ProfileDraft
from veille.storage.tables import ItemRow, SourceStateRow, SubscriberRow

#: Elements that our own templates write.
OURS = {
    "html", "head", "meta", "title", "link", "body", "div", "header", "main", "footer", "section", "article", "p", "h1",
    "h2", "h3", "a", "form", "fieldset", "legend", "label", "input", "textarea", "button", "span", "strong", "ul", "ol",
    "li",
}  # fmt: skip


class Seen(HTMLParser):
    """What a page is made of, as a browser would take it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.targets: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.targets |= {value or "" for name, value in attrs if name in {"href", "action", "formaction", "src"}}


def literal(classes: set[str]) -> list[Any]:
    """The cases of these classes that are a text, one parameter each."""
    return [case for case in cases("web", classes=classes) if not case.values[0] or "input" in case.values[0]]


def pages(site: Site) -> dict[str, str]:
    person, links = site.person(ANNE), site.links
    return {
        "opinion": links.opinion(person.id, 2),
        "preferences": links.preferences(person.id),
        "bulletin": links.bulletin(person.id, "hebdo", "2026-W48"),
        "profile": links.profile(person.id),
        "holdings": links.holdings(person.id),
        "unsubscribe": links.unsubscribe(person.id),
    }


def assert_inert(name: str, page: str) -> None:
    seen = Seen(page)
    assert seen.elements <= OURS, name
    assert not {attribute for attribute in seen.attributes if attribute.startswith(("on", "style", "src"))}, name
    assert all(urlsplit(target).scheme in {"", "http", "https", "mailto"} for target in seen.targets), name
    assert "evil.example" not in {urlsplit(target).hostname for target in seen.targets}, name


@pytest.mark.parametrize("case", literal({"xss"}))
def test_what_others_wrote_is_only_text_on_every_page(sent: Site, case: dict[str, str]) -> None:
    site, bad, person = sent, case["input"], sent.person(ANNE)
    with site.app.database.write() as session:
        session.execute(update(ItemRow).where(ItemRow.id == 2).values(title=bad, url=bad))
        session.execute(update(SourceStateRow).values(title=bad))
        session.execute(update(SubscriberRow).where(SubscriberRow.id == person.id).values(origin=bad, muted=[bad]))
    draft = {"member_id": person.member_id, "field": "needs", "value": bad, "origin": bad, "quote": bad}
    site.app.drafts.propose([ProfileDraft(**draft, at=site.clock.now())])
    opinion = site.links.opinion(person.id, 2)
    assert_inert("before", site.client.get(opinion).text)
    site.client.post(opinion, data={"avis": "not_for_me", "raison": "known"})
    for name, path in pages(site).items():
        answer = site.client.get(path)
        assert answer.status_code == 200, name
        assert_inert(name, answer.text)


def test_the_bulletin_online_shows_hostile_titles_as_text(site: Site) -> None:
    bad = {
        2: "<script>alert(1)</script>",
        4: '<img src=x onerror="alert(1)">',
        6: '"><iframe srcdoc="<script>alert(1)</script>">',
    }
    with site.app.database.write() as session:
        for number, words in bad.items():
            changed = {"title": f"extraits végétaux {words}", "text": words, "url": f"javascript:{words}"}
            session.execute(update(ItemRow).where(ItemRow.id == number).values(**changed))
    send(site)
    page = site.client.get(pages(site)["bulletin"]).text
    assert page.count("alert(1)") >= 3
    assert_inert("bulletin", page)


@pytest.mark.parametrize("case", literal({"open_redirect"}))
def test_no_address_given_is_gone_to(site: Site, case: dict[str, str]) -> None:
    for path in ("/", site.links.preferences(site.person(ANNE).id)):
        for name in ("next", "url", "redirect"):
            answer = site.client.get(f"{path}?{name}={quote(case['input'])}", follow_redirects=False)
            assert answer.status_code == 200
            assert "location" not in answer.headers
            assert "set-cookie" not in answer.headers
    assert site.client.get(f"/x{quote(case['input'])}", follow_redirects=False).status_code == 404


@pytest.mark.parametrize("case", literal({"params"}))
def test_strange_parameters_never_break_a_page(sent: Site, case: dict[str, str]) -> None:
    site, kind = sent, {"Content-Type": "application/x-www-form-urlencoded"}
    for name, path in pages(site).items():
        assert site.client.get(f"{path}?{case['input']}").status_code == 200, name
        answer = site.client.post(path, content=case["input"], headers=kind)
        assert answer.status_code in {200, 400, 405}, name


@pytest.mark.parametrize("case", literal({"log"}))
def test_a_path_forges_no_line_of_the_log(site: Site, case: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="veille"):
        assert site.client.get("/m/avis/" + quote(case["input"])).status_code == 404
    assert not [line for line in caplog.messages if "\n" in line or "\x1b" in line]


@pytest.mark.parametrize("name", ["rythme", "mots", "rubrique", "langue", "source", "reprise"])
def test_fields_of_hostile_bytes_are_kept_clean_or_refused(site: Site, name: str) -> None:
    link = site.links.preferences(site.person(ANNE).id)
    for bad in (
        "\x00",
        "\u202egnp.exe",
        "\ud83d".encode("utf-16", "surrogatepass").hex(),
        "é" * 3_000,
        "%s%n",
        "'; DROP TABLE item; --",
    ):
        fields = {"rythme": "weekly", "rubrique": "seize", name: bad}
        assert site.client.post(link, data=fields).status_code in {200, 400, 422}
    person = site.person(ANNE)
    assert all("\x00" not in term and "\u202e" not in term for term in person.muted)
