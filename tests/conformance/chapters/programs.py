"""W02 to W06: what a site asks of programs binds pages (RFC 9309 §2.2, §2.3). Beyond the checklist: feeds, TDMRep."""

from typing import Any

from tests.conformance.documents import LONGER, PLAIN, item, listed, page, rss
from tests.conformance.rules import Case, Feed, rule
from tests.conformance.server import Behaviour, Reply, always, by_run, reply

RECIPE = {"item": "li", "title": "a", "link": "a"}
PAGE = always(reply(page(listed(1), listed(2)), content_type="text/html; charset=utf-8"))


def _robots(text: str) -> Behaviour:
    return always(reply(text, content_type="text/plain"))


def _page(robots: Behaviour, path: str = "/aides/liste", name: str = "", **more: Any) -> Feed:
    return Feed(PAGE, name, path, {"/robots.txt": robots}, kind="page", keys={"recipe": RECIPE}, **more)


def _left_alone(case: Case, name: str = "") -> None:
    assert case.requests(name=name) == []
    assert case.robots(1, name) == 1
    assert case.entries(3, name) == []


def _read(case: Case, name: str = "") -> None:
    assert case.titles(1, name) == ["Aide 1", "Aide 2"]
    assert case.robots(1, name) == 1


@rule("W02", "MUST", _page(_robots("User-agent: *\nDisallow: /aides/")))
def disallowed(case: Case) -> None:
    """A page that robots.txt forbids is not asked for; its state says why."""
    _left_alone(case)
    assert case.state(1) == "bloqué"
    assert "robots.txt" in case.sentence(1)


@rule("W03", "MUST", _page(always(reply("panne", 503, content_type="text/plain"))))
def unreachable(case: Case) -> None:
    """A robots.txt that answers 5xx forbids all."""
    _left_alone(case)
    assert case.state(1) == "en panne"


@rule("W04", "MUST", _page(always(reply("introuvable", 404, content_type="text/plain"))))
def absent(case: Case) -> None:
    """A robots.txt that answers 404 forbids nothing."""
    _read(case)


@rule(
    "W05",
    "SHOULD",
    _page(_robots("User-agent: *\nDisallow: /aides\nAllow: /aides/liste"), name="permise"),
    _page(_robots("User-agent: *\nAllow: /aides\nDisallow: /aides/liste"), name="interdite"),
)
def longest_match(case: Case) -> None:
    """The longest matching rule wins, whatever the order."""
    _read(case, "permise")
    _left_alone(case, "interdite")


@rule(
    "W06",
    "SHOULD",
    _page(_robots("User-agent: *\nDisallow: /*?tri="), "/aides?tri=date", "etoile"),
    _page(_robots("User-agent: *\nDisallow: /*.php$"), "/liste.php", "fin"),
    _page(_robots("User-agent: *\nDisallow: /*.php$"), "/liste.php?page=1", "suite"),
)
def wildcards(case: Case) -> None:
    """* stands for anything, $ for the end."""
    _left_alone(case, "etoile")
    _left_alone(case, "fin")
    _read(case, "suite")


@rule(
    "X01",
    "MUST",
    _page(_robots("User-agent: veille\nDisallow:\n\nUser-agent: *\nDisallow: /"), name="nomme"),
    _page(_robots("User-agent: *\nDisallow:\n\nUser-agent: veille\nDisallow: /"), name="exclu"),
)
def own_group(case: Case) -> None:
    """A group that names us stands alone (RFC 9309 §2.2.1)."""
    _read(case, "nomme")
    _left_alone(case, "exclu")


@rule("X02", "MUST", _page(by_run(*[reply("User-agent: *\nAllow: /", content_type="text/plain")] * 4)))
def once_a_day(case: Case) -> None:
    """robots.txt is asked for once a day, not at each run (RFC 9309 §2.4)."""
    assert [case.robots(run) for run in (1, 2, 3, 4)] == [1, 0, 0, 1]


def _site(feed: Behaviour, robots: Behaviour) -> Feed:
    return Feed(feed, more={"/robots.txt": robots})


@rule("X03", "MUST", _site(by_run(reply(PLAIN), reply(LONGER)), _robots("User-agent: *\nDisallow: /")))
def feeds_are_offered(case: Case) -> None:
    """A feed that a person configured is fetched whatever robots.txt says, which is read once a day all the same."""
    assert case.titles(3) == ["Article 1", "Article 2", "Article 3"]
    assert [case.robots(run) for run in (1, 2, 3)] == [1, 0, 0]


@rule(
    "X04",
    "MUST",
    Feed(always(reply("panne", 500, content_type="text/plain")), "panne"),
    Feed(always(reply("doucement", 429, content_type="text/plain")), "presse"),
    Feed(always(reply("introuvable", 404, content_type="text/plain")), "perdu"),
)
def no_second_request(case: Case) -> None:
    """A site that fails is asked for nothing else."""
    assert len(case.requests(1)) == 3
    assert case.robots(1) == 0


def _tdm(where: str, kind: str = "feed") -> Feed:
    body = rss(item("Un", "https://exemple.test/1", "1", text="Un texte entier.")) if kind == "feed" else _noted(where)
    fields = {"TDM-Reservation": "1"} if where == "entete" else {}
    answer = reply(body, fields=fields, **({} if kind == "feed" else {"content_type": "text/html; charset=utf-8"}))
    file = '[{"location": "/", "tdm-reservation": 1}]' if where == "fichier" else "[]"
    more = {"/.well-known/tdmrep.json": always(reply(file, content_type="application/json"))}
    keys = {"recipe": {**RECIPE, "summary": "p"}} if kind == "page" else {}
    return Feed(always(answer), f"{kind}-{where}", more=more, kind=kind, keys=keys)


def _noted(where: str) -> str:
    meta = '<meta name="tdm-reservation" content="1">' if where == "balise" else ""
    return page("<li><a href='/1'>Un</a><p>Un texte entier.</p></li>", head=meta)


_RESERVED = (("feed", "entete"), ("feed", "fichier"), ("page", "entete"), ("page", "fichier"), ("page", "balise"))


@rule("X05", "MUST", *(_tdm(where, kind) for kind, where in _RESERVED), _tdm("rien"), _tdm("rien", "page"))
def reserved(case: Case) -> None:
    """Text that a site reserves from mining is not kept: title and link are (W3C TDMRep, header, file, page)."""
    for kind, where in _RESERVED:
        assert case.titles(1, f"{kind}-{where}") == ["Un"], where
        assert case.texts(1, f"{kind}-{where}") == [""], where
    for kind in ("feed", "page"):
        assert case.texts(1, f"{kind}-rien") == ["Un texte entier."]


def _slow(robots: str) -> Feed:
    first = reply(page(listed(1), head="<link rel=next href='/liste?p=2'>"), content_type="text/html")
    more = {"/robots.txt": _robots(robots), "/liste?p=2": always(reply(page(listed(2)), content_type="text/html"))}
    return Feed(always(first), path="/liste", more=more, kind="page", keys={"recipe": RECIPE})


@rule("X06", "SHOULD", _slow("User-agent: *\nCrawl-delay: 1.5"))
def crawl_delay(case: Case) -> None:
    """The pause that robots.txt asks for is kept."""
    lists = [request for request in case.requests(1) if request.path.startswith("/liste")]
    assert len(lists) == 2
    first, second = lists
    assert second.began - first.began > 1.4


_MOVED: Reply = reply("ailleurs", 302, {"Location": "/prive/liste"}, content_type="text/plain")


@rule(
    "X07",
    "MUST",
    Feed(
        always(_MOVED),
        more={"/robots.txt": _robots("User-agent: *\nDisallow: /prive"), "/prive/liste": PAGE},
        kind="page",
        keys={"recipe": RECIPE},
    ),
)
def redirected_into_a_forbidden_place(case: Case) -> None:
    """What a redirect reaches is held to robots.txt too."""
    assert case.entries(3) == []
    assert case.state(1) == "bloqué"
