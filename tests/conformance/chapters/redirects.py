"""R: permanent moves are stored when repeated, temporary ones never (RFC 9110 §15.4). Runs at 8, 9 and 11 h."""

import itertools

from tests.conformance.documents import PAGE, PLAIN
from tests.conformance.rules import Case, Feed, rule
from tests.conformance.server import Behaviour, Reply, Request, always, reply

PLAINLY = always(reply(PLAIN))


def _to(status: int, target: str) -> Behaviour:
    return always(reply("ailleurs", status, {"Location": target}, content_type="text/plain"))


def _moved(status: int) -> Feed:
    return Feed(_to(status, "/neuf"), path="/vieux", more={"/neuf": PLAINLY})


def _paths(case: Case, run: int) -> list[str]:
    return [request.path for request in case.requests(run)]


def _stored(case: Case) -> None:
    assert _paths(case, 1) == ["/vieux", "/neuf"]
    assert _paths(case, 2) == ["/vieux", "/neuf"]
    assert _paths(case, 3) == ["/neuf"]
    assert {entry["feed"].rpartition("/")[2] for entry in case.entries(3)} == {"vieux"}


def _not_stored(case: Case) -> None:
    for run in (1, 2, 3):
        assert _paths(case, run) == ["/vieux", "/neuf"]
    assert case.titles(3) == ["Article 1", "Article 2"]


@rule("R01", "SHOULD", _moved(301))
def moved_permanently(case: Case) -> None:
    """301 is stored at its second sighting; sources.yaml and the export keep the address a person wrote."""
    _stored(case)


@rule("R02", "SHOULD", _moved(308))
def permanent_redirect(case: Case) -> None:
    """308 is stored like 301."""
    _stored(case)


@rule("R03", "MUST", _moved(302))
def found(case: Case) -> None:
    """302 is followed, never stored."""
    _not_stored(case)


@rule("R04", "MUST", _moved(307))
def temporary_redirect(case: Case) -> None:
    """307 is followed, never stored."""
    _not_stored(case)


@rule("R05", "MUST", Feed(_to(301, "/neuf"), path="/vieux", more={"/neuf": _to(302, "/passage"), "/passage": PLAINLY}))
def mixed(case: Case) -> None:
    """Of a mixed chain only the permanent beginning is stored."""
    assert _paths(case, 2) == ["/vieux", "/neuf", "/passage"]
    assert _paths(case, 3) == ["/neuf", "/passage"]


def _never_straight(case: Case) -> None:
    for run in (2, 3):
        assert _paths(case, run) in ([], ["/vieux", "/neuf"])


@rule(
    "R06",
    "MUST",
    Feed(_to(301, "/neuf"), path="/vieux", more={"/neuf": always(reply("rien", 404, content_type="text/plain"))}),
)
def moved_to_nothing(case: Case) -> None:
    """A 301 to a 404 is not stored."""
    assert _paths(case, 1) == ["/vieux", "/neuf"]
    _never_straight(case)


@rule(
    "R07",
    "MUST",
    Feed(_to(301, "/neuf"), path="/vieux", more={"/neuf": always(reply(PAGE, content_type="text/html"))}),
)
def moved_to_page(case: Case) -> None:
    """A 301 to a page of HTML (a parked domain) is not stored, and the page is no entry."""
    _never_straight(case)
    assert case.entries(3) == []
    assert case.state(1) == "invalide"


@rule("R08", "MUST", Feed(_to(302, "ailleurs/flux?x=1"), path="/ici/flux", more={"/ici/ailleurs/flux?x=1": PLAINLY}))
def relative(case: Case) -> None:
    """A relative Location is resolved against the address that was asked."""
    assert case.titles(1) == ["Article 1", "Article 2"]


def _hops(count: int) -> dict[str, Behaviour]:
    steps = {f"/{hop}": _to(302, f"/{hop + 1}") for hop in range(1, count)}
    return {**steps, f"/{count}": PLAINLY}


@rule("R09", "SHOULD", Feed(_to(302, "/1"), more=_hops(5)))
def five_hops(case: Case) -> None:
    """Five hops are followed."""
    assert len(case.requests(1)) == 6
    assert case.titles(1) == ["Article 1", "Article 2"]


@rule("R10", "MUST", Feed(_to(301, "/flux")))
def loop(case: Case) -> None:
    """A redirect to itself ends at once."""
    assert 1 <= len(case.requests(1)) <= 2
    assert case.state(1) == "en panne"


_counter = itertools.count(1)


def _further(_: Request) -> Reply:
    return reply(status=302, fields={"Location": f"/{next(_counter)}"})


@rule("R11", "MUST", Feed(_further, more={"*": _further}))
def endless(case: Case) -> None:
    """An endless chain ends, under twenty hops (browsers' limit)."""
    assert 1 <= len(case.requests(1)) <= 20
    assert case.state(1) == "en panne"
