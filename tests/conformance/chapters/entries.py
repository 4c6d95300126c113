"""E13 to E34: broken markup, links, identity, dates. What is exported is judged, after one run and after three."""

import json
from datetime import datetime

from tests.conformance.documents import LONGER, PAGE, PLAIN, atom, item, numbered, rss
from tests.conformance.rules import Case, Feed, rule
from tests.conformance.server import Reply, always, by_run, reply

SEVEN = "2027-01-13T07:00:00+00:00"


def _feed(document: str | bytes, name: str = "", content_type: str = "application/rss+xml; charset=utf-8") -> Feed:
    return Feed(always(reply(document, content_type=content_type)), name)


def _changing(*documents: str, name: str = "") -> Feed:
    return Feed(by_run(*map(reply, documents)), name)


def _one(title: str, raw: str = "") -> str:
    return rss(item(None, "https://exemple.test/1", "1", raw=f"<title>{title}</title>{raw}"))


def _instant(entry: dict[str, str]) -> str:
    return datetime.fromisoformat(entry["date"]).isoformat()


@rule("E13", "SHOULD", _feed(_one("Eau & forêt", "<link>https://exemple.test/a?b=1&c=2</link>")))
def bare_ampersand(case: Case) -> None:
    """A bare & breaks nothing."""
    assert case.titles(1) == ["Eau & forêt"]


@rule("E14", "SHOULD", _feed("\n\n  Warning: module absent on line 3\n" + PLAIN))
def junk_before(case: Case) -> None:
    """Junk before the declaration is passed over."""
    assert case.titles(1) == ["Article 1", "Article 2"]


@rule("E15", "SHOULD", _feed(_one("Aide\x0b à\x01 l'innovation&#11;")))
def control_characters(case: Case) -> None:
    """Control characters, literal and escaped, vanish; the entries stay."""
    assert case.titles(1) == ["Aide à l'innovation"]


@rule(
    "E16",
    "SHOULD",
    _feed(_one("Recherche &amp;amp; d&amp;eacute;veloppement"), "double"),
    _feed(_one("<![CDATA[Bois <b>& forêt</b> &eacute;tude]]>"), "cdata"),
)
def escapes(case: Case) -> None:
    """Double escapes and CDATA come out as a person would read them."""
    assert case.titles(1, "double") == ["Recherche & développement"]
    assert case.titles(1, "cdata") == ["Bois & forêt étude"]


@rule("E17", "SHOULD", _feed(PLAIN, content_type="text/html; charset=utf-8"))
def as_html(case: Case) -> None:
    """A feed served as text/html is a feed."""
    assert case.titles(1) == ["Article 1", "Article 2"]


_BASED = '<entry xml:base="2027/"><title>Un</title><id>urn:1</id><link href="page.html"/></entry>'


@rule("E18", "MUST", _feed(atom(_BASED, attributes=' xml:base="https://exemple.test/blog/"'), content_type="text/xml"))
def xml_base(case: Case) -> None:
    """xml:base is obeyed, nested ones too."""
    assert case.entry(1)["link"] == "https://exemple.test/blog/2027/page.html"


_LINKS = (
    '<link rel="self" href="https://exemple.test/soi"/><link rel="enclosure" type="audio/mpeg" href="/son.mp3"/>'
    '<link rel="replies" href="/reponses"/><link rel="alternate" type="text/html" href="/page"/>'
)


@rule(
    "E19",
    "MUST",
    _feed(atom(f"<entry><title>Un</title><id>urn:1</id>{_LINKS}</entry>"), "atom", "application/atom+xml"),
    _feed(rss(item("Un", "/aide/2027", "1")), "rss"),
)
def alternate(case: Case) -> None:
    """The link is rel=alternate; a root-relative one becomes absolute."""
    for name, path in (("atom", "/page"), ("rss", "/aide/2027")):
        link = case.entry(1, name)["link"]
        assert link.startswith("http://127."), link
        assert link.endswith(path), link


def _nameless(*numbers: int) -> str:
    return rss(*(item(f"Article {number}", f"https://exemple.test/{number}") for number in numbers))


@rule(
    "E20",
    "MUST",
    _changing(_nameless(1, 2), _nameless(3, 1, 2), name="lien"),
    _changing(rss(item("Seul")), rss(item("Autre"), item("Seul")), name="titre"),
)
def no_guid(case: Case) -> None:
    """Entries without guid are known again by their link, without link by their title."""
    assert case.titles(3, "lien") == ["Article 1", "Article 2", "Article 3"]
    assert case.titles(3, "titre") == ["Autre", "Seul"]


_LINK = "https://exemple.test/1"


@rule("E21", "MUST", _changing(rss(item("Clôture le 3 mars", _LINK, "1")), rss(item("Clôture le 30 mars", _LINK, "1"))))
def edited(case: Case) -> None:
    """An edited entry is the same entry, with its new words."""
    assert case.titles(1) == ["Clôture le 3 mars"]
    assert case.titles(3) == ["Clôture le 30 mars"]
    assert case.evidence.runs[1].reports[case.rule.source()]["changed"] == 1


_UTM = _LINK + "?utm_source=rss&utm_medium=flux&utm_campaign=2"


@rule(
    "E22",
    "SHOULD",
    _changing(rss(item("Un", _LINK)), rss(item("Un", _UTM)), name="lien"),
    _changing(rss(item("Un", _LINK, _LINK)), rss(item("Un", _UTM, _UTM)), name="guid"),
)
def tracking(case: Case) -> None:
    """utm_ variants of a link are one entry."""
    assert case.titles(3, "lien") == ["Un"]
    assert case.titles(3, "guid") == ["Un"]


@rule("E23", "SHOULD", _changing(rss(item("Un", _LINK, "ancien-1")), rss(item("Un", _LINK, "nouveau-1"))))
def guid_changes(case: Case) -> None:
    """A feed that changes its guids does not bring its history back as new (FreshRSS#5329)."""
    assert case.titles(3) == ["Un"]


_SAME_GUID = rss(item("Un", "https://exemple.test/1", "fixe"), item("Deux", "https://exemple.test/2", "fixe"))


@rule("E24", "SHOULD", _feed(_SAME_GUID))
def guid_collision(case: Case) -> None:
    """Two entries with one guid are both kept."""
    assert case.titles(1) == ["Deux", "Un"]
    assert case.titles(3) == ["Deux", "Un"]


@rule("E25", "MUST", Feed(by_run(reply(PLAIN), reply(PAGE, content_type="text/html"), reply(LONGER))))
def error_page(case: Case) -> None:
    """An HTML page served as 200 deletes nothing, adds nothing and is a state."""
    assert case.titles(2) == ["Article 1", "Article 2"]
    assert case.state(2) == "invalide"
    assert case.titles(3) == ["Article 1", "Article 2", "Article 3"]


_NOTHING: Reply = reply("")


@rule(
    "E26",
    "MUST",
    Feed(by_run(reply(PLAIN), reply(rss()), reply(LONGER)), "vide"),
    Feed(by_run(reply(PLAIN), _NOTHING, reply(LONGER)), "rien"),
)
def empty(case: Case) -> None:
    """An empty feed or an empty body deletes nothing and is a state."""
    for name, state in (("vide", "vide"), ("rien", "invalide")):
        assert case.titles(2, name) == ["Article 1", "Article 2"]
        assert case.state(2, name) == state
        assert case.titles(3, name) == ["Article 1", "Article 2", "Article 3"]


_FRENCH = {
    "Mercredi 13 janvier 2027 08:00": "francais",
    "mer., 13 janv. 2027 08:00:00 +0100": "abrege",
    "13/01/2027 08:00": "chiffres",
    "le 13 janvier 2027 à 8h00": "phrase",
}


@rule("E27", "SHOULD", *(_feed(rss(item("Un", _LINK, "1", date)), name) for date, name in _FRENCH.items()))
def french_dates(case: Case) -> None:
    """Dates in French words are read, in the time of Paris where they name no zone."""
    for name in _FRENCH.values():
        assert _instant(case.entry(1, name)) == SEVEN, name


_ZONED = {
    "Wed, 13 Jan 2027 02:00:00 EST": "est",
    "Wed, 13 Jan 2027 08:00:00 CET": "cet",
    "2027-01-13T12:30:00+05:30": "inde",
    "Wed, 13 Jan 2027 07:00:00 Z": "z",
}


@rule("E28", "SHOULD", *(_feed(rss(item("Un", _LINK, "1", date)), name) for date, name in _ZONED.items()))
def zones(case: Case) -> None:
    """Names and offsets of zones are understood."""
    for name in _ZONED.values():
        assert _instant(case.entry(1, name)) == SEVEN, name


@rule("E29", "SHOULD", _feed(rss(item("Un", _LINK, "1", date=None))))
def no_date(case: Case) -> None:
    """An entry without date is kept without one; when it was first seen is remembered."""
    first, last = case.entry(1), case.entry(3)
    assert first["date"] is None
    assert first["seen"].startswith("2027-01-13T08:05")
    assert last["seen"] == first["seen"]


_JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Réseau",
        "items": [{"id": "1", "url": _LINK, "title": "Été", "date_published": "2027-01-13T08:00:00+01:00"}],
    }
)


@rule("E30", "SHOULD", _feed(_JSON, content_type="application/feed+json"))
def json_feed(case: Case) -> None:
    """JSON Feed is read."""
    entry = case.entry(1)
    assert (entry["title"], entry["link"], _instant(entry)) == ("Été", _LINK, SEVEN)


_RDF = (
    '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>Réseau</title><link>https://exemple.test/</link>'
    f"</channel>{''.join(item(f'Article {n}', f'https://exemple.test/{n}', date=None) for n in (1, 2))}</rdf:RDF>"
)


@rule("E31", "MAY", _feed(_RDF, content_type="application/rdf+xml"))
def rss_090(case: Case) -> None:
    """RSS 0.90 is read."""
    assert case.titles(1) == ["Article 1", "Article 2"]


_PREFIXED = (
    '<?xml version="1.0"?><a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>Réseau</a:title><a:id>urn:x</a:id>'
    "<a:updated>2027-01-13T07:00:00Z</a:updated><a:entry><a:title>Été</a:title><a:id>urn:1</a:id>"
    f'<a:link href="{_LINK}"/><a:updated>2027-01-13T07:00:00Z</a:updated></a:entry></a:feed>'
)


@rule("E32", "SHOULD", _feed(_PREFIXED, content_type="application/atom+xml"))
def prefixed(case: Case) -> None:
    """Atom under a prefix is Atom."""
    entry = case.entry(1)
    assert (entry["title"], entry["link"], _instant(entry)) == ("Été", _LINK, SEVEN)


@rule("E33", "SHOULD", _feed(rss(item(None, _LINK, "1", text="Une phrase sans titre."), numbered(2))))
def no_title(case: Case) -> None:
    """An entry without title is kept, under its first words."""
    assert case.titles(1) == ["Article 2", "Une phrase sans titre."]


_SCRIPTS = ("javascript:alert(1)", "data:text/html,x", "java\tscript:alert(1)", " JavaScript:alert(1)")


@rule("E34", "MUST", _feed(rss(*(item(f"Piège {place}", link, str(place)) for place, link in enumerate(_SCRIPTS)))))
def unsafe_link(case: Case) -> None:
    """A link that is not http is not kept; its entry is."""
    assert [entry["link"] for entry in case.entries(1)] == [None] * len(_SCRIPTS)
