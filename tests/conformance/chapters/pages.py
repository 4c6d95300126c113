"""X10 to X19, beyond the checklist: listing pages, read by recipes."""

from typing import Any

from tests.conformance.documents import PAGE, listed, page
from tests.conformance.rules import Case, Feed, rule
from tests.conformance.server import Behaviour, Reply, always, by_run, conditional, reply

RECIPE = {"item": "li", "title": "a", "link": "a", "date": "time", "deadline": "b"}


def _html(*items: str, head: str = "", **options: Any) -> Reply:
    return reply(page(*items, head=head), content_type="text/html; charset=utf-8", **options)


def _page(answer: Behaviour, name: str = "", more: dict[str, Behaviour] | None = None, **keys: Any) -> Feed:
    return Feed(answer, name, "/aides/liste", more or {}, kind="page", keys={"recipe": RECIPE, **keys})


_ODD = (
    "<li><a href='fiche?id=1&amp;page=2'>Une &amp; deux</a><time>13 janvier 2027</time></li>",
    "<li><a href='javascript:voir(2)'>Piège</a></li>",
    "<li><a href='//autre.test/3#haut'>Trois</a></li>",
)


@rule("X10", "MUST", _page(always(_html(*_ODD, head="<base href='/portail/'>"))))
def links(case: Case) -> None:
    """Links are resolved against <base>; what is not http is not kept, its entry is."""
    assert case.titles(1) == ["Piège", "Trois", "Une & deux"]
    found = {entry["title"]: entry["link"] for entry in case.entries(1)}
    assert found["Une & deux"].endswith("/portail/fiche?id=1&page=2")
    assert found["Piège"] is None
    assert found["Trois"] == "http://autre.test/3#haut"
    assert {entry["date"] for entry in case.entries(1)} == {"2027-01-12T23:00:00+00:00", None}


_TEN = [listed(number) for number in range(1, 11)]


@rule(
    "X11",
    "MUST",
    _page(by_run(_html(*_TEN), _html(), _html(*_TEN, listed(11))), "vide"),
    _page(by_run(_html(*_TEN), _html(*_TEN[:4]), _html(*_TEN, listed(11))), "moins"),
    _page(by_run(_html(*_TEN), reply(PAGE, content_type="text/html"), _html(*_TEN, listed(11))), "erreur"),
)
def redesigned(case: Case) -> None:
    """A list that is suddenly empty or half as long is a state with both counts, not an empty list."""
    for name, count in (("vide", "0"), ("moins", "4"), ("erreur", "0")):
        assert case.state(2, name) == "invalide"
        assert case.sentence(2, name).startswith(count), case.sentence(2, name)
        assert "10" in case.sentence(2, name)
        assert len(case.entries(2, name)) == 10
        assert len(case.entries(3, name)) == 11


@rule("X12", "SHOULD", _page(conditional(page(listed(1), listed(2)), '"liste-1"')))
def unchanged(case: Case) -> None:
    """A page is asked with its validators too."""
    assert case.one(2).header("if-none-match") == '"liste-1"'
    assert case.state(2) == "inchangé"


def _numbered(number: int) -> Behaviour:
    return always(_html(listed(number), head=f"<link rel=next href='/aides/liste?p={number + 1}'>"))


_PAGES = {f"/aides/liste?p={number}": _numbered(number) for number in range(2, 9)}


@rule("X13", "SHOULD", _page(_numbered(1), "sept", _PAGES, pages=7), _page(_numbered(1), "boucle", {"*": _numbered(1)}))
def next_pages(case: Case) -> None:
    """A list is followed to its next pages, never beyond the cap, and later only as far as there is news."""

    def lists(run: int, name: str) -> int:
        return sum(request.path.startswith("/aides/liste") for request in case.requests(run, name))

    assert lists(1, "sept") == 7
    assert len(case.entries(1, "sept")) == 7
    assert lists(2, "sept") == 1
    assert 1 <= lists(1, "boucle") <= 5


_CHALLENGE = reply(
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head><script>_cf_chl_opt={}</script></html>",
    403,
    {"Server": "cloudflare", "CF-Mitigated": "challenge"},
    content_type="text/html",
)
_ANUBIS = reply(
    "<!DOCTYPE html><html><body><script id='anubis_challenge' type='application/json'>{}</script></body></html>",
    content_type="text/html",
)


@rule("X14", "SHOULD", _page(always(_CHALLENGE), "403"), _page(always(_ANUBIS), "200"), Feed(always(_ANUBIS), "flux"))
def challenged(case: Case) -> None:
    """A firewall is named, neither dodged nor asked again at once."""
    for name, firm in (("403", "Cloudflare"), ("200", "Anubis"), ("flux", "Anubis")):
        assert len(case.requests(1, name)) == 1
        assert case.state(1, name) == "bloqué"
        assert firm in case.sentence(1, name)
        assert case.entries(3, name) == []


_SITEMAP = (
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<url><loc>/aides/ancienne-aide</loc><lastmod>2020-01-01</lastmod></url>"
    "<url><loc>/aides/appel-bois</loc><lastmod>2027-01-12</lastmod></url></urlset>"
)


@rule("X15", "SHOULD", Feed(always(reply(_SITEMAP, content_type="application/xml")), path="/plan.xml", kind="sitemap"))
def sitemap(case: Case) -> None:
    """A sitemap gives the pages that it names, once each."""
    assert case.titles(3) == ["Ancienne aide", "Appel bois"]
    assert case.state(2) == "inchangé"


@rule("X16", "MUST", _page(by_run(_html(listed(1), status=500), _html(listed(1)))))
def error_page(case: Case) -> None:
    """A list on an error page is no list."""
    assert case.entries(1) == []
    assert case.titles(2) == ["Aide 1"]
