"""Feeds such as nobody should write, from a seed: known elements in any order and nesting, with any attribute."""

import random

_MODULES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "atom": "http://www.w3.org/2005/Atom",
        "cc": "http://web.resource.org/cc/",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "dcterms": "http://purl.org/dc/terms/",
        "ev": "http://purl.org/rss/1.0/modules/event/",
        "georss": "http://www.georss.org/georss",
        "h": "http://www.w3.org/1999/xhtml",
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "media": "http://search.yahoo.com/mrss/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "sy": "http://purl.org/rss/1.0/modules/syndication/",
        "x": "https://inconnu.exemple/",
    }.items()
)
_USUAL = [
    "title",
    "link",
    "description",
    "guid",
    "pubDate",
    "category",
    "content",
    "summary",
    "content:encoded",
    "id",
    "updated",
    "media:group",
    "author",
]
_OTHERS = [
    "comments",
    "enclosure",
    "source",
    "image",
    "published",
    "created",
    "modified",
    "issued",
    "name",
    "email",
    "uri",
    "url",
    "rights",
    "copyright",
    "subtitle",
    "language",
    "keywords",
    "abstract",
    "textInput",
    "contributor",
    "body",
    "foo",
    "ttl",
    "cloud",
    "lastBuildDate",
    "managingEditor",
    "webMaster",
    "generator",
    "homepage",
    "width",
    "Title",
    "PUBDATE",
    "links",
    "dc:title",
    "dc:creator",
    "dc:date",
    "dc:subject",
    "dc:description",
    "dc:language",
    "dc:publisher",
    "dc:author",
    "dc:contributor",
    "media:title",
    "media:description",
    "media:content",
    "media:thumbnail",
    "media:keywords",
    "media:category",
    "media:credit",
    "media:rating",
    "itunes:summary",
    "itunes:author",
    "itunes:keywords",
    "itunes:category",
    "itunes:subtitle",
    "itunes:image",
    "itunes:owner",
    "dcterms:issued",
    "dcterms:modified",
    "dcterms:created",
    "ev:startdate",
    "ev:location",
    "x:foo",
    "x:title",
    "x:link",
    "atom:link",
    "atom:updated",
    "georss:point",
    "h:div",
    "cc:license",
    "sy:updatePeriod",
]
_INLINE = ["p", "b", "div", "h:div", "br", "span", "a"]
_TEXTS = (
    "",
    "a",
    "Été à l&#39;eau",
    "&lt;p&gt;x &amp;amp; y&lt;/p&gt;",
    "<![CDATA[<b>z</b> & co]]>",
    "  sp  ",
    "http://a.exemple/1?x=1&amp;y=2",
    "/rel/2",
    "Tue, 03 Feb 2026 10:15:00 +0100",
    "\u00c3\u00a9t\u00c3\u00a9",
    "a\u0092b",
    "<!-- c -->k<!-- d -->l",
    "x@y.exemple (Nom)",
    "http:////a//b",
    "//c/d?e",
    "?q",
    "ftp://a/b",
    "javascript:x",
    "http://a/b?",
    "http://A/b;c",
)
_ATTRIBUTES = (
    ' type="html"',
    ' type="text"',
    ' type="xhtml"',
    ' type=""',
    ' mode="escaped"',
    ' mode="base64"',
    ' isPermaLink="false"',
    ' ispermalink="false"',
    ' href="http://h.exemple/x"',
    ' href="/y"',
    ' href=""',
    ' rel="self" href="http://s/"',
    ' rel="enclosure" href="http://e/"',
    ' REL="Alternate" href="http://f/" TYPE="Text/HTML"',
    ' rel="alternate" type="audio/mpeg" href="http://g/"',
    ' url="http://u/"',
    ' term="t" label="L"',
    ' domain="d"',
    ' scheme="s"',
    ' xml:lang="fr"',
    ' xml:base="http://base.exemple/z/"',
    ' xml:base="sub/"',
    ' text="it"',
    ' foo="b"',
    ' base="http://bb/"',
)
_FORMS = {
    "rss": ("item", '<rss version="2.0"{attributes}><channel>{head}{items}</channel></rss>'),
    "userland": (
        "item",
        '<rss version="2.0" xmlns="http://backend.userland.com/rss2"{attributes}><channel>{head}{items}</channel></rss>',
    ),
    "atom": ("entry", '<feed xmlns="http://www.w3.org/2005/Atom"{attributes}>{head}{items}</feed>'),
    "prefixed": ("atom:entry", "<atom:feed{attributes}>{head}{items}</atom:feed>"),
    "bare": ("entry", "<feed{attributes}>{head}{items}</feed>"),
    "atom03": ("entry", '<feed version="0.3" xmlns="http://purl.org/atom/ns#"{attributes}>{head}{items}</feed>'),
    "rdf": (
        "item",
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/"{attributes}><channel>{head}</channel>{items}</rdf:RDF>',
    ),
}


def odd_feed(seed: int) -> str:
    """Return a well-formed document; the same for the same seed."""
    dice = random.Random(seed)
    item, form = _FORMS[dice.choice(list(_FORMS))]
    items = "".join(
        f"<{item}{_maybe(dice, 0.05)}>{_elements(dice, dice.randint(0, 9))}</{item}>" for _ in range(dice.randint(1, 3))
    )
    head = _elements(dice, dice.randint(0, 4))
    return form.format(attributes=f" {_MODULES}{_maybe(dice, 0.1)}", head=head, items=items)


def _elements(dice: random.Random, count: int, depth: int = 0) -> str:
    return "".join(_element(dice, depth) for _ in range(count))


def _element(dice: random.Random, depth: int) -> str:
    name = dice.choice(_USUAL) if dice.random() < 0.7 else dice.choice(_OTHERS)
    body = dice.choice(_TEXTS)
    if depth < 3 and dice.random() < 0.03:
        body += _elements(dice, dice.randint(1, 3), depth + 1)
    elif dice.random() < 0.04:
        inline = dice.choice(_INLINE)
        body += f"<{inline}{_maybe(dice, 0.3)}>{dice.choice(_TEXTS)}</{inline}>{dice.choice(_TEXTS)}"
    if name == "author" and dice.random() < 0.6:
        body = "<name>N</name>" + dice.choice(("", "<email>e@f.exemple</email>", "<uri>u</uri>"))
    return f"<{name}{_maybe(dice, 0.35)}>{body}</{name}>"


def _maybe(dice: random.Random, chance: float) -> str:
    return dice.choice(_ATTRIBUTES) if dice.random() < chance else ""
